"""Suggestions of a campaign: the same again from the same history, and each with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from kiban.errors import InvalidValue
from kiban.planning.campaign.asking import suggest
from kiban.planning.campaign.campaign import Campaign, seed_of
from kiban.planning.campaign.document import campaign_from_json, campaign_to_json
from kiban.planning.campaign.moves import accept, change
from kiban.planning.campaign.telling import Done, bring_in, fail, tell
from kiban.planning.engines.contract import Engine, Prior, Suggestion
from kiban.planning.engines.installed import engine
from kiban.planning.objective.objective import Objective
from kiban.planning.space.parameter import Point
from kiban.planning.space.search_space import SearchSpace
from kiban.planning.trial import Trial

from .examples import SAID, campaign, strength


def _worth(point: Mapping[str, float | str]) -> float:
    return 100.0 - abs(float(point["temperature"]) - 450.0) / 10.0 - 7.0 * len(str(point["solvent"]))


def _rounds(begun: Campaign, n: int, *, is_written: bool) -> Campaign:
    """Rounds of two experiments; where that is asked for, the campaign is written down and read between the moves."""
    for _ in range(n):
        begun = suggest(begun, 2, **SAID)
        for each in begun.experiments[-2:]:
            begun = tell(begun, each.number, [strength(_worth(each.point))], **SAID)
            if is_written:
                begun = campaign_from_json(campaign_to_json(begun))
    return begun


@pytest.mark.parametrize("name", ["embedded", "random", "space_filling"])
def test_the_same_seed_and_history_give_the_same_suggestions(name: str) -> None:
    begun = campaign(engine=name)
    straight = _rounds(begun, 4, is_written=False)
    assert _rounds(begun, 4, is_written=True) == straight
    other = _rounds(replace(begun, seed=12), 4, is_written=False)
    assert [each.point for each in other.experiments] != [each.point for each in straight.experiments]


def test_each_batch_has_a_seed_of_its_own() -> None:
    done = _rounds(campaign(), 3, is_written=False)
    assert [batch.seed for batch in done.batches] == [seed_of(11, number) for number in (1, 2, 3)]
    assert len({batch.seed for batch in done.batches}) == 3
    assert {(batch.engine, batch.engine_version) for batch in done.batches} == {("embedded", 3)}


def test_a_suggestion_says_what_it_expects_why_and_from_what_it_was_learnt() -> None:
    old = [
        Done(
            point={"temperature": 300.0 + 50.0 * i, "solvent": "water"},
            outcomes=(strength(_worth({"temperature": 300.0 + 50.0 * i, "solvent": "water"})),),
            rests_on=f"row {i}",
        )
        for i in range(4)
    ]
    begun = fail(suggest(bring_in(campaign(), old, **SAID), 1, **SAID), 5, **SAID)
    proposal = suggest(begun, 1, **SAID).experiment(6).proposal
    assert proposal is not None
    assert proposal.rests_on == (1, 2, 3, 4, 5)
    assert proposal.trials == ((1, 5),)
    expected = proposal.expected["strength"]
    assert expected.unit == "MPa"
    assert expected.uncertainty is not None
    assert expected.uncertainty.standard > 0
    assert proposal.reason.numbers["best"] == pytest.approx(begun.experiment(4).outcomes[0].value.value)


class _Listening:
    """An engine that remembers what it was asked."""

    name = "listening"
    version = 3
    title = "Listens"

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}

    def suggest(
        self,
        space: SearchSpace,
        objective: Objective,
        trials: tuple[Trial, ...],
        *,
        n: int,
        pending: tuple[Point, ...],
        seed: int,
        priors: tuple[Prior, ...],
    ) -> tuple[Suggestion, ...]:
        self.asked = {"trials": trials, "pending": pending, "n": n}
        return engine("random").suggest(space, objective, trials, n=n, pending=pending, seed=seed, priors=priors)


def test_engines_are_told_all_that_is_meant_refused_or_was_changed() -> None:
    begun = suggest(campaign(engine="random"), 3, **SAID)
    suggested = begun.experiment(2).point
    own = "water" if suggested["solvent"] != "water" else "ethanol"
    begun = change(accept(begun, 1, **SAID), 2, {"solvent": own}, **SAID)
    begun = tell(begun, 2, [strength(5.0)], **SAID)
    listening = _Listening()

    def find(_: str) -> Engine:
        return listening

    asked = suggest(begun, 2, find=find, **SAID)
    assert listening.asked["pending"] == (begun.experiment(1).point, suggested, begun.experiment(3).point)
    assert [trial.rests_on for trial in listening.asked["trials"]] == ["#2"]
    assert (asked.batches[-1].engine, asked.batches[-1].engine_version) == ("listening", 3)


def test_an_engine_is_set_as_the_campaign_says_and_what_it_does_not_have_is_told() -> None:
    grid = campaign(settings={"use_density": False})
    assert suggest(grid, 1, **SAID).batches[0].settings == {"use_density": False}
    with pytest.raises(InvalidValue, match="cannot be set"):
        suggest(campaign(settings={"use_magic": True}), 1, **SAID)
    with pytest.raises(InvalidValue, match="has no settings"):
        suggest(campaign(engine="random", settings={"use_density": False}), 1, **SAID)
    with pytest.raises(InvalidValue, match="There is no engine 'genius'"):
        suggest(campaign(engine="genius"), 1, **SAID)
