"""The directory in PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from psycopg import Cursor

from kiban.records.audit_entry import AuditEntry
from kiban.records.parties.directory import Directory
from kiban.store.audit_log import Tail
from kiban.store.directory_rows import change_lines, check_revision, directory_of, entry_of, followed, row_of
from kiban.store.directory_store import Change, Changed
from kiban.store.json_text import from_text, to_text
from kiban.store.sql_audit_log import append_lines
from kiban.store.sql_pool import SqlPool

DIRECTORY_LOCK = 0x6B69_6261_6E02
"""Number of the lock under which the directory is changed: the letters of `kiban`."""
_REVISION = "SELECT coalesce(max(change), 0) FROM directory"
_RETIRE = "UPDATE directory SET is_current = false WHERE kind = %s AND id = %s AND is_current"
_ADD = (
    "INSERT INTO directory (kind, id, is_current, document, changed_at, changed_by) "
    "VALUES (%s, %s, true, %s, clock_timestamp(), %s)"
)


class SqlDirectory:
    """See `kiban.store.directory_store.DirectoryStore`. Safe to use from several threads and processes.

    `committed` is told of the end of the audit log after each change.
    """

    def __init__(self, pool: SqlPool) -> None:
        self._pool = pool
        self.committed: Callable[[Tail, bool], None] = lambda _tail, _is_safe: None
        self._mutex = threading.Lock()
        self._loaded = Directory(revision=-1)

    def load(self) -> Directory:
        """See `DirectoryStore.load`."""
        if self._pool.rows(_REVISION) == [(self._loaded.revision,)]:
            return self._loaded
        # On a connection of its own, also within others: only what is committed is remembered.
        with self._pool.transaction() as connection:
            return self._load(connection.cursor())

    def change(
        self, entries: Collection[Changed], *, by: str, expected: int, audit: Collection[AuditEntry] = ()
    ) -> Directory:
        """See `DirectoryStore.change`."""
        with self._pool.together(), self._pool.joining() as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [DIRECTORY_LOCK])
            before = self._load(cursor)
            check_revision(before, expected)
            if not entries and not audit:
                return before
            for kind, entry_id, document in map(row_of, entries):
                cursor.execute(_RETIRE, [kind, entry_id])
                cursor.execute(_ADD, [kind, entry_id, to_text(document), by])
            for project in followed(entries):
                cursor.execute("SELECT follow_project(%s, %s, %s)", [project.id, project.tier.value, project.agreement])
            changed = _read(cursor)
            lines = audit or change_lines(entries, by, datetime.now(UTC))
            # Last of all: until the end of the transaction, nobody else can lengthen the log.
            self._pool.at_the_end(lambda last: partial(self._committed, append_lines(last, lines), changed))
        return changed

    def _committed(self, tail: Tail, changed: Directory) -> None:
        self._remember(changed)
        self.committed(tail, True)

    def history(self, entry: UUID) -> tuple[Change, ...]:
        """See `DirectoryStore.history`."""
        with self._pool.transaction() as connection:
            rows = (
                connection.cursor()
                .execute(
                    "SELECT change, kind, document::text, changed_at, changed_by FROM directory WHERE id = %s "
                    "ORDER BY change DESC",
                    [entry],
                )
                .fetchall()
            )
        return tuple(
            Change(revision=row[0], entry=entry_of(row[1], from_text(row[2])), at=row[3], by=row[4]) for row in rows
        )

    def _load(self, cursor: Cursor[tuple[Any, ...]]) -> Directory:
        [(revision,)] = cursor.execute(_REVISION).fetchall()
        loaded = self._loaded
        if loaded.revision == revision:
            return loaded
        # Something may be added between the two questions: what is given has the revision of its own reading.
        return self._remember(_read(cursor))

    def _remember(self, directory: Directory) -> Directory:
        with self._mutex:
            if directory.revision > self._loaded.revision:
                self._loaded = directory
        return directory


def _read(cursor: Cursor[tuple[Any, ...]]) -> Directory:
    # One statement sees one state: the entries and the number of the last change belong together.
    rows = cursor.execute(
        "SELECT kind, document::text, (SELECT max(change) FROM directory) FROM directory WHERE is_current "
        "ORDER BY change"
    ).fetchall()
    return directory_of((entry_of(row[0], from_text(row[1])) for row in rows), rows[0][2] if rows else 0)
