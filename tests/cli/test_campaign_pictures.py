"""kiban campaign slices and front."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Terminal

TOML = """
name = "Strong glue"

[space]
parameters = [
  {kind = "continuous", name = "temperature", low = 300, high = 500, unit = "K"},
  {kind = "categorical", name = "solvent", levels = ["water", "ethanol"]},
]

[objective]
way = "pareto"
targets = [{name = "hardness", unit = "GPa"}, {name = "density", unit = "g/cm**3", goal = "minimise"}]
"""
PAST = "temperature,solvent,hardness,density\n" + "".join(
    f"{300 + 20 * i},{['water', 'ethanol'][i % 2]},{3 - (i - 5) ** 2 / 10},{2 + i / 10}\n" for i in range(10)
)


@pytest.fixture(name="glue")
def _glue(kiban: Terminal, tmp_path: Path) -> str:
    (tmp_path / "glue.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "past.csv").write_text(PAST, encoding="utf-8")
    return str(kiban.one("campaign", "new", tmp_path / "glue.toml", "--past", tmp_path / "past.csv")["id"])


def test_slices_and_the_front_are_said_in_lines_and_json(kiban: Terminal, glue: str) -> None:
    found = kiban.one("campaign", "slices", glue, "--at", "temperature=126.85 degC", "--outcome", "hardness")
    assert found["point"]["temperature"] == pytest.approx(400.0)
    assert found["map"]["names"]
    out, _ = kiban.run("campaign", "slices", glue, "--experiment", "3", "--surrogate", "ranks")
    assert "hardness around experiment 3: temperature=340 K, solvent=water" in out
    assert "along temperature / K:" in out
    assert "ethanol" in out
    assert "learnt from 10 of 10 experiments" in out
    front = kiban.one("campaign", "front", glue)
    assert front["front"] == [1, 2, 3, 4, 5, 6]
    out, told = kiban.run("campaign", "front", glue)
    assert "1 hardness 0.5 GPa, density 2 g/cm**3 at temperature=300 K, solvent=water" in out
    assert "volume under the front" in out
    assert "6 of 10 experiments are on the front." in told


def test_before_anything_is_known_it_says_so(kiban: Terminal, tmp_path: Path) -> None:
    (tmp_path / "glue.toml").write_text(TOML, encoding="utf-8")
    pid = str(kiban.one("campaign", "new", tmp_path / "glue.toml")["id"])
    out, told = kiban.run("campaign", "slices", pid)
    assert "hardness around the point" in out
    assert "too few" in told
    assert kiban.one("campaign", "slices", pid)["slices"] == []
