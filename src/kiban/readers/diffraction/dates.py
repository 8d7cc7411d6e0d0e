"""Dates and times as programs of diffractometers write them, none with a time zone."""

from __future__ import annotations

import re
from datetime import datetime

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMERIC = re.compile(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})")
_NAMED = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3})[a-z]*[ -](\d{2,4})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


def read_time(text: str) -> datetime | None:
    """Read `07/11/2018 15:55:31` (month first, as the manual of RAW says), `03/04/10 ...`, `26-Mar-2004 ...`,
    `2018-07-11 ...`.

    A first number above 12 can only be a day and is taken for one where the year has four digits. `None` where the
    text is no date.
    """
    time = _TIME.search(text)
    day_part = text[: time.start()] if time else text
    try:
        date = _date(day_part.strip(" T,;"))
        if date is None:
            return None
        hour, minute, second = (int(part or 0) for part in time.groups()) if time else (0, 0, 0)
        return datetime(*date, hour, minute, second)
    except ValueError:
        return None


def _date(text: str) -> tuple[int, int, int] | None:
    if named := _NAMED.fullmatch(text):
        return _year(named[3]), _MONTHS.index(named[2].lower()) + 1, int(named[1])
    numeric = _NUMERIC.fullmatch(text)
    if numeric is None:
        return None
    first, second, third = numeric.groups()
    if len(first) == 4:
        return int(first), int(second), int(third)
    month, day = int(first), int(second)
    if month > 12 and len(third) == 4:
        month, day = day, month
    return _year(third), month, day


def _year(text: str) -> int:
    number = int(text)
    if len(text) > 2:
        return number
    return number + (1900 if number >= 70 else 2000)


def started(text: str) -> tuple[datetime | None, tuple[str, ...]]:
    """The time that a text states, or none and, where there is a text, a doubt."""
    found = read_time(text)
    if found is not None or not text.strip():
        return found, ()
    return None, (f"The date '{text.strip()[:40]}' cannot be told: day, month or year are unclear.",)
