"""The catalog in PostgreSQL.

Every transaction begins by telling the database what its asker may see (`kiban.scopes`): row-level security shows
nothing else, whatever the query says. The queries filter by the same set themselves, or what single records and facts
they give is looked at here.
"""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from kiban.errors import InvalidSetting, RecordNotFound
from kiban.records.document import from_json
from kiban.records.event import Event
from kiban.records.file_entry import Blob, FileEntry, FileStatus
from kiban.records.likeness import Likeness, Near
from kiban.records.link import Link
from kiban.records.property import Fact
from kiban.records.provenance import Direction, Walk
from kiban.records.record import Record
from kiban.records.rights.rights import Rights
from kiban.records.scope import Scope, ScopeTerms, Visible
from kiban.store.audit_log import Tail
from kiban.store.batch_rules import writing_view
from kiban.store.catalog import Fault, ProjectRights
from kiban.store.paging import check_limit, reading_order
from kiban.store.sql_asking import one_of
from kiban.store.sql_faults import find_faults, is_used
from kiban.store.sql_finding import SqlFinding
from kiban.store.sql_likeness import HAS_VECTOR, likenesses, nearest
from kiban.store.sql_pool import SqlPool
from kiban.store.sql_reading import CURRENT
from kiban.store.sql_rights import project_rights
from kiban.store.sql_rows import (
    EVENT_COLUMNS,
    FACT_COLUMNS,
    FILE_COLUMNS,
    RECORD_COLUMNS,
    event_of,
    fact_of,
    file_of,
    link_of,
    record_of,
    stored,
)
from kiban.store.sql_scopes import SqlScopes
from kiban.store.sql_sets import data_seen, only_seen, parameters, seen, view
from kiban.store.sql_walk import walk
from kiban.store.sql_writing import SqlWriting

_BLOBS_AT_ONCE = 10_000
_NOTHING = Visible(frozenset())
_SEEN = seen()
_DATA_SEEN = data_seen()
_LIVE = f"{CURRENT} AND {_SEEN}"


class SqlCatalog(SqlFinding):
    """See `kiban.store.catalog.Catalog`. Safe to use from several threads.

    `committed` is told of the end of the audit log after each transaction that has lengthened it.
    """

    def __init__(self, pool: SqlPool) -> None:
        super().__init__(pool)
        self.committed: Callable[[Tail, bool], None] = lambda _tail, _is_safe: None
        self._mutex = threading.Lock()
        self._has_vector = False
        self._scopes = SqlScopes(pool)
        self._turns: defaultdict[UUID, threading.Lock] = defaultdict(threading.Lock)

    @classmethod
    def connect(cls, conninfo: str, *, role: str | None = None) -> SqlCatalog:
        """Connect to a database that `kiban.store.migrate` has prepared.

        Parameters
        ----------
        conninfo : str
            As libpq takes it. Its user must not be able to pass by row-level security, or `role` must be given.
        role : str, optional
            The role to work as after logging in.

        Raises
        ------
        DatabaseUnavailable
            If PostgreSQL does not answer.
        InvalidSetting
            If the connection string cannot be read, or row-level security does not bind the role.
        """
        pool = SqlPool(conninfo, role=role)
        catalog = cls(pool)
        try:
            catalog._check_bound()
        except BaseException:
            pool.close()
            raise
        return catalog

    def scopes(self) -> tuple[Scope, ...]:
        """See `Catalog.scopes`."""
        return self._scopes.all()

    def ensure_scope(self, wanted: ScopeTerms) -> Scope:
        """See `Catalog.ensure_scope`."""
        return self._scopes.ensure(wanted)

    @contextmanager
    def writing(self, visible: Visible, *, project: UUID) -> Iterator[SqlWriting]:
        """See `Catalog.writing`."""
        with self._mutex:
            turn = self._turns[project]
        visible = writing_view(visible)
        # Threads of this process wait here, where they need no connection; other processes at the database's lock.
        with turn, self.pool.transaction(view(visible)) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_project_lock(project)])
            writing = SqlWriting(cursor, visible, project)
            with self.pool.joined_to(connection) as committed:
                yield writing
                writing.check_sound()
                tail = writing.finish()
        for tell in committed:
            tell()
        if tail is not None and not committed:
            self.committed(tail, True)

    def get(self, identifier: UUID | str, visible: Visible, *, version: int | None = None) -> Record:
        """See `Catalog.get`."""
        column = "id" if isinstance(identifier, UUID) else "pid"
        values = {"id": identifier if isinstance(identifier, UUID) else stored(identifier), "version": version}
        if version is None:
            found = self._records(visible, f"{column} = %(id)s AND {CURRENT}", values, "scopes")
        else:
            current = f"SELECT id FROM record WHERE {column} = %(id)s AND {_LIVE}"
            found = self._records(visible, f"id IN ({current}) AND version = %(version)s", values)
        if not found:
            raise RecordNotFound(str(identifier))
        return found[0]

    def get_many(self, ids: Collection[UUID | str], visible: Visible) -> dict[UUID, Record]:
        """See `Catalog.get_many`."""
        records: dict[UUID, Record] = {}
        for column, kind in (("id", UUID), ("pid", str)):
            if wanted := [each for each in ids if isinstance(each, kind)]:
                values: dict[str, Any] = {}
                found = self._records(visible, f"{one_of(column, wanted, values)} AND {CURRENT}", values, "scopes")
                records |= {record.id: record for record in found}
        return records

    def get_versions(self, wanted: Collection[tuple[UUID, int]], visible: Visible) -> dict[tuple[UUID, int], Record]:
        """See `Catalog.get_versions`."""
        # Looked up for each, whatever is known of the table: joined, thousands of them took half a minute before the
        # first ANALYZE.
        live = f"SELECT FROM record c WHERE c.id = record.id AND {_LIVE} OFFSET 0"
        pairs = "SELECT * FROM unnest(%(ids)s::uuid[], %(versions)s::integer[])"
        values = {"ids": [i for i, _ in wanted], "versions": [version for _, version in wanted]}
        found = self._records(visible, f"(id, version) IN ({pairs}) AND EXISTS ({live})", values) if wanted else ()
        return {(record.id, record.version): record for record in found}

    def versions(self, record: UUID, visible: Visible) -> tuple[Record, ...]:
        """See `Catalog.versions`."""
        current = f"SELECT FROM record WHERE id = %(id)s AND is_current AND {_SEEN}"
        return self._records(visible, f"id = %(id)s AND EXISTS ({current}) ORDER BY version DESC", {"id": record})

    def links(self, records: Collection[UUID], visible: Visible) -> tuple[Link, ...]:
        """See `Catalog.links`."""
        end = f"EXISTS (SELECT FROM record WHERE id = {{}} AND {_LIVE})"
        query = (
            "SELECT subject, predicate, object, scope FROM link l "
            f"WHERE (subject = ANY(%(ids)s) OR object = ANY(%(ids)s)) AND {_SEEN} "
            f"AND {end.format('l.subject')} AND {end.format('l.object')} "
            'ORDER BY subject, predicate COLLATE "C", object'
        )
        return tuple(map(link_of, self._rows(visible, query, {"ids": list(records)})))

    def walk(self, start: Collection[UUID], visible: Visible, *, direction: Direction, most: int = 10_000) -> Walk:
        """See `Catalog.walk`."""
        with self._transaction(visible) as cursor:
            return walk(cursor, start, visible, direction=direction, most=check_limit(most))

    def project_rights(
        self, visible: Visible, *, projects: Collection[UUID] | None = None
    ) -> dict[UUID, ProjectRights]:
        """See `Catalog.project_rights`."""
        found = project_rights(self._ask(visible), parameters(visible), projects)
        return {i: ProjectRights(from_json(rights, Rights), record) for i, (record, rights) in found.items()}

    def facts(
        self,
        visible: Visible,
        *,
        evidence: Collection[UUID] | None = None,
        subjects: Collection[UUID] | None = None,
        terms: Collection[str] | None = None,
    ) -> tuple[Fact, ...]:
        """See `Catalog.facts`."""
        values: dict[str, Any] = {}
        given = {"evidence": evidence, "subject": subjects}
        of = [one_of(column, ids, values) for column, ids in given.items() if ids is not None]
        conditions = ["is_standing"]
        conditions += [f"({' OR '.join(of)})"] if of else []
        conditions += [one_of("term", [stored(term) for term in terms], values)] if terms is not None else []
        query = f"SELECT {FACT_COLUMNS} FROM property WHERE {' AND '.join(conditions)} ORDER BY id"
        return tuple(only_seen(map(fact_of, self._ask(visible, "data")(query, values)), visible.data))

    def compositions(self, samples: Collection[UUID], visible: Visible) -> dict[UUID, dict[str, float]]:
        """See `Catalog.compositions`."""
        values: dict[str, Any] = {}
        query = (
            f"SELECT sample, element, fraction FROM composition WHERE {one_of('sample', samples, values)} "
            f'AND {_DATA_SEEN} ORDER BY sample, element COLLATE "C"'
        )
        found: defaultdict[UUID, dict[str, float]] = defaultdict(dict)
        for sample, element, fraction in self._rows(visible, query, values):
            found[sample][element] = fraction
        return dict(found)

    def nearest(self, record: UUID, visible: Visible, *, at_least: float) -> tuple[Near, ...] | None:
        """See `Catalog.nearest`."""
        ask = self._ask(visible, "data")
        if not self._has_vector:
            # An administrator may add it at any time.
            self._has_vector = bool(self.pool.rows(HAS_VECTOR)[0][0])
        return nearest(ask, record, visible, at_least=at_least, has_vector=self._has_vector)

    def likenesses(self, records: Collection[UUID], visible: Visible) -> dict[UUID, Likeness]:
        """See `Catalog.likenesses`."""
        return likenesses(self._ask(visible, "data"), records, visible)

    def files(
        self,
        visible: Visible,
        *,
        statuses: Collection[FileStatus] | None = None,
        record: UUID | None = None,
        checksum: str | None = None,
        limit: int = 100,
        after: UUID | None = None,
    ) -> tuple[FileEntry, ...]:
        """See `Catalog.files`."""
        of_record = f"SELECT file FROM file_record WHERE record = %(record)s AND {_DATA_SEEN}"
        conditions = {
            "statuses": "status = ANY(%(statuses)s)",
            "record": f"id IN ({of_record})",
            "checksum": "checksum = %(checksum)s",
            "after": "id < %(after)s",
        }
        values = {
            "statuses": None if statuses is None else [status.value for status in statuses],
            "record": record,
            "checksum": checksum,
            "after": after,
        }
        asked = " AND ".join([_DATA_SEEN, *(sql for name, sql in conditions.items() if values[name] is not None)])
        query = f"SELECT {FILE_COLUMNS} FROM file WHERE {asked} ORDER BY id DESC LIMIT %(limit)s"
        return tuple(map(file_of, self._rows(visible, query, values | {"limit": check_limit(limit)})))

    def records_of_file(self, file: UUID, visible: Visible) -> tuple[Record, ...]:
        """See `Catalog.records_of_file`."""
        query = (
            f"SELECT {RECORD_COLUMNS} FROM record WHERE {_LIVE} "
            f"AND id IN (SELECT record FROM file_record WHERE file = %(file)s AND {_DATA_SEEN}) "
            f"AND EXISTS (SELECT FROM file WHERE id = %(file)s AND {_DATA_SEEN})"
        )
        return tuple(sorted(map(record_of, self._rows(visible, query, {"file": file})), key=reading_order))

    def events(self, visible: Visible, *, subject: UUID | None = None, limit: int = 100) -> tuple[Event, ...]:
        """See `Catalog.events`."""
        of = "" if subject is None else "AND subject = %(subject)s"
        query = f"SELECT {EVENT_COLUMNS} FROM event WHERE {_SEEN} {of} ORDER BY at DESC, id DESC LIMIT %(limit)s"
        rows = self._rows(visible, query, {"subject": subject, "limit": check_limit(limit)})
        return tuple(map(event_of, rows))

    def blobs(self) -> Iterator[Blob]:
        """See `Catalog.blobs`."""
        after = ""
        while True:
            rows = self._rows(
                _NOTHING,
                "SELECT checksum, size FROM blob WHERE checksum > %(after)s ORDER BY checksum LIMIT %(limit)s",
                {"after": after, "limit": _BLOBS_AT_ONCE},
            )
            yield from (Blob(*row) for row in rows)
            if len(rows) < _BLOBS_AT_ONCE:
                return
            after = rows[-1][0]

    def is_used(self, scope: int) -> bool:
        """See `Catalog.is_used`."""
        there = next((each for each in self.scopes() if each.number == scope), None)
        if there is None:
            return False
        with self._transaction(Visible.of([there])) as cursor:
            return is_used(cursor, scope)

    def faults(self) -> Iterator[Fault]:
        """See `Catalog.faults`."""
        everything = Visible.of(self.scopes())
        with self._transaction(everything) as cursor:
            found = list(find_faults(cursor))
        return iter(found)

    def close(self) -> None:
        """See `Catalog.close`."""
        self.pool.close()

    def _check_bound(self) -> None:
        # A policy that is not for everybody (role 0) is the exemption of the indexed searches.
        exempt = "SELECT FROM pg_policy, unnest(polroles) AS r WHERE r <> 0 AND pg_has_role(current_user, r, 'USAGE')"
        query = (
            f"SELECT current_user, rolsuper OR rolbypassrls OR EXISTS ({exempt}) "
            "FROM pg_roles WHERE rolname = current_user"
        )
        [(role, is_free)] = self._rows(_NOTHING, query)
        if is_free:
            raise InvalidSetting(
                f"Row-level security does not bind the database's role {role}.",
                mend="Connect as a role that is no superuser, has no BYPASSRLS and inherits no role of Kiban's.",
            )


def _project_lock(project: UUID) -> int:
    """A number of 64 bits with sign, as PostgreSQL's locks have; the last bits of a UUIDv7 are random."""
    return int.from_bytes(project.bytes[8:], signed=True)
