"""Keep files and structure them: receive, recognise, read, analyse, then records, facts and links in one transaction.

It can be repeated: the same bytes are one object and one measurement, whatever they are called and however often they
come. A crash at any point leaves either nothing or everything of a file in the catalog; the bytes, once received, stay.
A file that could not be read is tried again whenever it is deposited again.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from kiban.operations.deposit_flight import BATCH_BYTES, BATCH_FILES, Flight, land, take_off
from kiban.operations.deposit_outcome import Outcome
from kiban.operations.deposit_received import Received
from kiban.operations.deposit_records import Terms
from kiban.operations.discover import Found, discover, shown
from kiban.operations.placement import AS_THE_PROJECT_SAYS, Placement, place
from kiban.operations.resources import Resources
from kiban.records.party import Asker

_SMALL_BYTES = 8 << 20


def deposit(
    asker: Asker,
    resources: Resources,
    paths: Iterable[Path],
    *,
    placement: Placement = AS_THE_PROJECT_SAYS,
    sample: str | None = None,
    below: Path | None = None,
) -> Iterator[Outcome]:
    """Deposit the files at and below the paths, and give each one's outcome once it is safe.

    With `below`, files that are named themselves are catalogued under their path below that folder. What is there
    already stays in the tier that it has, and the outcome says so where another one was asked for.

    Raises
    ------
    WrongUsage
        If a path does not exist.
    Refused, InvalidValue
        As `place`: the project does not allow such records.
    DiskFull
        If there is no room. Everything reported before is safe.
    DatabaseUnavailable
        If the database stays away. Everything reported before is safe.
    """
    terms = _terms(asker, resources, placement, sample)
    waiting: deque[Flight] = deque()
    for found in _batches(discover(paths, below=below, patterns=resources.fence.companions())):
        waiting.append(_receive(asker, resources, found, terms))
        # One batch is read behind the fence while the one before it is written.
        if len(waiting) > 1:
            yield from land(asker, resources, waiting.popleft(), terms)
    while waiting:
        yield from land(asker, resources, waiting.popleft(), terms)


def deposit_stream(
    asker: Asker,
    resources: Resources,
    chunks: Iterable[bytes],
    *,
    path: str,
    placement: Placement = AS_THE_PROJECT_SAYS,
    sample: str | None = None,
) -> Outcome:
    """Deposit one file whose bytes come in pieces, as an upload does. Raises as `deposit`."""
    terms = _terms(asker, resources, placement, sample)
    received = Received(path=shown(path), on_disk=shown(path), blob=resources.objects.put(chunks))
    flight = take_off(asker, resources, [received], [], terms)
    return next(iter(land(asker, resources, flight, terms)))


def _terms(asker: Asker, resources: Resources, placement: Placement, sample: str | None) -> Terms:
    scope = place(asker, resources, placement)
    asked_for = scope if placement != AS_THE_PROJECT_SAYS else None
    return Terms(actor=asker.party, project=scope.project, scope=scope.number, sample=sample, asked_for=asked_for)


def _batches(found: Iterable[Found]) -> Iterator[list[tuple[Found, int]]]:
    batch: list[tuple[Found, int]] = []
    n_bytes = 0
    for item in found:
        size = sum(_size(each) for each in (item, *(part for _, part in item.parts)))
        if batch and (len(batch) >= BATCH_FILES or n_bytes + size > BATCH_BYTES):
            yield batch
            batch, n_bytes = [], 0
        batch.append((item, size))
        n_bytes += size
    if batch:
        yield batch


def _size(found: Found) -> int:
    try:
        return found.on_disk.stat().st_size
    except OSError:
        return 0  # opening it will fail as well, and say why


def _receive(asker: Asker, resources: Resources, batch: list[tuple[Found, int]], terms: Terms) -> Flight:
    received: dict[int, Received] = {}
    failed: list[Outcome] = []
    small: list[tuple[Found, bytes]] = []
    for found in (each for item, _ in batch for each in (item, *(part for _, part in item.parts))):
        try:
            if found.on_disk.stat().st_size > _SMALL_BYTES:
                blob = resources.objects.put(_chunks(found.on_disk))
                received[id(found)] = Received(path=found.path, on_disk=_named(found), blob=blob)
            else:
                small.append((found, found.on_disk.read_bytes()))
        except OSError as e:
            reason = f"It cannot be read from the disk: {e.strerror or e}. Check that it is there and may be read."
            failed.append(Outcome(path=_named(found), status="failed", reason=reason))
    blobs = resources.objects.put_many([content for _, content in small])
    for (found, _), blob in zip(small, blobs, strict=True):
        received[id(found)] = Received(path=found.path, on_disk=_named(found), blob=blob)
    for item, _ in batch:
        whole = received.get(id(item))
        for below, part in item.parts:
            if whole is not None and id(part) in received:
                whole.parts[below] = received.pop(id(part))
                whole.parts[below].part_of = whole.name
    return take_off(asker, resources, list(received.values()), failed, terms)


def _named(found: Found) -> str:
    return shown(os.fspath(found.on_disk))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            yield chunk
