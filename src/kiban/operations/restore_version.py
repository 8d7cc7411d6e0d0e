"""Undo: bring back what an earlier version of a sample or process said, as a further version."""

from __future__ import annotations

from kiban.errors import InvalidValue
from kiban.operations.changed_records import check_version, commit, current, event_of, next_version
from kiban.operations.resources import Resources
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.store.catalog import Batch

RESTORABLE = (RecordKind.SAMPLE, RecordKind.PROCESS)


def restore_version(
    asker: Asker, resources: Resources, identifier: str, version: int, *, expected: int | None = None
) -> Record:
    """Let a sample or process say again what it said in that version. Links and pieces stay as they are.

    Raises
    ------
    RecordNotFound
        If there is no such record or version that the asker may see.
    Conflict
        If somebody else changed it first, or its name of then belongs to another one by now.
    InvalidValue
        If it says the same already.
    """
    record = current(asker, resources, identifier, *RESTORABLE)
    check_version(record, expected)
    earlier = resources.catalog.get(record.id, resources.visible(asker), version=version)
    if earlier.document == record.document:
        raise InvalidValue(f"{record.title} says what version {version} says.", mend="Choose another version.")
    new = next_version(asker, record, title=earlier.title, key=earlier.key, document=earlier.document)
    is_sample = record.kind is RecordKind.SAMPLE
    batch = Batch(
        records=(new,),
        compositions={record.id: dict(earlier.document.get("composition") or {})} if is_sample else {},
        events=(event_of(asker, new, "restored version", {"version": version}),),
    )
    return commit(asker, resources, batch).records[0]
