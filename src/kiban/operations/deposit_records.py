"""The second half of a deposit: what was read becomes records, facts and links, inside one transaction."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kiban.compute.structured import Failure, Structured, StructuredReading
from kiban.errors import InvalidValue
from kiban.operations.deposit_received import Received
from kiban.operations.deposit_sample import Claim, claim_of
from kiban.records.document import to_json
from kiban.records.event import Event
from kiban.records.file_entry import Blob, FileEntry, FileStatus
from kiban.records.identity import new_pid, new_uuid
from kiban.records.likeness import Likeness
from kiban.records.link import Link, Predicate
from kiban.records.matter.formula import amount_fractions
from kiban.records.property import Fact
from kiban.records.record import Record, RecordKind
from kiban.records.sample import Sample
from kiban.records.scope import Scope
from kiban.store.catalog import Batch, Writing

_KEPT = {"UnknownFormat", "NothingMeasured"}
"""Errors that say that there is nothing to be read; after any other the file waits in quarantine."""
_PART = "It belongs to "


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms a deposit is made."""

    actor: str
    project: UUID
    scope: int
    sample: str | None = None
    """The sample that all files are of, whatever they say themselves."""
    asked_for: Scope | None = None
    """The scope, where it was asked for in words; `None`: as the project says."""
    renews: bool = False
    """Measurements that an earlier version of a reader made become new versions of themselves."""


@dataclass(slots=True, kw_only=True)
class Draft:
    """A batch in the making, and what it found to be there already."""

    terms: Terms
    now: datetime
    entries: dict[tuple[str, str], FileEntry]
    measurements: dict[str, Record]
    samples: dict[str, Record]
    by_pid: dict[str, Record]
    """Samples whose identifiers stand on the files."""
    claims: dict[tuple[int, int], Claim]
    """What each reading says of its sample, by file and number."""
    blobs: dict[str, Blob] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    renewed: set[UUID] = field(default_factory=set)
    compositions: dict[UUID, dict[str, float]] = field(default_factory=dict)
    likenesses: dict[UUID, Likeness] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    files: list[FileEntry] = field(default_factory=list)
    file_records: list[tuple[UUID, UUID]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    made_of: dict[UUID, list[Record]] = field(default_factory=dict)
    """File entry to the measurements of it, old and new."""

    def batch(self) -> Batch:
        """What is to be written."""
        return Batch(
            blobs=tuple(self.blobs.values()),
            records=tuple(self.records),
            renewed=frozenset(self.renewed),
            compositions=self.compositions,
            likenesses=self.likenesses,
            links=tuple(self.links),
            facts=tuple(self.facts),
            files=tuple(self.files),
            file_records=tuple(self.file_records),
            events=tuple(self.events),
        )


def measurement_key(file: Received, index: int) -> str:
    """What makes a measurement the same one when its file is deposited again: the bytes, also of what belongs to it."""
    if not file.parts:
        return f"{file.blob.checksum}#{index}"
    lines = sorted(f"{part.blob.checksum}  {below}" for below, part in file.parts.items())
    together = hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{file.blob.checksum}+{together[:32]}#{index}"


def draft(writing: Writing, received: Iterable[Received], terms: Terms) -> Draft:
    """Work out what has to be written for these files; what is there already is found and left as it is."""
    files = [f for r in received for f in r.all()]
    readings = [(f, i, r) for f in files if isinstance(f.result, Structured) for i, r in enumerate(f.result.readings)]
    claims = {(id(f), i): claim_of(terms.sample, f.name, r.measurement) for f, i, r in readings}
    made = Draft(
        terms=terms,
        now=datetime.now(UTC),
        entries=writing.existing_files([(f.path, f.blob.checksum) for f in files], first=terms.scope),
        measurements=writing.existing(
            RecordKind.MEASUREMENT, [measurement_key(f, i) for f, i, _ in readings], first=terms.scope
        ),
        samples=writing.existing(
            RecordKind.SAMPLE, list({c.name for c in claims.values() if c.name is not None}), first=terms.scope
        ),
        by_pid=writing.existing_pids(RecordKind.SAMPLE, {pid for c in claims.values() for pid in c.pids}),
        claims=claims,
    )
    for file in received:
        _draft_file(made, file, archive=None)
    return made


def _draft_file(made: Draft, file: Received, *, archive: UUID | None) -> None:
    entry = made.entries.get((file.path, file.blob.checksum))
    status, reason = status_of(file)
    if entry is None or (entry.status, entry.reason) != (status, reason) or _is_older(entry, file):
        entry = _entry(made, file, entry, status, reason, archive)
        made.entries[file.path, file.blob.checksum] = entry
        made.files.append(entry)
        made.blobs[file.blob.checksum] = file.blob
        made.events.append(_event(made, f"{status.value} file", entry, file))
    if isinstance(file.result, Structured):
        known = made.made_of.setdefault(entry.id, [])
        for index, reading in enumerate(file.result.readings):
            record = _measurement(made, file, index, reading)
            known.append(record)
            made.file_records.append((entry.id, record.id))
        if made.terms.renews:
            _withdraw(made, file, known)
    elif file.before:
        made.made_of[entry.id] = list(file.before)
    for part in file.parts.values():
        _draft_file(made, part, archive=archive)
        if not part.is_part:
            continue
        its_entry = made.entries[part.path, part.blob.checksum]
        made.made_of[its_entry.id] = records = made.made_of.get(entry.id, [])
        made.file_records.extend((its_entry.id, record.id) for record in records)
    for member in file.members:
        _draft_file(made, member, archive=entry.id)


def is_part(entry: FileEntry) -> bool:
    """Whether a file has no measurement of its own because it is a part of one."""
    return entry.status is FileStatus.KEPT and entry.reason.startswith(_PART)


def status_of(file: Received) -> tuple[FileStatus, str]:
    """What became of a file, and the reason in words."""
    if file.is_part:
        return FileStatus.KEPT, f"{_PART}{file.part_of}, and is read together with it."
    if isinstance(file.result, Structured):
        return FileStatus.STRUCTURED, file.result.why
    if file.members:
        n_structured = sum(isinstance(m.result, Structured) for m in file.all())
        n_members = sum(1 + len(member.parts) for member in file.members)
        reason = f"It is an archive of {n_members} files; {n_structured} of them could be read."
        return (FileStatus.STRUCTURED if n_structured else FileStatus.KEPT), reason
    if isinstance(file.result, Failure) and file.before:
        reason = f"What was read of it earlier stays. Now: {file.result.fault} {file.result.mend}"
        return FileStatus.STRUCTURED, reason
    if isinstance(file.result, Failure):
        status = FileStatus.KEPT if file.result.error in _KEPT else FileStatus.QUARANTINED
        return status, f"{file.result.fault} {file.result.mend}"
    return FileStatus.KEPT, "Nobody has looked into it yet."


def _entry(
    made: Draft, file: Received, old: FileEntry | None, status: FileStatus, reason: str, archive: UUID | None
) -> FileEntry:
    result = file.result
    reader = result.reader if result is not None else None
    version = result.reader_version if isinstance(result, Structured) else None
    if old is not None:
        return replace(old, status=status, reader=reader, reader_version=version, reason=reason)
    return FileEntry(
        id=new_uuid(),
        path=file.path,
        checksum=file.blob.checksum,
        size=file.blob.size,
        media_type=mimetypes.guess_type(file.name)[0] or "application/octet-stream",
        status=status,
        reader=reader,
        reader_version=version,
        reason=reason,
        project=made.terms.project,
        scope=made.terms.scope,
        archive=archive,
        deposited_at=made.now,
        deposited_by=made.terms.actor,
    )


def _measurement(made: Draft, file: Received, index: int, reading: StructuredReading) -> Record:
    key = measurement_key(file, index)
    known = made.measurements.get(key)
    if known is not None and not (made.terms.renews and _is_of_another(known, reading)):
        return known
    normalised = file.normalised[index]
    made.blobs[normalised.checksum] = normalised
    # Which sample it is of was decided when it was deposited; later readings decide it only where nobody knew.
    found = _found_sample(made, file, index, reading) if known is None or known.sample is None else _Found(None)
    if known is not None and known.sample is not None:
        found.linked_by = str(known.document.get("linked_by", ""))
    document = to_json(
        replace(
            reading.measurement,
            normalised=normalised.checksum,
            linked_by=found.linked_by,
            candidates=found.candidates,
        )
    )
    title, sample = reading.measurement.title, found.sample
    of = sample.id if sample is not None else None
    if known is None:
        record = _record(made, kind=RecordKind.MEASUREMENT, title=title, key=key, sample=of, document=document)
    else:
        # What people said of it stays, whoever reads its file.
        document |= {name: known.document[name] for name in ("template", "values", "extra") if name in known.document}
        if known.document.get("rights"):
            document["rights"] = known.document["rights"]
        record = _next_version(made, known, title=title, sample=known.sample or of, document=document)
        made.renewed.add(record.id)
    made.measurements[key] = record
    if reading.likeness is not None:
        made.likenesses[record.id] = reading.likeness
    made.facts.extend(
        Fact(id=new_uuid(), property=claim, subject=record.sample, evidence=record.id, scope=record.scope)
        for claim in reading.properties
    )
    if sample is not None:
        made.links.append(Link(subject=record.id, predicate=Predicate.MEASURED, object=sample.id, scope=record.scope))
    made.events.append(_event(made, "deposited" if known is None else "read anew", record, file))
    return record


def _is_older(entry: FileEntry, file: Received) -> bool:
    """Whether another reader, or version of it, has been at work since the entry was made."""
    result = file.result
    return isinstance(result, Structured) and (entry.reader, entry.reader_version) != (
        result.reader,
        result.reader_version,
    )


def _is_of_another(known: Record, reading: StructuredReading) -> bool:
    """Whether another reader, other analyses, or other versions of them made the record than are at work now."""
    now = to_json(reading.measurement)
    return _makers(known.document) != _makers(now)


def _makers(document: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    analyses = [(each.get("name"), each.get("version")) for each in document.get("analyses", ())]
    return [(document.get("reader"), document.get("reader_version")), *analyses]


def _next_version(made: Draft, known: Record, **changes: Any) -> Record:
    record = replace(known, version=known.version + 1, created_at=made.now, created_by=made.terms.actor, **changes)
    made.records.append(record)
    return record


def _withdraw(made: Draft, file: Received, still_there: list[Record]) -> None:
    """Measurements that a file gave before and gives no longer end with a version that is a deletion."""
    kept = {record.id for record in still_there}
    for record in file.before:
        if record.id not in kept:
            made.events.append(_event(made, "withdrawn", _next_version(made, record, deleted=True), file))


@dataclass(slots=True)
class _Found:
    """The sample of a reading, and how it was found."""

    sample: Record | None
    linked_by: str = ""
    candidates: tuple[str, ...] = ()


def _found_sample(made: Draft, file: Received, index: int, reading: StructuredReading) -> _Found:
    """An identifier that leads to a sample decides; several that lead to different ones leave it open."""
    claim = made.claims[id(file), index]
    there = [pid for pid in claim.pids if pid in made.by_pid]
    if len(there) > 1:
        return _Found(None, candidates=tuple(there))
    if there:
        return _Found(made.by_pid[there[0]], linked_by=f"{there[0]} stands in {claim.pids[there[0]]}.")
    if claim.is_identifier:
        return _Found(None, linked_by=f"{claim.name} was given as its sample; there is none of that identifier.")
    return _Found(_sample(made, reading, claim.name))


def _sample(made: Draft, reading: StructuredReading, name: str | None) -> Record | None:
    if name is None:
        return None
    composition = _composition(reading.formula)
    known = made.samples.get(name)
    if known is None:
        known = _record(made, kind=RecordKind.SAMPLE, title=name, key=name, sample=None, document={})
        # A sample is its own sample, so that a question about samples finds it beside its measurements.
        noun = Sample(name=name, formula=(reading.formula or "") if composition else "", composition=composition)
        made.records[-1] = replace(known, sample=known.id, document=to_json(noun))
    elif composition and not known.document.get("formula"):
        _complete(made, known, reading.formula or "", composition)
    else:
        return known
    made.samples[name] = made.records[-1]
    if composition:
        made.compositions[known.id] = composition
    return made.samples[name]


def _complete(made: Draft, known: Record, formula: str, composition: dict[str, float]) -> None:
    """A later file states the formula that the first one of the sample did not: that is a new version of the sample."""
    document = {**known.document, "formula": formula, "composition": composition}
    if known in made.records:
        made.records.remove(known)
        made.records.append(replace(known, document=document))
    else:
        _next_version(made, known, document=document)


def _composition(formula: str | None) -> dict[str, float]:
    """Amount fractions where the file's formula can be read; files also write names where a formula belongs."""
    if not formula:
        return {}
    try:
        return amount_fractions(formula)
    except InvalidValue:
        return {}


def _record(
    made: Draft, *, kind: RecordKind, title: str, key: str, sample: UUID | None, document: dict[str, object]
) -> Record:
    record = Record(
        id=new_uuid(),
        pid=new_pid(),
        kind=kind,
        title=title,
        project=made.terms.project,
        owner=made.terms.actor,
        scope=made.terms.scope,
        key=key,
        sample=sample,
        document=document,
        created_at=made.now,
        created_by=made.terms.actor,
    )
    made.records.append(record)
    return record


def _event(made: Draft, action: str, subject: Record | FileEntry, file: Received) -> Event:
    return Event(
        at=made.now,
        actor=made.terms.actor,
        action=action,
        subject=subject.id,
        scope=subject.scope,
        details={"file": file.path, "sha256": file.blob.checksum},
    )
