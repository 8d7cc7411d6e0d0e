"""The second wall: what the application's role can see and do, whatever statement it sends."""

# ruff: noqa: S608  the statements are put together of our own words

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from kiban.quantity.measured import Measured
from kiban.records.link import Predicate
from kiban.records.record import RecordKind
from kiban.records.scope import Tier
from kiban.store.postgres_settings import OWNER
from kiban.testing.catalog_examples import Laboratory, a_fact, a_link, blob_of

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
"""Tables, and the set that decides what is seen of each."""
GUARDED = tuple(READ_BY)
SETTINGS = ("scopes", "data", "writes")
POLICIES = ("seen", "added", "changed", "removed")
CHANGE = {
    "record": "UPDATE record SET scope = %s",
    "link": "UPDATE link SET scope = %s",
    "property": "UPDATE property SET scope = %s",
    "composition": "UPDATE composition SET scope = %s",
    "likeness": "UPDATE likeness SET scope = %s",
    "entry": "UPDATE entry SET scope = %s",
    "file": "UPDATE file SET scope = %s",
    "file_record": "UPDATE file_record SET scope = %s",
}
ADD = {
    "record": "INSERT INTO record (id, version, is_current, is_deleted, pid, kind, title, project, owner, scope, "
    "document, answers, words, created_at, created_by) VALUES (gen_random_uuid(), 1, true, false, "
    "gen_random_uuid()::text, 'sample', 'x', gen_random_uuid(), 'x', %s, '{}', '{}', '', now(), 'x')",
    "link": "INSERT INTO link VALUES (gen_random_uuid(), 'part_of', gen_random_uuid(), %s)",
    "property": "INSERT INTO property (id, term, value, unit, condition, method, evidence, is_standing, scope) "
    "VALUES (gen_random_uuid(), 'x', 1, '', '{}', '', gen_random_uuid(), true, %s)",
    "composition": "INSERT INTO composition VALUES (gen_random_uuid(), 'Ti', 1, %s)",
    "likeness": "INSERT INTO likeness (record, kind, version, low, high, outline, rough, finer, curve, is_standing, "
    "scope) VALUES (gen_random_uuid(), 'x', 1, 0, 0, '', '{}', '{}', '', true, %s)",
    "entry": "INSERT INTO entry VALUES (gen_random_uuid(), gen_random_uuid(), 1, %s)",
    "file": "INSERT INTO file (id, path, checksum, place, size, media_type, status, reason, project, scope, "
    "deposited_at, deposited_by) VALUES (gen_random_uuid(), 'x', 'x', gen_random_uuid(), 1, '', 'x', '', "
    "gen_random_uuid(), %s, now(), 'x')",
    "file_record": "INSERT INTO file_record VALUES (gen_random_uuid(), gen_random_uuid(), %s)",
    "event": "INSERT INTO event (at, actor, action, scope, details) VALUES (now(), 'x', 'x', %s, '{}')",
}
REMOVABLE = ("composition", "likeness", "link", "entry")
SEARCHED = ("record", "file_record")
"""Of these a role that nobody can log in as sees everything; its functions apply the policy themselves."""


@pytest.fixture(scope="module")
def lab(sql_catalog):
    """A project with a row of each kind in its open and in its closed scope; the scans are diffraction patterns."""
    lab = Laboratory(sql_catalog)
    for tier in (Tier.CLOSED, Tier.OPEN):
        scope = lab.scope(tier).number
        sample = lab.sample(f"{tier} sample", scope=scope)
        document = {"reader": "quartz", "technique": "xrd", "metadata": {"step": 0.02}}
        scan = lab.measurement(f"{tier} scan", sample, scope=scope, document=document)
        file = lab.file(f"{tier}.xrdml", scope=scope)
        lab.write(
            *(sample, scan),
            compositions={sample.id: {"Ti": 1.0}},
            links=(a_link(scan, Predicate.MEASURED, sample),),
            facts=(a_fact("d_spacing", Measured(1.0, "nm"), scan),),
            files=(file,),
            blobs=(blob_of(file),),
            file_records=((file.id, scan.id),),
            events=(lab.event("made", scan.id, scope=scope),),
        )
    return lab


def say(connection, **sets):
    """Set `kiban.scopes`, `kiban.data` and `kiban.writes`; what is not given is said to be empty."""
    for name in SETTINGS:
        connection.execute(f"SELECT set_config('kiban.{name}', %s, false)", [sets.get(name, "0")])


def see(connection, bits):
    """Let a connection read and write these scopes."""
    say(connection, scopes=bits, data=bits, writes=bits)


def count(connection, table):
    return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@pytest.mark.parametrize("table", GUARDED)
def test_without_a_set_of_scopes_nothing_is_seen(app, lab, table):
    assert count(app, table) == 0
    see(app, "")
    assert count(app, table) == 0
    see(app, "0")
    assert count(app, table) == 0


@pytest.mark.parametrize("table", GUARDED)
def test_exactly_the_rows_of_the_set_are_seen(app, lab, table):
    closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
    assert closed < is_open
    n_rows = 2 if table == "record" else 1
    see(app, lab.visible(Tier.OPEN).bits())
    assert app.execute(f"SELECT DISTINCT scope FROM {table}").fetchall() == [(is_open,)]
    assert count(app, table) == n_rows
    # The string ends before the number of the open scope: that is no error, and nothing is seen.
    see(app, lab.visible(Tier.CLOSED).bits())
    assert app.execute(f"SELECT DISTINCT scope FROM {table}").fetchall() == [(closed,)]
    see(app, lab.visible().bits())
    assert count(app, table) == 2 * n_rows


@pytest.mark.parametrize("table", GUARDED)
def test_each_table_is_read_by_one_of_the_sets_and_by_no_other(app, lab, table):
    everything = lab.visible().bits()
    for name in SETTINGS:
        say(app, **{name: everything})
        assert (count(app, table) > 0) == (name == READ_BY[table])
        say(app, **dict.fromkeys(set(SETTINGS) - {name}, everything))
        assert (count(app, table) > 0) == (name != READ_BY[table])


@pytest.mark.parametrize("table", GUARDED)
def test_a_set_that_is_no_string_of_bits_shows_nothing(app, lab, table):
    see(app, "all of them")
    with pytest.raises(psycopg.DataError):
        count(app, table)


def test_the_set_ends_with_its_transaction(app, lab):
    with app.transaction():
        for name in SETTINGS:
            app.execute(f"SELECT set_config('kiban.{name}', %s, true)", [lab.visible().bits()])
        assert (count(app, "record"), count(app, "file")) == (4, 2)
    assert (count(app, "record"), count(app, "file")) == (0, 0)
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(ADD["event"], [lab.scope(Tier.OPEN).number])


def test_the_searches_that_ask_an_index_first_keep_to_the_set(app, lab):
    asks = (
        "records_with_words($$'quartz'$$, 9)",
        "newest_with_words($$'quartz'$$, 9, 9)",
        "counted_with_words($$'quartz'$$, $$'quartz'$$, '{}')",
        """records_with_answers('{"reader": ["quartz"]}', 9)""",
    )
    for ask in asks:
        see(app, lab.visible(Tier.OPEN).bits())
        assert count(app, ask) == 1
        say(app, scopes=lab.visible(Tier.CLOSED).bits())
        assert count(app, ask) == 1
        see(app, "0")
        assert count(app, ask) == 0
        see(app, "")
        assert count(app, ask) == 0
        say(app, data=lab.visible().bits(), writes=lab.visible().bits())
        assert count(app, ask) == 0


@pytest.mark.parametrize(
    ("ask", "n_each"),
    [
        ("records_in_scopes()", 2),
        ("records_counted()", 2),
        ("records_of_techniques('{xrd}')", 1),
        ("records_of_techniques('{ir}')", 0),
    ],
)
def test_the_counts_that_ask_an_index_alone_keep_to_the_set(app, lab, ask, n_each):
    def counted():
        return app.execute(f"SELECT scope, sum(n)::integer FROM {ask} GROUP BY scope ORDER BY scope").fetchall()

    for tiers in ((Tier.OPEN,), (Tier.CLOSED,), (Tier.CLOSED, Tier.OPEN)):
        say(app, scopes=lab.visible(*tiers).bits())
        assert counted() == ([(lab.scope(tier).number, n_each) for tier in tiers] if n_each else [])
    for nothing in ("", "0", "x0"):
        see(app, nothing)
        assert counted() == []
    say(app, data=lab.visible().bits(), writes=lab.visible().bits())
    assert counted() == []


def test_files_that_would_move_are_named_where_their_scope_is_writable(app, lab):
    closed = lab.scope(Tier.CLOSED).number
    see(app, lab.visible().bits())
    records = [row[0] for row in app.execute("SELECT record FROM file_record").fetchall()]
    for bits, scopes in ((lab.visible(Tier.CLOSED).bits(), [closed]), ("0", []), ("", [])):
        say(app, scopes=lab.visible().bits(), data=lab.visible().bits(), writes=bits)
        found = app.execute("SELECT scope FROM files_in_one_scope(%s)", [records]).fetchall()
        assert [row[0] for row in found] == scopes


def test_functions_that_see_more_than_their_caller_are_few_and_not_for_everybody(owner):
    rows = owner.execute(
        "SELECT p.proname, r.rolname FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner "
        "WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace"
    ).fetchall()
    searching = {name for name, role in rows if role == "kiban_app_search"}
    assert searching == {
        "records_with_words",
        "newest_with_words",
        "counted_with_words",
        "records_with_answers",
        "files_in_one_scope",
        "records_counted",
        "records_in_scopes",
        "records_of_techniques",
    }
    for_all = owner.execute(
        "SELECT p.proname FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a "
        "WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace AND a.grantee = 0"
    ).fetchall()
    assert for_all == []


@pytest.mark.parametrize(
    "statement",
    [
        *(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY" for table in GUARDED),
        *(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in GUARDED),
        *(f"DROP POLICY {policy} ON {table}" for table in GUARDED for policy in POLICIES),
        *(f"ALTER POLICY {policy} ON {table} TO kiban_app_search" for table in GUARDED for policy in POLICIES),
        *(f"CREATE POLICY mine ON {table} USING (true)" for table in GUARDED),
        *(f"TRUNCATE {table}" for table in GUARDED),
        *(f"DELETE FROM {table}" for table in GUARDED if table not in REMOVABLE),
        *(f"DROP TABLE {table}" for table in GUARDED),
        *(f"SET row_security = off; SELECT * FROM {table}" for table in GUARDED),
        "UPDATE record SET title = 'x'",
        "UPDATE record SET id = gen_random_uuid()",
        "UPDATE link SET object = gen_random_uuid()",
        "UPDATE file SET checksum = 'x'",
        "UPDATE event SET actor = 'x'",
        "UPDATE property SET value = 0",
        "UPDATE entry SET value_si = 0",
        "UPDATE event SET scope = 0",
        "UPDATE scope SET tier = 'open'",
        "UPDATE scope SET closed_until = NULL",
        "UPDATE directory SET document = '{}'",
        "DELETE FROM directory",
        "TRUNCATE directory",
        "DELETE FROM scope",
        "DELETE FROM blob",
        f"SET ROLE {OWNER}",
        "SET ROLE kiban_app_search",
        f"SET SESSION AUTHORIZATION {OWNER}",
        "ALTER ROLE kiban_app SUPERUSER",
        "ALTER ROLE kiban_app BYPASSRLS",
        "ALTER FUNCTION records_with_words(tsquery, integer) SECURITY INVOKER",
        "CREATE OR REPLACE FUNCTION records_with_words(wanted tsquery, at_most integer) RETURNS SETOF uuid "
        "LANGUAGE sql AS 'SELECT id FROM record'",
        "CREATE TABLE mine (x int)",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "SELECT pg_read_file('PG_VERSION')",
        "COPY record TO PROGRAM 'cat'",
        "SELECT rolpassword FROM pg_authid",
        "SELECT most_common_vals FROM pg_statistic_ext_data, pg_stats_ext",
        "UPDATE alembic_version SET version_num = 'x'",
    ],
)
def test_the_application_cannot_touch_the_wall(app, lab, statement):
    with pytest.raises((errors.InsufficientPrivilege, errors.FeatureNotSupported, errors.UndefinedColumn)):
        app.execute(statement)


def test_rights_that_the_application_has_cannot_be_passed_on(app, owner, lab):
    app.execute("GRANT SELECT, INSERT ON record TO PUBLIC")  # PostgreSQL warns and does nothing
    granted = (
        "SELECT count(*) FROM information_schema.table_privileges WHERE grantee = 'PUBLIC' AND table_name = 'record'"
    )
    assert owner.execute(granted).fetchone() == (0,)


def test_going_back_to_the_login_gives_no_more_rights(app, lab):
    app.execute("RESET ROLE")
    app.execute("SET ROLE NONE")
    app.execute("RESET SESSION AUTHORIZATION")
    assert app.execute("SELECT current_user, session_user").fetchone() == ("kiban_app", "kiban_app")
    assert count(app, "record") == 0


@pytest.mark.parametrize("table", GUARDED)
def test_statistics_tell_nothing_of_hidden_rows(app, owner, lab, table):
    owner.execute(f"ANALYZE {table}")
    seen = app.execute("SELECT attname FROM pg_stats WHERE tablename = %s", [table]).fetchall()
    assert seen == []


def test_a_cheap_function_in_a_question_does_not_see_hidden_rows(app, lab):
    see(app, lab.visible(Tier.OPEN).bits())
    # Were the condition worked out before the policy, dividing by the length of a hidden title would fail.
    spy = "1 / (length(title) - length('closed scan')) IS NOT NULL"
    query = f"SELECT count(*) FROM record WHERE {spy} AND title LIKE '%scan'"
    assert app.execute(query).fetchone() == (1,)


@pytest.mark.parametrize("table", ADD)
def test_rows_are_added_where_the_set_of_writes_allows_it_and_nowhere_else(app, lab, table):
    closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
    everything, writable = lab.visible().bits(), lab.visible(Tier.OPEN).bits()
    say(app, scopes=everything, data=everything, writes=writable)
    with app.transaction(force_rollback=True):
        assert app.execute(ADD[table], [is_open]).rowcount == 1
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(ADD[table], [closed])
    say(app, scopes=everything, data=everything)
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(ADD[table], [is_open])


@pytest.mark.parametrize("table", CHANGE)
def test_rows_are_moved_where_both_scopes_are_writable_and_not_otherwise(app, owner, lab, table):
    closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
    n_rows = 2 if table == "record" else 1
    everything = lab.visible().bits()
    see(app, everything)
    with app.transaction(force_rollback=True):
        assert app.execute(f"{CHANGE[table]} WHERE scope = %s", [is_open, closed]).rowcount == n_rows
    # Only what is moved away from is writable, or only what is moved to.
    say(app, scopes=everything, data=everything, writes=lab.visible(Tier.CLOSED).bits())
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(f"{CHANGE[table]} WHERE scope = %s", [is_open, closed])
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(CHANGE[table], [is_open])
    say(app, scopes=everything, data=everything, writes=lab.visible(Tier.OPEN).bits())
    assert app.execute(f"{CHANGE[table]} WHERE scope = %s", [is_open, closed]).rowcount == 0
    # Nothing is writable: also a statement that names no row changes none.
    say(app, scopes=everything, data=everything)
    assert app.execute(CHANGE[table], [is_open]).rowcount == 0
    # What is not seen is not changed by a statement that looks at it, even where it is writable.
    say(app, writes=everything)
    assert app.execute(f"{CHANGE[table]} WHERE scope = %s", [closed, closed]).rowcount == 0
    assert owner.execute(f"SELECT count(*) FROM {table} WHERE scope = %s", [closed]).fetchone() == (n_rows,)


@pytest.mark.parametrize("table", REMOVABLE)
def test_rows_are_removed_where_their_scope_is_writable(app, owner, lab, table):
    closed, is_open = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
    everything = lab.visible().bits()
    say(app, scopes=everything, data=everything, writes=lab.visible(Tier.OPEN).bits())
    with app.transaction(force_rollback=True):
        assert app.execute(f"DELETE FROM {table}").rowcount == 1
        assert app.execute(f"SELECT DISTINCT scope FROM {table}").fetchall() == [(closed,)]
    say(app, scopes=everything, data=everything)
    assert app.execute(f"DELETE FROM {table}").rowcount == 0
    assert owner.execute(f"SELECT count(*) FROM {table} WHERE scope = ANY(%s)", [[closed, is_open]]).fetchone() == (2,)


def test_hidden_rows_can_be_neither_changed_nor_removed(app, owner, lab):
    see(app, lab.visible(Tier.OPEN).bits())
    closed = lab.scope(Tier.CLOSED).number
    before = owner.execute("SELECT count(*) FROM composition WHERE scope = %s", [closed]).fetchone()
    links = owner.execute("SELECT count(*) FROM link WHERE scope = %s", [closed]).fetchone()
    with app.transaction(force_rollback=True):
        assert app.execute("DELETE FROM link WHERE scope = %s", [closed]).rowcount == 0
        assert app.execute("DELETE FROM link").rowcount >= 0
        assert owner.execute("SELECT count(*) FROM link WHERE scope = %s", [closed]).fetchone() == links
        assert app.execute("DELETE FROM composition").rowcount == 1
        assert app.execute("UPDATE record SET is_current = false").rowcount == 2
        assert app.execute("UPDATE property SET is_standing = false").rowcount == 1
        assert owner.execute("SELECT count(*) FROM composition WHERE scope = %s", [closed]).fetchone() == before


def test_the_rights_of_a_project_are_seen_by_those_who_see_one_of_its_scopes(app, owner, lab):
    scopes = {tier: lab.scope(tier).number for tier in (Tier.CLOSED, Tier.OPEN)}
    project = lab.record(
        RecordKind.PROJECT, "project", scope=scopes[Tier.CLOSED], document={"rights": {"citation": "x"}}
    )
    lab.write(project)
    mine = "SELECT count(*) FROM project_rights WHERE project = %s"
    assert owner.execute(mine, [lab.project]).fetchone() == (1,)
    other = Laboratory(lab.catalog)
    for bits, n in (
        ("", 0),
        ("0", 0),
        (other.visible().bits(), 0),
        (lab.visible(Tier.OPEN).bits(), 1),
        (lab.visible(Tier.CLOSED).bits(), 1),
    ):
        see(app, bits)
        assert app.execute(mine, [lab.project]).fetchone() == (n,)
    see(app, other.visible().bits())
    assert app.execute("DELETE FROM project_rights WHERE project = %s", [lab.project]).rowcount == 0
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(
            "INSERT INTO project_rights (record, project, rights) VALUES (gen_random_uuid(), %s, '{}')", [lab.project]
        )
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute("UPDATE project_rights SET rights = '{}'")


def test_the_owner_is_bound_too_unless_it_is_a_superuser(owner):
    rows = owner.execute(
        "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relkind = 'r'"
    ).fetchall()
    assert {row[0] for row in rows} == {*GUARDED, "project_rights"}
    rights = owner.execute(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcanlogin FROM pg_roles "
        "WHERE rolname LIKE 'kiban_app%'"
    ).fetchall()
    assert sorted(rights) == [
        ("kiban_app", False, False, False, True),
        ("kiban_app_search", False, False, False, False),
    ]


def test_each_table_has_the_four_policies_and_the_searches_their_own(owner):
    rows = owner.execute(
        "SELECT tablename, policyname, permissive, roles::text[], cmd FROM pg_policies WHERE schemaname = 'public'"
    ).fetchall()
    four = dict(zip(POLICIES, ("SELECT", "INSERT", "UPDATE", "DELETE"), strict=True))
    expected = {(table, policy, "PERMISSIVE", "public", four[policy]) for table in GUARDED for policy in POLICIES}
    # Its rows are never changed, only taken away and added.
    expected |= {("project_rights", p, "PERMISSIVE", "public", four[p]) for p in POLICIES if p != "changed"}
    # Lines of the audit log are added by its function alone, and never changed.
    expected.add(("audit", "read", "PERMISSIVE", "public", "SELECT"))
    expected |= {(table, "searched", "PERMISSIVE", "kiban_app_search", "SELECT") for table in SEARCHED}
    assert {(table, policy, kind, *roles, deed) for table, policy, kind, roles, deed in rows} == expected


def test_every_table_with_a_scope_is_guarded(owner):
    rows = owner.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE a.attname = 'scope' AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
    ).fetchall()
    assert {row[0] for row in rows} == set(GUARDED)
