"""Streams of an EZChrom data file: the points of a detector, what is said of it, and the head of the run."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile

MEND = "Copy the file again from EZChrom's computer, or export it as text; it is kept as it came."
_POINTS_AT = 20
_TAIL = 24
"""From this many bytes before the end on: step of the times and factor of the signal, as float32."""
_FIRST_DAY = datetime(1899, 12, 30)
_START_AT, _TEXTS_AT = 8, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """The stored numbers of a detector."""

    values: NDArray[np.float64]
    step: float
    """Seconds between points."""
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What is said of a detector."""

    name: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What is said of the run."""

    started_at: datetime | None
    method: str
    sample: str
    software: str
    user: str


def read_points(stream: bytes, *, place: str) -> Points:
    """Read a detector's points. Raises DamagedFile."""
    if len(stream) < _POINTS_AT + _TAIL:
        raise DamagedFile(f"{place} has {len(stream)} bytes, too few for its header.", mend=MEND)
    (n,) = struct.unpack_from("<I", stream, 4)
    if _POINTS_AT + 4 * n + _TAIL > len(stream):
        raise DamagedFile(f"{place}: {n} points are promised; {len(stream)} bytes cannot hold them.", mend=MEND)
    step, factor = (float(np.float32(value)) for value in struct.unpack_from("<2f", stream, len(stream) - _TAIL))
    if not (1e-6 < step < 1e6 and math.isfinite(factor) and factor != 0):
        raise DamagedFile(f"{place}: points every {step:g} s times {factor:g} are none.", mend=MEND)
    values = np.frombuffer(stream, dtype="<i4", count=n, offset=_POINTS_AT).astype(np.float64)
    return Points(values=values, step=_shortest(step), factor=_shortest(factor))


def _shortest(value: float) -> float:
    """The shortest decimal number that a float32 stands for: 0.1, not 0.10000000149."""
    return float(str(np.float32(value)))


def find_description(handler: bytes, number: str, points: Points) -> Description | None:
    """Find what is said of a detector: its number, its name, step, unit and factor stand one after another.

    Step and factor must be those of its points; `None` where nothing fits.
    """
    wanted = bytes([len(number)]) + number.encode("cp1252", "replace")
    at = handler.find(wanted)
    while at >= 0:
        found = _description(handler, at + len(wanted) + 4, points)
        if found is not None:
            return found
        at = handler.find(wanted, at + 1)
    return None


def _description(handler: bytes, at: int, points: Points) -> Description | None:
    name, at = _text(handler, at)
    if at + 4 > len(handler):
        return None
    (step,) = struct.unpack_from("<f", handler, at)
    unit, at = _text(handler, at + 4)
    if at + 4 > len(handler):
        return None
    (factor,) = struct.unpack_from("<f", handler, at)
    same = np.float32(step) == np.float32(points.step) and np.float32(factor) == np.float32(points.factor)
    return Description(name=name, unit=unit) if same else None


def read_head(stream: bytes) -> Head:
    """Read the head of the run: the time, then texts one after another."""
    texts, at = [], _TEXTS_AT
    for _ in range(4):
        text, at = _text(stream, at)
        texts.append(text)
    method, sample, software, user = texts
    days = struct.unpack_from("<d", stream, _START_AT)[0] if len(stream) >= _TEXTS_AT else 0.0
    started_at = None
    if 1 < days < 100_000:
        # A date in days is exact to less than a millisecond, and the program writes whole seconds.
        started_at = _FIRST_DAY + timedelta(seconds=round(days * 86400))
    return Head(started_at=started_at, method=method, sample=sample, software=software, user=user)


def _text(stream: bytes, at: int) -> tuple[str, int]:
    """Read a text behind its length, a byte or (after 255) two; give the place after it."""
    length, at = (stream[at], at + 1) if at < len(stream) else (0, at)
    if length == 0xFF and at + 2 <= len(stream):
        length, at = struct.unpack_from("<H", stream, at)[0], at + 2
    raw = stream[at : at + length]
    printable = raw.decode("cp1252", "replace")
    return (printable.strip() if printable.isprintable() else ""), at + len(raw)
