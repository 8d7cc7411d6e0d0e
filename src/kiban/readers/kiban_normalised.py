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

from typing import TYPE_CHECKING

import numpy as np

from kiban.errors import DamagedFile, HostileFile, LimitExceeded
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.hdf5.conventions import Convention, convention
from kiban.readers.hdf5.opening import MEND, is_hdf5, opened
from kiban.readers.hdf5.values import n_bytes
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.records.technique import TECHNIQUES
from kiban.standards import nexus

if TYPE_CHECKING:
    import h5py

_MOST_OBJECTS = 100_000
_DEEPEST = 8


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
        for variable in reading.variables:
            # No reader writes an axis with gaps, so the bytes have changed since.
            if variable.role is Role.AXIS and not bool(np.isfinite(variable.series.values).all()):
                raise DamagedFile(f"{source.name}: the axis {variable.name} is not finite.", mend=MEND)
        return [reading]


def _look_through(file: h5py.File, source: Source) -> None:
    """Refuse what Kiban never writes, before any of it is followed or allocated."""
    left = [_MOST_OBJECTS]
    total = _look_into(file["/"], source, left, 0)
    if total > 2 * source.limits.whole_bytes:
        raise LimitExceeded(
            f"{source.name} promises {total} bytes of numbers; at most {2 * source.limits.whole_bytes} are read.",
            mend="Read the original file again: it is kept, and the normalised file is made of it.",
        )


def _look_into(group: h5py.Group, source: Source, left: list[int], depth: int) -> int:
    import h5py

    total = 0
    for name in group:
        left[0] -= 1
        if not isinstance(group.get(name, getlink=True), h5py.HardLink) or depth > _DEEPEST or left[0] < 0:
            raise HostileFile(
                f"{source.name} says that Kiban wrote it, but {group.name} has links or objects that it never writes.",
                mend="Ask for the file again where it comes from.",
            )
        node = group[name]
        if isinstance(node, h5py.Group):
            total += _look_into(node, source, left, depth + 1)
        elif isinstance(node, h5py.Dataset):
            total += _checked_bytes(node, source)
    return total


def _checked_bytes(dataset: h5py.Dataset, source: Source) -> int:
    if dataset.external or dataset.is_virtual:
        raise HostileFile(
            f"{source.name}: {dataset.name} keeps its numbers in other files, which Kiban never does.",
            mend="Ask for the file again where it comes from.",
        )
    promised = n_bytes(dataset)
    stored = dataset.id.get_storage_size()
    limits = source.limits
    # Arrays of one and the same number take no room; they have the length of a dimension that others have in full.
    if stored and promised > limits.suspicious_bytes and promised > stored * limits.expansion_ratio:
        raise HostileFile(
            f"{source.name}: {dataset.name} unpacks to over {limits.expansion_ratio} times its length ({promised}).",
            mend="Ask for the file again where it comes from.",
        )
    return promised


READER = KibanNormalised()
