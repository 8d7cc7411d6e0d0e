"""A real PostgreSQL for the tests of what is kept in it: one server for each process of tests."""

from __future__ import annotations

import itertools

import psycopg
import pytest

from kiban.store.embedded_postgres import EmbeddedPostgres
from kiban.store.migrate import migrate
from kiban.store.postgres_settings import APPLICATION, OWNER
from kiban.store.sql_catalog import SqlCatalog

_number = itertools.count()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """A running server."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres") / "home") as server:
        yield server


@pytest.fixture(scope="session")
def new_database(postgres):
    """Makes an empty database and gives its name."""

    def make(owner=OWNER):
        name = f"test_{next(_number)}"
        with psycopg.connect(postgres.conninfo(OWNER), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} OWNER {owner}")
        return name

    return make


@pytest.fixture(scope="session")
def database(postgres, new_database):
    """The name of a database with tables, shared by tests that work in projects of their own."""
    name = new_database()
    migrate(postgres.conninfo(OWNER, name))
    return name


@pytest.fixture(scope="session")
def sql_catalog(postgres, database):
    """A catalog in the shared database."""
    catalog = SqlCatalog.connect(postgres.conninfo(APPLICATION, database))
    yield catalog
    catalog.close()


@pytest.fixture
def owner(postgres, database):
    """A connection of the owner, whom row-level security does not bind."""
    with psycopg.connect(postgres.conninfo(OWNER, database), autocommit=True) as connection:
        yield connection


@pytest.fixture
def app(postgres, database):
    """A bare connection of the application's role."""
    with psycopg.connect(postgres.conninfo(APPLICATION, database), autocommit=True) as connection:
        yield connection
