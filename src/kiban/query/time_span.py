"""Which instants a written time stands for: "2024-01" is all of January."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_DATES = (
    re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?"),
    re.compile(r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})日)?)?"),
)
_WEEK = re.compile(r"\d{4}-?W\d{2}")


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """From `start` on, until just before `end`; where both are the same, that instant alone. In UTC."""

    start: datetime
    end: datetime | None
    """`None` after the last day of the calendar."""

    @property
    def is_instant(self) -> bool:
        """Whether it is a single point in time."""
        return self.start == self.end


def time_span(written: str | datetime) -> TimeSpan:
    """Read a time.

    Parameters
    ----------
    written : str or datetime
        A year, a month (`2024-01`), a week (`2024-W05`), a day, or an ISO 8601 time. UTC where no zone stands. Years,
        months and days may be written as `2024/1/31` and `2024年1月31日` as well, in characters of either width.

    Raises
    ------
    ValueError
        If it is no time, or none of the calendar's years 1 to 9999.
    """
    if isinstance(written, datetime):
        instant = _in_utc(written)
        return TimeSpan(instant, instant)
    text = unicodedata.normalize("NFKC", written).strip()
    for way_to_write in _DATES:
        if parts := way_to_write.fullmatch(text):
            year, month, day = (int(part) if part else None for part in parts.groups())
            return _date(year or 0, month, day)
    if _WEEK.fullmatch(text):
        monday = date.fromisoformat(text)
        return _days(monday, monday + timedelta(days=7) if monday <= date.max - timedelta(days=7) else None)
    if len(text) <= len("2024-01-31"):
        return _day(date.fromisoformat(text))
    instant = _in_utc(datetime.fromisoformat(text))
    return TimeSpan(instant, instant)


def _date(year: int, month: int | None, day: int | None) -> TimeSpan:
    if month is None:
        return _days(date(year, 1, 1), None if year == date.max.year else date(year + 1, 1, 1))
    if day is None:
        first = date(year, month, 1)
        return _days(first, _next_month(first))
    return _day(date(year, month, day))


def _day(day: date) -> TimeSpan:
    return _days(day, None if day == date.max else day + timedelta(days=1))


def _days(first: date, past: date | None) -> TimeSpan:
    return TimeSpan(_midnight(first), None if past is None else _midnight(past))


def _next_month(first: date) -> date | None:
    if first.month < 12:
        return first.replace(month=first.month + 1)
    return None if first.year == date.max.year else date(first.year + 1, 1, 1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _in_utc(time: datetime) -> datetime:
    if time.tzinfo is None:
        return time.replace(tzinfo=UTC)
    try:
        return time.astimezone(UTC)
    except OverflowError as e:
        raise ValueError(f"{time} lies outside the calendar in UTC") from e
