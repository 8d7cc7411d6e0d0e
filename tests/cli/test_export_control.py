"""kiban export-control."""

from __future__ import annotations

import json
from pathlib import Path

from kiban.operations.samples import register_sample
from kiban.records.parties.export_control import CAUTIOUS
from kiban.records.sample import Sample

from .conftest import Terminal


def test_a_record_is_judged_and_says_so(kiban: Terminal) -> None:
    pid = register_sample(kiban.asker, kiban.resources, Sample(name="alloy")).pid
    judge = ("export-control", "judge", "not listed", pid, "--ground", "not on the lists of 2026-10")
    assert kiban.one(*judge) == {"records": 1, "changed": 1, "held_back": []}
    shown = kiban.one("export-control", "show", pid)
    assert (shown["class"], shown["ground"]) == ("not listed", "not on the lists of 2026-10")
    out, _ = kiban.run("export-control", "show", pid)
    assert "not listed" in out
    _, err = kiban.run("export-control", "judge", "not listed", "--ground", "x", exit_code=2)
    assert "identifiers or a question" in err
    _, err = kiban.run("export-control", "judge", "listed", pid, "--ground", "x", exit_code=1)
    assert "item" in err


def test_the_table_goes_out_and_in(kiban: Terminal, tmp_path: Path) -> None:
    table = kiban.one("export-control", "table")
    assert len(table["rows"]) == len(CAUTIOUS.rows)
    file = tmp_path / "table.json"
    file.write_text(json.dumps({"rows": table["rows"][:2]}))
    change = kiban.one("export-control", "table", "--set", file, "--preview")
    assert [(each["name"], each["n_lost"]) for each in change["differences"]] == [("Operator", 1)]
    assert kiban.one("export-control", "table", "--set", file)["rows"] == table["rows"][:2]
    assert kiban.one("export-control", "table", "--shipped")["is_shipped"]
    out, err = kiban.run("export-control", "table")
    assert CAUTIOUS.rows[0].reason in out
    assert "comes with" in err
    file.write_text("{")
    _, err = kiban.run("export-control", "table", "--set", file, exit_code=2)
    assert "holds no JSON" in err
    assert kiban.lines("export-control", "pending") == []  # what is not judged yet is its members' to work with
