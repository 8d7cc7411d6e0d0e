"""Counts that are estimated: near the truth, marked, and made of nothing but what the asker may see."""

from __future__ import annotations

import math
import random

import pytest

from kiban.query.parse import parse
from kiban.records.scope import Tier
from kiban.store import sql_counts
from kiban.store.sql_counts import relative_error, told
from kiban.testing.catalog_examples import Laboratory

N = 1200
QUESTION = parse("metadata.step > 0")


@pytest.fixture(scope="module")
def lab(sql_catalog):
    """Of the open records each third answers, of the closed ones all do; none of another project's does."""
    lab = Laboratory(sql_catalog)
    for tier, n, each in ((Tier.OPEN, N, 3), (Tier.CLOSED, 2 * N, 1)):
        scope = lab.scope(tier).number
        lab.write(
            *(
                lab.measurement("scan", scope=scope, document={"metadata": {"step": 1 if i % each == 0 else -1}})
                for i in range(n)
            )
        )
    return lab


@pytest.fixture
def few_are_many(monkeypatch):
    """What is done for millions is done for hundreds."""
    monkeypatch.setattr(sql_counts, "FEWEST", 50)
    monkeypatch.setattr(sql_counts, "FEWEST_WITH_WORDS", 50)
    monkeypatch.setattr(sql_counts, "FEWEST_LED", 50)
    monkeypatch.setattr(sql_counts, "IN_TIME", 50)
    monkeypatch.setattr(sql_counts, "SMALL", 100)
    monkeypatch.setattr(sql_counts, "EXACT", 150)
    monkeypatch.setattr(sql_counts, "SAMPLED", N // 3)


def about(lab, question, *tiers):
    return lab.catalog.count_about(question, lab.visible(*tiers))


def test_it_is_near_and_says_that_it_is_an_estimate(lab, few_are_many):
    found = about(lab, QUESTION, Tier.OPEN)
    assert found.is_estimate
    assert found.n == pytest.approx(N / 3, rel=0.35)
    assert found.scopes == {lab.scope(Tier.OPEN).number}
    assert lab.catalog.count(QUESTION, lab.visible(Tier.OPEN)) == N / 3


def test_it_has_no_digits_that_nobody_knows(lab, few_are_many, monkeypatch):
    monkeypatch.setattr(sql_counts, "SURE", 0.0)
    assert about(lab, QUESTION, Tier.OPEN).n % 50 == 0
    monkeypatch.setattr(sql_counts, "SURE", 1.0)
    assert about(lab, QUESTION, Tier.OPEN).n % 10 == 0


def test_where_all_that_is_seen_answers_it_is_all_of_that(lab, few_are_many):
    assert about(lab, QUESTION, Tier.CLOSED).n == 2 * N


def test_what_is_not_seen_is_not_in_it(lab, few_are_many, sql_catalog):
    stranger = Laboratory(sql_catalog)
    scope = stranger.scope(Tier.OPEN).number
    stranger.write(*(stranger.measurement("scan", scope=scope) for _ in range(N)))
    found = stranger.catalog.count_about(QUESTION, stranger.visible())
    assert (found.n, found.is_estimate, found.scopes) == (0, False, frozenset())


def test_few_answers_are_counted(lab, few_are_many):
    lab.write(lab.measurement("scan", document={"metadata": {"step": 7}}))
    found = about(lab, parse("metadata.step > 6"))
    assert (found.n, found.is_estimate) == (1, False)


def test_who_sees_little_is_told_exactly(lab):
    found = about(lab, QUESTION)
    assert not found.is_estimate
    assert found.n == lab.catalog.count(QUESTION, lab.visible())


def test_what_is_counted_in_groups_is_exact(lab, few_are_many):
    found = about(lab, parse("kind = measurement"), Tier.OPEN)
    assert (found.n, found.is_estimate) == (N, False)


def test_too_few_answers_in_a_sample_have_another_one_taken(lab, few_are_many, monkeypatch):
    monkeypatch.setattr(sql_counts, "SAMPLED", 120)
    found = about(lab, QUESTION, Tier.OPEN)
    assert found.n == pytest.approx(N / 3, rel=0.35)


def test_paths_and_texts_are_estimated_as_well(few_are_many, sql_catalog):
    lab = Laboratory(sql_catalog)
    scope = lab.scope(Tier.OPEN).number
    for i in range(N // 10):
        sample = lab.sample(f"sample {i}", scope=scope)
        document = {"metadata": {"mode": "fast"}}
        scans = [lab.measurement("scan", sample, scope=scope, document=document) for _ in range(9 if i % 2 else 3)]
        lab.write(sample, *scans)
    for question in ('sample.title CONTAINS "sample"', 'metadata.mode = "fast"', 'title CONTAINS "sc"'):
        found = lab.catalog.count_about(parse(question), lab.visible())
        assert found.is_estimate, question
        assert found.n == pytest.approx(lab.catalog.count(parse(question), lab.visible()), rel=0.35), question


def test_records_of_some_time_are_counted_in_their_index(sql_catalog, few_are_many, monkeypatch):
    lab = Laboratory(sql_catalog)
    for tier in (Tier.OPEN, Tier.CLOSED):
        scope = lab.scope(tier).number
        days = [f"2024-{1 + i // 28:02}-{1 + i % 28:02}" for i in range(N // 6)]
        lab.write(*(lab.measurement("scan", scope=scope, document={"started_at": day}) for day in days))
    question = parse('started >= "2024-02-01" AND started < "2024-03-01"')
    for tiers, n in (((Tier.OPEN,), 28), ((), 56)):
        found = about(lab, question, *tiers)
        assert (found.n, found.is_estimate) == (n, False)
        assert found.scopes == {lab.scope(tier).number for tier in tiers or (Tier.OPEN, Tier.CLOSED)}
    for most in (50, N):
        monkeypatch.setattr(sql_counts, "IN_TIME", most)
        found = about(lab, parse('started >= "2024"'), Tier.OPEN)
        assert (found.n, found.is_estimate) == (N // 6, False)


def sums(pages):
    """What the database gives of pages, each with its records and its answers."""
    ns, answers = zip(*pages, strict=True)
    products = (sum(x * y for x, y in zip(*two, strict=True)) for two in ((ns, ns), (answers, answers), (ns, answers)))
    return sum(ns), sum(answers), len(pages), *products


def test_of_pages_that_are_alike_the_share_is_sure_and_of_those_that_differ_it_is_not():
    assert relative_error(*sums([(10, 3)] * 40)) == pytest.approx(0.0, abs=1e-9)
    # Half of 40 pages answer with all their records: as if 40 coins were thrown.
    assert relative_error(*sums([(10, 10), (10, 0)] * 20)) == pytest.approx(1 / math.sqrt(39))
    assert relative_error(*sums([(10, 3)])) == math.inf
    assert relative_error(*sums([(10, 0)] * 40)) == math.inf


@pytest.mark.parametrize("size", [1, 10, 25])
def test_estimates_lie_within_two_standard_errors_where_families_answer_as_a_whole(size):
    chance, n_within, n_drawn = random.Random(7), 0, 400
    for _ in range(n_drawn):
        pages = []
        for _ in range(60):
            n = chance.randrange(3, 8)
            # Records of a page are of one family, or of a few.
            answers = sum(size if chance.random() < 0.3 else 0 for _ in range(n))
            pages.append((n * size, answers))
        n, a, *_ = found = sums(pages)
        n_within += abs(a / n - 0.3) <= 2 * relative_error(*found) * a / n
    assert 0.91 <= n_within / n_drawn <= 0.99


@pytest.mark.parametrize(
    ("number", "error", "said"),
    [(12845, 0.2, 15000), (12845, 0.04, 13000), (38579, 0.2, 40000), (24100, 0.2, 25000), (98000, 0.3, 100000)],
)
def test_what_is_said_has_no_more_digits_than_are_known(number, error, said):
    assert told(number, error) == said
