"""The current version of one record, for those who show it: a line of the audit log says that it was read."""

from __future__ import annotations

from kiban.operations import changed_records
from kiban.operations.audited import reads, saw
from kiban.operations.resources import Resources
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind


@reads("read record")
def current(asker: Asker, resources: Resources, identifier: str, *kinds: RecordKind) -> Record:
    """See `kiban.operations.changed_records.current`, which deeds use that go on to write."""
    record = changed_records.current(asker, resources, identifier, *kinds)
    saw(record, subject=record.pid)
    return record
