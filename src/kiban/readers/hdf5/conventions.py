"""Which convention an HDF5 file follows, by what stands at its root."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from kiban.readers.hdf5.links import child, names
from kiban.readers.hdf5.opening import looked_at
from kiban.readers.hdf5.values import attribute, text_attribute
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


def convention(source: Source) -> Convention | None:
    """Name the convention; `None` where the file is no HDF5 or cannot be opened."""
    return looked_at(source, convention_of)


def convention_of(file: h5py.File) -> Convention:
    """Name the convention of an open file."""
    import h5py

    root = file["/"]
    if attribute(root, "kiban_layout") is not None:
        return Convention.KIBAN
    if text_attribute(root, "file_format").lower() in {"hyperspy", "hspy"} and isinstance(
        child(root, "Experiments"), h5py.Group
    ):
        return Convention.HYPERSPY
    if isinstance(child(root, "Data"), h5py.Group) and isinstance(child(root, "Version"), h5py.Dataset):
        return Convention.VELOX
    if _has_nexus_entry(root):
        return Convention.NEXUS
    if attribute(root, "version_major") is not None or attribute(root, "emd_group_type") is not None:
        return Convention.EMD
    if attribute(root, "_NCProperties") is not None or _has_dimension_scale(root):
        return Convention.NETCDF
    return Convention.NONE


def _has_nexus_entry(root: h5py.Group) -> bool:
    import h5py

    if text_attribute(root, "NX_class") == "NXroot":
        return True
    for n, name in enumerate(names(root)):
        if n >= _MOST_LOOKED_AT:
            return False
        node = child(root, name)
        if isinstance(node, h5py.Group) and text_attribute(node, "NX_class") in {"NXentry", "NXsubentry"}:
            return True
    return False


def _has_dimension_scale(root: h5py.Group) -> bool:
    import h5py

    for n, name in enumerate(names(root)):
        if n >= _MOST_LOOKED_AT:
            return False
        node = child(root, name)
        if isinstance(node, h5py.Dataset) and text_attribute(node, "CLASS") == "DIMENSION_SCALE":
            return True
    return False
