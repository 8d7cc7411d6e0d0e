"""The pixels of an EDF block, unpacked where they are compressed."""

from __future__ import annotations

import bz2
import math
import zlib
from typing import Any

from numpy.typing import NDArray

from kiban.errors import DamagedFile, LimitExceeded, NothingMeasured, UnsupportedVariant
from kiban.readers.byte_order import numbers_in
from kiban.readers.edf.blocks import Block
from kiban.readers.edf.keys import MEND, Keys
from kiban.readers.edf.layout import dtype_of, is_packed, packing, shape_of


def pixels(content: bytes, block: Block, *, most_bytes: int, place: str) -> NDArray[Any]:
    """Read the pixels of a block.

    Parameters
    ----------
    most_bytes : int
        How many bytes the pixels may unpack to.

    Returns
    -------
    array, shape (..., rows, columns)
        As many axes as the header has Dim_ keys, the last one Dim_1.

    Raises
    ------
    UnsupportedVariant
        If they lie in another file, or their type or compression is not known.
    DamagedFile
        If there are fewer than promised, or the header does not say how they are stored.
    LimitExceeded
        If they unpack to more than allowed.
    NothingMeasured
        If the header promises none.
    """
    keys = block.keys
    if name := keys.text("EDF_BinaryFileName"):
        raise UnsupportedVariant(
            f"{place}: its pixels lie in another file, '{name[:60]}'.",
            mend="Write header and pixels into one file, for example with fabio. The file is kept as it came.",
        )
    dtype = dtype_of(keys, place=place)
    shape = shape_of(keys, place=place)
    n_bytes = math.prod(shape) * dtype.itemsize
    if not n_bytes:
        raise NothingMeasured(f"{place}: the header promises no pixels.", mend=MEND)
    if n_bytes > most_bytes:
        raise LimitExceeded(
            f"{place}: {n_bytes} bytes of pixels were promised; at most {most_bytes} more are read.",
            mend="Split the file. It is kept as it came.",
        )
    stored, start, end = content, block.start, block.end
    if is_packed(keys):
        stored = _unpacked(content[start:end], keys, n_bytes, place=place)
        start, end = 0, len(stored)
    if end - start < n_bytes:
        raise DamagedFile(
            f"{place}: {' × '.join(map(str, shape))} pixels of {dtype.itemsize} bytes were promised; {end - start} "
            "bytes follow.",
            mend=MEND,
        )
    return numbers_in(stored, dtype, n=math.prod(shape), offset=start).reshape(shape)


def _unpacked(stored: bytes, keys: Keys, n_bytes: int, *, place: str) -> bytes:
    kind = packing(keys)
    try:
        if kind in {"gzip", "gz"}:
            return zlib.decompressobj(wbits=31).decompress(stored, n_bytes)
        if kind in {"z", "zlib"}:
            return zlib.decompressobj().decompress(stored, n_bytes)
        if kind in {"bzip2", "bzip", "bz2"}:
            return bz2.BZ2Decompressor().decompress(stored, n_bytes)
    except (zlib.error, OSError, ValueError) as e:
        raise DamagedFile(f"{place}: its pixels cannot be unpacked: {e}.", mend=MEND) from e
    raise UnsupportedVariant(
        f"{place}: its pixels are compressed with '{kind[:40]}'; gzip, zlib, bzip2 and none are read.",
        mend="Convert the file with the program that wrote it. It is kept as it came.",
    )
