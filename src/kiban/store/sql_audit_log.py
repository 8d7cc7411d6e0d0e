"""The audit log in PostgreSQL. Lines go in through the database's own function, which numbers and chains them."""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC
from functools import partial
from typing import Any

import psycopg
from psycopg import Cursor

from kiban.errors import StorageError
from kiban.records.audit_chain import NO_HASH, AuditLine, time_text
from kiban.records.audit_entry import AuditEntry
from kiban.store.audit_log import EVERY_LINE, Asked, Tail
from kiban.store.audit_rows import columns, entry_of, row_of
from kiban.store.sql_pool import SqlPool
from kiban.store.sql_rows import stored

_APPEND = (
    "SELECT last_number, last_hash FROM audit_append(%b::timestamptz[], %b::text[], %b::text[], %b::text[], "
    "%b::text[], %b::text[], %b::text[], %b::text[])"
)
# Times that no line can have had are read as none, so that reading goes on and finds the line changed.
_TIME = "CASE WHEN at >= '0001-01-02 00:00+00' AND at < '9999-12-30 00:00+00' THEN at END"
_COLUMNS = f"number, {_TIME}, actor, act, subject, scopes, rule, address, details, previous, hash"
_SET_VIEW = "SELECT set_config('kiban.audit', %s, true), set_config('kiban.audit_scopes', %s, true)"
_TAIL = "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1"
_AT_ONCE = 2000
_EMPTIED = "\0"


def append_lines(cursor: Cursor[Any], entries: Collection[AuditEntry]) -> Tail:
    """Add lines at the end of a transaction: until it has ended, nobody else can add any."""
    rows = columns([row_of(entry) for entry in entries])
    [(number, digest)] = cursor.execute(_APPEND, rows).fetchall()
    return Tail(number, digest.hex())


class SqlAuditLog:
    """See `kiban.store.audit_log.AuditLog`. Safe to use from several threads and processes.

    `committed` is told of the end of the log after lines were added, and whether they are on the disk.
    """

    def __init__(self, pool: SqlPool) -> None:
        self._pool = pool
        self.committed: Callable[[Tail, bool], None] = lambda _tail, _is_safe: None

    def append(self, entries: Collection[AuditEntry], *, relaxed: bool = False) -> None:
        """See `AuditLog.append`."""
        if not entries:
            return
        if relaxed:
            # In a transaction of its own, also within others: those wait for the disk.
            with self._pool.transaction("SET LOCAL synchronous_commit = off") as connection:
                tail = append_lines(connection.cursor(), entries)
            self.committed(tail, False)
            return
        self._pool.at_the_end(lambda cursor: partial(self.committed, append_lines(cursor, entries), True))

    def read(self, *, after: int = 0, limit: int | None = None) -> Iterator[tuple[int, AuditEntry]]:
        """See `AuditLog.read`."""
        for line in self.lines(Asked(above=after), limit=limit):
            yield line.number, entry_of(line)

    def lines(
        self, asked: Asked = EVERY_LINE, *, newest_first: bool = False, limit: int | None = None
    ) -> Iterator[AuditLine]:
        """See `AuditLog.lines`."""
        conditions, values = _conditions(asked)
        query = f"SELECT {_COLUMNS} FROM audit {conditions} ORDER BY number {'DESC' if newest_first else ''} LIMIT %s"
        if limit is not None and limit <= _AT_ONCE:
            with self._seeing(asked.scopes) as connection:
                rows = connection.cursor().execute(query, [*values, limit]).fetchall()
            yield from map(line_of_row, rows)
            return
        # A cursor of the server: of one state of the log, and little of it at a time.
        with self._seeing(asked.scopes) as connection, connection.cursor("audit_lines", binary=True) as cursor:
            cursor.itersize = _AT_ONCE
            yield from map(line_of_row, cursor.execute(query, [*values, limit]))

    def tail(self) -> Tail:
        """See `AuditLog.tail`."""
        with self._seeing(None) as connection:
            row = connection.cursor().execute(_TAIL).fetchone()
        return Tail(0, NO_HASH) if row is None else Tail(row[0], row[1].hex())

    def hash_of(self, number: int) -> str | None:
        """The hash that a line has in the database; `None` where there is no such line."""
        if number == 0:
            return NO_HASH
        with self._seeing(None) as connection:
            row = connection.cursor().execute("SELECT hash FROM audit WHERE number = %s", [number]).fetchone()
        return None if row is None else row[0].hex()

    def flush(self) -> None:
        """Return when all that was added so far is on the disk, also what was added without waiting for that."""
        with self._pool.transaction() as connection:
            # Something must be written for PostgreSQL to wait: its own log ends on the disk where this ends.
            connection.cursor().execute("SELECT pg_logical_emit_message(true, 'kiban', '')")

    @contextmanager
    def _seeing(self, scopes: frozenset[int] | None) -> Iterator[Any]:
        with self._pool.transaction() as connection:
            numbers = "" if scopes is None else f"{{{','.join(map(str, sorted(scopes)))}}}"
            connection.cursor().execute(_SET_VIEW, ["all" if scopes is None else "", numbers])
            try:
                yield connection
            except psycopg.ProgrammingError as e:
                raise StorageError(
                    f"The table of the audit log is not as it was made: {str(e).splitlines()[0]}.",
                    mend="Keep the database as it is for those who look into it, and restore it from a backup.",
                ) from e


def line_of_row(row: tuple[Any, ...]) -> AuditLine:
    """A line of the columns of the table. What somebody has emptied becomes what no line can hold."""
    number, at, actor, act, subject, scopes, rule, address, details, previous, digest = row
    return AuditLine(
        number=number,
        at=_EMPTIED if at is None else time_text(at),
        actor=_EMPTIED if actor is None else actor,
        act=_EMPTIED if act is None else act,
        subject=_EMPTIED if subject is None else subject,
        scopes=(-1,) if scopes is None else tuple(scopes),
        rule=_EMPTIED if rule is None else rule,
        address=_EMPTIED if address is None else address,
        details=_EMPTIED if details is None else details,
        previous=bytes(previous or b"").hex(),
        hash=bytes(digest or b"").hex(),
    )


def _conditions(asked: Asked) -> tuple[str, list[Any]]:
    wanted: Mapping[str, Any] = {
        "number > %s": asked.above or None,
        "number < %s": asked.below,
        "scopes && %s::integer[]": None if asked.scopes is None else sorted(asked.scopes),
        "at >= %s": asked.since.astimezone(UTC) if asked.since else None,
        "at < %s": asked.until.astimezone(UTC) if asked.until else None,
        "actor = %s": _text(asked.actor),
        "act = %s": _text(asked.act),
        "subject = %s": _text(asked.subject),
    }
    given = {condition: value for condition, value in wanted.items() if value is not None}
    return (f"WHERE {' AND '.join(given)}" if given else ""), list(given.values())


def _text(text: str | None) -> str | None:
    return None if text is None else stored(text)
