"""Runs that are asked for in the background: refused at once where they could not be run, and kept for their owner."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from kiban.errors import DamagedFile, IllegalMove, InvalidSetting, InvalidValue, RecordNotFound, Refused
from kiban.operations.campaigns import new_campaign, set_course
from kiban.operations.resources import Resources
from kiban.operations.run_campaign import RunTerms
from kiban.operations.standing_runs import (
    StandingRun,
    are_kept,
    ask_for_run,
    ended_now,
    keep_run,
    keeping_lock,
    lock_of,
    path_of,
    standing_runs,
)
from kiban.planning.campaign.definition import campaign_of
from kiban.records.party import Asker

from .neighbours import neighbours

CAMPAIGN: dict[str, Any] = {
    "name": "Strong glue",
    "space": {"parameters": [{"kind": "discrete", "name": "time", "values": [1, 2, 3], "unit": "h"}]},
    "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
}
NOW = "2026-11-27T12:00:00+00:00"


def _run(pid: str, folder: Path, *, limit: int | None = 3, laboratory: str = "virtual", **settings: Any) -> StandingRun:
    told = {"folder": "lab", "formulas": {"hardness": "3 - time"}, **settings}
    terms = RunTerms(laboratory=laboratory, limit=limit, condition={"cycle": "1"})
    return StandingRun(id=pid, settings=told, folder=str(folder), terms=terms, asked_at=NOW)


def test_it_is_kept_as_it_was_asked_for(asker: Asker, resources: Resources, tmp_path: Path) -> None:
    pid = new_campaign(asker, resources, campaign_of(CAMPAIGN)).pid
    asked = ask_for_run(asker, resources, tmp_path, _run(pid, tmp_path))
    assert standing_runs(tmp_path) == (asked,)
    assert asked.terms.condition == {"cycle": "1"}
    assert stat.S_IMODE((tmp_path / "runs").stat().st_mode) == 0o700
    with pytest.raises(IllegalMove, match="is run already, in the laboratory 'virtual'"):
        ask_for_run(asker, resources, tmp_path, _run(pid, tmp_path))
    keep_run(tmp_path, ended_now(asked, "limit", "", NOW))
    assert [each.ended for each in standing_runs(tmp_path)] == ["limit"]
    assert ask_for_run(asker, resources, tmp_path, _run(pid, tmp_path)).ended is None


def test_what_could_not_be_run_is_refused_at_once(asker: Asker, resources: Resources, tmp_path: Path) -> None:
    pid = new_campaign(asker, resources, campaign_of(CAMPAIGN)).pid
    near = neighbours(resources)
    with pytest.raises(RecordNotFound):
        ask_for_run(near.asker("ume"), resources, tmp_path, _run(pid, tmp_path))
    with pytest.raises(Refused):
        ask_for_run(near.asker("reader"), resources, tmp_path, _run(pid, tmp_path))
    with pytest.raises(InvalidValue, match="Nothing limits"):
        ask_for_run(asker, resources, tmp_path, _run(pid, tmp_path, limit=None))
    with pytest.raises(InvalidSetting, match="no driver"):
        ask_for_run(asker, resources, tmp_path, _run(pid, tmp_path, laboratory="cellar"))
    with pytest.raises((InvalidSetting, InvalidValue)):
        ask_for_run(asker, resources, tmp_path, _run(pid, tmp_path, colour="red"))
    set_course(asker, resources, pid, "pause")
    with pytest.raises(IllegalMove, match="paused"):
        ask_for_run(asker, resources, tmp_path, _run(pid, tmp_path))
    assert standing_runs(tmp_path) == ()


def test_one_at_a_time_has_a_run_and_a_damaged_file_is_told(asker: Asker, resources: Resources, tmp_path: Path) -> None:
    pid = new_campaign(asker, resources, campaign_of(CAMPAIGN)).pid
    ask_for_run(asker, resources, tmp_path, _run(pid, tmp_path))
    first = lock_of(tmp_path, pid)
    assert first is not None
    assert lock_of(tmp_path, pid) is None
    first.close()
    again = lock_of(tmp_path, pid)
    assert again is not None
    again.close()
    for content in ("{", "[]", '{"id": 5}'):
        path_of(tmp_path, pid).write_text(content, encoding="utf-8")
        with pytest.raises(DamagedFile, match="says no run"):
            standing_runs(tmp_path)


def test_whether_anybody_keeps_runs_is_known_and_ends_with_whoever_does(tmp_path: Path) -> None:
    assert not are_kept(tmp_path)
    first, second = keeping_lock(tmp_path), keeping_lock(tmp_path)
    assert first is not None
    assert second is not None
    first.close()
    assert are_kept(tmp_path)
    second.close()
    assert not are_kept(tmp_path)
