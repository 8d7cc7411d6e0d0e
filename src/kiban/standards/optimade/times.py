"""Times as OPTIMADE writes them."""

from __future__ import annotations

from datetime import UTC, datetime


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC, to the microsecond: filters that compare with it find the entry."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
