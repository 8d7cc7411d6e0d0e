"""Runs in laboratories that the operator named: who may begin one, within what, and in whose name it goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiban.cli.run_keeper import RunKeeper
from kiban.errors import Conflict, IllegalMove, InvalidSetting, InvalidValue, NothingAllowed, Refused
from kiban.operations.acting_for import acting_for
from kiban.operations.campaign_records import campaign_of
from kiban.operations.campaigns import new_campaign, set_course
from kiban.operations.changed_records import current
from kiban.operations.laboratory_runs import campaign_run, runs_of_campaign, start_run, stop_run
from kiban.operations.named_laboratories import all_laboratories
from kiban.operations.projects import FIRST_PROJECT
from kiban.operations.resources import Resources
from kiban.operations.standing_runs import standing_runs
from kiban.planning.campaign.definition import campaign_of as defined
from kiban.planning.campaign.experiment import State
from kiban.planning.campaign.limits import Limits
from kiban.planning.space.constraint import Linear
from kiban.records.parties.right import Role
from kiban.records.parties.terms import RoleGrant
from kiban.records.party import Asker

from .neighbours import BEFORE, Neighbours, neighbours

GLUE: dict[str, Any] = {
    "name": "Strong glue",
    "engine": "random",
    "space": {"parameters": [{"kind": "integer", "name": "time", "low": 1, "high": 50, "unit": "h"}]},
    "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
}
VIRTUAL = """driver = "virtual"
title = "Teaching bench"
folder = "bench"
formulas = {hardness = "3 - time / 50"}
answers = "values"
"""


@pytest.fixture(name="home")
def _home(tmp_path: Path) -> Path:
    folder = tmp_path / "home" / "laboratories"
    folder.mkdir(parents=True)
    (folder / "bench.toml").write_text(VIRTUAL)
    (folder / "slow.toml").write_text(VIRTUAL + "delay_s = [3600, 3600]\n")
    return tmp_path / "home"


@pytest.fixture(name="equipped")
def _equipped(resources: Resources, home: Path) -> Resources:
    return replace(resources, home=home)


def _owner(near: Neighbours) -> Asker:
    """The steward, who owns the project here."""
    project = near.resources.directory.load().project(FIRST_PROJECT)
    near.settle(grants=(*project.grants, RoleGrant(party=near.people["steward"], role=Role.OWNER, since=BEFORE)))
    return near.asker("steward")


def _wait(found: Callable[[], bool], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.05)


def test_files_that_say_no_laboratory_are_told_by_name_and_nothing_else(home: Path) -> None:
    folder = home / "laboratories"
    (folder / "no-driver.toml").write_text('title = "x"\n')
    (folder / "cut.toml").write_text("driver = \n")
    (folder / "Big Oven.toml").write_text(VIRTUAL)
    found = all_laboratories(home)
    assert [(each.name, each.title, each.driver) for each in found.named] == [
        ("bench", "Teaching bench", "virtual"),
        ("slow", "Teaching bench", "virtual"),
    ]
    assert sorted(found.broken) == ["Big Oven", "cut", "no-driver"]
    assert not any(str(home) in str(error) for error in found.broken.values())
    assert "formulas" not in repr(found.named[0])
    with pytest.raises(InvalidSetting, match="no driver"):
        found.called("no-driver")


def test_who_owns_the_project_begins_a_run_and_nobody_else(equipped: Resources, home: Path) -> None:
    near = neighbours(equipped)
    owner = _owner(near)
    begun = new_campaign(owner, equipped, defined(GLUE))
    seen = runs_of_campaign(owner, equipped, begun)
    assert (seen.last, seen.may_start, seen.may_stop) == (None, True, False)
    assert [each.name for each in seen.laboratories.named] == ["bench", "slow"]
    writer = near.asker("contributor")
    assert not runs_of_campaign(writer, equipped, begun).may_start
    with pytest.raises(Refused):
        start_run(writer, equipped, begun.pid, "bench", limits=Limits(experiments=2))
    with pytest.raises(InvalidValue, match="Nothing limits"):
        start_run(owner, equipped, begun.pid, "bench", limits=Limits())
    with pytest.raises(InvalidSetting, match="no laboratory 'cellar'"):
        start_run(owner, equipped, begun.pid, "cellar", limits=Limits(experiments=2))
    nowhere = Linear(coefficients={"time": 1.0}, low=60.0)
    with pytest.raises(NothingAllowed):
        start_run(owner, equipped, begun.pid, "bench", limits=Limits(experiments=2, safety=(nowhere,)))
    with pytest.raises(Conflict):
        start_run(owner, equipped, begun.pid, "bench", limits=Limits(experiments=2), expected=7)
    assert standing_runs(home) == ()
    # None of these has left anything behind.
    assert current(owner, equipped, begun.pid).version == 1
    asked = start_run(owner, equipped, begun.pid, "bench", limits=Limits(experiments=2), expected=1)
    assert (asked.by, asked.driver, asked.terms.laboratory) == (owner.party, "virtual", "bench")
    with pytest.raises(IllegalMove, match="is run already"):
        start_run(owner, equipped, begun.pid, "bench", limits=Limits(experiments=2))
    seen = campaign_run(writer, equipped, begun.pid)[1]
    assert (seen.may_start, seen.may_stop) == (False, True)
    assert seen.last is not None
    assert not hasattr(seen.last, "settings")


def test_a_laboratory_can_be_for_some_projects_only(equipped: Resources, home: Path, asker: Asker) -> None:
    (home / "laboratories" / "slow.toml").write_text('projects = ["Another one"]\n' + VIRTUAL)
    begun = new_campaign(asker, equipped, defined(GLUE))
    assert [each.name for each in runs_of_campaign(asker, equipped, begun).laboratories.named] == ["bench"]


def test_a_run_goes_on_in_the_name_of_who_began_it_and_within_the_bounds(equipped: Resources, home: Path) -> None:
    owner = _owner(neighbours(equipped))
    begun = new_campaign(owner, equipped, defined(GLUE))
    bound = Linear(coefficients={"time": 1.0}, high=10.0)
    start_run(owner, equipped, begun.pid, "bench", limits=Limits(experiments=4, safety=(bound,)))
    with RunKeeper(equipped, home, lambda _: None):
        _wait(lambda: standing_runs(home)[0].ended is not None)
    [run] = standing_runs(home)
    assert (run.ended, run.words) == ("spent", "experiments")
    record = current(owner, equipped, begun.pid)
    campaign = campaign_of(record)
    assert [each.state for each in campaign.experiments] == [State.COMPLETED] * 4
    assert all(float(each.point["time"]) <= 10 for each in campaign.experiments)
    assert {turn.by for each in campaign.experiments for turn in each.turns} == {owner.party}
    assert record.created_by == owner.party
    shown = runs_of_campaign(owner, equipped, record).last
    assert shown is not None
    assert (shown.counts, shown.at_work, shown.title) == ({"completed": 4}, (), "Teaching bench")


def test_stop_works_within_a_second_and_who_has_left_runs_nothing(equipped: Resources, home: Path) -> None:
    near = neighbours(equipped)
    owner, writer = _owner(near), near.asker("contributor")
    begun = new_campaign(owner, equipped, defined(GLUE))
    start_run(owner, equipped, begun.pid, "slow", limits=Limits(experiments=9), at_once=2)
    with RunKeeper(equipped, home, lambda _: None):
        _wait(lambda: len(campaign_run(owner, equipped, begun.pid)[1].last.at_work) == 2)  # type: ignore[union-attr]
        pressed = time.monotonic()
        stop_run(writer, equipped, begun.pid)
        _wait(lambda: standing_runs(home)[0].ended is not None)
        took = time.monotonic() - pressed
    assert standing_runs(home)[0].ended == "stopped"
    states = {each.state for each in campaign_of(current(owner, equipped, begun.pid)).experiments}
    assert states == {State.ABANDONED}
    # A second where the machine is free; it may be busy with other tests.
    assert took < 10
    with pytest.raises(IllegalMove):
        stop_run(writer, equipped, begun.pid)
    set_course(owner, equipped, begun.pid, "resume")
    with pytest.raises(Refused, match="no account in force"):
        acting_for(equipped, "operator")


def test_stopping_wins_over_a_run_that_moves_the_campaign_all_the_time(equipped: Resources, home: Path) -> None:
    owner = _owner(neighbours(equipped))
    begun = new_campaign(owner, equipped, defined(GLUE))
    start_run(owner, equipped, begun.pid, "bench", limits=Limits(experiments=500))
    with RunKeeper(equipped, home, lambda _: None):
        _wait(lambda: len(campaign_of(current(owner, equipped, begun.pid)).experiments) >= 2)
        stopping = threading.Thread(target=stop_run, args=(owner, equipped, begun.pid))
        stopping.start()
        stopping.join(30)
        _wait(lambda: standing_runs(home)[0].ended is not None)
    assert standing_runs(home)[0].ended == "stopped"
    assert len(campaign_of(current(owner, equipped, begun.pid)).experiments) < 500
