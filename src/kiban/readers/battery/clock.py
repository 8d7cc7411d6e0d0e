"""Times as cyclers write them: `h:min:s.ms` that start again with each step, dates, and days since 1899."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

_CLOCK = re.compile(
    r"(?:(?P<days>\d+)\s*(?:d|days?|-)[\s:]*)?(?P<h>\d+):(?P<m>\d{1,2}):(?P<s>\d{1,2}(?:[.,]\d{1,17})?)"
    r"(?P<rest>(?::\d{1,6}){0,2})"
)
_DATE_ORIGIN = datetime(1899, 12, 30)
_EARLIEST_DAY, _LATEST_DAY = 32_000.0, 75_000.0


def clock_seconds(cell: str) -> float | None:
    """Read `1:02:03.456`, `2d 01:02:03` or `1:02:03:456` (the last part in ms, one more in µs) as seconds."""
    match = _CLOCK.fullmatch(cell.strip())
    if match is None:
        return None
    seconds = 3600.0 * int(match["h"][:6]) + 60.0 * int(match["m"]) + float(match["s"].replace(",", "."))
    seconds += 86400.0 * int((match["days"] or "0")[:6])
    for digits, unit in zip(match["rest"].split(":")[1:], (1e-3, 1e-6), strict=False):
        seconds += int(digits) * unit
    return seconds


def clock_column(cells: Sequence[str]) -> NDArray[np.float64] | None:
    """Read a column of times; NaN where a cell is empty, `None` where one is something else."""
    values = []
    for cell in cells:
        seconds = clock_seconds(cell) if cell.strip() else math.nan
        if seconds is None:
            return None
        values.append(seconds)
    return np.array(values, dtype=np.float64)


def counted_date(days: float) -> datetime | None:
    """The date that a database or spreadsheet counts as days since the end of 1899; `None` where it is none."""
    if not _EARLIEST_DAY < days < _LATEST_DAY:
        return None
    # The fraction of a day is rounded at the eleventh digit: microseconds would be made up.
    return _DATE_ORIGIN + timedelta(milliseconds=round(days * 86_400_000))
