"""Saved searches in PostgreSQL pass the suite of their contract, and what is being written is not passed over."""

from __future__ import annotations

import threading
from uuid import uuid4

import psycopg
import pytest

from kiban.query.question import EVERYTHING
from kiban.store.catalog import Arrivals, Batch
from kiban.store.postgres_settings import APPLICATION
from kiban.store.sql_pool import SqlPool
from kiban.store.sql_saved_searches import SqlSavedSearches
from kiban.testing.catalog_arrivals_suite import looked
from kiban.testing.catalog_examples import Laboratory
from kiban.testing.saved_searches_suite import SavedSearchesSuite, search_of


@pytest.fixture(scope="module", name="pool")
def _pool(postgres, database):
    pool = SqlPool(postgres.conninfo(APPLICATION, database))
    yield pool
    pool.close()


class TestSqlSavedSearches(SavedSearchesSuite):
    @pytest.fixture
    def store(self, pool):
        return SqlSavedSearches(pool)


@pytest.mark.parametrize("column", ["person = gen_random_uuid()", "id = gen_random_uuid()", "made_at = now()"])
def test_the_application_cannot_give_a_search_to_another_person(pool, app, column):
    SqlSavedSearches(pool).keep(search_of(uuid4()))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(f"UPDATE saved_search SET {column}")  # noqa: S608


def test_a_refused_name_leaves_the_rest_of_its_transaction_whole(pool):
    store, person = SqlSavedSearches(pool), uuid4()
    store.keep(search_of(person))
    with pool.together():
        store.keep(search_of(person, "first"))
        with pytest.raises(Exception, match="another saved search"):
            store.keep(search_of(person))
        store.keep(search_of(person, "last"))
    assert [each.name for each in store.all_of(person)] == ["first", "last", "硬い膜"]


def test_what_is_written_while_somebody_looks_is_new_when_it_can_be_seen(sql_catalog):
    """The record has its time before they looked, and is seen after: by the clock alone it would never be new."""
    lab = Laboratory(sql_catalog)
    visible = lab.visible()
    is_written, may_end = threading.Event(), threading.Event()

    def write():
        with sql_catalog.writing(visible, project=lab.project) as writing:
            writing.add(Batch(records=(lab.sample("slow"),)))
            is_written.set()
            may_end.wait(60)

    writer = threading.Thread(target=write)
    writer.start()
    assert is_written.wait(60)
    since = looked(sql_catalog, visible)
    assert sql_catalog.arrived(EVERYTHING, visible, since).records == ()
    may_end.set()
    writer.join()
    assert [record.title for record in sql_catalog.arrived(EVERYTHING, visible, since).records] == ["slow"]


def test_of_very_many_a_part_is_counted_and_said_to_be_one(sql_catalog, monkeypatch):
    monkeypatch.setattr("kiban.store.sql_arrivals.EXAMINED", 3)
    lab = Laboratory(sql_catalog)
    visible = lab.visible()
    since = looked(sql_catalog, visible)
    lab.write(lab.sample("one"), lab.sample("two"))
    assert sql_catalog.count_arrived([(EVERYTHING, since)], visible) == (Arrivals(2),)
    lab.write(lab.sample("three"), lab.sample("four"))
    assert sql_catalog.count_arrived([(EVERYTHING, since)], visible) == (Arrivals(3, is_more=True),)
    assert len(sql_catalog.arrived(EVERYTHING, visible, since).records) == 4
