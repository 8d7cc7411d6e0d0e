"""The audit log in memory, for tests: the model that the SQL one is compared with."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from itertools import islice

from kiban.records.audit_chain import NO_HASH, AuditLine
from kiban.records.audit_entry import AuditEntry
from kiban.store.audit_log import EVERY_LINE, Asked, Tail
from kiban.store.audit_rows import answers, entry_of, linked, row_of


class MemoryAuditLog:
    """See `kiban.store.audit_log.AuditLog`."""

    def __init__(self) -> None:
        self._lines: list[AuditLine] = []
        self._mutex = threading.Lock()

    def append(self, entries: Collection[AuditEntry], *, relaxed: bool = False) -> None:  # noqa: ARG002  no disk here
        """See `AuditLog.append`."""
        rows = [row_of(entry) for entry in entries]
        with self._mutex:
            for row in rows:
                self._lines.append(linked(row, self.tail()))

    def read(self, *, after: int = 0, limit: int | None = None) -> Iterator[tuple[int, AuditEntry]]:
        """See `AuditLog.read`."""
        return islice(((line.number, entry_of(line)) for line in self._lines[after:]), limit)

    def lines(
        self, asked: Asked = EVERY_LINE, *, newest_first: bool = False, limit: int | None = None
    ) -> Iterator[AuditLine]:
        """See `AuditLog.lines`."""
        lines = self._lines[::-1] if newest_first else self._lines[:]
        return islice((line for line in lines if answers(line, asked)), limit)

    def tail(self) -> Tail:
        """See `AuditLog.tail`."""
        return Tail(self._lines[-1].number, self._lines[-1].hash) if self._lines else Tail(0, NO_HASH)
