"""Days as forms send them."""

from __future__ import annotations

from datetime import UTC, datetime, time

from kiban.errors import WrongUsage


def day_of(text: str) -> datetime | None:
    """The beginning of a day in UTC; nothing where nothing is said. Raises WrongUsage."""
    if not text.strip():
        return None
    try:
        return datetime.combine(datetime.strptime(text.strip(), "%Y-%m-%d").date(), time(), UTC)
    except ValueError as e:
        raise WrongUsage(f"'{text[:40]}' is no day.", mend="Write it like 2027-03-31.") from e
