"""Forms of samples and processes: every kind of field, errors beside their boxes, conflicts that show both."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.operations.samples import Form, change_sample, register_sample
from kiban.operations.show import show
from kiban.operations.templates import define_template, revise_template
from kiban.platform import local_asker
from kiban.records.field import Field, FieldKind, Label, Need, Option
from kiban.records.field_text import text_of
from kiban.records.field_value import value_of
from kiban.records.filled import fill
from kiban.records.record import RecordKind
from kiban.records.sample import Sample
from kiban.records.template import Template
from kiban.testing.template_strategies import filled_values, templates
from kiban.web.form_data import tree
from kiban.web.value_form import given_values, typed_values

from .conftest import SWEEP, Program


def pairs(typed: Any, name: str = "") -> list[tuple[str, str]]:
    if isinstance(typed, dict):
        return [pair for key, one in typed.items() for pair in pairs(one, f"{name}.{key}" if name else key)]
    if isinstance(typed, list):
        return [pair for number, one in enumerate(typed) for pair in pairs(one, f"{name}.{number}")]
    return [(name, str(typed))]


def post(program: Program, address: str, typed: Any) -> httpx.Response:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return program.ask("POST", address, content=urlencode(pairs(typed)), headers=headers)


def quantity(key: str, unit: str, **rules: Any) -> Field:
    return Field(key=key, kind=FieldKind.QUANTITY, unit=unit, **rules)


FILM = Template(
    name="film",
    label=Label(en="Film", ja="薄膜"),
    applies_to=RecordKind.SAMPLE,
    fields=(
        quantity("thickness", "nm", maximum=1000, need=Need.REQUIRED, label=Label(en="Thickness", ja="膜厚")),
        Field(key="layers", kind=FieldKind.NUMBER, is_whole=True, minimum=1),
        Field(key="is_annealed", kind=FieldKind.TRUTH),
        Field(key="side", kind=FieldKind.CHOICE, options=(Option(key="top"), Option(key="bottom"))),
        Field(key="marks", kind=FieldKind.CHOICE, many=True, options=(Option(key="a"), Option(key="b"))),
        Field(key="method", kind=FieldKind.TERM, vocabulary="http://purl.obolibrary.org/obo/"),
        Field(key="made_on", kind=FieldKind.DATE),
        Field(key="substrate", kind=FieldKind.REFERENCE, refers_to=(RecordKind.SAMPLE,)),
        Field(key="recipe", kind=FieldKind.FILE),
        Field(key="remarks", kind=FieldKind.TEXT, many=True),
        Field(
            key="stack",
            kind=FieldKind.TABLE,
            fields=(Field(key="layer", kind=FieldKind.TEXT, need=Need.REQUIRED), quantity("depth", "nm")),
        ),
        Field(
            key="target",
            kind=FieldKind.GROUP,
            fields=(Field(key="maker", kind=FieldKind.TEXT), quantity("purity", "%")),
        ),
    ),
)
FURNACE = Template(
    name="anneal",
    label=Label(en="Anneal", ja="焼鈍"),
    applies_to=RecordKind.PROCESS,
    fields=(quantity("temperature", "degC", maximum=1200, need=Need.REQUIRED), quantity("hold", "h")),
)


def made(program: Program, template: Template) -> str:
    resources = program.resources
    return define_template(local_asker(resources), resources, template).record.pid


def document_of(program: Program, answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 303, html.unescape(answer.text)
    pid = answer.headers["location"].rpartition("/")[2]
    return dict(show(local_asker(program.resources), program.resources, pid).record.document)


@given(data=st.data())
def test_what_a_record_holds_survives_its_form(data: st.DataObject) -> None:
    template = data.draw(templates())
    values = fill(template.fields, data.draw(filled_values(template))).sound()
    sent = tree(pairs(typed_values(template.fields, values)))
    assert fill(template.fields, given_values(template.fields, sent, values)).sound() == values


@settings(max_examples=300)
@given(
    value=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e100, max_value=1e100),
    doubt=st.none() | st.floats(1e-100, 1e100),
    factor=st.none() | st.floats(0.5, 5),
    unit=st.sampled_from(["", "nm", "degC", "1/cm", "mA*h/g", "%"]),
)
def test_the_text_of_a_quantity_is_read_as_the_same(
    value: float, doubt: float | None, factor: float | None, unit: str
) -> None:
    field = quantity("x", unit)
    text = text_of(field, {"value": value, "unit": unit})
    if doubt is not None:
        kind = {"kind": "expanded", "coverage_factor": factor} if factor is not None else {"kind": "standard"}
        text = text_of(field, {"value": value, "unit": unit, "uncertainty": {"value": doubt, **kind}})
    read = value_of(field, text)
    assert (read["value"], read["unit"]) == (value, unit)
    if doubt is not None:
        assert read["uncertainty"]["value"] == doubt
        assert read["uncertainty"].get("coverage_factor") == factor


def test_a_form_has_a_place_for_every_kind_of_field(empty: Program) -> None:
    pid = made(empty, FILM)
    for language, word in (("en", "Thickness"), ("ja", "膜厚")):
        text = empty.get(f"/samples/new?template={pid}&lang={language}").text
        assert word in text
        for name in (
            "values.thickness",
            "values.layers",
            "values.is_annealed",
            "values.side",
            "values.marks.0",
            "values.method.iri",
            "values.made_on",
            "values.substrate",
            "values.recipe.sha256",
            "values.remarks.0",
            "values.stack.0.layer",
            "values.target.maker",
        ):
            assert f'name="{name}"' in text, name


def test_a_sample_is_registered_by_its_form(empty: Program) -> None:
    pid = made(empty, FILM)
    values = {
        "thickness": "0.1 um",
        "layers": "3",
        "is_annealed": "true",
        "side": "top",
        "marks": {"1": "b"},
        "method": {"iri": "http://purl.obolibrary.org/obo/CHMO_0001364", "label": "sputtering"},
        "made_on": "2026-11-26",
        "recipe": {"sha256": "0" * 64, "name": "recipe.txt"},
        "remarks": {"4": "second hand", "9": "scratched"},
        "stack": {
            "7": {"layer": "Ti", "depth": "5(1) nm"},
            "3": {"layer": "Pt", "depth": ""},
            "8": {"layer": "", "depth": ""},
        },
        "target": {"maker": "", "purity": "99.9"},
    }
    answer = post(empty, "/samples/new", {"template": pid, "name": "F-1", "hazards": "H225, H301", "values": values})
    document = document_of(empty, answer)
    assert document["hazards"] == ["H225", "H301"]
    held = document["values"]
    assert held["thickness"] == {"value": 0.1, "unit": "um"}
    assert held["marks"] == ["b"]
    assert held["remarks"] == ["second hand", "scratched"]
    assert [row["layer"] for row in held["stack"]] == ["Ti", "Pt"]
    assert held["target"] == {"purity": {"value": 99.9, "unit": "%"}}
    text = empty.get(answer.headers["location"]).text
    assert "0.1 µm" in html.unescape(text)
    assert "second hand, scratched" in text
    pid = answer.headers["location"].rpartition("/")[2]
    assert f'href="/samples/{pid}/edit"' in text


def test_all_problems_stand_beside_their_boxes_and_what_was_typed_stays(empty: Program) -> None:
    pid = made(empty, FILM)
    values = {"thickness": "2 mm", "layers": "2.5", "made_on": "yesterday", "stack": [{"layer": "", "depth": "5 kg"}]}
    answer = post(empty, "/samples/new", {"template": pid, "name": "F-1", "values": values})
    text = html.unescape(answer.text)
    assert answer.status_code == 422
    assert "5 places have to be mended" in text
    for said in ("too high", "not a whole number", "a day or a moment", "Nothing stands here"):
        assert said in text, said
    for typed in ("2 mm", "2.5", "yesterday", "5 kg", "F-1"):
        assert f'value="{typed}"' in text or f">{typed}<" in text, typed
    assert re.search(r'name="values\.thickness"[^>]*aria-invalid="true"', text)
    assert empty.get("/api/v1/search", params={"q": 'kind = "sample"'}).json()["total"] == 0


def test_a_wrong_formula_or_a_taken_name_leaves_the_form_as_it_was(empty: Program) -> None:
    pid = made(empty, FILM)
    wanted = {"template": pid, "name": "F-1", "formula": "Xx2", "values": {"thickness": "5"}}
    answer = post(empty, "/samples/new", wanted)
    assert answer.status_code == 422
    assert 'value="Xx2"' in answer.text
    assert post(empty, "/samples/new", wanted | {"formula": "TiO2"}).status_code == 303
    again = post(empty, "/samples/new", wanted | {"formula": "TiO2"})
    assert again.status_code == 422
    assert 'value="5"' in again.text


def test_an_uncertainty_that_has_no_text_stays_when_its_box_is_left_alone(empty: Program) -> None:
    pid = made(empty, FILM)
    asker = local_asker(empty.resources)
    doubt = {"value": 0.3, "kind": "standard", "origin": "certificate", "degrees_of_freedom": 9.0}
    thickness = {"value": 5.0, "unit": "nm", "uncertainty": doubt}
    record = register_sample(
        asker, empty.resources, Sample(name="F"), form=Form(template=pid, values={"thickness": thickness})
    )
    page = empty.get(f"/samples/{record.pid}/edit").text
    assert 'value="5 ± 0.3 nm"' in page
    sent = {"expected": "1", "name": "F", "location": "Box 2", "values": {"thickness": "5 ± 0.3 nm"}}
    document = document_of(empty, post(empty, f"/samples/{record.pid}/edit", sent))
    assert document["location"] == "Box 2"
    assert document["values"]["thickness"]["uncertainty"]["origin"] == "certificate"
    sent = {"expected": "2", "name": "F", "location": "Box 2", "values": {"thickness": "5 ± 0.4 nm"}}
    document = document_of(empty, post(empty, f"/samples/{record.pid}/edit", sent))
    assert document["values"]["thickness"]["uncertainty"]["origin"] == "estimate"


def test_two_who_edit_at_once_see_both(empty: Program) -> None:
    pid = made(empty, FILM)
    asker = local_asker(empty.resources)
    form = Form(template=pid, values={"thickness": "5 nm"})
    record = register_sample(asker, empty.resources, Sample(name="F"), form=form)
    change_sample(
        asker, empty.resources, record.pid, {"location": "Box 9"}, form=Form(template=pid, values={"thickness": "7 nm"})
    )
    mine = {"expected": "1", "name": "F", "location": "Box 2", "values": {"thickness": "6 nm"}}
    answer = post(empty, f"/samples/{record.pid}/edit", mine)
    assert answer.status_code == 409
    for said in ("<b>Box 9</b>", "<b>7 nm</b>", 'value="Box 2"', 'value="6 nm"', 'name="expected" value="2"'):
        assert said in answer.text, said
    document = document_of(empty, post(empty, f"/samples/{record.pid}/edit", mine | {"expected": "2"}))
    assert document["values"]["thickness"]["value"] == 6


def test_a_record_of_an_earlier_version_is_edited_in_the_current_one(empty: Program) -> None:
    pid = made(empty, FILM)
    asker = local_asker(empty.resources)
    form = Form(template=pid, values={"thickness": "5 nm", "layers": 2})
    record = register_sample(asker, empty.resources, Sample(name="F"), form=form)
    thickness = quantity("film_thickness", "nm", origin="thickness", need=Need.REQUIRED)
    revise_template(
        asker,
        empty.resources,
        pid,
        Template(name="film", label=FILM.label, applies_to=RecordKind.SAMPLE, fields=(thickness,)),
    )
    text = empty.get(f"/samples/{record.pid}/edit").text
    assert "made with version 1 of the template; saving brings it to version 2" in text
    assert "layers" in text
    assert 'name="values.film_thickness"' in text
    assert 'value="5 nm"' in text
    sent = {"expected": "1", "name": "F", "values": {"film_thickness": "6 nm"}}
    document = document_of(empty, post(empty, f"/samples/{record.pid}/edit", sent))
    assert document["template"]["version"] == 2
    assert f"/records/{pid}?version=1" in empty.get(f"/records/{record.pid}?version=1").text


def test_a_process_is_written_down_as_meant_and_as_done(empty: Program) -> None:
    pid = made(empty, FURNACE)
    asker = local_asker(empty.resources)
    source = register_sample(asker, empty.resources, Sample(name="batch 7", formula="TiO2"))
    planned = {
        "template": pid,
        "name": "run 1",
        "state": "planned",
        "meant": {"temperature": "900"},
        "inputs": [source.pid],
    }
    answer = post(empty, "/processes/new", planned)
    document = document_of(empty, answer)
    assert document["meant"]["temperature"] == {"value": 900.0, "unit": "degC"}
    run = answer.headers["location"].rpartition("/")[2]
    page = empty.get(f"/records/{run}").text
    assert "batch 7" in page
    assert "planned" in page
    # What was done demands nothing: nobody read the hold time off.
    done = {
        "expected": "1",
        "name": "run 1",
        "state": "done",
        "meant": {"temperature": "900 degC"},
        "done": {"temperature": "897(3)"},
    }
    document = document_of(empty, post(empty, f"/processes/{run}/edit", done))
    assert document["done"]["temperature"]["uncertainty"]["value"] == 3
    page = html.unescape(empty.get(f"/records/{run}?lang=ja").text)
    assert "実績" in page
    assert "897(3) °C" in page
    hot = done | {"expected": "2", "done": {"temperature": "2000"}}
    answer = post(empty, f"/processes/{run}/edit", hot)
    assert answer.status_code == 422
    assert re.search(r'name="done\.temperature"[^>]*aria-invalid', answer.text)


def test_a_process_with_outputs_makes_samples(empty: Program) -> None:
    pid = made(empty, FURNACE)
    sent = {
        "template": pid,
        "name": "run 2",
        "state": "done",
        "meant": {"temperature": "900"},
        "outputs": "A\r\n B \r\n\r\n",
    }
    answer = post(empty, "/processes/new", sent)
    assert answer.status_code == 303, html.unescape(answer.text)
    text = empty.get(answer.headers["location"]).text
    assert f'href="/processes/{answer.headers["location"].rpartition("/")[2]}/edit"' in text
    assert ">A</a>" in text
    assert ">B</a>" in text
    assert post(empty, "/processes/new", sent | {"name": "run 3", "state": "melted"}).status_code == 422


def test_a_form_without_a_template_works_too(empty: Program) -> None:
    answer = post(empty, "/samples/new", {"name": "plain", "formula": "TiO2"})
    assert document_of(empty, answer)["composition"]["Ti"] > 0.3
    pid = answer.headers["location"].rpartition("/")[2]
    assert post(empty, f"/samples/{pid}/edit", {"expected": "1", "name": "plain 2"}).status_code == 303


def test_a_reference_that_leads_nowhere_or_to_another_kind_is_told(empty: Program) -> None:
    pid = made(empty, FILM)
    sent: dict[str, Any] = {"template": pid, "name": "F-1"}
    sent["values"] = {"thickness": "5", "substrate": "kb:7Q4M-2KXD-98"}
    answer = post(empty, "/samples/new", sent)
    assert answer.status_code == 422
    assert "There is no record kb:7Q4M-2KXD-98." in answer.text
    # A template is a record, and no sample.
    sent["values"] = {"thickness": "5", "substrate": pid}
    answer = post(empty, "/samples/new", sent)
    assert "Choose a record of this kind: sample." in answer.text
    source = register_sample(local_asker(empty.resources), empty.resources, Sample(name="wafer"))
    sent["values"] = {"thickness": "5", "substrate": source.pid}
    assert document_of(empty, post(empty, "/samples/new", sent))["values"]["substrate"] == source.pid


def test_a_measurement_is_described_by_its_form(empty: Program) -> None:
    pid = empty.deposit("run-1/sweep.csv", SWEEP % b"one")["measurement"]
    assert f'href="/measurements/{pid}/edit"' in empty.get(f"/records/{pid}").text
    assert "/templates/new?applies_to=measurement" in empty.get(f"/measurements/{pid}/edit").text
    run = Template(
        name="run",
        label=Label(en="Run"),
        applies_to=RecordKind.MEASUREMENT,
        fields=(quantity("humidity", "%", maximum=100),),
    )
    template = made(empty, run)
    made(empty, replace(run, name="other", techniques=("raman",)))
    text = empty.get(f"/measurements/{pid}/edit").text
    assert 'name="values.humidity"' in text
    assert "other" not in text
    sent = {"template": template, "expected": "1", "values": {"humidity": "45(2)"}}
    wrong = post(empty, f"/measurements/{pid}/edit", sent | {"values": {"humidity": "450"}})
    assert wrong.status_code == 422
    document = document_of(empty, post(empty, f"/measurements/{pid}/edit", sent))
    assert document["values"]["humidity"]["value"] == 45
    assert "45(2) %" in html.unescape(empty.get(f"/records/{pid}").text)
    assert post(empty, f"/measurements/{pid}/edit", sent).status_code == 409


ODD = st.sampled_from(["", "x", "1", "\ud800", "é", "9" * 400, "900 degC", "on", "kb:7Q4M-2KXD-98"])
NAMES = st.sampled_from(
    [
        "values",
        "values.thickness",
        "values.stack",
        "values.stack.0",
        "values.stack.0.layer",
        "values.target.maker",
        "values.target",
        "values.remarks.x",
        "values.marks.0",
        "values.method.iri",
        "name",
        "expected",
        "template",
        "a.b.c",
        "values.stack.0.depth",
        ".",
        "..",
        "inputs",
        "inputs.0",
        "state",
        "hazards",
    ]
)


@settings(max_examples=60)
@given(sent=st.lists(st.tuples(NAMES, ODD), max_size=12))
def test_no_form_makes_a_page_fail(program: Program, sent: list[tuple[str, str]]) -> None:
    known = program.get("/templates").text
    found = re.search(r"/templates/(kb:[\w-]+)", known)
    pid = found[1] if found is not None else made(program, FILM)
    content = urlencode([*sent, ("template", pid)], errors="surrogatepass")
    headers = {"content-type": "application/x-www-form-urlencoded"}
    for address in ("/samples/new", "/processes/new"):
        assert program.ask("POST", address, content=content, headers=headers).status_code in {303, 422}
