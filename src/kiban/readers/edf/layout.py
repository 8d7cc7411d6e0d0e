"""How the pixels of an EDF block are stored: type, byte order and shape, as its header says."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.readers.edf.keys import MEND, Keys

_TYPES = {
    "i1": ("signedbyte", "signed8"),
    "u1": ("unsignedbyte", "unsigned8"),
    "i2": ("signedshort", "signed16"),
    "u2": ("unsignedshort", "unsigned16", "unsignedshortinteger"),
    # A long has 32 bits here, as it had when the format was made.
    "i4": ("signedinteger", "signed32", "signedlong"),
    "u4": ("unsignedinteger", "unsigned32", "unsignedlong"),
    "i8": ("signed64",),
    "u8": ("unsigned64",),
    "f4": ("floatvalue", "float", "floatieee32", "float32", "real", "realvalue"),
    "f8": ("double", "doublevalue", "floatieee64", "doubleieee64", "float64"),
}
_BY_NAME = {name: kind for kind, names in _TYPES.items() for name in names}
_DIMENSION = re.compile(r"DIM_([1-9])")


def dtype_of(keys: Keys, *, place: str) -> np.dtype[Any]:
    """The type of a pixel.

    Raises
    ------
    UnsupportedVariant
        If the header names one that is not known.
    DamagedFile
        If it does not say which byte comes first.
    """
    written = keys.text("DataType")
    kind = _BY_NAME.get(written.lower().replace(" ", ""))
    if kind is None:
        raise UnsupportedVariant(
            f"{place}: pixels of the DataType '{written[:40] or 'nothing'}' were found; whole numbers to 64 bits and "
            "floats of 32 and 64 bits are read.",
            mend="Convert the file to one of these types, for example with fabio. It is kept as it came.",
        )
    order = keys.text("ByteOrder").lower()
    if kind.endswith("1"):
        return np.dtype(kind)
    if "low" in order:
        return np.dtype(f"<{kind}")
    if "high" in order:
        return np.dtype(f">{kind}")
    raise DamagedFile(
        f"{place}: LowByteFirst or HighByteFirst was expected as ByteOrder; '{order[:40] or 'nothing'}' was found.",
        mend=MEND,
    )


def shape_of(keys: Keys, *, place: str) -> tuple[int, ...]:
    """The lengths of the axes, that of the columns last. Raises DamagedFile where there are none."""
    n_dimensions = max((int(match[1]) for key in keys.upper if (match := _DIMENSION.fullmatch(key))), default=0)
    lengths = [keys.whole(f"Dim_{n}", file=place) for n in range(n_dimensions, 0, -1)]
    if not lengths or lengths[-1] is None:
        raise DamagedFile(f"{place}: Dim_1 and Dim_2 were expected; they are missing.", mend=MEND)
    shape = [1 if length is None else length for length in lengths]
    while len(shape) > 2 and shape[0] == 1:
        shape = shape[1:]
    return tuple(shape)


def is_packed(keys: Keys) -> bool:
    """The pixels are compressed."""
    return not packing(keys).startswith("no") and bool(packing(keys))


def packing(keys: Keys) -> str:
    """The name of the compression, in small letters."""
    return keys.text("Compression").lower().replace("compression", "").strip()
