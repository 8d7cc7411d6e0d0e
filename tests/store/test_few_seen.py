"""Who sees few records in many scopes is answered by the index of these; nothing else changes by it."""

from __future__ import annotations

import pytest

from kiban.query.parse import parse
from kiban.query.question import EVERYTHING
from kiban.records.scope import Tier, Visible
from kiban.store import sql_few_seen
from kiban.store.sql_few_seen import REMEMBERED_S, FewSeen
from kiban.testing.catalog_examples import Laboratory

N_SCOPES = 25


@pytest.fixture(scope="module")
def many_scopes(sql_catalog):
    """A record in every other scope of many, and one that is in none of them."""
    numbers = []
    for i in range(N_SCOPES):
        lab = Laboratory(sql_catalog)
        numbers.append(lab.scope(Tier.OPEN).number)
        if i % 2:
            lab.write(lab.sample(f"sample {i}", scope=numbers[-1]))
    other = Laboratory(sql_catalog)
    other.write(other.sample("sample hidden"))
    return Visible(frozenset(numbers))


@pytest.mark.parametrize("few", [0, 5000])
def test_the_answers_are_the_same_either_way(sql_catalog, many_scopes, monkeypatch, few):
    monkeypatch.setattr(sql_few_seen, "FEW_RECORDS", few)
    monkeypatch.setattr(sql_few_seen, "SHARE", 0)
    monkeypatch.setattr(sql_catalog, "_sees_few", FewSeen())
    for question in (EVERYTHING, parse("kind = sample"), parse('title CONTAINS "sample"'), parse("sample")):
        titles = [r.title for r in sql_catalog.find(question, many_scopes, limit=N_SCOPES).records]
        assert titles == [f"sample {i}" for i in reversed(range(N_SCOPES)) if i % 2]


def test_it_is_looked_at_once_and_again_after_a_while(sql_catalog, many_scopes, monkeypatch):
    monkeypatch.setattr(sql_few_seen, "SHARE", 0)
    asked = []
    now = [0.0]

    def ask(query, values):
        asked.append(query)
        return sql_catalog._ask(many_scopes)(query, values)

    few_seen = FewSeen(lambda: now[0])
    assert few_seen(ask, many_scopes)
    assert few_seen(ask, many_scopes)
    assert len(asked) == 1
    now[0] += REMEMBERED_S
    assert few_seen(ask, many_scopes)
    assert len(asked) == 2


def test_more_records_than_few_are_not_few(sql_catalog, many_scopes, monkeypatch):
    monkeypatch.setattr(sql_few_seen, "FEW_RECORDS", N_SCOPES // 2 - 1)
    ask = sql_catalog._ask(many_scopes)
    assert not FewSeen()(ask, many_scopes)
    few = Visible(frozenset(sorted(many_scopes.numbers)[:3]))
    assert not FewSeen()(lambda *_: pytest.fail("asked for few scopes"), few)


def test_few_of_few_records_are_found_from_the_newest_on(many_scopes):
    def told(n_seen, n_all):
        return FewSeen()(lambda *_: [(n_seen, n_all)], many_scopes)

    assert told(3000, 1_000_000)
    assert told(3000, 30_001)
    assert not told(3000, 10_000)
    assert not told(5001, 1_000_000)
    # The server has not counted yet.
    assert told(3000, -1.0)
