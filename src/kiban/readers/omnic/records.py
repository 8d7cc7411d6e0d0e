"""The table of an OMNIC file and the records that it points to; all little-endian."""

from __future__ import annotations

import math
import struct
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from kiban.errors import DamagedFile
from kiban.readers.text import decode

SIGNATURE = b"Spectral Data File"
SERIES_SIGNATURE = b"Spectral Exte File"
MEND = "Save the spectrum again in OMNIC, or copy the file again; it is kept as it came."
_TABLE_AT = 304
_ENTRY = struct.Struct("<BxIIHI")
_EPOCH = datetime(1899, 12, 31, tzinfo=UTC)
_HEADER_BYTES = 100
HEADER, INTENSITIES, COMMENT, HISTORY, SAMPLE_SCAN, BACKGROUND_SCAN, TITLE = 2, 3, 4, 27, 102, 103, 107


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Record:
    """One record of the file."""

    key: int
    start: int
    spectrum: int
    """The number of the spectrum in a group; 0 in a file of one."""
    content: memoryview

    @property
    def text(self) -> str:
        """The record as text, up to its first zero byte."""
        return text_of(bytes(self.content))


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the record of key 2 says of a spectrum."""

    n_points: int
    x_code: int
    y_code: int
    first: float
    last: float
    n_scans: int
    n_background_scans: int
    laser_per_cm: float
    """Wavenumber of the reference laser; 0 where none is stated."""
    excitation_per_cm: float
    """Wavenumber of the laser that excites Raman scattering; 0 where none is stated."""


def text_of(content: bytes) -> str:
    """Decode text up to its first zero byte."""
    return decode(content.partition(b"\0")[0])[0].replace("\r\n", "\n").strip()


def time_of(seconds: int) -> datetime | None:
    """Seconds since the last day of 1899, UTC; 0 stands for a time that nobody knows."""
    return _EPOCH + timedelta(seconds=seconds) if seconds else None


def records(content: bytes, file: str) -> tuple[str, datetime | None, list[Record]]:
    """Follow the table.

    Returns
    -------
    (str, datetime or None, list of Record)
        The file's title and time, and its records in the table's order.

    Raises
    ------
    DamagedFile
        If the table or a record reaches beyond the file, or two records of numbers overlap.
    """
    if len(content) < _TABLE_AT or not content.startswith(SIGNATURE):
        raise DamagedFile(f"{file}: a head of {_TABLE_AT} bytes with OMNIC's signature was expected.", mend=MEND)
    count, seconds = struct.unpack_from("<HI", content, 294)
    if _TABLE_AT + count * _ENTRY.size > len(content):
        raise DamagedFile(
            f"{file}: a table of {count} records was expected; the file has {len(content)} bytes.", mend=MEND
        )
    view = memoryview(content)
    found = []
    for n in range(count):
        key, start, length, spectrum, _ = _ENTRY.unpack_from(content, _TABLE_AT + n * _ENTRY.size)
        if key == 0:
            continue
        if start + length > len(content):
            raise DamagedFile(
                f"{file}: the record of key {key} should have {length} bytes from byte {start}; the file has "
                f"{len(content)} bytes.",
                mend=MEND,
            )
        found.append(Record(key=key, start=start, spectrum=spectrum, content=view[start : start + length]))
    _check_apart([record for record in found if record.key in {INTENSITIES, SAMPLE_SCAN, BACKGROUND_SCAN}], file)
    return text_of(content[30:286]), time_of(seconds), found


def _check_apart(found: list[Record], file: str) -> None:
    for before, after in pairwise(sorted(found, key=lambda record: record.start)):
        if before.start + len(before.content) > after.start:
            raise DamagedFile(
                f"{file}: the numbers from byte {before.start} reach into those from byte {after.start}.", mend=MEND
            )


def header(record: Record, file: str) -> Header:
    """Read the record of a spectrum's header. Raises DamagedFile."""
    if len(record.content) < _HEADER_BYTES:
        raise DamagedFile(
            f"{file}: a header of a spectrum should have {_HEADER_BYTES} bytes from byte {record.start}; it has "
            f"{len(record.content)}.",
            mend=MEND,
        )
    n_points, x_code, y_code, first, last, n_scans, n_background, laser, excitation = struct.unpack_from(
        "<4xIB3xB3xff12xI12xI24xf12xf", record.content
    )
    return Header(
        n_points=n_points,
        x_code=x_code,
        y_code=y_code,
        first=first,
        last=last,
        n_scans=n_scans,
        n_background_scans=n_background,
        laser_per_cm=_positive(laser),
        excitation_per_cm=_positive(excitation),
    )


def _positive(value: float) -> float:
    return value if math.isfinite(value) and value > 0 else 0.0


def beside(headers: list[Record], others: list[Record], what: str, file: str) -> list[Record | None]:
    """Find for each header of a group the record that belongs to it.

    By the number of the spectrum where the headers have different ones, otherwise by their order.

    Raises
    ------
    DamagedFile
        If they cannot be told apart because there is another number of them.
    """
    numbers = [record.spectrum for record in headers]
    if len(set(numbers)) == len(numbers) and len(numbers) > 1:
        by_number: dict[int, list[Record]] = defaultdict(list)
        for record in others:
            by_number[record.spectrum].append(record)
        return [by_number[number][0] if by_number[number] else None for number in numbers]
    if others and len(others) != len(headers):
        raise DamagedFile(f"{file}: {len(headers)} spectra have {len(others)} {what}.", mend=MEND)
    return list(others) if others else [None] * len(headers)
