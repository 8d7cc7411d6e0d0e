"""Which convention an HDF5 file follows, by what stands at its root."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from kiban.readers.hdf5.links import Elsewhere, Node, child, names
from kiban.readers.hdf5.opening import looked_at
from kiban.readers.hdf5.values import fixed_text_attribute, has_attribute
from kiban.readers.source import Source

if TYPE_CHECKING:
    import h5py

_MOST_LOOKED_AT = 64


class Convention(StrEnum):
    """What the contents of a file are arranged by."""

    KIBAN = "kiban"
    HYPERSPY = "hyperspy"
    VELOX = "velox"
    EMD = "emd"
    NEXUS = "nexus"
    NETCDF = "netcdf"
    NONE = "none"


_FOUND: WeakKeyDictionary[Source, Convention | None] = WeakKeyDictionary()


def convention(source: Source) -> Convention | None:
    """Name the convention; `None` where the file is no HDF5 or cannot be opened.

    Several readers ask for it when a file is recognised; it is opened once.
    """
    if source not in _FOUND:
        _FOUND[source] = looked_at(source, convention_of)
    return _FOUND[source]


def convention_of(file: h5py.File) -> Convention:
    """Name the convention of an open file, by names and texts of fixed length alone."""
    import h5py

    root = file["/"]
    if has_attribute(root, "kiban_layout"):
        return Convention.KIBAN
    if has_attribute(root, "file_format") and isinstance(child(root, "Experiments"), h5py.Group):
        return Convention.HYPERSPY
    if isinstance(child(root, "Data"), h5py.Group) and isinstance(child(root, "Version"), h5py.Dataset):
        return Convention.VELOX
    if fixed_text_attribute(root, "NX_class") == "NXroot" or any(map(_is_entry, _first_members(root))):
        return Convention.NEXUS
    if has_attribute(root, "version_major") or has_attribute(root, "emd_group_type"):
        return Convention.EMD
    if has_attribute(root, "_NCProperties") or any(map(_is_scale, _first_members(root))):
        return Convention.NETCDF
    return Convention.NONE


def _first_members(root: h5py.Group) -> Iterator[Node | Elsewhere | None]:
    return (child(root, name) for name in islice(names(root), _MOST_LOOKED_AT))


def _is_entry(node: Node | Elsewhere | None) -> bool:
    """A group of class NXentry; a class of variable length is taken for one, because it is not read here."""
    import h5py

    if not isinstance(node, h5py.Group) or not has_attribute(node, "NX_class"):
        return False
    return fixed_text_attribute(node, "NX_class") in {None, "NXentry", "NXsubentry"}


def _is_scale(node: Node | Elsewhere | None) -> bool:
    import h5py

    return isinstance(node, h5py.Dataset) and fixed_text_attribute(node, "CLASS") == "DIMENSION_SCALE"
