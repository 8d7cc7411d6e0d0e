"""The directory in memory, for tests: the model that the SQL one is compared with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from uuid import UUID

from kiban.records.audit_entry import AuditEntry
from kiban.records.parties.directory import Directory
from kiban.records.parties.terms import Project
from kiban.store.directory_rows import change_lines, check_revision, entry_of, followed, row_of, with_changes
from kiban.store.directory_store import Change, Changed
from kiban.store.memory_audit_log import MemoryAuditLog


class MemoryDirectory:
    """See `kiban.store.directory_store.DirectoryStore`.

    Parameters
    ----------
    follow : callable
        Told of each project that was changed; `MemoryCatalog.follow`.
    audit : MemoryAuditLog, optional
        The log that its changes go into; one of its own, unless given.
    """

    def __init__(self, follow: Callable[[Project], None] = lambda _: None, audit: MemoryAuditLog | None = None) -> None:
        self._audit = audit or MemoryAuditLog()
        self._directory = Directory()
        self._changes: list[Change] = []
        self._follow = follow
        self._mutex = threading.Lock()

    def load(self) -> Directory:
        """See `DirectoryStore.load`."""
        return self._directory

    def change(
        self, entries: Collection[Changed], *, by: str, expected: int, audit: Collection[AuditEntry] = ()
    ) -> Directory:
        """See `DirectoryStore.change`."""
        with self._mutex:
            check_revision(self._directory, expected)
            # As they come back from a database, so that nothing is kept that could not be.
            kept = [entry_of(kind, document) for kind, _, document in map(row_of, entries)]
            now = datetime.now(UTC)
            for n, entry in enumerate(kept, self._directory.revision + 1):
                self._changes.append(Change(revision=n, entry=entry, at=now, by=by))
            self._directory = with_changes(self._directory, kept, self._directory.revision + len(kept))
            for project in followed(kept):
                self._follow(project)
            self._audit.append(audit or change_lines(kept, by, now))
            return self._directory

    def history(self, entry: UUID) -> tuple[Change, ...]:
        """See `DirectoryStore.history`."""
        return tuple(change for change in reversed(self._changes) if row_of(change.entry)[1] == entry)
