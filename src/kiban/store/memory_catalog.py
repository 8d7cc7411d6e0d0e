"""A catalog in memory, for tests: the model that the SQL catalog is compared with. It prefers the plain to the fast."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from uuid import UUID

from kiban.errors import RecordNotFound
from kiban.records.document import from_json
from kiban.records.event import Event
from kiban.records.file_entry import Blob, FileEntry, FileStatus
from kiban.records.likeness import Likeness, Near
from kiban.records.link import Link
from kiban.records.parties.terms import Project
from kiban.records.property import Fact
from kiban.records.provenance import Direction, Walk, depths
from kiban.records.record import Record
from kiban.records.rights.rights import Rights
from kiban.records.scope import Scope, ScopeTerms, Visible
from kiban.store import catalog_faults
from kiban.store.batch_rules import writing_view
from kiban.store.catalog import Fault, ProjectRights
from kiban.store.memory_audit_log import MemoryAuditLog
from kiban.store.memory_describe import has_data
from kiban.store.memory_finding import MemoryFinding, shown
from kiban.store.memory_likeness import likeness, nearest
from kiban.store.memory_scopes import MemoryScopes
from kiban.store.memory_state import MemoryState
from kiban.store.memory_writing import MemoryWriting
from kiban.store.paging import check_limit, reading_order
from kiban.store.written_lines import written_lines


class MemoryCatalog(MemoryFinding):
    """See `kiban.store.catalog.Catalog`. Safe to use from several threads.

    Parameters
    ----------
    audit : MemoryAuditLog, optional
        The log that what is written goes into; one of its own, unless given.
    """

    def __init__(self, audit: MemoryAuditLog | None = None) -> None:
        self.audit = audit or MemoryAuditLog()
        super().__init__(MemoryState(), MemoryScopes())
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
        return shown(record, visible)

    def get_many(self, ids: Collection[UUID | str], visible: Visible) -> dict[UUID, Record]:
        """See `Catalog.get_many`."""
        state, pids = self._state, {i for i in ids if isinstance(i, str)}
        wanted = {i for i in ids if isinstance(i, UUID)}
        wanted |= {i for i, versions in state.records.items() if pids and versions[-1].pid in pids}
        return {i: shown(record, visible) for i in wanted if (record := state.live(i, visible)) is not None}

    def get_versions(self, wanted: Collection[tuple[UUID, int]], visible: Visible) -> dict[tuple[UUID, int], Record]:
        """See `Catalog.get_versions`."""
        found = ((i, r) for i, _ in wanted if self._state.live(i, visible) for r in self.versions(i, visible))
        return {(i, record.version): record for i, record in found if (i, record.version) in set(wanted)}

    def versions(self, record: UUID, visible: Visible) -> tuple[Record, ...]:
        """See `Catalog.versions`."""
        state = self._state
        if state.current(record, visible) is None:
            return ()
        return tuple(shown(r, visible) for r in reversed(state.records[record]) if r.scope in visible)

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

    def is_used(self, scope: int) -> bool:
        """See `Catalog.is_used`. Links, compositions and likenesses have the scopes of their records here."""
        state = self._state
        versions = (version for each in state.records.values() for version in each)
        parts = (versions, state.facts.values(), state.files.values(), state.events)
        return any(each.scope == scope for part in parts for each in part)

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
