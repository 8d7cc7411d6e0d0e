"""New records and next versions, with the event that says who did it: what deeds that change the catalog share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

from kiban.errors import Conflict, IdentifierTaken, InvalidValue, RecordNotFound, Refused
from kiban.operations.resources import Resources
from kiban.operations.show import resolve
from kiban.records.document import to_json
from kiban.records.event import Event
from kiban.records.identity import new_pid, new_uuid
from kiban.records.party import Asker
from kiban.records.process import Process
from kiban.records.record import Record, RecordKind
from kiban.records.sample import Sample
from kiban.records.scope import Scope
from kiban.store.catalog import Batch, Writing

_DRAWS = 5

Noun: TypeAlias = "Sample | Process"


def current(asker: Asker, resources: Resources, identifier: str, *kinds: RecordKind) -> Record:
    """The current version of a record of one of the kinds.

    Raises
    ------
    RecordNotFound
        If there is none that the asker may see, or it is of another kind.
    InvalidIdentifier
    """
    record = resources.catalog.get(resolve(identifier), resources.visible(asker))
    if kinds and record.kind not in kinds:
        raise RecordNotFound(identifier)
    return record


def check_version(record: Record, expected: int | None) -> None:
    """Refuse to change what somebody else has changed since it was looked at. Raises Conflict."""
    if expected is not None and record.version != expected:
        raise Conflict(
            f"{record.pid} has version {record.version} by now; the change was made on version {expected}.",
            mend="Look at what changed, then make the change again.",
        )


def new_record(asker: Asker, kind: RecordKind, title: str, document: Mapping[str, Any], *, scope: Scope) -> Record:
    """A record of version 1 in a scope and its project; its key is its title. A sample is its own sample."""
    id_ = new_uuid()
    return Record(
        id=id_,
        pid=new_pid(),
        kind=kind,
        title=title,
        project=scope.project,
        owner=asker.party,
        scope=scope.number,
        key=title,
        sample=id_ if kind is RecordKind.SAMPLE else None,
        document=document,
        created_at=datetime.now(UTC),
        created_by=asker.party,
    )


def next_version(asker: Asker, record: Record, **changes: Any) -> Record:
    """The version after the current one."""
    return replace(record, version=record.version + 1, created_at=datetime.now(UTC), created_by=asker.party, **changes)


def save_change(
    asker: Asker,
    resources: Resources,
    record: Record,
    before: Noun,
    after: Noun,
    action: str,
    *,
    composition: Mapping[str, float] | None = None,
) -> Record:
    """Keep the next version of a record, with an event that names the attributes that changed.

    Parameters
    ----------
    before, after : Sample or Process
        The noun as it was and as it is now.
    composition : mapping, optional
        Amount fractions to put in place of those that the sample had.

    Raises
    ------
    InvalidValue
        If nothing has changed.
    Conflict
        If the name is taken, or somebody else changed the record first.
    """
    if after == before:
        raise InvalidValue(f"{record.title} would stay as it is.", mend="Change something, then save it.")
    earlier, document = to_json(before), to_json(after)
    changed = sorted(name for name in document if earlier.get(name) != document[name])
    new = next_version(asker, record, title=after.name, key=after.name, document=document)
    batch = Batch(
        records=(new,),
        compositions={record.id: composition} if composition is not None else {},
        events=(event_of(asker, new, action, {"changed": changed}),),
    )
    return commit(asker, resources, batch).records[0]


def event_of(asker: Asker, record: Record, action: str, details: Mapping[str, Any] | None = None) -> Event:
    """What was done to a record."""
    return Event(
        at=record.created_at,
        actor=asker.party,
        action=action,
        subject=record.id,
        scope=record.scope,
        details=dict(details or {}),
    )


def commit(
    asker: Asker, resources: Resources, batch: Batch, *, add: Callable[[Writing, Batch], None] | None = None
) -> Batch:
    """Write a batch to the project of its records, in one transaction; a short identifier that is taken is drawn again.

    Parameters
    ----------
    add : callable, optional
        Writes the batch in this transaction; unless given, at once. It may be called again.

    Returns
    -------
    Batch
        As it was written.

    Raises
    ------
    Conflict
        If a name is taken, or somebody else changed a record first.
    Refused
        If the asker may not write to one of the scopes, or the records belong to several projects.
    DiskFull, DatabaseUnavailable
        Nothing was written.
    """
    visible = resources.visible(asker)
    project = _project_of(batch) or resources.project_of(asker)
    for last in range(_DRAWS):
        try:
            with resources.catalog.writing(visible, project=project) as writing:
                if add is None:
                    writing.add(batch)
                else:
                    add(writing, batch)
            return batch
        except IdentifierTaken:
            if last == _DRAWS - 1:
                raise
            batch = replace(batch, records=tuple(_redrawn(batch.records)))
    raise AssertionError  # the loop returns or raises


def _project_of(batch: Batch) -> UUID | None:
    """Whose records they are; `None` where there are none. Raises Refused."""
    owners = {record.project for record in batch.records} | {file.project for file in batch.files}
    if len(owners) > 1:
        raise Refused(
            "This would change records of several projects at once.",
            mend="Do it in the project that owns them: first there, then here.",
        )
    return next(iter(owners), None)


def _redrawn(records: Iterable[Record]) -> Iterable[Record]:
    fresh: dict[UUID, str] = {}
    for record in records:
        if record.version == 1:
            fresh[record.id] = new_pid()
        yield replace(record, pid=fresh.get(record.id, record.pid))
