"""What the database is asked in somebody's name: behind the second wall, and records through the first as they come."""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, LiteralString

from psycopg import Cursor

from kiban.records.described import without_values
from kiban.records.record import Record
from kiban.records.scope import Visible
from kiban.store.sql_asking import Ask, Rows
from kiban.store.sql_pool import SqlPool
from kiban.store.sql_rows import (
    RECORD_COLUMNS,
    record_of,
)
from kiban.store.sql_sets import parameters, rows_seen, view

CURRENT = "is_current AND NOT is_deleted"
_SCOPE = RECORD_COLUMNS.split(", ").index("scope")


class SqlReading:
    """Asks a database."""

    def __init__(self, pool: SqlPool) -> None:
        self.pool = pool

    @contextmanager
    def _transaction(self, visible: Visible) -> Iterator[Cursor[tuple[Any, ...]]]:
        with self.pool.transaction(view(visible)) as connection:
            yield connection.cursor()

    def _ask(self, visible: Visible, *sets: LiteralString) -> Ask:
        """Asks in the name of somebody, behind the second wall; `sets` are those that it goes by."""
        return partial(self.pool.ask, view(visible, *(sets or ("scopes", "data"))))

    def _rows(self, visible: Visible, query: str, values: Mapping[str, Any] | None = None) -> Rows:
        return self._ask(visible)(query, parameters(visible) | dict(values or {}))

    def _records(
        self, visible: Visible, condition: str, values: Mapping[str, Any], *sets: LiteralString
    ) -> tuple[Record, ...]:
        """Those for which the condition holds. Here the first wall stands, on what comes; a few are not worth more."""
        return self._found(visible, condition, values, *sets).records()

    def _found(self, visible: Visible, condition: str, values: Mapping[str, Any], *sets: LiteralString) -> Found:
        """The same, not read yet."""
        query = f"SELECT {RECORD_COLUMNS} FROM record WHERE {condition}"
        return Found.of(self._ask(visible, *sets)(query, parameters(visible) | dict(values)), visible)

    def _found_told(
        self, visible: Visible, tables: str, told: Sequence[str], condition: str, values: Mapping[str, Any]
    ) -> tuple[tuple[Any, ...], Found]:
        """Values that are told of some tables, which stand before the statement, and records, newest first."""
        query = (
            f"WITH {tables} SELECT {', '.join(told)}, r.* FROM (SELECT) AS told "
            f"LEFT JOIN (SELECT {RECORD_COLUMNS} FROM record WHERE {condition}) AS r ON true ORDER BY r.id DESC"
        )
        rows, n = self._ask(visible)(query, parameters(visible) | dict(values)), len(told)
        # Where there is no record, its columns are null.
        return rows[0][:n], Found.of((row[n:] for row in rows if row[n] is not None), visible)


@dataclass(frozen=True, slots=True)
class Found:
    """Records that an asker may see, as their rows: to read the documents of a page takes longer than to find it."""

    rows: Rows
    visible: Visible

    @classmethod
    def of(cls, rows: Iterable[tuple[Any, ...]], visible: Visible) -> Found:
        """Of what came, that which the asker may see."""
        return cls(rows_seen(rows, visible.numbers, _SCOPE), visible)

    def __len__(self) -> int:
        return len(self.rows)

    def records(self) -> tuple[Record, ...]:
        """Read them, each with its values or without, as the asker may."""
        return tuple(shown(record_of(row), self.visible) for row in self.rows)


def shown(record: Record, visible: Visible) -> Record:
    """As the asker may see it: with its values, or without."""
    return record if record.scope in visible.data else without_values(record)
