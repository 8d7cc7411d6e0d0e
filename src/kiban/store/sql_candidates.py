"""Which records may answer a question, newest first: all there are, or those that have a number which it asks for.

Of a question for a property only those can answer that have a fact of it. An index of facts has them in the order of
their records, so that no other record is looked at. Where next to none of the facts has a value that is asked for, they
are found by the index of values instead, and sorted.
"""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeGuard
from uuid import UUID

from kiban.query import vocabulary
from kiban.query.condition import AllOf, Condition, ConfidenceCondition, Interval, NumberCondition
from kiban.store.sql_asking import Ask
from kiban.store.sql_entries import name_of
from kiban.store.sql_query import Where
from kiban.store.sql_sets import data_seen, seen

PROBED = 1000
"""So many of the newest facts of a property tell how many have a value that is asked for."""
DENSE = 20
"""If so many of them do, the newest are come across soon."""

_UNINDEXED = "(unit_si || '')", "(value_si + 0)"
_ANYTHING = Interval()
_DATA_SEEN = data_seen()


class Fact(NamedTuple):
    """A part of a question that only records with a fact can answer, and what else it asks of them."""

    term: str
    unit: str
    interval: Interval
    rest: Condition


@dataclass(frozen=True, slots=True)
class Candidates:
    """Records that may answer.

    Parameters
    ----------
    fact : Fact, optional
        Only those with such a fact.
    is_sparse : bool
        Whether to look for all of them by their values.
    """

    fact: Fact | None = None
    is_sparse: bool = False

    def newest(self, where: Where, size: int, below: UUID | None) -> str:
        """A query for so many of their identifiers; one may come several times."""
        if self.fact is None:
            rest = "" if below is None else "AND r.id < %(below)s"
            return f"SELECT r.id FROM record r WHERE {where.live} {rest} ORDER BY r.id DESC LIMIT {size}"
        rows = _rows(where, self.fact, is_any=not self.is_sparse)
        if not self.is_sparse:
            # Not to be found by the index of values: PostgreSQL would gather and sort all that it gives.
            rows += f" AND {_has_value(where, self.fact, *_UNINDEXED)}"
        each = []
        for column in ("evidence", "subject"):
            rest = f"{column} IS NOT NULL" if below is None else f"{column} < %(below)s"
            of = f"SELECT {column} AS id {rows} AND {rest}"
            each.append(f"({of} OFFSET 0)" if self.is_sparse else f"({of} ORDER BY {column} DESC LIMIT {size})")
        return f"SELECT c.id FROM ({' UNION ALL '.join(each)}) AS c ORDER BY c.id DESC LIMIT {size}"


ALL = Candidates()
"""All records."""


@dataclass(frozen=True, slots=True)
class Among:
    """Rows of an index, in no order, of which some column has the identifier of each record that may answer.

    Parameters
    ----------
    part : Fact or NumberCondition
        The part of the question that the index answers: for a property, or for a number of the metadata.
    rest : Condition
        What is left to be tested of each.
    """

    part: Fact | NumberCondition
    rest: Condition

    @property
    def columns(self) -> tuple[str, ...]:
        """Where the identifiers stand; some may be null."""
        return ("evidence", "subject") if isinstance(self.part, Fact) else ("record",)

    def rows(self, where: Where) -> str:
        """In what to look for them, and where."""
        part = self.part
        if isinstance(part, Fact):
            return _rows(where, part, is_any=False)
        name = where.value(name_of(part.path, part.unit))
        return f"FROM entry WHERE name = {name} AND {seen()} AND {where.within('value_si', part.interval)}"


def that_may_answer(ask: Ask, where: Where, condition: Condition, most: int) -> Among | None:
    """Those with the fact or the number that a question asks for; of several, of the rarest.

    Parameters
    ----------
    most : int
        Rows are counted up to that number.
    """
    each = [Among(fact, fact.rest) for fact in _facts(condition)]
    # What stands in fields of a template is told to those who see it, so that numbers are tested again.
    each += [Among(part, condition) for part in _parts(condition) if _is_of_entries(part)]
    if len(each) < 2:
        return next(iter(each), None)
    sizes: list[int] = []
    for among in each:
        some = f"SELECT {among.rows(where)} LIMIT {most}"
        sizes.append(ask(f"SELECT count(*) FROM ({some}) AS c", where.parameters)[0][0])
    return each[sizes.index(min(sizes))]


def fewest(ask: Ask, where: Where, condition: Condition, below: UUID | None) -> Candidates | None:
    """Those with a fact that a question asks for; of several facts, the rarest. `None` where it asks for none."""
    rates: list[tuple[float, Candidates]] = []
    for fact in _facts(condition):
        n, n_within, oldest, newest = _probe(ask, where, fact, below)
        lasted_ms = 1 + (newest.int >> 80) - (oldest.int >> 80) if n else 1
        rates.append((n_within / lasted_ms, Candidates(fact, is_sparse=n_within < DENSE)))
    return min(rates, key=lambda each: each[0])[1] if rates else None


def _probe(ask: Ask, where: Where, fact: Fact, below: UUID | None) -> tuple[int, int, UUID, UUID]:
    """Of the newest facts: how many there are, how many have such a value, and the oldest and newest of their records.

    Identifiers begin with the time at which they were made.
    """
    rest = "" if below is None else "AND evidence < %(below)s"
    rows = f"{_rows(where, fact, is_any=True)} {rest}"
    newest = f"SELECT evidence, unit_si, value_si {rows} ORDER BY evidence DESC LIMIT {PROBED}"
    ends = "(array_agg(evidence))[count(*)::integer], (array_agg(evidence))[1]"
    query = f"SELECT count(*), count(*) FILTER (WHERE {_has_value(where, fact)}), {ends} FROM ({newest}) AS f"
    values: dict[str, Any] = where.parameters | {"below": below}
    [(n, n_within, oldest, latest)] = ask(query, values)
    return n, n_within, oldest, latest


def _rows(where: Where, fact: Fact, *, is_any: bool) -> str:
    """Rows of facts, of any value or of such a one."""
    rows = f"FROM property WHERE is_standing AND term = {where.value(fact.term)} AND {_DATA_SEEN}"
    return rows if is_any else f"{rows} AND {_has_value(where, fact)}"


def _has_value(where: Where, fact: Fact, unit: str = "unit_si", value: str = "value_si") -> str:
    return f"{unit} = {where.value(fact.unit)} AND {where.within(value, fact.interval)}"


def _parts(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, AllOf) else (condition,)


def _is_of_entries(part: Condition) -> TypeGuard[NumberCondition]:
    return isinstance(part, NumberCondition) and vocabulary.is_entry(part.path)


def _facts(condition: Condition) -> Iterator[Fact]:
    parts = _parts(condition)
    for place, part in enumerate(parts):
        if isinstance(part, ConfidenceCondition):
            # What lies there with a probability of a half or more lies there itself. How sure it is, is tested of each.
            interval = part.interval if part.confidence >= 0.5 else _ANYTHING
            yield Fact(part.path, part.unit, interval, condition)
        elif isinstance(part, NumberCondition) and _is_of_facts(part.path):
            yield Fact(part.path, part.unit, part.interval, AllOf((*parts[:place], *parts[place + 1 :])))


def _is_of_facts(path: str) -> bool:
    return not vocabulary.is_number_of_sample(path) and not vocabulary.is_entry(path)
