"""Records are worked out again after the rules have changed: all of them, whatever comes between."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest

from kiban.analysis.similarity import compositions, curves
from kiban.analysis.similarity.curves import VERSION
from kiban.errors import DamagedFile, DamagedObject, InvalidSetting, Refused
from kiban.query.derived import DERIVED_VERSION
from kiban.query.parse import parse
from kiban.records.likeness import Likeness
from kiban.store import derivation
from kiban.store.derivation import ensure_derived
from kiban.store.migrate import migrate
from kiban.store.postgres_settings import APPLICATION, OWNER
from kiban.store.sql_catalog import SqlCatalog
from kiban.testing.catalog_examples import Laboratory
from kiban.testing.catalog_likeness_suite import a_likeness

N_RECORDS = 7
# As rules 0 would have left it: nothing of what is asked below is found.
_BEFORE = """
    UPDATE record SET answers = '{}', words = $$'katakana':1A$$::tsvector;
    DELETE FROM entry;
    UPDATE derivation SET version = 0, target = 0, upto = NULL;
"""


class Home:
    """A database with records, some of a later version and one deleted."""

    def __init__(self, postgres, name):
        self.owner = postgres.conninfo(OWNER, name)
        migrate(self.owner)
        self.catalog = SqlCatalog.connect(postgres.conninfo(APPLICATION, name))
        self.lab = Laboratory(self.catalog)
        self.records = [
            self.lab.sample(f"ｶﾞﾗｽ {i}", document={"metadata": {"t": i, "u": "é"}}) for i in range(N_RECORDS)
        ]
        self.lab.write(*self.records)
        self.compared = {}
        with psycopg.connect(self.owner, autocommit=True) as connection:
            connection.execute(_BEFORE)

    def compared_by(self, record):
        """What each measurement is compared by; a fault is raised."""
        found = self.compared.get(record.title)
        if isinstance(found, Exception):
            raise found
        return found

    def derive(self, told=lambda done, total: None):
        return ensure_derived(self.catalog.pool, self.owner, told, compared_by=self.compared_by)

    def found(self):
        return self.catalog.count(parse("ガラス"), self.lab.visible())

    def likenesses(self):
        with psycopg.connect(self.owner) as connection:
            connection.execute("SELECT set_config('kiban.data', 'xffff', true)")
            return connection.execute("SELECT * FROM likeness ORDER BY record").fetchall()

    def state(self):
        with psycopg.connect(self.owner) as connection:
            return connection.execute("SELECT version, target, upto FROM derivation").fetchone()


@pytest.fixture
def home(postgres, new_database, monkeypatch):
    monkeypatch.setattr(derivation, "AT_ONCE", 2)
    home = Home(postgres, new_database())
    yield home
    home.catalog.close()


def test_all_records_are_worked_out_once_and_it_is_told(home):
    assert home.found() == 0
    told = []
    assert home.derive(lambda done, total: told.append((done, total))) == N_RECORDS
    assert told == [(2, 7), (4, 7), (6, 7), (7, 7)]
    assert home.found() == N_RECORDS
    assert home.catalog.count(parse('title = "ｶﾞﾗｽ 3"'), home.lab.visible()) == 1
    assert home.state() == (DERIVED_VERSION, DERIVED_VERSION, None)
    assert home.derive() == 0


def test_what_is_kept_is_what_would_be_written_now(home):
    columns = (
        "SELECT id, answers::text, words::text, (SELECT array_agg((name, value_si, scope)::text) FROM entry "
        "WHERE record = id) FROM record WHERE is_current ORDER BY id"
    )
    home.derive()
    with psycopg.connect(home.owner) as connection:
        again = connection.execute(columns).fetchall()
    twin = [home.lab.sample(record.title, key=record.id.hex, document=dict(record.document)) for record in home.records]
    home.lab.write(*twin)
    with psycopg.connect(home.owner) as connection:
        written = connection.execute(columns).fetchall()
    kept = {row[0]: row[1:] for row in written}
    for record, other in zip(home.records, twin, strict=True):
        assert kept[record.id] == kept[other.id]
        assert None not in kept[record.id]
    assert [row for row in written if row[0] in {r.id for r in home.records}] == again


class _Killed(Exception):
    pass


def test_it_goes_on_where_it_stopped(home):
    def stop(done, total):
        raise _Killed

    with pytest.raises(_Killed):
        home.derive(stop)
    assert home.state() == (0, DERIVED_VERSION, home.records[1].id)
    told = []
    assert home.derive(lambda done, total: told.append((done, total))) == N_RECORDS - 2
    assert told[-1] == (N_RECORDS - 2, N_RECORDS - 2)
    assert home.found() == N_RECORDS


def test_a_process_that_is_killed_leaves_whole_batches(home):
    code = (
        "import sys, time; from kiban.store import derivation; from kiban.store.sql_pool import SqlPool\n"
        "derivation.AT_ONCE = 2\n"
        "def told(done, total):\n    print(done, flush=True)\n    time.sleep(60 if done == 4 else 0)\n"
        "derivation.ensure_derived(SqlPool(sys.argv[1]), sys.argv[1], told, compared_by=lambda record: None)"
    )
    with subprocess.Popen([sys.executable, "-c", code, home.owner], stdout=subprocess.PIPE, text=True) as process:
        assert [process.stdout.readline().strip() for _ in range(2)] == ["2", "4"]
        process.send_signal(signal.SIGKILL)
    assert home.state()[0] == 0
    assert home.derive() == N_RECORDS - 4
    assert home.found() == N_RECORDS


def test_a_run_by_other_rules_is_not_gone_on_with(home):
    with psycopg.connect(home.owner, autocommit=True) as connection:
        connection.execute("UPDATE derivation SET target = -1, upto = %s", [home.records[-1].id])
    assert home.derive() == N_RECORDS


def test_several_that_start_at_once_share_the_work(home):
    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(lambda _: home.derive(), range(3))) == N_RECORDS
    assert home.found() == N_RECORDS


def test_what_is_written_meanwhile_is_found_as_well(home):
    def write(done, total):
        if done == 2:
            home.lab.write(home.lab.sample("ガラス 新"))

    home.derive(write)
    assert home.found() == N_RECORDS + 1


@pytest.mark.parametrize(
    "later", ["UPDATE derivation SET version = 9999", "UPDATE derivation SET target = 9999"], ids=["all", "some"]
)
def test_what_a_later_version_worked_out_is_left_alone(home, later):
    with psycopg.connect(home.owner, autocommit=True) as connection:
        connection.execute(later)
    with pytest.raises(InvalidSetting, match="9999"):
        home.derive()


def test_the_application_cannot_say_that_it_is_done(home):
    with pytest.raises(Refused), home.catalog.pool.transaction() as connection:
        connection.execute("UPDATE derivation SET version = 1")


def test_what_records_are_compared_by_is_worked_out_as_it_would_be_written(home):
    lab = home.lab
    home.compared = {
        "one": a_likeness(100, 200),
        "old": a_likeness(100, 300),
        "deleted": a_likeness(100, 400),
        "nothing": Likeness(kind="", version=VERSION),
        "damaged": DamagedFile("It is damaged.", mend="Read it again."),
        "gone": DamagedObject("It is gone.", mend="Bring it back."),
        "of today": AssertionError("This is known already."),
    }
    records = {title: lab.measurement(title) for title in home.compared}
    titanate, iron, bare = (lab.sample(title) for title in ("titanate", "iron", "bare"))
    amounts = {titanate.id: {"Ca": 0.2, "Ti": 0.2, "O": 0.6}, iron.id: {"Fe": 1.0}}
    now = {title: home.compared[title] for title in ("one", "old", "deleted", "nothing")}
    now["of today"] = a_likeness(500)
    likenesses = {records[title].id: found for title, found in now.items()}
    lab.write(*records.values(), titanate, iron, bare, compositions=amounts, likenesses=likenesses)
    lab.write(replace(records["deleted"], version=2, deleted=True))
    written = home.likenesses()
    assert len(written) == 7
    with psycopg.connect(home.owner, autocommit=True) as connection:
        connection.execute("SELECT set_config('kiban.' || s, 'xffff', false) FROM unnest(ARRAY['data', 'writes']) s")
        connection.execute(
            "DELETE FROM likeness WHERE record = ANY(%s)",
            [[titanate.id, *(records[name].id for name in ("one", "deleted", "nothing"))]],
        )
        connection.execute(
            "UPDATE likeness SET version = 0, curve = '' WHERE record = ANY(%s)", [[iron.id, records["old"].id]]
        )
    home.derive()
    assert home.likenesses() == written
    assert home.state() == (DERIVED_VERSION, DERIVED_VERSION, None)
    # What is known by the way of today is not worked out again by later rules for anything else.
    with psycopg.connect(home.owner, autocommit=True) as connection:
        connection.execute("UPDATE derivation SET version = 0, target = 0, upto = NULL")
    home.compared = dict.fromkeys(now, AssertionError("This is known already."))
    home.derive()
    assert home.likenesses() == written


def test_whoever_derives_otherwise_what_is_compared_raises_the_number_of_the_rules():
    assert (DERIVED_VERSION, curves.VERSION, compositions.VERSION) == (6, 1, 2)
