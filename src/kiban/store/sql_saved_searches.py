"""Saved searches in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg

from kiban.records.saved_search import SavedSearch, Since
from kiban.store.batch_rules import name_of_search_taken
from kiban.store.saved_searches import KEEP_REMOVED
from kiban.store.sql_pool import SqlPool
from kiban.store.sql_rows import stored, unstored

# ruff: noqa: S608  the lists of columns are ours
_COLUMNS = "id, person, name, question, is_notified, looked_at, scopes, data, made_at, removed_at"
_KEEP = f"""
    INSERT INTO saved_search AS s ({_COLUMNS})
    VALUES (%(id)s, %(person)s, %(name)s, %(question)s, %(is_notified)s, %(looked_at)s, %(scopes)s, %(data)s,
            %(made_at)s, %(removed_at)s)
    ON CONFLICT (id) DO UPDATE SET
        name = excluded.name,
        question = excluded.question,
        is_notified = excluded.is_notified,
        looked_at = excluded.looked_at,
        scopes = excluded.scopes,
        data = excluded.data,
        removed_at = excluded.removed_at
    WHERE s.person = excluded.person
"""


class SqlSavedSearches:
    """See `kiban.store.saved_searches.SavedSearches`."""

    def __init__(self, pool: SqlPool) -> None:
        self._pool = pool

    def all_of(self, person: UUID) -> tuple[SavedSearch, ...]:
        """See `SavedSearches.all_of`."""
        of_person = "person = %s AND removed_at IS NULL"
        asked = f'SELECT {_COLUMNS} FROM saved_search WHERE {of_person} ORDER BY name COLLATE "C", id'
        return tuple(map(_search, self._all(asked, [person])))

    def get(self, person: UUID, search: UUID) -> SavedSearch | None:
        """See `SavedSearches.get`."""
        rows = self._all(f"SELECT {_COLUMNS} FROM saved_search WHERE id = %s AND person = %s", [search, person])
        return _search(rows[0]) if rows else None

    def keep(self, search: SavedSearch) -> None:
        """See `SavedSearches.keep`."""
        values = {
            "id": search.id,
            "person": search.person,
            "name": stored(search.name),
            "question": stored(search.question),
            "is_notified": search.is_notified,
            "looked_at": search.since.at,
            "scopes": sorted(search.since.scopes),
            "data": sorted(search.since.data),
            "made_at": search.made_at,
            "removed_at": search.removed_at,
        }
        past = (search.removed_at or search.made_at) - KEEP_REMOVED
        with self._pool.joining() as connection:
            cursor = connection.cursor()
            cursor.execute("DELETE FROM saved_search WHERE person = %s AND removed_at < %s", [search.person, past])
            try:
                with connection.transaction():  # what surrounds it goes on after the refusal
                    kept = cursor.execute(_KEEP, values).rowcount
            except psycopg.errors.UniqueViolation as e:
                raise name_of_search_taken(search) from e
            if not kept:
                raise name_of_search_taken(search)

    def _all(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._pool.joining() as connection:
            return connection.cursor().execute(statement, values).fetchall()


def _search(row: Sequence[Any]) -> SavedSearch:
    return SavedSearch(
        id=row[0],
        person=row[1],
        name=unstored(row[2]),
        question=unstored(row[3]),
        is_notified=row[4],
        since=Since(at=row[5], scopes=frozenset(row[6]), data=frozenset(row[7])),
        made_at=row[8],
        removed_at=row[9],
    )
