"""The pixels behind a d*TREK header: their type, byte order and number, and how large values are packed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.readers.byte_order import numbers_in
from kiban.readers.dtrek.header import MEND, Header

_TYPES = {
    "signed char": "i1",
    "unsigned char": "u1",
    "short int": "i2",
    "unsigned short int": "u2",
    "long int": "i4",
    "unsigned long int": "u4",
    "float ieee": "f4",
}
_OLD_TYPES = {"unsigned_short": "u2"}
"""Of ADSC's detectors, whose headers have TYPE and no Data_type."""
_PACKED = 0x8000
_ABSENT = {"", "none", "no"}


def pixels(content: bytes, header: Header, *, file: str) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Read the pixels.

    Returns
    -------
    (array, tuple of str)
        Shape (rows, columns), or (pictures, rows, columns) where the header has three dimensions; and doubts.

    Raises
    ------
    UnsupportedVariant
        If they are compressed, or of a type that is not known.
    DamagedFile
        If there are fewer than promised, or the header does not say how they are stored.
    NothingMeasured
        If the header promises none.
    """
    dtype = _dtype(header, file=file)
    shape = _shape(header, file=file)
    n_pixels = math.prod(shape)
    if n_pixels == 0:
        raise NothingMeasured(
            f"{file}: the header promises an image of {' × '.join(map(str, shape))} pixels.", mend=MEND
        )
    found = len(content) - header.length
    if found < n_pixels * dtype.itemsize:
        raise DamagedFile(
            f"{file}: {' × '.join(map(str, shape))} pixels of {dtype.itemsize} bytes were promised; {found} bytes "
            "follow.",
            mend=MEND,
        )
    doubts = []
    rest = content[header.length + n_pixels * dtype.itemsize :]
    if rest.strip(b"\0"):
        doubts.append(f"{len(rest)} bytes follow the promised pixels; they are not read.")
    values = numbers_in(content, dtype, n=n_pixels, offset=header.length).reshape(shape)
    if values.dtype.kind == "f" and not bool(np.all(np.abs(values) < 1e30)):
        raise DamagedFile(f"{file}: finite pixels were expected; others were found.", mend=MEND)
    return _unpacked(values, header, doubts), tuple(doubts)


def _dtype(header: Header, *, file: str) -> np.dtype[Any]:
    compression = header.text("COMPRESSION")
    if compression.lower() not in _ABSENT:
        raise UnsupportedVariant(
            f"{file}: its pixels are compressed with '{compression[:40]}'; uncompressed images are read.",
            mend="Save the image without compression. The file is kept as it came.",
        )
    written = header.text("Data_type")
    kind = _TYPES.get(" ".join(written.lower().split())) or (
        None if written else _OLD_TYPES.get(header.text("TYPE").lower())
    )
    if kind is None:
        shown = f"Data_type '{written[:40]}'" if written else f"TYPE '{header.text('TYPE')[:40]}' and no Data_type"
        raise UnsupportedVariant(
            f"{file}: pixels of {shown} were found; {', '.join(_TYPES)} are read.",
            mend="Save the image in one of these types. The file is kept as it came.",
        )
    order = header.text("BYTE_ORDER").lower()
    if kind.endswith("1"):
        return np.dtype(kind)
    if order.startswith("little"):
        return np.dtype(f"<{kind}")
    if order.startswith("big"):
        return np.dtype(f">{kind}")
    raise DamagedFile(
        f"{file}: little_endian or big_endian was expected as BYTE_ORDER; '{order[:40] or 'nothing'}' was found.",
        mend=MEND,
    )


def _shape(header: Header, *, file: str) -> tuple[int, ...]:
    n_dimensions = header.size("DIM") if header.text("DIM") else 2
    if n_dimensions not in {2, 3}:
        raise UnsupportedVariant(
            f"{file}: an image of {n_dimensions} dimensions was found; pictures and stacks of them are read.",
            mend="Save its pictures one by one. The file is kept as it came.",
        )
    return tuple(header.size(f"SIZE{n}") for n in range(n_dimensions, 0, -1))


def _unpacked(values: NDArray[Any], header: Header, doubts: list[str]) -> NDArray[Any]:
    """Large values of 16-bit pixels are divided by a ratio, and marked by their highest bit."""
    ratio = header.number("RAXIS_COMPRESSION_RATIO") or 1.0
    if values.dtype != np.uint16 or ratio <= 1.0:
        return values
    if values.max() < _PACKED:
        return values
    is_packed = values >= _PACKED
    n_packed = int(np.count_nonzero(is_packed))
    doubts.append(
        f"{n_packed} pixels above {_PACKED - 1} are stored divided by {ratio:g}, so that they are known to that step."
    )
    wide = values.astype(np.float64 if ratio % 1 else np.int64)
    wide[is_packed] = (wide[is_packed] - _PACKED) * (ratio if ratio % 1 else int(ratio))
    return wide
