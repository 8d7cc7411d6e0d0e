"""The header of an SPC file, in its three versions."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from datetime import datetime

from kiban.errors import DamagedFile

MEND = "Export the spectrum again, or copy the file again; it is kept as it came."

NEW, NEW_BIG, OLD = 0x4B, 0x4C, 0x4D
HEADER_BYTES, OLD_HEADER_BYTES, SUBHEADER_BYTES = 512, 256, 32

SHORT_Y, MULTI, RANDOM_Z, ORDERED_Z, LABELS, OWN_X, X_VALUES = 0x01, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80
"""Flags: 16-bit numbers; several subfiles; their z in no order; in order but uneven; axes with labels of their own;
each subfile with its own x; x values before the first subfile."""
FLOAT = -128
"""Exponent that says that numbers are float32."""

_TAIL = "I9s9sH8f130s30sIIBBHf48sfIfB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the header says, whatever its version."""

    version: int
    order: str
    """Of bytes, as `struct` writes it."""
    flags: int
    experiment: int
    exponent: int
    n_points: int
    """Of each subfile; where each has its own x, the place of the directory."""
    first: float
    last: float
    n_subfiles: int | None
    """`None` in old files, which do not say it."""
    x_code: int
    y_code: int
    z_code: int
    measured_at: datetime | None
    resolution: str
    source: str
    comment: str
    labels: tuple[str, ...]
    """Of x, y and z, where the file has its own."""
    log_at: int
    """Where the log begins; 0 for none."""
    method: str
    z_step: float
    n_planes: int

    def has(self, flag: int) -> bool:
        """Say whether a flag is set."""
        return bool(self.flags & flag)

    @property
    def size(self) -> int:
        """Where the data begin; in old files with the first subfile's header, which is a part of the header."""
        return OLD_HEADER_BYTES - SUBHEADER_BYTES if self.version == OLD else HEADER_BYTES


def header(content: bytes, file: str) -> Header:
    """Read the header. Raises DamagedFile if it is cut, or its numbers are none."""
    size = OLD_HEADER_BYTES if content[1:2] == bytes([OLD]) else HEADER_BYTES
    if len(content) < size:
        raise DamagedFile(f"{file}: a header of {size} bytes was expected; {len(content)} follow.", mend=MEND)
    found = _old(content) if content[1] == OLD else _new(content)
    if not (math.isfinite(found.first) and math.isfinite(found.last)):
        raise DamagedFile(f"{file}: the ends of the axis are {found.first} and {found.last}.", mend=MEND)
    return found


def _new(content: bytes) -> Header:
    order = ">" if content[1] == NEW_BIG else "<"
    flags, version, experiment, exponent, n_points, first, last, n_subfiles, x, y, z, _ = struct.unpack_from(
        f"{order}BBBbIddIBBBB", content
    )
    (date, resolution, source, _peak, *_spare, comment, labels, log_at, _mods, _procs, _level, _sampling, _factor,
     method, z_step, n_planes, _w_step, _w_code) = struct.unpack_from(order + _TAIL, content, 32)  # fmt: skip
    return Header(
        version=version, order=order, flags=flags, experiment=experiment, exponent=exponent, n_points=n_points,
        first=first, last=last, n_subfiles=n_subfiles, x_code=x, y_code=y, z_code=z, measured_at=_packed_date(date),
        resolution=_text(resolution), source=_text(source), comment=_text(comment), labels=_labels(flags, labels),
        log_at=log_at, method=_text(method), z_step=z_step, n_planes=n_planes,
    )  # fmt: skip


def _old(content: bytes) -> Header:
    flags, version, exponent, n_points, first, last, x, y = struct.unpack_from("<BBhfffBB", content)
    year, month, day, hour, minute, resolution = struct.unpack_from("<HBBBB8s", content, 18)
    is_count = math.isfinite(n_points) and 0 <= n_points < 2**31 and n_points == int(n_points)
    return Header(
        version=version, order="<", flags=flags, experiment=0, exponent=FLOAT if exponent in {128, FLOAT} else exponent,
        n_points=int(n_points) if is_count else 0, first=first, last=last, n_subfiles=None, x_code=x, y_code=y,
        z_code=year >> 12, measured_at=_date(_full_year(year & 0xFFF), month, day, hour, minute),
        resolution=_text(resolution), source="", comment=_text(content[64:194]),
        labels=_labels(flags, content[194:224]), log_at=0, method="", z_step=0.0, n_planes=0,
    )  # fmt: skip


def _full_year(year: int) -> int:
    return year + 1900 if 0 < year < 100 else year


def _packed_date(date: int) -> datetime | None:
    return _date(date >> 20, date >> 16 & 0xF, date >> 11 & 0x1F, date >> 6 & 0x1F, date & 0x3F)


def _date(year: int, month: int, day: int, hour: int, minute: int) -> datetime | None:
    try:
        return datetime(year, month, day, hour, minute)
    except ValueError:
        return None


def _labels(flags: int, content: bytes) -> tuple[str, ...]:
    return tuple(_text(part) for part in content.split(b"\0")[:3]) if flags & LABELS else ()


def _text(content: bytes) -> str:
    return content.partition(b"\0")[0].decode("cp1252", "replace").strip()
