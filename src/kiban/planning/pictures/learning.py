"""Learning one outcome of a campaign as the embedded engine does, within bounds that a page can wait for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.errors import InvalidValue
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Experiment
from kiban.planning.engines.contract import Prior
from kiban.planning.objective.target import Goal
from kiban.planning.outcome_model import OutcomeModel
from kiban.planning.pictures.expectation import Expectation, Surrogate
from kiban.planning.pool import pool
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Floats
from kiban.planning.surrogates.features import Features
from kiban.planning.trial import results
from kiban.planning.view import View

LEAST_TRIALS = 4
"""Of fewer a surrogate says no more than what it was born with."""
MOST_TRIALS = 100
"""Learning takes a tenth of a second of 60 trials, one of 100, and seven of 200."""


@dataclass(frozen=True, slots=True, eq=False)
class LearntOutcome:
    """An outcome, learnt.

    Parameters
    ----------
    experiments : tuple of Experiment
        All in which it was measured.
    rows : array, shape (n_experiments, n_parameters)
    values : array, shape (n_experiments,)
        In the unit.
    used : tuple of int
        The numbers of the experiments that it was learnt from.
    expectation : Expectation, optional
        `None` where there are too few of them, or all came out the same.
    """

    name: str
    unit: str
    experiments: tuple[Experiment, ...]
    rows: Floats
    values: Floats
    used: tuple[int, ...]
    features: Features
    expectation: Expectation | None


def learn(
    campaign: Campaign,
    outcome: str,
    near: Floats,
    *,
    surrogate: Surrogate | None = None,
    seen: Campaign | None = None,
    priors: tuple[Prior, ...] = (),
) -> LearntOutcome:
    """Learn an outcome of a campaign.

    Parameters
    ----------
    outcome : str
        A target, or what has limits.
    near : array, shape (1, n_parameters)
        Of more than `MOST_TRIALS` experiments those nearest to this point are learnt from.
    surrogate : Surrogate, optional
        Which is to speak; the one that did best unless given.
    seen : Campaign, optional
        The campaign cut down to what may be learnt from; the whole one unless given.
    priors : tuple of Prior
        As suggestions rest on them.

    Raises
    ------
    InvalidValue
        If the campaign asks for no such outcome.
    NothingAllowed
        If no point keeps to the constraints.
    """
    objective = campaign.objective
    if outcome not in objective.outcomes:
        raise InvalidValue(
            f"The campaign asks for no outcome '{outcome}'.",
            mend=f"Its outcomes are: {', '.join(objective.outcomes)}.",
        )
    experiments, rows, values, doubts = _measured(campaign, outcome)
    rng = np.random.default_rng([campaign.seed, len(experiments)])
    # Nothing is suggested here, so that nothing has to be kept from being suggested again.
    points = pool(campaign.safe_space, np.empty((0, len(campaign.space.parameters))), rng)
    settings = campaign.settings if campaign.engine == "embedded" else {}
    view = View(
        points.points,
        is_list=points.is_list,
        outcome=outcome,
        priors=priors,
        use_density=bool(settings.get("use_density", True)),
        rng=rng,
    )
    teaching = {each.number for each in (campaign if seen is None else seen).experiments}
    taught = np.array([each.number in teaching for each in experiments], dtype=np.bool_)
    chosen = _nearest(view.features, rows, near, np.flatnonzero(taught))
    goal = next((target.goal for target in objective.targets if target.name == outcome), None)
    model = OutcomeModel(
        view,
        Coded(campaign.space.parameters, rows[chosen]),
        values[chosen],
        doubts[chosen],
        turned=goal is Goal.MINIMISE,
        rng=rng,
    )
    expects = len(chosen) >= LEAST_TRIALS and not model.is_constant
    return LearntOutcome(
        name=outcome,
        unit=objective.outcomes[outcome],
        experiments=experiments,
        rows=rows,
        values=values,
        used=tuple(experiments[i].number for i in chosen),
        features=view.features,
        expectation=Expectation(model, values[chosen], surrogate) if expects else None,
    )


def _measured(campaign: Campaign, outcome: str) -> tuple[tuple[Experiment, ...], Floats, Floats, Floats]:
    """The experiments in which it was measured, with points, values and standard uncertainties."""
    trials = campaign.trials()
    found = results(campaign.space, campaign.objective, trials)
    known = ~np.isnan(found.outcomes[outcome])
    numbers = [int(trial.rests_on[1:]) for trial, is_known in zip(trials, known, strict=True) if is_known]
    by_number = {each.number: each for each in campaign.experiments}
    return (
        tuple(by_number[number] for number in numbers),
        found.points.rows[known],
        found.outcomes[outcome][known],
        found.uncertainties[outcome][known],
    )


def _nearest(features: Features, rows: Floats, near: Floats, among: NDArray[np.intp]) -> list[int]:
    if len(among) <= MOST_TRIALS:
        return [int(i) for i in among]
    apart = features.squared(features.scale(near), features.scale(rows[among])).sum(axis=0)[0]
    return sorted(int(i) for i in among[np.argsort(apart, kind="stable")[:MOST_TRIALS]])
