"""One transaction on a project's records."""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

import psycopg
from psycopg import Cursor
from psycopg.errors import UniqueViolation

from kiban.errors import InvalidValue, KibanError
from kiban.query.answers import answers
from kiban.records.event import Event
from kiban.records.file_entry import FileEntry
from kiban.records.matter.mass_fractions import mass_fractions
from kiban.records.provenance import Direction, cycle, path
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Visible
from kiban.store import sql_insert
from kiban.store.audit_log import Tail
from kiban.store.batch_rules import (
    check_batch,
    check_move,
    check_places,
    check_same_thing,
    from_itself,
    identifier_taken,
    key_taken,
    newer_version,
    newly_keyed,
    no_such_record,
    refused,
)
from kiban.store.catalog import Batch
from kiban.store.sql_audit_log import append_lines
from kiban.store.sql_entries import replace_entries
from kiban.store.sql_errors import translated
from kiban.store.sql_insert import insert
from kiban.store.sql_likeness_writing import likenesses_of, replace_likenesses
from kiban.store.sql_rights import keep_project_rights
from kiban.store.sql_rows import (
    FILE_COLUMNS,
    RECORD_COLUMNS,
    event_row,
    fact_row,
    file_of,
    file_row,
    key_hash,
    link_row,
    place,
    record_of,
    record_row,
    unstored,
)
from kiban.store.sql_sets import data_seen, parameters, seen
from kiban.store.sql_walk import walk
from kiban.store.written_lines import written_lines

P = ParamSpec("P")
T = TypeVar("T")

_KEEP_FIRST = "ON CONFLICT DO NOTHING"
_BEST_LAST = "ORDER BY scope IS NOT DISTINCT FROM %(first)s::integer, id DESC"
"""Of several with one key: the last one put into a mapping is the one that stays."""
_CHANGE_FILE = """
    ON CONFLICT (id) DO UPDATE SET
        status = excluded.status,
        media_type = excluded.media_type,
        reader = excluded.reader,
        reader_version = excluded.reader_version,
        reason = excluded.reason,
        scope = excluded.scope
"""


_FOLLOWERS = (
    ("record", "is_current AND t.id"),
    ("link", "subject"),
    ("property", "evidence"),
    ("composition", "sample"),
    ("entry", "record"),
    ("likeness", "record"),
    ("file_record", "record"),
)
_MOVE = """
    UPDATE {table} AS t SET scope = m.scope
    FROM unnest(%(ids)s::uuid[], %(to)s::integer[]) AS m (id, scope) WHERE {column} = m.id
"""
_ARRIVE = """
    UPDATE record AS t SET arrived_at = clock_timestamp()
    FROM unnest(%(ids)s::uuid[], %(to)s::integer[]) AS m (id, scope)
    WHERE t.is_current AND t.id = m.id AND t.scope <> m.scope
"""
_MOVE_FILES = """
    UPDATE file AS t SET scope = m.scope FROM files_in_one_scope(%(ids)s) AS m WHERE t.id = m.file
"""


def _remembering(method: Callable[Concatenate[SqlWriting, P], T]) -> Callable[Concatenate[SqlWriting, P], T]:
    """Let an error spoil the transaction for good: PostgreSQL has undone it, and half of it is not all."""

    def guarded(self: SqlWriting, /, *args: P.args, **kwargs: P.kwargs) -> T:
        self.check_sound()
        try:
            return method(self, *args, **kwargs)
        except KibanError as e:
            self.error = e
            raise
        except psycopg.Error as e:
            self.error = translated(e)
            if self.error is None:
                raise
            raise self.error from e

    return guarded


class SqlWriting:
    """See `kiban.store.catalog.Writing`. The transaction has begun and holds the lock on the project."""

    def __init__(self, cursor: Cursor[tuple[Any, ...]], visible: Visible, project: UUID) -> None:
        self._cursor = cursor
        self._visible = visible
        self._project = project
        self._events: list[Event] = []
        self._names: dict[UUID, str] = {}
        self.error: KibanError | None = None

    def check_sound(self) -> None:
        """Refuse to go on after an error."""
        if self.error is not None:
            raise self.error

    def _with(self, **values: Any) -> dict[str, Any]:
        """Values for a statement that looks at what is visible, in this project."""
        return {"project": self._project, **parameters(self._visible), **values}

    @_remembering
    def finish(self) -> Tail | None:
        """Write down in the audit log what was done, last of all; gives the end of the log, if it has grown."""
        if not self._events:
            return None
        subjects = {event.subject for event in self._events if event.subject is not None} - self._names.keys()
        if subjects:
            rows = self._cursor.execute(
                f"SELECT id, pid FROM record WHERE id = ANY(%(ids)s) AND is_current AND {seen()} "
                f"UNION ALL SELECT id, checksum FROM file WHERE id = ANY(%(ids)s) AND {data_seen()}",
                self._with(ids=list(subjects)),
            ).fetchall()
            self._names |= dict(rows)
        return append_lines(self._cursor, written_lines(self._events, self._visible, self._names.get))

    @_remembering
    def existing(self, kind: RecordKind, keys: Collection[str], *, first: int | None = None) -> dict[str, Record]:
        """See `Writing.existing`."""
        wanted = set(keys)
        rows = self._cursor.execute(
            f"SELECT {RECORD_COLUMNS} FROM record WHERE project = %(project)s AND kind = %(kind)s "
            f"AND key_hash = ANY(%(keys)s) AND is_current AND NOT is_deleted AND {seen()} {_BEST_LAST}",
            self._with(kind=kind.value, keys=[key_hash(key) for key in wanted], first=first),
        ).fetchall()
        return {r.key: r for r in map(record_of, rows) if r.key is not None and r.key in wanted}

    @_remembering
    def existing_pids(self, kind: RecordKind, pids: Collection[str]) -> dict[str, Record]:
        """See `Writing.existing_pids`."""
        if not pids:
            return {}
        rows = self._cursor.execute(
            f"SELECT {RECORD_COLUMNS} FROM record WHERE kind = %(kind)s AND pid = ANY(%(pids)s) "
            f"AND is_current AND NOT is_deleted AND {seen()}",
            self._with(kind=kind.value, pids=list(pids)),
        ).fetchall()
        return {record.pid: record for record in map(record_of, rows)}

    @_remembering
    def existing_files(
        self, paths_and_checksums: Collection[tuple[str, str]], *, first: int | None = None
    ) -> dict[tuple[str, str], FileEntry]:
        """See `Writing.existing_files`."""
        wanted = set(paths_and_checksums)
        rows = self._cursor.execute(
            f"SELECT {FILE_COLUMNS} FROM file WHERE project = %(project)s AND place = ANY(%(places)s) "
            f"AND {data_seen()} {_BEST_LAST}",
            self._with(places=[place(path, checksum) for path, checksum in wanted], first=first),
        ).fetchall()
        return {(f.path, f.checksum): f for f in map(file_of, rows) if (f.path, f.checksum) in wanted}

    @_remembering
    def move(self, records: Mapping[UUID, int]) -> None:
        """See `Writing.move`."""
        rows = self._cursor.execute(
            "SELECT id, scope FROM record WHERE id = ANY(%(ids)s) AND is_current AND project = %(project)s "
            f"AND {seen()}",
            self._with(ids=list(records)),
        ).fetchall()
        check_move(records, dict(rows), self._visible)
        values = {"ids": list(records), "to": list(records.values())}
        self._cursor.execute(_ARRIVE, values)
        for table, column in _FOLLOWERS:
            self._cursor.execute(_MOVE.format(table=table, column=column), values)
        self._cursor.execute(_MOVE_FILES, values)

    @_remembering
    def add(self, batch: Batch) -> None:
        """See `Writing.add`."""
        check_batch(batch, self._visible, self._project)
        cursor = self._cursor
        # In order of checksum, so that two writers of different projects wait for each other in one direction only.
        blobs = sorted((blob.checksum, blob.size) for blob in batch.blobs)
        insert(cursor, sql_insert.BLOB, blobs, on_conflict=_KEEP_FIRST)
        scopes = self._add_records(batch.records)
        self._replace_compositions(batch, scopes)
        likenesses = likenesses_of(batch)
        replace_likenesses(
            cursor,
            batch,
            likenesses,
            scopes=self._scopes_of(likenesses, scopes),
            fallen=self._deleted(likenesses, batch),
        )
        if batch.relinked:
            cursor.execute("DELETE FROM link WHERE subject = ANY(%s)", [list(batch.relinked)])
        insert(cursor, sql_insert.LINK, map(link_row, batch.links), on_conflict=_KEEP_FIRST)
        self._check_links(batch)
        self._add_facts(batch)
        files = {file.id: file for file in batch.files}
        self._check_places(files.values())
        insert(cursor, sql_insert.FILE, map(file_row, files.values()), on_conflict=_CHANGE_FILE)
        self._add_file_records(batch, scopes)
        insert(cursor, sql_insert.EVENT, map(event_row, batch.events))
        self._events += batch.events
        self._names |= {file.id: file.checksum for file in files.values()}
        self._names |= {record.id: record.pid for record in batch.records}

    def _add_records(self, records: Iterable[Record]) -> dict[UUID, int]:
        """Write records; gives the scope of each."""
        ordered = sorted(records, key=lambda r: r.version)
        last = {record.id: record for record in ordered}
        known = self._known([record.id for record in ordered if record.version > 1])
        if any(record.scope not in self._visible.writable for record in known.values()):
            raise refused()
        newest = dict(known)
        for record in ordered:
            before = newest.get(record.id)
            if record.version != (before.version if before else 0) + 1:
                raise newer_version(record)
            if before is not None:
                check_same_thing(before, record)
            newest[record.id] = record
        self._check_keys(last, known)
        if known:
            self._cursor.execute(
                "UPDATE record SET is_current = false WHERE id = ANY(%s) AND is_current", [list(known)]
            )
        said = {record.id: answers(record) for record in last.values()}
        rows = [
            record_row(record, is_current=True, said=said[record.id])
            if record is last[record.id]
            else record_row(record, is_current=False)
            for record in ordered
        ]
        try:
            insert(self._cursor, sql_insert.RECORD, rows)
        except UniqueViolation as e:
            # The database keeps to itself which one it was: the row it met may be hidden from us.
            if e.diag.constraint_name == "record_pid":
                raise identifier_taken(*(record.pid for record in ordered if record.version == 1)) from e
            raise
        for record_id, before in known.items():
            self._carry_along(before, last[record_id])
        replace_entries(self._cursor, ((record, said[record.id]) for record in last.values()), known)
        keep_project_rights(self._cursor, last.values())
        return {record_id: record.scope for record_id, record in last.items()}

    def _check_keys(self, last: Mapping[UUID, Record], known: Mapping[UUID, Record]) -> None:
        """Refuse keys that other records have, as far as the asker sees these. Raises Conflict."""
        fresh = newly_keyed(last.values(), known)
        if not fresh:
            return
        taken = self._cursor.execute(
            "SELECT FROM record WHERE project = %(project)s AND (kind, key_hash) IN "
            "(SELECT * FROM unnest(%(kinds)s::text[], %(keys)s::uuid[])) "
            f"AND is_current AND NOT is_deleted AND id <> ALL(%(ids)s) AND {seen()} LIMIT 1",
            self._with(
                kinds=[record.kind.value for record in fresh],
                keys=[key_hash(record.key or "") for record in fresh],
                ids=list(last),
            ),
        ).fetchall()
        if taken:
            raise key_taken()

    def _check_places(self, files: Collection[FileEntry]) -> None:
        """Refuse entries of files that are there already, as far as the asker sees these. Raises Conflict."""
        if not files:
            return
        rows = self._cursor.execute(
            f"SELECT {FILE_COLUMNS} FROM file WHERE project = %(project)s AND place = ANY(%(places)s) "
            f"AND {data_seen()}",
            self._with(places=[place(file.path, file.checksum) for file in files]),
        ).fetchall()
        check_places(files, ((f.id, f.path, f.checksum) for f in map(file_of, rows)))

    def _known(self, ids: list[UUID]) -> dict[UUID, Record]:
        if not ids:
            return {}
        rows = self._cursor.execute(
            f"SELECT {RECORD_COLUMNS} FROM record WHERE id = ANY(%(ids)s) AND is_current AND {seen()}",
            self._with(ids=ids),
        ).fetchall()
        return {record.id: record for record in map(record_of, rows)}

    def _carry_along(self, before: Record, after: Record) -> None:
        """Let what hangs on a record follow it into its new scope, and its facts stand or fall with it."""
        values = {"id": after.id, "scope": after.scope, "is_standing": not after.deleted}
        if before.scope != after.scope:
            self._cursor.execute("UPDATE link SET scope = %(scope)s WHERE subject = %(id)s", values)
            self._cursor.execute("UPDATE composition SET scope = %(scope)s WHERE sample = %(id)s", values)
            self._cursor.execute("UPDATE file_record SET scope = %(scope)s WHERE record = %(id)s", values)
        if before.scope != after.scope or before.deleted != after.deleted:
            self._cursor.execute(
                "UPDATE property SET scope = CASE WHEN %(moves)s THEN %(scope)s ELSE scope END, "
                "is_standing = %(is_standing)s AND NOT is_retired WHERE evidence = %(id)s",
                values | {"moves": before.scope != after.scope},
            )
            self._cursor.execute(
                "UPDATE likeness SET scope = CASE WHEN %(moves)s THEN %(scope)s ELSE scope END, "
                "is_standing = %(is_standing)s WHERE record = %(id)s",
                values | {"moves": before.scope != after.scope},
            )

    def _scopes_of(self, records: Iterable[UUID], known: dict[UUID, int]) -> dict[UUID, int]:
        """The scopes of records, of new and of earlier ones, to hang something on. Raises RecordNotFound, Refused."""
        wanted = set(records)
        found = {record: known[record] for record in wanted if record in known}
        if missing := wanted - found.keys():
            rows = self._cursor.execute(
                f"SELECT id, scope FROM record WHERE id = ANY(%(ids)s) AND is_current AND {seen()}",
                self._with(ids=list(missing)),
            ).fetchall()
            found |= {row[0]: row[1] for row in rows}
        for record in wanted - found.keys():
            raise no_such_record(record)
        if not self._visible.writable.issuperset(found.values()):
            raise refused()
        return found

    def _replace_compositions(self, batch: Batch, known: dict[UUID, int]) -> None:
        scopes = self._scopes_of(batch.compositions, known)
        new = {record.id for record in batch.records if record.version == 1}
        if earlier := [sample for sample in batch.compositions if sample not in new]:
            self._cursor.execute("DELETE FROM composition WHERE sample = ANY(%s)", [earlier])
        rows = [
            (sample, element, float(fraction), of_mass.get(element), scopes[sample])
            for sample, amounts in batch.compositions.items()
            for of_mass in (mass_fractions(amounts),)
            for element, fraction in amounts.items()
        ]
        insert(self._cursor, sql_insert.COMPOSITION, rows)

    def _deleted(self, records: Collection[UUID], batch: Batch) -> set[UUID]:
        """Those of which the current version is a deletion."""
        last = {record.id: record for record in sorted(batch.records, key=lambda r: r.version)}
        fallen = {record.id for record in last.values() if record.deleted}
        if elsewhere := set(records) - last.keys():
            rows = self._cursor.execute(
                "SELECT id FROM record WHERE id = ANY(%s) AND is_current AND is_deleted", [list(elsewhere)]
            ).fetchall()
            fallen |= {row[0] for row in rows}
        return fallen

    def _check_links(self, batch: Batch) -> None:
        """Refuse links by which something comes from itself. Only a link of what was there before can close a cycle."""
        if way := cycle(batch.links):
            raise self._from_itself(way)
        new = {record.id for record in batch.records if record.version == 1}
        late = [link for link in batch.links if link.subject not in new]
        if not late:
            return
        starts = {link.object for link in late}
        found = walk(self._cursor, starts, self._visible, direction=Direction.BACK, most=None)
        for link in late:
            if link.subject in found.depths and (way := path(link.object, link.subject, found.links)):
                raise self._from_itself([link.subject, *way])

    def _from_itself(self, way: list[UUID]) -> InvalidValue:
        rows = self._cursor.execute(
            f"SELECT id, title FROM record WHERE id = ANY(%(ids)s) AND is_current AND {seen()}",
            self._with(ids=way),
        ).fetchall()
        titles = {row[0]: unstored(row[1]) for row in rows}
        return from_itself([titles.get(record, "another record") for record in way])

    def _add_facts(self, batch: Batch) -> None:
        if batch.renewed:
            self._cursor.execute(
                "UPDATE property SET is_retired = true, is_standing = false WHERE evidence = ANY(%s)",
                [list(batch.renewed)],
            )
        fallen = self._deleted({fact.evidence for fact in batch.facts}, batch)
        rows_of_facts = [fact_row(fact, is_standing=fact.evidence not in fallen) for fact in batch.facts]
        insert(self._cursor, sql_insert.PROPERTY, rows_of_facts)

    def _add_file_records(self, batch: Batch, known: dict[UUID, int]) -> None:
        scopes = self._scopes_of((record for _, record in batch.file_records), known)
        rows = [(file, record, scopes[record]) for file, record in batch.file_records]
        insert(self._cursor, sql_insert.FILE_RECORD, rows, on_conflict=_KEEP_FIRST)
