"""The contract of the register of what harvesters were told. It holds nothing that was not open to everybody once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kiban.records.harvest import Notice, Span, Told

Place = tuple[datetime, UUID]
"""Where a part of a list ended: datestamp and record of the last one."""


class HarvestRegister(Protocol):
    """Keeps what was told. Safe to use from several threads and processes."""

    def bring_up_to_date(self, see: Callable[[], Collection[Notice]], now: datetime) -> int:
        """Note what is open, what says something else than it did, and what is not open any more.

        One after the other, so that nobody notes what somebody else has seen to be gone.

        Parameters
        ----------
        see : callable
            Looks what is open; asked while nobody else notes anything.
        now : datetime
            What changed gets this datestamp, or a later one where there is a later one: time does not go back.

        Returns
        -------
        int
            How many have changed.
        """
        ...

    def told(self, span: Span, *, after: Place | None = None, limit: int) -> tuple[Told, ...]:
        """In order of datestamp and record."""
        ...

    def count(self, span: Span) -> int:
        """How many there are."""
        ...

    def one(self, pid: str) -> Told | None:
        """That of one short identifier; `None` where nothing was ever told of it."""
        ...

    def first(self) -> datetime | None:
        """The earliest datestamp."""
        ...

    def sets(self) -> tuple[str, ...]:
        """All sets that something belongs to, in order."""
        ...


def changes(known: Collection[Told], seen: Collection[Notice], now: datetime) -> tuple[Told, ...]:
    """What is to be noted."""
    at = max([now.replace(microsecond=0), *(each.datestamp for each in known)])
    before = {each.record: each for each in known}
    found = []
    for notice in seen:
        was = before.get(notice.record)
        if was is None or was.is_gone or (was.mark, was.sets) != (notice.mark, notice.sets):
            found.append(
                Told(
                    record=notice.record,
                    pid=notice.pid,
                    mark=notice.mark,
                    sets=notice.sets,
                    datestamp=at,
                    is_gone=False,
                )
            )
    there = {notice.record for notice in seen}
    for was in known:
        if not was.is_gone and was.record not in there:
            found.append(Told(record=was.record, pid=was.pid, mark=was.mark, sets=was.sets, datestamp=at, is_gone=True))
    return tuple(found)
