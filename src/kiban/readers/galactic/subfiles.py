"""The subfiles of an SPC file: their x and y values."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.galactic.header import (
    FLOAT,
    MEND,
    MULTI,
    OLD,
    OWN_X,
    SHORT_Y,
    SUBHEADER_BYTES,
    X_VALUES,
    Header,
)

Array = NDArray[Any]

_DIRECTORY_BYTES = 12
_MOST_SUBFILES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subfile:
    """One spectrum."""

    x: Array
    y: Array
    z: float
    w: float


def subfiles(content: bytes, head: Header, file: str) -> list[Subfile]:
    """Read all of them.

    Raises
    ------
    DamagedFile
        If the file ends before them, or an axis is none.
    NothingMeasured
        If there are no points.
    """
    if head.has(OWN_X):
        return _with_own_x(content, head, file)
    if not head.n_points or head.n_subfiles == 0:
        raise NothingMeasured(f"{file} holds no data points.", mend="Measure again; the file is kept as it came.")
    place = head.size
    width = 2 if head.has(SHORT_Y) else 4
    if head.has(X_VALUES):
        x: Array = _floats(content, place, head.n_points, head.order, f"{file}: x values")
        place += 4 * head.n_points
    else:
        if head.n_points * width > len(content):
            raise _too_short(f"{file}: {head.n_points} points", head.n_points * width, len(content))
        x = np.linspace(head.first, head.last, head.n_points)
    if not np.isfinite(x).all():
        raise DamagedFile(f"{file}: an x value is not finite.", mend=MEND)
    each = SUBHEADER_BYTES + width * head.n_points
    count = head.n_subfiles
    if count is None:
        # Old files do not say how many there are; they end with the last one.
        count, rest = divmod(len(content) - place, each) if head.has(MULTI) else (1, 0)
        if rest:
            raise DamagedFile(f"{file}: {rest} bytes are left after {count} subfiles.", mend=MEND)
    if count > _MOST_SUBFILES or place + count * each > len(content):
        raise _too_short(f"{file}: {count} subfiles", count * each, len(content) - place)
    return [_subfile(content, head, place + i * each, x, f"{file}, subfile {i + 1}") for i in range(count)]


def _with_own_x(content: bytes, head: Header, file: str) -> list[Subfile]:
    count = head.n_subfiles or 0
    if not 0 < count <= _MOST_SUBFILES or count * SUBHEADER_BYTES > len(content):
        raise DamagedFile(f"{file}: {count} subfiles do not fit into {len(content)} bytes.", mend=MEND)
    made = []
    place = head.size
    for i in range(count):
        what = f"{file}, subfile {i + 1}"
        if count > 1 and head.n_points:
            entry = head.n_points + _DIRECTORY_BYTES * i
            if entry + _DIRECTORY_BYTES > len(content):
                raise _too_short(f"{what}: its line of the directory", _DIRECTORY_BYTES, len(content) - entry)
            [place] = struct.unpack_from(f"{head.order}I", content, entry)
        if place + SUBHEADER_BYTES > len(content):
            raise _too_short(f"{what}: its header", SUBHEADER_BYTES, len(content) - place)
        [n_points] = struct.unpack_from(f"{head.order}I", content, place + 16)
        if not n_points:
            raise NothingMeasured(f"{what} holds no data points.", mend="Export it without empty subfiles.")
        x = _floats(content, place + SUBHEADER_BYTES, n_points, head.order, f"{what}: x values")
        if not np.isfinite(x).all():
            raise DamagedFile(f"{what}: an x value is not finite.", mend=MEND)
        made.append(_subfile(content, head, place, x, what, skipped=4 * n_points))
        place += SUBHEADER_BYTES + (6 if head.has(SHORT_Y) else 8) * n_points
    return made


def _subfile(content: bytes, head: Header, place: int, x: Array, what: str, *, skipped: int = 0) -> Subfile:
    exponent, z = struct.unpack_from(f"{head.order}xbxxf", content, place)
    [w] = struct.unpack_from(f"{head.order}f", content, place + 24)
    is_several = head.has(MULTI) or head.has(OWN_X)
    if not is_several or head.exponent == FLOAT:
        exponent = head.exponent
    y = _y(content, place + SUBHEADER_BYTES + skipped, len(x), head, exponent, what)
    return Subfile(x=x, y=y, z=z if math.isfinite(z) else math.nan, w=w if math.isfinite(w) else math.nan)


def _y(content: bytes, place: int, n_points: int, head: Header, exponent: int, what: str) -> Array:
    if exponent == FLOAT:
        return _floats(content, place, n_points, head.order, what)
    width = 2 if head.has(SHORT_Y) else 4
    if place + width * n_points > len(content):
        raise _too_short(f"{what}: {n_points} points", width * n_points, len(content) - place)
    if width == 2:
        whole = np.frombuffer(content, f"{head.order}i2", n_points, place)
        return np.ldexp(whole.astype(np.float64), exponent - 16)
    if head.version == OLD:
        # Two 16-bit words, the higher one first, each with its lower byte first.
        words = np.frombuffer(content, "<u2", 2 * n_points, place).reshape(-1, 2).astype(np.uint32)
        whole = (words[:, 0] << 16 | words[:, 1]).view(np.int32)
    else:
        whole = np.frombuffer(content, f"{head.order}i4", n_points, place)
    return np.ldexp(whole.astype(np.float64), exponent - 32)


def _floats(content: bytes, place: int, n_points: int, order: str, what: str) -> Array:
    if place + 4 * n_points > len(content):
        raise _too_short(f"{what}: {n_points} points", 4 * n_points, len(content) - place)
    return np.frombuffer(content, f"{order}f4", n_points, place).astype(np.float32)


def _too_short(what: str, needed: int, there: int) -> DamagedFile:
    return DamagedFile(f"{what} need {needed} bytes; {max(0, there)} follow.", mend=MEND)
