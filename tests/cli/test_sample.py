"""kiban sample."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kiban.operations.templates import define_template, revise_template
from kiban.records.field import Field, FieldKind, Label
from kiban.records.record import RecordKind
from kiban.records.template import Template

from .conftest import Terminal

SIZE = Field(key="size", kind=FieldKind.QUANTITY, unit="um", minimum=0)
SIEVES = Field(key="sieves", kind=FieldKind.TABLE, fields=(Field(key="mesh", kind=FieldKind.QUANTITY, unit="um"),))
SOURCE = Field(key="source", kind=FieldKind.GROUP, fields=(Field(key="maker", kind=FieldKind.TEXT),))
POWDER = Template(name="powder", label=Label(en="Powder"), applies_to=RecordKind.SAMPLE, fields=(SIZE, SIEVES, SOURCE))


@pytest.fixture(autouse=True)
def _powder(kiban: Terminal) -> None:
    define_template(kiban.asker, kiban.resources, POWDER)


def new(kiban: Terminal, name: str, *options: str | Path) -> str:
    return str(kiban.one("sample", "new", name, *options)["id"])


def test_a_sample_is_registered_and_shown(kiban: Terminal) -> None:
    pid = new(
        kiban, "S-1", "--formula", "LiFePO4", "--hazard", "H315", "--hazard", "H319", "--location", "Room 3",
        "--custodian", "Mori", "--description", "first batch", "--template", "powder",
        "--set", "size=5.0(3) um", "--set", "sieves[1].mesh=63 um", "--set", "source.maker=A=B", "--tier", "open",
    )  # fmt: skip
    shown = kiban.one("sample", "show", pid)
    assert (shown["title"], shown["tier"], shown["version"]) == ("S-1", "open", 1)
    assert shown["composition"]["O"] == pytest.approx(4 / 7)
    document = shown["document"]
    assert document["hazards"] == ["H315", "H319"]
    assert document["values"]["size"]["uncertainty"]["value"] == pytest.approx(0.3)
    out, _ = kiban.run("sample", "show", pid)
    lines = [line.strip() for line in out.splitlines()]
    assert lines[0] == f"{pid} S-1 (sample, version 1, open)"
    for line in (
        "hazards: H315, H319",
        "location: Room 3",
        "values.size = 5 ± 0.3 um",
        "values.sieves[1].mesh = 63 um",
        "values.source.maker = A=B",
    ):
        assert line in lines


def test_values_come_from_a_file_and_those_beside_it_count(kiban: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "values.json"
    file.write_text('{"size": "4 um", "sieves": [{"mesh": 63}]}', encoding="utf-8")
    pid = new(kiban, "S-1", "--template", "powder", "--values", file, "--set", "sieves[1].mesh=90 um")
    values = kiban.one("sample", "show", pid)["document"]["values"]
    assert values["size"]["value"] == 4
    assert values["sieves"] == [{"mesh": {"value": 90, "unit": "um"}}]


@pytest.mark.parametrize("text", ["", "[1]", "{", "\ufeff{}", "[" * 100_000])
def test_a_file_that_holds_no_values_is_wrong_usage(kiban: Terminal, tmp_path: Path, text: str) -> None:
    file = tmp_path / "values.json"
    file.write_text(text, encoding="utf-8")
    error = kiban.one("sample", "new", "S-1", "--template", "powder", "--values", file, exit_code=2)
    assert "values.json" in error["fault"]
    assert kiban.run("sample", "new", "S-1", "--values", tmp_path / "none.json", exit_code=2)[1]


def test_every_place_that_is_wrong_is_named(kiban: Terminal) -> None:
    wrong = ("--formula", "Xx2", "--template", "powder", "--set", "size=5 kg", "--set", "colour=red")
    error = kiban.one("sample", "new", "S-1", *wrong, exit_code=1)
    assert error["error"] == "InvalidForm"
    assert set(error["places"]) == {"formula", "values.size", "values.colour"}
    _, err = kiban.run("sample", "new", "S-1", *wrong, exit_code=1)
    assert "values.size: A value in 'kg'" in err
    assert kiban.lines("find", 'kind = "sample"') == []


def test_values_need_a_template(kiban: Terminal) -> None:
    assert "template" in kiban.one("sample", "new", "S-1", "--set", "size=1 um", exit_code=2)["fault"]
    pid = new(kiban, "bare")
    assert "template" in kiban.one("sample", "change", pid, "--set", "size=1 um", exit_code=2)["fault"]
    assert kiban.one("sample", "change", pid, "--set", "size=1 um", "--template", "powder")["version"] == 2


def test_a_change_leaves_the_rest_as_it_is(kiban: Terminal) -> None:
    pid = new(kiban, "S-1", "--template", "powder", "--set", "size=5 um", "--hazard", "H315", "--location", "A")
    changed = kiban.one("sample", "change", pid, "--set", "source.maker=X", "--name", "S-1b", "--location", "")
    assert (changed["title"], changed["version"]) == ("S-1b", 2)
    document = kiban.one("sample", "show", pid)["document"]
    assert (document["hazards"], document["location"]) == (["H315"], "")
    assert document["values"] == {"size": {"value": 5, "unit": "um"}, "source": {"maker": "X"}}
    kiban.run("sample", "change", pid, "--set", "size=", "--hazard", "")
    document = kiban.one("sample", "show", pid)["document"]
    assert (document["hazards"], document["values"]) == ([], {"source": {"maker": "X"}})


def test_what_the_current_version_of_the_template_has_no_place_for_is_said(kiban: Terminal) -> None:
    pid = new(kiban, "S-1", "--template", "powder", "--set", "size=5 um", "--set", "source.maker=X")
    renamed = replace(SIZE, key="diameter", origin="size")
    revise_template(kiban.asker, kiban.resources, "powder", replace(POWDER, fields=(renamed, SIEVES)))
    _, err = kiban.run("sample", "change", pid, "--set", "diameter=6 um")
    assert "values.source" in err
    document = kiban.one("sample", "show", pid)["document"]
    assert document["values"] == {"diameter": {"value": 6, "unit": "um"}}
    assert document["template"]["version"] == 2
    assert kiban.one("sample", "restore", pid, "1")["version"] == 3
    assert kiban.one("sample", "show", pid)["document"]["values"]["source"] == {"maker": "X"}


def test_what_somebody_else_changed_is_not_written_over(kiban: Terminal) -> None:
    pid = new(kiban, "S-1")
    kiban.run("sample", "move", pid, "Room 4", "--custodian", "Abe", "--expected", "1")
    for act in (["move", pid, "B"], ["state", pid, "lost"], ["change", pid, "--formula", "Fe"], ["restore", pid, "1"]):
        assert kiban.one("sample", *act, "--expected", "1", exit_code=1)["error"] == "Conflict"
    assert kiban.one("sample", "show", pid)["document"]["custodian"] == "Abe"


def test_it_is_divided_and_used_up(kiban: Terminal) -> None:
    pid = new(kiban, "S-1", "--formula", "Fe")
    pieces = kiban.lines("sample", "divide", pid, "--into", "3", "--uses-up")
    assert [piece["title"] for piece in pieces] == ["S-1-1", "S-1-2", "S-1-3"]
    whole = kiban.one("sample", "show", pid)
    assert whole["document"]["state"] == "consumed"
    assert {link["record"]["id"] for link in whole["links"]} == {piece["id"] for piece in pieces}
    assert kiban.one("sample", "divide", pid, "more", exit_code=1)["error"] == "InvalidValue"
    kiban.run("sample", "state", pid, "available")
    out, _ = kiban.run("sample", "divide", pid, "left", "right")
    assert [line.split()[1] for line in out.splitlines()] == ["left", "right"]
    for wrong in ([], ["a", "--into", "2"], ["--into", "0"], ["--into", "1001"]):
        assert kiban.one("sample", "divide", pid, *wrong, exit_code=2)["error"] == "WrongUsage"


def test_several_are_combined(kiban: Terminal) -> None:
    parts = [new(kiban, name) for name in ("a", "b")]
    kept = kiban.one("sample", "combine", "mix", *parts, "--keep")
    assert {link["record"]["title"] for link in kiban.one("sample", "show", kept["id"])["links"]} == {"a", "b"}
    kiban.run("sample", "combine", "mix 2", *parts)
    assert kiban.one("sample", "show", parts[0])["document"]["state"] == "consumed"


def test_other_records_are_not_samples(kiban: Terminal) -> None:
    run = kiban.one("process", "record", "run")["id"]
    for act in (["show", run], ["state", run, "lost"], ["divide", run, "a"], ["change", run, "--location", "x"]):
        assert kiban.one("sample", *act, exit_code=1)["error"] == "RecordNotFound"
    assert kiban.one("sample", "move", run, exit_code=2)["error"] == "WrongUsage"


@pytest.mark.parametrize("arguments", [["sample"], ["sample", "state", "x", "gone"], ["process", "eat"]])
def test_an_act_that_there_is_not_is_wrong_usage(kiban: Terminal, arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        kiban.run(*arguments)


def test_the_fields_of_a_template_are_asked_for(kiban: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["5 parsnips", "5.0(3) um", "", "maker of powders"])
    monkeypatch.setattr("builtins.input", lambda: next(answers))
    pid = new(kiban, "S-9", "--template", "powder", "--ask", "en")
    values = kiban.one("sample", "show", pid)["document"]["values"]
    assert values["size"]["value"] == 5.0
    assert values["source"] == {"maker": "maker of powders"}
    kiban.run("sample", "new", "S-10", "--ask", "en", exit_code=2)
    monkeypatch.setattr("builtins.input", lambda: (_ for _ in ()).throw(EOFError))
    _, told = kiban.run("sample", "new", "S-11", "--template", "powder", "--ask", "ja", exit_code=2)
    assert "input ended" in told


def test_a_composition_is_stated(kiban: Terminal) -> None:
    pid = new(kiban, "steel")
    kiban.run("sample", "composition", pid, "Fe=98.3 %", "C=0.2 %", "Mn=1.5 %", "--basis", "mass")
    parts = ("C=0.21(1) %", "Mn=1.48 ± 0.02 %", "Fe=balance")
    kiban.run("sample", "composition", pid, *parts, "--basis", "mass", "--measured", "--method", "ICP-OES")
    shown = kiban.one("sample", "show", pid)
    assert shown["composition"]["C"] == pytest.approx(0.0092, abs=2e-4)
    assert [each["method"] for each in shown["document"]["measured"]] == ["ICP-OES"]
    electrode = new(kiban, "electrode")
    kiban.run("sample", "composition", electrode, "LiCoO2=96 %", "PVDF=2 %", "carbon=2 %", "--basis", "mass")
    assert kiban.one("sample", "show", electrode)["composition"] == {}
    for wrong in (("C=0.2 %", "C=99.8 %"), ("C", "Fe=balance"), ("C=50 %", "Fe=60 %")):
        kiban.run("sample", "composition", pid, *wrong, "--basis", "mass", exit_code=1)
