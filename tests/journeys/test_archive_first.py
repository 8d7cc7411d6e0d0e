"""From tables of past experiments to a first suggestion that rests on them, on a real database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .conftest import Kiban

CAMPAIGN = """
name = "Harder films"
seed = 3

[space]
parameters = [
  {kind = "continuous", name = "temperature", low = 600, high = 1000, unit = "K"},
  {kind = "categorical", name = "gas", levels = ["Ar", "N2"]},
]

[objective]
targets = [{name = "vickers_hardness", unit = "GPa"}]
"""


def _table(path: Path, scale: float, shift: float) -> None:
    """Hardest near 527 °C (800 K) in N2, on a scale of the laboratory's own."""
    rows = ["Sample,Temperature [degC],Gas,Vickers hardness [GPa]"]
    for i in range(24):
        temperature, gas = 340 + 15 * i, ("Ar", "N2")[i % 2]
        hardness = scale * (3.0 - ((temperature - 527 - shift) / 120) ** 2 + (gas == "N2"))
        rows.append(f"{path.stem}-{i},{temperature},{gas},{hardness:.3f}")
    path.write_text("\n".join(rows), encoding="utf-8")


def test_the_first_suggestion_comes_from_tables_that_were_imported(kiban: Kiban, tmp_path: Path) -> None:
    def said(*arguments: str | Path) -> Any:
        answer = kiban.run(*arguments, "--json")
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    for name, scale, shift in (("old", 1.0, 0.0), ("older", 4.0, 12.0)):
        _table(tmp_path / f"{name}.csv", scale, shift)
        answer = kiban.run("import", tmp_path / f"{name}.csv", "--as", "experiments")
        assert answer.returncode == 0, answer.stderr
    (tmp_path / "films.toml").write_text(CAMPAIGN, encoding="utf-8")
    pid = said("campaign", "new", tmp_path / "films.toml")["id"]
    shown = said("campaign", "suggest", pid)
    (first,) = shown["experiments"]
    assert first["point"]["gas"] == "N2"
    assert abs(first["point"]["temperature"] - 800.0) < 40.0
    assert first["proposal"]["reason"]["why"] == "earlier"
    studies = shown["batches"][0]["studies"]
    assert {each["name"] for each in studies} == {"old.csv", "older.csv"}
    assert {each["n_trials"] for each in studies} == {24}
    assert 0.3 < sum(each["counts"]["vickers_hardness"] for each in studies) <= 1.0
    # The record that stands for a study leads to it, also where it is named.
    named = said("campaign", "set", pid, "--archive", studies[0]["record"])
    assert named["archive"] == [studies[0]["record"]]
    again = said("campaign", "suggest", pid)["batches"][1]["studies"]
    assert [(each["name"], each["n_trials"]) for each in again] == [(studies[0]["name"], 24)]
