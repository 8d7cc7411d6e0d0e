"""Protocols in one folder, results from another: nothing half written is taken, nothing is put twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kiban.errors import IllegalMove, InvalidSetting, InvalidValue, NotReached
from kiban.laboratory.contract import Driver, Standing, Submission
from kiban.laboratory.folder import DRIVER, FolderLaboratory
from kiban.laboratory.whole_file import write_whole
from kiban.testing.laboratory_suite import LaboratorySuite, a_submission

ID = a_submission().identity
SETTINGS = {"out": "out", "in": "in", "rest_s": 0.0}


class TestContract(LaboratorySuite):
    def make_driver(self) -> Driver:
        return DRIVER

    def make_settings(self, folder: Path) -> Mapping[str, Any]:
        for name in ("out", "in"):
            (folder / name).mkdir(exist_ok=True)
        return SETTINGS

    def finish(self, folder: Path, submission: Submission) -> None:
        values = {"hardness": {"value": 2.5, "unit": "GPa"}}
        _say(folder, submission.identity, values=values)


def _say(folder: Path, identity: str, **said: Any) -> None:
    text = json.dumps({"identity": identity, **said})
    (folder / "in" / f"{identity}.result.json").write_text(text, encoding="utf-8")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="laboratory")
def _laboratory(tmp_path: Path, clock: Clock) -> FolderLaboratory:
    for name in ("out", "in"):
        (tmp_path / name).mkdir()
    laboratory = FolderLaboratory(tmp_path / "out", tmp_path / "in", rest_s=5.0, clock=clock)
    laboratory.submit(a_submission())
    return laboratory


def test_a_protocol_says_what_to_set_and_measure(tmp_path: Path, laboratory: FolderLaboratory) -> None:
    assert laboratory.status(ID) is Standing.WAITING
    assert [path.name for path in (tmp_path / "out").iterdir() if path.is_file()] == [f"{ID}.protocol.json"]
    assert json.loads((tmp_path / "out" / f"{ID}.protocol.json").read_text()) == {
        "format": 1,
        "identity": ID,
        "campaign": "kb:7Q4M-2KXD-98",
        "experiment": 3,
        "attempt": 1,
        "set": {"temperature": {"value": 450.0, "unit": "K"}, "solvent": {"value": "water", "unit": ""}},
        "measure": {"hardness": {"unit": "GPa"}},
    }


def test_a_protocol_that_was_taken_away_is_not_put_again(tmp_path: Path, laboratory: FolderLaboratory) -> None:
    (tmp_path / "out" / f"{ID}.protocol.json").unlink()
    assert laboratory.status(ID) is Standing.RUNNING
    laboratory.submit(a_submission())
    assert not (tmp_path / "out" / f"{ID}.protocol.json").exists()


@pytest.mark.parametrize("n_steps", [1, 2])
def test_one_that_was_not_put_before_a_crash_is_put_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_steps: int
) -> None:
    """Killed between staging, marking and putting."""
    for name in ("out", "in"):
        (tmp_path / name).mkdir()
    laboratory = FolderLaboratory(tmp_path / "out", tmp_path / "in", rest_s=0.0)

    class Killed(BaseException):
        pass

    left = n_steps

    def dies(path: Path, content: bytes) -> None:
        nonlocal left
        write_whole(path, content)
        left -= 1
        if not left:
            raise Killed

    monkeypatch.setattr("kiban.laboratory.folder.write_whole", dies)
    with pytest.raises(Killed):
        laboratory.submit(a_submission())
    assert laboratory.status(ID) is Standing.UNKNOWN
    monkeypatch.undo()
    laboratory.submit(a_submission())
    assert laboratory.status(ID) is Standing.WAITING


def test_a_half_written_result_is_not_taken(tmp_path: Path, laboratory: FolderLaboratory, clock: Clock) -> None:
    path = tmp_path / "in" / f"{ID}.result.json"
    path.write_text('{"identity": "7Q4M', encoding="utf-8")
    assert laboratory.status(ID) is Standing.WAITING
    with pytest.raises(IllegalMove):
        laboratory.result(ID)
    _say(tmp_path, ID, values={"hardness": {"value": 2.5, "unit": "GPa", "uncertainty": 0.25}}, note="ok", hours=3)
    assert laboratory.status(ID) is Standing.DONE
    result = laboratory.result(ID)
    assert (str(result.values["hardness"]), result.note, result.hours) == ("2.5 ± 0.25 GPa", "ok", 3.0)
    # One that stays so is no result, and is not waited for forever.
    path.write_text('{"identity": "7Q4M', encoding="utf-8")
    laboratory.status(ID)
    clock.now = 6.0
    assert laboratory.status(ID) is Standing.DONE
    with pytest.raises(InvalidValue, match="is no JSON"):
        laboratory.result(ID)


def test_a_named_file_is_taken_when_size_and_checksum_are_right(tmp_path: Path, laboratory: FolderLaboratory) -> None:
    content = b"hardness (GPa)\n2.5\n"
    named = {"name": "scan 7.csv", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    _say(tmp_path, ID, file=named)
    path = tmp_path / "in" / "scan 7.csv"
    for written in (None, content[:-1], content[:-1] + b" "):
        if written is not None:
            path.write_bytes(written)
        assert laboratory.status(ID) is Standing.WAITING
    path.write_bytes(content)
    assert laboratory.status(ID) is Standing.DONE
    file = laboratory.result(ID).file
    assert file is not None
    assert (file.name, file.content) == ("scan 7.csv", content)


def test_any_other_file_is_taken_once_it_rests(tmp_path: Path, laboratory: FolderLaboratory, clock: Clock) -> None:
    for name in (f"{ID}.xy.part", f".{ID}.xy", f"{ID[:-1]}11.xy", f"{ID}.XY.TMP", f"{ID}0.xy"):
        (tmp_path / "in" / name).write_text("10 1\n")
    clock.now = 100.0
    assert laboratory.status(ID) is Standing.WAITING
    path = tmp_path / "in" / f"{ID}.xy"
    path.write_text("10 1\n")
    for clock.now in (101.0, 105.0):
        assert laboratory.status(ID) is Standing.WAITING
    path.write_text("10 1\n11 2\n")
    for clock.now in (106.5, 111.0):
        assert laboratory.status(ID) is Standing.WAITING
    clock.now = 111.6
    assert laboratory.status(ID) is Standing.DONE
    file = laboratory.result(ID).file
    assert file is not None
    assert (file.name, file.content) == (f"{ID}.xy", b"10 1\n11 2\n")


def test_failures_come_with_their_reason(tmp_path: Path, laboratory: FolderLaboratory, clock: Clock) -> None:
    _say(tmp_path, ID, failure={"reason": "Gripper jammed.", "is_of_point": False}, cost=1.5)
    result = laboratory.result(ID)
    assert result.failure is not None
    assert (result.failure.reason, result.failure.is_of_point, result.cost) == ("Gripper jammed.", False, 1.5)
    (tmp_path / "in" / f"{ID}.result.json").unlink()
    (tmp_path / "in" / f"{ID}.failed.txt").write_text("It melted.\n", encoding="utf-8")
    laboratory.status(ID)
    clock.now = 5.0
    failure = laboratory.result(ID).failure
    assert failure is not None
    assert (failure.reason, failure.is_of_point) == ("It melted.", True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_reasons_are_read_in_the_encodings_of_instrument_computers(
    tmp_path: Path, laboratory: FolderLaboratory, clock: Clock, encoding: str
) -> None:
    (tmp_path / "in" / f"{ID}.failed.txt").write_bytes("試料が割れた\r\n".encode(encoding))
    laboratory.status(ID)
    clock.now = 5.0
    failure = laboratory.result(ID).failure
    assert failure is not None
    assert failure.reason == "試料が割れた"


def test_to_break_off_takes_the_protocol_back(tmp_path: Path, laboratory: FolderLaboratory) -> None:
    laboratory.cancel(ID)
    assert sorted(path.name for path in (tmp_path / "out").iterdir() if path.is_file()) == [f"{ID}.cancel"]
    # A result that was on its way is better than none.
    _say(tmp_path, ID, values={"hardness": {"value": 2.5, "unit": "GPa"}})
    assert laboratory.status(ID) is Standing.DONE


def test_the_laboratory_may_break_off(tmp_path: Path, laboratory: FolderLaboratory) -> None:
    _say(tmp_path, ID, cancelled=True)
    assert laboratory.status(ID) is Standing.CANCELLED
    with pytest.raises(IllegalMove):
        laboratory.result(ID)


SUM = "0" * 64


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({}, "neither values"),
        ({"values": {"hardness": {"value": 2.5}}}, "no unit"),
        ({"values": {"hardness": {"value": "2.5", "unit": "GPa"}}}, "has the value '2.5'"),
        ({"values": {"hardness": {"value": float("nan"), "unit": "GPa"}}}, "has the value nan"),
        ({"values": {"hardness": {"value": 1, "unit": "GPa", "uncertainty": -1}}}, "uncertainty is -1"),
        ({"values": {"hardness": {"value": 1, "unit": "furlong per GPa?"}}}, "unit"),
        ({"values": {"hardness": 2.5}}, "is 2.5"),
        ({"values": [1]}, "values is"),
        ({"value": 1}, "field 'value'"),
        ({"failure": {"is_of_point": True}}, "no reason"),
        ({"failure": {"reason": " "}}, "without a reason"),
        ({"file": {"name": "../x", "size": 1, "sha256": SUM}}, "names the file"),
        ({"file": {"name": ".x", "size": 1, "sha256": SUM}}, "names the file"),
        ({"file": {"name": "x", "size": 0, "sha256": SUM}}, "as the size"),
        ({"file": {"name": "x", "size": 1, "sha256": "abc"}}, "as the sha256"),
        ({"values": {"hardness": {"value": 10**400, "unit": "GPa"}}}, "has the value 1000"),
        ({"hours": 10**400, "failure": {"reason": "x"}}, "hours is 1000"),
        ({"hours": -1, "failure": {"reason": "x"}}, "hours is -1"),
        ({"identity": "7Q4M-2KXD-98-4-1", "failure": {"reason": "x"}}, "is the result of '7Q4M-2KXD-98-4-1'"),
    ],
)
def test_what_is_no_result_is_told(
    tmp_path: Path, laboratory: FolderLaboratory, said: dict[str, Any], fault: str
) -> None:
    (tmp_path / "in" / f"{ID}.result.json").write_text(json.dumps({"identity": ID, **said}), encoding="utf-8")
    assert laboratory.status(ID) is Standing.DONE
    with pytest.raises(InvalidValue, match=fault):
        laboratory.result(ID)


def test_lists_in_lists_without_end_are_no_result(tmp_path: Path, laboratory: FolderLaboratory, clock: Clock) -> None:
    (tmp_path / "in" / f"{ID}.result.json").write_text("[" * 100_000, encoding="utf-8")
    assert laboratory.status(ID) is not Standing.DONE
    clock.now += 6
    assert laboratory.status(ID) is Standing.DONE
    with pytest.raises(InvalidValue, match="is no JSON"):
        laboratory.result(ID)


def test_folders_are_looked_for_and_told_apart(tmp_path: Path, laboratory: FolderLaboratory) -> None:
    for settings in (
        {"out": "out", "in": "out"},
        {"out": "out", "in": "none"},
        {"out": "out"},
        {"out": "out", "in": 3},
        {"out": "out", "in": "in", "rest_s": "long"},
    ):
        with pytest.raises(InvalidSetting):
            DRIVER.connect(settings, folder=tmp_path)
    (tmp_path / "out" / f"{ID}.cancel").mkdir()
    (tmp_path / "out" / "x").write_text("")
    gone = FolderLaboratory(tmp_path / "out" / "x", tmp_path / "in", rest_s=0.0)
    with pytest.raises(NotReached):
        gone.submit(a_submission(9))
