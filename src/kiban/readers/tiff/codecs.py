"""The compressions of TIFF that lose nothing, each bounded by the length that its segment must have."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

NAMES = {
    1: "none",
    2: "CCITT (fax)",
    3: "CCITT (fax)",
    4: "CCITT (fax)",
    5: "LZW",
    6: "JPEG (old)",
    7: "JPEG",
    8: "deflate",
    32773: "PackBits",
    32946: "deflate",
    34712: "JPEG 2000",
    34887: "LERC",
    34892: "JPEG",
    34925: "LZMA",
    50000: "Zstandard",
    50001: "WebP",
    50002: "JPEG XL",
}
_CLEAR, _END, _FIRST_FREE, _LONGEST_CODE = 256, 257, 258, 12


def unpack_deflate(packed: bytes, length: int) -> bytes:
    """Unpack at most `length` bytes. Raises zlib.error."""
    return zlib.decompressobj().decompress(packed, length)


def unpack_packbits(packed: bytes, length: int) -> bytes:
    """Unpack runs: 0 to 127 say that so many bytes and one follow as they are, 129 to 255 that one byte is repeated."""
    unpacked = bytearray()
    at = 0
    while at < len(packed) and len(unpacked) < length:
        n = packed[at]
        at += 1
        if n < 128:
            unpacked += packed[at : at + n + 1]
            at += n + 1
        elif n > 128:
            unpacked += packed[at : at + 1] * (257 - n)
            at += 1
    return bytes(unpacked[:length])


def unpack_lzw(packed: bytes, length: int) -> bytes:
    """Unpack TIFF's variant of LZW: codes of 9 to 12 bits, the highest bit first, one bit more a code early.

    Raises
    ------
    ValueError
        If a code comes that was not defined, or the stream is of the kind with the lowest bit first, which some
        programs wrote before 1988.
    """
    if len(packed) > 1 and packed[0] == 0 and packed[1] & 1:
        raise ValueError("an LZW stream with the lowest bit first")
    single = [bytes([n]) for n in range(256)] + [b"", b""]
    table = list(single)
    parts: list[bytes] = []
    unpacked = 0
    previous = b""
    width, bits, held = 9, 0, 0
    for byte in packed:
        bits = (bits << 8) | byte
        held += 8
        if held < width:
            continue
        held -= width
        code = bits >> held
        bits &= (1 << held) - 1
        if code == _CLEAR:
            table, previous, width = list(single), b"", 9
            continue
        if code == _END or unpacked >= length:
            break
        if not previous:
            if code >= _CLEAR:
                raise ValueError(f"the LZW code {code} where none is defined")
            entry = table[code]
        elif code < len(table):
            entry = table[code]
            table.append(previous + entry[:1])
        elif code == len(table):
            entry = previous + previous[:1]
            table.append(entry)
        else:
            raise ValueError(f"the LZW code {code} where {len(table)} are defined")
        parts.append(entry)
        unpacked += len(entry)
        previous = entry
        if len(table) + 1 >= 1 << width and width < _LONGEST_CODE:
            width += 1
        elif len(table) > 1 << _LONGEST_CODE:
            raise ValueError("more LZW codes than 12 bits can name")
    return b"".join(parts)[:length]


def unpack_nothing(packed: bytes, length: int) -> bytes:
    """Give what is there."""
    return packed[:length]


CODECS: dict[int, Callable[[bytes, int], bytes]] = {
    1: unpack_nothing,
    5: unpack_lzw,
    8: unpack_deflate,
    32773: unpack_packbits,
    32946: unpack_deflate,
}


def undo_differences(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Undo horizontal differencing (predictor 2): each number is the difference to the one on its left.

    Parameters
    ----------
    values : array of integers, shape (rows, columns, samples)
    """
    return np.cumsum(values, axis=1, dtype=values.dtype)


def undo_float_differences(raw: NDArray[np.uint8], *, samples: int, itemsize: int) -> NDArray[np.generic]:
    """Undo the predictor of floating-point numbers (3): in each row first the highest bytes of all numbers, then the
    next, each byte as the difference to the one before of the same sample.

    Parameters
    ----------
    raw : array, shape (rows, bytes of a row)

    Returns
    -------
    array, shape (rows, columns, samples)
        In this machine's byte order.
    """
    rows = len(raw)
    summed = np.cumsum(raw.reshape(rows, -1, samples), axis=1, dtype=np.uint8)
    planes = summed.reshape(rows, itemsize, -1)
    numbers = np.ascontiguousarray(np.moveaxis(planes, 1, -1)).view(f">f{itemsize}")
    return numbers.reshape(rows, -1, samples).astype(f"=f{itemsize}")
