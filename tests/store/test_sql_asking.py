"""Questions in one message: what is told with them is gone afterwards, whatever becomes of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest

from kiban.errors import InvalidValue
from kiban.records.scope import Visible
from kiban.store import sql_asking
from kiban.store.postgres_settings import APPLICATION
from kiban.store.sql_asking import one_of
from kiban.store.sql_pool import SqlPool
from kiban.store.sql_sets import view
from kiban.testing.catalog_examples import Laboratory

_NOW = "SELECT current_setting('kiban.scopes', true), current_setting('kiban.data', true)"
_NAMES = "SELECT name FROM pg_prepared_statements WHERE name LIKE 'kiban%%'"
_NOBODY = ((None, None), ("", ""))
"""As a connection is that was told of no set, and one that is told of none any more."""


@pytest.fixture(name="pool")
def _pool(postgres, database) -> Iterator[SqlPool]:
    """Connections of the application; one after another asks by the same."""
    pool = SqlPool(postgres.conninfo(APPLICATION, database))
    yield pool
    pool.close()


def told(pool: SqlPool) -> tuple[object, object]:
    """What the next who gets the connection finds."""
    [row] = pool.rows(_NOW)
    return row


def test_what_is_told_with_a_question_holds_for_it_and_is_gone_after_it(pool):
    mine, yours = view(Visible(frozenset({1, 5}))), view(Visible(frozenset({2})))
    assert told(pool) in _NOBODY
    for _ in range(3):
        assert pool.ask(mine, _NOW, {}) == [("x44", "x44")]
        assert told(pool) in _NOBODY
        assert pool.ask(yours, _NOW, {}) == [("x2", "x2")]
        assert pool.ask("SELECT", _NOW, {}) in ([each] for each in _NOBODY)
        with pool.transaction() as connection:
            assert connection.execute(_NOW).fetchone() in _NOBODY


def test_only_the_sets_that_are_named_are_told(pool):
    visible = Visible(frozenset({0, 1}), data=frozenset({1}))
    assert pool.ask(view(visible, "data"), _NOW, {})[0][1] == "x4"
    assert pool.ask(view(visible, "data"), _NOW, {})[0][0] in {None, ""}


@pytest.mark.parametrize(
    "query", ["SELECT 1 / %(zero)s", "SELECT nonsense", "SELECT (", "SELECT %(word)s::integer", "SELECT pg_sleep(9)"]
)
def test_a_question_that_fails_leaves_nothing_behind(pool, query):
    everything = f"SET LOCAL statement_timeout = 50;{view(Visible(frozenset(range(50))))}"
    for _ in range(2):
        with pytest.raises(Exception) as caught:  # noqa: PT011  of whatever kind
            pool.ask(everything, query, {"zero": 0, "word": "x"})
        assert not isinstance(caught.value, AssertionError)
        assert told(pool) in _NOBODY
        assert pool.ask("SELECT", "SELECT count(*) FROM record", {}) == [(0,)]


def test_one_connection_serves_askers_in_turn_and_each_sees_its_own(sql_catalog, pool):
    labs = [Laboratory(sql_catalog) for _ in range(3)]
    records = [lab.write(lab.sample(f"sample {n}")) for n, lab in enumerate(labs)]
    query = "SELECT title FROM record WHERE title LIKE 'sample%%' AND scope = ANY(%(scopes)s) ORDER BY title"
    scopes = [lab.scope().number for lab in labs]
    for _ in range(3):
        for n, lab in enumerate(labs):
            assert pool.ask(view(lab.visible()), query, {"scopes": scopes}) == [(f"sample {n}",)]
    assert len(records) == 3


def test_values_come_as_they_were_given(pool):
    moment, identity = datetime(2026, 11, 27, 1, 2, 3, 4, UTC), uuid4()
    query = (
        "SELECT %(text)s::text, %(number)s::double precision, %(moment)s::timestamptz, %(identity)s::uuid, "
        "%(texts)s::text[], %(none)s::integer, %(text)s::text || '%%', %(flag)s::boolean"
    )
    for text in ("it's", "a\\b'", "%(number)s", "$1", "塩", "'); DROP TABLE record; --", '"', "\n;\n", "E'\\'"):
        values = {
            "text": text,
            "number": 1.5406e-10,
            "moment": moment,
            "identity": identity,
            "texts": [text, "b,c", "{}"],
            "none": None,
            "flag": True,
            "not asked for": object(),
        }
        for _ in range(2):
            [row] = pool.ask("SELECT", query, values)
            assert row == (text, 1.5406e-10, moment, identity, [text, "b,c", "{}"], None, f"{text}%", True)


def test_one_value_and_many_are_asked_for_alike(pool):
    for wanted in ([], [2], [2, 3, 9]):
        values = {}
        query = f"SELECT n FROM generate_series(1, 5) AS n WHERE {one_of('n', wanted, values)}"  # noqa: S608
        assert pool.ask("SELECT", query, values) == [(n,) for n in wanted if n < 6]


def test_a_question_is_planned_once_and_the_oldest_is_forgotten(pool, monkeypatch):
    monkeypatch.setattr(sql_asking, "_MOST_KEPT", 3)
    for n in (1, 2, 3, 1, 4, 5, 1, 2):
        assert pool.ask("SELECT", f"SELECT {n} + %(x)s", {"x": 1}) == [(n + 1,)]
    assert len(pool.ask("SELECT", _NAMES, {})) == 3


def test_after_a_rollback_questions_are_answered_as_before(pool):
    for n in range(8):
        assert pool.ask("SELECT", "SELECT %(n)s + 0", {"n": n}) == [(n,)]
        with pytest.raises(InvalidValue), pool.transaction() as connection:
            connection.execute("SELECT 1 / 0")
    assert len(pool.ask("SELECT", _NAMES, {})) <= 2


def test_a_question_of_its_own_has_no_place_within_a_transaction(pool):
    with pool.transaction() as connection, pytest.raises(psycopg.ProgrammingError, match="within a transaction"):
        connection.ask("SELECT", "SELECT 1", {})


def test_lists_of_identifiers_arrive_as_they_are(pool):
    ids = [uuid4() for _ in range(50)]
    query = "SELECT i FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS t (i, n) ORDER BY n"
    for some in (ids, ids[:1], []):
        assert [row[0] for row in pool.ask("SELECT", query, {"ids": some})] == some
    of = "SELECT count(*) FROM record WHERE id = ANY(%(ids)s)"
    assert pool.ask("SELECT", of, {"ids": ids}) == [(0,)]
    with pytest.raises(InvalidValue):
        pool.ask("SELECT", of, {"ids": [ids[0], "no identifier"]})
    assert isinstance(pool.ask("SELECT", "SELECT %(id)s::uuid", {"id": ids[0]})[0][0], UUID)
