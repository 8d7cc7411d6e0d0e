"""Samples and processes over REST."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from kiban.operations.templates import define_template
from kiban.records.field import Field, FieldKind, Label, Need
from kiban.records.parties.right import Role
from kiban.records.party import Asker
from kiban.records.record import RecordKind
from kiban.records.template import Template

from .conftest import SWEEP, Program

NUMBERS = itertools.count()
TEMPERATURE = Field(key="temperature", kind=FieldKind.QUANTITY, unit="degC", maximum=1200, need=Need.REQUIRED)
STEPS = Field(
    key="steps", kind=FieldKind.TABLE, fields=(TEMPERATURE, Field(key="hold", kind=FieldKind.QUANTITY, unit="h"))
)


@pytest.fixture(scope="module", autouse=True)
def _templates(program: Program) -> None:
    asker = Asker(party="operator", roles={program.resources.project: Role.OWNER})
    for kind in (RecordKind.SAMPLE, RecordKind.PROCESS):
        define_template(
            asker,
            program.resources,
            Template(name=f"{kind} steps", label=Label(en="S"), applies_to=kind, fields=(STEPS,)),
        )


def send(program: Program, method: str, address: str, status: int = 200, **body: Any) -> Any:
    answer = program.ask(method, f"/api/v1/{address}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def new(program: Program, **body: Any) -> str:
    return str(send(program, "POST", "samples", **{"name": f"S {next(NUMBERS)}", **body})["id"])


def shown(program: Program, pid: str) -> Any:
    return program.get(f"/api/v1/records/{pid}").json()


def test_a_sample_is_registered_with_values(program: Program) -> None:
    pid = new(
        program,
        formula="TiO2",
        hazards=["H315"],
        location="Room 3",
        template="sample steps",
        values={"steps": [{"temperature": "900(5) degC", "hold": {"value": 2, "unit": "h"}}]},
        tier="open",
    )
    found = shown(program, pid)
    assert (found["tier"], found["document"]["hazards"], found["document"]["location"]) == ("open", ["H315"], "Room 3")
    assert found["document"]["values"]["steps"][0]["temperature"]["uncertainty"]["value"] == 5
    assert found["composition"]["Ti"] == pytest.approx(1 / 3)


def test_every_place_that_is_wrong_is_named(program: Program) -> None:
    values = {"steps": [{"temperature": "900 degC"}, {"hold": "5 kg"}], "colour": "red"}
    problem = send(program, "POST", "samples", 422, name="S", formula="Xx", template="sample steps", values=values)
    assert problem["error"] == "InvalidForm"
    assert set(problem["parameters"]) == {
        "formula", "values.steps[2].temperature", "values.steps[2].hold", "values.colour",
    }  # fmt: skip
    assert "Nothing stands here." in problem["parameters"]["values.steps[2].temperature"]
    problem = send(
        program, "POST", "processes", 422, name="r", template="process steps",
        meant={"steps": [{}, {"hold": "1 h"}]}, done={"steps": [{"temperature": "5 m"}]},
    )  # fmt: skip
    assert {"meant.steps[2].temperature", "done.steps[1].temperature"} <= set(problem["parameters"])


@pytest.mark.parametrize(
    ("address", "body", "places"),
    [
        ("samples", {}, {"name"}),
        ("samples", {"name": " "}, {"name"}),
        ("samples", {"name": "a\x00b"}, {"name"}),
        ("samples", {"name": "S", "hazards": ["H315", "poison"], "colour": 1}, {"hazards[2]", "colour"}),
        ("samples", {"name": "S", "values": {"size": 1}}, {"template"}),
        ("samples/combine", {"name": "S", "parts": ["kb:7Q4M-2KXD-98"]}, {"parts"}),
        ("processes", {"name": "r", "started_at": "yesterday", "outputs": [{}]}, {"started_at", "outputs[1].name"}),
        ("records/kb:7Q4M-2KXD-98/restore", {"version": 0}, {"version"}),
        ("records/kb:7Q4M-2KXD-98/sample", {}, {"sample"}),
    ],
)
def test_what_a_body_must_not_be_is_told_by_place(
    program: Program, address: str, body: dict[str, Any], places: set[str]
) -> None:
    assert set(send(program, "POST", address, 422, **body)["parameters"]) == places


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_told(program: Program, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = program.ask("POST", "/api/v1/samples", content=content, headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.json()["error"] == "WrongUsage"
    if answer.status_code == 422:
        assert set(answer.json()["parameters"]) == {"body"}


def test_values_nested_too_deep_are_told(program: Program) -> None:
    for depth in range(50, 1100, 50):
        nested = "[" * depth + "]" * depth
        for place in (f'{{"steps": {nested}}}', f'{{"steps": [{{"hold": {nested}}}]}}', f'{{"x": {nested}}}'):
            content = f'{{"name": "deep", "template": "sample steps", "values": {place}}}'
            answer = program.ask(
                "POST", "/api/v1/samples", content=content, headers={"content-type": "application/json"}
            )
            assert answer.status_code in {400, 422}, depth


def test_a_change_leaves_what_was_not_sent(program: Program) -> None:
    steps = {"steps": [{"temperature": "900 degC"}]}
    pid = new(program, location="A", custodian="Abe", template="sample steps", values=steps)
    changed = send(program, "PATCH", f"samples/{pid}", location="B", custodian=None, state="lost", expected=1)
    assert changed["version"] == 2
    document = shown(program, pid)["document"]
    assert (document["location"], document["custodian"], document["state"]) == ("B", "Abe", "lost")
    assert document["values"]["steps"][0]["temperature"]["value"] == 900
    send(program, "PATCH", f"samples/{pid}", values={"steps": [{"temperature": "5 degC"}]}, location="")
    document = shown(program, pid)["document"]
    assert (document["location"], document["values"]["steps"][0]["temperature"]["value"]) == ("", 5)
    assert set(send(program, "PATCH", f"samples/{pid}", 422, template="sample steps")["parameters"]) == {"body"}
    assert set(send(program, "PATCH", f"samples/{new(program)}", 422, values={"a": 1})["parameters"]) == {"template"}
    assert send(program, "PATCH", f"samples/{pid}", 422)["error"] == "InvalidValue"  # nothing would change


def test_what_somebody_else_changed_is_not_written_over(program: Program) -> None:
    pid = new(program)
    send(program, "PATCH", f"samples/{pid}", location="B")
    assert send(program, "PATCH", f"samples/{pid}", 409, location="C", expected=1)["error"] == "Conflict"
    assert send(program, "POST", f"records/{pid}/restore", 409, version=1, expected=1)["error"] == "Conflict"
    assert send(program, "POST", f"records/{pid}/restore", version=1, expected=2)["version"] == 3
    assert shown(program, pid)["document"]["location"] == ""
    name = shown(program, pid)["title"]
    assert send(program, "POST", "samples", 409, name=name)["error"] == "Conflict"


def test_samples_are_divided_and_combined(program: Program) -> None:
    pid = new(program, formula="Fe")
    n = next(NUMBERS)
    pieces = send(program, "POST", f"samples/{pid}/divide", names=[f"a{n}", f"b{n}"], uses_up=True)
    assert [piece["title"] for piece in pieces] == [f"a{n}", f"b{n}"]
    assert shown(program, pid)["document"]["state"] == "consumed"
    made = send(program, "POST", "samples/combine", name=f"mix {n}", parts=[p["id"] for p in pieces], uses_up=False)
    assert {link["record"]["id"] for link in shown(program, made["id"])["links"]} == {p["id"] for p in pieces}
    assert shown(program, pieces[0]["id"])["document"]["state"] == "available"
    assert send(program, "POST", f"samples/{pid}/divide", 422, names=["c"])["error"] == "InvalidValue"


def test_a_process_is_written_down_and_goes_on(program: Program) -> None:
    pid, n = new(program, formula="TiO2"), next(NUMBERS)
    recorded = send(
        program, "POST", "processes", name=f"run {n}", state="running", equipment="Furnace 2",
        started_at="2026-11-26T09:30+09:00", template="process steps", meant={"steps": [{"temperature": 900}]},
        inputs=[pid], outputs=[{"name": f"out {n}", "location": "Room 3"}],
    )  # fmt: skip
    run = recorded["process"]["id"]
    changed = send(
        program, "PATCH", f"processes/{run}", state="done", ended_at="2026-11-26T17:00+09:00",
        done={"steps": [{"temperature": "907 degC"}]}, expected=1,
    )  # fmt: skip
    assert changed["version"] == 2
    document = shown(program, run)["document"]
    assert document["meant"]["steps"][0]["temperature"]["value"] == 900
    assert document["done"]["steps"][0]["temperature"]["value"] == 907
    out = shown(program, recorded["outputs"][0]["id"])["document"]
    assert (out["formula"], out["location"]) == ("TiO2", "Room 3")
    assert send(program, "PATCH", f"processes/{run}", 409, state="abandoned", expected=1)
    assert send(program, "PATCH", f"processes/{pid}", 404, state="abandoned")


def test_a_process_is_extended(program: Program) -> None:
    one, other = new(program), new(program)
    log = program.deposit("log.csv", SWEEP % b"log")["measurement"]
    run = send(program, "POST", "processes", name=f"run {next(NUMBERS)}")["process"]["id"]
    address = f"processes/{run}/extend"
    assert send(program, "POST", address, inputs=[one], outputs=[other], logs=[log], expected=1)["version"] == 2
    ties = {(link["predicate"], link["record"]["id"]) for link in shown(program, run)["links"]}
    assert ties == {("used", one), ("made_by", other), ("log_of", log)}
    assert send(program, "POST", address, 409, inputs=[other], expected=1)["error"] == "Conflict"
    assert send(program, "POST", address, 422)["error"] == "InvalidValue"


def test_a_measurement_is_said_to_be_of_a_sample(program: Program) -> None:
    pid = new(program)
    measured = program.deposit("who.csv", SWEEP % b"who")["measurement"]
    assert send(program, "POST", f"records/{measured}/sample", sample=pid, expected=1)["version"] == 2
    assert shown(program, measured)["sample"]["id"] == pid
    send(program, "POST", f"records/{measured}/sample", sample=None)
    assert shown(program, measured)["sample"] is None


def test_a_page_of_another_site_cannot_change_a_sample(program: Program) -> None:
    pid = new(program)
    for method, address in (("PATCH", f"samples/{pid}"), ("POST", "samples")):
        headers = {"origin": "http://evil.example"}
        answer = program.ask(method, f"/api/v1/{address}", json={"name": "x"}, headers=headers)
        assert answer.status_code == 403
