"""The campaign of the demonstration: told once, gone on with after a crash, and better than what people had tried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiban.compute.fence import Fence
from kiban.demo import campaign_story
from kiban.demo.campaign_story import N_ROUNDS, TITLE, past_table, tell_campaign
from kiban.operations.find import find
from kiban.operations.projects import FIRST_PROJECT
from kiban.operations.resources import Resources
from kiban.operations.show_campaign import list_campaigns, show_campaign
from kiban.planning.campaign.experiment import State
from kiban.records.parties.right import Role
from kiban.records.party import Asker
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform


@pytest.fixture(name="asker")
def _asker() -> Asker:
    return Asker(party="operator", roles={FIRST_PROJECT: Role.OWNER})


@pytest.fixture(name="resources")
def _resources(tmp_path: Path) -> Iterator[Resources]:
    fence = Fence(n_workers=1)
    yield memory_platform(ObjectFolder(tmp_path / "objects"), fence)
    fence.close()


def _told(asker: Asker, resources: Resources, folder: Path) -> list[str]:
    said: list[str] = []
    tell_campaign(asker, resources, folder, told=said.append)
    return said


def _beats(one: dict[str, float], other: dict[str, float]) -> bool:
    return one["hardness"] >= other["hardness"] and one["friction_coefficient"] <= other["friction_coefficient"]


def test_it_is_told_once_and_finds_something_better(asker: Asker, resources: Resources, tmp_path: Path) -> None:
    assert len(_told(asker, resources, tmp_path)) == 1 + N_ROUNDS
    [listed] = list_campaigns(asker, resources).campaigns
    assert listed.title == TITLE
    campaign = show_campaign(asker, resources, listed.id).campaign
    states = [experiment.state for experiment in campaign.experiments]
    assert states.count(State.COMPLETED) == 14 + N_ROUNDS
    assert states.count(State.SUGGESTED) == 3
    values = {
        each.number: {outcome.name: outcome.value.value for outcome in each.outcomes}
        for each in campaign.experiments
        if each.state is State.COMPLETED
    }
    before = [value for number, value in values.items() if number <= 14]
    assert any(not any(_beats(old, new) for old in before) for number, new in values.items() if number > 14)
    # Each result is a file that came back, and a sample that can be found.
    assert find(asker, resources, "kind = sample AND hardness > 0 GPa").total == 14 + N_ROUNDS
    assert _told(asker, resources, tmp_path) == []
    assert len(show_campaign(asker, resources, listed.id).campaign.experiments) == 14 + N_ROUNDS + 3


def test_it_goes_on_where_it_was_broken_off(
    asker: Asker, resources: Resources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(campaign_story, "N_ROUNDS", 2)
        _told(asker, resources, tmp_path)
    _told(asker, resources, tmp_path)
    [listed] = list_campaigns(asker, resources).campaigns
    states = [e.state for e in show_campaign(asker, resources, listed.id).campaign.experiments]
    assert states.count(State.COMPLETED) >= 14 + 2


def test_the_table_of_before_is_the_same_each_time() -> None:
    assert past_table() == past_table()
    assert past_table().count(b"\n") == 15
