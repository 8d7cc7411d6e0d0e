"""A program has a campaign run in a laboratory, by a platform that is up, or one that will be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiban import errors
from kiban.cli.run_keeper import RunKeeper
from kiban.client import Client
from kiban.local import client_of
from kiban.operations.resources import Resources

GLUE: dict[str, Any] = {
    "name": "Strong glue",
    "engine": "random",
    "space": {"parameters": [{"kind": "integer", "name": "time", "low": 1, "high": 50, "unit": "h"}]},
    "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
}
BENCH = """driver = "virtual"
title = "Teaching bench"
folder = "bench"
formulas = {hardness = "3 - time / 50"}
answers = "values"
"""


@pytest.fixture(name="equipped")
def _equipped(resources: Resources, tmp_path: Path) -> Resources:
    folder = tmp_path / "laboratories"
    folder.mkdir()
    (folder / "bench.toml").write_text(BENCH)
    (folder / "slow.toml").write_text(BENCH.replace("Teaching", "Slow") + "delay_s = [3600, 3600]\n")
    return replace(resources, home=tmp_path)


@pytest.fixture(name="near")
def _near(equipped: Resources) -> Iterator[Client]:
    with client_of(equipped) as client:
        yield client


def test_a_run_comes_to_its_end_within_the_bounds(near: Client, equipped: Resources) -> None:
    campaign = near.new_campaign(GLUE)
    assert [(each["name"], each["title"]) for each in campaign.laboratories()] == [
        ("bench", "Teaching bench"),
        ("slow", "Slow bench"),
    ]
    assert campaign.run_state() is None
    assert campaign.wait_for_run(0) is None
    begun = campaign.run("bench", experiments=4, bounds={"time": (5, None)})
    # No server runs at this home: that is said with the way out, and the program is not left waiting for ever.
    assert "kiban up" in begun.waits
    waiting = campaign.wait_for_run(0.1)
    assert waiting is not None
    assert waiting.ended is None
    assert equipped.home is not None
    with RunKeeper(equipped, equipped.home, lambda _: None):
        ended = campaign.wait_for_run(60)
    assert ended is not None
    assert (ended.ended, ended.words, ended.counts, ended.at_work) == ("spent", "experiments", {"completed": 4}, ())
    assert [each["state"] for each in campaign.experiments] == ["completed"] * 4
    assert all(each["point"]["time"] >= 5 for each in campaign.experiments)


def test_stop_is_not_refused_because_the_run_moved_it(near: Client, equipped: Resources) -> None:
    campaign = near.new_campaign(GLUE)
    campaign.run("slow", experiments=9, at_once=2)
    with pytest.raises(errors.IllegalMove, match="is run already"):
        campaign.run("bench", experiments=9)
    assert equipped.home is not None
    with RunKeeper(equipped, equipped.home, lambda _: None):
        # The document here stays as it was, while the run moves the campaign.
        version = campaign.document["version"]
        while len(campaign.run_state().at_work) < 2:  # type: ignore[union-attr]
            assert campaign.document["version"] == version
        campaign.stop("smoke")
        ended = campaign.wait_for_run(60)
    assert ended is not None
    assert (ended.ended, ended.counts) == ("stopped", {"abandoned": 2})
    assert campaign.document["stage"] == "paused"


def test_what_is_wrong_comes_as_our_errors(near: Client) -> None:
    campaign = near.new_campaign(GLUE)
    with pytest.raises(errors.NoSuchLaboratory, match="no laboratory 'cellar'"):
        campaign.run("cellar", experiments=3)
    with pytest.raises(errors.InvalidValue, match="would never end"):
        campaign.run("bench")
    with pytest.raises(errors.NothingAllowed):
        campaign.run("bench", experiments=3, bounds={"time": (60, None)})
    with pytest.raises(errors.WrongUsage):
        campaign.run("bench", experiments=3, budget=3)
    near.campaign(campaign.id).suggest()
    with pytest.raises(errors.Conflict):
        campaign.run("bench", experiments=3)
    assert campaign.run_state() is None
