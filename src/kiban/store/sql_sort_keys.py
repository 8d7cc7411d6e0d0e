"""What a record is sorted by, as SQL: a row of group, number, text and time for each record `r`.

As `kiban.query.sorting.best` works it out: of the numbers of one unit, before all texts, the first in the order.
"""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from datetime import UTC
from typing import Any

from kiban.query import vocabulary
from kiban.query.answers import Number
from kiban.query.process_answers import is_told_by_template
from kiban.query.si_units import USUAL
from kiban.query.sorting import (
    COMPARED,
    FIELDS,
    TEXTS,
    UNUSUAL,
    Key,
    Order,
    group_of,
    group_of_unit,
    unit_of_group,
)
from kiban.query.structure_answers import is_of_structure
from kiban.store.sql_hops import live_sample
from kiban.store.sql_query import Where
from kiban.store.sql_rows import ODD, stored
from kiban.store.sql_sets import data_seen, data_told

KEY = "k.grp, k.num, k.txt, k.at"
COLUMNS = {"title": "title_key", "started": "started", "created": "created_at"}
"""Paths that have a column of the record, with an index on it."""
_DATA_SEEN = data_seen()
_AS_TEXT, _ITS_UNIT = "(a.value #>> '{}')", "(a.value ->> 'unit')"
_TECHNIQUE = rf"replace(regexp_replace(r.technique, '{ODD}(?!e000)[0-9a-f]{{4}}', ' ', 'g'), '{ODD}e000', '{ODD}')"
"""Folded texts have no characters that a column does not take. A technique may; see `kiban.store.sql_rows.stored`."""
_NO_NUMBER, _NO_TEXT, _NO_TIME = "NULL::double precision", "NULL::text", "NULL::timestamptz"


def key_of(order: Order, where: Where) -> str:
    """A lateral join that gives the key `k` of the record `r`; all nulls, where it has none."""
    said = " UNION ALL ".join(_said(path, where) for path in order.paths)
    of_unit = "" if order.unit is None else f"WHERE grp = {where.value(group_of_unit(order.unit))}::text"
    return f"""LEFT JOIN LATERAL (
        SELECT grp COLLATE "C" AS grp, num, txt COLLATE "C" AS txt, at FROM ({said}) AS said (grp, num, txt, at)
        {of_unit} ORDER BY {_by("grp", "num", "txt", "at", order)} LIMIT 1
    ) k ON true"""


def ordered(order: Order) -> str:
    """What stands after ORDER BY, about the records `r` and their keys `k`."""
    return f"{_by('k.grp', 'k.num', 'k.txt', 'k.at', order)}, r.id DESC"


def _by(group: str, number: str, text: str, at: str, order: Order) -> str:
    way = "DESC" if order.is_descending else "ASC"
    return f'{group} COLLATE "C" NULLS LAST, {number} {way}, {text} COLLATE "C" {way}, {at} {way}'


def coming_after(key: Key | None, order: Order, where: Where, identifier: str) -> str:
    """That the record `r` with its key `k` comes after the one with this key and identifier."""
    if key is None:
        return f"(k.grp IS NULL AND r.id < {identifier})"
    column, given = _compared(key, where)
    sign = "<" if order.is_descending else ">"
    group = f'{where.value(group_of(key))}::text COLLATE "C"'
    return (
        f"(k.grp IS NULL OR k.grp > {group} OR (k.grp = {group} "
        f"AND ({column} {sign} {given} OR ({column} = {given} AND r.id < {identifier}))))"
    )


def of_no_usual_unit() -> str:
    """That the record `r` with its key `k` has no number in a usual unit."""
    return f"(k.grp IS NULL OR k.grp >= '{UNUSUAL}')"


def _compared(key: Key, where: Where) -> tuple[str, str]:
    match key:
        case Number(si):
            return "k.num", f"{where.value(si)}::double precision"
        case str():
            return "k.txt", f'{where.value(key)}::text COLLATE "C"'
        case moment:
            return "k.at", f"{where.value(moment)}::timestamptz"


def read_key(group: str | None, number: float | None, text: str | None, at: Any) -> Key | None:
    """The key of a row of `KEY`."""
    if group is None:
        return None
    if number is not None:
        return Number(number, unit_of_group(group))
    return text if text is not None else at.astimezone(UTC)


def _of_unit(unit: str, where: Where) -> str:
    """As `group_of_unit`, of what stands in the statement."""
    usual = f"lpad(array_position({where.value(list(USUAL))}::text[], {unit})::text, 3, '0')"
    return f"coalesce('0' || {usual}, '{UNUSUAL}' || {unit})"


def _said(path: str, where: Where) -> str:
    """All that the record answers for a path, as rows of group, number, text and time."""
    if path in vocabulary.TIMES:
        column = COLUMNS[path]
        return f"SELECT '', {_NO_NUMBER}, {_NO_TEXT}, r.{column} WHERE r.{column} IS NOT NULL"
    if path == "kind":
        return _text("r.kind")
    if path == "technique":
        return _text(_TECHNIQUE)
    if path == "title":
        return _text("r.title_key")
    if path == "sample":
        named = f"(SELECT s.answers -> 'title' ->> 0 FROM record s WHERE s.id = r.sample AND {live_sample('s')})"
        own = "(r.answers -> 'sample' ->> 0)"
        return _text(f"coalesce({named}, CASE WHEN {where.tells('r', own)} THEN {own} END)")
    plain = f"'{group_of_unit('')}'"
    if path == vocabulary.N_ELEMENTS:
        return (
            f"SELECT {plain}, count(*)::double precision, {_NO_TEXT}, {_NO_TIME} FROM composition "
            f"WHERE sample = r.sample AND {_DATA_SEEN} HAVING count(*) > 0"
        )
    if (element := vocabulary.element_of(path)) is not None:
        column = "fraction" if path.startswith(vocabulary.COMPOSITION) else "mass_fraction"
        return (
            f"SELECT {plain}, {column}, {_NO_TEXT}, {_NO_TIME} FROM composition WHERE sample = r.sample "
            f"AND element = {where.value(element)} AND {_DATA_SEEN} AND {column} IS NOT NULL"
        )
    return _facts(path, where) if vocabulary.is_term(path) and path not in FIELDS else _answers(path, where)


def _text(column: str) -> str:
    return (
        f"SELECT '{TEXTS}', {_NO_NUMBER}, left(t.said, {COMPARED}), {_NO_TIME} "
        f"FROM (VALUES ({column})) AS t (said) WHERE t.said <> ''"
    )


def _facts(term: str, where: Where) -> str:
    named = where.value(term)
    return " UNION ALL ".join(
        # OFFSET keeps PostgreSQL from going through all the facts of the term for each record.
        f"SELECT {_of_unit('p.unit_si', where)}, p.value_si, {_NO_TEXT}, {_NO_TIME} "
        f"FROM (SELECT * FROM property WHERE {column} = r.id OFFSET 0) p "
        f"WHERE p.term = {named} AND p.is_standing AND p.value_si IS NOT NULL AND {data_seen('p.scope')}"
        for column in ("evidence", "subject")
    )


def _answers(path: str, where: Where) -> str:
    is_text = "jsonb_typeof(a.value) = 'string'"
    told = [f"(NOT {is_text} OR {where.tells('r', _AS_TEXT)})"]
    if is_of_structure(path):
        told += [data_seen("r.scope"), data_told("r.scope")]
    if is_told_by_template(path):
        told.append(where.sees_template())
    return (
        f"SELECT CASE WHEN {is_text} THEN '{TEXTS}' ELSE {_of_unit(_ITS_UNIT, where)} END, "
        f"CASE WHEN NOT {is_text} THEN (a.value ->> 'si')::double precision END, "
        f"CASE WHEN {is_text} THEN left(a.value #>> '{{}}', {COMPARED}) END, {_NO_TIME} "
        f"FROM jsonb_array_elements(r.answers -> {where.value(stored(path))}) AS a (value) WHERE {' AND '.join(told)}"
    )
