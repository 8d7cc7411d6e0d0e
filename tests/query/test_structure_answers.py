"""What OPTIMADE's structures are found by."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kiban.query.condition import TextCondition
from kiban.query.evaluate import Described, holds
from kiban.query.meaning import meaning
from kiban.query.parse import parse
from kiban.query.question import Comparison, Operator
from kiban.query.structure_answers import structure_answers
from kiban.records.described import without_values
from kiban.records.identity import new_pid, new_uuid
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Tier


def sample(**document: Any) -> Record:
    return Record(
        id=new_uuid(), pid=new_pid(), kind=RecordKind.SAMPLE, title="a sample", project=new_uuid(), owner="somebody",
        scope=0, document=document, created_at=datetime(2026, 1, 1, tzinfo=UTC), created_by="somebody",
    )  # fmt: skip


RUTILE = sample(formula="TiO2", composition={"Ti": 1 / 3, "O": 2 / 3})


def test_a_sample_with_a_formula() -> None:
    assert structure_answers(RUTILE) == {
        "structure.id": (RUTILE.pid,),
        "structure.type": ("structures",),
        "structure.elements": ("O", "Ti"),
        "structure.nelements": (2.0,),
        "structure.elements_ratios": (pytest.approx(2 / 3), pytest.approx(1 / 3)),
        "structure.n_structure_features": (0.0,),
        "structure.chemical_formula_descriptive": ("TiO2",),
        "structure.chemical_formula_reduced": ("O2Ti",),
        "structure.chemical_formula_anonymous": ("A2B",),
        "structure.chemical_formula_hill": ("O2Ti",),
    }


def test_a_composition_that_was_measured_counts_rather_than_the_formula() -> None:
    found = structure_answers(sample(formula="TiO2", composition={"Ti": 0.4, "O": 0.6}))
    assert found["structure.chemical_formula_reduced"] == ("O3Ti2",)
    assert found["structure.chemical_formula_descriptive"] == ("O3Ti2",)


def test_amounts_without_small_whole_numbers_have_no_reduced_formula() -> None:
    found = structure_answers(sample(composition={"Fe": 0.7182818, "Ni": 0.2817182}))
    assert not any("formula" in path for path in found)
    assert found["structure.nelements"] == (2.0,)


@pytest.mark.parametrize(
    ("question", "is_true"),
    [
        ('structure.elements HAS ALL "O","Ti"', True),
        ('structure.elements HAS ONLY "O"', False),
        ("structure.nelements = 2", True),
        ('structure.chemical_formula_reduced = "O2Ti"', True),
        ('structure.chemical_formula_reduced = "o2ti"', False),
        ('structure.chemical_formula_anonymous STARTS WITH "A2"', True),
        ("structure.nsites IS UNKNOWN", True),
    ],
)
def test_questions(question: str, is_true: bool) -> None:
    condition = meaning(parse(question))
    assert holds(condition, Described(record=RUTILE, tier=Tier.OPEN)) is is_true


def test_who_reads_the_description_alone_gets_no_answer() -> None:
    assert structure_answers(without_values(RUTILE)) == {}


def test_a_character_that_nothing_stored_can_have_finds_nothing() -> None:
    condition = meaning(Comparison("structure.chemical_formula_reduced", Operator.EQUAL, "O2\0Ti\ud800"))
    assert condition == TextCondition("structure.chemical_formula_reduced", Operator.EQUAL, "O2 Ti ")
