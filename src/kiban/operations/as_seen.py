"""A record as one asker sees it: what it says of other records is left out where these do not exist for the asker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from kiban.operations.resources import Resources
from kiban.query.identifiers import named_record
from kiban.records.event import Event
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Visible

_TEMPLATE = "template"
_OF_TEMPLATE = ("values", "meant", "done")
"""The parts of documents that hold values of a template's fields."""
_NUMBERS = frozenset({float, int})
_GATHERING = frozenset({RecordKind.DATASET, RecordKind.CAMPAIGN})


def as_seen(resources: Resources, visible: Visible, record: Record) -> Record:
    """The record without the identifiers of records that the asker does not see.

    Wherever one stands alone as a text (a reference in a field of a template, the template itself, the samples that a
    measurement may be of), it is gone: from lists, and `None` elsewhere; with a template the values of its fields go,
    whose names only it knows. Whoever may change the record has the rest whole; values are changed with their template
    only, so that nothing is lost by what is not shown. Data sets and campaigns gather what others' records say: nobody
    has them whole who does not see all of these. An experiment of a campaign goes with the record that it rests on,
    also where the asker may read what describes that record, and not its values; so does an earlier study.
    """
    return all_as_seen(resources, visible, [record])[0]


def all_as_seen(resources: Resources, visible: Visible, records: Iterable[Record]) -> tuple[Record, ...]:
    """As `as_seen`, of many records in one look at the catalog."""
    records = tuple(records)
    named = {record.id: set(_identifiers(_shown_in_part(visible, record))) for record in records}
    every = set[str]().union(*named.values())
    found = resources.catalog.get_many(sorted(every), visible).values() if every else ()
    seen = {other.pid for other in found}
    readable = {other.pid for other in found if other.scope in visible.data}
    return tuple(
        _cut_campaign(record, named[record.id] - readable)
        if record.kind is RecordKind.CAMPAIGN
        else _cut(visible, record, named[record.id] - seen)
        for record in records
    )


def _changes(visible: Visible, record: Record) -> bool:
    return record.scope in visible.writable and record.kind not in _GATHERING


def _shown_in_part(visible: Visible, record: Record) -> Any:
    """Of the document, what may name records that are hidden: for who may change it, the template alone."""
    return record.document.get(_TEMPLATE) if _changes(visible, record) else record.document


def _cut(visible: Visible, record: Record, hidden: set[str]) -> Record:
    if not hidden:
        return record
    document = dict(record.document)
    if _names(record.document.get(_TEMPLATE), hidden):
        # Without the names of their fields the values mean nothing.
        document |= {_TEMPLATE: None} | {part: {} for part in _OF_TEMPLATE if part in document}
    return replace(record, document=document if _changes(visible, record) else _without(document, hidden))


def _cut_campaign(record: Record, hidden: set[str]) -> Record:
    if not hidden:
        return record
    there = record.document.get("experiments") or ()
    kept = [each for each in there if not hidden & set(_identifiers(each))]
    batches = [
        {**batch, "studies": [each for each in batch["studies"] if not hidden & set(_identifiers(each))]}
        if batch.get("studies")
        else batch
        for batch in record.document.get("batches") or ()
    ]
    archive = [each for each in record.document.get("archive") or () if not _names(each, hidden)]
    document = {**record.document, "experiments": kept, "batches": batches}
    # Why an engine had no answer follows from all that it was shown.
    document |= {"standstill": None} if "standstill" in document else {}
    # A campaign from before says nothing of an archive.
    return replace(record, document=document | ({"archive": archive} if "archive" in record.document else {}))


def events_as_seen(visible: Visible, record: Record, events: Iterable[Event]) -> tuple[Event, ...]:
    """What was done to it. The details (paths, checksums, other records) are for those who may change it."""
    if record.scope in visible.writable:
        return tuple(events)
    return tuple(replace(event, details={}) for event in events)


def _identifiers(value: Any) -> Iterator[str]:
    """Those that stand alone anywhere in it, in no order."""
    waiting = [value]
    while waiting:
        here = waiting.pop()
        # Most of what there is are numbers, the points of previews; to ask what else these may be takes long.
        if type(here) in _NUMBERS:
            continue
        if isinstance(here, str):
            if (pid := named_record(here)) is not None:
                yield pid
        elif isinstance(here, (list, tuple)):
            waiting += here
        elif isinstance(here, Mapping):
            waiting += here.values()


def _without(value: Any, hidden: set[str]) -> Any:
    if isinstance(value, Mapping):
        # What names the record beside its identifier (a template by its name and version) goes with it.
        return {name: None if _names(inner, hidden) else _without(inner, hidden) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without(inner, hidden) for inner in value if not _names(inner, hidden)]
    return value


def _names(value: Any, hidden: set[str]) -> bool:
    if isinstance(value, Mapping):
        value = value.get("id")
    return isinstance(value, str) and named_record(value) in hidden
