"""Paths to other records, to compositions and formulas: how they are read, written, named and refused."""

from __future__ import annotations

import pytest

from kiban.errors import InvalidQuestion
from kiban.quantity.measured import Measured
from kiban.query.meaning import meaning
from kiban.query.named import Names, asks_for_name, with_identifiers
from kiban.query.parse import parse, write
from kiban.query.question import Comparison, Extent, Has, Known, Operator, Or
from kiban.query.renamed import asks_for_field, with_former_names
from kiban.query.settled import settled
from kiban.query.slips import doubts
from kiban.query.vocabulary import SHIPPED, with_terms
from kiban.records.term import PropertyTerm


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("工程.熱処理.温度 < 900 ℃", "process.heat_treatment.temperature < 900.0 ℃"),
        ("工程.熱処理.温度プログラム.温度 < 900 ℃", "process.heat_treatment.steps.temperature < 900.0 ℃"),
        ("プロセス.ミリング IS KNOWN", None),
        ("process.Heat_treatment.Hold >= 2 h", "process.heat_treatment.hold >= 2.0 h"),
        ("process.heat_treatment.started > 2024", 'process.heat_treatment.started > "2024"'),
        ("process.heat_treatment.測定者 = 佐藤", 'process.heat_treatment.operator = "佐藤"'),
        ("試料.親.硬さ >= 5 GPa", "sample.parents.hardness >= 5.0 GPa"),
        ("試料.測定日 > 2024", 'sample.started > "2024"'),
        ("測定.手法 = X線回折", 'measurement.technique = "xrd"'),
        ("組成.Ti > 40 原子%", "composition.Ti > 40.0 原子%"),
        ("質量分率.Ti > 40 質量%", "mass_fraction.Ti > 40.0 質量%"),
        ("sample.parents.composition.Ti > .4", "sample.parents.composition.Ti > 0.4"),
        ("sample.process.heat_treatment.temperature < 900 degC", "process.heat_treatment.temperature < 900.0 degC"),
        ("試料.工程.熱処理.温度 < 900 ℃", "process.heat_treatment.temperature < 900.0 ℃"),
        ("sample.measurement.technique = xrd", 'measurement.technique = "xrd"'),
        ("sample.parents IS KNOWN", "sample.parents.id IS KNOWN"),
        ("試料.親 IS UNKNOWN", "sample.parents.id IS UNKNOWN"),
        ("測定 IS KNOWN", "measurement.id IS KNOWN"),
        ("process.heat_treatment.temperature < 900 K", None),
        ("process.milling.speed > 30 rad/s", "process.milling.speed > 30.0 rad/s"),
        ("elements LENGTH 3", "nelements = 3.0"),
        ("elements length >= 3", "nelements >= 3.0"),
        ("sample.parents.elements LENGTH 3", "sample.parents.nelements = 3.0"),
        ("3 = nelements", "nelements = 3.0"),
        ("1.5e-1 < composition.Ti", "composition.Ti > 0.15"),
        ("組成式 = TiO2", 'chemical_formula_reduced = "TiO2"'),
        ("硬さ >= 5 GPa WITH CONFIDENCE 0.95", "hardness >= 5.0 GPa WITH CONFIDENCE 0.95"),
        ("5 GPa <= hardness with confidence 95 %", "hardness >= 5.0 GPa WITH CONFIDENCE 0.95"),
        ("5 GPa <= hardness WITH CONFIDENCE 0.95 AND title = x", None),
        ('"TiO2" = chemical_formula_reduced', 'chemical_formula_reduced = "TiO2"'),
        ("cable length 3 cm", '"cable length 3 cm"'),
        ("with confidence", '"with confidence"'),
        ('file STARTS "x"', 'file STARTS WITH "x"'),
    ],
)
def test_paths_are_read_in_both_languages_and_written_in_one(text: str, written: str | None) -> None:
    question = parse(text)
    assert written is None or write(question) == written
    assert parse(write(question)) == question


@pytest.mark.parametrize(
    ("text", "position", "mend"),
    [
        ("composition.ti > 0.4", 0, "Did you mean composition.Ti?"),
        ("process.milling.speed > 300 min⁻¹", 24, "Write process.milling.speed in rpm."),
        ("process.milling.speed > 5 Hz", 24, "Write process.milling.speed in rpm."),
        ("composition.Ti > 40", 17, "Did you mean 40 %?"),
        ("mass_fraction.Ti < 140 %", 19, "mass_fraction.Ti < 50 %"),
        ("composition.D > 0.4", 0, "Did you mean composition.H?"),
        ('elements HAS "T"', 13, "Did you mean H?"),
        ("nelements >= 2 nm", 13, "without a unit"),
        ("elements LENGTH 2 K", 16, "without a unit"),
        ('sample.parents = "x"', 0, "sample.parents IS KNOWN"),
        ("工程 IS KNOWN", 0, "process.heat_treatment IS KNOWN"),
        ("measurement > 3", 0, "measurement IS KNOWN"),
        ("sample.process IS KNOWN", 0, "process.heat_treatment IS KNOWN"),
        ('sample.parents.parents.title = "x"', 0, "however many steps back"),
        ("sample.parents.process.heat_treatment.hold > 1 h", 0, "process.<name>.<parameter>"),
        ("title = x AND sample.composition.tI > 0.4", 14, "Did you mean sample.composition.Ti?"),
        ("composition.Xx > 0.4", 0, "Write composition.Ti or composition.O."),
        ("composition.Ti > 40 wt%", 17, "Write mass_fraction.Ti."),
        ("mass_fraction.Ti > 40 at.%", 19, "Write composition.Ti."),
        ("composition.Ti > 40 GPa", 17, "Write composition.Ti > 0.4, or composition.Ti > 40 %."),
        ("composition.Ti = 0", 17, 'Write NOT elements HAS "Ti".'),
        ("hardness = 5 GPa WITH CONFIDENCE 0.9", 33, "Ask for an interval: hardness >= ... WITH CONFIDENCE 0.95"),
        ("hardness > 5 GPa WITH CONFIDENCE 95", 33, "Did you mean 0.95?"),
        ("hardness > 5 GPa WITH CONFIDENCE 0", 33, "Write a probability above 0 and below 1"),
        ("hardness > 5 GPa WITH CONFIDENCE 3 nm", 33, "Write WITH CONFIDENCE 0.95."),
        ("nelements > 2 WITH CONFIDENCE 0.9", 30, "Ask with confidence for values of properties only."),
        ("hardness > 5 GPa WITH CONFIDENCE", 32, "Join conditions"),
        ("process.heat_treatment > 900 degC", 25, "Ask for a parameter"),
        ("process.heat_treatment.temperature < 5 mm", 37, "Write process.heat_treatment.temperature in degC."),
        ("process. > 4", 0, "Write process.heat_treatment.temperature"),
        ("sample.parents.metadta.x > 4", 0, "sample"),
        ("technique LENGTH 3", 0, "Write elements LENGTH 3"),
        ('elements:elements_ratios HAS "Ti":>0.4', 0, "Ask for each element: composition.Ti > 0.4"),
        ('elements_ratios HAS "1"', 0, "Write composition.Ti > 0.4 for each element."),
        ('nelements HAS "3"', 14, "Compare it: nelements = ..."),
        ("sample.elements = Ti", 18, "Write elements HAS"),
    ],
)
def test_an_error_points_at_the_place_and_says_what_to_write(text: str, position: int, mend: str) -> None:
    with pytest.raises(InvalidQuestion) as caught:
        parse(text)
    assert (caught.value.position, mend in caught.value.mend) == (position, True), caught.value.mend


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("sample.hardnes > 5 GPa", "Did you mean hardness?"),
        ("process.heat_treatmnt.temperature < 5 degC", "Did you mean heat_treatment?"),
        ("process.heat_treatment.temprature < 5 degC", "Did you mean temperature?"),
    ],
)
def test_what_may_be_a_slip_is_said_with_the_nearest_word(text: str, doubt: str) -> None:
    [said] = doubts(parse(text))
    assert said.endswith(doubt)


def test_names_that_are_known_raise_no_doubt() -> None:
    for text in ("sample.hardness > 5 GPa", "process.anneal.temperature < 5 degC", "process.heat_treatment.title = x"):
        assert doubts(parse(text)) == ()


def test_a_formula_is_asked_for_however_it_is_spelled() -> None:
    for path, spellings in {
        "chemical_formula_reduced": ("TiO2", "O2Ti", "ＴｉＯ₂", "Ti2O4"),
        "chemical_formula_anonymous": ("A2B", "TiO2", "SiO2"),
        "chemical_formula_hill": ("C2H5OH", "C2H6O"),
    }.items():
        meant = {meaning(Comparison(path, Operator.EQUAL, spelling)) for spelling in spellings}
        assert len(meant) == 1, path
    assert meaning(parse('chemical_formula_reduced = "CO"')) != meaning(parse('chemical_formula_reduced = "Co"'))


def test_a_bare_number_is_in_the_unit_of_the_parameter() -> None:
    bare, given = (parse(f"process.heat_treatment.temperature < 900{unit}") for unit in ("", " degC"))
    assert meaning(bare) == meaning(given)
    assert settled(bare, SHIPPED) == given


def test_merged_terms_and_former_names_hold_along_paths() -> None:
    known = with_terms((PropertyTerm(key="firmness", en="Firmness", unit="MPa", merged_into="hardness"),))
    asked = settled(parse("sample.parents.firmness > 5 GPa", known), known)
    assert asked == Or(
        tuple(
            Comparison(f"sample.parents.{term}", Operator.GREATER, Measured(5.0, "GPa"))
            for term in ("hardness", "firmness")
        )
    )
    first = {"steps.plateau": frozenset({"steps.temperature"})}
    for text, other in (
        ("process.x.plateau IS KNOWN", "process.x.steps.temperature"),
        ("process.x.steps.plateau IS KNOWN", "process.x.steps.temperature"),
        ("sample.field.steps.plateau IS KNOWN", "sample.field.steps.temperature"),
    ):
        question = parse(text)
        assert asks_for_field(question)
        assert with_former_names(question, first) == Or((question, Known(other, True)))


def test_names_become_identifiers() -> None:
    names = Names({"owner": {"id-1": ("佐藤 花子", "hanako"), "id-2": ("Sato Jiro", "jiro")}})
    found = with_identifiers(parse('sample.owner CONTAINS "佐藤" OR NOT owner = jiro OR title = jiro'), names)
    assert found == parse('sample.owner HAS ANY "id-1" OR NOT owner HAS ANY "id-2","jiro" OR title = jiro')
    assert asks_for_name(parse("NOT (title = x AND owner = y)"))
    assert not asks_for_name(parse("title = x AND owner IS KNOWN"))
    many = Names({"owner": {f"id-{i}": ("Sato",) for i in range(101)}})
    with pytest.raises(InvalidQuestion, match="102 different"):
        with_identifiers(Has("owner", Extent.ANY, ("Sato",)), many)
    assert with_identifiers(parse('owner STARTS WITH "x"'), names) == Or(())
