"""Questions to the catalog in memory: every record that may be seen is tried, one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kiban.query.answers import answers
from kiban.query.entries import METADATA
from kiban.query.evaluate import Described, holds, said
from kiban.query.meaning import meaning
from kiban.query.question import EVERYTHING, Question
from kiban.query.relevance import RANKED
from kiban.query.rights_answers import rights_answers
from kiban.query.similar import ordering
from kiban.query.sorting import Order, Place, best, in_order, read_mark, write_mark
from kiban.records.described import without_values
from kiban.records.likeness import Near
from kiban.records.record import Record, RecordKind
from kiban.records.saved_search import Since, newly_seen
from kiban.records.scope import Visible
from kiban.store.catalog import Arrivals, Arrived, Count, Counts, Facet, Page
from kiban.store.memory_describe import Descriptions
from kiban.store.memory_facets import facet_values
from kiban.store.memory_ranked import ranked
from kiban.store.memory_scopes import MemoryScopes
from kiban.store.memory_state import MemoryState
from kiban.store.nearest import after_mark, nearest_first
from kiban.store.paging import check_limit, read_after
from kiban.store.ranked_paging import Ranked


class MemoryFinding:
    """The part of `kiban.store.catalog.Catalog` that answers questions."""

    def __init__(self, state: MemoryState, scopes: MemoryScopes) -> None:
        self._state = state
        self._scopes = scopes

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
        below = read_after(after)
        found = [d.record for d in self._answers(question, visible) if below is None or d.record.id < below]
        newest = sorted(found, key=lambda r: r.id, reverse=True)[: check_limit(limit)]
        page = tuple(shown(record, visible) for record in newest)
        return Page(page, str(page[-1].id) if len(found) > len(page) else None)

    def _sorted(self, question: Question, visible: Visible, order: Order, *, limit: int, after: str | None) -> Page:
        mark = read_mark(after, order)
        found = {described.record.id: described for described in self._answers(question, visible)}
        keys = {i: best((v for path in order.paths for v in said(each, path)), order) for i, each in found.items()}
        placed = in_order((Place(key, i) for i, key in keys.items()), order, mark)
        page = placed[:limit]
        return Page(
            tuple(shown(found[place.id].record, visible) for place in page),
            write_mark(page[-1]) if len(placed) > limit else None,
            tuple(place.key for place in page),
        )

    def ranked(
        self, question: Question, visible: Visible, *, limit: int = 50, after: str | None = None, most: int = RANKED
    ) -> Ranked:
        """See `Catalog.ranked`."""
        found = sorted((d.record for d in self._answers(question, visible)), key=lambda r: r.id, reverse=True)
        page = ranked(found, question, limit=limit, after=after, most=most)
        return replace(page, records=tuple(shown(record, visible) for record in page.records))

    def _find_near(
        self, question: Question, near: Sequence[Near], visible: Visible, limit: int, after: str | None
    ) -> Page:
        rest = after_mark(near, after)
        found = {d.record.id: d.record for d in self._answers(question, visible)}
        ordered = nearest_first(rest, found)
        page = tuple(shown(found[i], visible) for i in ordered[:limit])
        return Page(page, str(ordered[limit - 1]) if len(ordered) > limit else None)

    def count(self, question: Question, visible: Visible) -> int:
        """See `Catalog.count`."""
        return sum(1 for _ in self._answers(question, visible))

    def count_about(self, question: Question, visible: Visible) -> Count:
        """See `Catalog.count_about`; here all are counted."""
        counts = self.count_by_scope(visible, question)
        return Count(sum(counts.values()), scopes=frozenset(counts))

    def count_by_scope(self, visible: Visible, question: Question = EVERYTHING) -> dict[int, int]:
        """See `Catalog.count_by_scope`."""
        return dict(Counter(described.record.scope for described in self._answers(question, visible)))

    def facets(
        self, question: Question, visible: Visible, facet: Facet, *, limit: int = 50
    ) -> tuple[tuple[str, int], ...]:
        """See `Catalog.facets`."""
        return self._counted(question, visible, facet, limit, None)

    def _counted(
        self, question: Question, visible: Visible, facet: Facet, limit: int, projects: frozenset[str] | None
    ) -> tuple[tuple[str, int], ...]:
        counted: Counter[str] = Counter()
        newest: dict[str, str] = {}
        for described in sorted(self._answers(question, visible), key=lambda d: d.record.id):
            for value, written in facet_values(described, facet):
                if facet is Facet.PROJECT and projects is not None and value not in projects:
                    continue
                counted[value] += 1
                newest[value] = written
        most = sorted(counted.items(), key=lambda c: (-c[1], c[0]))[: check_limit(limit)]
        return tuple((newest[value], n) for value, n in most)

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
        """See `Catalog.narrowing`. It never estimates, however many there are."""
        del count
        known = None if projects is None else frozenset(map(str, projects))
        return {facet: Counts(self._counted(question, visible, facet, limit, known)) for facet in facets}

    def entry_names(self, visible: Visible, *, newest: int = 500) -> dict[str, frozenset[int]]:
        """See `Catalog.entry_names`."""
        records = sorted((d.record for d in self._answers(EVERYTHING, visible)), key=lambda r: r.id, reverse=True)
        found: dict[str, list[int]] = {}
        for record in records[: check_limit(newest)]:
            for path in answers(record):
                if path.startswith(METADATA):
                    found.setdefault(path, []).append(record.scope)
        most = sorted(found.items(), key=lambda each: (-len(each[1]), each[0]))
        return {path: frozenset(scopes) for path, scopes in most}

    def now(self) -> datetime:
        """See `Catalog.now`."""
        return datetime.now(UTC)

    def arrived(self, question: Question, visible: Visible, since: Since, *, limit: int = 50) -> Arrived:
        """See `Catalog.arrived`."""
        check_limit(limit)
        arrived, unseen = self._state.arrived, newly_seen(visible, since)
        found = [described.record for described in self._answers(question, visible)]
        lately = sorted((r for r in found if arrived[r.id] >= since.at), key=lambda r: (arrived[r.id], r.id))
        opened = sorted((r for r in found if arrived[r.id] < since.at and r.scope in unseen), key=lambda r: r.id)
        return Arrived(tuple(shown(record, visible) for record in [*reversed(lately), *reversed(opened)][:limit]))

    def count_arrived(
        self, asked: Sequence[tuple[Question, Since]], visible: Visible, *, most: int = 500
    ) -> tuple[Arrivals, ...]:
        """See `Catalog.count_arrived`."""
        found = [
            self.arrived(question, visible, since, limit=check_limit(most) + 1).records for question, since in asked
        ]
        return tuple(
            Arrivals(min(len(each), most), len(each) > most, frozenset(record.scope for record in each))
            for each in found
        )

    def _project_rights(self, visible: Visible) -> dict[UUID, tuple[UUID, Any]]:
        seen = {scope.project for scope in self._scopes.all() if scope.number in visible}
        found: dict[UUID, tuple[UUID, Any]] = {}
        for _, versions in sorted(self._state.records.items()):
            record = versions[-1]
            rights = record.document.get("rights")
            if record.kind is RecordKind.PROJECT and record.project in seen and rights and not record.deleted:
                found.setdefault(record.project, (record.id, rights))
        return found

    def _answers(self, question: Question, visible: Visible) -> Iterator[Described]:
        condition = meaning(question)
        rights = {project: rights_answers(stated) for project, (_, stated) in self._project_rights(visible).items()}
        descriptions = Descriptions(self._state, self._scopes.all(), visible, rights)
        return (described for described in descriptions.all() if holds(condition, described))


def shown(record: Record, visible: Visible) -> Record:
    """As the asker may see it: with its values, or without."""
    return record if record.scope in visible.data else without_values(record)
