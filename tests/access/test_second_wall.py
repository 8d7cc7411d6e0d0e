"""Row-level security, policy by policy: the wall as it is lets through what it should, and no policy can be missed."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from kiban.store.embedded_postgres import EmbeddedPostgres
from kiban.store.migrate import migrate
from kiban.store.postgres_settings import APPLICATION, OWNER

from .second_wall_probe import READ_BY, Wall, connect, faults_of, furnish, weakenings


@pytest.fixture(scope="module", name="wall")
def _wall(postgres: EmbeddedPostgres) -> Iterator[Wall]:
    """A database with all tables, and a row of each scope in each."""
    with psycopg.connect(postgres.conninfo(OWNER), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE wall OWNER {OWNER}")
    migrate(postgres.conninfo(OWNER, "wall"))
    wall = connect(postgres, "wall")
    furnish(wall.owner)
    yield wall
    wall.owner.close()
    wall.app.close()


def test_every_table_with_a_scope_is_probed(wall: Wall) -> None:
    rows = wall.owner.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE a.attname = 'scope' AND c.relkind = 'r' AND c.relrowsecurity"
    ).fetchall()
    assert {row[0] for row in rows} == set(READ_BY)


def test_the_wall_lets_through_what_it_should(wall: Wall) -> None:
    assert faults_of(wall) == []


@pytest.mark.parametrize("weakening", weakenings())
def test_a_weaker_wall_is_noticed(wall: Wall, weakening: str) -> None:
    table, statement = weakenings()[weakening]
    with wall.owner.transaction(force_rollback=True):
        wall.owner.execute(statement)
        # The probe of the application asks in the same transaction: nothing is left behind.
        wall.owner.execute(f"SET LOCAL ROLE {APPLICATION}")
        assert faults_of(Wall(wall.owner, wall.owner), (table,)) != []


def test_it_is_as_strong_as_before(wall: Wall) -> None:
    assert faults_of(wall) == []
