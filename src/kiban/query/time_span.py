"""Which instants a written time stands for: "2024-01" is all of January."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta


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
        A year, a month (`2024-01`), a day, or an ISO 8601 time. UTC where no zone stands.

    Raises
    ------
    ValueError
        If it is no time, or none of the calendar's years 1 to 9999.
    """
    if isinstance(written, datetime):
        instant = _in_utc(written)
        return TimeSpan(instant, instant)
    text = written.strip()
    if len(text) == 4 and text.isdecimal():
        year = int(text)
        return _days(date(year, 1, 1), None if year == date.max.year else date(year + 1, 1, 1))
    if len(text) == 7 and text[:4].isdecimal() and text[4] == "-" and text[5:].isdecimal():
        first = date(int(text[:4]), int(text[5:]), 1)
        return _days(first, _next_month(first))
    if len(text) <= len("2024-01-31"):
        day = date.fromisoformat(text)
        return _days(day, None if day == date.max else day + timedelta(days=1))
    instant = _in_utc(datetime.fromisoformat(text))
    return TimeSpan(instant, instant)


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
