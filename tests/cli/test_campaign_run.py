"""kiban campaign run and stop."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path

import pytest

from .conftest import Terminal

CAMPAIGN = """
name = "Strong glue"
engine = "random"
seed = 7

[space]
parameters = [
  {kind = "continuous", name = "temperature", low = 300, high = 600, unit = "K"},
]

[objective]
targets = [{name = "hardness", unit = "GPa"}]

[limits]
experiments = 3
"""
LABORATORY = """
folder = "lab"
formulas = {hardness = "2 - ((temperature - 480) / 100)**2"}
"""


@pytest.fixture(name="glue")
def _glue(kiban: Terminal, tmp_path: Path) -> str:
    (tmp_path / "glue.toml").write_text(CAMPAIGN, encoding="utf-8")
    (tmp_path / "lab.toml").write_text(LABORATORY, encoding="utf-8")
    return str(kiban.one("campaign", "new", tmp_path / "glue.toml")["id"])


def test_a_campaign_runs_to_its_limit(kiban: Terminal, glue: str, tmp_path: Path) -> None:
    laboratory = ("--driver", "virtual", "--laboratory", tmp_path / "lab.toml")
    out, err = kiban.run("campaign", "run", glue, *laboratory, "--limit", "1")
    assert "1 suggested\n" in out
    assert f"1 given to the laboratory as {glue.removeprefix('kb:')}-1-1\n" in out
    assert "1 completed: hardness " in out
    assert f"{glue} Strong glue runs in the laboratory 'virtual'; Ctrl-C stops it" in err
    assert "The run ended: the limit of the run is reached. 1 completed." in err
    lines = kiban.lines("campaign", "run", glue, *laboratory)
    assert [line["deed"] for line in lines] == ["suggested", "given", "completed"] * 2 + ["ended"]
    assert (lines[-1]["ending"], lines[-1]["words"]) == ("spent", "experiments")
    assert lines[2]["outcomes"]["hardness"]["unit"] == "GPa"
    shown = kiban.one("campaign", "show", glue)
    assert shown["experiments"][1]["outcomes"][0]["evidence"] == lines[2]["evidence"]
    assert (tmp_path / "lab" / "submitted").is_dir()


def test_stop_pauses_and_says_why(kiban: Terminal, glue: str, tmp_path: Path) -> None:
    out, _ = kiban.run("campaign", "stop", glue, "--note", "smoke")
    assert "(version 2, paused)" in out
    _, err = kiban.run("campaign", "stop", glue, exit_code=1)
    assert "is stopped already" in err
    _, err = kiban.run(
        "campaign", "run", glue, "--driver", "virtual", "--laboratory", tmp_path / "lab.toml", exit_code=1
    )
    assert "Resume it first." in err


@pytest.mark.parametrize(
    ("presses", "option", "state", "code"),
    [
        ([signal.SIGINT], "break-off", "abandoned", 0),
        ([signal.SIGINT], "finish", "completed", 0),
        ([signal.SIGINT, signal.SIGINT], "finish", "running", 130),
        ([signal.SIGTERM], "break-off", "running", 130),
    ],
)
def test_ctrl_c_and_the_end_of_services(
    kiban: Terminal, glue: str, tmp_path: Path, presses: list[int], option: str, state: str, code: int
) -> None:
    (tmp_path / "lab.toml").write_text(LABORATORY + "delay_s = [1.5, 1.5]\n", encoding="utf-8")
    before = signal.getsignal(signal.SIGINT)
    submitted = tmp_path / "lab" / "submitted"

    def press() -> None:
        while not submitted.exists() or not list(submitted.glob("*.json")):
            pass
        for number in presses:
            os.kill(os.getpid(), number)
            threading.Event().wait(0.1)

    threading.Thread(target=press, daemon=True).start()
    run = ("campaign", "run", glue, "--driver", "virtual", "--laboratory", tmp_path / "lab.toml")
    kiban.run(*run, "--on-interrupt", option, exit_code=code)
    assert [each["state"] for each in kiban.one("campaign", "show", glue)["experiments"]] == [state]
    assert signal.getsignal(signal.SIGINT) is before


def test_wrong_usage_and_wrong_settings_are_told(kiban: Terminal, glue: str, tmp_path: Path) -> None:
    run = ("campaign", "run", glue, "--driver")
    kiban.run(*run, "virtual", "--laboratory", tmp_path / "none.toml", exit_code=2)
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")
    kiban.run(*run, "virtual", "--laboratory", tmp_path / "list.json", exit_code=2)
    _, err = kiban.run(*run, "fax", "--laboratory", tmp_path / "lab.toml", exit_code=1)
    assert "Drivers are: folder, http, virtual" in err
    (tmp_path / "odd.json").write_text(json.dumps({"folder": "lab"}), encoding="utf-8")
    _, err = kiban.run(*run, "virtual", "--laboratory", tmp_path / "odd.json", exit_code=1)
    assert "needs formulas or a pool" in err
    _, err = kiban.run(*run, "virtual", "--laboratory", tmp_path / "lab.toml", "--at-once", "0", exit_code=1)
    assert "The number at once of the run is 0." in err
    kiban.run("campaign", "set", glue, "--experiments", "0")
    _, err = kiban.run(*run, "virtual", "--laboratory", tmp_path / "lab.toml", exit_code=1)
    assert "would never end" in err


def test_the_work_list_and_a_protocol_to_print(kiban: Terminal, glue: str, tmp_path: Path) -> None:
    _, err = kiban.run("campaign", "work")
    assert "There is nothing to be done." in err
    kiban.run("campaign", "add", glue, "temperature=400")
    out, _ = kiban.run("campaign", "work")
    assert out.startswith(f"{glue} Strong glue\n  1 (pending, added) temperature=400 K\n")
    [line] = kiban.lines("campaign", "work", glue)
    assert (line["campaign"], line["number"], line["units"]) == (glue, 1, {"temperature": "K"})
    for name in ("protocol.pdf", "protocol.html"):
        out, _ = kiban.run("campaign", "protocol", glue, "1", "-o", tmp_path / name, "--language", "ja")
        assert "the protocol of experiment 1" in out
        assert (tmp_path / name).stat().st_size > 1000
    said = kiban.one("campaign", "protocol", glue, "1", "-o", tmp_path / "again.pdf", "--language", "ja")
    assert said["size"] == (tmp_path / "protocol.pdf").stat().st_size
    kiban.run("campaign", "protocol", glue, "1", "-o", tmp_path / "protocol.doc", exit_code=2)
    kiban.run("campaign", "protocol", glue, "1", "-o", tmp_path / "none" / "protocol.pdf", exit_code=2)
