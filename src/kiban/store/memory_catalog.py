"""A catalog in memory, for tests: the model that the SQL catalog is compared with. It prefers the plain to the fast."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from kiban.errors import KibanError, RecordNotFound
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
from kiban.records.document import from_json
from kiban.records.event import Event
from kiban.records.file_entry import Blob, FileEntry, FileStatus
from kiban.records.likeness import Likeness, Near
from kiban.records.link import Link
from kiban.records.parties.terms import Project
from kiban.records.property import Fact
from kiban.records.provenance import Direction, Walk, depths
from kiban.records.record import Record, RecordKind
from kiban.records.rights.rights import Rights
from kiban.records.saved_search import Since, newly_seen
from kiban.records.scope import Scope, ScopeTerms, Visible
from kiban.store import catalog_faults
from kiban.store.batch_rules import writing_view
from kiban.store.catalog import Arrivals, Arrived, Batch, Count, Counts, Facet, Fault, Page, ProjectRights
from kiban.store.memory_audit_log import MemoryAuditLog
from kiban.store.memory_describe import Descriptions, has_data
from kiban.store.memory_facets import facet_values
from kiban.store.memory_likeness import likeness, nearest
from kiban.store.memory_ranked import ranked
from kiban.store.memory_scopes import MemoryScopes
from kiban.store.memory_state import MemoryState
from kiban.store.nearest import after_mark, nearest_first
from kiban.store.paging import check_limit, read_after, reading_order
from kiban.store.ranked_paging import Ranked
from kiban.store.written_lines import written_lines

Row = TypeVar("Row", Record, FileEntry)


class MemoryCatalog:
    """See `kiban.store.catalog.Catalog`. Safe to use from several threads.

    Parameters
    ----------
    audit : MemoryAuditLog, optional
        The log that what is written goes into; one of its own, unless given.
    """

    def __init__(self, audit: MemoryAuditLog | None = None) -> None:
        self.audit = audit or MemoryAuditLog()
        self._state = MemoryState()
        self._scopes = MemoryScopes()
        self._mutex = threading.Lock()
        self._writers: defaultdict[UUID, threading.Lock] = defaultdict(threading.Lock)

    def scopes(self) -> tuple[Scope, ...]:
        """See `Catalog.scopes`."""
        return self._scopes.all()

    def ensure_scope(self, wanted: ScopeTerms) -> Scope:
        """See `Catalog.ensure_scope`."""
        return self._scopes.ensure(wanted)

    def follow(self, project: Project) -> None:
        """Give the scopes that follow a project its tier and agreement."""
        self._scopes.follow(project)

    @contextmanager
    def writing(self, visible: Visible, *, project: UUID) -> Iterator[MemoryWriting]:
        """See `Catalog.writing`."""
        with self._mutex:
            turn = self._writers[project]
        with turn:
            known = {scope.number for scope in self.scopes()}
            visible = writing_view(replace(visible, numbers=visible.numbers & known))
            writing = MemoryWriting(self._state.copy(), visible, project)
            yield writing
            writing.check_sound()
            with self._mutex:
                # Writers of other projects may have been faster, so what was done is done again on the newest state.
                state = self._state.copy()
                for step in writing.steps:
                    step(state)
                self._state = state
                names = {i: versions[-1].pid for i, versions in state.records.items()}
                names |= {i: file.checksum for i, file in state.files.items()}
                self.audit.append(written_lines(writing.events, visible, names.get))

    def get(self, identifier: UUID | str, visible: Visible, *, version: int | None = None) -> Record:
        """See `Catalog.get`."""
        state = self._state
        record_id: UUID | None
        if isinstance(identifier, UUID):
            record_id = identifier
        else:
            record_id = next((i for i, versions in state.records.items() if versions[-1].pid == identifier), None)
        record = state.live(record_id, visible)
        if record is not None and version is not None:
            record = next((r for r in self.versions(record.id, visible) if r.version == version), None)
        if record is None:
            raise RecordNotFound(str(identifier))
        return _shown(record, visible)

    def get_many(self, ids: Collection[UUID | str], visible: Visible) -> dict[UUID, Record]:
        """See `Catalog.get_many`."""
        state, pids = self._state, {i for i in ids if isinstance(i, str)}
        wanted = {i for i in ids if isinstance(i, UUID)}
        wanted |= {i for i, versions in state.records.items() if pids and versions[-1].pid in pids}
        return {i: _shown(record, visible) for i in wanted if (record := state.live(i, visible)) is not None}

    def get_versions(self, wanted: Collection[tuple[UUID, int]], visible: Visible) -> dict[tuple[UUID, int], Record]:
        """See `Catalog.get_versions`."""
        found = ((i, r) for i, _ in wanted if self._state.live(i, visible) for r in self.versions(i, visible))
        return {(i, record.version): record for i, record in found if (i, record.version) in set(wanted)}

    def versions(self, record: UUID, visible: Visible) -> tuple[Record, ...]:
        """See `Catalog.versions`."""
        state = self._state
        if state.current(record, visible) is None:
            return ()
        return tuple(_shown(r, visible) for r in reversed(state.records[record]) if r.scope in visible)

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
        page = tuple(_shown(record, visible) for record in newest)
        return Page(page, str(page[-1].id) if len(found) > len(page) else None)

    def _sorted(self, question: Question, visible: Visible, order: Order, *, limit: int, after: str | None) -> Page:
        mark = read_mark(after, order)
        found = {described.record.id: described for described in self._answers(question, visible)}
        keys = {i: best((v for path in order.paths for v in said(each, path)), order) for i, each in found.items()}
        placed = in_order((Place(key, i) for i, key in keys.items()), order, mark)
        shown = placed[:limit]
        return Page(
            tuple(_shown(found[place.id].record, visible) for place in shown),
            write_mark(shown[-1]) if len(placed) > limit else None,
            tuple(place.key for place in shown),
        )

    def ranked(
        self, question: Question, visible: Visible, *, limit: int = 50, after: str | None = None, most: int = RANKED
    ) -> Ranked:
        """See `Catalog.ranked`."""
        found = sorted((d.record for d in self._answers(question, visible)), key=lambda r: r.id, reverse=True)
        page = ranked(found, question, limit=limit, after=after, most=most)
        return replace(page, records=tuple(_shown(record, visible) for record in page.records))

    def _find_near(
        self, question: Question, near: Sequence[Near], visible: Visible, limit: int, after: str | None
    ) -> Page:
        rest = after_mark(near, after)
        found = {d.record.id: d.record for d in self._answers(question, visible)}
        ordered = nearest_first(rest, found)
        page = tuple(_shown(found[i], visible) for i in ordered[:limit])
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
        n_answers: int,
        projects: Collection[UUID] | None = None,
        limit: int = 50,
    ) -> dict[Facet, Counts]:
        """See `Catalog.narrowing`. It never estimates, however many there are."""
        del n_answers
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
        return Arrived(tuple(_shown(record, visible) for record in [*reversed(lately), *reversed(opened)][:limit]))

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

    def links(self, records: Collection[UUID], visible: Visible) -> tuple[Link, ...]:
        """See `Catalog.links`."""
        state, wanted = self._state, set(records)
        return tuple(
            link
            for _, link in sorted(state.links.items())
            if (link.subject in wanted or link.object in wanted)
            and link.scope in visible
            and state.live(link.subject, visible)
            and state.live(link.object, visible)
        )

    def walk(self, start: Collection[UUID], visible: Visible, *, direction: Direction, most: int = 10_000) -> Walk:
        """See `Catalog.walk`."""
        state = self._state
        links = [
            link
            for link in state.links.values()
            if link.scope in visible and state.live(link.subject, visible) and state.live(link.object, visible)
        ]
        found = depths([i for i in start if state.live(i, visible)], links, direction)
        kept = dict(islice(found.items(), most))
        return Walk(
            depths=kept,
            links=tuple(link for link in links if link.subject in kept and link.object in kept),
            is_cut=len(kept) < len(found),
        )

    def project_rights(
        self, visible: Visible, *, projects: Collection[UUID] | None = None
    ) -> dict[UUID, ProjectRights]:
        """See `Catalog.project_rights`."""
        return {
            project: ProjectRights(from_json(rights, Rights), record)
            for project, (record, rights) in self._project_rights(visible).items()
            if projects is None or project in projects
        }

    def _project_rights(self, visible: Visible) -> dict[UUID, tuple[UUID, Any]]:
        seen = {scope.project for scope in self.scopes() if scope.number in visible}
        found: dict[UUID, tuple[UUID, Any]] = {}
        for _, versions in sorted(self._state.records.items()):
            record = versions[-1]
            rights = record.document.get("rights")
            if record.kind is RecordKind.PROJECT and record.project in seen and rights and not record.deleted:
                found.setdefault(record.project, (record.id, rights))
        return found

    def facts(
        self,
        visible: Visible,
        *,
        evidence: Collection[UUID] | None = None,
        subjects: Collection[UUID] | None = None,
        terms: Collection[str] | None = None,
    ) -> tuple[Fact, ...]:
        """See `Catalog.facts`."""
        state = self._state
        return tuple(
            fact
            for _, fact in sorted(state.facts.items())
            if fact.scope in visible.data
            and state.is_standing(fact)
            and (terms is None or fact.property.term in terms)
            and (
                (evidence is None and subjects is None)
                or (evidence is not None and fact.evidence in evidence)
                or (subjects is not None and fact.subject in subjects)
            )
        )

    def compositions(self, samples: Collection[UUID], visible: Visible) -> dict[UUID, dict[str, float]]:
        """See `Catalog.compositions`."""
        state = self._state
        return {
            s: dict(state.compositions[s])
            for s in samples
            if state.compositions.get(s) and (r := state.current(s, visible)) and r.scope in visible.data
        }

    def nearest(self, record: UUID, visible: Visible, *, at_least: float) -> tuple[Near, ...] | None:
        """See `Catalog.nearest`."""
        return nearest(self._state, record, visible, at_least=at_least)

    def likenesses(self, records: Collection[UUID], visible: Visible) -> dict[UUID, Likeness]:
        """See `Catalog.likenesses`."""
        return {i: found for i in records if (found := likeness(self._state, i, visible)) is not None}

    def files(
        self,
        visible: Visible,
        *,
        statuses: Collection[FileStatus] | None = None,
        record: UUID | None = None,
        checksum: str | None = None,
        limit: int = 100,
        after: UUID | None = None,
    ) -> tuple[FileEntry, ...]:
        """See `Catalog.files`."""
        state = self._state
        found = [
            file
            for file in state.files.values()
            if file.scope in visible.data
            and (statuses is None or file.status in statuses)
            and (checksum is None or file.checksum == checksum)
            and (record is None or ((file.id, record) in state.file_records and has_data(state, record, visible)))
            and (after is None or file.id < after)
        ]
        return tuple(sorted(found, key=lambda f: f.id, reverse=True)[: check_limit(limit)])

    def records_of_file(self, file: UUID, visible: Visible) -> tuple[Record, ...]:
        """See `Catalog.records_of_file`."""
        state = self._state
        if file not in state.files or state.files[file].scope not in visible.data:
            return ()
        found = (state.live(record, visible) for entry, record in state.file_records if entry == file)
        return tuple(sorted((r for r in found if r is not None and r.scope in visible.data), key=reading_order))

    def events(self, visible: Visible, *, subject: UUID | None = None, limit: int = 100) -> tuple[Event, ...]:
        """See `Catalog.events`."""
        latest = reversed(self._state.events)
        found = [e for e in latest if e.scope in visible and (subject is None or e.subject == subject)]
        return tuple(sorted(found, key=lambda e: e.at, reverse=True)[: check_limit(limit)])

    def blobs(self) -> Iterator[Blob]:
        """See `Catalog.blobs`."""
        return iter([blob for _, blob in sorted(self._state.blobs.items())])

    def faults(self) -> Iterator[Fault]:
        """See `Catalog.faults`. Versions cannot contradict themselves here."""
        state = self._state
        for (subject, predicate, target), _ in sorted(state.links.items()):
            for end in (subject, target):
                if end not in state.records:
                    yield catalog_faults.dangling_link(subject, predicate, target, end)
        for fact in state.facts.values():
            if fact.evidence not in state.records:
                yield catalog_faults.fact_without_evidence(fact.id, fact.evidence)
            if fact.subject is not None and fact.subject not in state.records:
                yield catalog_faults.fact_without_subject(fact.id, fact.subject)
        for versions in state.records.values():
            sample = versions[-1].sample
            if sample is not None and sample not in state.records:
                yield catalog_faults.record_without_sample(versions[-1].id, sample)
        for file_id, record_id in state.file_records:
            if file_id not in state.files:
                yield catalog_faults.file_tie_without_end(file_id, record_id, file_id)
        for file in state.files.values():
            if file.checksum not in state.blobs:
                yield catalog_faults.file_without_blob(file.id, file.checksum)

    def close(self) -> None:
        """See `Catalog.close`. There is nothing to let go of."""

    def _answers(self, question: Question, visible: Visible) -> Iterator[Described]:
        condition = meaning(question)
        rights = {project: rights_answers(stated) for project, (_, stated) in self._project_rights(visible).items()}
        descriptions = Descriptions(self._state, self.scopes(), visible, rights)
        return (described for described in descriptions.all() if holds(condition, described))


class MemoryWriting:
    """See `kiban.store.catalog.Writing`."""

    def __init__(self, state: MemoryState, visible: Visible, project: UUID) -> None:
        self._state = state
        self._visible = visible
        self._project = project
        self._error: KibanError | None = None
        self.steps: list[Callable[[MemoryState], None]] = []
        self.events: list[Event] = []

    def existing(self, kind: RecordKind, keys: Collection[str], *, first: int | None = None) -> dict[str, Record]:
        """See `Writing.existing`."""
        self.check_sound()
        wanted = set(keys)
        records = (self._state.live(i, self._visible) for i in self._state.records)
        found = [r for r in records if r is not None and (r.project, r.kind) == (self._project, kind)]
        return {r.key: r for r in _best_last(found, first) if r.key is not None and r.key in wanted}

    def existing_pids(self, kind: RecordKind, pids: Collection[str]) -> dict[str, Record]:
        """See `Writing.existing_pids`."""
        self.check_sound()
        wanted = set(pids)
        records = (self._state.live(i, self._visible) for i in self._state.records)
        return {r.pid: r for r in records if r is not None and r.pid in wanted and r.kind is kind}

    def existing_files(
        self, paths_and_checksums: Collection[tuple[str, str]], *, first: int | None = None
    ) -> dict[tuple[str, str], FileEntry]:
        """See `Writing.existing_files`."""
        self.check_sound()
        wanted = set(paths_and_checksums)
        return {
            (f.path, f.checksum): f
            for f in _best_last(self._state.files.values(), first)
            if (f.path, f.checksum) in wanted and f.project == self._project and f.scope in self._visible.data
        }

    def move(self, records: Mapping[UUID, int]) -> None:
        """See `Writing.move`."""
        wanted = dict(records)
        self._do(lambda state: state.move(wanted, self._visible, self._project))

    def add(self, batch: Batch) -> None:
        """See `Writing.add`."""
        self._do(lambda state: state.apply(batch, self._visible, self._project))
        self.events += batch.events

    def _do(self, step: Callable[[MemoryState], None]) -> None:
        self.check_sound()
        try:
            step(self._state)
        except KibanError as e:
            self._error = e
            raise
        self.steps.append(step)

    def check_sound(self) -> None:
        """Refuse to go on after an error: half of what was meant must not be kept."""
        if self._error is not None:
            raise self._error


def _best_last(rows: Iterable[Row], first: int | None) -> list[Row]:
    """Those in the scope `first` after all others, the oldest last."""
    newest_first = sorted(rows, key=lambda row: row.id, reverse=True)
    return sorted(newest_first, key=lambda row: row.scope == first)


def _shown(record: Record, visible: Visible) -> Record:
    return record if record.scope in visible.data else without_values(record)
