"""What belongs together becomes one transaction: a change, and the line of the audit log that tells of it."""

# ruff: noqa: PT012  the block is what fails, and what it did before that is what is looked at

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest

from kiban.errors import Conflict, StorageError
from kiban.records.audit_entry import AuditEntry
from kiban.records.parties.people import Organisation
from kiban.records.scope import Visible
from kiban.store.postgres_settings import APPLICATION
from kiban.store.sql_audit_log import SqlAuditLog
from kiban.store.sql_catalog import SqlCatalog
from kiban.store.sql_credentials import SqlCredentials
from kiban.store.sql_directory import SqlDirectory
from kiban.store.sql_pool import SqlPool
from kiban.testing.credentials_suite import secret, token_of


class Stores:
    """Those that take part, on one pool, and what they told of the end of the log."""

    def __init__(self, pool: SqlPool) -> None:
        self.pool = pool
        self.credentials, self.audit, self.directory = SqlCredentials(pool), SqlAuditLog(pool), SqlDirectory(pool)
        self.told: list[tuple[int, bool]] = []
        for store in (self.audit, self.directory):
            store.committed = lambda tail, is_safe: self.told.append((tail.number, is_safe))

    def acts(self) -> list[str]:
        return [entry.act for _, entry in self.audit.read()]

    def add(self, organisation: Organisation, act: str) -> None:
        revision = self.directory.load().revision
        self.directory.change([organisation], by="x", expected=revision, audit=[line(act)])


def line(act: str) -> AuditEntry:
    return AuditEntry(at=datetime.now(UTC), actor="x", act=act)


@pytest.fixture(name="stores")
def _stores(postgres, database):
    pool = SqlPool(postgres.conninfo(APPLICATION, database))
    yield Stores(pool)
    pool.close()


def test_all_of_it_happens_and_the_end_of_the_log_is_told_once_it_is_there(stores: Stores) -> None:
    token, organisation = token_of(uuid4()), Organisation(id=uuid4(), name="A")
    first, second = str(uuid4()), str(uuid4())
    with stores.pool.together():
        stores.credentials.add_token(token, secret())
        stores.audit.append([line(first)])
        stores.add(organisation, second)
        assert stores.told == []
        assert organisation.id not in stores.directory.load().organisations
    assert stores.credentials.tokens(token.person) == (token,)
    assert organisation.id in stores.directory.load().organisations
    assert stores.acts()[-2:] == [first, second]
    assert [is_safe for _, is_safe in stores.told] == [True, True]
    assert stores.told[-1][0] == stores.audit.tail().number


def test_of_what_is_cut_short_nothing_has_happened(stores: Stores) -> None:
    token, organisation, act = token_of(uuid4()), Organisation(id=uuid4(), name="A"), str(uuid4())
    before = stores.audit.tail()
    with pytest.raises(KeyboardInterrupt), stores.pool.together():
        stores.credentials.add_token(token, secret())
        stores.add(organisation, act)
        raise KeyboardInterrupt
    assert stores.credentials.tokens(token.person) == ()
    assert organisation.id not in stores.directory.load().organisations
    assert stores.audit.tail() == before
    assert stores.told == []
    # What comes after it is on its own again.
    stores.credentials.add_token(token, secret())
    assert stores.credentials.tokens(token.person) == (token,)


def test_no_change_without_its_line(stores: Stores, owner: psycopg.Connection) -> None:
    token, organisation = token_of(uuid4()), Organisation(id=uuid4(), name="A")
    owner.execute("ALTER FUNCTION audit_append RENAME TO audit_append_gone")
    try:
        with pytest.raises(psycopg.errors.UndefinedFunction), stores.pool.together():
            stores.credentials.add_token(token, secret())
            stores.audit.append([line("made token")])
        with pytest.raises(psycopg.errors.UndefinedFunction):
            stores.add(organisation, "added")
    finally:
        owner.execute("ALTER FUNCTION audit_append_gone RENAME TO audit_append")
    assert stores.credentials.tokens(token.person) == ()
    assert organisation.id not in stores.directory.load().organisations


def test_a_part_that_failed_and_was_passed_over_fails_the_whole(stores: Stores) -> None:
    token, same = token_of(uuid4()), secret()
    stores.credentials.add_token(token_of(uuid4()), same)
    before = stores.audit.tail()
    with pytest.raises(StorageError, match="belongs together"), stores.pool.together():
        stores.audit.append([line("made token")])
        with pytest.raises(psycopg.errors.UniqueViolation):
            stores.credentials.add_token(token, same)
    assert stores.audit.tail() == before


def test_a_conflict_within_undoes_what_came_before_it(stores: Stores) -> None:
    token, organisation = token_of(uuid4()), Organisation(id=uuid4(), name="A")
    with pytest.raises(Conflict), stores.pool.together():
        stores.credentials.add_token(token, secret())
        stores.directory.change([organisation], by="x", expected=-2)
    assert stores.credentials.tokens(token.person) == ()


def test_nobody_waits_for_the_end_of_the_log_meanwhile(stores: Stores, postgres, database) -> None:
    other = SqlPool(f"{postgres.conninfo(APPLICATION, database)} options='-c lock_timeout=20s'")
    mine, theirs = str(uuid4()), str(uuid4())
    try:
        with stores.pool.together():
            stores.audit.append([line(mine)])
            SqlAuditLog(other).append([line(theirs)])
    finally:
        other.close()
    assert stores.acts()[-2:] == [theirs, mine]


def test_a_line_that_does_not_wait_for_the_disk_leaves_the_rest_waiting(stores: Stores) -> None:
    with stores.pool.together():
        stores.audit.append([line("read")], relaxed=True)
        with stores.pool.joining() as connection:
            assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
        stores.audit.append([line("wrote")])
    assert [is_safe for _, is_safe in stores.told] == [False, True]


def test_blocks_within_one_another_are_one(stores: Stores) -> None:
    token = token_of(uuid4())
    with pytest.raises(KeyboardInterrupt), stores.pool.together():
        with stores.pool.together():
            stores.credentials.add_token(token, secret())
        assert stores.credentials.tokens(token.person) == (token,)
        raise KeyboardInterrupt
    assert stores.credentials.tokens(token.person) == ()


def test_a_change_of_the_directory_while_records_are_written_is_part_of_that(sql_catalog: SqlCatalog) -> None:
    stores, project = Stores(sql_catalog.pool), uuid4()
    organisation = Organisation(id=uuid4(), name="A")
    with pytest.raises(KeyboardInterrupt), sql_catalog.writing(Visible(frozenset()), project=project):
        stores.add(organisation, "added")
        raise KeyboardInterrupt
    assert organisation.id not in stores.directory.load().organisations
    assert stores.told == []
    with sql_catalog.writing(Visible(frozenset()), project=project):
        stores.add(organisation, "added")
        assert organisation.id not in stores.directory.load().organisations
    assert organisation.id in stores.directory.load().organisations
    assert stores.told == [(stores.audit.tail().number, True)]
