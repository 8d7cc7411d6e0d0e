"""All that the in-memory catalog holds at one moment, and how a batch changes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from kiban.records.event import Event
from kiban.records.file_entry import Blob, FileEntry
from kiban.records.likeness import Likeness
from kiban.records.link import Link
from kiban.records.property import Fact
from kiban.records.provenance import cycle, path
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Visible
from kiban.store.batch_rules import (
    already_there,
    check_batch,
    check_move,
    check_places,
    check_same_thing,
    from_itself,
    identifier_taken,
    key_taken,
    newer_version,
    newly_keyed,
    no_such_record,
    refused,
)
from kiban.store.catalog import Batch
from kiban.store.json_text import as_kept

LinkKey = tuple[UUID, str, UUID]


@dataclass(slots=True)
class MemoryState:
    """Rows by their keys. A copy is as independent as a snapshot: rows themselves are never changed."""

    records: dict[UUID, tuple[Record, ...]] = field(default_factory=dict)
    """Versions of each record, the first first."""
    links: dict[LinkKey, Link] = field(default_factory=dict)
    facts: dict[UUID, Fact] = field(default_factory=dict)
    compositions: dict[UUID, dict[str, float]] = field(default_factory=dict)
    likenesses: dict[UUID, Likeness] = field(default_factory=dict)
    """What measurements are compared by."""
    files: dict[UUID, FileEntry] = field(default_factory=dict)
    file_records: dict[tuple[UUID, UUID], None] = field(default_factory=dict)
    blobs: dict[str, Blob] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    retired: set[UUID] = field(default_factory=set)
    """Facts of earlier versions, in whose place later ones have put others."""
    arrived: dict[UUID, datetime] = field(default_factory=dict)
    """When the current version of each record came into its scope."""

    def copy(self) -> MemoryState:
        """A snapshot that can be changed on its own."""
        return MemoryState(
            dict(self.records),
            dict(self.links),
            dict(self.facts),
            dict(self.compositions),
            dict(self.likenesses),
            dict(self.files),
            dict(self.file_records),
            dict(self.blobs),
            self.events,
            set(self.retired),
            dict(self.arrived),
        )

    def current(self, record: UUID | None, visible: Visible) -> Record | None:
        """The current version, deleted or not, where the asker may see it."""
        versions = self.records.get(record) if record is not None else None
        return versions[-1] if versions and versions[-1].scope in visible else None

    def live(self, record: UUID | None, visible: Visible) -> Record | None:
        """The current version where the asker may see it and it is not a deletion."""
        current = self.current(record, visible)
        return None if current is None or current.deleted else current

    def is_standing(self, fact: Fact) -> bool:
        """Whether a fact still counts: not where the measurement it rests on has been deleted or brought new ones."""
        if fact.id in self.retired:
            return False
        versions = self.records.get(fact.evidence)
        return not versions or not versions[-1].deleted

    def apply(self, batch: Batch, visible: Visible, project: UUID) -> None:
        """Take a batch in. Raises as `Writing.add`; the state is spoilt then."""
        check_batch(batch, visible, project)
        known = {r.id: self.records[r.id][-1] for r in batch.records if r.id in self.records}
        for record in sorted(batch.records, key=lambda r: r.version):
            self._add_version(record, visible)
        self._check_unique(known, {record.id for record in batch.records}, visible)
        for sample, amounts in batch.compositions.items():
            self._require(sample, visible)
            self.compositions[sample] = dict(amounts)
        of_another = {record.id for record in batch.records if self._is_of_another_file(record)}
        for record_id in batch.renewed | of_another:
            self.likenesses.pop(record_id, None)
        for record_id, likeness in batch.likenesses.items():
            self._require(record_id, visible)
            self.likenesses[record_id] = likeness
        for key in [key for key, link in self.links.items() if link.subject in batch.relinked]:
            del self.links[key]
        for link in batch.links:
            self.links.setdefault((link.subject, link.predicate, link.object), link)
        self._check_links(batch, visible)
        self.retired |= {fact.id for fact in self.facts.values() if fact.evidence in batch.renewed}
        for fact in batch.facts:
            if fact.id in self.facts:
                raise already_there(f"The fact {fact.id}")
            self.facts[fact.id] = fact
        self._check_places(batch.files, visible)
        for file in batch.files:
            self._add_file(file, visible)
        for file_id, record_id in batch.file_records:
            self._require(record_id, visible)
            self.file_records.setdefault((file_id, record_id), None)
        for blob in batch.blobs:
            self.blobs.setdefault(blob.checksum, blob)
        self.events += tuple(replace(event, details=as_kept(event.details)) for event in batch.events)

    def move(self, records: Mapping[UUID, int], visible: Visible, project: UUID) -> None:
        """See `Writing.move`. Raises as it does; nothing was changed then."""
        found = {i: record for i in records if (record := self.current(i, visible)) is not None}
        found = {i: record for i, record in found.items() if record.project == project}
        check_move(records, {i: record.scope for i, record in found.items()}, visible)
        for i, record in found.items():
            moved = replace(record, scope=records[i])
            if moved.scope != record.scope:
                self.arrived[i] = datetime.now(UTC)
            self.records[i] = (*self.records[i][:-1], moved)
            self._rescope(moved)
        for file in {file for file, record in self.file_records if record in records}:
            scopes = {self.records[record][-1].scope for of, record in self.file_records if of == file}
            if len(scopes) == 1:
                self.files[file] = replace(self.files[file], scope=scopes.pop())

    def _check_links(self, batch: Batch, visible: Visible) -> None:
        """Refuse links by which something comes from itself. Only a new link can close a cycle."""
        known = [
            link
            for link in self.links.values()
            if link.scope in visible and self.live(link.subject, visible) and self.live(link.object, visible)
        ]
        new = {record.id for record in batch.records if record.version == 1}
        if way := cycle(batch.links):
            raise from_itself([self.records[i][-1].title for i in way])
        for link in batch.links:
            if link.subject not in new and (way := path(link.object, link.subject, known)):
                raise from_itself([self.records[i][-1].title for i in (link.subject, *way)])

    def _is_of_another_file(self, record: Record) -> bool:
        """Whether this version of a measurement names another normalised file than the version before it."""
        if record.version == 1 or record.kind is not RecordKind.MEASUREMENT:
            return False
        before = self.records[record.id][record.version - 2]
        return before.document.get("normalised") != record.document.get("normalised")

    def _require(self, record: UUID, visible: Visible) -> None:
        """Look whether something may be hung on a record."""
        current = self.current(record, visible)
        if current is None:
            raise no_such_record(record)
        if current.scope not in visible.writable:
            raise refused()

    def _add_version(self, record: Record, visible: Visible) -> None:
        known = self.records.get(record.id, ())
        current = self.current(record.id, visible)
        if current is not None and current.scope not in visible.writable:
            raise refused()
        if record.version != len(known) + 1 or (known and current is None):
            raise newer_version(record)
        if current is not None:
            check_same_thing(current, record)
            if current.scope != record.scope:
                self._rescope(record)
        self.records[record.id] = (*known, replace(record, document=as_kept(record.document)))
        self.arrived[record.id] = datetime.now(UTC)

    def _rescope(self, record: Record) -> None:
        """Let what hangs on a record follow it into its new scope."""
        for key, link in self.links.items():
            if link.subject == record.id:
                self.links[key] = replace(link, scope=record.scope)
        for fact_id, fact in self.facts.items():
            if fact.evidence == record.id:
                self.facts[fact_id] = replace(fact, scope=record.scope)

    def _check_unique(self, known: Mapping[UUID, Record], changed: set[UUID], visible: Visible) -> None:
        pids: dict[str, UUID] = {}
        # Those that were there first come first.
        for record_id in sorted(self.records, key=lambda i: i in changed):
            pid = self.records[record_id][-1].pid
            if pids.setdefault(pid, record_id) != record_id:
                raise identifier_taken(pid)
        others = [r for i in self.records if i not in changed and (r := self.live(i, visible)) is not None]
        taken = {(other.project, other.kind, other.key) for other in others}
        for record in newly_keyed((self.records[i][-1] for i in changed), known):
            if (record.project, record.kind, record.key) in taken:
                raise key_taken()

    def _check_places(self, files: Iterable[FileEntry], visible: Visible) -> None:
        given = {file.id: file for file in files}
        owners = {file.project for file in given.values()}
        check_places(
            given.values(),
            (
                (there.id, there.path, there.checksum)
                for there in self.files.values()
                if there.project in owners and there.scope in visible.data
            ),
        )

    def _add_file(self, file: FileEntry, visible: Visible) -> None:
        old = self.files.get(file.id)
        if old is None:
            self.files[file.id] = file
            return
        if old.scope not in visible.writable:
            raise refused()
        self.files[file.id] = replace(
            old,
            status=file.status,
            media_type=file.media_type,
            reader=file.reader,
            reader_version=file.reader_version,
            reason=file.reason,
            scope=file.scope,
        )
