"""Prove that nothing is lost: every object against its checksum, every row against the rows it points to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kiban.errors import DamagedObject
from kiban.operations.resources import Resources
from kiban.records.file_entry import Blob
from kiban.records.party import Asker
from kiban.store.directory_faults import find_faults


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be."""

    what: str
    """Checksum of the object, or the row."""
    fault: str
    mend: str
    files: tuple[str, ...] = ()
    """Paths of the deposited files that are affected, as far as the asker may see them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What verification found."""

    n_objects: int
    n_bytes: int
    n_unreferenced: int
    """Objects that no record refers to: left by deposits that were interrupted. They do no harm."""
    n_leftovers: int
    """Half-written temporary files that were removed."""
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Nothing is damaged, missing or contradictory."""
        return not self.findings


def verify(asker: Asker, resources: Resources, *, progress: Callable[[int, int], None] | None = None) -> Report:
    """Check everything; `progress` is called with the number of objects and bytes read so far."""
    findings: list[Finding] = []
    n_objects = n_bytes = n_shared = 0
    stored = _Ordered(resources.objects.checksums())
    for blob in resources.catalog.blobs():
        n_shared += stored.meet(blob.checksum)
        finding = _object(asker, resources, blob)
        if finding is not None:
            findings.append(finding)
        n_objects += 1
        n_bytes += blob.size
        if progress is not None:
            progress(n_objects, n_bytes)
    stored.finish()
    findings.extend(
        Finding(fault.what, fault.fault, "Restore the database from a backup, or deposit the files again.")
        for fault in resources.catalog.faults()
    )
    findings.extend(
        Finding(fault.what, fault.fault, "Enter it again as it should be, or restore the database from a backup.")
        for fault in find_faults(resources.catalog, resources.directory)
    )
    return Report(
        n_objects=n_objects,
        n_bytes=n_bytes,
        n_unreferenced=stored.n_seen - n_shared,
        n_leftovers=resources.objects.sweep(),
        findings=tuple(findings),
    )


def _object(asker: Asker, resources: Resources, blob: Blob) -> Finding | None:
    try:
        size = resources.objects.verify(blob.checksum)
    except DamagedObject as e:
        return Finding(blob.checksum, e.fault, e.mend, _files(asker, resources, blob.checksum))
    if size != blob.size:
        return Finding(
            blob.checksum,
            f"Object {blob.checksum} has {size} bytes where the catalog says {blob.size}.",
            "Restore the database from a backup.",
            _files(asker, resources, blob.checksum),
        )
    return None


def _files(asker: Asker, resources: Resources, checksum: str) -> tuple[str, ...]:
    entries = resources.catalog.files(resources.visible(asker), checksum=checksum)
    return tuple(entry.path for entry in entries)


class _Ordered:
    """Walks the stored objects beside the catalog's, both in order of checksum, so that neither is held in memory."""

    def __init__(self, stored: Iterator[Blob]) -> None:
        self._stored = stored
        self._next = next(stored, None)
        self.n_seen = 1 if self._next is not None else 0

    def meet(self, checksum: str) -> int:
        """Walk up to the checksum; 1 if it is there."""
        while self._next is not None and self._next.checksum < checksum:
            self._advance()
        return int(self._next is not None and self._next.checksum == checksum)

    def finish(self) -> None:
        """Walk to the end."""
        while self._next is not None:
            self._advance()

    def _advance(self) -> None:
        self._next = next(self._stored, None)
        self.n_seen += self._next is not None
