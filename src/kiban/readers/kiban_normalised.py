"""The normalised files that Kiban itself writes (NeXus/HDF5).

Instrument
----------
None: Kiban wrote them, here or at another site.

What is read
------------
The one Reading that was written, equal to it in every part: variables with roles, units and dimensions, header,
metadata, sample, operator, instrument, start and doubts.

Uncertainties
-------------
As they were written, with kind, origin and distribution.

What is left out
----------------
Where that Reading came from (the group `process`): a Reading has no place for it, and the file keeps it.

File structure
--------------
See `kiban.standards.nexus`, which writes and reads it. Before it is read, all that is in the file is looked through:
links, numbers in other files and promises beyond the limits are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kiban.errors import DamagedFile, HostileFile, LimitExceeded
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.hdf5.conventions import Convention, convention
from kiban.readers.hdf5.opening import MEND, is_hdf5, opened
from kiban.readers.hdf5.packing import check_packing, n_bytes
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.records.technique import TECHNIQUES
from kiban.standards import nexus

if TYPE_CHECKING:
    import h5py

_MOST_OBJECTS = 20_000
_DEEPEST = 8
_MOST_CHUNKS = 1 << 14
"""Kiban cuts arrays into pieces of a megabyte."""
_NEVER_WRITTEN = 1 << 20
_WIDEST = 16
"""An array of one and the same number may take this many times the room of those that it belongs to."""


class KibanNormalised:
    """Reads what Kiban wrote."""

    name = "kiban_normalised"
    version = 1
    title = "Normalised file of Kiban (NeXus, HDF5)"
    makers = ()
    techniques = tuple(TECHNIQUES)
    suffixes = (".nxs", ".h5")
    library = "h5py"

    def recognise(self, source: Source) -> Recognition | None:
        """By the attribute `kiban_layout` at the root of an HDF5 file."""
        if convention(source) is Convention.KIBAN:
            return Recognition(Confidence.CERTAIN, "it is a normalised file of Kiban")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the Reading back. Raises as the contract says."""
        if not is_hdf5(source.head):
            raise DamagedFile(f"{source.name} does not begin as HDF5.", mend=MEND)
        with opened(source) as file:
            _look_through(file, source)
        with source.open() as stream:
            reading = nexus.read(stream)
        if not reading.title or not all(reading.doubts):
            raise DamagedFile(f"{source.name}: its title, or a doubt, is empty.", mend=MEND)
        for variable in reading.variables:
            # No reader writes an axis with gaps, so the bytes have changed since.
            if variable.role is Role.AXIS and not bool(np.isfinite(variable.series.values).all()):
                raise DamagedFile(f"{source.name}: the axis {variable.name} is not finite.", mend=MEND)
        return [reading]


@dataclass(slots=True)
class _Seen:
    """What is in the file, so far."""

    source: Source
    n_objects: int = 0
    written: int = 0
    """Bytes of numbers that it promises, where some are there."""
    never_written: int = 0
    """And of arrays of one and the same number, which take no room in the file."""


def _look_through(file: h5py.File, source: Source) -> None:
    """Refuse what Kiban never writes, before any of it is followed or allocated."""
    seen = _Seen(source)
    _look_into(file["/"], seen, 0)
    # Such arrays have the length of a dimension that others have in full.
    if seen.never_written > _NEVER_WRITTEN + _WIDEST * seen.written:
        raise HostileFile(
            f"{source.name} promises {seen.never_written} bytes of numbers that were never written, beside "
            f"{seen.written} that were.",
            mend="Ask for the file again where it comes from.",
        )


def _look_into(group: h5py.Group, seen: _Seen, depth: int) -> None:
    import h5py

    for name in group:
        seen.n_objects += 1
        is_linked_hard = isinstance(group.get(name, getlink=True), h5py.HardLink)
        if not is_linked_hard or depth > _DEEPEST or seen.n_objects > _MOST_OBJECTS:
            raise HostileFile(
                f"{seen.source.name} says that Kiban wrote it, but {group.name} has links or objects that it never "
                "writes.",
                mend="Ask for the file again where it comes from.",
            )
        node = group[name]
        if isinstance(node, h5py.Group):
            _look_into(node, seen, depth + 1)
        elif isinstance(node, h5py.Dataset):
            _check_dataset(node, seen)


def _check_dataset(dataset: h5py.Dataset, seen: _Seen) -> None:
    import h5py

    name = seen.source.name
    if dataset.external or dataset.is_virtual:
        raise HostileFile(
            f"{name}: {dataset.name} keeps its numbers in other files, which Kiban never does.",
            mend="Ask for the file again where it comes from.",
        )
    # Exports have texts of variable length.
    if dataset.dtype.kind not in "iufcbS" and h5py.check_string_dtype(dataset.dtype) is None:
        raise DamagedFile(f"{name}: {dataset.name} holds {dataset.dtype}, which Kiban never writes.", mend=MEND)
    if dataset.id.get_storage_size():
        seen.written += n_bytes(dataset)
    else:
        seen.never_written += n_bytes(dataset)
    most, total = 2 * seen.source.limits.whole_bytes, seen.written + seen.never_written
    if total > most:
        raise LimitExceeded(
            f"{name} promises {total} bytes of numbers or more; at most {most} are read.",
            mend="Read the original file again: it is kept, and the normalised file is made of it.",
        )
    check_packing(dataset, limits=seen.source.limits, file=name, most_chunks=_MOST_CHUNKS)


READER = KibanNormalised()
