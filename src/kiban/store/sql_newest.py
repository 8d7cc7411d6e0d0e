"""The newest answers, by the way that finds a page of them soonest.

The newest few records are tested one by one. If none of them answers, an index is asked whether very few do at all. How
many of the newest answer tells how far it is until the page is full: if not far, the search goes on from newest to
oldest, in windows, so that a path is walked once from each sample. Otherwise indexes are asked. Where few records
answer a part of the question, these are looked up. Where it asks for a property, the newest records that have it are
tested in windows (`kiban.store.sql_candidates`). If that is too long a way as well, all that answer are gathered.
"""

# ruff: noqa: S608  the statements are put together of our own words

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from kiban.query.condition import AllOf, Condition
from kiban.records.scope import Visible
from kiban.store.sql_asking import Ask, remembering
from kiban.store.sql_candidates import ALL, Candidates, fewest
from kiban.store.sql_query import NARROW, Where
from kiban.store.sql_reading import Found
from kiban.store.sql_simpler import simpler

FIRST = 100
"""So many of the newest records are tested before all, and fill the page where much answers."""
RARE = 300
"""Where none of these answers, an index is asked whether so many do at all; to ask it for more takes longer."""
NEWEST = 500
"""So many of the newest records are tested, before an index is asked that might have to list millions."""
SOON = 1500
"""If a page is likely to be full after so many records, they are gone through, and no index is asked."""
LATE = 8000
"""If it is not after so many, all that answer are gathered instead."""
SHORTEST, LONGEST = 500, 4000
"""So many records are tested at a time."""
SEVERAL = 4
"""A record has about so many facts of one property, where it has any."""
SPARE = 1.25
"""So many times as many are tested as were likely to do."""

_ORDER = "ORDER BY r.id DESC"

Read = Callable[[str, Mapping[str, Any]], Found]
"""Reads the records that a query gives the identifiers of, newest first."""
ReadTold = Callable[[str, Sequence[str], str, Mapping[str, Any]], tuple[tuple[Any, ...], Found]]
"""The same, with what else is told of the tables that stand before the query."""


@dataclass(slots=True)
class Walk:
    """How far a search has come, from newest to oldest."""

    n_wanted: int
    below: UUID | None
    found: list[UUID] = field(default_factory=list)
    n_rows: int = 0
    """So many rows were gone through; of one record there may be several."""
    n_tested: int = 0
    n_answered: int = 0
    is_over: bool = False
    """Whether there are no more records to be tested."""

    @property
    def is_done(self) -> bool:
        """Whether no more need be tested."""
        return self.is_over or len(self.found) >= self.n_wanted

    @property
    def likely(self) -> float:
        """How many more are likely to be tested until enough are found."""
        return (self.n_wanted - len(self.found)) * self.n_tested / self.n_answered if self.n_answered else math.inf


class Newest:
    """One question for a page.

    Parameters
    ----------
    limit : int
        How many records are wanted.
    below : UUID, optional
        Only those that are older.
    sees_few : bool
        Whether the asker sees few records, in however many scopes.
    """

    def __init__(
        self,
        ask: Ask,
        read: Read,
        read_told: ReadTold,
        condition: Condition,
        visible: Visible,
        *,
        limit: int,
        below: UUID | None,
        sees_few: bool,
    ) -> None:
        self._ask, self._read, self._read_told = remembering(ask), read, read_told
        self._condition, self._visible = simpler(condition), visible
        self._limit = limit
        self._below = below
        self._sees_few = sees_few

    def found(self) -> Found:
        """As many as are wanted, or all there are."""
        where = self._where(asks_indexes=False)
        if not where.would_ask and not where.leads:
            return self._walked(where)
        found, are_all = self._first(where)
        if are_all:
            return found
        walk = Walk(self._limit, self._below)
        if not found and isinstance(self._condition, AllOf) and (answers := self._rare()) is not None:
            return answers
        for way in (self._soon, self._by_index, self._by_facts, self._late, self._by_paths):
            answers = way(where, walk)
            if answers is not None:
                return answers
        every = Where(self._condition, self._visible, self._ask, tests_all=True, sees_few=self._sees_few)
        return self._gathered(every)

    def _first(self, where: Where) -> tuple[Found, bool]:
        """The answers among the newest records, or, if there are none and an index has few, these; whether it is done.

        It is one statement: of what is soon found, messages would be most of the cost.
        """
        newest = f"SELECT * FROM record r WHERE {where.live} {_rest(self._below)} {_ORDER} LIMIT {FIRST}"
        page = f"SELECT r.id FROM ({where.among(f'({newest}) r WHERE {where.plain}', 'r.id, r.sample')}) r"
        page = f"{page} {_ORDER} LIMIT {self._limit}"
        rare = self._where(asks_indexes=True, most_few=RARE, beside=where.parameters)
        if not rare.is_narrow:
            found = self._found(page, where)
            return found, len(found) >= self._limit
        tables, are_few = rare.asked_later("EXISTS (SELECT FROM newest)")
        of_few = f"record r WHERE {are_few} AND {rare.live} AND {rare.plain} {_rest(self._below)}"
        all_few = f"SELECT r.id FROM ({rare.among(of_few, 'r.id, r.sample')}) r {_ORDER} LIMIT {self._limit}"
        (n_newest, is_rare), found = self._read_told(
            f"newest AS MATERIALIZED ({page}), {tables}",
            ("(SELECT count(*) FROM newest)", are_few),
            f"SELECT id FROM newest UNION ALL ({all_few})",
            rare.parameters | {"below": self._below},
        )
        return found, n_newest >= self._limit or (n_newest == 0 and is_rare)

    def _rare(self) -> Found | None:
        """As `_first`, by whichever part it is that an index has few of."""
        asked = self._where(asks_indexes=True, most_few=RARE)
        return self._narrow(asked) if asked.is_narrow else None

    def _soon(self, where: Where, walk: Walk) -> Found | None:
        self._window(where, ALL, walk, NEWEST)
        return self._in_windows(where, ALL, walk, SOON)

    def _late(self, where: Where, walk: Walk) -> Found | None:
        return self._in_windows(where, ALL, walk, LATE)

    def _by_index(self, _where: Where, _walk: Walk) -> Found | None:
        asked = self._where(asks_indexes=True)
        return self._narrow(asked) if asked.is_narrow else None

    def _by_facts(self, where: Where, walk: Walk) -> Found | None:
        if self._sees_few or len(self._visible.numbers) <= NARROW:
            return None
        candidates = fewest(self._ask, where, self._condition, walk.below)
        if candidates is None or candidates.fact is None:
            return None
        walk = Walk(self._limit, walk.below, [*walk.found])
        rest = self._where(candidates.fact.rest, asks_indexes=False)
        self._window(rest, candidates, walk, FIRST * SEVERAL)
        return self._in_windows(rest, candidates, walk, LATE)

    def _by_paths(self, where: Where, _walk: Walk) -> Found | None:
        asked = self._where(asks_indexes=True, asks_paths=True) if where.leads else None
        return self._narrow(asked) if asked is not None and asked.is_narrow else None

    def _in_windows(self, where: Where, candidates: Candidates, walk: Walk, at_most: int) -> Found | None:
        """Go on while it is not far until the page is full; `None` where it is."""
        while not walk.is_done:
            if walk.likely > at_most:
                return None
            n = min(max(SPARE * walk.likely, SHORTEST), LONGEST)
            self._window(where, candidates, walk, int(n * walk.n_rows / walk.n_tested))
        return self._read("SELECT unnest(%(found)s::uuid[])", where.parameters | {"found": walk.found[: self._limit]})

    def _window(self, where: Where, candidates: Candidates, walk: Walk, size: int) -> None:
        of_some = f"record r WHERE r.id = ANY(ARRAY(SELECT id FROM tried)) AND {where.live} AND {where.plain}"
        query = f"""
            WITH tried AS MATERIALIZED ({candidates.newest(where, size, walk.below)}),
            answers AS MATERIALIZED ({where.among(of_some, "r.id, r.sample")})
            SELECT ARRAY(SELECT r.id FROM answers r {_ORDER}), (SELECT id FROM tried ORDER BY id LIMIT 1),
                (SELECT count(*) FROM tried), (SELECT count(DISTINCT id) FROM tried)
        """
        [(answers, below, n_rows, n_tested)] = self._ask(query, where.parameters | {"below": walk.below})
        walk.found += answers
        walk.below = below or walk.below
        walk.n_rows += n_rows
        walk.n_tested += n_tested
        walk.n_answered += len(answers)
        walk.is_over = n_rows < size

    def _where(
        self,
        condition: Condition | None = None,
        *,
        asks_indexes: bool,
        asks_paths: bool = False,
        most_few: int | None = None,
        beside: Mapping[str, Any] | None = None,
    ) -> Where:
        return Where(
            self._condition if condition is None else condition,
            self._visible,
            self._ask,
            asks_indexes=asks_indexes,
            asks_paths=asks_paths,
            sees_few=self._sees_few,
            most_few=most_few,
            beside=beside,
        )

    def _narrow(self, asked: Where) -> Found:
        return self._page(asked.among(f"record r WHERE {asked.live} AND {asked.plain} {_rest(self._below)}"), asked)

    # Limits are written into the statement: with one that the planner does not know of it plans anew each time.

    def _page(self, some: str, where: Where) -> Found:
        return self._found(f"SELECT r.id FROM ({some}) r {_ORDER} LIMIT {self._limit}", where)

    def _walked(self, where: Where) -> Found:
        page = f"SELECT r.id FROM record r WHERE {where.sql} {_rest(self._below)} {_ORDER} LIMIT {self._limit}"
        return self._found(page, where)

    def _gathered(self, where: Where) -> Found:
        rows, holds = where.every("r.id")
        # By itself, so that the planner does not go through all records in order, hoping to meet a page of them soon.
        every = f"SELECT r.id FROM {rows} WHERE {holds} {_rest(self._below)} OFFSET 0"
        return self._found(f"SELECT r.id FROM ({every}) r {_ORDER} LIMIT {self._limit}", where)

    def _found(self, page: str, where: Where) -> Found:
        return self._read(page, where.parameters | {"below": self._below})


def _rest(below: UUID | None) -> str:
    return "" if below is None else "AND r.id < %(below)s"
