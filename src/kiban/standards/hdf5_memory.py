"""HDF5 files made in memory: the same contents give the same bytes.

This is written against the low-level calls of h5py. Its high-level ones look up and set properties anew for every
object: they take twice as long for a diffraction pattern with its metadata. Nothing that differs from run to run
gets into a file: no times, no names of files.

Texts have a fixed length, so that all structures of a file carry HDF5's checksums. Texts of variable length stand in
HDF5's global heap, which has none: a flipped bit there can send HDF5 into an endless loop.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache, lru_cache
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import InvalidValue
from kiban.standards.hdf5_packing import is_worth_packing, packed_layout, write_chunks

_COMPACT_BYTES = 16_384
"""Smaller scalars stand in the header of their object (HDF5 allows 64 KiB there), which saves a place of their own."""
_names = itertools.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """h5py, and what HDF5 is told at each creation; made once, because making it takes longer than an attribute."""

    h5: Any
    """h5py itself: an import statement in every call would take a tenth of the time of an attribute."""
    access: Any
    file: Any
    group: Any
    plain: Any
    compact: Any
    scalar: Any


@cache
def _known() -> _Known:
    import h5py
    from h5py import h5d, h5f, h5p, h5s

    access = h5p.create(h5p.FILE_ACCESS)
    access.set_fapl_core(1 << 16, False)
    # The format of HDF5 1.10 is the oldest that keeps checksums of all its structures and indexes one chunk for free.
    access.set_libver_bounds(h5f.LIBVER_V110, h5f.LIBVER_V110)
    access.set_fclose_degree(h5f.CLOSE_STRONG)
    file, group = h5p.create(h5p.FILE_CREATE), h5p.create(h5p.GROUP_CREATE)
    plain, compact = h5p.create(h5p.DATASET_CREATE), h5p.create(h5p.DATASET_CREATE)
    for properties in (file, group):
        properties.set_link_creation_order(h5p.CRT_ORDER_TRACKED | h5p.CRT_ORDER_INDEXED)
    for properties in (file, group, plain, compact):
        properties.set_obj_track_times(False)
    compact.set_layout(h5d.COMPACT)
    return _Known(
        h5=h5py,
        access=access,
        file=file,
        group=group,
        plain=plain,
        compact=compact,
        scalar=h5s.create(h5s.SCALAR),
    )


@lru_cache(maxsize=512)
def _text_type(length: int) -> Any:
    from h5py import h5t

    kind = h5t.C_S1.copy()
    kind.set_size(length)
    kind.set_cset(h5t.CSET_UTF8)
    kind.set_strpad(h5t.STR_NULLPAD)
    return kind


@lru_cache(maxsize=64)
def _number_type(dtype: np.dtype[Any]) -> Any:
    return _known().h5.h5t.py_create(dtype, logical=True)


class Node:
    """A group or a dataset: what can have attributes."""

    def __init__(self, identifier: Any) -> None:
        self.identifier = identifier

    def attribute(self, name: str, value: str | int | float | list[str] | NDArray[np.int64]) -> None:
        """Set an attribute.

        Raises
        ------
        InvalidValue
            If a text cannot be written.
        """
        known = _known()
        if isinstance(value, (str, list)):
            written = _fixed_length(value)
            kind = _text_type(written.itemsize)
        else:
            written = np.asarray(value)
            kind = _number_type(written.dtype)
        space = known.h5.h5s.create_simple(written.shape) if written.ndim else known.scalar
        known.h5.h5a.create(self.identifier, name.encode(), kind, space).write(written, kind)


class Dataset(Node):
    """An array of numbers, or a text."""

    def make_scale(self, name: str) -> None:
        """Make it a dimension scale: what netCDF4 calls a dimension."""
        _known().h5.h5ds.set_scale(self.identifier, name.encode())

    def attach_scale(self, scale: Dataset, axis: int) -> None:
        """Say that the dimension scale belongs to an axis of this array."""
        _known().h5.h5ds.attach_scale(self.identifier, scale.identifier, axis)


class Group(Node):
    """A group and what is made in it. Its members keep the order in which they were made."""

    def group(self, name: str, nexus_class: str) -> Group:
        """Make a group of a NeXus base class."""
        known = _known()
        made = Group(known.h5.h5g.create(self.identifier, name.encode(), gcpl=known.group))
        made.attribute("NX_class", nexus_class)
        return made

    def text(self, name: str, text: str | list[str]) -> Dataset:
        """Write a text or a list of texts. Raises InvalidValue if one cannot be written."""
        known = _known()
        h5s = known.h5.h5s
        written = _fixed_length(text)
        kind = _text_type(written.itemsize)
        space = h5s.create_simple(written.shape) if written.ndim else known.scalar
        layout = known.compact if written.nbytes <= _COMPACT_BYTES else known.plain
        made = known.h5.h5d.create(self.identifier, name.encode(), kind, space, layout)
        made.write(h5s.ALL, h5s.ALL, written, kind)
        return Dataset(made)

    def number(self, name: str, value: bool | int | float) -> Dataset:
        """Write one number, 64 bits wide, or a truth value as `array` does.

        Raises
        ------
        InvalidValue
            If an integer has more than 64 bits.
        """
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise InvalidValue(f"{name} is {value}, which does not fit into 64 bits.", mend="Give it as text.")
        return self._scalar(name, np.asarray(value))

    def _scalar(self, name: str, value: NDArray[Any]) -> Dataset:
        known = _known()
        h5s = known.h5.h5s
        stored = value.view(np.uint8) if value.dtype.kind == "b" else value
        kind = _number_type(stored.dtype)
        made = Dataset(known.h5.h5d.create(self.identifier, name.encode(), kind, known.scalar, known.compact))
        made.identifier.write(h5s.ALL, h5s.ALL, stored, kind)
        return _truth_marked(made, value)

    def array(self, name: str, values: NDArray[Any], *, is_repetitive: bool = False) -> Dataset:
        """Write an array of numbers, compressed where that pays.

        Truth values are stored as 8-bit integers with the attribute `dtype` = `bool`, as xarray does, because netCDF
        has none.

        Parameters
        ----------
        values : array of numbers, any shape, not empty
        is_repetitive : bool
            The same few numbers come again and again, such as square roots of counts. They are compressed as they
            stand; others with the first bytes of all numbers together, then the second, and so on.
        """
        if values.ndim == 0:
            return self._scalar(name, values)
        known = _known()
        h5d, h5s = known.h5.h5d, known.h5.h5s
        stored = np.asarray(values.view(np.uint8) if values.dtype.kind == "b" else values, order="C")
        kind = _number_type(stored.dtype)
        space = h5s.create_simple(stored.shape)
        shuffle = not is_repetitive and stored.itemsize > 1
        if is_worth_packing(stored, shuffle=shuffle):
            layout = packed_layout(stored, shuffle=shuffle)
            made = Dataset(h5d.create(self.identifier, name.encode(), kind, space, layout))
            write_chunks(made.identifier, stored, layout.get_chunk(), shuffle=shuffle)
        else:
            made = Dataset(h5d.create(self.identifier, name.encode(), kind, space, known.plain))
            made.identifier.write(h5s.ALL, h5s.ALL, stored, kind)
        return _truth_marked(made, values)

    def uniform(self, name: str, shape: tuple[int, ...], value: np.floating[Any]) -> Dataset:
        """Make an array of one and the same number. It takes no room: HDF5 keeps the number as the fill value."""
        known = _known()
        h5p = known.h5.h5p
        layout = h5p.create(h5p.DATASET_CREATE)
        layout.set_obj_track_times(False)
        layout.set_fill_value(np.asarray(value))
        space = known.h5.h5s.create_simple(shape) if shape else known.scalar
        kind = _number_type(value.dtype)
        return Dataset(known.h5.h5d.create(self.identifier, name.encode(), kind, space, layout))


class MemoryFile:
    """An HDF5 file in memory, open within a `with` block."""

    def __init__(self) -> None:
        known = _known()
        h5f, h5g = known.h5.h5f, known.h5.h5g
        # The name stays in this process, where HDF5 takes two open files of one name for the same.
        self._file = h5f.create(f"kiban-{next(_names)}".encode(), h5f.ACC_TRUNC, known.file, known.access)
        self.root = Group(h5g.open(self._file, b"/"))

    def content(self) -> bytes:
        """All that was written so far, as the bytes of a file."""
        _known().h5.h5f.flush(self._file)
        image: bytes = self._file.get_file_image()
        return image

    def __enter__(self) -> MemoryFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def _fixed_length(text: str | list[str]) -> NDArray[Any]:
    """The text or texts in UTF-8, shape () or (n,), filled up with zero bytes; an empty text is one zero byte."""
    array = np.array(_encoded(text) if isinstance(text, str) else [_encoded(each) for each in text], dtype=np.bytes_)
    return array if array.itemsize else array.astype("S1")


def _encoded(text: str) -> bytes:
    try:
        encoded = text.encode()
    except UnicodeEncodeError as e:
        raise InvalidValue(f"The text {text[:60]!r} holds half of a character.", mend="Decode the file again.") from e
    if b"\0" in encoded:
        raise InvalidValue(
            f"The text {text[:60]!r} holds a character of code 0.", mend="Cut the text there, or leave it out."
        )
    return encoded


def _truth_marked(made: Dataset, values: NDArray[Any]) -> Dataset:
    if values.dtype.kind == "b":
        made.attribute("dtype", "bool")
    return made
