"""The directory in a real PostgreSQL: the suite of every directory, and what several processes do at once."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import replace

import psycopg
import pytest

from kiban.records.identity import new_uuid
from kiban.records.parties.people import Person
from kiban.records.parties.terms import Project
from kiban.records.scope import ScopeTerms, Tier
from kiban.store.migrate import migrate
from kiban.store.postgres_settings import APPLICATION, OWNER
from kiban.store.sql_catalog import SqlCatalog
from kiban.store.sql_directory import SqlDirectory
from kiban.testing.directory_suite import DirectorySuite


@pytest.fixture(scope="module")
def own_database(new_database, postgres):
    """A database that is emptied again and again."""
    name = new_database()
    migrate(postgres.conninfo(OWNER, name))
    return name


@pytest.fixture
def make(own_database, postgres):
    """Makes catalog and directory of a database that was emptied."""
    catalogs = []

    def made(*, is_new=True):
        if is_new:
            with psycopg.connect(postgres.conninfo(OWNER, own_database), autocommit=True) as owner:
                owner.execute("TRUNCATE directory, scope RESTART IDENTITY CASCADE")
        catalog = SqlCatalog.connect(postgres.conninfo(APPLICATION, own_database))
        catalogs.append(catalog)
        return catalog, SqlDirectory(catalog.pool)

    yield made
    for catalog in catalogs:
        catalog.close()


class TestSqlDirectory(DirectorySuite):
    @pytest.fixture(autouse=True)
    def _use(self, make):
        self.make_stores = make


def test_what_one_process_changes_the_others_see_at_once(make):
    (catalog, store), (other_catalog, other_store) = make(), make(is_new=False)
    project = Project(id=new_uuid(), name="Batteries")
    store.change([project], by="test", expected=0)
    scope = other_catalog.ensure_scope(ScopeTerms(project=project.id, tier=Tier.CLOSED, follows=True))
    for each in (catalog, other_catalog):
        assert each.scopes() == (scope,)
    other_store.change([replace(project, tier=Tier.OPEN)], by="other", expected=1)
    assert store.load().projects[project.id].tier is Tier.OPEN
    assert [s.tier for s in catalog.scopes()] == [Tier.OPEN]
    later = catalog.ensure_scope(ScopeTerms(project=project.id, tier=Tier.CLOSED))
    assert [s.number for s in other_catalog.scopes()] == [scope.number, later.number]


def test_what_has_not_changed_is_not_read_again(make):
    catalog, store = make()
    project = Project(id=new_uuid(), name="Batteries")
    store.change([project], by="test", expected=0)
    catalog.ensure_scope(ScopeTerms(project=project.id, tier=Tier.CLOSED))
    assert catalog.scopes() is catalog.scopes()
    assert store.load() is store.load()
    before = catalog.scopes()
    catalog.ensure_scope(ScopeTerms(project=project.id, tier=Tier.OPEN))
    assert catalog.scopes()[0] is before[0]


def test_a_change_that_is_not_committed_is_not_seen(make, own_database, postgres):
    catalog, store = make()
    project = Project(id=new_uuid(), name="Batteries")
    store.change([project], by="test", expected=0)
    scope = catalog.ensure_scope(ScopeTerms(project=project.id, tier=Tier.CLOSED, follows=True))
    with psycopg.connect(postgres.conninfo(APPLICATION, own_database)) as connection:
        connection.execute("SELECT follow_project(%s, 'open', NULL)", [project.id])
        connection.execute(
            "INSERT INTO directory (kind, id, is_current, document, changed_at, changed_by) "
            "VALUES ('person', %s, false, '{}', now(), 'x')",
            [new_uuid()],
        )
        assert catalog.scopes() == (scope,)
        connection.rollback()
    assert catalog.scopes() == (scope,)


def test_a_scope_that_follows_waits_for_a_change_of_its_project_that_is_under_way(make, own_database, postgres):
    catalog, store = make()
    project = Project(id=new_uuid(), name="Batteries", tier=Tier.OPEN)
    store.change([project], by="test", expected=0)
    made = []
    with psycopg.connect(postgres.conninfo(OWNER, own_database)) as connection:
        # Somebody is closing the project, and has got as far as the scopes there are.
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [0x6B69_6261_6E02])
        connection.execute(
            "UPDATE directory SET document = jsonb_set(document::jsonb, '{tier}', '\"closed\"')::json WHERE id = %s",
            [project.id],
        )
        thread = threading.Thread(
            target=lambda: made.append(
                catalog.ensure_scope(ScopeTerms(project=project.id, tier=Tier.OPEN, follows=True))
            )
        )
        thread.start()
        time.sleep(0.3)
        assert made == []
        connection.commit()
    thread.join(20)
    assert [scope.tier for scope in made] == [Tier.CLOSED]


_ADD = """
import sys
from kiban.errors import Conflict
from kiban.records.identity import new_uuid
from kiban.records.parties.people import Person
from kiban.store.sql_directory import SqlDirectory
from kiban.store.sql_pool import SqlPool
pool = SqlPool(sys.argv[1])
store = SqlDirectory(pool)
for n in range(10):
    while True:
        person = Person(id=new_uuid(), login=f"{sys.argv[2]}{n}", name="x")
        try:
            store.change([person], by="test", expected=store.load().revision)
        except Conflict:
            continue
        break
pool.close()
"""


def test_two_processes_that_change_it_take_turns(make, own_database, postgres):
    _, store = make()
    command = [sys.executable, "-c", _ADD, postgres.conninfo(APPLICATION, own_database)]
    running = [subprocess.Popen([*command, name]) for name in ("a", "b")]
    assert [process.wait(120) for process in running] == [0, 0]
    found = store.load()
    assert {person.login for person in found.people.values()} == {f"{p}{n}" for p in "ab" for n in range(10)}
    assert found.revision == 20


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM directory",
        "UPDATE directory SET document = '{}'",
        "UPDATE directory SET changed_by = 'x'",
        "UPDATE scope SET tier = 'open'",
        "DELETE FROM scope",
    ],
)
def test_the_application_cannot_rewrite_what_was(make, own_database, postgres, statement):
    _, store = make()
    store.change([Person(id=new_uuid(), login="sato", name="Sato")], by="test", expected=0)
    with (
        psycopg.connect(postgres.conninfo(APPLICATION, own_database)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)
