"""The newest answers, by the way that finds a page of them soonest.

The newest few records are tested one by one: of what many records answer, they fill the page. If they do not, indexes
are asked. Where few records answer a part of the question, these are looked up. Where nearly none of the newest
answered, all that answer each part are gathered and brought together; otherwise the search goes on from newest to
oldest, where paths are to be walked in windows, so that each is walked once from each sample.
"""

# ruff: noqa: S608  the statements are put together of our own words

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from kiban.query.condition import Condition
from kiban.records.record import Record
from kiban.records.scope import Visible
from kiban.store.sql_asking import Ask, remembering
from kiban.store.sql_query import Where

FIRST = 100
"""So many of the newest records are tested before all: if none of them answers, it is time to ask an index."""
NEWEST = 500
"""So many of the newest records are tested one by one, before an index is asked that might have to list millions."""
SCARCE = 2
"""If no more of them answer, it would be a long way until a page is full."""
MANY = 25
"""If more of them answer, so do too many in all to ask an index for them: a page is soon full."""
WINDOW = 2000
"""So many records are gathered before paths are walked from their samples; four times as many each time after."""

_ORDER = "ORDER BY r.id DESC"

Read = Callable[[str, Mapping[str, Any]], tuple[Record, ...]]
"""Reads the records that a query gives the identifiers of, newest first."""


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
        condition: Condition,
        visible: Visible,
        *,
        limit: int,
        below: UUID | None,
        sees_few: bool,
    ) -> None:
        self._ask, self._read = remembering(ask), read
        self._condition, self._visible = condition, visible
        self._limit = limit
        self._below = below
        self._sees_few = sees_few

    def records(self) -> tuple[Record, ...]:
        """As many as are wanted, or all there are."""
        where = self._where(asks_indexes=False)
        if not where.would_ask and not where.leads:
            return self._walked(where)
        found = self._of_newest(FIRST, where)
        asked = self._where(asks_indexes=True) if not found else None
        if asked is None or not asked.is_narrow:
            found = found if len(found) >= self._limit else self._of_newest(NEWEST, where)
            if len(found) >= self._limit:
                return found
        if len(found) > MANY:
            return self._in_windows(where) if where.leads else self._walked(where)
        asked = asked or self._where(asks_indexes=True)
        if asked.is_narrow:
            of = f"record r WHERE {asked.live} AND {asked.plain} {_rest(self._below)}"
            return self._page(asked.among(of), asked)
        if len(found) <= (MANY if asked.leads else SCARCE):
            every = Where(self._condition, self._visible, self._ask, tests_all=True, sees_few=self._sees_few)
            if every.is_narrow or len(found) <= SCARCE:
                return self._gathered(every)
        return self._in_windows(asked) if asked.leads else self._walked(asked)

    def _of_newest(self, size: int, where: Where) -> tuple[Record, ...]:
        newest = f"SELECT * FROM record r WHERE {where.live} {_rest(self._below)} {_ORDER} LIMIT {size}"
        return self._page(where.among(f"({newest}) r WHERE {where.plain}"), where)

    def _where(self, *, asks_indexes: bool) -> Where:
        return Where(
            self._condition,
            self._visible,
            self._ask,
            asks_indexes=asks_indexes,
            asks_paths=False,
            sees_few=self._sees_few,
        )

    # Limits are written into the statement: with one that the planner does not know of it plans anew each time.

    def _page(self, some: str, where: Where) -> tuple[Record, ...]:
        return self._found(f"SELECT r.id FROM ({some}) r {_ORDER} LIMIT {self._limit}", where)

    def _walked(self, where: Where) -> tuple[Record, ...]:
        page = f"SELECT r.id FROM record r WHERE {where.sql} {_rest(self._below)} {_ORDER} LIMIT {self._limit}"
        return self._found(page, where)

    def _gathered(self, where: Where) -> tuple[Record, ...]:
        rows, holds = where.every()
        # By itself, so that the planner does not go through all records in order, hoping to meet a page of them soon.
        every = f"SELECT r.id FROM {rows} WHERE {holds} {_rest(self._below)} OFFSET 0"
        return self._found(f"SELECT r.id FROM ({every}) r {_ORDER} LIMIT {self._limit}", where)

    def _in_windows(self, where: Where) -> tuple[Record, ...]:
        found: list[UUID] = []
        below, size = self._below, WINDOW
        while True:
            plain = f"record r WHERE {where.live} AND {where.plain} {_rest(below)} {_ORDER} LIMIT {size}"
            answers = where.among(plain)
            query = f"""
                WITH answers AS MATERIALIZED ({answers}), tested AS MATERIALIZED (SELECT r.id FROM {plain})
                SELECT ARRAY(SELECT r.id FROM answers r {_ORDER} LIMIT {self._limit}),
                    (SELECT r.id FROM tested r ORDER BY r.id LIMIT 1), (SELECT count(*) FROM tested)
            """
            [(some, below, n_tested)] = self._ask(query, where.parameters | {"below": below})
            found += some
            if len(found) >= self._limit or n_tested < size:
                values = {"found": found[: self._limit]}
                return self._read("SELECT unnest(%(found)s::uuid[])", where.parameters | values)
            size *= 4

    def _found(self, page: str, where: Where) -> tuple[Record, ...]:
        return self._read(page, where.parameters | {"below": self._below})


def _rest(below: UUID | None) -> str:
    return "" if below is None else "AND r.id < %(below)s"
