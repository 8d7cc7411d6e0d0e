"""kiban process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kiban.operations.templates import define_template
from kiban.records.field import Field, FieldKind, Label, Need
from kiban.records.record import RecordKind
from kiban.records.template import Template

from .conftest import Terminal

TEMPERATURE = Field(key="temperature", kind=FieldKind.QUANTITY, unit="degC", maximum=1200, need=Need.REQUIRED)
STEPS = Field(
    key="steps", kind=FieldKind.TABLE, fields=(TEMPERATURE, Field(key="hold", kind=FieldKind.QUANTITY, unit="h"))
)
ANNEAL = Template(name="anneal", label=Label(en="Anneal"), applies_to=RecordKind.PROCESS, fields=(STEPS,))


@pytest.fixture(autouse=True)
def _anneal(kiban: Terminal) -> None:
    define_template(kiban.asker, kiban.resources, ANNEAL)


def test_a_process_is_written_down_with_what_went_in_and_came_out(kiban: Terminal) -> None:
    powder = kiban.one("sample", "new", "powder", "--formula", "TiO2")["id"]
    recorded = kiban.one(
        "process", "record", "run 1", "--template", "anneal", "--input", powder, "--output", "pellet", "--uses-up",
        "--meant", "steps[1].temperature=900degC", "--meant", "steps[1].hold=2h",
        "--done", "steps[1].temperature=907(3) degC", "--equipment", "Furnace 2", "--operator", "Abe",
        "--started", "2026-11-26T09:30+09:00", "--ended", "2026-11-26T17:00+09:00",
    )  # fmt: skip
    [pellet] = recorded["outputs"]
    assert kiban.one("sample", "show", pellet["id"])["document"]["formula"] == "TiO2"
    assert kiban.one("sample", "show", powder)["document"]["state"] == "consumed"
    out, _ = kiban.run("process", "show", recorded["id"])
    for text in (
        "meant.steps[1].temperature = 900 degC",
        "done.steps[1].temperature = 907 ± 3 degC",
        "equipment: Furnace 2",
        f"used → sample {powder} powder",
        f"made_by ← sample {pellet['id']} pellet",
    ):
        assert f"  {text}\n" in out


def test_parameters_come_from_a_file(kiban: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    file.write_text(json.dumps({"meant": {"steps": [{"temperature": 900}]}}), encoding="utf-8")
    pid = kiban.one("process", "record", "run", "--template", "anneal", "--values", file, "--done", "steps[1].hold=3h")[
        "id"
    ]
    document = kiban.one("process", "show", pid)["document"]
    assert document["meant"]["steps"][0]["temperature"] == {"value": 900, "unit": "degC"}
    assert document["done"] == {"steps": [{"hold": {"value": 3, "unit": "h"}}]}
    for wrong in ({"steps": []}, {"meant": [1]}):
        file.write_text(json.dumps(wrong), encoding="utf-8")
        assert kiban.one("process", "record", "r", "--template", "anneal", "--values", file, exit_code=2)


def test_every_place_that_is_wrong_is_named(kiban: Terminal) -> None:
    error = kiban.one(
        "process", "record", "run", "--template", "anneal", "--meant", "steps[1].hold=2h",
        "--done", "steps[1].temperature=2000 degC", exit_code=1,
    )  # fmt: skip
    assert set(error["places"]) == {"meant.steps[1].temperature", "done.steps[1].temperature"}


def test_a_plan_becomes_what_was_done(kiban: Terminal) -> None:
    pid = kiban.one(
        "process", "record", "run", "--state", "planned", "--template", "anneal", "--meant", "steps[1].temperature=900"
    )["id"]
    changed = kiban.one("process", "change", pid, "--state", "done", "--done", "steps[1].temperature=911 degC")
    assert changed["version"] == 2
    document = kiban.one("process", "show", pid)["document"]
    assert document["meant"]["steps"][0]["temperature"]["value"] == 900
    assert document["done"]["steps"][0]["temperature"]["value"] == 911
    out, _ = kiban.run("process", "change", pid, "--operator", "Abe", "--name", "run 7")
    assert out == f"{pid} run 7 (version 3)\n"
    assert kiban.one("process", "change", pid, "--operator", "B", "--expected", "1", exit_code=1)["error"] == "Conflict"
    kiban.run("process", "restore", pid, "1")
    assert kiban.one("process", "show", pid)["document"]["state"] == "planned"


def test_what_went_in_and_came_out_is_said_later(kiban: Terminal) -> None:
    one, other = (kiban.one("sample", "new", name)["id"] for name in ("one", "other"))
    pid = kiban.one("process", "record", "run")["id"]
    assert kiban.one("process", "extend", pid, "--input", one, "--output", other)["version"] == 2
    assert kiban.one("process", "extend", pid, "--input", other, "--expected", "1", exit_code=1)["error"] == "Conflict"
    ties = {(link["predicate"], link["record"]["id"]) for link in kiban.one("process", "show", pid)["links"]}
    assert ties == {("used", one), ("made_by", other)}


def test_what_cannot_be_is_refused(kiban: Terminal) -> None:
    sample = kiban.one("sample", "new", "S")["id"]
    assert kiban.one("process", "record", "r", "--formula", "Fe", exit_code=2)["error"] == "WrongUsage"
    assert kiban.one("process", "record", "r", "--meant", "steps[1].hold=1h", exit_code=1)["error"] == "InvalidValue"
    assert kiban.one("process", "show", sample, exit_code=1)["error"] == "RecordNotFound"
    assert kiban.one("process", "record", "r", "--input", "kb:0000-0000-00", exit_code=1)["error"] == "RecordNotFound"
    pid = kiban.one("process", "record", "r")["id"]
    assert kiban.one("process", "change", pid, "--done", "steps[1].hold=1h", exit_code=2)["error"] == "WrongUsage"
