"""Answers that are drawn by their identifiers: near the truth, the same each time, and of what the asker may see."""

from __future__ import annotations

import math
import random
import statistics

import pytest

from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin, Uncertainty
from kiban.query.meaning import meaning
from kiban.query.parse import parse
from kiban.records.identity import new_uuid
from kiban.records.scope import Tier, Visible
from kiban.store import sql_counts, sql_drawn, sql_facets
from kiban.store.catalog import Count, Facet
from kiban.store.sql_drawn import Drawn, draw
from kiban.store.sql_simpler import simpler
from kiban.testing.catalog_examples import Laboratory, a_fact

N = 1500
QUESTIONS = (
    "hardness > 5 GPa",
    "hardness > 5 GPa WITH CONFIDENCE 0.9",
    "hardness > 5 GPa AND sample.title CONTAINS film",
    "hardness > 5 GPa AND operator = Sato AND measurement.operator = Sato",
    "metadata.step > 0 AND sample.title CONTAINS film",
    "metadata.step > 0 AND hardness > 3 GPa",
)


@pytest.fixture(scope="module")
def lab(sql_catalog):
    """As many records are hidden as are not; the open ones are on samples, ten on each."""
    lab, chance = Laboratory(sql_catalog), random.Random(5)
    for tier in (Tier.OPEN, Tier.CLOSED):
        scope = lab.scope(tier).number
        for i in range(N // 10):
            sample = lab.sample(f"{'film' if i % 3 else 'bulk'} {i}", key=f"{tier} {i}", scope=scope)
            documents = [
                {"operator": ("Sato", "Ito")[(i + j) % 4 == 0], "metadata": {"step": chance.choice((-1, 1))}}
                for j in range(10)
            ]
            scans = [lab.measurement("scan", sample, scope=scope, document=document) for document in documents]
            doubt = Uncertainty(value=0.2, origin=Origin.FILE)
            values = [Measured(chance.uniform(0.0, 10.0), "GPa", uncertainty=doubt) for _ in scans]
            facts = [a_fact("hardness", value, scan) for value, scan in zip(values, scans, strict=True)]
            lab.write(sample, *scans, facts=facts)
    return lab


@pytest.fixture
def few_are_many(monkeypatch):
    """What is done for millions is done for hundreds."""
    for name, value in {"ALL_TESTED": 100, "ALL_LED": 100, "ONE_IN": (16, 8, 4, 2), "FEWEST": 10}.items():
        monkeypatch.setattr(sql_drawn, name, value)
    for name in ("FEWEST", "FEWEST_WITH_WORDS", "SMALL"):
        monkeypatch.setattr(sql_counts, name, 20)


def drawn(lab, text, *tiers):
    visible = lab.visible(*tiers)
    return draw(lab.catalog._ask(visible), simpler(meaning(parse(text))), visible)


@pytest.mark.parametrize("text", QUESTIONS)
def test_it_is_near_and_the_same_each_time(lab, few_are_many, text):
    found, again = (drawn(lab, text, Tier.OPEN) for _ in range(2))
    assert found == again
    n = lab.catalog.count(parse(text), lab.visible(Tier.OPEN))
    assert abs(found.n - n) <= 5 * found.error * found.n + 1
    answers = {record.id for record in lab.catalog.find(parse(text), lab.visible(Tier.OPEN), limit=1000).records}
    assert set(found.ids) <= answers
    assert len(set(found.ids)) == len(found.ids)
    assert found.scopes == {lab.scope(Tier.OPEN).number}


def test_what_is_not_seen_is_not_in_it(lab, few_are_many):
    seen = drawn(lab, QUESTIONS[0], Tier.OPEN)
    hidden = drawn(lab, QUESTIONS[0], Tier.CLOSED)
    both = drawn(lab, QUESTIONS[0])
    assert seen.scopes.isdisjoint(hidden.scopes)
    assert set(seen.ids).isdisjoint(hidden.ids)
    if seen.one_in == hidden.one_in == both.one_in:
        assert set(both.ids) == set(seen.ids) | set(hidden.ids)
    some = Visible(lab.visible().numbers, lab.visible(Tier.OPEN).numbers)
    # Who sees the descriptions only has no values to be found by.
    told = draw(lab.catalog._ask(some), simpler(meaning(parse(QUESTIONS[0]))), some)
    assert told == seen


def test_where_few_may_answer_or_nothing_tells_which_all_are_to_be_found(lab, few_are_many, monkeypatch):
    assert drawn(lab, 'title CONTAINS "scan"') is None
    assert drawn(lab, "hardness > 5 GPa OR operator = Ito") is None
    monkeypatch.setattr(sql_drawn, "ALL_TESTED", N)
    assert drawn(lab, QUESTIONS[0], Tier.OPEN) is None
    assert drawn(lab, QUESTIONS[2], Tier.OPEN) is not None
    monkeypatch.setattr(sql_drawn, "ALL_LED", N)
    assert drawn(lab, QUESTIONS[2], Tier.OPEN) is None


def test_where_an_index_has_too_many_it_is_left(lab, few_are_many, monkeypatch):
    monkeypatch.setattr(sql_drawn, "READ", N // 4)
    assert drawn(lab, QUESTIONS[0], Tier.OPEN) is None
    assert drawn(lab, QUESTIONS[5], Tier.OPEN) is None


def test_where_next_to_none_answers_all_are_to_be_found(lab, few_are_many, monkeypatch):
    assert drawn(lab, 'hardness > 1 GPa AND sample.title = "film 7"', Tier.OPEN) is None


def test_it_has_as_many_answers_as_are_wanted_of_no_more_than_may_be_tested(lab, few_are_many, monkeypatch):
    monkeypatch.setattr(sql_drawn, "WANTED", 10)
    few = drawn(lab, QUESTIONS[0], Tier.OPEN)
    assert few.one_in == 16
    monkeypatch.setattr(sql_drawn, "WANTED", 1000)
    many = drawn(lab, QUESTIONS[0], Tier.OPEN)
    assert many.one_in == 2
    assert set(few.ids) < set(many.ids)
    monkeypatch.setattr(sql_drawn, "TESTED", 300)
    assert drawn(lab, QUESTIONS[0], Tier.OPEN).one_in in {4, 8}


def test_a_page_says_that_they_are_estimates_and_counts_facets_of_what_was_drawn(lab, few_are_many):
    question, visible = parse(QUESTIONS[2]), lab.visible(Tier.OPEN)
    about = lab.catalog.count_about(question, visible)
    assert about.is_estimate
    assert about.n == pytest.approx(lab.catalog.count(question, visible), rel=0.5)
    facets = lab.catalog.narrowing(question, visible, (Facet.OPERATOR, Facet.KIND), count=about)
    assert all(counts.is_estimate for counts in facets.values())
    assert sum(n for _, n in facets[Facet.KIND].values) == pytest.approx(about.n, rel=0.15)
    exact = dict(lab.catalog.facets(question, visible, Facet.OPERATOR))
    one_in = drawn(lab, QUESTIONS[2], Tier.OPEN).one_in
    for name, n in facets[Facet.OPERATOR].values:
        # Five standard errors, and what is left off in rounding to one digit.
        assert abs(n - exact[name]) <= 5 * math.sqrt(one_in * exact[name]) + 0.1 * about.n


def test_of_what_was_drawn_nothing_is_counted_that_is_not_seen_any_more(lab, few_are_many):
    question = parse(QUESTIONS[2])
    about = lab.catalog.count_about(question, lab.visible())
    hidden = drawn(lab, QUESTIONS[2], Tier.CLOSED)
    asked = Count(about.n, is_estimate=True, drawn=hidden.ids)
    facets = lab.catalog.narrowing(question, lab.visible(Tier.OPEN), (Facet.OPERATOR,), count=asked)
    assert facets[Facet.OPERATOR].values == ()


def test_who_asks_for_all_of_them_is_told_exactly(lab, few_are_many, monkeypatch):
    monkeypatch.setattr(sql_facets, "EXACT", 10)
    question, visible = parse(QUESTIONS[2]), lab.visible(Tier.OPEN)
    n = sum(lab.catalog.count_by_scope(visible, question).values())
    assert sum(n for _, n in lab.catalog.facets(question, visible, Facet.KIND)) == n
    assert lab.catalog.count(question, visible) == n


def test_the_error_is_that_of_a_coin_thrown_for_each():
    chance, n, one_in = random.Random(3), 2000, 16
    ids = tuple(new_uuid() for _ in range(n))
    found = [Drawn(tuple(i for i in ids if chance.random() < 1 / one_in), frozenset(), one_in).n for _ in range(300)]
    error = Drawn(ids[: n // one_in], frozenset(), one_in).error
    assert statistics.fmean(found) == pytest.approx(n, rel=4 * error / math.sqrt(len(found)))
    assert statistics.stdev(found) == pytest.approx(error * n, rel=0.15)
    assert Drawn((), frozenset(), one_in).error == math.inf
    assert Drawn(ids, frozenset(), 1).error == 0.0
