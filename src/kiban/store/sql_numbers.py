"""Conditions on a record's numbers and times, as SQL: facts, entries, and what its sample is made of."""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from collections.abc import Callable

from kiban.query import vocabulary
from kiban.query.condition import ConfidenceCondition, Interval
from kiban.query.question import Extent
from kiban.store.sql_building import Building, Row
from kiban.store.sql_confidence import surely_within
from kiban.store.sql_entries import name_of
from kiban.store.sql_hops import live
from kiban.store.sql_rows import stored
from kiban.store.sql_sets import data_seen, seen

TIMES = {"started": "started", "created": "created_at"}
INDEXED_TIMES = {"started"}
_COMMONEST = frozenset({"H", "C", "N", "O"})
"""Elements that most samples have one of: of several elements they are looked for last."""
_DATA_SEEN = data_seen()


def number(building: Building, row: Row, path: str, unit: str, interval: Interval) -> str:
    """See `NumberCondition`."""
    if vocabulary.is_number_of_sample(path):
        return of_composition(building, row, path, lambda n: "false" if unit else building.within(n, interval))
    if not vocabulary.is_entry(path):
        within = building.within("value_si", interval)
        return facts(building, row, path, f"unit_si = {building.value(unit)} AND {within}")
    rows = (
        f"SELECT record FROM entry WHERE name = {building.value(name_of(path, unit))} AND {seen()} "
        f"AND {building.within('value_si', interval)}"
    )
    few = building.few(rows)
    if few is not None:
        return f"{row}.id = ANY({few})"
    if row.is_every:
        return building.one_of(row, "id", rows)
    numbers = f"jsonb_array_elements({row}.answers -> {building.value(stored(path))}) AS a (value)"
    within = building.within("(a.value ->> 'si')::double precision", interval)
    return f"EXISTS (SELECT FROM {numbers} WHERE a.value ->> 'unit' = {building.value(unit)} AND {within})"


def confidence(building: Building, row: Row, condition: ConfidenceCondition) -> str:
    """See `ConfidenceCondition`."""
    sure = surely_within(condition, lambda v: f"{building.value(v)}::double precision", building.within)
    return facts(building, row, condition.path, f"unit_si = {building.value(condition.unit)} AND {sure}")


def facts(building: Building, row: Row, term: str, also: str) -> str:
    """That there is a fact of the term, on the record's evidence or of the sample that it is, of which `also` holds."""
    rows = f"FROM property WHERE is_standing AND term = {building.value(term)} AND {_DATA_SEEN} AND {also}"
    records = f"SELECT evidence {rows} UNION ALL SELECT subject {rows} AND subject IS NOT NULL"
    few = building.few(records)
    if few is not None:
        return f"{row}.id = ANY({few})"
    if row.is_every:
        return building.one_of(row, "id", records, is_driving=True)
    # A sub-select that gives a value, not EXISTS: of that PostgreSQL would make a table of all the facts first. OFFSET
    # keeps it from going by the index of values instead, through all the facts of the term, for each record.
    of_record = f"SELECT * FROM property WHERE is_standing AND term = {building.value(term)} AND"
    on_it, of_it = (
        f"(SELECT true FROM ({of_record} {column} = {row}.id OFFSET 0) p WHERE {_DATA_SEEN} AND {also} LIMIT 1)"
        for column in ("evidence", "subject")
    )
    return f"({on_it} OR {of_it})"


def time(building: Building, row: Row, path: str, interval: Interval) -> str:
    """See `TimeCondition`."""
    column = f"{row}.{TIMES[path]}"
    within = building.within(column, interval)
    if path not in INDEXED_TIMES or row.is_every:
        return within
    few = building.few(
        f"SELECT t.id FROM record t WHERE {live('t')} AND {building.within(f't.{TIMES[path]}', interval)}"
    )
    if few is not None:
        return f"{row}.id = ANY({few})"
    # Not to be found by the index: PostgreSQL would gather and sort all that it gives, before testing the rest.
    return building.within(f"({column} + '0'::interval)", interval)


def elements(building: Building, row: Row, extent: Extent, symbols: tuple[str, ...]) -> str:
    """See `SetCondition`, of the elements of the record's sample."""
    listed = f"element = ANY({building.value(list(symbols))})"
    match extent:
        case Extent.ANY:
            return _of_samples(building, row, f"AND {listed}", "count(*) > 0")
        case Extent.ALL:
            return _with_all(building, row, symbols)
        case Extent.ONLY:
            return _of_samples(building, row, "", f"bool_and({listed})")


def _with_all(building: Building, row: Row, symbols: tuple[str, ...]) -> str:
    first, *others = sorted(symbols, key=lambda symbol: (symbol in _COMMONEST, symbol))
    # Sub-selects that give a value: of EXISTS the planner makes a join with all samples that have the other element.
    also = "".join(
        f" AND (SELECT true FROM composition o WHERE o.sample = c.sample AND o.element = {building.value(other)} "
        f"AND {data_seen('o.scope')})"
        for other in others
    )
    samples = f"SELECT c.sample FROM composition c WHERE c.element = {building.value(first)} AND {data_seen('c.scope')}"
    few = building.few(samples + also)
    if few is not None:
        return f"{row}.sample = ANY({few})"
    if row.is_every:
        return building.one_of(row, "sample", samples + also)
    return f"(SELECT true FROM ({samples} AND c.sample = {row}.sample{also}) AS c)"


def elements_known(building: Building, row: Row) -> str:
    """That there are some."""
    return _of_samples(building, row, "", "count(*) > 0")


def of_composition(building: Building, row: Row, path: str, holds: Callable[[str], str]) -> str:
    """Test a number that follows from the composition of the record's sample."""
    element = vocabulary.element_of(path)
    if element is not None:
        return _fraction(building, row, path, element, holds)
    return _of_samples(building, row, "", f"count(*) > 0 AND {holds('count(*)::double precision')}")


def _fraction(building: Building, row: Row, path: str, element: str, holds: Callable[[str], str]) -> str:
    also = holds("fraction" if path.startswith(vocabulary.COMPOSITION) else "mass_fraction")
    rows = f"FROM composition WHERE element = {building.value(element)} AND {_DATA_SEEN} AND {also}"
    few = building.few(f"SELECT sample {rows}")
    if few is not None:
        return f"{row}.sample = ANY({few})"
    if row.is_every:
        return building.one_of(row, "sample", f"SELECT sample {rows}")
    return f"(SELECT true {rows} AND sample = {row}.sample)"


def _of_samples(building: Building, row: Row, among: str, test: str) -> str:
    """Test the elements of the record's sample."""
    samples = f"SELECT sample FROM composition WHERE {_DATA_SEEN} {among} GROUP BY sample HAVING {test}"
    few = building.few(samples)
    if few is not None:
        return f"{row}.sample = ANY({few})"
    if row.is_every:
        return building.one_of(row, "sample", samples)
    return f"(SELECT {test} FROM composition WHERE sample = {row}.sample AND {_DATA_SEEN} {among})"
