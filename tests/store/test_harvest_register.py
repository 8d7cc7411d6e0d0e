"""The registers of what harvesters were told pass the suite of their contract."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import psycopg
import pytest

from kiban.records.harvest import Span
from kiban.store.memory_harvest_register import MemoryHarvestRegister
from kiban.store.postgres_settings import APPLICATION
from kiban.store.sql_harvest_register import SqlHarvestRegister
from kiban.store.sql_pool import SqlPool
from kiban.testing.harvest_suite import HarvestSuite, notice


class TestMemoryHarvestRegister(HarvestSuite):
    @pytest.fixture
    def register(self):
        return MemoryHarvestRegister()


class TestSqlHarvestRegister(HarvestSuite):
    @pytest.fixture
    def register(self, postgres, database, owner):
        owner.execute("TRUNCATE harvest")
        pool = SqlPool(postgres.conninfo(APPLICATION, database))
        yield SqlHarvestRegister(pool)
        pool.close()

    def test_several_that_look_at_once_note_each_change_once(self, register):
        seen, counts = [notice() for _ in range(20)], []

        def look():
            counts.append(register.bring_up_to_date(lambda: seen, datetime.now(UTC)))

        threads = [threading.Thread(target=look) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(counts) == [0] * 19 + [20]
        assert register.count(Span()) == 20


@pytest.mark.parametrize("statement", ["DELETE FROM harvest", "UPDATE harvest SET pid = ''", "TRUNCATE harvest"])
def test_the_application_cannot_forget_that_something_was_open(app, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement)
