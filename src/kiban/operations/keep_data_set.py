"""A data set of another system, after its files were deposited: values to the measurements, other files beside them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kiban.errors import Conflict
from kiban.operations.changed_records import commit, current, event_of, new_record, next_version
from kiban.operations.deposit_outcome import Outcome
from kiban.operations.describe_measurement import described
from kiban.operations.discover import shown
from kiban.operations.kept_files import kept_entry
from kiban.operations.placement import Placement, place
from kiban.operations.resources import Resources
from kiban.records.document import from_json, to_json
from kiban.records.file_entry import Blob, FileEntry, FileStatus
from kiban.records.identity import new_uuid
from kiban.records.link import Link, Predicate
from kiban.records.measurement import Measurement
from kiban.records.party import Asker
from kiban.records.property import Fact
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Scope
from kiban.records.template_use import TemplateUse
from kiban.store.catalog import Batch

_MOST_ENTRIES = 100
"""Paths under which the same bytes were deposited, of which the newest are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenDataSet:
    """What is to be kept."""

    mark: str
    """The key under which `extra` stands in the measurements'."""
    identifier: str
    """The other system's own for the collection that it is in."""
    key: str
    """What makes it the same one when it is imported again, among those with the same files."""
    title: str
    use: TemplateUse
    technique: str
    """Of a measurement of which nobody reads any numbers."""
    values: Mapping[str, Any]
    extra: Mapping[str, Any]
    base: str
    """The name of the folder that it came in."""
    paths: Mapping[str, str]
    """Every file: its path below the folder, and in the data set."""
    places: Mapping[str, Path]
    """Every file: its path below the folder, and where it lies now."""
    measured: tuple[str, ...]
    """Of these, what was deposited to be read."""


def keep_data_set(
    asker: Asker,
    resources: Resources,
    given: GivenDataSet,
    outcomes: Sequence[Outcome],
    sample: Record | None,
    *,
    placement: Placement,
) -> tuple[tuple[Record, ...], str]:
    """Keep it in one transaction. Where no reader understands any of its files, one measurement without numbers stands
    for it, until one does.

    Returns
    -------
    The measurements, and `imported`, `changed` or `already there`.

    Raises
    ------
    Conflict
        If a measurement belongs to another data set already, or somebody else changed it meanwhile.
    """
    blobs = {path: _kept(resources, given.places[path]) for path in given.paths}
    key = _key(given, blobs)
    files_in_it = [[given.paths[path], blob.checksum] for path, blob in blobs.items()]
    extra = {given.mark: {**given.extra, "key": key, "files": files_in_it}}
    # As a deposit calls them: by the folder's name first.
    names = {path: shown(f"{given.base}/{path}") for path in blobs}
    scope = place(asker, resources, placement)
    wanted = [(names[path], blob.checksum) for path, blob in blobs.items()]
    with resources.catalog.writing(resources.visible(asker), project=resources.project_of(asker)) as writing:
        alone = writing.existing(RecordKind.MEASUREMENT, [key], first=scope.number).get(key)
        entries = writing.existing_files(wanted, first=scope.number)
    read = _read(asker, resources, outcomes)
    for record in read:
        _check_free(record, given)
    known = read or ([alone] if alone is not None else [])
    records = [_described(asker, record, given, extra, sample) for record in known]
    if not records:
        records = [_without_numbers(asker, given, extra, blobs, key, sample, scope)]
    changed = [record for record in records if record not in known]
    gone = [next_version(asker, alone, deleted=True)] if read and alone is not None else []
    reason = f"It belongs to the data set {given.identifier}, and is kept as it came."
    files = [
        kept_entry(asker, resources, names[path], blob, scope=scope.number, reason=reason)
        for path, blob in blobs.items()
        if (names[path], blob.checksum) not in entries
    ]
    if changed or files or gone:
        tied = [record for record in changed if sample is not None and _was_free(record, known)]
        facts = _moved(asker, resources, tied)
        batch = Batch(
            blobs=tuple({blob.checksum: blob for blob in blobs.values()}.values()),
            records=(*changed, *gone),
            renewed=frozenset(fact.evidence for fact in facts),
            links=tuple(_links(tied, sample)),
            facts=tuple(facts),
            files=tuple(files),
            file_records=tuple((e.id, r.id) for e in (*entries.values(), *files) for r in records if _hangs(e)),
            events=(
                *(event_of(asker, r, "imported data set", {"data_set": given.identifier}) for r in changed),
                *(event_of(asker, r, "withdrawn", {"data_set": given.identifier}) for r in gone),
            ),
        )
        pids = {record.id: record for record in commit(asker, resources, batch).records}
        records = [pids.get(record.id, record) for record in records]
    is_new = any(record.document.get("template") is None for record in known) or not known
    return tuple(records), "imported" if is_new else "changed" if changed else "already there"


def held_data_set(asker: Asker, resources: Resources, given: GivenDataSet) -> Mapping[str, Any]:
    """What is kept of the same data set from an earlier import; empty where nothing is."""
    if not given.measured:
        return {}
    visible = resources.visible(asker)
    blobs = {path: _kept(resources, given.places[path]) for path in given.measured}
    key = _key(given, blobs)
    for entry in resources.catalog.files(visible, checksum=blobs[given.measured[0]].checksum, limit=_MOST_ENTRIES):
        for record in resources.catalog.records_of_file(entry.id, visible):
            held: Mapping[str, Any] = record.document.get("extra", {}).get(given.mark, {})
            if held.get("key") == key:
                return held
    return {}


def _key(given: GivenDataSet, blobs: Mapping[str, Blob]) -> str:
    """Values may be corrected in a data set that stays the same; its files make it another one."""
    lines = sorted(f"{blobs[path].checksum}  {given.paths[path]}" for path in given.measured)
    told = "\n".join([given.identifier, given.key, *lines])
    return f"{given.mark}:{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _kept(resources: Resources, path: Path) -> Blob:
    with path.open("rb") as file:
        return resources.objects.put(iter(lambda: file.read(1 << 20), b""))


def _read(asker: Asker, resources: Resources, outcomes: Sequence[Outcome]) -> list[Record]:
    """The measurements that were read of the files, also of those inside of archives."""
    found: dict[str, Record] = {}
    waiting = list(outcomes)
    while waiting:
        outcome = waiting.pop(0)
        waiting.extend(outcome.members)
        for pid in outcome.measurements:
            found[pid] = current(asker, resources, pid, RecordKind.MEASUREMENT)
    return [record for record in found.values() if record.document.get("normalised")]


def _check_free(record: Record, given: GivenDataSet) -> None:
    held = record.document.get("extra", {}).get(given.mark, {}).get("data_set")
    if held is not None and held != given.identifier:
        raise Conflict(
            f"{record.pid} was read of the same bytes and belongs to the data set {held}, not to {given.identifier}.",
            mend="One measurement has one description: import the other data set into a project of its own.",
        )


def _described(
    asker: Asker, record: Record, given: GivenDataSet, extra: Mapping[str, Any], sample: Record | None
) -> Record:
    """The measurement itself where it says all this already."""
    before = from_json(dict(record.document), Measurement)
    is_same = (before.template, before.values, before.extra) == (given.use, given.values, extra)
    if is_same and (sample is None or record.sample is not None):
        return record
    new = described(asker, record, use=given.use, values=given.values, extra=extra)
    if sample is None or record.sample is not None:
        return new
    # Where identifiers on the file left it open, the data set decides.
    told = {"candidates": (), "linked_by": "The data set that it was imported with names it."}
    return replace(new, sample=sample.id, document={**new.document, **told})


def _without_numbers(
    asker: Asker,
    given: GivenDataSet,
    extra: Mapping[str, Any],
    blobs: Mapping[str, Blob],
    key: str,
    sample: Record | None,
    scope: Scope,
) -> Record:
    first = next(iter(blobs))
    noun = Measurement(
        technique=given.technique,
        title=given.title,
        file_checksum=blobs[first].checksum,
        file_name=first.rpartition("/")[2],
        reading_index=0,
        reader=given.mark,
        reader_version=1,
        why="No reader understands its files; what it says comes from the data set that it was imported with.",
        normalised="",
        sample_name=sample.title if sample is not None else None,
        template=given.use,
        values=given.values,
        extra=extra,
    )
    record = new_record(asker, RecordKind.MEASUREMENT, given.title, to_json(noun), scope=scope)
    return replace(record, key=key, sample=sample.id if sample is not None else None)


def _was_free(record: Record, known: Sequence[Record]) -> bool:
    """Whether it had no sample before."""
    before = next((each for each in known if each.id == record.id), None)
    return before is None or before.sample is None


def _links(records: Sequence[Record], sample: Record | None) -> Iterator[Link]:
    for record in records:
        if sample is not None:
            yield Link(subject=record.id, predicate=Predicate.MEASURED, object=sample.id, scope=record.scope)


def _moved(asker: Asker, resources: Resources, records: Sequence[Record]) -> list[Fact]:
    """What was found in measurements without a sample is claimed for the sample that they have now."""
    if not records:
        return []
    samples = {record.id: record.sample for record in records}
    facts = resources.catalog.facts(resources.visible(asker), evidence=list(samples))
    return [replace(fact, id=new_uuid(), subject=samples[fact.evidence]) for fact in facts]


def _hangs(entry: FileEntry) -> bool:
    """A file that was read hangs on its own measurements alone; all others on each measurement of the data set."""
    return entry.status is not FileStatus.STRUCTURED
