"""Answers in the order of a path, page by page.

Where few records answer, their keys are worked out and sorted. Of many, what comes first in an index is tested until
the page is full: titles and times have an index of the records, and `kiban.store.sql_sorted_numbers` walks the values
of properties and entries. Where that comes upon too few, or there is no index, the keys of all that answer are sorted.
"""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any
from uuid import UUID

from kiban.query import vocabulary
from kiban.query.answers import Number
from kiban.query.condition import Condition
from kiban.query.si_units import USUAL
from kiban.query.sorting import FIELDS, Order, Place, in_order
from kiban.query.structure_answers import is_of_structure
from kiban.records.scope import Visible
from kiban.store.sql_asking import Ask, remembering
from kiban.store.sql_query import Where
from kiban.store.sql_sort_keys import COLUMNS, KEY, coming_after, key_of, of_no_usual_unit, ordered, read_key
from kiban.store.sql_sorted_numbers import From, NumbersInOrder, units_there

FEW = 2000
"""So many answers are sorted at once."""
NEWEST = 500
"""So many of the newest records are tested to see whether many answer."""
MANY = 10
"""If so many of them do, it is taken that many of all do."""
FIRST, EXAMINED = 500, 10_000
"""Of so many records an index is walked at a time, at first, and of so many before it is given up."""
VALUES_EXAMINED, VALUES_IN_VAIN = 20_000, 4000
"""Of so many values of a property or an entry, and of so many if none of their records answered."""


class Sorted:
    """The answers to one question in one order.

    Parameters
    ----------
    sees_few : bool
        Whether the asker sees few records, in however many scopes.
    """

    def __init__(self, ask: Ask, condition: Condition, visible: Visible, order: Order, *, sees_few: bool) -> None:
        self._ask, self._condition, self._visible, self._order = remembering(ask), condition, visible, order
        self._sees_few = sees_few
        self._way, self._sign = ("DESC", "<") if order.is_descending else ("ASC", ">")

    def places(self, n: int, after: Place | None = None) -> list[Place]:
        """The first so many, or those after a place."""
        path = self._order.path
        is_term = vocabulary.is_term(path) and path not in FIELDS
        is_walked = is_term or (vocabulary.is_entry(path) and not is_of_structure(path))
        if path not in COLUMNS and not is_walked:
            return self._of_all(n, after)
        if self._is_scarce and (few := self._few()) is not None:
            return self._of_all(n, after, among=few)
        return self._by_number(n, after) if is_walked else self._by_column(n, after)

    # The records that answer

    @cached_property
    def _tested(self) -> Where:
        """As single records are tested, and paths are walked from a few hundred."""
        return self._where(asks_indexes=False, asks_paths=False)

    def _where(self, *, asks_indexes: bool = True, asks_paths: bool = True, tests_all: bool = False) -> Where:
        return Where(
            self._condition,
            self._visible,
            self._ask,
            asks_indexes=asks_indexes,
            asks_paths=asks_paths,
            tests_all=tests_all,
            sees_few=self._sees_few,
        )

    @cached_property
    def _is_scarce(self) -> bool:
        """Whether an index is worth being asked which records answer: of the newest, not many do."""
        where = self._tested
        if not (where.would_ask or where.leads or self._sees_few):
            return False
        newest = f"SELECT * FROM record r WHERE {where.live} ORDER BY r.id DESC LIMIT {NEWEST}"
        query = f"SELECT count(*) FROM ({where.among(f'({newest}) r WHERE {where.plain}')}) r"
        return bool(self._ask(query, where.parameters)[0][0] < MANY)

    def _few(self) -> list[UUID] | None:
        where = self._where(asks_paths=False)
        if where.is_narrow:
            query = f"SELECT r.id FROM ({where.among(f'record r WHERE {where.live} AND {where.plain}')}) r"
        else:
            where = self._where(tests_all=True)
            source, holds = where.every("r.id")
            query = f"SELECT r.id FROM {source} WHERE {holds}"
        rows = self._ask(f"{query} LIMIT {FEW + 1}", where.parameters)
        return None if len(rows) > FEW else [row[0] for row in rows]

    # Without an index

    def _of_all(
        self, n: int, after: Place | None, *, among: list[UUID] | None = None, beyond_usual: bool = False
    ) -> list[Place]:
        where = self._where(tests_all=True) if among is None else self._tested
        if among is not None:
            holds = f"{where.live} AND r.id = ANY({where.value(among)}::uuid[])"
        else:
            source, holds = where.every("r.id")
            if source != "record r":
                holds = f"r.is_current AND r.id IN (SELECT r.id FROM {source} WHERE {holds})"
        key = key_of(self._order, where)
        if after is not None:
            holds += f" AND {coming_after(after.key, self._order, where, where.value(after.id))}"
        if beyond_usual:
            holds += f" AND {of_no_usual_unit()}"
        query = f"SELECT r.id, {KEY} FROM record r {key} WHERE {holds} ORDER BY {ordered(self._order)} LIMIT {n}"
        return [Place(read_key(*row[1:]), row[0]) for row in self._ask(query, where.parameters)]

    # Title and times

    def _by_column(self, n: int, after: Place | None) -> list[Place]:
        found: list[Place] = []
        if after is None or after.key is not None:
            at, size, n_examined = after, FIRST, 0
            while len(found) < n:
                part, end = self._part(size, at)
                found += part
                n_examined += size
                if end is None:
                    break
                if n_examined > EXAMINED and len(found) < n:
                    return found + self._of_all(n - len(found), found[-1] if found else after)
                at, size = end, min(4 * size, EXAMINED)
        if len(found) < n:
            # Of a title that folds to nothing, too, nothing is known to sort by.
            found += self._unknown(f"r.{COLUMNS[self._order.path]} IS NULL", n - len(found), after)
        return found[:n]

    def _part(self, size: int, after: Place | None) -> tuple[list[Place], Place | None]:
        """Those that answer of the next so many records, and the last of these; `None` where there are no more."""
        column, where = COLUMNS[self._order.path], self._tested
        holds, values = f"{where.live} AND r.{column} IS NOT NULL", dict(where.parameters)
        if after is not None:
            values |= {"key": after.key, "id": after.id}
            # The first half is for the index.
            holds += f" AND r.{column} {self._sign}= %(key)s AND (r.{column} {self._sign} %(key)s OR r.id < %(id)s)"
        by = f"ORDER BY r.{column} {self._way}, r.id DESC"
        # Of many records the index tells all that is needed here; what they say is read of those that are tested, once.
        tested = where.among(
            f"record r WHERE r.id = ANY(ARRAY(SELECT id FROM part)) AND r.is_current AND {where.plain}"
        )
        query = (
            f"WITH part AS MATERIALIZED (SELECT r.id, r.{column} FROM record r WHERE {holds} {by} LIMIT {size}), "
            f"answers AS MATERIALIZED (SELECT a.id FROM ({tested}) a) "
            f"SELECT r.id, r.{column}, true FROM part r WHERE r.id IN (SELECT id FROM answers) UNION ALL "
            f"(SELECT r.id, r.{column}, false FROM part r {by} OFFSET {size - 1})"
        )
        rows = self._ask(query, values)
        ends = [self._place(row) for row in rows if not row[2]]
        found = [self._place(row) for row in rows if row[2]]
        return in_order(found, self._order), ends[0] if ends else None

    def _place(self, row: tuple[Any, ...]) -> Place:
        text, at = (row[1], None) if self._order.path == "title" else (None, row[1])
        return Place(read_key("", None, text, at), row[0])

    def _unknown(self, holds: str, n: int, after: Place | None, values: dict[str, Any] | None = None) -> list[Place]:
        where, below = self._tested, after.id if after is not None and after.key is None else None
        rest = "" if below is None else "AND r.id < %(id)s"
        query = f"SELECT r.id FROM record r WHERE {where.sql} AND {holds} {rest} ORDER BY r.id DESC LIMIT {n}"
        return [Place(None, row[0]) for row in self._ask(query, where.parameters | (values or {}) | {"id": below})]

    # Properties and entries

    def _by_number(self, n: int, after: Place | None) -> list[Place]:
        found: list[Place] = []
        one = self._order.unit
        units = (one,) if one is not None else USUAL
        key = None if after is None else after.key
        is_beyond = after is not None and not (isinstance(key, Number) and key.unit in units)
        numbers, n_examined = None, 0
        for numbers in () if is_beyond else self._in_units(units, key):
            at = From()
            if after is not None and isinstance(key, Number) and key.unit == numbers.unit:
                at = From(key.si, after.id)
            for places, n_looked_at in numbers.parts(at):
                found += places
                n_examined += n_looked_at
                if len(found) >= n:
                    return found[:n]
                if n_examined > (VALUES_EXAMINED if found else VALUES_IN_VAIN):
                    return found + self._of_all(n - len(found), found[-1] if found else after)
        if one is None:
            rest = after if is_beyond else None
            return found + self._of_all(n - len(found), rest, beyond_usual=True)
        known = NumbersInOrder(self._ask, self._tested, self._order, one)
        return found + self._unknown(f"NOT {known.is_known}", n - len(found), after, known.values)

    def _in_units(self, units: tuple[str, ...], since: object) -> Iterable[NumbersInOrder]:
        """What there is in each unit, from that of a key on."""
        begin = units.index(since.unit) if isinstance(since, Number) else 0
        there = units if len(units) == 1 else units_there(self._ask, self._tested, self._order, units)
        for place, unit in enumerate(units[begin:], begin):
            if unit in there:
                yield NumbersInOrder(self._ask, self._tested, self._order, unit, before=units[:place])
