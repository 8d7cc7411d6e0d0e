from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from kiban.errors import InvalidQuestion
from kiban.quantity.measured import Measured
from kiban.query.evaluate import Described, evaluate
from kiban.query.parse import parse
from kiban.query.question import And, Comparison, Extent, Has, Not, Operator, Words
from kiban.records.identity import new_pid
from kiban.records.property import Fact, Property
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Tier

SCAN = Record(
    id=UUID(int=1),
    pid="kb:7Q4M-2KXD-9S",
    kind=RecordKind.MEASUREMENT,
    title="ＬＴＯ-7 after 900 °C",
    project=UUID(int=2),
    owner="o",
    scope=0,
    sample=UUID(int=3),
    document={
        "technique": "xrd",
        "sample_name": "as the file has it",
        "file_name": "LTO-7_scan.xrdml",
        "reader": "panalytical_xrdml",
        "instrument": "",
        "started_at": "2024-01-31T23:30:00",
        "metadata": {
            "anode": "Cu",
            "filters": ["Ni", "Soller"],
            "wavelength": {"value": 1.5406, "unit": "angstrom"},
            "odd": {"value": 3.0, "unit": "no_such_unit"},
            "scan": {"mode": "continuous", "n_points": 6801, "spinning": True},
            "mixed": ["a", 1],
            "nothing": None,
        },
    },
    created_at=datetime(2024, 2, 1, 8, 0, tzinfo=UTC),
    created_by="o",
)


def fact(term, value, unit=""):
    claim = Property(term=term, value=Measured(value, unit), method="test/1")
    return Fact(id=UUID(int=9), property=claim, subject=None, evidence=SCAN.id, scope=0)


DESCRIBED = Described(
    record=SCAN,
    tier=Tier.SHARED,
    sample_title="LTO-7",
    composition={"Ti": 0.3, "O": 0.5, "Li": 0.2},
    facts=(
        fact("d_spacing", 4.84, "angstrom"),
        fact("d_spacing", 2.53, "angstrom"),
        fact("coulombic_efficiency", 99.2, "percent"),
        fact("temperature", 900.0, "degC"),
        fact("hardness", 5.0, "GPa"),
        fact("firmness", 5.0, "GPa"),
        fact("strange", 5.0, "no_such_unit"),
    ),
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("*", True),
        ("NOT *", False),
        # fields
        ("kind = measurement", True),
        ("kind = sample", False),
        ("tier HAS ANY open, shared", True),
        ("technique = X線回折", True),
        ("technique STARTS WITH x", True),
        ("sample = lto-7", True),
        ("sample = ＬＴＯ-7", True),
        ('sample = "as the file has it"', False),
        ("title CONTAINS LTO", True),
        ('title ENDS WITH "℃"', True),  # NFKC: ℃ is °C
        ("file ENDS .XRDML", True),
        ("file != x", True),
        ("reader < q", True),
        ("instrument IS KNOWN", False),
        ("operator IS UNKNOWN", True),
        ("operator != x", False),
        ("NOT operator = x", True),
        # metadata
        ("metadata.anode = cu", True),
        ("metadata.anode HAS ONLY Cu, Co", True),
        ("metadata.filters HAS ALL ni, soller", True),
        ("metadata.filters HAS ONLY Ni", False),
        ("metadata.filters HAS ANY Ni, Zr", True),
        ("metadata.filters != Ni", True),
        ("metadata.wavelength = 0.15406 nm", True),
        ("metadata.wavelength > 1.5 angstrom", True),
        ("metadata.wavelength > 1.5", False),  # a bare number is no length
        ("metadata.wavelength IS KNOWN", True),
        ("metadata.scan.n_points >= 6801", True),
        ("metadata.scan.spinning = true", True),
        ("metadata.scan IS KNOWN", False),
        ("metadata.nothing IS KNOWN", False),
        ("metadata.odd CONTAINS no_such_unit", True),
        ("metadata.odd > 1", False),
        ("metadata.mixed HAS ANY a", True),
        ("metadata.mixed HAS ONLY a", False),
        # elements
        ("elements HAS ALL Ti, O", True),
        ("elements HAS Fe", False),
        ("elements HAS ANY Fe, Li", True),
        ("elements HAS ONLY Ti, O, Li, Fe", True),
        ("elements HAS ONLY Ti, O", False),
        ("elements IS KNOWN", True),
        # times
        ("started = 2024-01-31", True),
        ("started = 2024-01", True),
        ("started <= 2024-01-31", True),
        ("started < 2024-01-31", False),
        ("started > 2024-01-31", False),
        ("started > 2024-01-31T23:29", True),
        ('started = "2024-02-01T08:30+09:00"', True),
        ("started != 2023", True),
        ("created >= 2024-02-01", True),
        ("created > 9999", False),
        ("created <= 9999-12-31", True),
        # property terms
        ("d_spacing < 3", True),  # in the term's usual unit
        ("d_spacing < 0.3 nm", True),
        ("d_spacing > 5 angstrom", False),
        ("d_spacing > 4 angstrom AND d_spacing < 3 angstrom", True),  # of several values one is enough
        ("d_spacing = 0.253 nm", True),
        ("d_spacing != 2.53", True),
        ("coulombic_efficiency > 99", True),
        ("coulombic_efficiency > 0.99 1", True),
        ("temperature = 1173.15 K", True),
        ("temperature <= 1652 degF", True),
        ("hardness = 5000 MPa", True),
        ("hardness > 4", True),
        ("硬さ >= 5 GPa AND 硬度 < 5100 MPa", True),
        ("hardness > 600 kgf/mm^2", False),
        ("HRC > 5 OR HV > 5", False),
        ("firmness > 4", False),  # outside the vocabulary a bare number is of dimension one
        ("firmness > 4 GPa", True),
        ("strange IS KNOWN", True),
        ("strange = 5", False),
        ("toughness IS UNKNOWN", True),
        ("NOT toughness > 5", True),
        # words
        ("LTO 900", True),
        ("回折 continuous", True),
        ("ni soller n_points", True),
        ("6801", False),  # numbers are compared, not searched
        ("nickel", False),
        # together
        ("nickel OR technique = xrd AND NOT tier = open", True),
        ("(nickel OR technique = xrd) AND tier = open", False),
    ],
)
def test_a_record_answers(question, expected):
    assert evaluate(parse(question), DESCRIBED) is expected


def test_an_identifier_is_read_as_people_write_it():

    pid = new_pid()

    described = replace(DESCRIBED, record=replace(SCAN, pid=pid))
    assert evaluate(parse(f"id = {pid[3:].lower().replace('-', '')}"), described)
    assert not evaluate(parse(f"id != {pid}"), described)
    assert not evaluate(parse(f"id = {new_pid()}"), described)


def test_without_a_record_of_the_sample_the_measurement_names_it():
    alone = Described(record=SCAN, tier=Tier.OPEN)
    assert evaluate(parse('sample = "as the file has it"'), alone)
    assert not evaluate(parse("elements IS KNOWN"), alone)


def test_a_comparison_forgives_the_last_digits_only():
    described = Described(record=SCAN, tier=Tier.OPEN, facts=(fact("ratio", 1.0),))
    ask = {
        op: [evaluate(Comparison("ratio", op, Measured(v)), described) for v in (1 - 1e-6, 1 - 1e-12, 1.0, 1 + 1e-12)]
        for op in Operator
    }
    assert ask[Operator.EQUAL] == [False, True, True, True]
    assert ask[Operator.NOT_EQUAL] == [True, False, False, False]
    assert ask[Operator.GREATER] == [True, False, False, False]
    assert ask[Operator.GREATER_OR_EQUAL] == [True, True, True, True]
    assert ask[Operator.LESS] == [False, False, False, False]
    assert ask[Operator.LESS_OR_EQUAL] == [False, True, True, True]


@pytest.mark.parametrize(
    "question",
    [
        Comparison("title", Operator.EQUAL, Measured(5.0)),
        Comparison("started", Operator.EQUAL, Measured(5.0)),
        Comparison("no path", Operator.EQUAL, "x"),
        Comparison("hardness", Operator.GREATER, "x"),
        Comparison("hardness", Operator.GREATER, Measured(5.0, "no_such_unit")),
        Comparison("d_spacing", Operator.GREATER, Measured(5.0, "kg")),
        Comparison("technique", Operator.EQUAL, "astrology"),
        Has("hardness", Extent.ANY, ("x",)),
        Has("elements", Extent.ANY, ()),
        Words(""),
        And((Words("x"),) * 201),
    ],
)
def test_questions_made_by_programs_are_checked_too(question):
    with pytest.raises(InvalidQuestion) as caught:
        evaluate(question, DESCRIBED)
    assert caught.value.mend


def test_nesting_is_bounded():
    question = Words("x")
    for _ in range(5000):
        question = Not(question)
    with pytest.raises(InvalidQuestion, match="nested"):
        evaluate(question, DESCRIBED)
