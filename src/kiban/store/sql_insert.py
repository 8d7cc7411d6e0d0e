"""Writing many rows with one statement.

Rows go over as one array for each column. `COPY` would be as fast, but PostgreSQL refuses it on tables with row-level
security, and a detour through a temporary table costs more than it saves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, LiteralString, NamedTuple

from psycopg import Cursor
from psycopg.sql import SQL, Composed, Identifier

_AS_TEXT = {"json", "jsonb", "tsvector", "real[]", "varbit"}
"""Types that have no arrays in psycopg: they are sent as texts."""


class Table(NamedTuple):
    """How rows are written to a table: its columns with their types, in the order of a row's values."""

    name: str
    columns: Mapping[str, LiteralString]


RECORD = Table(
    "record",
    {
        "id": "uuid",
        "version": "integer",
        "is_current": "boolean",
        "is_deleted": "boolean",
        "pid": "text",
        "kind": "text",
        "title": "text",
        "key": "text",
        "key_hash": "uuid",
        "sample": "uuid",
        "project": "uuid",
        "owner": "text",
        "scope": "integer",
        "technique": "text",
        "sample_name": "text",
        "started": "timestamptz",
        "document": "json",
        "answers": "jsonb",
        "words": "tsvector",
        "created_at": "timestamptz",
        "created_by": "text",
    },
)
PROJECT_RIGHTS = Table("project_rights", {"record": "uuid", "project": "uuid", "rights": "json"})
LINK = Table("link", {"subject": "uuid", "predicate": "text", "object": "uuid", "scope": "integer"})
PROPERTY = Table(
    "property",
    {
        "id": "uuid",
        "term": "text",
        "value": "double precision",
        "unit": "text",
        "uncertainty": "json",
        "value_si": "double precision",
        "unit_si": "text",
        "uncertainty_si": "double precision",
        "condition": "json",
        "method": "text",
        "subject": "uuid",
        "evidence": "uuid",
        "is_standing": "boolean",
        "scope": "integer",
    },
)
COMPOSITION = Table(
    "composition",
    {
        "sample": "uuid",
        "element": "text",
        "fraction": "double precision",
        "mass_fraction": "double precision",
        "scope": "integer",
    },
)
ENTRY = Table("entry", {"record": "uuid", "name": "uuid", "value_si": "double precision", "scope": "integer"})
FILE = Table(
    "file",
    {
        "id": "uuid",
        "path": "text",
        "checksum": "text",
        "place": "uuid",
        "size": "bigint",
        "media_type": "text",
        "status": "text",
        "reader": "text",
        "reader_version": "integer",
        "reason": "text",
        "project": "uuid",
        "scope": "integer",
        "archive": "uuid",
        "deposited_at": "timestamptz",
        "deposited_by": "text",
    },
)
FILE_RECORD = Table("file_record", {"file": "uuid", "record": "uuid", "scope": "integer"})
LIKENESS = Table(
    "likeness",
    {
        "record": "uuid",
        "kind": "text",
        "version": "integer",
        "low": "integer",
        "high": "integer",
        "outline": "varbit",
        "rough": "real[]",
        "finer": "real[]",
        "curve": "bytea",
        "is_standing": "boolean",
        "scope": "integer",
    },
)
BLOB = Table("blob", {"checksum": "text", "size": "bigint"})
EVENT = Table(
    "event",
    {
        "at": "timestamptz",
        "actor": "text",
        "action": "text",
        "subject": "uuid",
        "scope": "integer",
        "details": "json",
    },
)


def insert(
    cursor: Cursor[Any], table: Table, rows: Iterable[tuple[Any, ...]], *, on_conflict: LiteralString = ""
) -> None:
    """Insert rows, each with the values of the table's columns in their order."""
    columns = list(zip(*rows, strict=True))
    if columns:
        cursor.execute(_statement(table.name, on_conflict), [list(column) for column in columns])


@cache
def _statement(name: str, on_conflict: LiteralString) -> Composed:
    columns = _TABLES[name].columns
    arrays = SQL(", ").join(SQL("%b::{}[]").format(SQL(_sent_as(kind))) for kind in columns.values())
    values = SQL(", ").join(SQL("r.{}::{}").format(Identifier(c), SQL(kind)) for c, kind in columns.items())
    names = SQL(", ").join(map(Identifier, columns))
    return SQL("INSERT INTO {} ({}) SELECT {} FROM unnest({}) AS r ({}) {}").format(
        Identifier(name), names, values, arrays, names, SQL(on_conflict)
    )


def _sent_as(kind: LiteralString) -> LiteralString:
    return "text" if kind in _AS_TEXT else kind


_TABLES = {
    t.name: t
    for t in (RECORD, PROJECT_RIGHTS, LINK, PROPERTY, COMPOSITION, ENTRY, LIKENESS, FILE, FILE_RECORD, BLOB, EVENT)
}
