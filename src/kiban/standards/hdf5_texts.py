"""Texts and numbers read back from HDF5 files that `hdf5_memory` made, also where an export lengthened them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import h5py


def text_of(dataset: h5py.Dataset) -> str:
    """A dataset that is one text. Raises UnicodeDecodeError."""
    return bytes(dataset[()]).decode()


def texts_of(dataset: h5py.Dataset) -> tuple[str, ...]:
    """A dataset that is a list of texts. Raises UnicodeDecodeError."""
    return tuple(bytes(each).decode() for each in dataset[()])


def text_attribute(node: h5py.HLObject, name: str, otherwise: str | None = None) -> str:
    """An attribute that is one text. Raises KeyError if it is missing and nothing stands in for it."""
    if otherwise is not None and name not in node.attrs:
        return otherwise
    value = node.attrs[name]
    return value if isinstance(value, str) else bytes(value).decode()


def distribution_of(node: h5py.HLObject) -> str:
    """How an uncertainty is distributed. Until layout 2 the attribute had a name that NXdata has for something else."""
    return text_attribute(
        node, "probability_distribution" if "probability_distribution" in node.attrs else "distribution"
    )


def number_attribute(node: h5py.HLObject, name: str) -> float | None:
    """An attribute that is one number; `None` where it is missing."""
    return float(node.attrs[name]) if name in node.attrs else None
