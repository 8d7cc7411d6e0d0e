"""What became of a deposited file, as whoever deposited it is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kiban.operations.deposit_received import Received
from kiban.operations.deposit_records import Draft, status_of
from kiban.records.file_entry import FileEntry
from kiban.records.record import Record
from kiban.records.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one file."""

    path: str
    status: str
    """`structured`, `kept`, `quarantined`; `failed` where the file could not be read from the disk at all."""
    reader: str | None = None
    technique: str | None = None
    measurement: str | None = None
    """Short identifier of the first measurement."""
    measurements: tuple[str, ...] = ()
    sample: str | None = None
    linked_by: str = ""
    """How the sample was found, where an identifier on the file led to it."""
    candidates: tuple[str, ...] = ()
    """Identifiers of samples between which somebody has to decide: `kiban confirm`."""
    reason: str = ""
    already_there: bool = False
    stays: str = ""
    """Where another tier was asked for than what is there already has: what it has, and how it is changed."""
    sha256: str | None = None
    size: int = 0
    members: tuple[Outcome, ...] = ()
    """The files inside, where it is an archive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What outcomes are told by: what was written now, and where it was asked to go."""

    new: set[int]
    """Identities of the records and file entries that were written."""
    asked_for: Scope | None
    scopes: tuple[Scope, ...]

    def stays(self, there: Record | FileEntry) -> str:
        """What is to be said of something that was there already."""
        scope = next((each for each in self.scopes if each.number == there.scope), None)
        wanted = self.asked_for
        if scope is None or wanted is None or _place(scope) == _place(wanted):
            return ""
        until = f", under embargo until {scope.closed_until:%Y-%m-%d}" if scope.closed_until is not None else ""
        named = there.pid if isinstance(there, Record) else "ID"
        return f"It stays {scope.tier.value}{until}, as it was. A steward can change that: kiban tier {named}."


def _place(scope: Scope) -> tuple[object, ...]:
    return (scope.tier, scope.agreement, scope.closed_until)


def outcomes(received: Received, made: Draft, told: Told) -> Iterator[Outcome]:
    """Of a file that was read or tried now, and of those that belong to it."""
    yield _outcome(received, made, told)
    for part in received.parts.values():
        yield _outcome(part, made, told)


def outcomes_known(
    received: Received, entry: FileEntry, records: tuple[Record, ...], parts: tuple[FileEntry, ...], told: Told
) -> Iterator[Outcome]:
    """Of a file that had been read before, and of those that belong to it."""
    yield _known(received, entry, records, told)
    for part, its_entry in zip(received.parts.values(), parts, strict=True):
        yield _known(part, its_entry, records, told)


def _outcome(received: Received, made: Draft, told: Told) -> Outcome:
    entry = made.entries[received.path, received.blob.checksum]
    records = made.made_of.get(entry.id, [])
    status, reason = status_of(received)
    judged: list[Record] | list[FileEntry] = records or [entry]
    is_there = not any(id(written) in told.new for written in judged)
    return Outcome(
        path=received.on_disk,
        status=status.value,
        reader=entry.reader,
        technique=_technique(records),
        measurement=records[0].pid if records else None,
        measurements=tuple(record.pid for record in records),
        sample=_sample_of(records, made),
        linked_by=_told(records, "linked_by") or "",
        candidates=tuple(_told(records, "candidates") or ()),
        reason=reason,
        already_there=is_there,
        stays=told.stays(judged[0]) if is_there else "",
        sha256=received.blob.checksum,
        size=received.blob.size,
        members=tuple(each for member in received.members for each in outcomes(member, made, told)),
    )


def _known(received: Received, entry: FileEntry, records: tuple[Record, ...], told: Told) -> Outcome:
    return Outcome(
        path=received.on_disk,
        status=entry.status.value,
        reader=entry.reader,
        technique=_technique(records),
        measurement=records[0].pid if records else None,
        measurements=tuple(record.pid for record in records),
        reason=f"{entry.reason} (kept since {entry.deposited_at:%Y-%m-%d %H:%M} UTC)",
        already_there=True,
        stays=told.stays(records[0] if records else entry),
        sha256=entry.checksum,
        size=entry.size,
    )


def _technique(records: Iterable[Record]) -> str | None:
    return next((str(record.document["technique"]) for record in records), None)


def _sample_of(records: list[Record], made: Draft) -> str | None:
    wanted = next((record.sample for record in records if record.sample is not None), None)
    there = (*made.samples.values(), *made.by_pid.values())
    return next((sample.pid for sample in there if sample.id == wanted), None)


def _told(records: list[Record], name: str) -> Any:
    return next((told for record in records if (told := record.document.get(name))), None)
