"""Virtual datasets: views of other datasets.

HDF5 reads a source that it does not find as the fill value, without a word, and follows a view of itself until the
stack is used up. So the sources are looked up here: plain datasets of the same file, or the view is refused.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from kiban.errors import DamagedFile, HostileFile, UnsupportedVariant
from kiban.readers.hdf5.links import Elsewhere, follow
from kiban.readers.hdf5.opening import MEND

if TYPE_CHECKING:
    import h5py

_MEND = "Write everything into one file (h5repack, or copy with h5py) and deposit that."


def sources(dataset: h5py.Dataset, *, file: str) -> tuple[list[h5py.Dataset], tuple[str, ...]]:
    """The datasets that a virtual one shows, each once.

    Returns
    -------
    list of datasets, tuple of str
        And a doubt where parts of the view show nothing.

    Raises
    ------
    HostileFile
        If a source lies in another file.
    UnsupportedVariant
        If one is virtual itself, or the view grows with its sources.
    DamagedFile
        If one is missing or too small.
    """
    place = f"{file}: {dataset.name}"
    found: dict[str, h5py.Dataset] = {}
    n_shown, n_points = 0, math.prod(int(n) for n in dataset.shape or ())
    for each in dataset.virtual_sources():
        if each.file_name != ".":
            raise _elsewhere(place)
        if each.dset_name not in found:
            found[each.dset_name] = _source(dataset, each.dset_name, place)
        n_selected = _check_selections(each, found[each.dset_name], place)
        n_shown += n_selected
    if n_shown >= n_points:
        return list(found.values()), ()
    doubt = f"{dataset.name} shows {n_shown} of {n_points} numbers; the rest reads as {dataset.fillvalue}."
    return list(found.values()), (doubt,)


def _elsewhere(place: str) -> HostileFile:
    return HostileFile(f"{place} keeps its numbers in other files, which are never opened.", mend=_MEND)


def _source(dataset: h5py.Dataset, name: str, place: str) -> h5py.Dataset:
    import h5py

    node = follow(dataset.file["/"], name)
    if isinstance(node, Elsewhere):
        raise _elsewhere(place)
    if not isinstance(node, h5py.Dataset):
        raise DamagedFile(f"{place} shows the dataset {name[:200]}; there is none.", mend=MEND)
    if node.is_virtual:
        raise UnsupportedVariant(f"{place} shows {name[:200]}, which shows others in turn.", mend=_MEND)
    return node


def _check_selections(each: h5py.h5d.VDSmap, source: h5py.Dataset, place: str) -> int:
    """How many numbers one entry of the view shows."""
    n_selected, n_given = each.vspace.get_select_npoints(), each.src_space.get_select_npoints()
    if n_selected < 0 or n_selected != n_given:
        raise UnsupportedVariant(f"{place} grows with what it shows.", mend=_MEND)
    if n_selected == 0:
        return 0
    _, end = each.src_space.get_select_bounds()
    if len(end) != source.ndim or any(last >= length for last, length in zip(end, source.shape, strict=True)):
        raise DamagedFile(
            f"{place} shows {source.name} up to {end}; it has the shape {source.shape}.",
            mend=MEND,
        )
    return int(n_selected)
