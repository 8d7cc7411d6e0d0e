"""Slices and the front over REST, and through the client."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Program

CAMPAIGN: dict[str, Any] = {
    "name": "Strong glue",
    "space": {
        "parameters": [
            {"kind": "continuous", "name": "temperature", "low": 300, "high": 500, "unit": "K"},
            {"kind": "categorical", "name": "solvent", "levels": ["water", "ethanol"]},
        ]
    },
    "objective": {
        "way": "pareto",
        "targets": [{"name": "hardness", "unit": "GPa"}, {"name": "density", "unit": "g/cm**3", "goal": "minimise"}],
    },
    "past": [
        {
            "point": {"temperature": 300 + 20 * i, "solvent": ["water", "ethanol"][i % 2]},
            "outcomes": {"hardness": 3 - (i - 5) ** 2 / 10, "density": 2 + i / 10},
            "rests_on": f"book {i}",
        }
        for i in range(10)
    ],
}


@pytest.fixture(name="address")
def _address(empty: Program) -> str:
    answer = empty.ask("POST", "/api/v1/campaigns", json=CAMPAIGN)
    assert answer.status_code == 200, answer.text
    return f"/api/v1/campaigns/{answer.json()['id']}"


def test_slices_go_through_the_point_that_is_asked_for(empty: Program, address: str) -> None:
    asked = [("experiment", "3"), ("setting", "temperature=76.85 degC"), ("outcome", "density"), ("surrogate", "raw")]
    answer = empty.ask("GET", f"{address}/slices", params=[*asked, ("over", "solvent"), ("over", "temperature")])
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["point"] == {"temperature": pytest.approx(350.0), "solvent": "water"}
    assert (found["outcome"], found["unit"], found["experiment"], found["surrogate"]) == (
        *("density", "g/cm**3"),
        *(None, "raw"),
    )
    assert found["expected"]["low"] < 2.25 < found["expected"]["high"]
    temperature, solvent = found["slices"]
    assert temperature["unit"] == "K"
    assert len(temperature["settings"]) == len(temperature["expected"])
    assert solvent["settings"] == ["water", "ethanol"]
    assert found["map"]["names"] == ["solvent", "temperature"]
    assert len(found["map"]["expected"]) == len(found["map"]["up"])
    assert set(found["qualities"]) == {"raw", "ranks", "forest"}
    none = empty.ask("GET", f"{address}/slices", params={"over": "none"}).json()
    assert none["map"] is None
    assert none["outcome"] == "hardness"


@pytest.mark.parametrize(
    "asked",
    [
        {"experiment": "0"},
        {"experiment": "99"},
        {"setting": "temperature"},
        {"setting": "temperature=very hot"},
        {"setting": "temperature=9000"},
        {"setting": "pressure=1"},
        {"outcome": "mass"},
        {"surrogate": "oracle"},
        {"over": "temperature"},
        {"over": ["temperature", "pressure"]},
    ],
)
def test_what_cannot_be_shown_is_refused(empty: Program, address: str, asked: dict[str, Any]) -> None:
    answer = empty.ask("GET", f"{address}/slices", params=asked)
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"]


def test_the_front_comes_with_its_settings(empty: Program, address: str) -> None:
    found = empty.ask("GET", f"{address}/front").json()
    assert found["front"] == [1, 2, 3, 4, 5, 6]
    assert found["points"][0]["point"] == {"temperature": 300.0, "solvent": "water"}
    assert found["course"][-1]["volume"] == max(each["volume"] for each in found["course"])
    single = {**CAMPAIGN, "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]}, "past": []}
    other = empty.ask("POST", "/api/v1/campaigns", json=single).json()["id"]
    assert empty.ask("GET", f"/api/v1/campaigns/{other}/front").status_code == 422
    assert empty.ask("GET", f"/api/v1/campaigns/{other}/slices").json()["slices"] == []
    assert empty.ask("GET", "/api/v1/campaigns/kb:7Q4M-2KXD-98/front").status_code == 404
