"""The register of what harvesters were told, in PostgreSQL."""

# ruff: noqa: S608  put together of our own words

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from kiban.records.harvest import Notice, Span, Told
from kiban.store.harvest_register import Place, changes
from kiban.store.sql_pool import SqlPool

HARVEST_LOCK = 0x6B69_6261_6E04
"""Number of the lock under which the register is changed: the letters of `kiban`."""
_COLUMNS = "record, pid, mark, sets, datestamp, is_gone"
_ADD = (
    f"INSERT INTO harvest ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (record) DO UPDATE SET "
    "mark = excluded.mark, sets = excluded.sets, datestamp = excluded.datestamp, is_gone = excluded.is_gone"
)
_SPAN = (
    "(%(since)s::timestamptz IS NULL OR datestamp >= %(since)s) "
    "AND (%(until)s::timestamptz IS NULL OR datestamp <= %(until)s) "
    "AND (%(of_set)s::text IS NULL OR sets @> ARRAY[%(of_set)s::text])"
)
_AFTER = "AND (datestamp, record) > (%(at)s, %(record)s)"


class SqlHarvestRegister:
    """See `kiban.store.harvest_register.HarvestRegister`."""

    def __init__(self, pool: SqlPool) -> None:
        self._pool = pool
        # Who waits for the lock holds a connection, and who has it needs another one to look what is open: of one
        # process only one waits, so that connections cannot run out over it.
        self._mutex = threading.Lock()

    def bring_up_to_date(self, see: Callable[[], Collection[Notice]], now: datetime) -> int:
        """See `HarvestRegister.bring_up_to_date`."""
        with self._mutex, self._pool.transaction() as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HARVEST_LOCK])
            seen = see()
            known = [_told(row) for row in cursor.execute(f"SELECT {_COLUMNS} FROM harvest".encode()).fetchall()]
            changed = changes(known, seen, now)
            if changed:
                rows = [(t.record, t.pid, t.mark, list(t.sets), t.datestamp, t.is_gone) for t in changed]
                cursor.executemany(_ADD.encode(), rows)
        return len(changed)

    def told(self, span: Span, *, after: Place | None = None, limit: int) -> tuple[Told, ...]:
        """See `HarvestRegister.told`."""
        at, record = after if after is not None else (None, None)
        asked = f"SELECT {_COLUMNS} FROM harvest WHERE {_SPAN} {_AFTER if after is not None else ''} "
        values = {**_values(span), "at": at, "record": record, "limit": limit}
        return tuple(_told(row) for row in self._all(f"{asked} ORDER BY datestamp, record LIMIT %(limit)s", values))

    def count(self, span: Span) -> int:
        """See `HarvestRegister.count`."""
        [(n,)] = self._all(f"SELECT count(*) FROM harvest WHERE {_SPAN}", _values(span))
        return int(n)

    def one(self, pid: str) -> Told | None:
        """See `HarvestRegister.one`."""
        found = self._all(f"SELECT {_COLUMNS} FROM harvest WHERE pid = %(pid)s", {"pid": pid})
        return _told(found[0]) if found else None

    def first(self) -> datetime | None:
        """See `HarvestRegister.first`."""
        [(found,)] = self._all("SELECT min(datestamp) FROM harvest", {})
        return found if isinstance(found, datetime) else None

    def sets(self) -> tuple[str, ...]:
        """See `HarvestRegister.sets`."""
        found = self._all("SELECT DISTINCT unnest(sets) FROM harvest", {})
        return tuple(sorted(str(spec) for (spec,) in found))

    def _all(self, statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        with self._pool.transaction() as connection:
            return connection.cursor().execute(statement.encode(), values).fetchall()


def _values(span: Span) -> dict[str, Any]:
    return {"since": span.since, "until": span.until, "of_set": span.of_set}


def _told(row: Sequence[Any]) -> Told:
    return Told(record=row[0], pid=row[1], mark=row[2], sets=tuple(row[3]), datestamp=row[4], is_gone=row[5])
