"""The pixels of a binary section: checked against its checksum, decoded, unpacked and shaped."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, LimitExceeded, NothingMeasured, UnsupportedVariant
from kiban.readers.byte_order import numbers_in
from kiban.readers.imgcif.byte_offset import differences
from kiban.readers.imgcif.sections import MEND, Section

_WHOLE = re.compile(r"(un)?signed (\d+)-bit integer")
_REAL = re.compile(r"signed (\d+)-bit real ieee")
_DIMENSIONS = ("fastest", "second", "third")


def pixels(section: Section, *, most_bytes: int, place: str) -> NDArray[Any]:
    """Read the pixels of a section.

    Returns
    -------
    array, shape (rows, columns) or (pictures, rows, columns)

    Raises
    ------
    UnsupportedVariant
        If their type, encoding or compression is not known.
    DamagedFile
        If they are not as many as promised, or not those of which the checksum was taken.
    LimitExceeded
        If they unpack to more than allowed.
    NothingMeasured
        If the header promises none.
    """
    dtype = _dtype(section.header, place=place)
    shape = _shape(section.header, place=place)
    n = math.prod(shape)
    if n == 0:
        raise NothingMeasured(f"{place}: the header promises no pixels.", mend=MEND)
    if 8 * n > most_bytes:
        raise LimitExceeded(
            f"{place}: {n} pixels were promised; at most {most_bytes // 8} are read.",
            mend="Split the file. It is kept as it came.",
        )
    stored = _decoded(section, place=place)
    conversion = section.header.get("conversions", "").lower()
    if conversion == "x-cbf_byte_offset":
        return _summed(stored, dtype, n, place=place).reshape(shape)
    if conversion in {"", "x-cbf_none"}:
        if len(stored) < n * dtype.itemsize:
            raise DamagedFile(
                f"{place}: {n} pixels of {dtype.itemsize} bytes were promised; {len(stored)} bytes follow.", mend=MEND
            )
        return numbers_in(stored, dtype, n=n).reshape(shape)
    raise UnsupportedVariant(
        f"{place}: its pixels are compressed with '{conversion[:40]}'; x-CBF_BYTE_OFFSET and none are read.",
        mend="Convert the file to x-CBF_BYTE_OFFSET, for example with cif2cbf of CBFlib. It is kept as it came.",
    )


def _dtype(header: dict[str, str], *, place: str) -> np.dtype[Any]:
    written = " ".join(header.get("x-binary-element-type", "").lower().split())
    whole, real = _WHOLE.fullmatch(written), _REAL.fullmatch(written)
    order = ">" if header.get("x-binary-element-byte-order", "").upper().startswith("BIG") else "<"
    if whole is not None and whole[2] in {"8", "16", "32", "64"}:
        return np.dtype(f"{order}{'u' if whole[1] else 'i'}{int(whole[2]) // 8}")
    if real is not None and real[1] in {"32", "64"}:
        return np.dtype(f"{order}f{int(real[1]) // 8}")
    raise UnsupportedVariant(
        f"{place}: pixels of the type '{written[:40] or 'nothing'}' were found; whole numbers to 64 bits and real "
        "numbers are read.",
        mend="Convert the file to one of these types. It is kept as it came.",
    )


def _shape(header: dict[str, str], *, place: str) -> tuple[int, ...]:
    lengths: list[int] = []
    for name in _DIMENSIONS:
        text = header.get(f"x-binary-size-{name}-dimension", "")
        if not text and lengths:
            continue
        if not text.isdecimal() or len(text) > 9:
            raise DamagedFile(
                f"{place}: a whole number was expected as X-Binary-Size-{name.capitalize()}-Dimension; "
                f"'{text[:40] or 'nothing'}' was found.",
                mend=MEND,
            )
        lengths.append(int(text))
    if len(lengths) == 1:
        lengths.append(1)
    if len(lengths) == 3 and lengths[2] == 1:
        lengths.pop()
    n_promised = header.get("x-binary-number-of-elements", "")
    if n_promised and n_promised != str(math.prod(lengths)):
        raise DamagedFile(
            f"{place}: {n_promised} pixels were promised, and dimensions of {' × '.join(map(str, lengths))}.", mend=MEND
        )
    return tuple(reversed(lengths))


def _decoded(section: Section, *, place: str) -> bytes | memoryview:
    encoding = section.header.get("content-transfer-encoding", "binary").lower()
    stored = section.stored
    if encoding == "base64":
        try:
            stored = base64.b64decode(bytes(stored).translate(None, b" \t\r\n"), validate=True)
        except (binascii.Error, ValueError) as e:
            raise DamagedFile(f"{place}: its pixels are not encoded as BASE64: {e}.", mend=MEND) from e
    elif encoding != "binary":
        raise UnsupportedVariant(
            f"{place}: its pixels are encoded as '{encoding[:40]}'; BINARY and BASE64 are read.",
            mend="Convert the file to a binary CBF, for example with cif2cbf of CBFlib. It is kept as it came.",
        )
    promised = section.header.get("content-md5", "")
    found = base64.b64encode(hashlib.md5(stored, usedforsecurity=False).digest()).decode()
    if promised and promised.rstrip("=") != found.rstrip("="):
        raise DamagedFile(
            f"{place}: its pixels were changed: their checksum is {found}, the header promises {promised[:40]}.",
            mend=MEND,
        )
    return stored


def _summed(stored: bytes | memoryview, dtype: np.dtype[Any], n: int, *, place: str) -> NDArray[Any]:
    if dtype.kind == "f":
        raise UnsupportedVariant(
            f"{place}: real numbers compressed by byte offsets were found, which the format does not know.",
            mend="Convert the file to whole numbers. It is kept as it came.",
        )
    wanted = np.iinfo(dtype)
    # Programs that compress unsigned pixels do it in the arithmetic of 32 bits, where 4294967295 is -1.
    is_narrow = wanted.bits < 32
    # Every number takes a byte at least.
    steps = differences(stored, n, np.int32 if wanted.bits == 32 else np.int64) if n <= len(stored) else None
    if steps is None:
        raise DamagedFile(f"{place}: {n} pixels were promised; {len(stored)} bytes hold fewer.", mend=MEND)
    values = np.cumsum(steps, dtype=steps.dtype, out=steps)
    if is_narrow and (bool(np.any(values < wanted.min)) or bool(np.any(values > wanted.max))):
        raise DamagedFile(
            f"{place}: pixels from {wanted.min} to {wanted.max} were expected; others were found.", mend=MEND
        )
    return values.astype(dtype.newbyteorder("="), copy=False)
