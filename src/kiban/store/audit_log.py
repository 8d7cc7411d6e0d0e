"""The contract of the audit log: lines are added, and never changed. Each is chained to the one before."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kiban.records.audit_chain import AuditLine
from kiban.records.audit_entry import AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which lines are wanted. All, unless something is given.

    Parameters
    ----------
    scopes : frozenset of int, optional
        Only lines that touch one of these; what a steward may read. `None` for those who may read every line.
    above, below : int, optional
        Numbers that the wanted ones lie between.
    """

    scopes: frozenset[int] | None = None
    since: datetime | None = None
    until: datetime | None = None
    actor: str | None = None
    act: str | None = None
    subject: str | None = None
    above: int = 0
    below: int | None = None


EVERY_LINE = Asked()


@dataclass(frozen=True, slots=True)
class Tail:
    """The last line; number 0 and `NO_HASH` while there is none."""

    number: int
    hash: str


class AuditLog(Protocol):
    """Keeps what was done."""

    def append(self, entries: Collection[AuditEntry], *, relaxed: bool = False) -> None:
        """Add lines, together and in their order. They are kept when it returns.

        Parameters
        ----------
        relaxed : bool
            Do not wait for the disk: for reads. A failure of the database's machine may lose those of the last
            moments, all after some point; it cannot break the chain.

        Raises
        ------
        DatabaseUnavailable, DiskFull
            Nothing was written down.
        """
        ...

    def read(self, *, after: int = 0, limit: int | None = None) -> Iterator[tuple[int, AuditEntry]]:
        """All lines with their numbers, oldest first, from above `after`."""
        ...

    def lines(
        self, asked: Asked = EVERY_LINE, *, newest_first: bool = False, limit: int | None = None
    ) -> Iterator[AuditLine]:
        """Lines as they are kept, by number. Streamed: there may be millions."""
        ...

    def tail(self) -> Tail:
        """The end of the log."""
        ...
