"""kiban campaign."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kiban.quantity.measured import Measured
from kiban.records.scope import Tier
from kiban.testing.catalog_examples import Laboratory, a_fact
from kiban.testing.past_experiments_example import keep_example

from .conftest import Terminal

TOML = """
name = "Strong glue"
engine = "embedded"
seed = 7

[space]
parameters = [
  {kind = "discrete", name = "temperature", values = [300, 350, 400, 450, 500], unit = "K"},
  {kind = "categorical", name = "solvent", levels = ["water", "ethanol"]},
]

[objective]
targets = [{name = "hardness", unit = "GPa"}]

[limits]
experiments = 8
enough = {hardness = 4.0}
"""
PAST = (
    "temperature [degC],solvent,hardness [MPa],remark,state\n76.85,water,1200(50),,\n\n126.85,ethanol,,cracked,failed\n"
)


@pytest.fixture(name="glue")
def _glue(kiban: Terminal, tmp_path: Path) -> str:
    (tmp_path / "glue.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "past.csv").write_text("\ufeff" + PAST, encoding="utf-8")
    made = kiban.one("campaign", "new", tmp_path / "glue.toml", "--past", tmp_path / "past.csv", "--tier", "closed")
    return str(made["id"])


def _states(shown: dict[str, Any]) -> list[str]:
    return [each["state"] for each in shown["experiments"]]


def _workbook(path: Path) -> None:
    workbook = openpyxl.Workbook()
    for row in (
        ["Glue of 2023"],
        ["temperature", "solvent", "hardness"],
        ["degC", None, "MPa"],
        [76.85, "water", 1200],
    ):
        workbook.active.append(row)
    workbook.save(path)


def test_the_past_may_be_written_as_spreadsheet_programs_do(kiban: Terminal, tmp_path: Path) -> None:
    (tmp_path / "glue.toml").write_text(TOML, encoding="utf-8")
    text = "temperature [℃];solvent;hardness [MPa];備考\r\n76.85;water;1200;良\r\n"
    (tmp_path / "past.csv").write_bytes(text.encode("cp932"))
    _workbook(tmp_path / "past.xlsx")
    for name, row in (("past.csv", 2), ("past.xlsx", 4)):
        made = kiban.one("campaign", "new", tmp_path / "glue.toml", "--past", tmp_path / name)
        [one] = kiban.one("campaign", "show", made["id"])["experiments"]
        assert (one["rests_on"], one["outcomes"][0]["value"]["value"]) == (f"{name}, row {row}", pytest.approx(1.2))


def test_a_decimal_comma_that_parts_a_cell_is_no_other_number(kiban: Terminal, tmp_path: Path) -> None:
    (tmp_path / "glue.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "past.csv").write_text("temperature,solvent,hardness\n350,water,1,5\n", encoding="utf-8")
    _, said = kiban.run("campaign", "new", tmp_path / "glue.toml", "--past", tmp_path / "past.csv", exit_code=1)
    assert "row 2 has 4 cells, and there are names for 3 columns" in said


def test_from_a_file_to_a_result_that_is_good_enough(kiban: Terminal, glue: str) -> None:
    shown = kiban.one("campaign", "show", glue)
    assert (shown["seed"], shown["tier"], _states(shown)) == (7, "closed", ["completed", "failed"])
    first = shown["experiments"][0]
    assert (first["point"], first["rests_on"]) == ({"temperature": 350.0, "solvent": "water"}, "past.csv, row 2")
    assert first["outcomes"][0]["value"]["value"] == pytest.approx(1.2)
    assert first["outcomes"][0]["value"]["uncertainty"]["value"] == pytest.approx(0.05)
    out, _ = kiban.run("campaign", "suggest", glue, "-n", "3")
    assert "  3 (suggested) temperature=" in out
    assert "why: " in out
    kiban.run("campaign", "accept", glue, "3", "4")
    kiban.run("campaign", "refuse", glue, "5", "--note", "too hot")
    kiban.run("campaign", "start", glue, "3")
    out, _ = kiban.run("campaign", "tell", glue, "3", "hardness=4.21(3) GPa", "--cost", "12", "--hours", "3")
    assert "  3 (completed) temperature=" in out
    assert "hardness 4.21 ± 0.03 GPa" in out
    kiban.run("campaign", "fail", glue, "4", "--note", "melted")
    out, _ = kiban.run("campaign", "show", glue)
    assert "best so far: experiment 3, hardness 4.21 ± 0.03 GPa" in out
    assert "it may be time to stop: experiment 3 is good enough" in out
    assert "experiments: 2 of 8" in out
    assert "note: melted" in out
    out, err = kiban.run("campaign", "list")
    assert f"{glue} Strong glue (active, closed): 2 completed, 2 failed, 1 refused" in out
    assert "1 campaigns." in err


def test_own_experiments_changes_repetitions_and_corrections(kiban: Terminal, glue: str) -> None:
    kiban.run("campaign", "suggest", glue)
    before = kiban.one("campaign", "show", glue)["experiments"][2]["point"]
    other = "water" if before["solvent"] == "ethanol" else "ethanol"
    out, _ = kiban.run("campaign", "change", glue, "3", f"solvent={other}")
    assert "3 (pending, changed)" in out
    assert "suggested: temperature=" in out
    kiban.run("campaign", "add", glue, "temperature=226.85 degC", "solvent=water")
    out, _ = kiban.run("campaign", "repeat", glue, "4", "-n", "2")
    assert "5 (pending, repeats 4) temperature=500 K, solvent=water" in out
    assert "6 (pending, repeats 4)" in out
    kiban.run("campaign", "tell", glue, "4", "hardness=2")
    _, err = kiban.run("campaign", "tell", glue, "4", "hardness=3", exit_code=1)
    assert "Say that it is a correction" in err
    kiban.run("campaign", "tell", glue, "4", "hardness=3", "--correct")
    kiban.run("campaign", "abandon", glue, "5")
    shown = kiban.one("campaign", "show", glue)
    assert shown["best"] == [4]
    assert _states(shown)[2:] == ["pending", "completed", "abandoned", "pending"]


def test_a_result_is_named_by_its_measurement(kiban: Terminal, glue: str) -> None:
    lab = Laboratory(kiban.resources.catalog, project=kiban.resources.project)
    scope = lab.scope(Tier.CLOSED).number
    sample = lab.sample("glue 1", scope=scope)
    measurement = lab.measurement("indent", sample, scope=scope)
    peaks = [
        a_fact("hardness", Measured(v, "MPa"), measurement, condition={"peak": i}) for i, v in ((1, 900), (2, 950))
    ]
    lab.write(sample, measurement, facts=tuple(peaks))
    kiban.run("campaign", "suggest", glue)
    _, err = kiban.run("campaign", "tell", glue, "3", "--from", measurement.pid, exit_code=1)
    assert "has 2 values of hardness" in err
    out, _ = kiban.run("campaign", "tell", glue, "3", "--from", measurement.pid, "--where", "peak=2")
    assert "hardness 0.95 GPa" in out
    out, _ = kiban.run("campaign", "suggest", glue)
    assert f"learnt from: experiments 1-3 (past.csv, row 2, past.csv, row 4, {measurement.pid})" in out


def test_pause_limits_and_conflicts(kiban: Terminal, glue: str, tmp_path: Path) -> None:
    kiban.run("campaign", "pause", glue, "--note", "furnace moved")
    _, err = kiban.run("campaign", "suggest", glue, exit_code=1)
    assert "Resume it first." in err
    kiban.run("campaign", "resume", glue)
    kiban.run("campaign", "set", glue, "--experiments", "0", "--cost", "5", "--engine", "random", "--name", "Glue")
    shown = kiban.one("campaign", "show", glue)
    assert (shown["limits"]["experiments"], shown["limits"]["cost"], shown["engine"]) == (None, 5.0, "random")
    assert (shown["title"], shown["limits"]["enough"]) == ("Glue", {"hardness": 4.0})
    (tmp_path / "limits.toml").write_text("hours = 4\nenough = {hardness = 5}\n", encoding="utf-8")
    kiban.run("campaign", "set", glue, "--limits", tmp_path / "limits.toml", "--patience", "3")
    limits = kiban.one("campaign", "show", glue)["limits"]
    assert (limits["hours"], limits["cost"], limits["patience"], limits["enough"]) == (4.0, None, 3, {"hardness": 5.0})
    problem = kiban.one("campaign", "suggest", glue, "--expected", "1", exit_code=1)
    assert problem["error"] == "Conflict"
    kiban.run("campaign", "end", glue)
    problem = kiban.one("campaign", "end", glue, exit_code=1)
    assert problem["error"] == "IllegalMove"


def test_what_cannot_be_read_is_named_by_row_and_column(kiban: Terminal, glue: str, tmp_path: Path) -> None:
    table = tmp_path / "more.csv"
    for text, said in (
        ("temperature,hardness\n300,1\n", "no column for solvent"),
        ("temperature,solvent\n300,water\n", "no column for an outcome"),
        ("temperature,solvent,hardness\n300,water,high\n", "row 2, column hardness: 'high' is not a quantity"),
        (
            "temperature,solvent,hardness\n300,water,1\n300,oil,2\n",
            "row 3 cannot be imported: solvent was",
        ),
        ("temperature,solvent,hardness\n300,water,\n", "row 2 has no outcome"),
        ("temperature,solvent,hardness\n,water,2\n", "row 2 has no value of temperature"),
        ("temperature,solvent,hardness,state\n300,water,2,odd\n", "row 2, column state: 'odd' is no state"),
        ("temperature [GPa],solvent,hardness\n300,water,2\n", "row 2 cannot be imported"),
        ("temperature,solvent,hardness,hardness [MPa]\n300,water,2,2\n", "Two columns are called hardness"),
    ):
        table.write_text(text, encoding="utf-8")
        _, err = kiban.run("campaign", "import", glue, table, exit_code=1)
        assert said in err
    table.write_text("solvent,hardness,temperature\nwater,2.5,450\n", encoding="utf-8")
    out, _ = kiban.run("campaign", "import", glue, table)
    assert "3 (completed, done before) temperature=450 K, solvent=water: hardness 2.5 GPa" in out
    _, err = kiban.run("campaign", "import", glue, table, exit_code=1)
    assert "would stay as it is" in err
    table.write_text("solvent,hardness,temperature\nwater,2.6,450\n", encoding="utf-8")
    _, err = kiban.run("campaign", "import", glue, table, exit_code=1)
    assert "more.csv, row 2 is experiment 3 already, and says something else by now" in err


def test_a_definition_is_proposed_from_samples_and_learns_from_them(kiban: Terminal, tmp_path: Path) -> None:
    keep_example(kiban.asker, kiban.resources)
    out, _ = kiban.run("campaign", "propose", 'kind = "sample"', "--maximise", "hardness", "--name", "Harder")
    assert json.loads(out) == kiban.one(
        "campaign", "propose", 'kind = "sample"', "--maximise", "hardness", "--name", "Harder"
    )
    (tmp_path / "harder.json").write_text(out, encoding="utf-8")
    _, err = kiban.run("campaign", "new", tmp_path / "harder.json", "--from", 'kind = "sample"')
    assert "3 experiments were imported." in err
    assert "was left out: hardness is not known." in err
    made = kiban.one("campaign", "new", tmp_path / "harder.json")
    out, _ = kiban.run("campaign", "import", made["id"], "--from", 'title = "S1"', "--column", "hardness=hardness")
    assert "1 (completed, done before)" in out
    kiban.run("campaign", "import", made["id"], exit_code=2)
    kiban.run("campaign", "new", tmp_path / "harder.json", "--column", "hardness=hardness", exit_code=2)
    kiban.run("campaign", "propose", 'kind = "sample"', exit_code=2)


def test_wrong_usage_is_told_as_such(kiban: Terminal, glue: str, tmp_path: Path) -> None:
    kiban.run("campaign", "new", tmp_path / "none.json", exit_code=2)
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")
    (tmp_path / "latin.toml").write_bytes(b"name = '\xe9'")
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    for name in ("bad.json", "list.json", "latin.toml"):
        kiban.run("campaign", "new", tmp_path / name, exit_code=2)
    kiban.run("campaign", "import", glue, tmp_path / "empty.csv", exit_code=2)
    kiban.run("campaign", "set", glue, exit_code=2)
    kiban.run("campaign", "tell", glue, "1", "hardness", exit_code=2)
    kiban.run("campaign", "tell", glue, "1", "hardness=1", "hardness=2", exit_code=2)
    kiban.run("campaign", "tell", glue, "1", "--where", "peak=1", exit_code=2)
    kiban.run("campaign", "list", "--limit", "0", exit_code=2)
    (tmp_path / "odd.json").write_text(json.dumps({"name": "x"}), encoding="utf-8")
    _, err = kiban.run("campaign", "new", tmp_path / "odd.json", exit_code=1)
    assert "has no space" in err


CANDIDATES = "anneal [degC],oxygen,y [GPa]\n300,0.1,\n400,0.1,1.5\n500,0.1,\n300,0.2,\n400,0.2,\n500,0.2,\n"


def test_the_files_of_nimo_begin_a_campaign_and_come_back_with_results(kiban: Terminal, tmp_path: Path) -> None:
    table = tmp_path / "candidates.csv"
    table.write_text(CANDIDATES, encoding="utf-8")
    made = kiban.one("campaign", "new", "--candidates", table, "--name", "Anneals", "--minimise", "y")
    assert (made["title"], _states(made)) == ("Anneals", ["completed"])
    kiban.run("campaign", "suggest", made["id"], "-n", "2")
    out = tmp_path / "out"
    written = kiban.one("campaign", "export", made["id"], "--as", "nimo", "-o", out)
    assert written == {"files": [str(out / "candidates.csv"), str(out / "proposals.csv")]}
    header, *proposed = (out / "proposals.csv").read_text(encoding="utf-8").splitlines()
    assert header == "actions,anneal [degC],oxygen"
    lines = (out / "candidates.csv").read_text(encoding="utf-8").splitlines()
    assert lines == CANDIDATES.splitlines()
    for row in proposed:
        lines[int(row.split(",")[0]) + 1] += "0.75"
    (out / "candidates.csv").write_text("\n".join(lines), encoding="utf-8")
    shown = kiban.one("campaign", "import", made["id"], out / "candidates.csv", "--as", "nimo")
    assert _states(shown) == ["completed"] * 3
    assert {each["outcomes"][0]["value"]["value"] for each in shown["experiments"][1:]} == {0.75}
    _, fault = kiban.run("campaign", "import", made["id"], out / "candidates.csv", "--as", "nimo", exit_code=1)
    assert "would stay as it is" in fault
    (out / "proposals.csv").write_text(f"{header}\n0,300,0.1\n3,300,0.2\n", encoding="utf-8")
    kiban.run("campaign", "import", made["id"], out / "proposals.csv", "--as", "nimo")


def test_a_campaign_is_defined_in_one_way(kiban: Terminal, tmp_path: Path) -> None:
    table = tmp_path / "candidates.csv"
    table.write_text(CANDIDATES, encoding="utf-8")
    for arguments, fault in (
        ((), "defined by one file"),
        ((table, "--candidates", table), "defined by one file"),
        ((table, "--name", "x"), "in the definition"),
    ):
        _, said = kiban.run("campaign", "new", *arguments, exit_code=2)
        assert fault in said


def test_earlier_studies_are_shown_and_chosen(kiban: Terminal, glue: str, tmp_path: Path) -> None:
    for year, scale in ((2019, 1000.0), (2020, 5000.0)):
        rows = ["temperature,solvent,hardness [MPa]"]
        for i, temperature in enumerate((300, 350, 400, 450, 500)):
            rows += [
                f"{temperature},{solvent},{scale * (4 - abs(i - 3)) * k}"
                for solvent, k in (("water", 1), ("ethanol", 2))
            ]
        (tmp_path / "past.csv").write_text("\n".join(rows), encoding="utf-8")
        (tmp_path / "older.toml").write_text(TOML.replace("Strong glue", f"Glue of {year}"), encoding="utf-8")
        kiban.run("campaign", "new", tmp_path / "older.toml", "--past", tmp_path / "past.csv")
    out, _ = kiban.run("campaign", "show", glue)
    assert "earlier studies: auto (none counted so far)" in out
    out, _ = kiban.run("campaign", "suggest", glue)
    assert "temperature=450 K, solvent=ethanol" in out
    assert "why: earlier studies expect most there" in out
    out, _ = kiban.run("campaign", "show", glue)
    assert "earlier studies (auto), and how much each counted" in out
    assert "Glue of 2019, 10 experiments: hardness " in out
    assert "Glue of 2020, 10 experiments: hardness " in out
    _, err = kiban.run("campaign", "set", glue, "--archive", "glue", exit_code=1)
    assert "is no study" in err
    shown = kiban.one("campaign", "set", glue, "--archive", "hardness = {temperature} / 100")
    assert shown["archive"] == ["hardness = {temperature} / 100"]
    kiban.run("campaign", "set", glue, "--archive", "none")
    kiban.run("campaign", "suggest", glue)
    out, _ = kiban.run("campaign", "show", glue)
    assert "earlier studies: none" in out


def test_a_result_is_told_by_a_file_and_the_next_comes_by_itself(kiban: Terminal, glue: str, tmp_path: Path) -> None:
    kiban.run("campaign", "set", glue, "--ahead", "1")
    kiban.run("campaign", "suggest", glue)
    (tmp_path / "run.csv").write_text("hardness [MPa]\n2500\n")
    out, _ = kiban.run("campaign", "tell", glue, "3", "--file", tmp_path / "run.csv")
    assert "hardness 2.5 GPa" in out
    assert _states(kiban.one("campaign", "show", glue)) == ["completed", "failed", "completed", "suggested"]
    _, err = kiban.run("campaign", "tell", glue, "4", "--file", tmp_path / "none.csv", exit_code=2)
    assert "cannot be read" in err
    _, err = kiban.run("campaign", "tell", glue, "4", "--file", tmp_path / "run.csv", "--from", "kb:x", exit_code=2)
    assert "--from and --file" in err
    kiban.run("campaign", "set", glue, "--ahead", "0")
