"""Questions as people ask them: with the names of the catalog's own templates, of people, projects and agreements."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kiban.errors import InvalidQuestion
from kiban.operations.find import find
from kiban.operations.resources import Resources
from kiban.operations.samples import register_sample
from kiban.operations.templates import define_template
from kiban.records.field import Field, FieldKind, Label
from kiban.records.link import Predicate
from kiban.records.party import Asker
from kiban.records.record import RecordKind
from kiban.records.sample import Sample
from kiban.records.standard_structures import load
from kiban.records.template import Template
from kiban.testing.catalog_examples import Laboratory, a_link
from kiban.testing.opening_question import ANSWERS, QUESTION, QUESTION_JA, write_oxide_films


@pytest.fixture(name="lab")
def _lab(resources: Resources) -> Laboratory:
    return Laboratory(resources.catalog, project=resources.project)


def titles(asker: Asker, resources: Resources, question: str) -> set[str]:
    return {hit.title for hit in find(asker, resources, question).hits}


@pytest.mark.parametrize("question", [QUESTION, QUESTION_JA])
def test_the_question_that_search_was_built_for(
    asker: Asker, resources: Resources, lab: Laboratory, question: str
) -> None:
    write_oxide_films(lab)
    assert titles(asker, resources, question) == {f"indents on {name}" for name in ANSWERS}


def furnace(**changes: Any) -> Template:
    values: dict[str, Any] = {
        "name": "tube_furnace",
        "label": Label(en="Tube furnace run", ja="管状炉焼成"),
        "applies_to": RecordKind.PROCESS,
        "fields": (
            Field(key="plateau", kind=FieldKind.QUANTITY, unit="degC", label=Label(en="Plateau", ja="保持温度")),
        ),
    }
    return Template(**(values | changes))


def write_run(lab: Laboratory, use: dict[str, Any], done: dict[str, Any]) -> None:
    source, made = lab.sample("before"), lab.sample("after")
    process = lab.record(RecordKind.PROCESS, "run 12", document={"template": use, "done": done})
    links = [a_link(process, Predicate.USED, source), a_link(made, Predicate.MADE_BY, process)]
    lab.write(source, made, process, links=links)


@pytest.mark.parametrize(
    "question",
    [
        "process.tube_furnace.plateau > 700 degC",
        "process.tube_furnace.plateau > 700",
        "工程.管状炉焼成.保持温度 > 700 ℃",
        "process.Tube_furnace_run.Plateau > 1000 K",
    ],
)
def test_the_templates_of_a_laboratory_name_processes_and_their_parameters(
    asker: Asker, resources: Resources, lab: Laboratory, question: str
) -> None:
    kept = define_template(asker, resources, furnace())
    use = {"id": kept.record.pid, "name": "tube_furnace", "version": 1}
    write_run(lab, use, {"plateau": {"value": 800.0, "unit": "degC"}})
    assert titles(asker, resources, question) == {"after"}
    with pytest.raises(InvalidQuestion, match="another kind"):
        find(asker, resources, "process.tube_furnace.plateau > 700 mm")


def test_what_was_taken_from_the_library_under_another_name_is_found_by_the_librarys(
    asker: Asker, resources: Resources, lab: Laboratory
) -> None:
    taken = replace(load("heat_treatment"), name="our furnace")
    kept = define_template(asker, resources, taken)
    use = {"id": kept.record.pid, "name": "our furnace", "version": 1}
    write_run(lab, use, {"steps": [{"temperature": {"value": 800.0, "unit": "degC"}}]})
    for question in (
        "process.heat_treatment.temperature > 700",
        "工程.熱処理.温度 > 700 ℃",
        "process.our_furnace.steps.temperature > 700 degC",
    ):
        assert titles(asker, resources, question) == {"after"}, question


@pytest.mark.parametrize(
    "question",
    [
        "done.plateau > 700",
        "done.plateau > 700 degC",
        "kind = process AND NOT done.plateau <= 1",
        "process.run.plateau > 700",
    ],
)
def test_a_bare_number_is_in_the_unit_of_the_field_where_templates_agree_on_it(
    asker: Asker, resources: Resources, lab: Laboratory, question: str
) -> None:
    kept = define_template(asker, resources, furnace())
    use = {"id": kept.record.pid, "name": "tube_furnace", "version": 1}
    write_run(lab, use, {"plateau": {"value": 800.0, "unit": "degC"}})
    assert titles(asker, resources, question) == {"after" if question.startswith("process") else "run 12"}
    in_kelvin = Field(key="plateau", kind=FieldKind.QUANTITY, unit="K", label=Label(en="Plateau", ja="保持温度"))
    define_template(asker, resources, furnace(name="box_furnace", label=Label(en="Box furnace"), fields=(in_kelvin,)))
    found = find(asker, resources, "done.plateau > 700")
    assert not found.hits
    [slip] = found.slips
    assert "done.plateau is compared with a number that has no unit." in slip


def test_a_number_without_a_unit_is_doubted_where_nothing_answers_for_it(
    asker: Asker, resources: Resources, lab: Laboratory
) -> None:
    scan = lab.measurement("scan", document={"metadata": {"tube_voltage": {"value": 40.0, "unit": "kV"}, "n_scans": 8}})
    lab.write(scan)
    assert titles(asker, resources, "metadata.tube_voltage > 30 kV") == {"scan"}
    assert "metadata.tube_voltage" in find(asker, resources, "metadata.tube_voltage > 30").slips[0]
    assert find(asker, resources, "metadata.n_scans > 4").slips == ()


def test_what_was_made_of_nothing_and_what_nobody_measured_are_found(
    asker: Asker, resources: Resources, lab: Laboratory
) -> None:
    cake, piece = lab.sample("cake"), lab.sample("piece")
    scan = lab.measurement("scan", piece)
    links = (a_link(piece, Predicate.PART_OF, cake), a_link(scan, Predicate.MEASURED, piece))
    lab.write(cake, piece, scan, links=links)
    assert titles(asker, resources, "kind = sample AND sample.parents IS KNOWN") == {"piece"}
    assert titles(asker, resources, "kind = sample AND 試料.親 IS UNKNOWN") == {"cake"}
    assert titles(asker, resources, "kind = sample AND NOT measurement IS KNOWN") == {"cake"}


def test_isotopes_count_as_their_element(asker: Asker, resources: Resources) -> None:
    register_sample(asker, resources, Sample(name="heavy water", formula="D2O"))
    for question in ('elements HAS "H"', "composition.H > 0.6", 'chemical_formula_reduced = "D2O"'):
        assert titles(asker, resources, question) == {"heavy water"}
    with pytest.raises(InvalidQuestion, match="Did you mean H"):
        find(asker, resources, 'elements HAS "D"')


@pytest.mark.parametrize("written", ["ＴｉＯ₂", "TiO2 ", "TiO2"])
@pytest.mark.parametrize("asked", ["TiO2", "ＴｉＯ₂", "TiO₂ "])
def test_a_formula_is_found_as_it_was_written_in_any_width(
    asker: Asker, resources: Resources, written: str, asked: str
) -> None:
    register_sample(asker, resources, Sample(name="titania", formula=written))
    assert titles(asker, resources, f'chemical_formula_descriptive = "{asked}"') == {"titania"}
    assert titles(asker, resources, f'chemical_formula_reduced = "{asked}"') == {"titania"}


def test_people_and_projects_are_asked_for_by_name(asker: Asker, resources: Resources, lab: Laboratory) -> None:
    lab.write(lab.sample("mine", owner=asker.party, created_by=asker.party), lab.sample("theirs"))
    of_samples = "kind = sample AND "
    assert titles(asker, resources, f"{of_samples}owner = me") == {"mine"}
    assert titles(asker, resources, f"{of_samples}所有者 = 自分") == {"mine"}
    assert titles(asker, resources, f"{of_samples}created_by = operator") == {"mine"}
    assert titles(asker, resources, f"{of_samples}NOT created_by = me") == {"theirs"}
    assert titles(asker, resources, f"{of_samples}owner != me") == {"theirs"}
    assert titles(asker, resources, f'{of_samples}project = "my LABORATORY"') == {"mine", "theirs"}
    assert titles(asker, resources, f'{of_samples}プロジェクト CONTAINS "laboratory"') == {"mine", "theirs"}
    assert titles(asker, resources, f'{of_samples}project = "another"') == set()
    assert titles(asker, resources, f"{of_samples}agreement IS KNOWN") == set()


def test_whoever_sees_nothing_of_a_project_cannot_ask_for_it_by_name(resources: Resources, lab: Laboratory) -> None:
    lab.write(lab.sample("closed"))
    stranger = Asker(party="stranger")
    assert titles(stranger, resources, 'project = "My laboratory"') == set()
    assert titles(stranger, resources, "owner = test") == set()
