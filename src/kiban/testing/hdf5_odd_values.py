"""Names, attributes and numbers that an HDF5 file may hold and that nobody expects."""

from __future__ import annotations

import random
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

_TEXTS = (
    b"", b"\0", b"a\0b", b" ", b"\xff\xfe", b"\xe6\xb8\xac", "測定".encode(), b"nan", b"1e400",
    b"NXentry", b"NXdata", b"NXroot", b"data", b"signal", b"/", b"..", b"../..", b"x:y", b"DIMENSION_SCALE",
    b"seconds since 2024-01-01", b"days since 99999-1-1",
    b"x" * 5_000, b"9" * 40, b"2024-01-01T25:00:00", b"m", b"furlong", b"counts", b"array", b"1",
)  # fmt: skip
_NUMBERS = (0, 1, -1, 2, 3, 7, 255, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63))
_FLOATS = (0.0, -0.0, 1.0, -1.0, 1e-320, 1e-38, 1e38, 1e300, -1e300, float("inf"), float("-inf"), float("nan"))
_NAMES = (
    "",
    "x",
    "a/b",
    "/",
    ".",
    "..",
    "測定",
    "\udcff",
    "data",
    "signal",
    "axes",
    "units",
    "dim1",
    "n" * 300,
    "NX_class",
)
NUMBER_TYPES = ("i1", "u1", "<i2", ">i4", "<i8", "<u8", "<f2", "<f4", ">f8", "<f8", "c8", "c16", "?", "longdouble")


def odd_name(chance: random.Random) -> str:
    """A name of a link or attribute."""
    return chance.choice(_NAMES)


def odd_text(chance: random.Random) -> bytes:
    """A text, not always in UTF-8."""
    return chance.choice(_TEXTS)


def odd_number(chance: random.Random, dtype: np.dtype[Any]) -> Any:
    """A number of that type."""
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        return dtype.type(max(limits.min, min(limits.max, chance.choice(_NUMBERS))))
    if dtype.kind == "b":
        return dtype.type(chance.random() < 0.5)
    with np.errstate(over="ignore", under="ignore"):
        return np.float64(chance.choice(_FLOATS)).astype(dtype)


def odd_attribute(chance: random.Random, file: h5py.File) -> Any:
    """A value for an attribute; where h5py must be told its type, with the type."""
    dtype = np.dtype(chance.choice(NUMBER_TYPES))
    match chance.randrange(16):
        case 0 | 1 | 2:
            return padded_with_zeros(np.array(odd_number(chance, dtype)))
        case 3 | 4 | 5:
            return np.bytes_(odd_text(chance) or b"\0")
        case 6 | 7:
            return odd_text(chance).decode("utf-8", "surrogateescape"), h5py.string_dtype()
        case 8:
            length = chance.choice((0, 1, 2, 3, 64, 3000))
            return padded_with_zeros(np.array([odd_number(chance, dtype) for _ in range(length)], dtype))
        case 9:
            return np.array([odd_text(chance)[:50] or b"\0" for _ in range(chance.choice((1, 2, 3)))])
        case 10:
            return h5py.Empty(chance.choice(("f8", "S3")))
        case 11:
            return file[chance.choice(("/", next(iter(file), "/")))].ref, h5py.ref_dtype
        case 12:
            return h5py.Reference(), h5py.ref_dtype
        case 13:
            return np.array([(1, 2.0, b"x")], [("a", "i4"), ("b", "f8"), ("c", "S3")])
        case 14:
            return 1, h5py.enum_dtype({"no": 0, "yes": 1, "both": 7}, basetype="i1")
        case _:
            ragged = np.empty(2, dtype=object)
            ragged[0], ragged[1] = np.arange(3, dtype=np.int32), np.arange(chance.choice((0, 5)), dtype=np.int32)
            return ragged, h5py.vlen_dtype(np.int32)


def padded_with_zeros(values: NDArray[Any]) -> NDArray[Any]:
    """The same numbers; a longdouble fills ten bytes of sixteen, and the others are whatever stood in memory."""
    padded = np.array(values, order="C")
    if padded.dtype == np.longdouble and padded.itemsize == 16:
        padded.reshape(-1).view(np.uint8).reshape(-1, 16)[:, 10:] = 0
    return padded


def odd_values(chance: random.Random, values: NDArray[Any]) -> NDArray[Any]:
    """The same array with one to all of its numbers or texts replaced."""
    changed = values.copy()
    flat = changed.reshape(-1)
    for _ in range(chance.choice((1, 1, 2, 10))):
        start = chance.randrange(flat.size)
        piece = slice(start, start + chance.choice((1, 1, 3, flat.size)))
        if flat.dtype.kind in "iufcb":
            flat[piece] = odd_number(chance, flat.dtype)
        elif flat.dtype.kind in "SO":
            flat[piece] = odd_text(chance)
    return changed
