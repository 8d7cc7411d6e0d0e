"""Keep files and structure them: receive, recognise, read, analyse, then records, facts and links in one transaction.

It can be repeated: the same bytes are one object and one measurement, whatever they are called and however often they
come. A crash at any point leaves either nothing or everything of a file in the catalog; the bytes, once received, stay.
A file that could not be read is tried again whenever it is deposited again.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from kiban.compute.structured import Failure, Structured
from kiban.errors import Conflict, DatabaseUnavailable
from kiban.operations.deposit_received import Received, keep, settle, submit
from kiban.operations.deposit_records import Draft, Terms, draft, status_of
from kiban.operations.discover import Found, discover, shown
from kiban.operations.resources import Resources
from kiban.records.file_entry import FileEntry, FileStatus
from kiban.records.party import Asker
from kiban.records.record import Record
from kiban.records.scope import Tier

T = TypeVar("T")

_BATCH_FILES = 128
_BATCH_BYTES = 32 << 20
_SMALL_BYTES = 8 << 20
_ATTEMPTS = 4


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
    reason: str = ""
    already_there: bool = False
    sha256: str | None = None
    size: int = 0
    members: tuple[Outcome, ...] = ()
    """The files inside, where it is an archive."""


def deposit(
    asker: Asker,
    resources: Resources,
    paths: Iterable[Path],
    *,
    tier: Tier = Tier.CLOSED,
    sample: str | None = None,
    below: Path | None = None,
) -> Iterator[Outcome]:
    """Deposit the files at and below the paths, and give each one's outcome once it is safe.

    With `below`, files that are named themselves are catalogued under their path below that folder.

    Raises
    ------
    WrongUsage
        If a path does not exist.
    DiskFull
        If there is no room. Everything reported before is safe.
    DatabaseUnavailable
        If the database stays away. Everything reported before is safe.
    """
    terms = _terms(asker, resources, tier, sample)
    waiting: deque[_Flight] = deque()
    for found in _batches(discover(paths, below=below)):
        waiting.append(_take_off(asker, resources, found, terms))
        # One batch is read behind the fence while the one before it is written.
        if len(waiting) > 1:
            yield from _land(asker, resources, waiting.popleft(), terms)
    while waiting:
        yield from _land(asker, resources, waiting.popleft(), terms)


def deposit_stream(
    asker: Asker,
    resources: Resources,
    chunks: Iterable[bytes],
    *,
    path: str,
    tier: Tier = Tier.CLOSED,
    sample: str | None = None,
) -> Outcome:
    """Deposit one file whose bytes come in pieces, as an upload does. Raises as `deposit`."""
    terms = _terms(asker, resources, tier, sample)
    received = Received(path=shown(path), on_disk=shown(path), blob=resources.objects.put(chunks))
    flight = _read(asker, resources, [received], [], terms)
    return next(iter(_land(asker, resources, flight, terms)))


@dataclass(slots=True, kw_only=True)
class _Flight:
    """A batch on its way: received, and being read where that is needed."""

    received: list[Received]
    futures: dict[int, Future[tuple[Structured, list[bytes]] | Failure]]
    known: dict[int, tuple[FileEntry, tuple[Record, ...]]]
    failed: list[Outcome]


def _terms(asker: Asker, resources: Resources, tier: Tier, sample: str | None) -> Terms:
    scope = resources.catalog.ensure_scope(project=resources.project, tier=tier)
    return Terms(actor=asker.party, project=resources.project, scope=scope.number, sample=sample)


def _batches(found: Iterable[Found]) -> Iterator[list[tuple[Found, int]]]:
    batch: list[tuple[Found, int]] = []
    n_bytes = 0
    for item in found:
        try:
            size = item.on_disk.stat().st_size
        except OSError:
            size = 0  # opening it will fail as well, and say why
        if batch and (len(batch) >= _BATCH_FILES or n_bytes + size > _BATCH_BYTES):
            yield batch
            batch, n_bytes = [], 0
        batch.append((item, size))
        n_bytes += size
    if batch:
        yield batch


def _take_off(asker: Asker, resources: Resources, batch: list[tuple[Found, int]], terms: Terms) -> _Flight:
    received: list[Received] = []
    failed: list[Outcome] = []
    small: list[tuple[Found, bytes]] = []
    for found, size in batch:
        try:
            if size > _SMALL_BYTES:
                blob = resources.objects.put(_chunks(found.on_disk))
                received.append(Received(path=found.path, on_disk=_named(found), blob=blob))
            else:
                small.append((found, found.on_disk.read_bytes()))
        except OSError as e:
            reason = f"It cannot be read from the disk: {e.strerror or e}. Check that it is there and may be read."
            failed.append(Outcome(path=_named(found), status="failed", reason=reason))
    blobs = resources.objects.put_many([content for _, content in small])
    received.extend(
        Received(path=found.path, on_disk=_named(found), blob=blob)
        for (found, _), blob in zip(small, blobs, strict=True)
    )
    return _read(asker, resources, received, failed, terms)


def _read(asker: Asker, resources: Resources, received: list[Received], failed: list[Outcome], terms: Terms) -> _Flight:
    known = _patiently(resources, lambda: _known(asker, resources, received, terms))
    futures = {i: submit(resources.fence, resources.objects, r) for i, r in enumerate(received) if i not in known}
    return _Flight(received=received, futures=futures, known=known, failed=failed)


def _known(
    asker: Asker, resources: Resources, received: list[Received], terms: Terms
) -> dict[int, tuple[FileEntry, tuple[Record, ...]]]:
    """Which of them have been deposited and read before, under the same path."""
    visible = resources.visible(asker)
    with resources.catalog.writing(visible, project=terms.project) as writing:
        entries = writing.existing_files([(r.path, r.blob.checksum) for r in received])
    known = {}
    for i, r in enumerate(received):
        entry = entries.get((r.path, r.blob.checksum))
        if entry is None or entry.status is not FileStatus.STRUCTURED:
            continue
        records = resources.catalog.records_of_file(entry.id, visible)
        if records:  # an archive has none of its own: it is opened again, and its members found to be there
            known[i] = (entry, records)
    return known


def _land(asker: Asker, resources: Resources, flight: _Flight, terms: Terms) -> Iterator[Outcome]:
    fresh = [flight.received[i] for i in flight.futures]
    n_bytes = 0
    for received, future in zip(fresh, flight.futures.values(), strict=True):
        settle(resources.fence, resources.objects, received, future.result())
        n_bytes += sum(len(content) for file in received.all() for content in file.contents)
        if n_bytes > _BATCH_BYTES:
            keep(resources.objects, fresh)
            n_bytes = 0
    keep(resources.objects, fresh)
    made = _patiently(resources, lambda: _write(asker, resources, fresh, terms)) if fresh else None
    new = {id(written) for written in (*made.records, *made.files)} if made is not None else set()
    for i, received in enumerate(flight.received):
        if i in flight.known:
            yield _outcome_known(received, *flight.known[i])
        elif made is not None:
            yield _outcome(received, made, new)
    yield from flight.failed


def _write(asker: Asker, resources: Resources, received: list[Received], terms: Terms) -> Draft:
    with resources.catalog.writing(resources.visible(asker), project=terms.project) as writing:
        made = draft(writing, received, terms)
        writing.add(made.batch())
    return made


def _patiently(resources: Resources, deed: Callable[[], T]) -> T:
    """Do it again when the database went away (it may be starting anew) or two identifiers happened to be alike."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return deed()
        except (DatabaseUnavailable, Conflict):
            if attempt == _ATTEMPTS:
                raise
            time.sleep(0.2 * attempt)
            resources.revive()
    raise AssertionError  # the loop returns or raises


def _outcome(received: Received, made: Draft, new: set[int]) -> Outcome:
    entry = made.entries[received.path, received.blob.checksum]
    records = made.made_of.get(entry.id, [])
    status, reason = status_of(received)
    judged: list[object] = [*records] or [entry]
    return Outcome(
        path=received.on_disk,
        status=status.value,
        reader=entry.reader,
        technique=_technique(records),
        measurement=records[0].pid if records else None,
        measurements=tuple(record.pid for record in records),
        sample=_sample_of(records, made),
        reason=reason,
        already_there=not any(id(written) in new for written in judged),
        sha256=received.blob.checksum,
        size=received.blob.size,
        members=tuple(_outcome(member, made, new) for member in received.members),
    )


def _outcome_known(received: Received, entry: FileEntry, records: tuple[Record, ...]) -> Outcome:
    return Outcome(
        path=received.on_disk,
        status=entry.status.value,
        reader=entry.reader,
        technique=_technique(records),
        measurement=records[0].pid if records else None,
        measurements=tuple(record.pid for record in records),
        reason=f"{entry.reason} (kept since {entry.deposited_at:%Y-%m-%d %H:%M} UTC)",
        already_there=True,
        sha256=entry.checksum,
        size=entry.size,
    )


def _technique(records: Iterable[Record]) -> str | None:
    return next((str(record.document["technique"]) for record in records), None)


def _sample_of(records: list[Record], made: Draft) -> str | None:
    wanted = next((record.sample for record in records if record.sample is not None), None)
    return next((sample.pid for sample in made.samples.values() if sample.id == wanted), None)


def _named(found: Found) -> str:
    return shown(os.fspath(found.on_disk))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            yield chunk
