"""How far a campaign has come: the best so far, and whether it is time to stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Experiment, Source, State
from kiban.planning.objective.objective import Way
from kiban.planning.objective.pareto import Floats, is_on_front
from kiban.planning.objective.target import Goal, Target
from kiban.planning.objective.worth import within, worths
from kiban.planning.trial import results

_LITTLE_CHANCE = 0.05


class Sign(StrEnum):
    """Why it may be time to stop; pages and terminal have the words, in two languages."""

    ENOUGH = "enough"
    """An experiment is good enough in all targets that have a bound."""
    SPENT = "spent"
    """A limit is used up."""
    NO_GAIN = "no_gain"
    """The last experiments did not improve on the best before."""
    LITTLE_CHANCE = "little_chance"
    """The engine sees little chance to beat the best so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A reason to stop, with the numbers that a sentence about it names."""

    sign: Sign
    numbers: Mapping[str, float] = field(default_factory=dict)
    """By their names: `experiment` (that is good enough), `n` (experiments without gain), `chance` (the highest of the
    last suggestions)."""
    limit: str = ""
    """For `Sign.SPENT`: `experiments`, `cost` or `hours`."""


def worths_of(campaign: Campaign) -> tuple[tuple[Experiment, ...], Floats]:
    """The completed experiments, and what each is worth in each direction.

    Returns
    -------
    tuple of Experiment
    array, shape (n_directions, n_experiments)
        NaN where an outcome is missing, or one is outside of its limits.
    """
    done = campaign.of_state(State.COMPLETED)
    trials = tuple(trial for trial in campaign.trials() if int(trial.rests_on[1:]) in {each.number for each in done})
    found = results(campaign.space, campaign.objective, trials)
    values = worths(campaign.objective, found.outcomes)
    values[:, ~within(campaign.objective.limits, found.outcomes)] = np.nan
    return done, values


def best(campaign: Campaign) -> tuple[int, ...]:
    """The numbers of the best experiments so far, the first of equals; for a Pareto objective, of its front."""
    done, values = worths_of(campaign)
    if not done or np.isnan(values).any(axis=0).all():
        return ()
    if campaign.objective.way is Way.PARETO:
        return tuple(each.number for each, on in zip(done, is_on_front(values.T), strict=True) if on)
    return (done[int(np.nanargmax(values[0]))].number,)


def baseline(campaign: Campaign) -> tuple[int, ...]:
    """The numbers of the best of those experiments that were done before the campaign; empty where there was none."""
    old = tuple(each for each in campaign.experiments if each.source is Source.IMPORTED)
    return best(replace(campaign, experiments=old))


def advice(campaign: Campaign) -> tuple[Advice, ...]:
    """Reasons to stop, as far as there are any. Nobody is stopped by them, but by limits that are spent."""
    found = [
        Advice(sign=Sign.SPENT, limit=name)
        for name, left in campaign.spending.left_of(campaign.limits).items()
        if left <= 0
    ]
    found += _enough(campaign)
    found += _no_gain(campaign)
    return (*found, *_little_chance(campaign))


def _enough(campaign: Campaign) -> list[Advice]:
    bounds = campaign.limits.enough
    if not bounds:
        return []
    done, values = worths_of(campaign)
    for each, worth in zip(done, values.T, strict=True):
        if np.isnan(worth).any():
            continue
        if all(_is_enough(t, each, bounds[t.name]) for t in campaign.objective.targets if t.name in bounds):
            return [Advice(sign=Sign.ENOUGH, numbers={"experiment": float(each.number)})]
    return []


def _is_enough(target: Target, experiment: Experiment, bound: float) -> bool:
    outcome = experiment.outcome(target.name)
    if outcome is None:
        return False
    if target.goal is Goal.MATCH:
        assert target.value is not None  # noqa: S101  a Target to match has one
        return abs(outcome.value.value - target.value) <= bound
    return outcome.value.value >= bound if target.goal is Goal.MAXIMISE else outcome.value.value <= bound


def _no_gain(campaign: Campaign) -> list[Advice]:
    patience = campaign.limits.patience
    done, values = worths_of(campaign)
    if patience is None or len(done) <= patience:
        return []
    # In the order in which they were finished, not suggested; what was imported is what the campaign began with.
    order = sorted(range(len(done)), key=lambda i: (done[i].turns[-1].at if done[i].turns else "", done[i].number))
    n = 0
    for place in range(1, len(order) + 1):
        n = 0 if _gains(campaign, values, order[:place]) else n + 1
    return [Advice(sign=Sign.NO_GAIN, numbers={"n": float(n)})] if n >= patience else []


def _gains(campaign: Campaign, values: Floats, order: list[int]) -> bool:
    """Whether the last of them improves on those before."""
    last, before = values[:, order[-1]], values[:, order[:-1]]
    if np.isnan(last).any():
        return False
    before = before[:, ~np.isnan(before).any(axis=0)]
    if before.shape[1] == 0:
        return True
    if campaign.objective.way is Way.PARETO:
        return not bool((before >= last[:, np.newaxis]).all(axis=0).any())
    return bool(last[0] > before[0].max())


def _little_chance(campaign: Campaign) -> tuple[Advice, ...]:
    chances = [
        each.proposal.reason.numbers["chance"]
        for each in campaign.experiments
        if each.proposal is not None
        and each.proposal.batch == len(campaign.batches)
        and "chance" in each.proposal.reason.numbers
    ]
    if not chances or max(chances) >= _LITTLE_CHANCE:
        return ()
    return (Advice(sign=Sign.LITTLE_CHANCE, numbers={"chance": max(chances)}),)
