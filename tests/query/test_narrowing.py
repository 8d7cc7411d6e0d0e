"""Narrowing a question down by a value, and taking that back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from kiban.query.narrowing import chosen, narrowed
from kiban.query.parse import parse
from kiban.query.question import Question
from kiban.query.write import write
from kiban.testing.question_strategies import questions

VALUES = (
    ("kind", "sample"),
    ("technique", "xrd"),
    ("tier", "open"),
    ("sample", 'the "best" \\ one'),
    ("instrument", "装置"),
    ("operator", "Sato"),
    ("year", "2024"),
    ("project", "My laboratory"),
    ("elements", "Ti"),
    ("template", "film"),
    ("property", "hardness"),
)


@pytest.mark.parametrize(("facet", "value"), VALUES)
@pytest.mark.parametrize("question", ["", "LTO OR film", "hardness > 5 GPa"])
def test_what_was_chosen_is_seen_and_taken_back(facet: str, value: str, question: str) -> None:
    line = narrowed(question, facet, value)
    [found] = [each for each in chosen(parse(line)) if each.facet == facet]
    assert found.value == value
    assert parse(found.without) == parse(question)


def test_of_several_each_is_taken_back_by_itself() -> None:
    line = narrowed(narrowed('elements HAS ALL "Ti", "O" AND title CONTAINS "x"', "year", "2024"), "elements", "Li")
    found = {(each.facet, each.value): each.without for each in chosen(parse(line))}
    assert set(found) == {("elements", "Ti"), ("elements", "O"), ("elements", "Li"), ("year", "2024")}
    assert found["elements", "Ti"] == 'elements HAS ALL "O", "Li" AND title CONTAINS "x" AND started = "2024"'
    assert found["year", "2024"] == 'elements HAS ALL "Ti", "O", "Li" AND title CONTAINS "x"'


def test_what_does_not_narrow_is_not_taken_for_it() -> None:
    for line in ('kind = "sample" OR technique = "xrd"', "NOT hardness IS KNOWN", 'started = "2024-01"', "*", "LTO"):
        assert chosen(parse(line)) == ()


@given(asked=questions())
@settings(deadline=None)
def test_what_is_left_reads_as_a_question(asked: Question) -> None:
    for each in chosen(parse(narrowed(write(asked), "kind", "sample"))):
        parse(each.without)
