"""Datasets that an HDF5 file may hold where a reader counts on a plain array of numbers."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import h5py
import numpy as np
from h5py import h5d, h5p, h5s, h5t, h5z
from numpy.typing import NDArray

from kiban.testing.hdf5_odd_values import NUMBER_TYPES, odd_number, odd_text, padded_with_zeros

OddDataset = Callable[[random.Random, h5py.File, str, NDArray[Any]], None]
_FOREIGN_FILTERS = (305, 307, 32000, 32001, 32004, 32008, 32015, 4, 5, 6, 1, 2, 3)
_HUGE = ((1 << 40,), (1 << 31, 1 << 31), (1 << 62, 4), (1 << 20, 1 << 12), (3, 1 << 33), (1 << 27,), (1 << 24, 2, 2))


def _other_type(chance: random.Random, file: h5py.File, path: str, values: NDArray[Any]) -> None:
    dtype = np.dtype(chance.choice(NUMBER_TYPES))
    if values.dtype.kind not in "iufb":
        values = np.arange(max(1, values.size), dtype=np.float64).reshape(values.shape or (1,))
    with np.errstate(all="ignore"):
        file.create_dataset(path, data=padded_with_zeros(np.nan_to_num(values.astype(np.float64)).astype(dtype)))


def _other_shape(chance: random.Random, file: h5py.File, path: str, values: NDArray[Any]) -> None:
    numbers = values if values.dtype.kind in "iufcb" else np.arange(4.0)
    flat = numbers.reshape(-1)
    shaped: tuple[NDArray[Any], ...] = (
        flat, numbers.T, numbers[None], numbers[..., None], flat[:1], flat[:0], flat[0] if flat.size else flat,
        flat[:-1], flat[:2], np.concatenate([flat, flat[:1]]), flat.reshape((-1,) + (1,) * 20),
        np.zeros((3, 0, 2), flat.dtype), np.repeat(flat, 2), flat[::-1],
    )  # fmt: skip
    file.create_dataset(path, data=chance.choice(shaped))


def _no_shape(chance: random.Random, file: h5py.File, path: str, values: NDArray[Any]) -> None:  # noqa: ARG001
    file.create_dataset(path, data=h5py.Empty(chance.choice(("f8", "i4", "S5"))))


def _texts(chance: random.Random, file: h5py.File, path: str, values: NDArray[Any]) -> None:  # noqa: ARG001
    n = chance.choice((0, 1, 3, 100))
    texts = [odd_text(chance) for _ in range(n)]
    if chance.random() < 0.5:
        file.create_dataset(path, data=np.array(texts, dtype="S50"))
    else:
        file.create_dataset(path, data=texts if n != 1 else texts[0], dtype=h5py.string_dtype())


def _structures(chance: random.Random, file: h5py.File, path: str, values: NDArray[Any]) -> None:
    n = values.size % 100
    kinds: tuple[Any, ...] = (
        [("r", "f4"), ("i", "f4")],
        [("r", "f8"), ("i", "i8")],
        [("x", "i4", (3,)), ("name", "S5")],
        [("inner", [("a", "u1"), ("b", "f8")])],
        [("text", h5py.string_dtype()), ("ref", h5py.ref_dtype)],
        ("f4", (2, 3)),
        "V8",
        h5py.opaque_dtype("M8[s]"),
    )
    file.create_dataset(path, shape=(n,), dtype=np.dtype(chance.choice(kinds)), data=None)


def _enumeration(chance: random.Random, file: h5py.File, path: str, values: NDArray[Any]) -> None:
    kind = h5py.enum_dtype({"off": 0, "on": 1, "broken": 200}, basetype=chance.choice(("u1", "i4")))
    file.create_dataset(path, data=np.full(values.shape, chance.choice((0, 1, 7))), dtype=kind)


def _ragged(chance: random.Random, file: h5py.File, path: str, values: NDArray[Any]) -> None:  # noqa: ARG001
    made = file.create_dataset(path, shape=(3,), dtype=h5py.vlen_dtype(chance.choice((np.int32, np.float64))))
    for n in range(3):
        made[n] = np.arange(chance.choice((0, 1, 50)))


def _references(chance: random.Random, file: h5py.File, path: str, values: NDArray[Any]) -> None:  # noqa: ARG001
    is_region = chance.random() < 0.3
    made = file.create_dataset(path, shape=(2,), dtype=h5py.regionref_dtype if is_region else h5py.ref_dtype)
    if not is_region:
        made[0] = made.ref


def _huge(chance: random.Random, file: h5py.File, path: str, values: NDArray[Any]) -> None:
    """Terabytes are promised; nothing, or one small piece, is there."""
    shape = chance.choice(_HUGE)
    chunks = tuple(min(length, chance.choice((1, 4, 64))) for length in shape)
    packing = chance.choice((None, "gzip", "lzf"))
    dtype = values.dtype if values.dtype.kind in "iuf" else np.dtype("f8")
    # Only the index of chunks of an array that may grow takes no room for those that are not there.
    growing = (None,) * len(shape)
    made = file.create_dataset(path, shape=shape, maxshape=growing, chunks=chunks, dtype=dtype, compression=packing)
    if chance.random() < 0.6:
        made[(0,) * made.ndim] = 1


def _blown_up(chance: random.Random, file: h5py.File, path: str, values: NDArray[Any]) -> None:
    """Zeros, squeezed a thousandfold, in one piece or in many."""
    n = chance.choice((1 << 12, 1 << 16, 1 << 20))
    dtype = values.dtype if values.dtype.kind in "iuf" else np.dtype("u1")
    chunks = (n if chance.random() < 0.5 else 1 << 10,)
    file.create_dataset(path, shape=(n,), dtype=dtype, chunks=chunks, compression="gzip", data=np.zeros(n, dtype))


def _never_written(chance: random.Random, file: h5py.File, path: str, values: NDArray[Any]) -> None:
    dtype = values.dtype if values.dtype.kind in "iuf" else np.dtype("f4")
    fill = odd_number(chance, dtype) if chance.random() < 0.5 else None
    file.create_dataset(path, shape=values.shape or (4,), dtype=dtype, fillvalue=fill)


def _half_written(chance: random.Random, file: h5py.File, path: str, values: NDArray[Any]) -> None:
    dtype = values.dtype if values.dtype.kind in "iuf" else np.dtype("f4")
    shape = values.shape or (4,)
    made = file.create_dataset(
        path,
        shape=shape,
        dtype=dtype,
        chunks=(1,) * len(shape),
        fillvalue=odd_number(chance, dtype),
        maxshape=(None,) * len(shape),
    )
    made[(0,) * made.ndim] = 3


def _packed(chance: random.Random, file: h5py.File, path: str, values: NDArray[Any]) -> None:
    """By filters that HDF5 brings, with a piece spoiled now and then."""
    numbers = np.ascontiguousarray(
        values if values.dtype.kind in "iuf" and values.ndim and values.size else np.arange(64.0)
    )
    options: dict[str, Any] = {"shuffle": chance.random() < 0.5, "fletcher32": chance.random() < 0.3}
    options["compression"] = chance.choice((None, "gzip", "lzf"))
    if numbers.dtype.kind in "iu" and chance.random() < 0.3:
        options = {"scaleoffset": 0}
    made = file.create_dataset(path, data=numbers, chunks=numbers.shape, **options)
    if chance.random() < 0.5:
        junk = bytes(chance.randrange(256) for _ in range(chance.choice((1, 8, 200))))
        made.id.write_direct_chunk((0,) * made.ndim, junk, chance.choice((0, 0, 1, 7)))


def _foreign_filter(chance: random.Random, file: h5py.File, path: str, values: NDArray[Any]) -> None:
    """By a filter that is not here, or with settings that it does not know."""
    properties = h5p.create(h5p.DATASET_CREATE)
    properties.set_chunk((4,))
    properties.set_obj_track_times(False)
    settings = tuple(chance.choice((0, 1, 9, 255, 2**32 - 1)) for _ in range(chance.choice((0, 1, 4, 20))))
    properties.set_filter(chance.choice(_FOREIGN_FILTERS), h5z.FLAG_OPTIONAL, settings)
    kind = h5t.py_create(values.dtype if values.dtype.kind in "iuf" else np.dtype("f8"))
    made = h5d.create(file.id, path.encode(), kind, h5s.create_simple((8,)), properties)
    made.write_direct_chunk((0,), bytes(range(32)), 0)
    made.write_direct_chunk((4,), bytes(chance.choice((0, 3, 64))) or b"\0", 0)


def _outside(chance: random.Random, file: h5py.File, path: str, values: NDArray[Any]) -> None:
    """Its numbers lie in another file."""
    size = chance.choice((8, 32, 1 << 40))
    file.create_dataset(path, shape=values.shape or (4,), dtype="f8", external=[("elsewhere.raw", 0, size)])


def _virtual(chance: random.Random, file: h5py.File, path: str, values: NDArray[Any]) -> None:
    """Its numbers are those of other datasets, of other files, of nothing, or its own."""
    shape = values.shape or (4,)
    other = next((f"/{name}" for name in file if isinstance(file.get(name), h5py.Dataset)), "/nothing")
    where = chance.choice((".", ".", ".", "elsewhere.h5"))
    source = chance.choice((path, other, "/nothing"))
    properties = h5p.create(h5p.DATASET_CREATE)
    properties.set_obj_track_times(False)
    space = h5s.create_simple(shape)
    properties.set_virtual(space, where.encode(), source.encode(), space)
    h5d.create(file.id, path.encode(), h5t.IEEE_F64LE, space, properties)


ODD_DATASETS: tuple[OddDataset, ...] = (
    _other_type, _other_type, _other_shape, _other_shape, _no_shape, _texts, _structures, _enumeration, _ragged,
    _references, _huge, _blown_up, _never_written, _half_written, _packed, _foreign_filter, _outside, _virtual,
)  # fmt: skip
