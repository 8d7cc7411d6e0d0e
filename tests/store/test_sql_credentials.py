"""Credentials in PostgreSQL pass the suite of their contract, and hold nothing that lets anybody in."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest

from kiban.store.postgres_settings import APPLICATION
from kiban.store.sql_credentials import SqlCredentials
from kiban.store.sql_pool import SqlPool
from kiban.testing.credentials_suite import CredentialsSuite, secret, token_of


@pytest.fixture(scope="module", name="pool")
def _pool(postgres, database):
    pool = SqlPool(postgres.conninfo(APPLICATION, database))
    yield pool
    pool.close()


class TestSqlCredentials(CredentialsSuite):
    @pytest.fixture
    def store(self, pool):
        return SqlCredentials(pool)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE token SET person = gen_random_uuid()",
        "UPDATE token SET acts = '{administer}'",
        "UPDATE token SET expires_at = 'infinity'",
        "UPDATE login_session SET person = gen_random_uuid()",
        "UPDATE login_session SET secret = ''",
        "UPDATE login_link SET person = gen_random_uuid()",
        "DELETE FROM token",
    ],
)
def test_the_application_cannot_turn_what_lets_one_in_into_what_lets_in_another(pool, app, statement):
    token = token_of(uuid4())
    SqlCredentials(pool).add_token(token, secret())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement)
