from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from kiban.records.party import ANONYMOUS
from kiban.records.standard_structures import names
from kiban.records.template_file import LARGEST
from kiban.web.api.template_models import (
    AdoptedModel,
    ChangeModel,
    KeptTemplateModel,
    ListedTemplateModel,
    RevisionModel,
    StructureModel,
)
from kiban.web.asker import Desk

from .conftest import Program

TEMPERATURE = {"key": "temperature", "kind": "quantity", "unit": "degC", "maximum": 1200, "need": "required"}
ANNEAL = {
    "name": "anneal",
    "label": {"en": "Anneal", "ja": "焼鈍"},
    "applies_to": "process",
    "fields": [TEMPERATURE, {"key": "hold", "kind": "quantity", "unit": "h", "minimum": 0}],
}
COLOUR = {"key": "colour", "kind": "text"}


def define(program: Program, template: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = program.ask("POST", "/api/v1/templates", json=template or ANNEAL)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_template_is_defined_shown_and_listed(empty: Program) -> None:
    made = define(empty)
    TypeAdapter(KeptTemplateModel).validate_python(made)
    assert (made["version"], made["template"]) == (1, ANNEAL)
    for identifier in ("anneal", made["id"]):
        answer = empty.get(f"/api/v1/templates/{identifier}")
        assert (answer.json(), answer.headers["etag"]) == (made, '"1"')
    [listed] = empty.get("/api/v1/templates").json()
    TypeAdapter(ListedTemplateModel).validate_python(listed)
    assert (listed["id"], listed["name"], listed["n_fields"]) == (made["id"], "anneal", 2)
    assert empty.get("/api/v1/templates?applies_to=sample").json() == []
    assert empty.get("/api/v1/templates?applies_to=project").status_code == 422
    again = empty.ask("POST", "/api/v1/templates", json=ANNEAL)
    assert (again.status_code, again.json()["error"]) == (409, "Conflict")
    assert made["id"] in again.json()["fault"]


def test_a_template_is_revised_by_who_knows_its_version(empty: Program) -> None:
    made = define(empty)
    address = f"/api/v1/templates/{made['id']}"
    wider = {**ANNEAL, "fields": [{**TEMPERATURE, "maximum": 1500}, *ANNEAL["fields"][1:], COLOUR]}  # type: ignore[misc]
    answer = empty.ask("PUT", address, json=wider, headers={"if-match": '"1"'})
    assert answer.status_code == 200, answer.text
    revised = answer.json()
    TypeAdapter(RevisionModel).validate_python(revised)
    assert (revised["version"], answer.headers["etag"]) == (2, '"2"')
    assert [(change["what"], change["path"]) for change in revised["changes"]] == [
        ("loosened", ["temperature"]),
        ("added", ["colour"]),
    ]
    late = empty.ask("PUT", f"{address}?expected=1", json=ANNEAL)
    assert (late.status_code, late.json()["error"]) == (409, "Conflict")
    assert empty.get(address).json()["version"] == 2
    assert empty.get(f"{address}?version=1").json()["template"] == ANNEAL
    back = empty.get(f"{address}/diff?before=2&after=1").json()
    TypeAdapter(list[ChangeModel]).validate_python(back)
    assert [(change["what"], change["is_compatible"], change["loses"]) for change in back] == [
        ("tightened", False, False),
        ("removed", True, True),
    ]
    assert [change["what"] for change in empty.get(f"{address}/diff?before=1").json()] == ["loosened", "added"]
    assert empty.get(f"{address}/diff?before=7").status_code == 404
    same = empty.ask("PUT", f"{address}?expected=2", json=wider)
    assert (same.status_code, same.json()["error"]) == (422, "InvalidValue")


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("", {}),
        ("", {"if-match": "*"}),
        ("", {"if-match": '"1", "2"'}),
        ("", {"if-match": "1"}),
        ("?expected=1", {"if-match": '"2"'}),
        ("?expected=0", {}),
    ],
)
def test_a_revision_of_no_known_version_is_refused(empty: Program, query: str, headers: dict[str, str]) -> None:
    made = define(empty)
    changed = {**ANNEAL, "fields": [COLOUR]}
    answer = empty.ask("PUT", f"/api/v1/templates/{made['id']}{query}", json=changed, headers=headers)
    assert answer.status_code == 422
    assert empty.get(f"/api/v1/templates/{made['id']}").json() == made


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "not JSON"),
        (b"[]", "The template is []"),
        (b"\xff", "UTF-8"),
        (b"[" * 100_000, "nested"),
        (b'{"name": "a", "name": "b"}', "twice"),
        (b'{"nam": "a"}', "'nam'"),
        (b'{"name": "a", "label": {"en": "A"}, "applies_to": "sample", "fields": [{"key": "k", "kind": "no"}]}', "no"),
        (
            b'{"name": "a", "label": {"en": "A"}, "applies_to": "sample",'
            b' "fields": [{"key": "k", "kind": "quantity", "minimum": NaN}]}',
            "NaN",
        ),
        (b" " * (LARGEST + 1), "bytes"),
    ],
    ids=["empty", "list", "encoding", "deep", "twice", "misspelt", "kind", "nan", "large"],
)
def test_what_is_no_template_is_refused_with_the_place(empty: Program, body: bytes, word: str) -> None:
    answer = empty.ask("POST", "/api/v1/templates", content=body)
    assert answer.status_code == 422
    assert word in answer.json()["fault"]
    assert empty.get("/api/v1/templates").json() == []


def test_a_template_one_may_not_see_is_not_there(empty: Program) -> None:
    made = define(empty)
    stranger = Program(empty.resources, asks=Desk(ANONYMOUS, empty.resources))
    assert stranger.get("/api/v1/templates").json() == []
    absent = "kb:0000-0000-00"
    hidden, nothing = (stranger.get(f"/api/v1/templates/{i}") for i in (made["id"], absent))
    assert hidden.status_code == nothing.status_code == 404
    assert hidden.text.replace(made["id"], absent) == nothing.text
    assert stranger.get("/api/v1/templates/anneal").status_code == 404
    answer = stranger.ask("PUT", f"/api/v1/templates/{made['id']}?expected=1", json={**ANNEAL, "fields": [COLOUR]})
    assert answer.status_code == 404


def test_structures_of_the_library_are_listed_and_taken(empty: Program) -> None:
    found = empty.get("/api/v1/structures").json()
    TypeAdapter(list[StructureModel]).validate_python(found)
    assert [each["name"] for each in found] == list(names())
    assert {each["standing"] for each in found} == {"absent"}
    taken = empty.ask("POST", "/api/v1/structures/film").json()
    TypeAdapter(AdoptedModel).validate_python(taken)
    assert (taken["done"], taken["version"]) == ("defined", 1)
    assert empty.ask("POST", "/api/v1/structures/film?update=true").json() == {**taken, "done": "left"}
    [film] = [each for each in empty.get("/api/v1/structures").json() if each["name"] == "film"]
    assert (film["standing"], film["id"], film["changes"]) == ("current", taken["id"], [])
    assert empty.ask("POST", "/api/v1/structures/foam").status_code == 422
    kept = empty.get("/api/v1/templates/film").json()["template"]
    # A program that sends no `extra` changes the structure, and not where it came from.
    sent = {name: value for name, value in kept.items() if name != "extra"} | {"fields": [*kept["fields"], COLOUR]}
    revised = empty.ask("PUT", "/api/v1/templates/film?expected=1", json=sent).json()
    assert revised["template"]["extra"] == kept["extra"]
    assert empty.ask("POST", "/api/v1/structures/film?update=true").status_code == 409
