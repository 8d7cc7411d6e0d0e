"""Property terms on the terminal, with the database."""

from __future__ import annotations

import json

from .conftest import Kiban


def test_terms_are_added_asked_for_merged_and_parted(kiban: Kiban) -> None:
    found = kiban.run("term", "list", "ビッカース", "--json")
    assert [json.loads(line)["key"] for line in found.stdout.splitlines()] == ["vickers_hardness"]
    names = ("--en", "Dent hardness", "--ja", "圧痕 硬さ", "--unit", "GPa", "--synonym", "DH")
    added = json.loads(kiban.run("term", "add", "dent_hardness", *names, "--json").stdout)
    assert (added["version"], added["synonyms"], added["n_samples"]) == (1, ["DH"], 0)
    again = json.loads(kiban.run("term", "add", "dent_hardness", *names, "--json").stdout)
    assert again["error"] == "Conflict"
    for question in ("圧痕 硬さ > 5", "dh > 5000 MPa", "硬さ >= 5 GPa"):
        assert kiban.run("find", question).returncode == 0, question
    assert kiban.run("find", "DH > 5 kg").returncode == 1
    assert kiban.run("table", "DH IS KNOWN").returncode == 0

    preview = kiban.run("term", "merge", "DH", "hardness", "--preview")
    assert "Would be asked for together" in preview.stderr
    merged = json.loads(kiban.run("term", "merge", "DH", "hardness", "--json").stdout)
    assert (merged["one"]["merged_into"], merged["into"]["key"]) == ("hardness", "hardness")
    assert "the same       dent_hardness" in kiban.run("term", "show", "硬さ").stdout
    assert json.loads(kiban.run("term", "part", "DH", "--json").stdout)["merged_into"] == ""
    changed = json.loads(kiban.run("term", "change", "DH", "--symbol", "H_d", "--json").stdout)
    assert (changed["symbol"], changed["unit"], changed["version"]) == ("H_d", "GPa", 4)


def test_wrong_usage_is_told_before_anything_is_started(kiban: Kiban) -> None:
    for wrong in (("show",), ("merge", "a"), ("list", "a", "b"), ("part", "a", "--unit", "GPa"), ("astonish",)):
        assert kiban.run("term", *wrong).returncode == 2, wrong
    assert not kiban.home.exists()
