"""Where a ranked answer goes on.

Of very many answers only the newest are ranked. The mark holds the oldest of them, so that the same are ranked for the
next page, whatever has come meanwhile; where all are ranked that is nothing. After the ranked ones the answer goes on
as one that is not ranked, with its marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from kiban.errors import InvalidValue
from kiban.records.record import Record
from kiban.store.paging import read_after

ALL = UUID(int=0)
"""The oldest of those that are ranked, where all are."""
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_MARK = re.compile(rf"({_UUID})~(\d{{1,6}})\.({_UUID})")


@dataclass(frozen=True, slots=True)
class RankedMark:
    """The last answer of a page, and the oldest of those that are ranked."""

    points: int
    id: UUID
    oldest: UUID

    def __str__(self) -> str:
        return f"{self.id}~{self.points}.{self.oldest}"


@dataclass(frozen=True, slots=True)
class Ranked:
    """Part of a ranked answer, and where the next part starts (`None` after the last)."""

    records: tuple[Record, ...]
    next: str | None
    is_cut: bool
    """There are so many answers that only the newest are ranked; the others follow newest first."""


def read_ranked_after(after: str | None) -> RankedMark | UUID | None:
    """Read the mark of a ranked answer, or the one of its part that is not ranked. Raises InvalidValue."""
    if after is None:
        return None
    match = _MARK.fullmatch(after)
    if match is not None:
        return RankedMark(int(match[2]), UUID(match[1]), UUID(match[3]))
    if "~" in after:
        raise InvalidValue(
            f"'{after[:120]}' is no mark of where a ranked answer goes on.", mend="Use the one that the last page gave."
        )
    return read_after(after)


def in_rank(points: int, id_: UUID) -> tuple[int, int]:
    """Sort key: the best first, and of equals the newest."""
    return (-points, -id_.int)
