"""Dates that programs write out in English: `July 19, 2018` with `9:40:30 AM`."""

from __future__ import annotations

import re
from datetime import datetime

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(
    r"\s*(?:[A-Za-z]+,\s*)?(?P<month>[A-Za-z]{3})[a-z]*\.?\s+(?P<day>\d{1,2}),\s*(?P<year>\d{4})"
    r"(?:,?\s+(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?)?\s*"
)


def read_english_date(text: str) -> datetime | None:
    """Read `Feb. 20, 2020   15:55:08` or `Thursday, July 19, 2018 9:40:30 AM`; `None` for any other text."""
    match = _DATE.fullmatch(text)
    if match is None or match["month"].lower() not in _MONTHS:
        return None
    hour = int(match["hour"] or 0)
    if match["half"]:
        hour = hour % 12 + (12 if match["half"] in "pP" else 0)
    month = _MONTHS.index(match["month"].lower()) + 1
    try:
        return datetime(
            int(match["year"]), month, int(match["day"]), hour, int(match["minute"] or 0), int(match["second"] or 0)
        )
    except ValueError:
        return None
