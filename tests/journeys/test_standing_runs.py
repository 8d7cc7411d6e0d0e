"""A run in the background goes on after the machine was off: once, within its limits, and nothing is done twice."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from .test_laboratory import N_ROUNDS, Bench, _opened, _state, show_campaign


def _wait_until_begun(bench: Bench) -> None:
    """Until the laboratory has two experiments, by its folder: a command to ask may take as long as all of them."""
    for _ in range(4800):
        if len(bench.submitted) >= 2:
            return
        time.sleep(0.05)
    raise AssertionError(f"it never began: {bench.submitted}")


def _wait_until_ended(bench: Bench) -> dict[str, Any]:
    for _ in range(1200):
        [found] = bench.kiban.lines("campaign", "runs")[0]
        if found["ended"] is not None:
            return dict(found)
        time.sleep(0.2)
    raise AssertionError(f"it never ended: {found}, {bench.submitted}")


@pytest.mark.slow
def test_what_was_killed_is_picked_up_and_comes_out_the_same(tmp_path: Path) -> None:
    home = tmp_path / "home"
    unharmed, bench = Bench(home, tmp_path / "unharmed"), Bench(home, tmp_path / "harmed", delay_s=[0.4, 0.8])
    assert unharmed.kiban.lines(*unharmed.run)[-1]["ending"] == "spent"
    asked = bench.kiban.lines(*bench.run, "--in-background")[0]
    assert (asked["id"], asked["ended"]) == (bench.pid, None)
    again = bench.kiban.run(*bench.run, "--in-background")
    assert again.returncode == 1
    assert "is run already" in again.stderr
    # Nothing begins before the platform is up.
    assert bench.submitted == []
    with bench.kiban.serving("up", "--port", "0") as (process, _):
        _wait_until_begun(bench)
        process.send_signal(signal.SIGKILL)
        process.wait(60)
    with _opened(home) as (asker, resources):
        assert len(show_campaign(asker, resources, bench.pid).campaign.experiments) < N_ROUNDS or N_ROUNDS < 4
    with bench.kiban.serving("up", "--port", "0") as (process, _):
        ended = _wait_until_ended(bench)
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=60)
    assert ended["ended"] == "spent"
    assert f"{bench.pid} is run in the laboratory 'virtual', as asked for at {asked['asked_at']}." in told
    assert f"{bench.pid}: the run ended" in told
    assert "Traceback" not in told
    assert bench.submitted == unharmed.submitted
    with _opened(home) as (asker, resources):
        expected, campaign = (show_campaign(asker, resources, each.pid).campaign for each in (unharmed, bench))
        assert _state(campaign) == _state(expected)
    # It has ended, so that another start does not begin it again.
    with bench.kiban.serving("up", "--port", "0") as (process, _):
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=60)
    assert bench.pid not in told


@pytest.mark.slow
def test_it_is_stopped_from_anywhere_and_left_when_the_platform_ends(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "home", tmp_path / "slow", delay_s=[3600.0, 3600.0], failures=0.0, troubles=0.0)
    bench.kiban.lines(*bench.run, "--in-background", "--at-once", "2")
    with bench.kiban.serving("up", "--port", "0") as (process, _):
        _wait_until_begun(bench)
        # An hour is left of each, and nobody waits for it.
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=60)
    assert "the run ended" not in told
    [left] = bench.kiban.lines("campaign", "runs")[0]
    assert left["ended"] is None
    with bench.kiban.serving("up", "--port", "0"):
        bench.kiban.lines("campaign", "stop", bench.pid)
        ended = _wait_until_ended(bench)
    assert ended["ended"] == "stopped"
    assert len(bench.submitted) == 2
    [shown] = bench.kiban.lines("campaign", "show", bench.pid)
    assert {each["state"] for each in shown["experiments"]} == {"abandoned"}
    kept = json.loads((tmp_path / "home" / "runs" / f"{bench.pid.replace(':', '-')}.json").read_text())
    assert kept["terms"]["at_once"] == 2
