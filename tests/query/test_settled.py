"""Questions freed of what only one vocabulary knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from kiban.quantity.measured import Measured
from kiban.query.evaluate import Described, evaluate
from kiban.query.meaning import meaning
from kiban.query.parse import parse
from kiban.query.question import And, Comparison, Has, Known, Match, Not, Or, Question
from kiban.query.renamed import with_former_names
from kiban.query.settled import settled
from kiban.query.vocabulary import SHIPPED, with_terms
from kiban.records.identity import new_pid, new_uuid
from kiban.records.property import Fact, Property
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Tier
from kiban.records.term import PropertyTerm
from kiban.testing.question_strategies import questions

FIRM = PropertyTerm(key="firmness", en="Firmness", unit="MPa", merged_into="hardness")
MERGED = with_terms((FIRM,))
SCAN = Record(
    id=new_uuid(),
    pid=new_pid(),
    kind=RecordKind.MEASUREMENT,
    title="scan",
    project=UUID(int=1),
    owner="operator",
    scope=1,
    created_at=datetime(2024, 1, 31, tzinfo=UTC),
    created_by="operator",
)
FACTS = st.lists(
    st.builds(
        lambda term, value, unit: Fact(
            id=new_uuid(),
            property=Property(term=term, value=Measured(value, unit), method="test/1"),
            subject=None,
            evidence=SCAN.id,
            scope=1,
        ),
        st.sampled_from(("hardness", "firmness", "d_spacing")),
        st.sampled_from((0.0, 1.0, 1.5, 3.3)),
        st.sampled_from(("GPa", "MPa", "angstrom")),
    ),
    max_size=4,
)


def renamed(question: Question) -> Question:
    """The question as it would be if there had been one term from the start."""
    match question:
        case And(parts):
            return And(tuple(map(renamed, parts)))
        case Or(parts):
            return Or(tuple(map(renamed, parts)))
        case Not(part):
            return Not(renamed(part))
        case Comparison("firmness") | Match("firmness") | Has("firmness") | Known("firmness"):
            return replace(question, path="hardness")
        case _:
            return question


@given(question=questions(), facts=FACTS)
def test_merged_terms_answer_as_one(question: Question, facts: list[Fact]) -> None:
    one = [
        replace(fact, property=replace(fact.property, term="hardness")) if fact.property.term == "firmness" else fact
        for fact in facts
    ]
    apart, together = (Described(record=SCAN, tier=Tier.OPEN, facts=tuple(each)) for each in (facts, one))
    assert evaluate(settled(question, MERGED), apart) == evaluate(renamed(question), together)


@given(questions())
def test_with_the_terms_of_kiban_alone_a_question_means_what_it_did(question: Question) -> None:
    assert meaning(settled(question, SHIPPED)) == meaning(question)


def test_a_bare_number_is_in_the_usual_unit_of_the_term_that_was_named() -> None:
    assert settled(parse("Firmness > 5", MERGED), MERGED) == Or(
        (
            Comparison("hardness", parse("a > 1").operator, Measured(5.0, "MPa")),
            Comparison("firmness", parse("a > 1").operator, Measured(5.0, "MPa")),
        )
    )


def test_unknown_is_what_no_name_knows() -> None:
    assert settled(Known("hardness", False), MERGED) == And((Known("hardness", False), Known("firmness", False)))
    former = with_former_names(Known("field.plateau", False), {"plateau": frozenset({"temperature"})})
    assert former == And((Known("field.plateau", False), Known("field.temperature", False)))
