"""The contract of the audit log: lines are added, and never changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Protocol

from kiban.records.audit_entry import AuditEntry


class AuditLog(Protocol):
    """Keeps what was done."""

    def append(self, entries: Collection[AuditEntry]) -> None:
        """Add lines, together and in their order. They are kept when it returns."""
        ...

    def read(self, *, after: int = 0, limit: int | None = None) -> Iterator[tuple[int, AuditEntry]]:
        """Lines with their numbers, oldest first, from above `after`."""
        ...
