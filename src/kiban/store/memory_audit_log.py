"""The audit log in memory, for tests."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from itertools import islice

from kiban.records.audit_entry import AuditEntry


class MemoryAuditLog:
    """See `kiban.store.audit_log.AuditLog`."""

    def __init__(self) -> None:
        self._entries: list[AuditEntry] = []
        self._mutex = threading.Lock()

    def append(self, entries: Collection[AuditEntry]) -> None:
        """See `AuditLog.append`."""
        with self._mutex:
            self._entries.extend(entries)

    def read(self, *, after: int = 0, limit: int | None = None) -> Iterator[tuple[int, AuditEntry]]:
        """See `AuditLog.read`."""
        return islice(enumerate(self._entries[after:], after + 1), limit)
