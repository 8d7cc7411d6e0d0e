"""What network analysers write into the comments of Touchstone files: who they are and when they measured."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from kiban.readers.tables.date_columns import read_date
from kiban.records.reading import MetadataValue

_IDENTITY = re.compile(
    r"(?P<maker>[^,:]{2,40}),\s*(?P<model>[^,]{2,40}),\s*(?P<serial>[^,]{1,40}),\s*(?P<program>[^,]{1,40})"
)
_LABEL = re.compile(r"(?:Date|Created|Saved|Time ?Stamp|Measured)\b\s*:?\s*", re.IGNORECASE)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_C_TIME = re.compile(r"(?:[A-Za-z]{3,9},?\s+)?(?P<month>[A-Za-z]{3,9})\s+(?P<day>\d{1,2}),?\s+(?P<rest>.*)")
_YEAR_LAST = re.compile(r"(?P<clock>\d{1,2}:\d\d:\d\d)\s+(?P<year>\d{4})")
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})\s+(?P<clock>\d{1,2}:\d\d:\d\d)")


def identity(comments: Sequence[str]) -> dict[str, MetadataValue]:
    """Maker, model, serial number and version, where a comment is the answer to `*IDN?`."""
    for comment in comments[:5]:
        match = _IDENTITY.fullmatch(comment)
        if match is not None:
            parts = {"maker": "maker", "model": "model", "serial_number": "serial", "software": "program"}
            return {name: match[group].strip() for name, group in parts.items()}
    return {}


def measured_at(comments: Sequence[str]) -> datetime | None:
    """The first date among the comments whose day and month cannot be mixed up."""
    for comment in comments[:20]:
        text = _LABEL.sub("", comment, count=1).strip()
        is_utc = text.startswith("UTC")
        text = text.removeprefix("UTC").strip()
        found = _worded(text) or read_date(" ".join(text.replace(",", " ").split()))
        if found is not None:
            return found.replace(tzinfo=UTC) if is_utc and found.tzinfo is None else found
    return None


def _worded(text: str) -> datetime | None:
    """`Tue Nov 15 12:05:26 2022` and `Monday, September 07, 2020 12:03:03`."""
    match = _C_TIME.fullmatch(text)
    if match is None or match["month"][:3].lower() not in _MONTHS:
        return None
    rest = _YEAR_LAST.fullmatch(match["rest"].strip()) or _YEAR_FIRST.fullmatch(match["rest"].strip())
    if rest is None:
        return None
    hour, minute, second = (int(part) for part in rest["clock"].split(":"))
    month = _MONTHS.index(match["month"][:3].lower()) + 1
    try:
        return datetime(int(rest["year"]), month, int(match["day"]), hour, minute, second)
    except ValueError:
        return None
