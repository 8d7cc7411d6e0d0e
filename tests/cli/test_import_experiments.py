"""kiban import --as experiments: what it prints, and what it keeps."""

import json
from pathlib import Path

import pytest

from .conftest import Terminal

TABLE = "sample,T_anneal (°C),atmosphere,Hardness,note\nA,900,Ar,512,\nB,1000,N2,530,cracked\n"
UNIT = "Hardness=property vickers_hardness [kgf/mm**2]"


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    path = tmp_path / "past.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_a_preview_says_what_is_meant_and_what_is_missing(kiban: Terminal, path: Path) -> None:
    out, err = kiban.run("import", path, "--as", "experiments", "--preview", exit_code=1)
    assert "T_anneal (°C) = parameter t_anneal [degC]" in out
    assert "Hardness = property hardness\n" in out
    assert "hardness is measured in 'GPa'" in err
    out, _ = kiban.run("import", path, "--as", "experiments", "--preview", "--column", UNIT)
    assert "would be kept: 2 new, 0 changed, 0 unchanged rows; 2 new samples, 2 new processes; 0 wrong rows" in out


def test_a_mapping_goes_through_a_file(kiban: Terminal, path: Path, tmp_path: Path) -> None:
    found = kiban.one("import", path, "--as", "experiments", "--preview", "--column", UNIT)
    assert found["can_be_kept"]
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps(found), encoding="utf-8")
    kept = kiban.one("import", path, "--as", "experiments", "--mapping", mapping, "--keep-as", "robot")
    assert (kept["status"], kept["mapping"], kept["did"]["rows"]["new"]) == ("imported", "robot", 2)
    again = kiban.one("import", path, "--as", "experiments", "--mapping", "robot")
    assert again["status"] == "already there"
    out, _ = kiban.run("table", 'kind = "sample"')
    assert out.splitlines()[0].startswith("sample,id,formula,vickers_hardness [kgf/mm**2]")


def test_what_is_proposed_is_kept_under_another_name(kiban: Terminal, path: Path) -> None:
    path.write_text(TABLE.replace("Hardness", "Hardness (HV)"), encoding="utf-8")
    kept = kiban.one("import", path, "--as", "experiments", "--keep-as", "oven", "--balance", "Fe")
    assert (kept["status"], kept["mapping"]) == ("imported", "oven")
    assert kiban.one("import", path, "--as", "experiments", "--keep-as", "oven")["status"] == "already there"


def test_faults_stop_until_their_rows_are_left_out(kiban: Terminal, path: Path) -> None:
    path.write_text(TABLE.replace("512", "<5"), encoding="utf-8")
    _, err = kiban.run("import", path, "--as", "experiments", "--column", UNIT, exit_code=1)
    assert "Row 2, Hardness (D2): a number in kgf/mm**2 was expected, '<5' stands there." in err
    out, err = kiban.run("import", path, "--as", "experiments", "--column", UNIT, "--leave-out-wrong")
    assert "1 new, 0 changed" in out
    assert "Left out because of their faults: rows 2." in err


def test_an_import_is_taken_back(kiban: Terminal, path: Path) -> None:
    kiban.run("import", path, "--as", "experiments", "--column", UNIT)
    found = kiban.one("import", path, "--as", "experiments", "--withdraw", "--preview")
    assert (len(found["rows"]), len(found["samples"])) == (2, 2)
    out, _ = kiban.run("import", "past.csv", "--as", "experiments", "--withdraw")
    assert out == "past.csv: 2 rows, 2 processes, 2 samples withdrawn\n"
    kiban.run("import", "past.csv", "--as", "experiments", "--withdraw", exit_code=1)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--as", "rde", "--preview"], "belongs to tables of experiments"),
        (["--as", "experiments", "--sample", "A"], "names its samples itself"),
        (["--as", "experiments", "--column", "Nothing=note"], "names no column"),
        (["--as", "experiments", "--column", "Hardness=colour"], "does not say what a column means"),
        (["--as", "experiments", "--mapping", "absent.json"], "no JSON file"),
    ],
)
def test_wrong_usage(kiban: Terminal, path: Path, options: list[str], told: str) -> None:
    _, err = kiban.run("import", path, *options, exit_code=2)
    assert told in err
