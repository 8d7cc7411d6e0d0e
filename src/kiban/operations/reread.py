"""Read kept files anew: what nobody could read, and what an earlier version of a reader read.

Nothing is overwritten: a measurement that comes out of it anew is a new version of itself, with facts of its own; one
that the file no longer gives ends with a version that is a deletion. Where a file that was read before cannot be read
any more, what was read earlier stays.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from uuid import UUID

from kiban.errors import RecordNotFound
from kiban.operations.bundles import Patterns, may_stand
from kiban.operations.deposit_flight import BATCH_BYTES, BATCH_FILES, Flight, land, take_off
from kiban.operations.deposit_outcome import Outcome
from kiban.operations.deposit_received import Received
from kiban.operations.deposit_records import Terms, is_part
from kiban.operations.resources import Resources
from kiban.readers.recognise import readers
from kiban.records.file_entry import Blob, FileEntry, FileStatus
from kiban.records.party import Asker
from kiban.records.record import Record

_PAGE = 500


def reread(
    asker: Asker, resources: Resources, *, checksum: str | None = None, everything: bool = False
) -> Iterator[Outcome]:
    """Read anew what the asker may change, and give each file's outcome once it is safe.

    `already_there` says that nothing has changed.

    Parameters
    ----------
    checksum : str, optional
        Only the file with these bytes, whatever is known of it.
    everything : bool
        Also what the readers of today have read already: another reader may know a file better by now.

    Raises
    ------
    RecordNotFound
        If no file that the asker may see and change has the checksum.
    DiskFull, DatabaseUnavailable
        Everything reported before is safe.
    """
    versions = {reader.name: reader.version for reader in readers()}
    patterns = resources.fence.companions()
    wanted = (
        entry
        for entry in _entries(asker, resources, checksum)
        if (everything or checksum is not None or _may_be_read_better(entry, versions))
        and not _needs_its_folder(entry, patterns)
    )
    waiting: deque[tuple[Flight, Terms]] = deque()
    for (project, scope), entries in groupby(wanted, key=lambda entry: (entry.project, entry.scope)):
        terms = Terms(actor=asker.party, project=project, scope=scope, renews=True)
        for batch in _batches(entries):
            received = [each for entry in batch for each in _received(asker, resources, entry)]
            waiting.append((take_off(asker, resources, received, [], terms), terms))
            if len(waiting) > 1:
                yield from land(asker, resources, *waiting.popleft())
    while waiting:
        yield from land(asker, resources, *waiting.popleft())


def _entries(asker: Asker, resources: Resources, checksum: str | None) -> Iterator[FileEntry]:
    seen = resources.visible(asker)
    # What others have shared is read anew by those who may change it.
    visible = replace(seen, numbers=seen.writable & seen.data)
    after: UUID | None = None
    while True:
        found = resources.catalog.files(visible, checksum=checksum, limit=_PAGE, after=after)
        if not found and after is None and checksum is not None:
            raise RecordNotFound(checksum)
        yield from found
        if len(found) < _PAGE:
            return
        after = found[-1].id


def _may_be_read_better(entry: FileEntry, versions: dict[str, int]) -> bool:
    if entry.status is not FileStatus.STRUCTURED:
        return True
    # An archive has no reader; the files inside have entries of their own.
    return entry.reader is not None and versions.get(entry.reader) != entry.reader_version


def _needs_its_folder(entry: FileEntry, patterns: Patterns) -> bool:
    """Whether it belongs to a folder that must be deposited as a whole: what would be read by itself, or not at all."""
    if is_part(entry):
        return True
    return entry.status is not FileStatus.STRUCTURED and may_stand(entry.path.rpartition("/")[2], patterns)


def _batches(entries: Iterator[FileEntry]) -> Iterator[list[FileEntry]]:
    batch: list[FileEntry] = []
    n_bytes = 0
    for entry in entries:
        if batch and (len(batch) >= BATCH_FILES or n_bytes + entry.size > BATCH_BYTES):
            yield batch
            batch, n_bytes = [], 0
        batch.append(entry)
        n_bytes += entry.size
    if batch:
        yield batch


def _received(asker: Asker, resources: Resources, entry: FileEntry) -> Iterator[Received]:
    """The file, once for each set of files that its measurements were read together with."""
    before: tuple[Record, ...] = ()
    if entry.status is FileStatus.STRUCTURED:
        # A measurement without numbers was not read of any file: it stays whatever comes of reading one.
        made = resources.catalog.records_of_file(entry.id, resources.visible(asker))
        before = tuple(record for record in made if record.document.get("normalised"))
        if made and not before and entry.reader is None:
            return  # a table of past experiments: its rows are records, and no instrument wrote it
    sets: dict[tuple[tuple[str, str], ...], list[Record]] = {} if before else {(): []}
    for record in before:
        companions = record.document.get("companions") or {}
        sets.setdefault(tuple(sorted((str(b), str(c)) for b, c in companions.items())), []).append(record)
    for companions, records in sets.items():
        parts = _parts(resources, asker, records[0], companions) if companions else {}
        # Without all that it was read with it would be another measurement.
        if len(parts) == len(companions):
            blob = Blob(entry.checksum, entry.size)
            yield Received(path=entry.path, on_disk=entry.path, blob=blob, before=tuple(records), parts=parts)


def _parts(
    resources: Resources, asker: Asker, record: Record, companions: Iterable[tuple[str, str]]
) -> dict[str, Received]:
    """The files that a measurement was read together with, by their path below its file's folder."""
    missing = {checksum for _, checksum in companions}
    tied: dict[str, FileEntry] = {}
    after: UUID | None = None
    while missing:
        visible = resources.visible(asker)
        page = resources.catalog.files(visible, record=record.id, limit=_PAGE, after=after)
        tied |= {entry.checksum: entry for entry in page if entry.checksum in missing}
        missing -= tied.keys()
        if len(page) < _PAGE:
            break
        after = page[-1].id
    return {
        below: Received(
            path=tied[checksum].path,
            on_disk=tied[checksum].path,
            blob=Blob(checksum, tied[checksum].size),
            part_of=str(record.document["file_name"]),
        )
        for below, checksum in companions
        if checksum in tied
    }
