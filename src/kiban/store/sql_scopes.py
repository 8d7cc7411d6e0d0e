"""The scopes of the catalog in PostgreSQL: few rows, asked for with every request, so they are remembered."""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

import threading
from dataclasses import fields, replace
from typing import Any, LiteralString, NamedTuple

from kiban.records.parties.export_control import ExportClass
from kiban.records.scope import Scope, ScopeTerms, Tier
from kiban.store.sql_directory import DIRECTORY_LOCK
from kiban.store.sql_pool import SqlPool

_LOCK = 0x6B69_6261_6E00
"""Number of the lock under which scopes are numbered: the letters of `kiban`."""
_COLUMNS: LiteralString = (
    "number, project, tier, agreement, follows, closed_until, invitation, export_class, export_item"
)
_FIND = (
    f"SELECT {_COLUMNS} FROM scope WHERE project = %(project)s AND follows = %(follows)s "
    "AND (follows OR (tier = %(tier)s AND agreement IS NOT DISTINCT FROM %(agreement)s)) "
    "AND closed_until IS NOT DISTINCT FROM %(closed_until)s AND invitation IS NOT DISTINCT FROM %(invitation)s "
    "AND export_class = %(export_class)s AND export_item IS NOT DISTINCT FROM %(export_item)s"
)
_ADD = (
    f"INSERT INTO scope ({_COLUMNS}) VALUES (%(number)s, %(project)s, %(tier)s, %(agreement)s, %(follows)s, "
    "%(closed_until)s, %(invitation)s, %(export_class)s, %(export_item)s)"
)
_DIRECTORY_REVISION: LiteralString = "SELECT coalesce(max(change), 0) FROM directory"
_REVISION: LiteralString = f"SELECT ({_DIRECTORY_REVISION}), (SELECT coalesce(max(number), -1) FROM scope)"
_TIER_OF_PROJECT = (
    "SELECT document ->> 'tier', (document ->> 'agreement')::uuid FROM directory "
    "WHERE kind = 'project' AND id = %s AND is_current"
)


class _Known(NamedTuple):
    """All scopes as they were at one revision: of the directory, and the number of the last scope."""

    revision: tuple[int, int]
    scopes: tuple[Scope, ...]


class SqlScopes:
    """Finds and adds scopes. Safe to use from several threads."""

    def __init__(self, pool: SqlPool) -> None:
        self._pool = pool
        self._mutex = threading.Lock()
        self._known = _Known((0, -1), ())

    def all(self) -> tuple[Scope, ...]:
        """All scopes there are, in order of number."""
        known = self._known
        # Scopes are added and never removed, and change with the directory only.
        if self._pool.rows(_REVISION) == [known.revision]:
            return known.scopes
        # One statement sees one state: the scopes and the revision belong together.
        rows = self._pool.rows(f"SELECT {_COLUMNS}, ({_DIRECTORY_REVISION}) FROM scope ORDER BY number")
        if not rows:
            return ()
        # Those that are as they were stay the same objects, so that what is kept about them is found again.
        before = {scope.number: scope for scope in known.scopes}
        scopes = tuple(before[s.number] if before.get(s.number) == s else s for s in map(_scope_of, rows))
        known = _Known((rows[-1][-1], rows[-1][0]), scopes)
        with self._mutex:
            if known.revision > self._known.revision:
                self._known = known
        return known.scopes

    def ensure(self, wanted: ScopeTerms) -> Scope:
        """See `kiban.store.catalog.Catalog.ensure_scope`."""
        with self._pool.transaction() as connection:
            cursor = connection.cursor()
            row = cursor.execute(_FIND, _values(wanted)).fetchone()
            if row is None:
                if wanted.follows:
                    # Nobody changes the project before this is done.
                    cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [DIRECTORY_LOCK])
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
                row = cursor.execute(_FIND, _values(wanted)).fetchone()
            if row is not None:
                return _scope_of(row)
            [number] = cursor.execute("SELECT coalesce(max(number) + 1, 0) FROM scope").fetchall()[0]
            scope = Scope.numbered(number, wanted)
            if scope.follows and (now := cursor.execute(_TIER_OF_PROJECT, [scope.project]).fetchone()) is not None:
                scope = replace(scope, tier=Tier(now[0]), agreement=now[1])
            cursor.execute(_ADD, _values(scope) | {"number": number})
            return scope


def _values(terms: ScopeTerms) -> dict[str, Any]:
    """The columns of a scope, without its number."""
    values = {each.name: getattr(terms, each.name) for each in fields(ScopeTerms)}
    return values | {"tier": terms.tier.value, "export_class": terms.export_class.value}


def _scope_of(row: tuple[Any, ...]) -> Scope:
    return Scope(
        number=row[0],
        project=row[1],
        tier=Tier(row[2]),
        agreement=row[3],
        follows=row[4],
        closed_until=row[5],
        invitation=row[6],
        export_class=ExportClass(row[7]),
        export_item=row[8],
    )
