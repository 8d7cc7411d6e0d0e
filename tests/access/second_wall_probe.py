"""Asks the database itself, table by table and scope by scope, whether row-level security lets through what it should.

A scope's number says by its bits in which of the three sets of the asker it is. The probe is given a database; it finds
nothing wrong with one as it was made, and something with every one whose wall was weakened.
"""

# ruff: noqa: S608  the statements are put together of our own words

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import errors

from kiban.store.postgres_settings import APPLICATION, OWNER

SETTINGS = ("scopes", "data", "writes")
READ_BY = {
    "record": "scopes",
    "link": "scopes",
    "event": "scopes",
    "entry": "scopes",
    "property": "data",
    "composition": "data",
    "likeness": "data",
    "file": "data",
    "file_record": "data",
}
"""By which of the sets a table is read."""
NUMBERS = range(1, 9)
"""Scope 8 is beyond the end of the strings of bits; scope n below it is in the k-th set where bit k of n is set."""
_ROWS = {
    "record": "(id, version, is_current, is_deleted, pid, kind, title, project, owner, document, answers, words, "
    "created_at, created_by, scope) VALUES (gen_random_uuid(), 1, true, false, gen_random_uuid()::text, 'sample', 'x', "
    "gen_random_uuid(), 'x', '{}', '{\"title\": [\"probe\"]}', $$'probe'$$::tsvector, now(), 'x', %(scope)s)",
    "link": "(subject, predicate, object, scope) VALUES (gen_random_uuid(), 'x', gen_random_uuid(), %(scope)s)",
    "event": "(at, actor, action, scope, details) VALUES (now(), 'x', 'x', %(scope)s, '{}')",
    "property": "(id, term, value, unit, condition, method, evidence, is_standing, scope) VALUES "
    "(gen_random_uuid(), 'x', 1, '', '{}', 'x', gen_random_uuid(), true, %(scope)s)",
    "composition": "(sample, element, fraction, scope) VALUES (gen_random_uuid(), 'Ti', 1, %(scope)s)",
    "entry": "(record, name, value_si, scope) VALUES (gen_random_uuid(), gen_random_uuid(), 1, %(scope)s)",
    "likeness": "(record, kind, version, low, high, outline, rough, finer, curve, is_standing, scope) VALUES "
    "(gen_random_uuid(), 'xrd', 1, 0, 0, '', '{}', '{}', '', true, %(scope)s)",
    "file": "(id, path, checksum, place, size, media_type, status, reason, project, deposited_at, deposited_by, scope) "
    "VALUES (gen_random_uuid(), 'x', 'x', gen_random_uuid(), 1, 'x', 'x', 'x', gen_random_uuid(), now(), 'x', "
    "%(scope)s)",
    "file_record": "(file, record, scope) VALUES (gen_random_uuid(), gen_random_uuid(), %(scope)s)",
}
SEARCHES = (
    "records_with_words($$'probe'$$, 99)",
    "(SELECT id FROM newest_with_words($$'probe'$$, 99, 99)) AS found",
    "(SELECT id FROM counted_with_words($$'probe'$$, $$'probe'$$, '{}')) AS found",
    """records_with_answers('{"title": ["probe"]}', 99)""",
)


@dataclass(frozen=True)
class Wall:
    """One database: a connection of its owner, and one of the application."""

    owner: psycopg.Connection[Any]
    app: psycopg.Connection[Any]


def furnish(owner: psycopg.Connection[Any]) -> None:
    """Put one row of each scope into each table, and let the application try everything: the policies stand alone."""
    for number in NUMBERS:
        owner.execute("INSERT INTO scope (number, project, tier) VALUES (%s, gen_random_uuid(), 'closed')", [number])
        for table, row in _ROWS.items():
            owner.execute(f"INSERT INTO {table} {row}", {"scope": number})
    for table in READ_BY:
        owner.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APPLICATION}")


def faults_of(wall: Wall, tables: tuple[str, ...] = tuple(READ_BY)) -> list[str]:
    """What the wall lets through and should not, or the other way round."""
    found: list[str] = []
    for table in tables:
        with wall.app.transaction(force_rollback=True):
            _see(wall.app)
            found += _reading(wall.app, table)
            found += _adding(wall.app, table)
            found += _changing(wall.app, table)
            found += _removing(wall.app, table)
        with wall.app.transaction(force_rollback=True):
            if wall.app.execute(f"SELECT count(*) FROM {table}").fetchone() != (0,):
                found.append(f"{table} is read by somebody of whom nothing is known")
    if "record" in tables:
        found += _searching(wall.app)
    return found


def _is_in(number: int, setting: str) -> bool:
    return number < 8 and bool(number >> SETTINGS.index(setting) & 1)


def _see(app: psycopg.Connection[Any]) -> None:
    for setting in SETTINGS:
        bits = "".join("1" if _is_in(number, setting) else "0" for number in range(8))
        app.execute("SELECT set_config(%s, %s, true)", [f"kiban.{setting}", bits])


def _readable(table: str) -> set[int]:
    return {number for number in NUMBERS if _is_in(number, READ_BY[table])}


def _reading(app: psycopg.Connection[Any], table: str) -> list[str]:
    seen = {row[0] for row in app.execute(f"SELECT scope FROM {table}").fetchall()}
    return [] if seen == _readable(table) else [f"{table}: scopes {sorted(seen)} are read"]


def _adding(app: psycopg.Connection[Any], table: str) -> list[str]:
    may = {n for n in NUMBERS if _tries(app, f"INSERT INTO {table} {_ROWS[table]}", {"scope": n})}
    expected = {n for n in NUMBERS if _is_in(n, "writes")}
    return [] if may == expected else [f"{table}: scopes {sorted(may)} are added to"]


def _changing(app: psycopg.Connection[Any], table: str) -> list[str]:
    found = []
    statement = f"UPDATE {table} SET scope = %(new)s WHERE scope = %(scope)s"
    for old in NUMBERS:
        for new in NUMBERS:
            done = _tries(app, statement, {"scope": old, "new": new})
            may_touch = old in _readable(table) and _is_in(old, "writes")
            # What is changed must be readable afterwards too, as PostgreSQL has it where rows are picked out.
            if done != (may_touch and _is_in(new, "writes") and new in _readable(table)):
                found.append(f"{table}: from scope {old} to {new}: {done}")
    # Without picking rows out, reading does not come into it.
    blind = f"UPDATE {table} SET scope = {{}}"
    for new in NUMBERS:
        n_rows = _n_done(app, blind.format(new), {})
        expected = sum(_is_in(old, "writes") for old in NUMBERS) if _is_in(new, "writes") else -1
        if n_rows != expected:
            found.append(f"{table}: {n_rows} rows go to scope {new} unseen")
    return found


def _removing(app: psycopg.Connection[Any], table: str) -> list[str]:
    writable = {number for number in NUMBERS if _is_in(number, "writes")}
    found = []
    if (n_rows := _n_done(app, f"DELETE FROM {table}", {})) != len(writable):
        found.append(f"{table}: {n_rows} rows are removed unseen")
    with app.transaction(force_rollback=True):
        removed = {row[0] for row in app.execute(f"DELETE FROM {table} RETURNING scope").fetchall()}
    if removed != writable & _readable(table):
        found.append(f"{table}: scopes {sorted(removed)} are removed from")
    return found


def _searching(app: psycopg.Connection[Any]) -> list[str]:
    found = []
    for search in SEARCHES:
        with app.transaction(force_rollback=True):
            if app.execute(f"SELECT count(*) FROM {search}").fetchone() != (0,):
                found.append(f"{search} finds something for somebody of whom nothing is known")
            _see(app)
            [(n_found,)] = app.execute(f"SELECT count(*) FROM {search}").fetchall()
            if n_found != len(_readable("record")):
                found.append(f"{search} finds {n_found}")
    return found


def _tries(app: psycopg.Connection[Any], statement: str, values: dict[str, Any]) -> bool:
    return _n_done(app, statement, values) == 1


def _n_done(app: psycopg.Connection[Any], statement: str, values: dict[str, Any]) -> int:
    """How many rows it changes, and then it is undone; -1 where it is refused."""
    try:
        with app.transaction(force_rollback=True):
            return app.execute(statement, values).rowcount
    except errors.InsufficientPrivilege:
        return -1


def weakenings() -> dict[str, tuple[str, str]]:
    """Every way in which a policy may be lost, opened or asked the wrong set: the table, and the statement for it."""
    found: dict[str, tuple[str, str]] = {}
    for table, read_by in READ_BY.items():
        found[f"{table}: row-level security off"] = (table, f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        clauses = {
            "seen": ("SELECT", read_by, ("USING",)),
            "added": ("INSERT", "writes", ("WITH CHECK",)),
            "changed": ("UPDATE", "writes", ("USING", "WITH CHECK")),
            "removed": ("DELETE", "writes", ("USING",)),
        }
        for policy, (_, right_set, parts) in clauses.items():
            found[f"{table}.{policy} dropped"] = (table, f"DROP POLICY {policy} ON {table}")
            for part in parts:
                for name, test in _tests().items():
                    if name != right_set:
                        statement = f"ALTER POLICY {policy} ON {table} {part} ({test})"
                        found[f"{table}.{policy} {part} {name}"] = (table, statement)
    for search in ("records_with_words", "newest_with_words", "counted_with_words", "records_with_answers"):
        body = (
            f"DO $do$ BEGIN EXECUTE (SELECT replace(pg_get_functiondef(oid), 'get_bit', "
            f"'1 = 1 OR get_bit') FROM pg_proc WHERE proname = '{search}'); END $do$"
        )
        found[f"{search} without the set"] = ("record", body)
    return found


def _tests() -> dict[str, str]:
    tests = {"true": "true", "false": "false"}
    for setting in SETTINGS:
        bits = f"(SELECT current_setting('kiban.{setting}', true)::varbit)"
        tests[setting] = f"CASE WHEN scope < length({bits}) THEN get_bit({bits}, scope) = 1 ELSE false END"
    # The end of the string forgotten: what lies beyond it is let through.
    tests["beyond"] = f"CASE WHEN scope < length({bits}) THEN get_bit({bits}, scope) = 1 ELSE true END"
    return tests


def connect(server: Any, database: str) -> Wall:
    """Open both ends."""
    return Wall(
        psycopg.connect(server.conninfo(OWNER, database), autocommit=True),
        psycopg.connect(server.conninfo(APPLICATION, database), autocommit=True),
    )
