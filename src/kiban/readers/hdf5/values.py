"""Numbers, texts and attributes of an HDF5 file: what a dataset promises is checked before anything is read."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, HostileFile, LimitExceeded, UnsupportedVariant
from kiban.readers.hdf5.opening import MEND
from kiban.readers.hdf5.packing import check_packing, n_bytes, n_chunks, read_column, read_whole
from kiban.readers.hdf5.virtual import sources
from kiban.readers.source import Limits
from kiban.readers.text import decode

if TYPE_CHECKING:
    import h5py

    from kiban.readers.hdf5.links import Node

Plain: TypeAlias = "bool | int | float | str | list[bool] | list[int] | list[float] | list[str]"

_LONGEST_ATTRIBUTE = 65_536
_MOST_TEXTS = 100_000
_LONGEST_TEXT = 1 << 24


def is_numeric(dataset: h5py.Dataset) -> bool:
    """It holds numbers (not texts, references or structures)."""
    return dataset.dtype.kind in "iufbc" and dataset.dtype.fields is None


def check(dataset: h5py.Dataset, *, limits: Limits, file: str) -> tuple[str, ...]:
    """Check that a dataset can be read, and lies in this file.

    Returns
    -------
    tuple of str
        A doubt where parts of it were never written.

    Raises
    ------
    HostileFile
        If its numbers lie in other files, or are squeezed harder than data can be.
    LimitExceeded
        If they, or a chunk of them, take more memory than allowed.
    UnsupportedVariant
        If they were packed by a method that is not here.
    """
    place = f"{file}: {dataset.name}"
    if dataset.shape is None:
        raise DamagedFile(f"{place} has no shape.", mend=MEND)
    _check_place(dataset, place)
    promised = n_bytes(dataset)
    if promised > limits.whole_bytes:
        raise LimitExceeded(
            f"{place} promises {promised} bytes; at most {limits.whole_bytes} are read at once.",
            mend="Export a smaller part of the measurement. The file is kept as it came.",
        )
    if dataset.is_virtual:
        shown, doubts = sources(dataset, file=file)
        return (*doubts, *(doubt for each in shown for doubt in check(each, limits=limits, file=file)))
    check_packing(dataset, limits=limits, file=file)
    return _gaps(dataset, promised, place)


def _check_place(dataset: h5py.Dataset, place: str) -> None:
    if dataset.external:
        raise HostileFile(
            f"{place} keeps its numbers in other files, which are never opened.",
            mend="Write everything into one file (h5repack, or copy with h5py) and deposit that.",
        )


def first_column(dataset: h5py.Dataset, *, limits: Limits, file: str) -> NDArray[Any]:
    """Read the first column of a table of two dimensions that may be too large to be read whole.

    Raises
    ------
    UnreadableFile
        As `check`; a view of other datasets is refused as well.
    """
    place = f"{file}: {dataset.name}"
    _check_place(dataset, place)
    if dataset.is_virtual:
        raise UnsupportedVariant(
            f"{place} shows other datasets instead of holding bytes of its own.",
            mend="Write everything into one file (h5repack, or copy with h5py) and deposit that.",
        )
    return read_column(dataset, limits=limits, file=file)


def _gaps(dataset: h5py.Dataset, promised: int, place: str) -> tuple[str, ...]:
    """What was never written reads as the fill value and looks like data."""
    if promised and not dataset.id.get_storage_size():
        raise DamagedFile(f"{place} promises {promised} bytes of numbers; none were ever written.", mend=MEND)
    if not dataset.chunks or not promised:
        return ()
    expected, found = n_chunks(dataset), dataset.id.get_num_chunks()
    if found >= expected:
        return ()
    return (f"Of {dataset.name} only {found} of {expected} parts were written; the rest reads as {dataset.fillvalue}.",)


def numbers(dataset: h5py.Dataset, *, limits: Limits, file: str) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Read the numbers of a dataset in this machine's byte order, and doubts. Raises as `check`."""
    if not is_numeric(dataset):
        raise UnsupportedVariant(
            f"{file}: numbers were expected in {dataset.name}; it holds {dataset.dtype}.",
            mend="Export it as plain numbers. The file is kept as it came.",
        )
    doubts = check(dataset, limits=limits, file=file)
    values = read_whole(dataset)
    if values.dtype.kind == "f" and values.dtype.itemsize > 8:
        values = values.astype(np.float64)
    return values.astype(values.dtype.newbyteorder("="), copy=False), doubts


def text(dataset: h5py.Dataset, *, limits: Limits, file: str) -> str:
    """Read a dataset that is one text (or a list of one); empty where it is none."""
    return next(iter(texts(dataset, limits=limits, file=file)), "")


def texts(dataset: h5py.Dataset, *, limits: Limits, file: str) -> list[str]:
    """Read a dataset that is a list of texts; empty where it holds none, or too many."""
    import h5py

    is_text = dataset.dtype.kind == "S" or h5py.check_string_dtype(dataset.dtype) is not None
    if not is_text or dataset.shape is None or not 0 < math.prod(dataset.shape) <= _MOST_TEXTS:
        return []
    check(dataset, limits=limits, file=file)
    return [_decoded(each) for each in np.asarray(dataset[()]).reshape(-1).tolist()]


def _decoded(value: object) -> str:
    # A broken text of variable length can claim gigabytes; whole documents (JSON, XML) have a few megabytes.
    if isinstance(value, bytes):
        return decode(value[:_LONGEST_TEXT].rstrip(b"\0"))[0].strip()
    return str(value)[:_LONGEST_TEXT].strip()


def attribute(node: Node, name: str) -> Plain | None:
    """Read an attribute: a truth value, number or text, or a list of them; `None` where it is none of these or missing.

    Only what HDF5 can have in an attribute is read, whatever size it promises.

    Raises
    ------
    DamagedFile
        If it is there and HDF5 cannot read it.
    """
    import h5py

    raw_name = name.encode("utf-8", "surrogateescape")
    if not h5py.h5a.exists(node.id, raw_name):
        return None
    # As many bytes as its numbers or texts (of those of variable length, their places) take together.
    handle = h5py.h5a.open(node.id, raw_name)
    if not 0 < handle.get_storage_size() <= _LONGEST_ATTRIBUTE or not _is_plain(handle.get_type()):
        return None
    try:
        # h5py's way to any value opens the attribute anew and takes three times as long.
        value = _read_plainly(handle) if handle.dtype.kind in "iufS" else node.attrs[name]
    except (TypeError, ValueError):
        return None  # a type that numpy does not have
    except (OSError, KeyError, RuntimeError) as e:
        # A text that claims gigabytes takes them before HDF5 notices: not a second time.
        raise DamagedFile(f"The attribute {name[:100]} of {node.name} cannot be read ({e}).", mend=MEND) from e
    return _plain(value)


def _is_plain(kind: h5py.h5t.TypeID) -> bool:
    """Say whether a type is one of numbers or texts. HDF5 crashes the process over damaged lists of variable length."""
    import h5py

    while isinstance(kind, h5py.h5t.TypeArrayID):
        kind = kind.get_super()
    return isinstance(kind, h5py.h5t.TypeIntegerID | h5py.h5t.TypeFloatID | h5py.h5t.TypeStringID | h5py.h5t.TypeEnumID)


def _read_plainly(handle: h5py.h5a.AttrID) -> NDArray[Any]:
    """Numbers and texts of fixed length."""
    values = np.zeros(handle.shape, handle.dtype)
    handle.read(values)
    return values


def _plain(value: object) -> Plain | None:
    if isinstance(value, bytes | str):
        return _decoded(value)
    if isinstance(value, np.generic) and value.dtype.kind in "iufb":
        return value.item()  # type: ignore[no-any-return]
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "iufb" and value.dtype.fields is None:
            items = value.reshape(-1).tolist()
        elif value.dtype.kind in "SO":
            items = value.reshape(-1).tolist()
            if not all(isinstance(each, bytes | str) for each in items):
                return None
            items = [_decoded(each) for each in items]
        else:
            return None
        return items[0] if value.size == 1 else items
    return None


def has_attribute(node: Node, name: str) -> bool:
    """There is an attribute of that name; its value is not read."""
    import h5py

    return bool(h5py.h5a.exists(node.id, name.encode()))


def fixed_text_attribute(node: Node, name: str) -> str | None:
    """An attribute that is a text of fixed length; `None` where it is of variable length, empty where there is none."""
    import h5py

    if not has_attribute(node, name):
        return ""
    kind = h5py.h5a.open(node.id, name.encode()).get_type()
    if isinstance(kind, h5py.h5t.TypeStringID) and kind.is_variable_str():
        return None
    return text_attribute(node, name)


def text_attribute(node: Node, name: str) -> str:
    """An attribute that is a text, trimmed; empty where it is none. Of a list of texts the first."""
    value = attribute(node, name)
    if isinstance(value, list):
        value = value[0] if value else ""
    return value if isinstance(value, str) else ""


def texts_attribute(node: Node, name: str) -> list[str]:
    """An attribute that is a text or a list of texts; empty where it is neither."""
    value = attribute(node, name)
    if isinstance(value, str):
        return [value]
    return [str(each) for each in value] if isinstance(value, list) else []


def number_attribute(node: Node, name: str) -> float | None:
    """An attribute that is one finite number; `None` where it is none."""
    value = attribute(node, name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        return None
    return float(value)


def attribute_names(node: Node) -> Iterator[str]:
    """The names of a node's attributes."""
    return iter(node.attrs.keys())
