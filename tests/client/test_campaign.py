"""A program runs a campaign on a platform."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kiban import errors
from kiban.client import Client

GLUE = {
    "name": "Strong glue",
    "space": {"parameters": [{"kind": "discrete", "name": "time", "values": [1, 2, 3, 4, 5, 6], "unit": "h"}]},
    "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
    "seed": 4,
}


def test_a_loop_finds_the_best_and_stops_when_nothing_is_left(client: Client) -> None:
    past = [{"point": {"time": 1}, "outcomes": {"hardness": 1.0}, "rests_on": "book 3"}]
    campaign = client.new_campaign(GLUE, past=past, tier="closed")
    assert campaign.document["tier"] == "closed"
    for _ in range(5):
        (one,) = campaign.suggest()
        campaign.tell(one["number"], {"hardness": 5.0 - abs(one["point"]["time"] - 4)})
    with pytest.raises(errors.IllegalMove, match="Nothing is left"):
        campaign.suggest()
    (best,) = campaign.best
    assert campaign.experiments[best - 1]["point"] == {"time": 4.0}
    assert client.campaign(campaign.id).best == campaign.best
    assert campaign.id in [each["id"] for each in client.campaigns()]


@pytest.mark.parametrize("value", [np.float32(2.5), np.float64(2.5), np.array(2.5), np.int64(2)])
def test_numbers_of_arrays_are_numbers(client: Client, value: Any) -> None:
    campaign = client.new_campaign(GLUE)
    campaign.suggest()
    campaign.tell(1, {"hardness": value})
    assert campaign.experiments[0]["outcomes"][0]["value"]["value"] == float(value)


@pytest.mark.parametrize("value", [float("nan"), np.float32("inf"), np.array([1.0, float("nan")]), object()])
def test_what_is_no_number_is_refused_before_it_is_sent(client: Client, value: Any) -> None:
    campaign = client.new_campaign(GLUE)
    campaign.suggest()
    with pytest.raises(errors.InvalidValue, match="hardness is"):
        campaign.tell(1, {"hardness": value})
    assert campaign.read().experiments[0]["state"] == "suggested"


def test_every_move_is_made_there(client: Client) -> None:
    campaign = client.new_campaign({**GLUE, "engine": "random", "limits": {"experiments": 9}})
    assert len(campaign.suggest(4)) == 4
    campaign.accept(1, 2)
    campaign.refuse(3, note="too slow")
    campaign.start(1)
    campaign.fail(1, note="cracked", hours=2.0)
    campaign.abandon(2)
    other = next(
        value for value in (1, 2, 3, 4, 5, 6) if value not in {e["point"]["time"] for e in campaign.experiments}
    )
    campaign.change(4, {"time": other})
    (again,) = campaign.repeat(4)
    assert (again["number"], again["replicate_of"]) == (5, 4)
    assert campaign.add({"time": 7.5}, beyond=True)["source"] == "added"
    campaign.import_past([{"point": {"time": 9}, "failed": True, "rests_on": "book 1"}])
    assert [each["state"] for each in campaign.experiments] == [
        *("failed", "abandoned", "refused", "pending", "pending", "pending", "failed")
    ]
    assert [each["number"] for each in campaign.of_state("pending")] == [4, 5, 6]
    campaign.stop("smoke")
    with pytest.raises(errors.IllegalMove, match="stopped already"):
        campaign.stop()
    campaign.resume()
    campaign.pause("summer")
    with pytest.raises(errors.IllegalMove, match="paused"):
        campaign.suggest()
    campaign.resume()
    campaign.end()
    assert campaign.document["stage"] == "ended"
    assert campaign.advice == ()


def test_of_two_programs_the_second_reads_again(client: Client) -> None:
    mine = client.new_campaign(GLUE)
    theirs = client.campaign(mine.id)
    mine.suggest()
    with pytest.raises(errors.Conflict):
        theirs.suggest()
    theirs.read()
    theirs.tell(1, {"hardness": 2})
    with pytest.raises(errors.Conflict):
        mine.tell(1, {"hardness": 3})
    assert mine.read().experiments[0]["outcomes"][0]["value"]["value"] == 2.0
    with pytest.raises(errors.InvalidValue, match="no outcome 'colour'"):
        mine.tell(1, {"colour": 3})
    with pytest.raises(errors.RecordNotFound):
        client.campaign("kb:7Q4M-2KXD-98")


def test_what_pictures_show_comes_as_numbers(client: Client) -> None:
    past = [
        {"point": {"time": i}, "outcomes": {"gloss": 5.0 - (i - 4) ** 2}, "rests_on": f"book {i}"}
        for i in (1, 2, 3, 5, 6)
    ]
    campaign = client.new_campaign({**GLUE, "objective": {"targets": [{"name": "gloss"}]}}, past=past)
    found = campaign.slices(settings={"time": "4 h"}, outcome="gloss")
    assert found["point"] == {"time": 4.0}
    (along,) = found["slices"]
    assert along["settings"] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert campaign.slices(experiment=2)["experiment"] == 2
    with pytest.raises(errors.InvalidValue, match="no Pareto front"):
        campaign.front()


def test_the_files_of_nimo_go_there_and_back(client: Client) -> None:
    found = client.candidate_file("x,y\n1,\n2,0.5\n3,\n", name="Three")
    campaign = client.new_campaign(found["definition"], past=found["past"])
    campaign.suggest()
    files = campaign.nimo_files()
    action = files["proposals"].splitlines()[1].split(",")[0]
    lines = files["candidates"].splitlines()
    lines[int(action) + 1] += "7"
    campaign.read_nimo("\n".join(lines))
    assert campaign.experiments[campaign.best[0] - 1]["outcomes"][0]["value"]["value"] == 7.0
    with pytest.raises(errors.InvalidValue, match="row 2, column y: 'much' is no number"):
        campaign.read_nimo("x,y\n1,much\n")


def test_a_campaign_says_which_earlier_studies_counted(client: Client) -> None:
    glue = {**GLUE, "objective": {"targets": [{"name": "peel_strength", "unit": "N/m"}]}}

    def past(scale: float) -> list[dict[str, object]]:
        return [
            {
                "point": {"time": time},
                "outcomes": {"peel_strength": scale * (5.0 - abs(time - 4))},
                "rests_on": f"row {time}",
            }
            for time in (1, 2, 3, 4, 5, 6)
        ]

    older = client.new_campaign({**glue, "name": "Glue of 2019"}, past=past(1.0))
    client.new_campaign({**glue, "name": "Glue of 2020"}, past=past(3.0))
    campaign = client.new_campaign(glue)
    assert campaign.document["archive"] == ["auto"]
    (first,) = campaign.suggest()
    assert first["point"] == {"time": 4.0}
    assert {each["name"] for each in campaign.studies} == {"Glue of 2019", "Glue of 2020"}
    assert all(0.0 < each["counts"]["peel_strength"] < 1.0 for each in campaign.studies)
    campaign.rest_on(older.id)
    assert campaign.document["archive"] == [older.id]
    campaign.suggest()
    assert [each["record"] for each in campaign.studies] == [older.id]
    campaign.rest_on()
    campaign.suggest()
    assert campaign.studies == ()
    with pytest.raises(errors.RecordNotFound):
        campaign.rest_on("kb:7Q4M-2KXD-98")


def test_a_file_is_told(client: Client, tmp_path: Path) -> None:
    campaign = client.new_campaign({**GLUE, "engine": "random", "limits": {"ahead": 1}})
    campaign.suggest()
    path = tmp_path / "run.csv"
    path.write_text("hardness [MPa]\n2500\n")
    campaign.tell(1, file=path, note="by file")
    (outcome,) = campaign.experiments[0]["outcomes"]
    assert outcome["value"]["value"] == 2.5
    assert outcome["evidence"].startswith("kb:")
    # It goes on by itself.
    assert [each["state"] for each in campaign.experiments] == ["completed", "suggested"]
