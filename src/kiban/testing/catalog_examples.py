"""Small records, facts, files and events for tests of catalogs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kiban.quantity.measured import Measured
from kiban.records.event import Event
from kiban.records.file_entry import Blob, FileEntry, FileStatus
from kiban.records.identity import new_pid, new_uuid
from kiban.records.link import Link, Predicate
from kiban.records.property import Fact, Property
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Scope, ScopeTerms, Tier, Visible
from kiban.store.catalog import Batch, Catalog

NOW = datetime(2024, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)


def checksum_of(text: str) -> str:
    """A checksum to stand for bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def a_fact(term: str, value: Measured, evidence: Record, **changes: Any) -> Fact:
    """A fact that rests on a measurement."""
    return Fact(
        id=new_uuid(),
        property=Property(term=term, value=value, method="test/1", condition=changes.pop("condition", {})),
        subject=changes.pop("subject", evidence.sample),
        evidence=evidence.id,
        scope=changes.pop("scope", evidence.scope),
    )


def a_link(subject: Record, predicate: Predicate, target: Record) -> Link:
    """A link that carries its subject's scope."""
    return Link(subject=subject.id, predicate=predicate, object=target.id, scope=subject.scope)


@dataclass(slots=True)
class Laboratory:
    """A project of its own in a catalog, so that tests may share one database."""

    catalog: Catalog
    project: UUID = field(default_factory=new_uuid)

    def scope(self, tier: Tier = Tier.CLOSED, agreement: UUID | None = None) -> Scope:
        """A scope of the project."""
        return self.catalog.ensure_scope(ScopeTerms(project=self.project, tier=tier, agreement=agreement))

    def visible(self, *tiers: Tier) -> Visible:
        """What somebody sees who may see these tiers of the project; nothing of other projects."""
        return Visible.of(self.scope(tier) for tier in tiers or (Tier.CLOSED, Tier.OPEN))

    def record(self, kind: RecordKind, title: str, **changes: Any) -> Record:
        """A record that is not written yet."""
        values: dict[str, Any] = {
            "id": new_uuid(),
            "pid": new_pid(),
            "kind": kind,
            "title": title,
            "project": self.project,
            "owner": "test",
            "created_at": NOW,
            "created_by": "test",
        }
        if "scope" not in changes:
            changes["scope"] = self.scope().number
        return Record(**(values | changes))

    def sample(self, title: str, **changes: Any) -> Record:
        """A sample, which is its own sample."""
        record_id = new_uuid()
        return self.record(RecordKind.SAMPLE, title, **{"id": record_id, "sample": record_id, "key": title} | changes)

    def measurement(self, title: str, sample: Record | None = None, **changes: Any) -> Record:
        """A measurement of a sample."""
        document = {"technique": "xrd", "file_name": f"{title}.xrdml"} | changes.pop("document", {})
        values = {"sample": sample.id if sample else None, "document": document} | changes
        return self.record(RecordKind.MEASUREMENT, title, **values)

    def file(self, path: str, status: FileStatus = FileStatus.STRUCTURED, **changes: Any) -> FileEntry:
        """A file entry that is not written yet."""
        values: dict[str, Any] = {
            "id": new_uuid(),
            "path": path,
            "checksum": checksum_of(path),
            "size": len(path),
            "media_type": "text/plain",
            "status": status,
            "reason": "test",
            "project": self.project,
            "scope": self.scope().number,
            "deposited_at": NOW,
            "deposited_by": "test",
        }
        return FileEntry(**(values | changes))

    def event(self, action: str, subject: UUID | None = None, **changes: Any) -> Event:
        """An event that is not written yet."""
        values: dict[str, Any] = {
            "at": NOW,
            "actor": "test",
            "action": action,
            "subject": subject,
            "scope": self.scope().number,
        }
        return Event(**(values | changes))

    def write(self, *records: Record, visible: Visible | None = None, **parts: Any) -> None:
        """Write records and other parts of a batch in a transaction of their own."""
        visible = visible or self.visible(Tier.CLOSED, Tier.OPEN)
        with self.catalog.writing(visible, project=self.project) as writing:
            writing.add(Batch(records=records, **parts))


def blob_of(file: FileEntry) -> Blob:
    """The object that a file entry refers to."""
    return Blob(file.checksum, file.size)
