"""Runs in laboratories over REST: who may begin, see and stop one, and what is answered when something is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.operations.neighbours import BEFORE, Neighbours, neighbours

from kiban.cli.run_keeper import RunKeeper
from kiban.operations.campaign_records import campaign_of
from kiban.operations.campaigns import new_campaign
from kiban.operations.changed_records import current
from kiban.operations.laboratory_runs import start_run, stop_run
from kiban.operations.projects import FIRST_PROJECT
from kiban.operations.resources import Resources
from kiban.operations.standing_runs import standing_runs
from kiban.planning.campaign.definition import campaign_of as defined
from kiban.planning.campaign.limits import Limits
from kiban.records.identity import new_pid
from kiban.records.parties.right import Role
from kiban.records.parties.terms import RoleGrant
from kiban.records.party import Asker
from kiban.records.record import Record
from kiban.web.asker import Desk

from .conftest import Program

SECRET = "formula-that-nobody-is-shown"
BENCH = f"""driver = "virtual"
title = "窯 2号"
folder = "{SECRET}"
formulas = {{hardness = "temperature"}}
answers = "values"
"""
GLUE: dict[str, Any] = {
    "name": "Strong glue",
    "engine": "random",
    "space": {
        "parameters": [
            {"kind": "integer", "name": "temperature", "low": 300, "high": 500, "unit": "K"},
            {"kind": "categorical", "name": "solvent", "levels": ["water", "ethanol"]},
        ]
    },
    "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
    "limits": {
        "experiments": 30,
        "patience": 29,
        "safety": [{"kind": "linear", "coefficients": {"temperature": 1}, "high": 480}],
    },
}


class Place:
    """A home with laboratories, people around it, and a campaign of an owner's project."""

    def __init__(self, resources: Resources, home: Path) -> None:
        folder = home / "laboratories"
        folder.mkdir()
        (folder / "bench.toml").write_text(BENCH)
        (folder / "slow.toml").write_text(BENCH + "delay_s = [3600, 3600]\n")
        (folder / "cut.toml").write_text("driver =\n")
        (folder / "theirs.toml").write_text('projects = ["Another one"]\n' + BENCH)
        self.home = home
        self.resources = replace(resources, home=home)
        self.near: Neighbours = neighbours(self.resources)
        project = resources.directory.load().project(FIRST_PROJECT)
        owner = RoleGrant(party=self.near.people["steward"], role=Role.OWNER, since=BEFORE)
        self.near.settle(grants=(*project.grants, owner))
        self.owner = self.near.asker("steward")
        self.pid = new_campaign(self.owner, self.resources, defined(GLUE)).pid
        self.address = f"/api/v1/campaigns/{self.pid}"

    def asks(self, who: Asker) -> Program:
        """A program in somebody's name."""
        return Program(self.resources, asks=Desk(asker=who, resources=self.resources))

    def record(self) -> Record:
        """The campaign as it is."""
        return current(self.owner, self.resources, self.pid)


@pytest.fixture(name="place")
def _place(empty: Program, tmp_path: Path) -> Place:
    return Place(empty.resources, tmp_path)


def _begin(program: Program, address: str, status: int = 200, **body: Any) -> dict[str, Any]:
    answer = program.ask("POST", f"{address}/run", json={"laboratory": "bench", **body})
    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
    assert SECRET not in answer.text
    found: dict[str, Any] = answer.json()
    return found


def _wait(found: Callable[[], bool], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.05)


def test_an_owner_finds_laboratories_and_has_it_run_to_its_end(place: Place) -> None:
    program = place.asks(place.owner)
    listed = program.get(f"{place.address}/laboratories")
    assert listed.json()["laboratories"] == [
        {"name": "bench", "title": "窯 2号", "driver": "virtual"},
        {"name": "slow", "title": "窯 2号", "driver": "virtual"},
    ]
    assert [each["name"] for each in listed.json()["broken"]] == ["cut"]
    assert SECRET not in listed.text
    assert str(place.home) not in listed.text
    before = program.get(f"{place.address}/run").json()
    assert (before["run"], before["may_start"], before["may_stop"]) == (None, True, False)
    begun = _begin(program, place.address, experiments=4, bounds={"temperature": {"low": 310, "high": 330}}, expected=1)
    assert begun["run"]["by"] == place.owner.party
    assert begun["run"]["ended"] is None
    # Nobody keeps runs here: it says what to do, and begins once somebody does.
    assert "kiban up" in begun["run"]["waits"]
    again = _begin(program, place.address, 422, experiments=4)
    assert (again["error"], "is run already" in again["fault"]) == ("IllegalMove", True)
    with RunKeeper(place.resources, place.home, lambda _: None):
        _wait(lambda: program.get(f"{place.address}/run").json()["run"]["waits"] == "")
        _wait(lambda: program.get(f"{place.address}/run").json()["run"]["ended"] is not None)
    ended = program.get(f"{place.address}/run").json()
    assert {name: ended["run"][name] for name in ("ended", "words", "counts", "at_work", "at_once")} == {
        "ended": "spent",
        "words": "experiments",
        "counts": {"completed": 4},
        "at_work": [],
        "at_once": 1,
    }
    assert (ended["may_start"], ended["may_stop"]) == (True, False)
    assert ended["version"] == place.record().version
    campaign = campaign_of(place.record())
    assert all(310 <= float(each.point["temperature"]) <= 330 for each in campaign.experiments)
    # What was not sent stays.
    assert (campaign.limits.experiments, campaign.limits.patience) == (4, 29)


def test_budget_and_bounds_that_are_sent_take_the_place_of_the_campaign_s(place: Place) -> None:
    program = place.asks(place.owner)
    _begin(program, place.address, cost=None, bounds={"temperature": {}})
    limits = campaign_of(place.record()).limits
    assert (limits.experiments, limits.safety) == (30, ())
    stopped = program.ask("POST", f"{place.address}/run/stop")
    assert stopped.status_code == 200
    assert stopped.json()["run"]["ended"] == "stopped"


@pytest.mark.parametrize(
    ("body", "error", "said"),
    [
        ({"laboratory": "cellar"}, "NoSuchLaboratory", "no laboratory 'cellar'"),
        ({"laboratory": "theirs"}, "NoSuchLaboratory", "no laboratory 'theirs'"),
        ({"experiments": None}, "InvalidValue", "would never end"),
        ({"bounds": {"temperature": {"low": 600}}}, "NothingAllowed", "keep"),
        ({"bounds": {"temperature": {"low": 400, "high": 350}}}, "InvalidValue", ""),
        ({"bounds": {"solvent": {"low": 1}}}, "InvalidValue", "no parameter that has numbers"),
        ({"cost": -1}, "InvalidValue", "limited to -1"),
        ({"experiments": 0}, "WrongUsage", "greater than or equal to 1"),
        ({"experiments": 2.5}, "WrongUsage", "integer"),
        ({"at_once": 0}, "WrongUsage", "greater than or equal to 1"),
        ({"budget": 3}, "WrongUsage", "not permitted"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_begun(place: Place, body: dict[str, Any], error: str, said: str) -> None:
    version = place.record().version
    told = _begin(place.asks(place.owner), place.address, 422, **body)
    assert told["error"] == error
    assert said in told["detail"] + str(told.get("parameters"))
    assert place.record().version == version
    assert standing_runs(place.home) == ()


def test_a_laboratory_whose_file_is_wrong_is_the_operator_s_to_mend(place: Place) -> None:
    told = _begin(place.asks(place.owner), place.address, 500, laboratory="cut")
    assert (told["error"], told["mend"]) == ("InvalidSetting", "Have the operator put it right.")
    assert _begin(place.asks(place.owner), place.address, 409, expected=7)["error"] == "Conflict"
    assert standing_runs(place.home) == ()


def test_who_does_not_own_the_project_begins_nothing(place: Place) -> None:
    for login in ("reader", "contributor"):
        program = place.asks(place.near.asker(login))
        assert program.get(f"{place.address}/laboratories").json() == {"laboratories": [], "broken": []}
        # Refused before anything in the request is looked at.
        for body in ({}, {"laboratory": "cellar"}, {"bounds": {"solvent": {"low": 1}}}):
            assert _begin(program, place.address, 403, **body)["error"] == "Refused"
    _begin(place.asks(place.owner), place.address, laboratory="slow")
    reader, writer = (place.asks(place.near.asker(each)) for each in ("reader", "contributor"))
    seen = reader.get(f"{place.address}/run").json()
    assert (seen["run"]["title"], seen["may_start"], seen["may_stop"]) == ("slow", False, False)
    assert reader.ask("POST", f"{place.address}/run/stop").status_code == 403
    assert standing_runs(place.home)[0].ended is None
    assert writer.get(f"{place.address}/run").json()["may_stop"]
    assert writer.ask("POST", f"{place.address}/run/stop", json={"note": "smoke"}).status_code == 200
    assert campaign_of(place.record()).passages[-1].note == "smoke"


def test_who_may_not_see_the_campaign_is_answered_as_if_there_were_none(place: Place) -> None:
    program = place.asks(place.near.asker("guest"))
    absent = "/api/v1/campaigns/" + new_pid()
    for method, what, body in (
        ("GET", "laboratories", None),
        ("GET", "run", None),
        ("POST", "run", {"laboratory": "bench"}),
        ("POST", "run", {"laboratory": "cellar", "bounds": {"solvent": {"low": 1}}}),
        ("POST", "run/stop", {}),
    ):
        hidden, none = (
            program.ask(method, f"{each}/{what}", **({"json": body} if body is not None else {}))
            for each in (place.address, absent)
        )
        assert hidden.status_code == none.status_code == 404
        assert hidden.text.replace(place.pid, "") == none.text.replace(absent.rpartition("/")[2], "")


def test_stop_works_within_a_second_and_only_once(place: Place) -> None:
    program = place.asks(place.owner)
    _begin(program, place.address, laboratory="slow", at_once=2)
    with RunKeeper(place.resources, place.home, lambda _: None):
        _wait(lambda: len(program.get(f"{place.address}/run").json()["run"]["at_work"]) == 2)
        pressed = time.monotonic()
        assert program.ask("POST", f"{place.address}/run/stop").status_code == 200
        _wait(lambda: standing_runs(place.home)[0].ended is not None)
        took = time.monotonic() - pressed
    run = program.get(f"{place.address}/run").json()["run"]
    assert (run["ended"], run["counts"]) == ("stopped", {"abandoned": 2})
    # A second where the machine is free; it may be busy with other tests.
    assert took < 10
    again = program.ask("POST", f"{place.address}/run/stop")
    assert (again.status_code, again.json()["error"]) == (422, "IllegalMove")


def test_the_log_says_the_same_as_of_the_page(place: Place) -> None:
    def lines(pid: str) -> list[tuple[str, str, Any]]:
        record = current(place.owner, place.resources, pid)
        visible = place.resources.visible(place.owner)
        told = place.resources.catalog.events(visible, subject=record.id)
        return [(each.action, each.actor, dict(each.details)) for each in told]

    program = place.asks(place.owner)
    other = new_campaign(place.owner, place.resources, defined(GLUE)).pid
    start_run(place.owner, place.resources, other, "bench", limits=Limits(experiments=3))
    stop_run(place.owner, place.resources, other)
    _begin(program, place.address, experiments=3)
    assert program.ask("POST", f"{place.address}/run/stop").status_code == 200
    of_page, of_rest = ([(a, p, {**d, "pid": ""}) for a, p, d in lines(pid)] for pid in (other, place.pid))
    assert of_rest == of_page
    assert "had campaign run" in [action for action, _, _ in of_rest]
