"""Dates as JEOL's programs write them: days since 30 December 1899, local time."""

from __future__ import annotations

import math
from datetime import datetime, timedelta


def days_since_1899(days: float) -> datetime | None:
    """The moment, to the second; `None` where it lies before 1980 or behind 2100."""
    if not math.isfinite(days) or not 29_221 <= days <= 73_415:
        return None
    return datetime(1899, 12, 30) + timedelta(seconds=round(days * 86_400))
