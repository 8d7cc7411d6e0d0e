"""Texts and numbers read back from HDF5 files that `hdf5_memory` made, also where an export lengthened them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import h5py


def text_of(dataset: h5py.Dataset) -> str:
    """A dataset that is one text. Raises ValueError where it is none, or not in UTF-8."""
    _check_text(dataset)
    return bytes(dataset[()]).decode()


def texts_of(dataset: h5py.Dataset) -> tuple[str, ...]:
    """A dataset that is a list of texts. Raises ValueError where it is none, or not in UTF-8."""
    _check_text(dataset)
    return tuple(bytes(each).decode() for each in dataset[()])


def _check_text(dataset: h5py.Dataset) -> None:
    import h5py

    # bytes() of a number makes as many zero bytes.
    if dataset.dtype.kind != "S" and h5py.check_string_dtype(dataset.dtype) is None:
        raise ValueError(f"a text was expected in {dataset.name}; it holds {dataset.dtype}")


def text_attribute(node: h5py.HLObject, name: str, otherwise: str | None = None) -> str:
    """An attribute that is one text. Raises KeyError if it is missing and nothing stands in for it, ValueError if it
    is something else."""
    if otherwise is not None and name not in node.attrs:
        return otherwise
    value = node.attrs[name]
    if isinstance(value, str):
        return value
    if not isinstance(value, bytes):
        raise ValueError(f"a text was expected in the attribute {name}; it holds a {type(value).__name__}")
    return value.decode()


def distribution_of(node: h5py.HLObject) -> str:
    """How an uncertainty is distributed. Until layout 2 the attribute had a name that NXdata has for something else."""
    return text_attribute(
        node, "probability_distribution" if "probability_distribution" in node.attrs else "distribution"
    )


def number_attribute(node: h5py.HLObject, name: str) -> float | None:
    """An attribute that is one number; `None` where it is missing."""
    return float(node.attrs[name]) if name in node.attrs else None
