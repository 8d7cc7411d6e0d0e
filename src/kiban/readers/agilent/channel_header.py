"""The header of a ChemStation channel file: two layouts, one with letters of 8 bits and one with letters of 16."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from datetime import datetime

from kiban.errors import DamagedFile
from kiban.readers.tables.date_columns import read_date

MEND = "Copy the file again from the folder of the run (.D); it is kept as it came."


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things stand."""

    wide: bool
    """Letters have 16 bits."""
    texts: dict[str, int]
    kind: int
    """int32: how the factor of the signal is stated."""
    intercept: int
    slope: int
    length: int


_NARROW = _Layout(
    wide=False,
    texts={
        "file_type": 4,
        "sample": 24,
        "description": 86,
        "operator": 148,
        "date": 178,
        "instrument": 208,
        "inlet": 218,
        "method": 228,
        "unit": 580,
        "signal": 596,
    },
    kind=542,
    intercept=636,
    slope=644,
    length=1024,
)
_WIDE = _Layout(
    wide=True,
    texts={
        "file_type": 347,
        "sample": 858,
        "description": 1369,
        "operator": 1880,
        "date": 2391,
        "instrument": 2492,
        "inlet": 2533,
        "method": 2574,
        "software": 3089,
        "vial": 4055,
        "unit": 4172,
        "signal": 4213,
    },
    kind=4134,
    intercept=4724,
    slope=4732,
    length=6144,
)
_LAYOUTS = {"8": _NARROW, "30": _NARROW, "81": _NARROW, "130": _WIDE, "179": _WIDE, "181": _WIDE}
_FLOAT_TIMES = frozenset({"81", "179", "181"})
_DATA_AT, _COUNT_AT, _START_AT = 264, 278, 282
_SECTOR = 512
_DATE = re.compile(
    r"(?P<day>\d{1,2})[- ](?P<month>[A-Za-z]{3})[- ](?P<year>\d{2}),?\s+"
    r"(?P<clock>\d{1,2}:\d\d(?::\d\d)?)\s*(?P<half>[ap]m)?"
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelHeader:
    """What a channel file says of its signal."""

    version: str
    texts: dict[str, str]
    start_ms: float
    end_ms: float
    data_at: int
    slope: float
    intercept: float
    has_factor: bool
    """The factor of the signal stands in the file."""
    n_stated: int
    """Number of points as stated, which only some programs do rightly."""


def version_of(head: bytes) -> str | None:
    """The version that the first bytes state: a length and as many digits; `None` where they do not."""
    if not head or not 1 <= head[0] <= 3:
        return None
    digits = head[1 : 1 + head[0]]
    return digits.decode("ascii") if digits.isdigit() and len(digits) == head[0] else None


def is_channel(head: bytes) -> bool:
    """Say whether the head is that of a channel file of a version that is read."""
    layout = _LAYOUTS.get(version_of(head) or "")
    if layout is None or len(head) < layout.length:
        return False
    if layout.wide and _text(head, 326, wide=True) != version_of(head):
        return False
    return "DATA FILE" in _text(head, layout.texts["file_type"], wide=layout.wide).upper()


def read_header(content: bytes, *, file: str) -> ChannelHeader:
    """Read the header. Raises DamagedFile."""
    version = version_of(content) or ""
    layout = _LAYOUTS.get(version)
    if layout is None or len(content) < layout.length:
        raise DamagedFile(f"{file}: a header of a ChemStation channel was expected; the file is too short.", mend=MEND)
    form = ">2f" if version in _FLOAT_TIMES else ">2i"
    start, end = struct.unpack_from(form, content, _START_AT)
    if not (-1e12 < start < end < 1e12):
        raise DamagedFile(f"{file}: times from {start:g} to {end:g} ms do not rise.", mend=MEND)
    (sector,) = struct.unpack_from(">i", content, _DATA_AT)
    data_at = (sector - 1) * _SECTOR
    if not layout.length - _SECTOR < data_at <= len(content):
        raise DamagedFile(f"{file}: the signal should begin at byte {data_at}, of {len(content)}.", mend=MEND)
    (n_stated,) = struct.unpack_from(">I", content, _COUNT_AT)
    (kind,) = struct.unpack_from(">i", content, layout.kind)
    (intercept,) = struct.unpack_from(">d", content, layout.intercept)
    (slope,) = struct.unpack_from(">d", content, layout.slope)
    # Early programs wrote no factor; they and the field that says so are older than the wide layout.
    has_factor = bool(
        (layout.wide or kind not in {1, 2, 3}) and slope != 0 and abs(slope) < 1e12 and abs(intercept) < 1e12
    )
    return ChannelHeader(
        version=version,
        texts={name: _text(content, at, wide=layout.wide) for name, at in layout.texts.items()},
        start_ms=float(start),
        end_ms=float(end),
        data_at=data_at,
        slope=slope if has_factor else 1.0,
        intercept=intercept if has_factor else 0.0,
        has_factor=has_factor,
        n_stated=n_stated,
    )


def _text(content: bytes, at: int, *, wide: bool) -> str:
    """Read a text that has its length in front; what cannot be printed ends it."""
    length = content[at] * (2 if wide else 1)
    raw = content[at + 1 : at + 1 + length]
    text = raw.decode("utf-16-le" if wide else "cp1252", "replace")
    return re.split(r"[\x00-\x1f\ufffd]", text)[0].strip()


def started_at(text: str) -> datetime | None:
    """Read `12-Nov-21, 11:39:03`, `17 Dec 19  10:04 am` or a date in another plain form."""
    match = _DATE.fullmatch(text.strip())
    if match is None or match["month"].lower() not in _MONTHS:
        return read_date(text)
    clock = [int(part) for part in match["clock"].split(":")]
    hour, minute, second = [*clock, 0][:3]
    if match["half"]:
        hour = hour % 12 + (12 if match["half"] == "pm" else 0)
    year = int(match["year"]) + (1900 if int(match["year"]) >= 80 else 2000)
    try:
        return datetime(year, _MONTHS.index(match["month"].lower()) + 1, int(match["day"]), hour, minute, second)
    except ValueError:
        return None
