"""Blocks of parameters: three letters, a type, a length and a value each; and the times that they state."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import TypeAlias

from kiban.errors import DamagedFile
from kiban.readers.opus.blocks import MEND, Block
from kiban.readers.text import decode

Value: TypeAlias = int | float | str
_HEAD = struct.Struct("<4sHH")
_KEY = re.compile(rb"[ -~]{3}")
_INTEGER, _REAL = 0, 1
_DATE = re.compile(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})")
_TIME = re.compile(
    r"(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d{1,6}))?(?:\s*\((?:GMT|UTC)\s*(?:([+-])\s*(\d{1,2})(?::(\d{2})|[.,](\d+))?)?\))?"
)


def parameters(block: Block, file: str) -> dict[str, Value]:
    """Read a block of parameters, keys and values as they stand.

    Raises
    ------
    DamagedFile
        If a parameter reaches beyond its block or its key is not text.
    """
    content = bytes(block.content)
    found: dict[str, Value] = {}
    place = 0
    while place + _HEAD.size <= len(content):
        key, kind, n_halves = _HEAD.unpack_from(content, place)
        if key.startswith(b"END"):
            return found
        end = place + _HEAD.size + 2 * n_halves
        if not _KEY.match(key) or end > len(content):
            raise DamagedFile(f"{file}: {block.place} breaks off after {len(found)} parameters.", mend=MEND)
        found[key[:3].decode("ascii")] = _value(kind, content[place + _HEAD.size : end], f"{file}, {block.place}")
        place = end
    if not found:
        raise DamagedFile(f"{file}: {block.place} is too short for a parameter.", mend=MEND)
    return found


def _value(kind: int, content: bytes, place: str) -> Value:
    try:
        if kind == _INTEGER:
            return int(struct.unpack_from("<i", content)[0])
        if kind == _REAL:
            return float(struct.unpack_from("<d", content)[0])
    except struct.error:
        raise DamagedFile(f"{place}: a number was expected in {len(content)} bytes.", mend=MEND) from None
    text, _ = decode(content.partition(b"\0")[0])
    return text.strip()


def as_json(found: Mapping[str, Value]) -> dict[str, bool | int | float | str]:
    """The same with numbers that JSON cannot hold as text."""
    return {
        key: value if not isinstance(value, float) or math.isfinite(value) else str(value)
        for key, value in found.items()
    }


def number(found: Mapping[str, Value], key: str) -> float | None:
    """A finite number, where one stands there; some versions write numbers as text."""
    value = found.get(key)
    try:
        result = float(value) if value is not None else math.nan
    except ValueError:
        return None
    return result if math.isfinite(result) else None


def text(found: Mapping[str, Value], key: str) -> str:
    """A text; empty where none stands there."""
    value = found.get(key)
    return value if isinstance(value, str) else ""


def started_at(found: Mapping[str, Value]) -> datetime | None:
    """Read DAT (day first, or year first) and TIM, with the zone that TIM states as `(GMT+1)`."""
    date, time = _DATE.fullmatch(text(found, "DAT")), _TIME.fullmatch(text(found, "TIM"))
    if date is None or time is None:
        return None
    first, month, last = date.groups()
    year, day = (first, last) if len(first) == 4 else (last, first)
    if len(year) != 4:
        return None
    hour, minute, second, fraction, sign, zone_hours, zone_minutes, zone_fraction = time.groups()
    try:
        return datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second), int((fraction or "0").ljust(6, "0")),
            tzinfo=_zone(time.group(), sign, zone_hours, zone_minutes, zone_fraction),
        )  # fmt: skip
    except ValueError:
        return None


def _zone(
    written: str, sign: str | None, hours: str | None, minutes: str | None, fraction: str | None
) -> timezone | None:
    if "(" not in written:
        return None
    ahead = timedelta(hours=float(f"{hours or 0}.{fraction or 0}"), minutes=int(minutes or 0))
    return timezone(-ahead if sign == "-" else ahead)
