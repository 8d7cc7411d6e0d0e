"""Records in the order of a number: facts or entries are walked by the index of their values, and what comes is tested.

A record stands where the first of its values does. It may have several, of itself or by its measurements, so each that
comes is asked for its best one.
"""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kiban.query import vocabulary
from kiban.query.answers import Number
from kiban.query.process_answers import is_told_by_template
from kiban.query.sorting import Order, Place, in_order
from kiban.store.sql_asking import Ask
from kiban.store.sql_entries import name_of
from kiban.store.sql_query import Where
from kiban.store.sql_sets import data_seen, seen

_SEEN = seen("p.scope")
_DATA_SEEN = data_seen("p.scope")
FIRST, LONGEST = 200, 6400
"""Of so many values the walk looks at a time, at first and at most."""
COMMON = 5000
"""If so many have one value, the newest of them are soon come across among all records."""


@dataclass(frozen=True, slots=True)
class From:
    """Where a walk stands: before all that have this value, or in the midst of them."""

    value: float | None = None
    below: UUID | None = None


def units_there(ask: Ask, where: Where, order: Order, units: Sequence[str]) -> frozenset[str]:
    """In which of these units there are numbers that the asker may see."""
    pairs = [(path, unit) for path in order.paths for unit in units]
    values: dict[str, Any] = {"sort_units": [unit for _, unit in pairs]}
    if vocabulary.is_entry(order.path):
        values["sort_names"] = [name_of(path, unit) for path, unit in pairs]
        names, there = "%(sort_names)s::uuid[]", f"SELECT true FROM entry p WHERE p.name = n.name AND {_SEEN} LIMIT 1"
    else:
        values["sort_names"] = [path for path, _ in pairs]
        names, there = (
            "%(sort_names)s::text[]",
            (
                "SELECT true FROM property p WHERE p.is_standing AND p.term = n.name AND p.unit_si = n.unit "
                f"AND {_DATA_SEEN} LIMIT 1"
            ),
        )
    query = f"SELECT n.unit FROM unnest({names}, %(sort_units)s::text[]) AS n (name, unit) WHERE ({there})"
    return frozenset(row[0] for row in ask(query, where.parameters | values))


class NumbersInOrder:
    """The numbers of an order in one unit, and the records of a question among those that have them.

    Parameters
    ----------
    before : tuple of str
        Units that come before: a record with a number in one of these stands there.
    """

    def __init__(self, ask: Ask, where: Where, order: Order, unit: str, *, before: tuple[str, ...] = ()) -> None:
        self._ask, self._where, self._order, self._before = ask, where, order, before
        self.unit = unit
        self._way, self._sign = ("DESC", "<") if order.is_descending else ("ASC", ">")
        self._is_entry = vocabulary.is_entry(order.path)
        self.values: dict[str, Any] = {"sort_unit": unit, "sort_terms": list(order.paths)}
        """What its statements need beside the values of the question."""
        if self._is_entry:
            self.values |= {f"sort_name_{n}": name_of(path, unit) for n, path in enumerate(order.paths)}
            self.values["sort_names"] = [name_of(path, unit) for path in order.paths]
            self.values["sort_before"] = [name_of(path, each) for path in order.paths for each in before]
        else:
            self.values |= {f"sort_name_{n}": term for n, term in enumerate(order.paths)} | {
                "sort_before": list(before)
            }

    @property
    def is_known(self) -> str:
        """That the record `r` has such a number."""
        return f"EXISTS (SELECT FROM ({self._of_record()}) known)"

    def parts(self, at: From) -> Iterator[tuple[list[Place], int]]:
        """Places in order, part by part, each with the number of values that were looked at."""
        size = FIRST
        while True:
            rows = self._next(at.value, size)
            is_last = len(rows) < size
            if not is_last and rows[0][0] == rows[-1][0]:
                # More of one value than were asked for: their records come in the order of their identifiers.
                value = rows[0][0]
                below = at.below if at.value == value else None
                while ids := self._of_value(value, below, size):
                    yield self._answering(dict.fromkeys(map(str, ids), value)), len(ids)
                    below = ids[-1]
                beyond = self._next(value, 1, is_beyond=True)
                if not beyond:
                    return
                at = From(beyond[0][0])
                continue
            # There may be more of the last value.
            end = None if is_last else rows[-1][0]
            first: dict[str, float] = {}
            for value, one, other in rows:
                for i in (one, other):
                    if i is not None and value != end:
                        first.setdefault(i, value)
            if at.below is not None:
                first = {i: v for i, v in first.items() if v != at.value or i < str(at.below)}
            yield self._answering(first), len(rows)
            if is_last:
                return
            at, size = From(end), min(4 * size, LONGEST)

    def _rows(self, names: str, unit: str = "= %(sort_unit)s") -> str:
        """Those of some names that the asker may see, each with its value, its record, and perhaps another one."""
        if self._is_entry:
            return (
                f"SELECT p.value_si, p.record AS one, NULL::uuid AS other FROM entry p WHERE p.name {names} AND {_SEEN}"
            )
        return (
            f"SELECT p.value_si, p.evidence AS one, p.subject AS other FROM property p WHERE p.is_standing "
            f"AND p.term {names} AND p.unit_si {unit} AND {_DATA_SEEN}"
        )

    def _of_record(self, *, before: bool = False) -> str:
        """Those of the record `r`."""
        # OFFSET keeps PostgreSQL from going by the index of values, through all of a name, for each record.
        if self._is_entry:
            names = "sort_before" if before else "sort_names"
            return (
                f"SELECT p.value_si FROM (SELECT * FROM entry WHERE record = r.id OFFSET 0) p "
                f"WHERE p.name = ANY(%({names})s::uuid[]) AND {_SEEN}"
            )
        unit = "= ANY(%(sort_before)s::text[])" if before else "= %(sort_unit)s"
        return " UNION ALL ".join(
            f"SELECT p.value_si FROM (SELECT * FROM property WHERE {column} = r.id OFFSET 0) p WHERE p.is_standing "
            f"AND p.term = ANY(%(sort_terms)s::text[]) AND p.unit_si {unit} AND {_DATA_SEEN}"
            for column in ("evidence", "subject")
        )

    def _next(self, value: float | None, n: int, *, is_beyond: bool = False) -> list[tuple[Any, ...]]:
        """The next so many."""
        sign = self._sign if is_beyond else f"{self._sign}="
        since = "" if value is None else f"AND p.value_si {sign} %(sort_value)s::double precision"
        # Of each name so many, and of these so many: the index is of one name.
        parts = [
            f"({self._rows(f'= %(sort_name_{number})s')} {since} ORDER BY p.value_si {self._way} LIMIT {n})"
            for number in range(len(self._order.paths))
        ]
        # Most of them are only passed on: as texts they are sooner read than as identifiers.
        query = f"SELECT p.value_si, p.one::text, p.other::text FROM ({' UNION ALL '.join(parts)}) p"
        return self._asked(f"{query} ORDER BY p.value_si {self._way} LIMIT {n}", sort_value=value)

    def _of_value(self, value: float, below: UUID | None, n: int) -> list[UUID]:
        names = "= ANY(%(sort_names)s::uuid[])" if self._is_entry else "= ANY(%(sort_terms)s::text[])"
        rows = f"{self._rows(names)} AND p.value_si = %(sort_value)s::double precision"
        if self._asked(f"SELECT count(*) FROM ({rows} LIMIT {COMMON}) p", sort_value=value)[0][0] == COMMON:
            return self._of_common_value(value, below, n)
        rest = "" if below is None else "WHERE id < %(sort_below)s"
        query = (
            f"WITH p AS MATERIALIZED ({rows}) "
            "SELECT id FROM (SELECT one AS id FROM p UNION SELECT other FROM p WHERE other IS NOT NULL) i "
            f"{rest} ORDER BY id DESC LIMIT {n}"
        )
        return [row[0] for row in self._asked(query, sort_value=value, sort_below=below)]

    def _of_common_value(self, value: float, below: UUID | None, n: int) -> list[UUID]:
        """Of what many records have, the newest are soon come across; to gather and sort all would take longer."""
        where, rest = self._where, "" if below is None else "AND r.id < %(sort_below)s"
        has_it = f"SELECT true FROM ({self._of_record()}) each WHERE each.value_si = %(sort_value)s::double precision"
        query = (
            f"SELECT r.id FROM record r WHERE {where.live} {rest} AND ({has_it} LIMIT 1) ORDER BY r.id DESC LIMIT {n}"
        )
        return [row[0] for row in self._asked(query, sort_value=value, sort_below=below)]

    def _answering(self, first: dict[str, float]) -> list[Place]:
        """Those that answer, and that do not stand further to the front by another of their numbers; in order."""
        if not first:
            return []
        best, where = "max" if self._order.is_descending else "min", self._where
        answers = where.among(f"record r WHERE r.id = ANY(%(sort_ids)s::uuid[]) AND {where.live} AND {where.plain}")
        stands = [f"NOT EXISTS (SELECT FROM ({self._of_record(before=True)}) before)"] if self._before else []
        if is_told_by_template(self._order.path):
            stands.append(where.sees_template())
        query = (
            f"SELECT r.id, (SELECT {best}(value_si) FROM ({self._of_record()}) each) "
            f"FROM ({answers}) r WHERE {' AND '.join(stands) or 'true'}"
        )
        found = [(i, value) for i, value in self._asked(query, sort_ids=list(first)) if value == first[str(i)]]
        return in_order((Place(Number(value, self.unit), i) for i, value in found), self._order)

    def _asked(self, query: str, **more: Any) -> list[tuple[Any, ...]]:
        return self._ask(query, self._where.parameters | self.values | more)
