"""Columns of dates and times: seconds since the beginning.

Understood are `2024-01-31 12:00:05.5` (also with T, Z, +09:00), `2024/1/31 12:00`, `2024.01.31`, `31.01.2024 12:00`,
`1/31/2024 3:16:14 PM`, `20/May/2021 15:55`, `2024年1月31日 12時00分`, and times alone (`12:45:33`, `26:10:00`).
Where day and month cannot be told apart in the whole column, it is left as text: a guess would be believed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
from numpy.typing import NDArray

_CLOCK = (
    r"(?P<hour>\d{1,4}):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]?\d(?:[.,]\d{1,9})?))?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
)
_ZONE = r"\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?"
_MONTHS = {
    m: i
    for i, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1)
}
_TIME = rf"(?:(?:[T_]|\s+|\s*,\s*){_CLOCK}{_ZONE})?"
_YEAR_FIRST = re.compile(rf"(?P<year>(?:19|20)\d\d)[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_TIME}")
_JAPANESE = re.compile(
    r"(?P<year>(?:19|20)\d\d)年(?P<month>\d{1,2})月(?P<day>\d{1,2})日"
    r"(?:\s*(?P<hour>\d{1,2})[:時](?P<minute>\d{1,2})(?:[:分](?P<second>\d{1,2})?秒?)?)?分?"
)
_YEAR_LAST = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<mark>[/.\-])(?P<second_part>\d{{1,2}})[/.\-](?P<year>(?:19|20)\d\d){_TIME}"
)
_NAMED = re.compile(rf"(?P<day>\d{{1,2}})[-/ .](?P<name>[A-Za-z]{{3}})[a-z]*[-/ .](?P<year>(?:19|20)\d\d){_TIME}")
_TIME_ALONE = re.compile(_CLOCK)
_ANY = re.compile(r"\d{1,4}(?:[-/.年:]| ?[A-Z])\S.*")
_DAY_S = 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DateColumn:
    """A column of dates or times as seconds.

    Parameters
    ----------
    seconds : array of float, shape (n_rows,)
        Since the earliest date, or for times of day since the first that is there; NaN where a cell is empty.
    started_at : datetime, optional
        The earliest, where the column states dates; without a zone where it states none.
    """

    seconds: NDArray[np.float64]
    started_at: datetime | None


def looks_like(cell: str) -> bool:
    """Say whether the cell is a date or a time of day."""
    text = cell.strip()
    if not _ANY.fullmatch(text) or len(text) > 40:
        return False
    dated = any(pattern.fullmatch(text) for pattern in (_YEAR_FIRST, _YEAR_LAST, _NAMED, _JAPANESE))
    return dated or _clock_alone(text) is not None


def read_date(text: str) -> datetime | None:
    """Read one date whose day and month cannot be mixed up; `None` for any other text."""
    day_first = _day_first([text])
    try:
        return None if _clock_alone(text) is not None else _date(text.strip(), day_first)
    except (ValueError, OverflowError):
        return None


def read_dates(cells: Sequence[str]) -> DateColumn | None:
    """Read a column of dates, or of times of day; `None` where they are neither or cannot be told apart."""
    present = [cell for cell in cells if cell.strip()]
    if not present:
        return None
    clocks = [_clock_alone(cell) for cell in present]
    if all(clock is not None for clock in clocks):
        return DateColumn(seconds=_spread(cells, _unwrapped([c for c in clocks if c is not None])), started_at=None)
    day_first = _day_first(present)
    try:
        dates = [_date(cell.strip(), day_first) for cell in present]
    except (ValueError, OverflowError):
        return None
    known = [date for date in dates if date is not None]
    if len(known) < len(dates) or len({date.tzinfo is None for date in known}) > 1:
        return None
    start = min(known)
    return DateColumn(seconds=_spread(cells, [(date - start).total_seconds() for date in known]), started_at=start)


def _spread(cells: Sequence[str], values: Sequence[float]) -> NDArray[np.float64]:
    remaining = iter(values)
    return np.array([next(remaining) if cell.strip() else math.nan for cell in cells], dtype=np.float64)


def _unwrapped(clocks: list[float]) -> list[float]:
    """Seconds since the first, days added where the clock passes midnight."""
    days, out, previous = 0.0, [], clocks[0]
    for clock in clocks:
        if clock < previous - _DAY_S / 2:
            days += _DAY_S
        out.append(clock + days - clocks[0])
        previous = clock
    return out


def _clock_alone(cell: str) -> float | None:
    match = _TIME_ALONE.fullmatch(cell.strip())
    # Without seconds, more than 24 hours are no time but a ratio: 50:50.
    if match is None or (match["second"] is None and int(match["hour"]) > 24):
        return None
    return _seconds(match)


def _seconds(match: re.Match[str]) -> float:
    hour = int(match["hour"])
    half = match.groupdict().get("half")
    if half:
        hour = hour % 12 + (12 if half in "pP" else 0)
    return 3600.0 * hour + 60.0 * int(match["minute"]) + float((match["second"] or "0").replace(",", "."))


def _day_first(cells: Sequence[str]) -> bool | None:
    """Tell 31/1/2024 from 1/31/2024 by the number above 12 somewhere in the column; dotted dates have the day first."""
    found: bool | None = None
    for cell in cells:
        match = _YEAR_LAST.fullmatch(cell.strip())
        if match is None:
            continue
        first, second = int(match["first"]), int(match["second_part"])
        if match["mark"] == "." or first > 12:
            now = True
        elif second > 12:
            now = False
        else:
            continue
        if found is not None and now != found:
            return None
        found = now
    return found


def _date(text: str, day_first: bool | None) -> datetime | None:
    match = _YEAR_FIRST.fullmatch(text) or _JAPANESE.fullmatch(text)
    if match is not None:
        month, day = int(match["month"]), int(match["day"])
    elif (match := _NAMED.fullmatch(text)) is not None:
        month, day = _MONTHS.get(match["name"].lower(), 0), int(match["day"])
    elif (match := _YEAR_LAST.fullmatch(text)) is not None and day_first is not None:
        first, second = int(match["first"]), int(match["second_part"])
        day, month = (first, second) if day_first else (second, first)
    else:
        return None
    date = datetime(int(match["year"]), month, day, tzinfo=_zone(match.groupdict().get("zone")))
    return date if match["hour"] is None else date + timedelta(seconds=_seconds(match))


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text in {"Z", "UTC"}:
        return UTC
    digits = text.replace(":", "")
    offset = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    return timezone(-offset if digits[0] == "-" else offset)
