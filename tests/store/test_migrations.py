"""The database's shape: made from nothing, once, by whoever comes first, and as `sql_tables` says."""

from __future__ import annotations

import itertools
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from kiban.errors import InvalidSetting
from kiban.query.parse import parse
from kiban.query.question import EVERYTHING
from kiban.store.migrate import migrate, revisions
from kiban.store.postgres_settings import APPLICATION, OWNER
from kiban.store.sql_catalog import SqlCatalog
from kiban.store.sql_tables import METADATA
from kiban.testing.catalog_examples import Laboratory
from kiban.testing.opening_question import ANSWERS, QUESTION, write_oxide_films

_number = itertools.count()


def version(conninfo):
    with psycopg.connect(conninfo) as connection:
        return connection.execute("SELECT version_num FROM alembic_version").fetchall()


def test_an_empty_database_gets_its_tables_and_a_second_start_changes_nothing(postgres, new_database):
    conninfo = postgres.conninfo(OWNER, new_database())
    migrate(conninfo)
    assert version(conninfo) == [(revisions()[-1],)]
    with psycopg.connect(conninfo) as connection:
        before = connection.execute("SELECT oid, xmin FROM pg_class ORDER BY oid").fetchall()
    migrate(conninfo)
    with psycopg.connect(conninfo) as connection:
        assert connection.execute("SELECT oid, xmin FROM pg_class ORDER BY oid").fetchall() == before


def test_many_may_start_at_once(postgres, new_database):
    conninfo = postgres.conninfo(OWNER, new_database())
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, [conninfo] * 4))
    assert version(conninfo) == [(revisions()[-1],)]


def test_two_databases_of_one_server_may_be_made_at_once(postgres, new_database):
    conninfos = [postgres.conninfo(OWNER, new_database()) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda c: migrate(c, app_role="kiban_twin"), conninfos))
    assert [version(c) for c in conninfos] == [[(revisions()[-1],)]] * 2


def test_the_tables_are_as_they_are_described(postgres, database):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(postgres.conninfo(OWNER, database)),
        poolclass=NullPool,
    )
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_the_columns_that_are_written_are_those_of_the_tables():
    from kiban.store import sql_insert

    tables = [value for value in vars(sql_insert).values() if isinstance(value, sql_insert.Table)]
    # Everything that carries a scope is written in bulk, and so is what stands for its bytes or for all of a project.
    with_scope = {name for name, table in METADATA.tables.items() if "scope" in table.columns}
    assert {table.name for table in tables} == with_scope | {"blob", "project_rights"}
    for table in tables:
        columns = METADATA.tables[table.name].columns
        described = [c.name for c in columns if c.identity is None and c.server_default is None]
        assert sorted(table.columns) == sorted(described)


def test_files_of_migrations_are_named_for_their_revisions():
    from alembic.script import ScriptDirectory

    from kiban.store import migrations

    script = ScriptDirectory(next(iter(migrations.__path__)))
    assert tuple(r.revision for r in script.walk_revisions())[::-1] == revisions()
    assert script.get_heads() == [revisions()[-1]]


def test_a_database_of_a_later_version_is_left_alone(postgres, new_database):
    conninfo = postgres.conninfo(OWNER, new_database())
    migrate(conninfo)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(InvalidSetting, match="9999"):
        migrate(conninfo)


def test_a_start_with_nothing_to_do_does_not_load_alembic(postgres, database):
    code = (
        "import sys; from kiban.store.migrate import migrate; migrate(sys.argv[1]); "
        "from kiban.store.sql_catalog import SqlCatalog; SqlCatalog.connect(sys.argv[2]).close(); "
        "print([m for m in ('alembic', 'sqlalchemy', 'pint', 'lark', 'numpy') if m in sys.modules])"
    )
    conninfos = [postgres.conninfo(OWNER, database), postgres.conninfo(APPLICATION, database)]
    done = subprocess.run([sys.executable, "-c", code, *conninfos], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture
def plain_owner(postgres):
    """A role as managed databases give it: it owns its database and may make roles, but is no superuser."""
    with psycopg.connect(postgres.conninfo(OWNER), autocommit=True) as connection:
        connection.execute("CREATE ROLE plain_owner LOGIN CREATEROLE")
        yield "plain_owner"
        connection.execute(f"ALTER ROLE plain_owner RENAME TO plain_owner_before_{next(_number)}")


def test_an_owner_without_superuser_rights_can_migrate_and_work(postgres, new_database, plain_owner):
    conninfo = postgres.conninfo(plain_owner, new_database(owner=plain_owner))
    migrate(conninfo, app_role="managed_app")
    migrate(conninfo, app_role="managed_app")
    catalog = SqlCatalog.connect(conninfo, role="managed_app")
    lab = Laboratory(catalog)
    lab.write(lab.sample("LTO-7"))
    assert catalog.count(parse("LTO AND title = lto-7"), lab.visible()) == 1
    catalog.close()
    with psycopg.connect(conninfo) as connection:
        # Row-level security binds the owner, too.
        assert connection.execute("SELECT count(*) FROM record").fetchone() == (0,)
    bound = SqlCatalog.connect(conninfo)
    assert bound.count(EVERYTHING, lab.visible()) == 1
    bound.close()
    with psycopg.connect(postgres.conninfo(OWNER), autocommit=True) as connection:
        connection.execute(f"GRANT managed_app_search TO {plain_owner} WITH INHERIT TRUE")
    with pytest.raises(InvalidSetting, match=plain_owner):
        SqlCatalog.connect(conninfo)


def test_an_owner_without_the_rights_is_told_which_are_missing(postgres, new_database):
    with psycopg.connect(postgres.conninfo(OWNER), autocommit=True) as connection:
        connection.execute("CREATE ROLE poor_owner LOGIN")
    conninfo = postgres.conninfo("poor_owner", new_database(owner="poor_owner"))
    with pytest.raises(InvalidSetting, match="CREATEROLE"):
        migrate(conninfo, app_role="poor_app")


def test_a_database_in_another_encoding_is_refused(postgres):
    with psycopg.connect(postgres.conninfo(OWNER), autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE latin ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C' LOCALE_PROVIDER libc"
        )
    with pytest.raises(InvalidSetting, match="UTF8"):
        migrate(postgres.conninfo(OWNER, "latin"))


_BEFORE_0024 = """
    DROP INDEX composition_element;
    CREATE INDEX composition_element ON composition (element, sample);
"""
_BEFORE_0023 = "DROP FUNCTION counted_with_words"
_BEFORE_0020 = "DROP INDEX record_title, record_created; ALTER TABLE record DROP COLUMN title_key"
_BEFORE_0017 = "DROP TABLE derivation; DROP FUNCTION newest_with_words"
_BEFORE_0016 = """
    DROP INDEX record_started, record_technique, record_newest, record_kind, property_newest, property_newest_subject;
    CREATE INDEX record_technique ON record (technique, id) WHERE is_current;
    CREATE INDEX record_started ON record (started) WHERE is_current;
"""
_BEFORE_0015 = """
    DROP TABLE entry;
    DROP INDEX property_term;
    CREATE INDEX property_term ON property (term, value_si);
"""
_BEFORE_0014 = "DROP TABLE saved_search; ALTER TABLE record DROP COLUMN arrived_at"
_BEFORE_0013 = """
    ALTER TABLE composition DROP COLUMN mass_fraction;
    DROP INDEX composition_fraction, record_of_process;
    UPDATE record SET answers = '{}' WHERE kind <> 'measurement';
    UPDATE alembic_version SET version_num = '0012';
"""


_ENTRIES = "SELECT record, name, value_si, scope FROM entry ORDER BY 1, 2, 3"


def test_samples_and_processes_that_were_there_before_answer_what_is_asked_now(postgres, new_database, plain_owner):
    # Row-level security binds this owner, too.
    conninfo = postgres.conninfo(plain_owner, new_database(owner=plain_owner))
    migrate(conninfo, app_role="app_of_before")
    catalog = SqlCatalog.connect(conninfo, role="app_of_before")
    lab = Laboratory(catalog)
    write_oxide_films(lab)
    technetium = lab.sample("odd one")
    lab.write(technetium, compositions={technetium.id: {"Tc": 0.5, "O": 0.5}})
    questions = (QUESTION, "mass_fraction.Ti > 59 %", "mass_fraction.O IS KNOWN", 'chemical_formula_reduced = "TiO2"')
    before = [catalog.count(parse(question), lab.visible()) for question in questions]
    assert before[0] == len(ANSWERS)
    assert all(before)
    catalog.close()
    with psycopg.connect(conninfo) as connection:
        connection.execute("SELECT set_config('kiban.' || s, 'xffff', true) FROM unnest(ARRAY['scopes', 'writes']) s")
        connection.execute("SELECT set_config('kiban.data', 'xffff', true)")
        entries = connection.execute(_ENTRIES).fetchall()
        connection.execute(_BEFORE_0024)
        connection.execute(_BEFORE_0023)
        connection.execute(_BEFORE_0020)
        connection.execute("DROP TABLE likeness")
        connection.execute(_BEFORE_0017)
        connection.execute(_BEFORE_0016)
        connection.execute(_BEFORE_0015)
        connection.execute(_BEFORE_0014)
        connection.execute(_BEFORE_0013)
    migrate(conninfo, app_role="app_of_before")
    catalog = SqlCatalog.connect(conninfo, role="app_of_before")
    assert [catalog.count(parse(question), lab.visible()) for question in questions] == before
    catalog.close()
    with psycopg.connect(conninfo) as connection:
        connection.execute("SELECT set_config('kiban.' || s, 'xffff', true) FROM unnest(ARRAY['scopes', 'data']) s")
        assert connection.execute(_ENTRIES).fetchall() == entries != []
        rows = connection.execute("SELECT mass_fraction FROM composition WHERE sample = %s", [technetium.id]).fetchall()
    assert rows == [(None,), (None,)]
