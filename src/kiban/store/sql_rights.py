"""The rights of whole projects, which count for those of their records that have none of their own.

They stand in a table of their own because whoever may see a record of a project may see the rights that come with it,
also where the project's own record is closed to them. Row-level security shows the rights of a project to those who may
see one of its scopes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from psycopg import Cursor

from kiban.records.record import Record, RecordKind
from kiban.store.json_text import from_text, to_text
from kiban.store.sql_asking import Ask
from kiban.store.sql_insert import PROJECT_RIGHTS, insert
from kiban.store.sql_sets import seen

_VISIBLE = f"EXISTS (SELECT FROM scope s WHERE s.project = p.project AND {seen('s.number')})"


def project_rights(
    ask: Ask, sets: Mapping[str, str], projects: Collection[UUID] | None = None
) -> dict[UUID, tuple[UUID, Any]]:
    """By project, the record that states them, and the rights as JSON; see `Catalog.project_rights`.

    `sets` are the `kiban.store.sql_sets.parameters` of the asker.
    """
    among = "" if projects is None else "AND project = ANY(%(projects)s)"
    query = f"SELECT project, record, rights::text FROM project_rights p WHERE {_VISIBLE} {among} ORDER BY record DESC"  # noqa: S608
    rows = ask(query, {"scopes": sets["scopes"], "projects": list(projects or ())})
    return {project: (record, from_text(rights)) for project, record, rights in rows}


def keep_project_rights(cursor: Cursor[tuple[Any, ...]], records: Iterable[Record]) -> None:
    """Let the rights of projects be as their records, in their newest versions, say by now."""
    projects = [record for record in records if record.kind is RecordKind.PROJECT]
    if not projects:
        return
    cursor.execute("DELETE FROM project_rights WHERE record = ANY(%s)", [[record.id for record in projects]])
    stating = [record for record in projects if record.document.get("rights") and not record.deleted]
    rows = [(record.id, record.project, to_text(record.document["rights"])) for record in stating]
    insert(cursor, PROJECT_RIGHTS, rows)
