"""Templates: fields, what is filled in, what differs between versions, and what becomes of values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import InvalidForm, InvalidValue
from kiban.records.document import from_json, to_json
from kiban.records.field import Field, FieldKind, Label, Need, Option
from kiban.records.filled import Problem, fill, refuse
from kiban.records.record import RecordKind
from kiban.records.template import Template
from kiban.records.template_change import What, changes
from kiban.records.template_migration import Act, Step, carry
from kiban.records.written_quantity import quantity_of
from kiban.testing.template_strategies import filled_values, templates

TEMPERATURE = Field(
    key="temperature", kind=FieldKind.QUANTITY, unit="degC", minimum=20, maximum=1200, need=Need.REQUIRED
)
GAS = Field(key="gas", kind=FieldKind.CHOICE, options=(Option(key="N2"), Option(key="Ar", label=Label(ja="アルゴン"))))
STEPS = Field(
    key="steps",
    kind=FieldKind.TABLE,
    fields=(TEMPERATURE, Field(key="hold", kind=FieldKind.QUANTITY, unit="min", minimum=0, excludes_minimum=True)),
)


def template(*fields: Field, **changed: Any) -> Template:
    return Template(name="anneal", label=Label(en="Anneal"), applies_to=RecordKind.PROCESS, fields=fields, **changed)


@pytest.mark.parametrize(
    ("text", "value", "unit", "doubt", "k"),
    [
        ("900 degC", 900, "degC", None, None),
        ("900°C", 900, "°C", None, None),
        ("1.50 ± 0.02 nm", 1.5, "nm", 0.02, None),
        ("(1.50 +/- 0.02) nm", 1.5, "nm", 0.02, None),
        ("1.50(2) nm", 1.5, "nm", 0.02, None),
        ("1.5406(12)e-10 m", 1.5406e-10, "m", 0.0012e-10, None),
        ("5.0 ± 0.4 (k=2) MPa", 5.0, "MPa", 0.4, 2.0),
        ("5.0 ± 0.4 MPa (k=2)", 5.0, "MPa", 0.4, 2.0),
        ("−3.2e-4 1/K", -3.2e-4, "1/K", None, None),
        ("１２．５ ％", 12.5, "%", None, None),
        ("12", 12, "mm", None, None),
    ],
)
def test_a_quantity_is_read_as_people_type_it(
    text: str, value: float, unit: str, doubt: float | None, k: float | None
) -> None:
    read = quantity_of(text, "mm")
    assert (read.value, read.unit) == (pytest.approx(value), unit)
    if doubt is None:
        assert read.uncertainty is None
    else:
        assert read.uncertainty is not None
        assert (read.uncertainty.value, read.uncertainty.coverage_factor) == (pytest.approx(doubt), k)


@pytest.mark.parametrize(
    "text", ["1,500 nm", "1,5", "", "nm", "1.2.3", "5 ± 0 nm", "1.5(2) ± 0.1 nm", "5 parsnips", "9" * 300]
)
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        quantity_of(text)


def test_every_problem_of_a_form_is_told_with_its_place() -> None:
    filled = fill(
        (TEMPERATURE, GAS, STEPS),
        {
            "temperature": "",
            "gas": "helium",
            "steps": [{"temperature": "900 degC", "hold": "2 h"}, {"temperature": "2000 degC", "hold": "0 min"}],
            "pressure": "1 Pa",
        },
    )
    assert {problem.place for problem in filled.problems} == {
        "temperature", "gas", "steps[2].temperature", "steps[2].hold", "pressure",
    }  # fmt: skip
    assert filled.values == {
        "steps": [{"temperature": {"value": 900.0, "unit": "degC"}, "hold": {"value": 2.0, "unit": "h"}}]
    }
    with pytest.raises(
        InvalidForm, match=r"steps\[2\].temperature: 2000 degC is too high: at most 1200 degC"
    ) as refused:
        filled.sound()
    assert set(refused.value.places) == {problem.place for problem in filled.problems}
    assert refused.value.places["gas"] == "'helium' is not among the answers. Use one of: N2, Ar."


def test_a_form_names_every_place_and_its_sentence_the_first_eight() -> None:
    problems = [Problem(path=("steps", n, "hold"), fault=f"Fault {n}.", mend="Mend.").under("meant") for n in range(20)]
    with pytest.raises(InvalidForm) as refused:
        refuse(problems)
    assert len(refused.value.places) == 20
    assert refused.value.places["meant.steps[20].hold"] == "Fault 19. Mend."
    assert refused.value.fault.endswith("meant.steps[8].hold: Fault 7. 12 more.")
    assert refused.value.mend == "Mend."
    refuse([])


@pytest.mark.parametrize("kind", [FieldKind.NUMBER, FieldKind.QUANTITY])
@pytest.mark.parametrize("number", [10**400, -(10**400), float("inf"), float("nan")])
def test_a_number_beyond_all_bounds_is_a_problem_of_its_field(kind: FieldKind, number: float) -> None:
    field = Field(key="size", kind=kind)
    assert [problem.place for problem in fill((field,), {"size": number}).problems] == ["size"]
    if kind is FieldKind.QUANTITY:
        assert fill((field,), {"size": {"value": number, "unit": ""}}).problems


def test_a_choice_is_found_by_its_label_in_either_language() -> None:
    assert fill((GAS,), {"gas": "アルゴン"}).sound() == {"gas": "Ar"}


def test_bounds_hold_in_every_unit() -> None:
    assert fill((TEMPERATURE,), {"temperature": "1473.15 K"}).sound()
    assert fill((TEMPERATURE,), {"temperature": "1474 K"}).problems
    assert fill((TEMPERATURE,), {"temperature": "5 m"}).problems


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "Temperature", "kind": FieldKind.TEXT},
        {"key": "t", "kind": FieldKind.QUANTITY, "unit": "parsnip"},
        {"key": "t", "kind": FieldKind.CHOICE},
        {"key": "t", "kind": FieldKind.GROUP},
        {"key": "t", "kind": FieldKind.TEXT, "minimum": 1},
        {"key": "t", "kind": FieldKind.NUMBER, "unit": "m"},
        {"key": "t", "kind": FieldKind.NUMBER, "minimum": 2, "maximum": 1},
        {"key": "t", "kind": FieldKind.TABLE, "fields": (STEPS,)},
    ],
)
def test_a_rule_that_cannot_hold_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        Field(**wrong)


def test_a_key_that_another_field_had_before_is_refused() -> None:
    renamed = Field(key="plateau", origin="temperature", kind=FieldKind.TEXT)
    with pytest.raises(InvalidValue, match="temperature"):
        template(renamed, Field(key="temperature", kind=FieldKind.TEXT))


def test_the_changes_of_a_version_are_named_and_weighed() -> None:
    old = template(TEMPERATURE, GAS, Field(key="note", kind=FieldKind.TEXT))
    new = template(
        replace(TEMPERATURE, key="plateau", origin="temperature", maximum=1000),
        replace(GAS, options=(*GAS.options, Option(key="O2"))),
        Field(key="ramp", kind=FieldKind.QUANTITY, unit="K/min"),
    )
    found = {(c.what, c.path): c for c in changes(old, new)}
    assert set(found) == {
        (What.RENAMED, ("plateau",)), (What.TIGHTENED, ("plateau",)), (What.OPTIONS, ("gas",)),
        (What.ADDED, ("ramp",)), (What.REMOVED, ("note",)),
    }  # fmt: skip
    assert [c.what for c in found.values() if not c.is_compatible] == [What.TIGHTENED]
    assert [c.what for c in found.values() if c.loses] == [What.REMOVED]


def test_a_bound_in_another_unit_is_the_same_bound() -> None:
    old = template(TEMPERATURE)
    new = template(replace(TEMPERATURE, unit="K", minimum=273.15, maximum=1500))
    assert all(change.is_compatible for change in changes(old, new))


def test_values_follow_renamed_fields_and_steps_mend_the_rest() -> None:
    old = template(TEMPERATURE, GAS, Field(key="note", kind=FieldKind.TEXT))
    new = template(
        replace(TEMPERATURE, key="plateau", origin="temperature", maximum=1000),
        replace(GAS, options=(Option(key="nitrogen"), Option(key="Ar"))),
        Field(key="operator", kind=FieldKind.TEXT, need=Need.REQUIRED),
    )
    values = fill(old.fields, {"temperature": "1100 degC", "gas": "N2", "note": "cracked"}).sound()
    by_itself = carry(old, new, values)
    assert {p.place for p in by_itself.filled.problems} == {"plateau", "gas", "operator"}
    assert by_itself.left_behind == ("note",)
    stated = carry(
        old,
        new,
        values,
        (
            Step(path=("plateau",), act=Act.DROP),
            Step(path=("gas",), act=Act.REPLACE, replacements={"N2": "nitrogen"}),
            Step(path=("operator",), act=Act.SET, value="unknown"),
        ),
    )
    assert [p.place for p in stated.filled.problems] == ["plateau"]  # required, and dropped
    assert stated.filled.values == {"gas": "nitrogen", "operator": "unknown"}
    assert stated.left_behind == ("note", "plateau")


def test_steps_reach_every_row_of_a_table() -> None:
    old = template(STEPS)
    new = template(replace(STEPS, fields=(replace(TEMPERATURE, maximum=800), *STEPS.fields[1:])))
    values = fill(old.fields, {"steps": [{"temperature": "700 degC"}, {"temperature": "900 degC"}]}).sound()
    assert [p.place for p in carry(old, new, values).filled.problems] == ["steps[2].temperature"]
    set_low = Step(
        path=("steps", "temperature"),
        act=Act.REPLACE,
        replacements={str(values["steps"][1]["temperature"]): "800 degC"},
    )
    assert carry(old, new, values, (set_low,)).filled.values["steps"][1]["temperature"]["value"] == 800


def test_a_step_for_a_field_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidValue, match="pressure"):
        carry(template(GAS), template(GAS), {}, (Step(path=("pressure",), act=Act.DROP),))


@given(templates())
def test_a_template_survives_the_trip_to_json(made: Template) -> None:
    assert from_json(to_json(made), Template) == made


@given(templates().flatmap(lambda t: st.tuples(st.just(t), filled_values(t))))
def test_what_has_been_checked_stays_as_it_is(made: tuple[Template, dict[str, Any]]) -> None:
    described, values = made
    once = fill(described.fields, values)
    assert once.problems == ()
    assert fill(described.fields, once.values).values == once.values
    assert carry(described, described, once.values).filled.values == once.values


@given(templates(), templates())
def test_versions_without_a_difference_are_the_only_ones_without_changes(one: Template, other: Template) -> None:
    assert (changes(one, other) == ()) == (replace(one, note="") == replace(other, note=""))


@given(templates().flatmap(lambda t: st.tuples(st.just(t), templates(of=t), filled_values(t))))
def test_compatible_changes_refuse_no_record(made: tuple[Template, Template, dict[str, Any]]) -> None:
    old, new, values = made
    if all(change.is_compatible for change in changes(old, new)):
        assert carry(old, new, fill(old.fields, values).sound()).filled.problems == ()
