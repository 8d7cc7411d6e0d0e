"""Questions to a big world: random ones, and those that people ask."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, Phase, given, seed, settings

from kiban.errors import KibanError
from kiban.quantity.measured import Measured
from kiban.query.condition import Condition
from kiban.query.meaning import meaning
from kiban.query.named import asks_for_name
from kiban.query.parse import parse
from kiban.query.question import And, Comparison, Extent, Has, Known, Manner, Match, Not, Operator, Question, Words
from kiban.query.settled import settled
from kiban.query.vocabulary import SHIPPED
from kiban.query.write import write
from kiban.testing.question_strategies import ELEMENTS, NUMBERS, questions

from .big_world import TERMS, TITLES


def random_questions(rng: random.Random, n: int) -> list[str]:
    """Questions that can be asked, as people type them."""
    found: list[str] = []

    @seed(rng.getrandbits(64))
    @settings(
        max_examples=n, database=None, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(asked=questions())
    def gather(asked: Question) -> None:
        if asks_for_name(asked):
            return  # who may name whom depends on the directory: see tests/operations/test_questions.py
        text = write(asked)
        try:
            understood(text)
        except KibanError:  # a word that means nothing, a unit that does not fit
            return
        found.append(text)

    gather()
    return found


def usual_questions(rng: random.Random, pids: list[str], n: int) -> list[str]:
    """About elements, values, names of samples, words, tiers, identifiers, techniques."""

    def one() -> Question:
        term = rng.choice(list(TERMS))
        value = Measured(rng.choice(NUMBERS), rng.choice(TERMS[term]))
        return rng.choice(
            (
                Has("elements", rng.choice(list(Extent)), tuple(rng.sample(ELEMENTS, rng.choice((1, 2))))),
                Known("elements", rng.random() < 0.5),
                Comparison("nelements", rng.choice(list(Operator)), Measured(float(rng.choice((1, 2, 3))))),
                Comparison(
                    f"{rng.choice(('composition', 'mass_fraction'))}.{rng.choice(ELEMENTS)}",
                    rng.choice((Operator.LESS, Operator.GREATER, Operator.NOT_EQUAL)),
                    Measured(rng.choice((0.3, 0.6))),
                ),
                Comparison(term, rng.choice(list(Operator)), value),
                Known(term, rng.random() < 0.5),
                Comparison("sample", rng.choice((Operator.EQUAL, Operator.NOT_EQUAL)), rng.choice(TITLES)),
                Match("sample", rng.choice(list(Manner)), rng.choice(TITLES)[:3]),
                Known("sample", rng.random() < 0.5),
                Words(rng.choice(("lto", "電池", "annealed", "xrd", "best"))),
                Comparison("tier", Operator.EQUAL, rng.choice(("open", "shared", "closed"))),
                Comparison("id", Operator.EQUAL, rng.choice(pids)),
                Comparison("technique", Operator.EQUAL, rng.choice(("xrd", "ir"))),
                Comparison("kind", Operator.EQUAL, rng.choice(("sample", "measurement", "process"))),
            )
        )

    found = []
    for _ in range(n):
        asked: Question = one()
        if rng.random() < 0.4:
            asked = And((asked, one()))
        if rng.random() < 0.15:
            asked = Not(asked)
        found.append(write(asked))
    return found


def understood(text: str) -> Condition:
    """What the question means."""
    return meaning(settled(parse(text, SHIPPED), SHIPPED))
