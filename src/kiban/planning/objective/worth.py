"""What outcomes are worth: numbers of which more is always better."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from kiban.planning.objective.objective import Objective, Way
from kiban.planning.objective.target import Goal, OutcomeLimit, Target

Floats = NDArray[np.float64]


def worth_of_target(target: Target, values: Floats) -> Floats:
    """Turn outcomes, in the target's unit, so that more is better.

    Without limits: the value itself, its negative, or the negative distance to the value to match. With limits the same
    goes from 0 at the bad end to 1 at the good one, and no further (the one-sided and two-sided desirabilities of
    G. Derringer and R. Suich, J. Qual. Technol. 12, 214 (1980), with exponent 1). NaN stays NaN.
    """
    if target.low is None or target.high is None:
        if target.goal is Goal.MATCH:
            assert target.value is not None  # noqa: S101  a Target to match has one
            return np.asarray(-np.abs(values - target.value))
        return values if target.goal is Goal.MAXIMISE else -values
    if target.goal is Goal.MATCH:
        assert target.value is not None  # noqa: S101  a Target to match has one
        below = (values - target.low) / (target.value - target.low)
        above = (target.high - values) / (target.high - target.value)
        return np.clip(np.minimum(below, above), 0.0, 1.0)
    share = np.clip((values - target.low) / (target.high - target.low), 0.0, 1.0)
    return share if target.goal is Goal.MAXIMISE else 1.0 - share


def worths(objective: Objective, outcomes: Mapping[str, Floats]) -> Floats:
    """What outcomes are worth in each direction that counts.

    Parameters
    ----------
    objective : Objective
    outcomes : mapping of str to array, all of one shape
        In the units of the objective; NaN where not known.

    Returns
    -------
    array, shape (n_directions, ...)
        One direction for a single or weighted objective, one for each target of a Pareto objective.
    """
    each = np.stack([worth_of_target(target, outcomes[target.name]) for target in objective.targets])
    if objective.way is Way.WEIGHTED:
        weights = np.asarray(objective.weights) / sum(objective.weights)
        return np.tensordot(weights, each, axes=1)[np.newaxis]
    return each


def within(limits: tuple[OutcomeLimit, ...], outcomes: Mapping[str, Floats]) -> NDArray[np.bool_]:
    """Say where all outcomes keep to their limits; one that is not known does not."""
    shape = next(iter(outcomes.values())).shape
    kept = np.ones(shape, dtype=np.bool_)
    for limit in limits:
        values = outcomes[limit.name]
        kept &= ~np.isnan(values)
        if limit.low is not None:
            kept &= values >= limit.low
        if limit.high is not None:
            kept &= values <= limit.high
    return kept
