"""Where an answer goes on: what callers hand in to get the next part."""

from __future__ import annotations

from uuid import UUID

from kiban.errors import InvalidValue
from kiban.records.record import Record


def read_after(after: str | None) -> UUID | None:
    """Read the mark that a `Page` gave as its `next`. Raises InvalidValue if it is none."""
    if after is None:
        return None
    try:
        return UUID(after)
    except ValueError:
        raise InvalidValue(
            f"'{after[:80]}' is no mark of where an answer goes on.", mend="Use the one that the last page gave."
        ) from None


def check_limit(limit: int) -> int:
    """Refuse to answer with nothing. Raises InvalidValue."""
    if limit < 1:
        raise InvalidValue(f"At most {limit} answers were asked for.", mend="Ask for at least one.")
    return limit


def reading_order(record: Record) -> tuple[int, UUID]:
    """Sort key: as the readings stand in their file."""
    index = record.document.get("reading_index")
    return (index if isinstance(index, int) else 0, record.id)
