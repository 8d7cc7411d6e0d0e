"""Questions to PostgreSQL: the records that answer them, in which order, how many there are, and what is new."""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from kiban.query.condition import AllOf
from kiban.query.entries import METADATA
from kiban.query.meaning import meaning
from kiban.query.question import EVERYTHING, Question
from kiban.query.relevance import RANKED
from kiban.query.similar import ordering
from kiban.query.sorting import Order, read_mark, write_mark
from kiban.records.likeness import Near
from kiban.records.record import Record
from kiban.records.saved_search import Since
from kiban.records.scope import Visible
from kiban.store.catalog import Arrivals, Arrived, Count, Counts, Facet, Page
from kiban.store.nearest import after_mark
from kiban.store.paging import check_limit, read_after
from kiban.store.ranked_paging import Ranked
from kiban.store.sql_arrivals import NOW, arrived, count_arrived
from kiban.store.sql_counts import count_about
from kiban.store.sql_facets import Facets
from kiban.store.sql_few_seen import FewSeen
from kiban.store.sql_likeness import among
from kiban.store.sql_newest import Newest
from kiban.store.sql_pool import SqlPool
from kiban.store.sql_query import Where
from kiban.store.sql_ranked import ranked
from kiban.store.sql_reading import CURRENT, Found, SqlReading
from kiban.store.sql_rows import (
    unstored,
)
from kiban.store.sql_sets import in_one_process, view
from kiban.store.sql_sorted import Sorted


class SqlFinding(SqlReading):
    """The part of `kiban.store.catalog.Catalog` that answers questions."""

    def __init__(self, pool: SqlPool) -> None:
        super().__init__(pool)
        self._sees_few = FewSeen()

    def find(
        self,
        question: Question,
        visible: Visible,
        *,
        limit: int = 50,
        after: str | None = None,
        order: Order | None = None,
    ) -> Page:
        """See `Catalog.find`."""
        if (near := ordering(question)) is not None:
            return self._find_near(question, near, visible, check_limit(limit), after)
        if order is not None:
            return self._sorted(question, visible, order, limit=check_limit(limit), after=after)

        def read(page: str, values: Mapping[str, Any]) -> Found:
            # Identifiers first: a sort need not carry the documents.
            return self._found(visible, f"id = ANY(ARRAY({page})) AND {CURRENT} ORDER BY id DESC", values)

        def read_told(
            tables: str, told: Sequence[str], page: str, values: Mapping[str, Any]
        ) -> tuple[tuple[Any, ...], Found]:
            return self._found_told(visible, tables, told, f"id = ANY(ARRAY({page})) AND {CURRENT}", values)

        wanted = check_limit(limit) + 1
        ask, below = partial(self.pool.ask, in_one_process(view(visible, "scopes", "data"))), read_after(after)
        sees_few = self._sees_few(ask, visible)
        newest = Newest(ask, read, read_told, meaning(question), visible, limit=wanted, below=below, sees_few=sees_few)
        found = newest.found().records()
        return Page(found[:limit], str(found[limit - 1].id) if len(found) > limit else None)

    def _sorted(self, question: Question, visible: Visible, order: Order, *, limit: int, after: str | None) -> Page:
        ask = self._ask(visible)
        asked = Sorted(ask, meaning(question), visible, order, sees_few=self._sees_few(ask, visible))
        placed = asked.places(limit + 1, read_mark(after, order))
        wanted = {"ids": [place.id for place in placed[:limit]]}
        records = {r.id: r for r in self._records(visible, f"id = ANY(%(ids)s) AND {CURRENT}", wanted)}
        # What was removed meanwhile is left out.
        shown = [place for place in placed[:limit] if place.id in records]
        return Page(
            tuple(records[place.id] for place in shown),
            write_mark(placed[limit - 1]) if len(placed) > limit else None,
            tuple(place.key for place in shown),
        )

    def ranked(
        self, question: Question, visible: Visible, *, limit: int = 50, after: str | None = None, most: int = RANKED
    ) -> Ranked:
        """See `Catalog.ranked`."""

        def read(ids: list[UUID]) -> dict[UUID, Record]:
            return {r.id: r for r in self._records(visible, f"id = ANY(%(ids)s) AND {CURRENT}", {"ids": ids})}

        def newest(limit: int, after: str) -> Page:
            return self.find(question, visible, limit=limit, after=after)

        ask = partial(self.pool.ask, in_one_process(view(visible, "scopes", "data")))
        return ranked(ask, question, visible, limit=limit, after=after, most=most, read=read, newest=newest)

    def _find_near(
        self, question: Question, near: Sequence[Near], visible: Visible, limit: int, after: str | None
    ) -> Page:
        rest, ask = after_mark(near, after), self._ask(visible)
        where = Where(meaning(question), visible, ask)
        found = among(ask, rest, where.sql, where.parameters)
        page = {r.id: r for r in self._records(visible, f"id = ANY(%(ids)s) AND {CURRENT}", {"ids": found[:limit]})}
        records = tuple(page[i] for i in found[:limit] if i in page)
        return Page(records, str(found[limit - 1]) if len(found) > limit else None)

    def count(self, question: Question, visible: Visible) -> int:
        """See `Catalog.count`."""
        ask = self._ask(visible)
        where = Where(meaning(question), visible, ask, tests_all=True)
        number, rows, holds = where.counted()
        return int(ask(f"SELECT {number} FROM {rows} WHERE {holds}", where.parameters)[0][0])

    def count_about(self, question: Question, visible: Visible) -> Count:
        """See `Catalog.count_about`."""
        counted = partial(self.count_by_scope, visible, question)
        return count_about(self._ask(visible), meaning(question), visible, counted)

    def count_by_scope(self, visible: Visible, question: Question = EVERYTHING) -> dict[int, int]:
        """See `Catalog.count_by_scope`."""
        ask = self._ask(visible)
        where = Where(meaning(question), visible, ask, tests_all=True)
        number, rows, holds = where.counted()
        query = f"SELECT r.scope, {number} FROM {rows} WHERE {holds} GROUP BY r.scope"
        return dict(ask(query, where.parameters))

    def facets(
        self, question: Question, visible: Visible, facet: Facet, *, limit: int = 50
    ) -> tuple[tuple[str, int], ...]:
        """See `Catalog.facets`."""
        return Facets(self._ask(visible), meaning(question), visible).exact(facet, check_limit(limit))

    def narrowing(
        self,
        question: Question,
        visible: Visible,
        facets: Collection[Facet],
        *,
        count: Count,
        projects: Collection[UUID] | None = None,
        limit: int = 50,
    ) -> dict[Facet, Counts]:
        """See `Catalog.narrowing`."""
        counted = Facets(self._ask(visible), meaning(question), visible, projects)
        return counted.narrowing(facets, count, check_limit(limit))

    def entry_names(self, visible: Visible, *, newest: int = 500) -> dict[str, frozenset[int]]:
        """See `Catalog.entry_names`."""
        ask = self._ask(visible)
        where = Where(AllOf(()), visible, ask, sees_few=self._sees_few(ask, visible))
        records = f"SELECT r.answers, r.scope FROM record r WHERE {where.live} ORDER BY r.id DESC"
        query = (
            f"SELECT n.name, array_agg(DISTINCT r.scope) FROM ({records} LIMIT {check_limit(newest)}) r, "
            f"LATERAL jsonb_object_keys(r.answers) AS n (name) WHERE starts_with(n.name, '{METADATA}') "
            'GROUP BY n.name ORDER BY count(*) DESC, n.name COLLATE "C"'
        )
        return {unstored(name): frozenset(scopes) for name, scopes in ask(query, where.parameters)}

    def now(self) -> datetime:
        """See `Catalog.now`."""
        moment: datetime = self.pool.rows(NOW)[0][0]
        return moment

    def arrived(self, question: Question, visible: Visible, since: Since, *, limit: int = 50) -> Arrived:
        """See `Catalog.arrived`."""
        check_limit(limit)
        found, is_part = arrived(self._ask(visible), meaning(question), visible, since, limit)
        records = {r.id: r for r in self._records(visible, f"id = ANY(%(ids)s) AND {CURRENT}", {"ids": found})}
        return Arrived(tuple(records[i] for i in found if i in records), is_part)

    def count_arrived(
        self, asked: Sequence[tuple[Question, Since]], visible: Visible, *, most: int = 500
    ) -> tuple[Arrivals, ...]:
        """See `Catalog.count_arrived`."""
        conditions = [(meaning(question), since) for question, since in asked]
        return count_arrived(self._ask(visible), conditions, visible, check_limit(most))
