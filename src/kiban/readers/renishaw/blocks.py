"""The blocks of a WDF file and its first one, which says what was measured; all little-endian."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile

MEND = "Save the measurement again in WiRE, or copy the file again; it is kept as it came."
_HEADER_BYTES = 512
_BLOCK = struct.Struct("<4sIQ")
_MEASUREMENT = struct.Struct("<IQQIIII24s4H2I2Q")
_FILETIME_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_MOST_BLOCKS = 10_000
_MOST_ORIGINS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the first block says."""

    n_points: int
    """Of each spectrum."""
    capacity: int
    """Spectra that were planned."""
    n_spectra: int
    """Spectra that were measured."""
    n_accumulations: int
    y_length: int
    x_length: int
    n_origins: int
    program: str
    version: str
    scan_type: int
    measurement_type: int
    started_at: datetime | None
    ended_at: datetime | None
    unit: int
    """Code of the intensity's unit."""
    laser_per_cm: float
    """Wavenumber of the laser in vacuum; 0 where none is stated."""
    user: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Origin:
    """One number for each spectrum: where, when, at which temperature it was measured."""

    kind: int
    is_primary: bool
    """It is one of the axes along which the series was measured."""
    unit: int
    label: str
    values: NDArray[np.float64] | NDArray[np.uint64]
    """Shape (n_spectra,); whole numbers for times and flags."""


def head(content: bytes, file: str) -> Head:
    """Read the first block. Raises DamagedFile."""
    if len(content) < _HEADER_BYTES:
        raise DamagedFile(f"{file}: a header of {_HEADER_BYTES} bytes was expected; {len(content)} follow.", mend=MEND)
    (n_points, capacity, n_spectra, accumulations, y_length, x_length, n_origins, program, *version, scan, measured,
     start, end) = _MEASUREMENT.unpack_from(content, 0x3C)  # fmt: skip
    unit, laser = struct.unpack_from("<If", content, 0x98)
    return Head(
        n_points=n_points,
        capacity=capacity,
        n_spectra=n_spectra,
        n_accumulations=accumulations,
        y_length=y_length,
        x_length=x_length,
        n_origins=n_origins,
        program=_text(program),
        version=".".join(map(str, version)),
        scan_type=scan,
        measurement_type=measured,
        started_at=filetime(start),
        ended_at=filetime(end),
        unit=unit,
        laser_per_cm=laser if math.isfinite(laser) and laser > 0.0 else 0.0,
        user=_text(content[0xD0:0xF0]),
        title=_text(content[0xF0:0x190]),
    )


def filetime(ticks: int) -> datetime | None:
    """100 ns since 1601, UTC; 0 stands for a time that nobody knows."""
    try:
        return _FILETIME_EPOCH + timedelta(microseconds=ticks // 10) if ticks else None
    except OverflowError:
        return None


def blocks(content: bytes, file: str) -> dict[str, memoryview]:
    """The contents of the first block of each kind, by its four letters.

    Raises
    ------
    DamagedFile
        If the blocks do not fill the file from its beginning to its end.
    """
    found: dict[str, memoryview] = {}
    view = memoryview(content)
    place = 0
    for _ in range(_MOST_BLOCKS):
        if place == len(content):
            return found
        if place + _BLOCK.size > len(content):
            break
        letters, _, size = _BLOCK.unpack_from(content, place)
        if not _BLOCK.size <= size <= len(content) - place:
            raise DamagedFile(
                f"{file}: the block {letters.decode('latin-1')!r} at byte {place} promises {size} bytes; "
                f"{len(content) - place} follow.",
                mend=MEND,
            )
        found.setdefault(letters.decode("latin-1"), view[place + _BLOCK.size : place + size])
        place += size
    raise DamagedFile(f"{file}: a block was expected at byte {place}; none follows.", mend=MEND)


def floats(found: Mapping[str, memoryview], name: str, skipped: int, count: int, file: str) -> NDArray[np.float32]:
    """Float32 numbers of a block, after so many bytes. Raises DamagedFile if there are fewer than promised."""
    block = found.get(name)
    n_there = 0 if block is None else max(0, len(block) - skipped) // 4
    if block is None or n_there < count:
        raise DamagedFile(f"{file}: the block {name} should hold {count} numbers; it holds {n_there}.", mend=MEND)
    return np.frombuffer(block, dtype="<f4", count=count, offset=skipped)


def list_head(found: Mapping[str, memoryview], name: str, file: str) -> tuple[int, int]:
    """What an axis is, and the code of its unit. Raises DamagedFile."""
    block = found.get(name)
    if block is None or len(block) < 8:
        raise DamagedFile(f"{file}: the block {name} is missing or empty.", mend=MEND)
    kind, unit = struct.unpack_from("<II", block)
    return kind, unit


_WHOLE_NUMBERS = {11, 16, 17, 18}
"""Kinds of origins that are 64-bit integers: time, checksum, flags, elapsed time."""


def origins(found: Mapping[str, memoryview], header: Head, file: str) -> list[Origin]:
    """The numbers of each spectrum. Raises DamagedFile."""
    block = found.get("ORGN")
    if block is None:
        return []
    count = struct.unpack_from("<I", block)[0] if len(block) >= 4 else -1
    if count != header.n_origins or count > _MOST_ORIGINS:
        raise DamagedFile(f"{file}: {header.n_origins} data origins are promised; {count} follow.", mend=MEND)
    if len(block) < 4 + count * (24 + 8 * header.capacity):
        raise DamagedFile(
            f"{file}: the data origins of {header.capacity} spectra need {count * (24 + 8 * header.capacity)} bytes; "
            f"{len(block) - 4} follow.",
            mend=MEND,
        )
    made = []
    for index in range(count):
        place = 4 + index * (24 + 8 * header.capacity)
        kind, unit = struct.unpack_from("<II", block, place)
        dtype = "<u8" if kind & 0xFFFF in _WHOLE_NUMBERS else "<f8"
        values = np.frombuffer(block, dtype=dtype, count=header.n_spectra, offset=place + 24)
        label = _text(bytes(block[place + 8 : place + 24]))
        made.append(
            Origin(kind=kind & 0xFFFF, is_primary=bool(kind & 0x80000000), unit=unit, label=label, values=values)
        )
    return made


def _text(content: bytes) -> str:
    return content.partition(b"\0")[0].decode("utf-8", "replace").strip()
