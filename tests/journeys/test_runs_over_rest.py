"""A run that was begun over REST goes on after the platform was killed, and is stopped over REST within a second."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from .conftest import Kiban
from .test_laboratory import CAMPAIGN, LABORATORY

BENCH = """driver = "virtual"
title = "Bench"
folder = %r
formulas = {hardness = "%s"}
levels = {solvent = {water = 0.3, ethanol = 0}}
delay_s = [%g, %g]
"""


def _name(home: Path, name: str, folder: Path, delay_s: tuple[float, float]) -> None:
    there = home / "laboratories"
    there.mkdir(parents=True, exist_ok=True)
    said = BENCH % (str(folder), LABORATORY["formulas"]["hardness"], *delay_s)
    (there / f"{name}.toml").write_text(said, encoding="utf-8")


def _asked(http: httpx.Client, method: str, address: str, body: Any = None) -> dict[str, Any]:
    answer = http.request(method, f"/api/v1/{address}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _until(http: httpx.Client, pid: str, wanted: Any, seconds: float = 120.0) -> dict[str, Any]:
    until = time.monotonic() + seconds
    while not wanted(run := _asked(http, "GET", f"campaigns/{pid}/run")["run"]):
        assert time.monotonic() < until, run
        time.sleep(0.05)
    return dict(run)


def _submitted(folder: Path) -> list[str]:
    return sorted(path.name[13:] for path in (folder / "submitted").glob("*.json"))


@pytest.mark.slow
def test_it_goes_on_after_a_kill_and_is_stopped(tmp_path: Path) -> None:
    kiban, quick, slow = Kiban(tmp_path / "home"), tmp_path / "quick", tmp_path / "slow"
    with kiban.serving("up", "--port", "0") as (process, said), kiban.logged_in(said) as http:
        # Named while the platform is up: nothing has to be started again.
        _name(kiban.home, "quick", quick, (0.3, 0.5))
        _name(kiban.home, "slow", slow, (3600, 3600))
        pid = str(_asked(http, "POST", "campaigns", {**CAMPAIGN, "archive": []})["id"])
        begun = _asked(http, "POST", f"campaigns/{pid}/run", {"laboratory": "quick", "experiments": 5})
        assert begun["run"]["waits"] == ""
        _until(http, pid, lambda run: run["counts"].get("completed", 0) >= 1)
        process.send_signal(signal.SIGKILL)
        process.wait(60)
    assert len(_submitted(quick)) < 5
    with kiban.serving("up", "--port", "0") as (_, said), kiban.logged_in(said) as http:
        ended = _until(http, pid, lambda run: run["ended"] is not None)
        assert (ended["ended"], ended["words"], ended["counts"]) == ("spent", "experiments", {"completed": 5})
        # Nothing was lost in the laboratory, and nothing was done twice.
        assert _submitted(quick) == [f"{n}-1.json" for n in range(1, 6)]
        _asked(http, "POST", f"campaigns/{pid}/run", {"laboratory": "slow", "experiments": 9, "at_once": 2})
        _until(http, pid, lambda run: len(run["at_work"]) == 2 and len(_submitted(slow)) == 2)
        pressed = time.monotonic()
        _asked(http, "POST", f"campaigns/{pid}/run/stop", {"note": "smoke"})
        stopped = _until(http, pid, lambda run: run["ended"] is not None)
        took = time.monotonic() - pressed
    assert (stopped["ended"], stopped["counts"]) == ("stopped", {"abandoned": 2})
    # A second where the machine is free; it may be busy with other tests.
    assert took < 10, took
    print(f"stopped within {took:.2f} s")  # noqa: T201  the figure is for whoever looks at it
