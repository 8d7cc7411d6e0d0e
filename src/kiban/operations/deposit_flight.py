"""A batch of files on its way through a deposit: read behind the fence, then written in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from kiban.compute.structured import Failure, Structured
from kiban.errors import Conflict, DatabaseUnavailable
from kiban.operations.deposit_outcome import Outcome, Told, outcomes, outcomes_known
from kiban.operations.deposit_received import Received, keep, settle, submit
from kiban.operations.deposit_records import Draft, Terms, draft, measurement_key
from kiban.operations.resources import Resources
from kiban.records.file_entry import FileEntry, FileStatus
from kiban.records.party import Act, Asker
from kiban.records.record import Record

T = TypeVar("T")

BATCH_FILES = 128
BATCH_BYTES = 32 << 20
_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class Known:
    """A file that was deposited and read before, with the files that belong to it."""

    entry: FileEntry
    records: tuple[Record, ...]
    parts: tuple[FileEntry, ...] = ()


@dataclass(slots=True, kw_only=True)
class Flight:
    """A batch on its way."""

    received: list[Received]
    futures: dict[int, Future[tuple[Structured, list[bytes]] | Failure]]
    known: dict[int, Known]
    failed: list[Outcome]


def take_off(
    asker: Asker, resources: Resources, received: list[Received], failed: list[Outcome], terms: Terms
) -> Flight:
    """Have the files read that have not been read before, or all of them where the terms say so; go on meanwhile."""
    known: dict[int, Known] = (
        {} if terms.renews else _patiently(resources, lambda: _known(asker, resources, received, terms))
    )
    futures = {
        i: submit(resources.fence, resources.objects, r)
        for i, r in enumerate(received)
        if i not in known and not r.is_part
    }
    return Flight(received=received, futures=futures, known=known, failed=failed)


def _known(asker: Asker, resources: Resources, received: list[Received], terms: Terms) -> dict[int, Known]:
    """Which of them have been deposited and read before, under the same path and with the same companions."""
    visible = resources.visible(asker, act=Act.DEPOSIT)
    wanted = [(each.path, each.blob.checksum) for r in received for each in (r, *r.parts.values())]
    with resources.catalog.writing(visible, project=terms.project) as writing:
        entries = writing.existing_files(wanted, first=terms.scope)
    known = {}
    for i, r in enumerate(received):
        entry = entries.get((r.path, r.blob.checksum))
        if entry is None or entry.status is FileStatus.QUARANTINED:
            continue
        parts = [entries.get((part.path, part.blob.checksum)) for part in r.parts.values()]
        # An archive has none of its own: it is opened again, and its members found to be there. What was only kept has
        # some where it was read together with another file.
        records = tuple(r for r in resources.catalog.records_of_file(entry.id, visible) if r.document.get("normalised"))
        is_same = not r.parts or any(record.key == measurement_key(r, 0) for record in records)
        if records and is_same and None not in parts:
            known[i] = Known(entry, records, tuple(part for part in parts if part is not None))
    return known


def land(asker: Asker, resources: Resources, flight: Flight, terms: Terms) -> Iterator[Outcome]:
    """Wait for what is being read, write the records of the whole batch together, and tell what became of each file."""
    fresh = [flight.received[i] for i in flight.futures]
    n_bytes = 0
    for received, future in zip(fresh, flight.futures.values(), strict=True):
        settle(resources.fence, resources.objects, received, future.result())
        n_bytes += sum(len(content) for file in received.all() for content in file.contents)
        if n_bytes > BATCH_BYTES:
            keep(resources.objects, fresh)
            n_bytes = 0
    keep(resources.objects, fresh)
    made = _patiently(resources, lambda: _write(asker, resources, fresh, terms)) if fresh else None
    new = {id(written) for written in (*made.records, *made.files)} if made is not None else set()
    told = Told(new=new, asked_for=terms.asked_for, scopes=resources.catalog.scopes() if terms.asked_for else ())
    for i, received in enumerate(flight.received):
        if i in flight.known:
            known = flight.known[i]
            yield from outcomes_known(received, known.entry, known.records, known.parts, told)
        elif made is not None:
            yield from outcomes(received, made, told)
    yield from flight.failed


def _write(asker: Asker, resources: Resources, received: list[Received], terms: Terms) -> Draft:
    with resources.catalog.writing(resources.visible(asker, act=Act.DEPOSIT), project=terms.project) as writing:
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
