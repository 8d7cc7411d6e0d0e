"""The catalog in a real PostgreSQL: the suite of every catalog, and what only a database can do wrong."""

# ruff: noqa: S608  the statements are put together of our own words

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest

from kiban.errors import Conflict, DatabaseUnavailable, InvalidSetting, InvalidValue, RecordNotFound
from kiban.quantity.measured import Measured
from kiban.query.parse import parse
from kiban.query.question import EVERYTHING
from kiban.records.record import RecordKind
from kiban.records.saved_search import Since
from kiban.records.scope import MAX_SCOPES, Tier
from kiban.store.catalog import Batch, Count, Counts, Facet
from kiban.store.embedded_postgres import EmbeddedPostgres
from kiban.store.migrate import migrate
from kiban.store.postgres_settings import APPLICATION, OWNER
from kiban.store.sql_catalog import SqlCatalog
from kiban.store.sql_errors import translated
from kiban.store.sql_pool import SqlPool
from kiban.store.sql_writing import SqlWriting
from kiban.testing.catalog_access_suite import CatalogAccessSuite
from kiban.testing.catalog_agreement_suite import CatalogAgreementSuite
from kiban.testing.catalog_arrivals_suite import CatalogArrivalsSuite
from kiban.testing.catalog_examples import Laboratory, a_fact, blob_of
from kiban.testing.catalog_facet_suite import CatalogFacetSuite
from kiban.testing.catalog_likeness_suite import CatalogLikenessSuite
from kiban.testing.catalog_move_suite import CatalogMoveSuite
from kiban.testing.catalog_path_suite import CatalogPathSuite
from kiban.testing.catalog_sets_suite import CatalogSetsSuite
from kiban.testing.catalog_sort_suite import CatalogSortSuite
from kiban.testing.catalog_suite import CatalogSuite


class TestSqlCatalog(CatalogSuite):
    @pytest.fixture(autouse=True)
    def _use(self, sql_catalog):
        self._catalog = sql_catalog

    def make_catalog(self):
        return self._catalog


class TestWithoutVectors(CatalogLikenessSuite):
    """A managed database may lack the extension; plain SQL compares then."""

    @pytest.fixture(autouse=True)
    def _use(self, sql_catalog, monkeypatch):
        monkeypatch.setattr("kiban.store.sql_catalog.HAS_VECTOR", "SELECT false")
        monkeypatch.setattr(sql_catalog, "_has_vector", False)
        self._catalog = sql_catalog

    def make_catalog(self):
        return self._catalog


class TestWhereManyRecordsAnswer(CatalogPathSuite, CatalogAgreementSuite):
    """Where an index gives many, or many scopes are visible, records are tested one by one; here two are many."""

    @pytest.fixture(autouse=True)
    def _use(self, sql_catalog, monkeypatch):
        monkeypatch.setattr("kiban.store.sql_building.FEW", 1)
        monkeypatch.setattr("kiban.store.sql_query.NARROW", 0)
        self._catalog = sql_catalog

    def make_catalog(self):
        return self._catalog


class TestWhereManyRecordsHaveAWord(CatalogAccessSuite, CatalogFacetSuite):
    """All that have it are found by its index, with what they are counted by; here two are many."""

    @pytest.fixture(autouse=True)
    def _use(self, sql_catalog, monkeypatch):
        monkeypatch.setattr("kiban.store.sql_building.FEW", 1)
        monkeypatch.setattr("kiban.store.sql_query.NARROW", 0)
        self._catalog = sql_catalog

    def make_catalog(self):
        return self._catalog


class TestWhereManyRecordsAreSorted(CatalogSortSuite):
    """Where many records answer, the values are walked in their order; here none are few."""

    @pytest.fixture(autouse=True, params=[1_000_000, 3], ids=["walked", "given up"])
    def _use(self, request, sql_catalog, monkeypatch):
        monkeypatch.setattr("kiban.store.sql_sorted.FEW", -1)
        monkeypatch.setattr("kiban.store.sql_sorted.MANY", 1)
        monkeypatch.setattr("kiban.store.sql_sorted.FIRST", 2)
        monkeypatch.setattr("kiban.store.sql_sorted_numbers.FIRST", 2)
        monkeypatch.setattr("kiban.store.sql_sorted_numbers.LONGEST", 3)
        monkeypatch.setattr("kiban.store.sql_sorted_numbers.COMMON", 4)
        for most in ("EXAMINED", "VALUES_EXAMINED", "VALUES_IN_VAIN"):
            monkeypatch.setattr(f"kiban.store.sql_sorted.{most}", request.param)
        self._catalog = sql_catalog

    def make_catalog(self):
        return self._catalog


class TestWithoutRowLevelSecurity(
    CatalogAccessSuite,
    CatalogSetsSuite,
    CatalogMoveSuite,
    CatalogPathSuite,
    CatalogArrivalsSuite,
    CatalogSortSuite,
    CatalogFacetSuite,
):
    """The first wall holds by itself: the queries filter, even where the database would show everything."""

    @pytest.fixture(autouse=True)
    def _use(self, postgres, database):
        pool = SqlPool(postgres.conninfo(OWNER, database))
        self._catalog = SqlCatalog(pool)
        yield
        pool.close()

    def make_catalog(self):
        return self._catalog


class TestWithoutOurFilter(
    CatalogAccessSuite,
    CatalogSetsSuite,
    CatalogMoveSuite,
    CatalogPathSuite,
    CatalogAgreementSuite,
    CatalogArrivalsSuite,
    CatalogSortSuite,
    CatalogFacetSuite,
):
    """The second wall holds by itself: the queries filter by nothing."""

    @pytest.fixture(autouse=True)
    def _use(self, sql_catalog, monkeypatch):
        every_bit = "x" + "f" * (MAX_SCOPES // 4)
        for module in (
            "sql_catalog",
            "sql_counts",
            "sql_few_seen",
            "sql_query",
            "sql_reading",
            "sql_walk",
            "sql_writing",
        ):
            monkeypatch.setattr(f"kiban.store.{module}.parameters", lambda _: {"scopes": every_bit, "data": every_bit})
        for name in ("sql_catalog.only_seen", "sql_reading.rows_seen"):
            monkeypatch.setattr(f"kiban.store.{name}", lambda found, *_: list(found))
        monkeypatch.setattr("kiban.store.sql_query.NARROW", 0)
        everything = frozenset(range(MAX_SCOPES))
        # What is not writable the database leaves as it is without a word: our own look at the set tells of it.
        monkeypatch.setattr(
            "kiban.store.sql_catalog.SqlWriting",
            lambda cursor, visible, project: SqlWriting(
                cursor, replace(visible, numbers=everything, data=everything), project
            ),
        )
        self._catalog = sql_catalog

    def make_catalog(self):
        return self._catalog


class TestAsAnotherRole(CatalogAccessSuite):
    """A login with more rights works as the application's role, as with KIBAN_DATABASE_URL."""

    @pytest.fixture(autouse=True)
    def _use(self, postgres, database):
        self._catalog = SqlCatalog.connect(postgres.conninfo(OWNER, database), role=APPLICATION)
        yield
        self._catalog.close()

    def make_catalog(self):
        return self._catalog


def test_a_role_that_can_pass_by_row_level_security_is_refused(postgres, database):
    with pytest.raises(InvalidSetting, match=OWNER):
        SqlCatalog.connect(postgres.conninfo(OWNER, database))


@pytest.mark.parametrize("address", ["no address", "postgresql+psycopg://x"])
def test_an_address_that_cannot_be_read_is_refused(address):
    with pytest.raises(InvalidSetting, match="postgresql://"):
        SqlCatalog.connect(address)
    with pytest.raises(InvalidSetting, match="postgresql://"):
        migrate(address)


def test_a_database_that_is_not_there_is_told(tmp_path):
    with pytest.raises(DatabaseUnavailable):
        SqlCatalog.connect(f"host={tmp_path} user=nobody dbname=kiban")
    with pytest.raises(DatabaseUnavailable):
        migrate(f"host={tmp_path} user=nobody dbname=kiban")


def test_the_set_of_scopes_does_not_outlive_its_transaction(sql_catalog):
    lab = Laboratory(sql_catalog)
    lab.write(lab.sample("x"))
    pool = sql_catalog.pool
    for _ in range(3):
        sql_catalog.count(EVERYTHING, lab.visible())
        with pool.transaction() as connection:
            assert connection.execute("SELECT count(*) FROM record").fetchone() == (0,)


def test_more_threads_than_connections_read_and_write(sql_catalog):
    lab = Laboratory(sql_catalog)
    visible = lab.visible()

    def work(i):
        with sql_catalog.writing(visible, project=lab.project) as writing:
            # A writer may read meanwhile; those who wait for their turn must not hold the connections it needs.
            sql_catalog.count(EVERYTHING, visible)
            writing.add(Batch(records=(lab.sample(f"sample {i}"),)))
        return sql_catalog.count(EVERYTHING, visible)

    with ThreadPoolExecutor(30) as pool:
        counts = list(pool.map(work, range(60)))
    assert max(counts) == 60


def test_writers_of_one_project_wait_for_each_other_across_processes(postgres, database, sql_catalog):
    lab, entered = Laboratory(sql_catalog), threading.Event()
    other = SqlCatalog.connect(postgres.conninfo(APPLICATION, database))
    order = []

    def second():
        with other.writing(lab.visible(), project=lab.project) as writing:
            order.append("second")
            assert "LTO" in writing.existing(RecordKind.SAMPLE, ["LTO"])
        entered.set()

    thread = threading.Thread(target=second)
    with sql_catalog.writing(lab.visible(), project=lab.project) as writing:
        thread.start()
        assert not entered.wait(0.3)
        with other.writing(lab.visible(), project=Laboratory(other).project):
            pass  # another project's turn comes at once
        writing.add(Batch(records=(lab.sample("LTO"),)))
        order.append("first")
    thread.join(10)
    other.close()
    assert order == ["first", "second"]


def test_a_lost_connection_is_told_and_the_next_one_works(sql_catalog, owner):
    lab = Laboratory(sql_catalog)
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s AND datname = current_database()"

    def lose_it():
        with sql_catalog.writing(lab.visible(), project=lab.project) as writing:
            writing.add(Batch(records=(lab.sample("one"),)))
            owner.execute(kill, [APPLICATION])
            writing.add(Batch(records=(lab.sample("two"),)))

    with pytest.raises(DatabaseUnavailable) as caught:
        lose_it()
    assert "try again" in caught.value.mend
    assert sql_catalog.count(EVERYTHING, lab.visible()) == 0
    # Connections that died while they were idle are noticed before they are used.
    owner.execute(kill, [APPLICATION])
    time.sleep(0.2)
    lab.write(lab.sample("one"))
    assert sql_catalog.count(EVERYTHING, lab.visible()) == 1


def test_an_idle_connection_whose_death_is_not_known_yet_is_passed_over(sql_catalog, owner, monkeypatch):
    from kiban.store import sql_pool

    lab = Laboratory(sql_catalog)
    lab.write(lab.sample("one"))
    # On a busy machine the server's good-bye comes after we have looked for it.
    monkeypatch.setattr(sql_pool, "_is_alive", lambda connection: True)
    owner.execute(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
        "WHERE usename = %s AND datname = current_database()",
        [APPLICATION],
    )
    assert sql_catalog.count(EVERYTHING, lab.visible()) == 1


@pytest.mark.slow
def test_a_killed_server_is_told_and_comes_back(tmp_path):
    with EmbeddedPostgres(tmp_path / "home") as server:
        migrate(server.conninfo(OWNER))
        catalog = SqlCatalog.connect(server.conninfo(APPLICATION))
        lab = Laboratory(catalog)
        lab.write(lab.sample("before"))
        with psycopg.connect(server.conninfo(OWNER)) as connection:
            [pid] = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
        os.kill(int(pid.splitlines()[0]), signal.SIGKILL)
        time.sleep(0.5)
        with pytest.raises(DatabaseUnavailable):
            catalog.scopes()
        server.start()
        lab.write(lab.sample("after"))
        assert catalog.count(EVERYTHING, lab.visible()) == 2
        catalog.close()
        server.release()


@pytest.mark.parametrize(
    ("state", "name"),
    [
        ("53100", "DiskFull"),
        ("57P01", "DatabaseUnavailable"),
        ("57P03", "DatabaseUnavailable"),
        ("08006", "DatabaseUnavailable"),
        ("53300", "DatabaseUnavailable"),
        ("40P01", "Conflict"),
        ("42501", "Refused"),
        ("54000", "InvalidValue"),
    ],
)
def test_errors_of_the_database_have_names_of_ours(state, name):
    told = translated(psycopg.errors.lookup(state)("it happened"))
    assert told is not None
    assert told.name == name
    assert told.mend


def test_mistakes_of_ours_are_not_dressed_up(sql_catalog):
    assert translated(psycopg.errors.UndefinedColumn("x")) is None
    with pytest.raises(psycopg.errors.SyntaxError), sql_catalog.pool.transaction() as connection:
        connection.execute("SELEKT")


def test_texts_of_any_length_are_kept(sql_catalog):
    lab = Laboratory(sql_catalog)
    long = "very " * 20_000 + "long"
    record = lab.measurement(long, key=long, document={"sample_name": long, "file_name": long, "metadata": {"x": long}})
    file = lab.file(long)
    lab.write(record, files=(file,), blobs=(blob_of(file),))
    assert sql_catalog.get(record.pid, lab.visible()) == record
    assert sql_catalog.find(parse("very long"), lab.visible()).records == (record,)
    with sql_catalog.writing(lab.visible(), project=lab.project) as writing:
        assert writing.existing(RecordKind.MEASUREMENT, [long]) == {long: record}
        assert writing.existing_files([(long, file.checksum)]) == {(long, file.checksum): file}
    assert sql_catalog.facets(EVERYTHING, lab.visible(), "sample") == ((long, 1),)
    with pytest.raises(InvalidValue):
        lab.write(lab.measurement("x", document={"technique": os.urandom(50_000).hex()}))


def test_nothing_of_a_batch_is_left_by_a_late_error(sql_catalog, owner):
    lab = Laboratory(sql_catalog)
    scan, file = lab.measurement("scan"), lab.file("scan.xrdml")
    fact = a_fact("d_spacing", Measured(1.0, "nm"), scan)
    with pytest.raises(Conflict):
        lab.write(scan, files=(file,), facts=(fact, fact), blobs=(blob_of(file),))
    for table, key in (("record", scan.id), ("file", file.id), ("property", fact.id)):
        assert owner.execute(f"SELECT count(*) FROM {table} WHERE id = %s", [key]).fetchone() == (0,)
    assert owner.execute("SELECT count(*) FROM blob WHERE checksum = %s", [file.checksum]).fetchone() == (0,)


def test_contradictions_that_only_a_hand_can_make_are_found(sql_catalog, owner):
    lab = Laboratory(sql_catalog)
    sample, scan = lab.sample("film"), lab.measurement("scan")
    twice, gap = lab.sample("twice"), lab.sample("gap")
    file = lab.file("scan.xrdml")
    lab.write(*(sample, scan, twice, gap), files=(file,), file_records=((file.id, scan.id),), blobs=(blob_of(file),))
    lab.write(compositions={sample.id: {"Ti": 1.0}})
    lab.write(replace(twice, version=2), replace(gap, version=2))
    before = set(sql_catalog.faults())
    owner.execute("DELETE FROM record WHERE id = ANY(%s)", [[sample.id, scan.id]])
    owner.execute("UPDATE record SET is_current = false WHERE id = %s", [twice.id])
    owner.execute("DELETE FROM record WHERE id = %s AND version = 1", [gap.id])
    found = {fault.what: fault.fault for fault in set(sql_catalog.faults()) - before}
    assert found.keys() == {
        f"composition of {sample.id}",
        f"file {file.id} of record {scan.id}",
        f"record {twice.id}",
        f"record {gap.id}",
    }
    assert "0 current versions" in found[f"record {twice.id}"]
    assert "1 versions" in found[f"record {gap.id}"]
    owner.execute("DELETE FROM record WHERE project = %s", [lab.project])
    owner.execute("DELETE FROM composition WHERE sample = %s", [sample.id])
    owner.execute("DELETE FROM file_record WHERE file = %s", [file.id])


def test_many_blobs_are_listed_without_holding_them_all(sql_catalog, monkeypatch):
    monkeypatch.setattr("kiban.store.sql_catalog._BLOBS_AT_ONCE", 2)
    lab = Laboratory(sql_catalog)
    files = [lab.file(f"{lab.project}/{i}") for i in range(7)]
    lab.write(blobs=tuple(map(blob_of, files)))
    listed = list(sql_catalog.blobs())
    assert len(listed) == len(set(listed))
    assert set(map(blob_of, files)) <= set(listed)


def test_a_closed_catalog_lets_go_of_its_connections(postgres, database, owner):
    catalog = SqlCatalog.connect(f"{postgres.conninfo(APPLICATION, database)} options='-c search_path=public'")
    lab = Laboratory(catalog)
    count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'kiban' AND query LIKE %s"
    with catalog.writing(lab.visible(), project=lab.project) as writing:
        writing.existing(RecordKind.SAMPLE, ["x"])
        catalog.close()
    time.sleep(0.2)
    assert owner.execute(count, [f"%{lab.project}%"]).fetchone() == (0,)


def test_the_room_for_scopes_ends_somewhere(postgres, new_database):
    name = new_database()
    migrate(postgres.conninfo(OWNER, name))
    with psycopg.connect(postgres.conninfo(OWNER, name)) as connection:
        connection.execute("INSERT INTO scope VALUES (65535, gen_random_uuid(), 'open')")
    catalog = SqlCatalog.connect(postgres.conninfo(APPLICATION, name))
    lab = Laboratory(catalog)
    with pytest.raises(InvalidValue, match="room"):
        lab.scope(Tier.OPEN)
    [last] = catalog.scopes()
    lab.project = last.project
    lab.write(lab.sample("x", scope=65535), visible=lab.visible(Tier.OPEN))
    assert catalog.count(EVERYTHING, lab.visible(Tier.OPEN)) == 1
    with pytest.raises(RecordNotFound):
        catalog.get("kb:0000-0000-00", lab.visible(Tier.OPEN))
    catalog.close()


def test_of_many_answers_a_facet_is_an_estimate_that_says_so(new_database, postgres, monkeypatch):
    name = new_database()
    migrate(postgres.conninfo(OWNER, name))
    catalog = SqlCatalog.connect(postgres.conninfo(APPLICATION, name))
    lab = Laboratory(catalog)
    hidden = lab.scope(Tier.OPEN).number
    scans = [
        lab.measurement(f"scan {i}", document={"operator": ("Sato", "Ito")[i % 4 == 0], "note": "x" * 500})
        for i in range(3000)
    ]
    lab.write(*scans, *(lab.measurement(f"h {i}", scope=hidden, document={"operator": "Abe"}) for i in range(300)))
    with psycopg.connect(postgres.conninfo(OWNER, name), autocommit=True) as connection:
        connection.execute("ANALYZE record")
    visible, asked = lab.visible(Tier.CLOSED), parse('title CONTAINS "scan"')
    monkeypatch.setattr("kiban.store.sql_facets.EXACT", 2000)
    monkeypatch.setattr("kiban.store.sql_facets.SAMPLE", 800)
    facets = (Facet.OPERATOR, Facet.KIND, Facet.PROPERTY)
    counted = catalog.narrowing(asked, visible, facets, count=Count(3000))
    assert all(counts.is_estimate for counts in counted.values())
    assert counted[Facet.KIND].values == (("measurement", 3000),)
    (first, n_first), (second, n_second) = counted[Facet.OPERATOR].values
    assert (first, second) == ("Sato", "Ito")
    assert 2000 <= n_first <= 2500
    assert 400 <= n_second <= 1100
    assert counted[Facet.PROPERTY].values == ()
    # What is counted in whole groups, and what the sample is too small for, is exact.
    assert catalog.narrowing(EVERYTHING, visible, (Facet.KIND, Facet.PROJECT), count=Count(3000)) == {
        Facet.KIND: Counts((("measurement", 3000),)),
        Facet.PROJECT: Counts(((str(lab.project), 3000),)),
    }
    monkeypatch.setattr("kiban.store.sql_facets.ENOUGH", 5000)
    exact = catalog.narrowing(asked, visible, facets, count=Count(3000))
    assert exact[Facet.OPERATOR] == Counts((("Sato", 2250), ("Ito", 750)))
    catalog.close()


def test_of_much_that_has_come_only_the_last_is_looked_at_unless_few_answer(sql_catalog, monkeypatch):
    lab = Laboratory(sql_catalog)
    visible = lab.visible()
    since = Since(at=sql_catalog.now(), scopes=visible.numbers, data=visible.data)
    for n in range(3):
        lab.write(*(lab.measurement(f"scan {n} {i}", document={"operator": f"who {n}"}) for i in range(3)))
    monkeypatch.setattr("kiban.store.sql_arrivals.LOOKED_AT", 4)
    found = sql_catalog.arrived(parse('title CONTAINS "scan 0"'), visible, since)
    assert (found.records, found.is_part) == ((), True)
    found = sql_catalog.arrived(parse('title CONTAINS "scan"'), visible, since, limit=2)
    assert ([r.title[:6] for r in found.records], found.is_part) == (["scan 2"] * 2, False)
    # The words are in an index: nothing needs be looked at to know that few records have them.
    found = sql_catalog.arrived(parse('operator = "who 0"'), visible, since)
    assert (sorted(r.title for r in found.records), found.is_part) == ([f"scan 0 {i}" for i in range(3)], False)
