"""Pages of templates: the editor's form becomes a template and back, changes are looked at, saved, carried over."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given

from kiban.records.field import Field, FieldKind, Label, Need, Option
from kiban.records.record import RecordKind
from kiban.records.template import Template
from kiban.records.template_change import changes
from kiban.testing.template_strategies import templates
from kiban.web.form_data import tree
from kiban.web.template_form import template_of, typed_template

from .conftest import Program

TREE = Any


def pairs(typed: TREE, name: str = "") -> list[tuple[str, str]]:
    """The fields of a form, as a browser sends them."""
    if isinstance(typed, dict):
        return [pair for key, one in typed.items() for pair in pairs(one, f"{name}.{key}" if name else key)]
    if isinstance(typed, list):
        return [pair for number, one in enumerate(typed) for pair in pairs(one, f"{name}.{number}")]
    return [(name, str(typed))]


def post(program: Program, address: str, typed: TREE, **more: str) -> httpx.Response:
    content = urlencode([*pairs(typed), *more.items()])
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return program.ask("POST", address, content=content, headers=headers)


def carried(answer: httpx.Response) -> str:
    """What the page of the review carries along."""
    found = re.search(r'name="typed" value="([^"]*)"', answer.text)
    assert found is not None, answer.text
    return html.unescape(found[1])


SIZE = Field(
    key="size",
    kind=FieldKind.QUANTITY,
    unit="um",
    minimum=0,
    excludes_minimum=True,
    maximum=100,
    need=Need.REQUIRED,
    label=Label(en="Particle size", ja="粒径"),
)
POWDER = Template(
    name="powder",
    label=Label(en="Powder", ja="粉末"),
    applies_to=RecordKind.SAMPLE,
    fields=(
        SIZE,
        Field(key="colour", kind=FieldKind.CHOICE, options=(Option(key="black"), Option(key="white"))),
        Field(
            key="sieving",
            kind=FieldKind.TABLE,
            fields=(Field(key="mesh", kind=FieldKind.QUANTITY, unit="um"), Field(key="note", kind=FieldKind.TEXT)),
        ),
    ),
)


def saved(program: Program, typed: TREE) -> str:
    """Make a template by its pages and give its address."""
    looked = post(program, "/templates/new", typed, do="review")
    assert looked.status_code == 200, looked.text
    made = post(program, "/templates/new", {"typed": carried(looked), "do": "save"})
    assert made.status_code == 303, made.text
    return made.headers["location"]


def revised(program: Program, address: str, typed: TREE, version: int) -> httpx.Response:
    looked = post(program, f"{address}/edit", typed, do="review", expected=str(version))
    assert looked.status_code == 200, looked.text
    done = post(program, f"{address}/edit", {"typed": carried(looked), "do": "save", "expected": str(version)})
    assert done.status_code == 303, done.text
    return looked


@given(template=templates())
def test_the_editor_keeps_every_template_as_it_is(template: Template) -> None:
    sent = tree(pairs(typed_template(template)))
    built = template_of(sent, template)
    assert built.problems == {}
    assert built.template is not None
    assert changes(template, built.template) == ()


@given(template=templates())
def test_a_new_template_says_what_its_form_says(template: Template) -> None:
    built = template_of(tree(pairs(typed_template(template))), None)
    assert built.template == template


def test_a_template_is_made_looked_at_and_found(empty: Program) -> None:
    address = saved(empty, typed_template(POWDER))
    text = empty.get(address).text
    assert "Particle size" in text
    assert "&gt; 0 ≤ 100" in text or "> 0 ≤ 100" in text
    assert "粒径" in empty.get(f"{address}?lang=ja").text
    assert "Powder" in empty.get("/templates").text
    assert empty.get(f"/records/{address.rpartition('/')[2]}").headers["location"] == address


def test_all_that_is_wrong_stands_beside_its_place_and_what_was_typed_stays(empty: Program) -> None:
    typed = typed_template(POWDER)
    typed["fields"][0] |= {"unit": "furlongs per", "minimum": "low"}
    typed["fields"][1] |= {"key": "Colour of it", "options": []}
    answer = post(empty, "/templates/new", typed, do="review")
    assert answer.status_code == 422
    text = html.unescape(answer.text)
    for said in ("'furlongs per' is not known", "'low' is not a quantity", "'Colour of it' cannot be the key"):
        assert said in text
    assert 'value="furlongs per"' in text
    assert 'value="Particle size"' in text
    assert "/templates/kb" not in empty.get("/templates").text


def test_a_name_that_is_taken_is_told(empty: Program) -> None:
    saved(empty, typed_template(POWDER))
    looked = post(empty, "/templates/new", typed_template(POWDER), do="review")
    again = post(empty, "/templates/new", {"typed": carried(looked), "do": "save"})
    assert again.status_code == 422
    assert "Particle size" in again.text


def test_a_revision_shows_its_changes_and_whom_they_would_refuse(empty: Program) -> None:
    address = saved(empty, typed_template(POWDER))
    pid = address.rpartition("/")[2]
    for name, size in (("P5", "5 um"), ("P50", "0.05 mm")):
        made = post(empty, "/samples/new", {"template": pid, "name": name, "values": {"size": size}})
        assert made.status_code == 303, made.text
    typed = typed_template(POWDER)
    typed["fields"][0] |= {"key": "particle_size", "maximum": "10"}
    typed["fields"].append({"kind": "text", "key": "supplier", "label": {"en": "Supplier"}})
    del typed["fields"][1]
    looked = post(empty, f"{address}/edit", typed, do="review", expected="1")
    text = html.unescape(looked.text)
    assert "size is called particle_size now" in text
    assert "supplier is new: Text" in text
    assert "colour (Choice) is taken out" in text
    assert "Tighter limits for particle_size: > 0, ≤ 100 um → > 0, ≤ 10 um" in text
    assert "would refuse 1 of them" in text
    assert re.findall(r'<li><a href="/records/[^"]+">(\w+)</a>', text) == ["P50"]
    # Looking keeps nothing, and the editor comes back as it was left.
    assert "version 1" in empty.get(address).text
    back = post(empty, f"{address}/edit", {"typed": carried(looked), "do": "edit", "expected": "1"})
    assert 'value="particle_size"' in back.text
    assert "was size" in back.text
    done = post(empty, f"{address}/edit", {"typed": carried(looked), "do": "save", "expected": "1"})
    assert done.headers["location"] == address
    stale = post(empty, f"{address}/edit", {"typed": carried(looked), "do": "save", "expected": "1"})
    assert stale.status_code == 409
    assert "version 2 by now" in stale.text


def test_records_are_carried_over_with_steps_and_brought_back(empty: Program) -> None:
    address = saved(empty, typed_template(POWDER))
    pid = address.rpartition("/")[2]
    sizes = {"P5": "5 um", "P50": "50 um"}
    found = {
        name: post(empty, "/samples/new", {"template": pid, "name": name, "values": {"size": size}}).headers["location"]
        for name, size in sizes.items()
    }
    typed = typed_template(POWDER)
    typed["fields"][0] |= {"maximum": "10"}
    typed["fields"].append({"kind": "text", "key": "supplier", "need": "required"})
    revised(empty, address, typed, 1)
    page = empty.get(f"{address}/migrate").text
    assert "would refuse 2 of them" in page
    refused = post(empty, f"{address}/migrate", {"do": "migrate", "expected": "2"})
    assert refused.status_code == 422
    steps = {"0": {"path": "supplier", "act": "set", "value": "unknown"}}
    looked = post(empty, f"{address}/migrate", {"steps": steps, "do": "preview", "expected": "2"})
    assert "would refuse 1 of them" in looked.text
    assert 'value="unknown"' in looked.text or ">unknown</textarea>" in looked.text
    done = post(empty, f"{address}/migrate", {"steps": steps, "do": "migrate", "expected": "2", "leaves_refused": "on"})
    assert done.status_code == 303, done.text
    assert "unknown" in empty.get(found["P5"]).text
    assert "unknown" not in empty.get(found["P50"]).text
    text = empty.get(address).text
    assert "Records were carried over to version 2." in text
    migration = re.search(r'name="migration" value="([^"]+)"', text)
    assert migration is not None
    undone = post(empty, f"{address}/undo", {"migration": migration[1]})
    assert undone.status_code == 303
    assert "unknown" not in empty.get(found["P5"]).text
    assert "Taken back" in empty.get(address).text


@pytest.mark.parametrize(
    "step",
    [
        {"path": "no_such", "act": "drop", "value": ""},
        {"path": "size", "act": "melt", "value": ""},
        {"path": "size", "act": "set", "value": " "},
        {"path": "colour", "act": "replace", "value": "black"},
    ],
)
def test_a_step_that_means_nothing_is_told(empty: Program, step: dict[str, str]) -> None:
    address = saved(empty, typed_template(POWDER))
    answer = post(empty, f"{address}/migrate", {"steps": {"0": step}, "do": "preview", "expected": "1"})
    assert answer.status_code == 422
    assert 'class="wrong"' in answer.text


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"typed": "[]"},
        {"typed": "{"},
        {"typed": '{"name": "\\ud800"}'},
        {"typed": '{"name": "\\u0000"}'},
        {"typed": "[" * 5000},
        {"typed": '{"fields": [' * 300 + "{}" + "]}" * 300},
        {"typed": json.dumps({"fields": "x", "label": [], "techniques": {"a": 1}})},
        {"typed": json.dumps({"fields": [{"kind": "text", "label": "x", "options": [1], "refers_to": [], "key": []}]})},
        {"fields": [{"kind": "melt", "key": "a"}], "applies_to": "project", "techniques": ["nonsense"]},
    ],
)
def test_a_bent_form_is_refused_and_never_breaks_the_page(empty: Program, typed: dict[str, Any]) -> None:
    address = saved(empty, typed_template(POWDER))
    for to, do in (("/templates/new", "review"), ("/templates/new", "save"), (f"{address}/edit", "more")):
        assert post(empty, to, typed, do=do, expected="1").status_code in {200, 422}


def test_a_browser_without_scripts_gets_a_row_more(empty: Program) -> None:
    answer = post(empty, "/templates/new", {"applies_to": "sample", "fields": [{"kind": "text"}]}, do="more")
    assert len(re.findall(r'name="fields\.\d+\.key"', answer.text)) == 2


def test_names_of_designers_do_not_become_markup(empty: Program) -> None:
    typed = typed_template(POWDER)
    typed["label"]["en"] = typed["fields"][0]["label"]["en"] = "<script>alert(1)</script>"
    address = saved(empty, typed)
    for path in (address, f"{address}/edit", "/templates", f"/samples/new?template={address.rpartition('/')[2]}"):
        assert "<script>alert" not in empty.get(path).text


def test_a_page_of_another_site_cannot_save(empty: Program) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded", "origin": "http://evil.example"}
    assert empty.ask("POST", "/templates/new", content=b"do=save", headers=headers).status_code == 403


def test_units_and_quantities_are_understood(empty: Program) -> None:
    def understood(what: str, **parameters: str) -> Any:
        return empty.get(f"/api/v1/{what}", params=parameters).json()

    assert understood("units", unit="MPa")["dimension"] == "[mass] / [length] / [time] ** 2"
    assert understood("units", unit="furlongs per")["dimension"] is None
    found = understood("quantities", text="1173.15 K", unit="degC")
    assert (found["value"], found["in_unit"]) == (1173.15, "900 °C")
    assert "comma" in understood("quantities", text="1,5", unit="nm")["fault"]
    assert "is needed" in understood("quantities", text="3 kg", unit="nm")["fault"]
