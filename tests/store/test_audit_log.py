"""The audit log in memory and in PostgreSQL: the suite of both, and what only a database can do wrong."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest

from kiban.records.audit_chain import NO_HASH
from kiban.records.event import Event
from kiban.records.scope import ScopeTerms, Tier, Visible
from kiban.store.audit_log import Asked
from kiban.store.catalog import Batch
from kiban.store.memory_audit_log import MemoryAuditLog
from kiban.store.migrate import migrate
from kiban.store.postgres_settings import APPLICATION, OWNER
from kiban.store.sql_audit_log import SqlAuditLog
from kiban.store.sql_catalog import SqlCatalog
from kiban.store.sql_pool import SqlPool
from kiban.testing.audit_suite import AuditSuite, an_entry


class TestMemoryAuditLog(AuditSuite):
    def make_log(self):
        return MemoryAuditLog()


@pytest.fixture
def pool(postgres, database):
    pool = SqlPool(postgres.conninfo(APPLICATION, database))
    yield pool
    pool.close()


@pytest.fixture
def log(pool):
    return SqlAuditLog(pool)


class TestSqlAuditLog(AuditSuite):
    @pytest.fixture(autouse=True)
    def _use(self, log):
        self._log = log

    def make_log(self):
        return self._log


def chain_of(log, above=0, before=NO_HASH):
    """The numbers of lines above one, each with its contents and place in the chain checked."""
    numbers = []
    for line in log.lines(Asked(above=above)):
        assert line.number == above + len(numbers) + 1
        assert line.previous == before
        assert line.hash == line.right_hash()
        numbers.append(line.number)
        before = line.hash
    return numbers


def test_many_threads_make_one_chain(log):
    start = log.tail()

    def write(n):
        for k in range(10):
            log.append([an_entry(actor=f"{n}-{k}")] * (1 + k % 2), relaxed=bool(n % 2))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(8)))
    assert len(chain_of(log, start.number, start.hash)) == 8 * 15


def test_two_processes_make_one_chain(log, postgres, database):
    start = log.tail()
    code = (
        "import sys; from kiban.store.sql_audit_log import SqlAuditLog; from kiban.store.sql_pool import SqlPool; "
        "from kiban.testing.audit_suite import an_entry; log = SqlAuditLog(SqlPool(sys.argv[1])); "
        "[log.append([an_entry(actor=str(n))]) for n in range(40)]"
    )
    conninfo = postgres.conninfo(APPLICATION, database)
    processes = [subprocess.Popen([sys.executable, "-c", code, conninfo]) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert len(chain_of(log, start.number, start.hash)) == 80


def test_a_long_transaction_on_the_catalog_keeps_no_other_from_writing_its_lines(sql_catalog, log):
    """The lock on the end of the log is taken last, not while records are being written."""
    project = uuid4()
    scope = sql_catalog.ensure_scope(ScopeTerms(project=project, tier=Tier.CLOSED))
    visible = Visible.of([scope])
    with sql_catalog.writing(visible, project=project) as writing:
        writing.add(_batch(scope.number, "began"))
        done = threading.Event()

        def other():
            log.append([an_entry(actor="other")])
            done.set()

        thread = threading.Thread(target=other)
        thread.start()
        assert done.wait(30), "a line had to wait for a transaction that was still under way"
        thread.join()
    assert [line.act for line in log.lines(newest_first=True, limit=2)] == ["began", "read record"]


def _batch(scope, *actions):
    return Batch(
        events=tuple(Event(at=datetime.now(UTC), actor="ann", action=action, scope=scope) for action in actions)
    )


def test_a_transaction_that_is_undone_leaves_no_line(sql_catalog, log):
    project = uuid4()
    scope = sql_catalog.ensure_scope(ScopeTerms(project=project, tier=Tier.CLOSED))
    before = log.tail()

    def half_done():
        with sql_catalog.writing(Visible.of([scope]), project=project) as writing:
            writing.add(_batch(scope.number, "began"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()
    assert log.tail() == before


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit SELECT number + 1000000, at, actor, act, subject, scopes, rule, address, details, previous, "
        "hash FROM audit LIMIT 1",
        "UPDATE audit SET actor = 'nobody'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "ALTER TABLE audit DISABLE TRIGGER for_ever",
        "DROP TABLE audit",
    ],
)
def test_a_mistake_of_the_application_cannot_change_lines(app, log, statement):
    log.append([an_entry()])
    before = log.tail()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement)
    assert log.tail() == before


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit", "TRUNCATE audit"])
def test_not_even_the_owner_changes_lines_by_accident(owner, log, statement):
    log.append([an_entry()])
    with pytest.raises(psycopg.errors.RaiseException, match="not changed or removed"):
        owner.execute(statement)


def test_a_query_that_does_not_say_for_whom_sees_no_line(app, log):
    log.append([an_entry(scope=1)])
    assert app.execute("SELECT count(*) FROM audit").fetchall() == [(0,)]
    app.execute("SET kiban.audit_scopes = '{2}'")
    assert app.execute("SELECT count(*) FROM audit WHERE scopes = '{1}'").fetchall() == [(0,)]
    app.execute("SET kiban.audit_scopes = '{1}'")
    assert app.execute("SELECT count(*) FROM audit WHERE scopes <> '{1}' AND NOT scopes @> '{1}'").fetchall() == [(0,)]
    assert app.execute("SELECT count(*) > 0 FROM audit").fetchall() == [(True,)]


def test_an_asker_s_address_and_the_rule_stand_in_the_line(sql_catalog, log):
    project = uuid4()
    scope = sql_catalog.ensure_scope(ScopeTerms(project=project, tier=Tier.CLOSED))
    visible = Visible(
        frozenset({scope.number}), address="192.0.2.7", rule=lambda number: f"rule of {number - scope.number}"
    )
    with sql_catalog.writing(visible, project=project) as writing:
        writing.add(_batch(scope.number, "revised"))
    [(_, entry)] = log.read(after=log.tail().number - 1)
    assert (entry.address, entry.rule, entry.scope) == ("192.0.2.7", "rule of 0", scope.number)


def test_flushing_needs_no_more_rights_than_the_application_has(log):
    log.append([an_entry()], relaxed=True)
    log.flush()


def test_a_log_is_empty_in_a_new_database(postgres, new_database):
    name = new_database()
    migrate(postgres.conninfo(OWNER, name))
    catalog = SqlCatalog.connect(postgres.conninfo(APPLICATION, name))
    try:
        log = SqlAuditLog(catalog.pool)
        assert (log.tail().number, log.tail().hash, list(log.lines())) == (0, NO_HASH, [])
    finally:
        catalog.close()
