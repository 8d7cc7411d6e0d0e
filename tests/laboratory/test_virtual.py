"""The virtual laboratory: what is true, and what noise, delays and failures make of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiban.errors import DamagedFile, InvalidSetting
from kiban.laboratory.contract import Driver, Result, Standing
from kiban.laboratory.virtual import DRIVER, VirtualLaboratory
from kiban.testing.laboratory_suite import LaboratorySuite, a_submission

FORMULAS = {"hardness": "2 + temperature / 300 + solvent"}
SETTINGS: dict[str, Any] = {
    "folder": "lab",
    "formulas": FORMULAS,
    "levels": {"solvent": {"water": 0.5, "ethanol": 0}},
    "answers": "values",
}
POOL = "temperature [degC],solvent,hardness [MPa]\n176.85,water,1200\n176.85,ethanol,900\n26.85,water,700\n"


class TestContract(LaboratorySuite):
    def make_driver(self) -> Driver:
        return DRIVER

    def make_settings(self, folder: Path) -> Mapping[str, Any]:
        return {**SETTINGS, "delay_s": [1.5, 1.5], "answers": "file", "noise": {"hardness": 0.1}}


def _laboratory(where: Path, **settings: Any) -> VirtualLaboratory:
    return DRIVER.connect({**SETTINGS, **settings}, folder=where)


def _result(laboratory: VirtualLaboratory, number: int = 3, attempt: int = 1, temperature: float = 450.0) -> Result:
    submission = a_submission(number, attempt, temperature=temperature)
    laboratory.submit(submission)
    return laboratory.result(submission.identity)


def test_a_formula_gives_its_value_in_the_unit_that_is_asked_for(tmp_path: Path) -> None:
    measured = _result(_laboratory(tmp_path)).values["hardness"]
    assert (measured.value, measured.unit, measured.uncertainty) == (4.0, "GPa", None)


def test_a_pool_gives_its_nearest_row_in_the_unit_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "pool.csv").write_text(POOL)
    settings = {"folder": "lab", "pool": "pool.csv", "answers": "values"}
    laboratory = DRIVER.connect(settings, folder=tmp_path)
    assert _result(laboratory, 1, temperature=440.0).values["hardness"].value == pytest.approx(1.2)
    assert _result(laboratory, 2, temperature=310.0).values["hardness"].value == pytest.approx(0.7)


def test_a_real_data_set_gives_its_rows(tmp_path: Path, shared: Callable[[str], Path]) -> None:
    path = shared("campaigns/AutoAM_dataset.csv")
    laboratory = DRIVER.connect({"folder": str(tmp_path), "pool": str(path), "answers": "values"}, folder=tmp_path)
    table = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    rows = [{name: float(cell) for name, cell in row.items()} for row in table]
    assert len(rows) == 100
    for number, row in enumerate(rows[:20], 1):
        point = {name: value for name, value in row.items() if name != "Score"}
        submission = replace(a_submission(number), point=point, units={}, outcomes={"Score": ""})
        laboratory.submit(submission)
        found = [each["Score"] for each in rows if all(each[name] == value for name, value in point.items())]
        assert laboratory.result(submission.identity).values["Score"].value in found


def test_noise_is_of_the_stated_size_and_stated_with_the_value(tmp_path: Path) -> None:
    laboratory = _laboratory(tmp_path, noise={"hardness": 0.2})
    values = [_result(laboratory, number).values["hardness"] for number in range(1, 201)]
    assert all(each.uncertainty is not None and each.uncertainty.standard == 0.2 for each in values)
    off = [each.value - 4.0 for each in values]
    assert abs(sum(off) / 200) < 0.05
    assert (sum(x * x for x in off) / 200) ** 0.5 == pytest.approx(0.2, rel=0.2)


def test_chance_follows_from_seed_number_and_attempt_alone(tmp_path: Path) -> None:
    noisy = {"noise": {"hardness": 0.2}}
    first = _result(_laboratory(tmp_path / "a", **noisy))
    assert _result(_laboratory(tmp_path / "b", **noisy)) == first
    assert _result(_laboratory(tmp_path / "a", **noisy), 4) != first
    assert _result(_laboratory(tmp_path / "a", **noisy), 3, 2) != first
    assert _result(_laboratory(tmp_path / "c", **noisy, seed=1)) != first


def test_failures_troubles_and_the_impossible(tmp_path: Path) -> None:
    laboratory = _laboratory(tmp_path, failures=0.3, troubles=0.2, impossible="temperature - 500", hours=2, cost=7)
    results = [_result(laboratory, number) for number in range(1, 201)]
    failures = [each.failure for each in results if each.failure is not None]
    troubled = [each for each in failures if not each.is_of_point]
    assert len(troubled) == pytest.approx(40, abs=15)
    assert len(failures) - len(troubled) == pytest.approx(48, abs=18)
    assert {(each.hours, each.cost) for each in results} == {(2.0, 7.0)}
    hot = _result(_laboratory(tmp_path / "hot", impossible="temperature - 500"), temperature=501.0)
    assert hot.failure is not None
    assert hot.failure.is_of_point


def test_where_a_formula_has_no_value_the_experiment_fails(tmp_path: Path) -> None:
    result = _result(_laboratory(tmp_path, formulas={"hardness": "log(400 - temperature)"}))
    assert result.failure is not None
    assert result.failure.is_of_point


def test_it_takes_the_time_that_it_takes(tmp_path: Path) -> None:
    now = 1000.0
    laboratory = _laboratory(tmp_path, delay_s=[60, 120])
    laboratory._clock = lambda: now
    submission = a_submission()
    laboratory.submit(submission)
    now = 1059.0
    assert laboratory.status(submission.identity) is Standing.RUNNING
    now = 1121.0
    assert laboratory.status(submission.identity) is Standing.DONE


def test_a_file_is_a_table_whose_numbers_come_back_as_they_are(tmp_path: Path) -> None:
    noisy = {"noise": {"hardness": 0.2}, "seed": 5}
    values = _result(_laboratory(tmp_path / "a", **noisy)).values["hardness"]
    result = _result(_laboratory(tmp_path / "b", **noisy, answers="file"))
    assert result.file is not None
    assert result.file.name == "7Q4M-2KXD-98-3-1.csv"
    [row] = csv.DictReader(io.StringIO(result.file.content.decode()))
    assert row == {
        "sample": "7Q4M-2KXD-98-3-1",
        "temperature (K)": "450.0",
        "solvent": "water",
        "hardness (GPa)": repr(values.value),
        "hardness standard uncertainty (GPa)": "0.2",
    }


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"formulas": {"hardness": "import os"}}, "cannot be understood"),
        ({"pool": "pool.csv"}, "formulas or a pool, and not both"),
        ({"noise": {"hardness": -1}}, "noise.hardness"),
        ({"noise": 1}, "noise"),
        ({"delay_s": [2, 1]}, "delay_s"),
        ({"delay_s": 2}, "delay_s"),
        ({"failures": 1.5}, "failures"),
        ({"seed": -1}, "seed"),
        ({"seed": True}, "seed"),
        ({"answers": "fax"}, "answers"),
        ({"folder": ""}, "folder"),
        ({"cost": float("nan")}, "cost"),
    ],
)
def test_settings_that_cannot_be_used_are_named(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidSetting, match=said):
        _laboratory(tmp_path, **changed)


def test_what_does_not_fit_the_campaign_is_told(tmp_path: Path) -> None:
    for number, formulas in enumerate(({"strength": "1"}, {"hardness": "pressure"}, {"hardness": "solvent"}), 1):
        settings = {**SETTINGS, "formulas": formulas, "levels": {}}
        with pytest.raises(InvalidSetting, match=r"hardness|pressure|solvent"):
            _result(DRIVER.connect(settings, folder=tmp_path), number)
    (tmp_path / "pool.csv").write_text("temperature,hardness\n300,1\n")
    (tmp_path / "short.csv").write_text("temperature,hardness\n300\n")
    (tmp_path / "words.csv").write_text("temperature,solvent,hardness\nwarm,water,1\n")
    (tmp_path / "nan.csv").write_text("temperature,solvent,hardness\n300,water,1\nnan,water,2\n")
    for name, said in (
        ("pool.csv", "no column solvent"),
        ("words.csv", "column temperature"),
        ("nan.csv", "column temperature"),
    ):
        with pytest.raises(InvalidSetting, match=said):
            _result(DRIVER.connect({"folder": name[:2], "pool": name}, folder=tmp_path))
    for name in ("short.csv", "none.csv"):
        with pytest.raises(InvalidSetting):
            DRIVER.connect({"folder": "x", "pool": name}, folder=tmp_path)


def test_a_damaged_memory_is_told(tmp_path: Path) -> None:
    laboratory, submission = _laboratory(tmp_path), a_submission()
    laboratory.submit(submission)
    path = tmp_path / "lab" / "submitted" / f"{submission.identity}.json"
    path.write_text(path.read_text().replace('"campaign"', '"champagne"'))
    with pytest.raises(DamagedFile, match="no submission of Kiban"):
        laboratory.status(submission.identity)
    path.write_text(path.read_text()[:-20])
    with pytest.raises(DamagedFile, match="not as the virtual laboratory wrote it"):
        laboratory.status(submission.identity)
