"""One outcome as a surrogate expects it, in its unit, and how well the surrogate expects trials it was not shown.

Gaussian processes of ranks and forests expect a normal score, which is no value of the laboratory. What they say is
turned back as quantiles: a quantile of the score is the same quantile of the value, however bent the way between them,
so that an interval stays one, with ends that lie at different distances.

Intervals are of what another experiment would give, with the scatter of a single one: they can be held against the
experiments that were done, and are wider than the uncertainty of a suggestion, which is of the expected value itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from kiban.planning.outcome_model import OutcomeModel
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Floats
from kiban.planning.surrogates.gaussian_process import Belief

_DEVIATIONS = np.array([-1.959964, -1.0, 0.0, 1.0, 1.959964])
"""Places of five quantiles of the normal distribution: the middle, 68.3 % and 95 % around it."""
_CHANCES = np.array([0.025, 0.158655, 0.5, 0.841345, 0.975])


class Surrogate(StrEnum):
    """Which model of the portfolio speaks."""

    RAW = "raw"
    """The Gaussian process of the values as they are; suggestions say what it expects."""
    RANKS = "ranks"
    """The Gaussian process of the ranks of the values."""
    FOREST = "forest"
    """The forest of the ranks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How a surrogate expects each trial from the others.

    Parameters
    ----------
    n_trials : int
    error : float
        Mean of how far the middle of what was expected is from what came out, in the outcome's unit.
    error_of_mean : float
        The same for the mean of the other trials, which knows nothing of where a trial lies.
    within_68, within_95 : float
        The part of the trials that came out within the interval that should hold 68 % and 95 % of them.
    skill : float
        By which part the loss (below) is smaller than that of mean and standard deviation of the other trials: 1 is
        perfect, 0 knows nothing, less than 0 misleads.

    Notes
    -----
    The loss is that of quantiles, averaged over those at 2.5, 16, 50, 84 and 97.5 %: R. Koenker and G. Bassett,
    Econometrica 46, 33 (1978); it is small where the middle is right and the interval no wider than needed.
    """

    n_trials: int
    error: float
    error_of_mean: float
    within_68: float
    within_95: float
    skill: float


@dataclass(frozen=True, slots=True)
class Expected:
    """What another experiment is expected to give: arrays of shape (n_points,), in the outcome's unit.

    `low` and `high` hold 68 % of what may come out, `lowest` and `highest` 95 %; `deviation` is half of the former.
    """

    lowest: Floats
    low: Floats
    middle: Floats
    high: Floats
    highest: Floats

    @property
    def deviation(self) -> Floats:
        """Standard uncertainty."""
        return np.asarray((self.high - self.low) / 2.0)


class Expectation:
    """An outcome as one surrogate of its portfolio expects it.

    Parameters
    ----------
    model : OutcomeModel
        Not of a constant outcome.
    values : array, shape (n_trials,)
        That it learnt from, in the outcome's unit.
    wanted : Surrogate, optional
        The one that did best on trials it was not shown, unless given.
    """

    def __init__(self, model: OutcomeModel, values: Floats, wanted: Surrogate | None = None) -> None:
        portfolio = model.portfolio
        assert portfolio is not None  # noqa: S101  the caller asked `is_constant`
        self._model, self._portfolio = model, portfolio
        self._turned = model.sign * values
        self.qualities: Mapping[Surrogate, Quality] = {each: self._judged(each) for each in Surrogate}
        best = max(Surrogate, key=lambda each: self.qualities[each].skill)
        self.surrogate = wanted if wanted is not None else best

    @property
    def quality(self) -> Quality:
        """How the surrogate that speaks did."""
        return self.qualities[self.surrogate]

    def at(self, points: Coded) -> Expected:
        """What is expected at some points."""
        scaled, basis = self._model.seen(points)
        belief = self._portfolio.expect_measured(self.surrogate.value, scaled, basis)
        return _in_order(self._model.sign * self._back(self.surrogate, _quantiles(belief), *self._known()))

    def _known(self) -> tuple[Floats, Floats]:
        return self._turned, self._portfolio.targets["ranks"]

    def _back(self, surrogate: Surrogate, quantiles: Floats, values: Floats, scores: Floats) -> Floats:
        """Quantiles of a standardised target as quantiles of the value, more of which is better."""
        if surrogate is Surrogate.RAW:
            return self._portfolio.middle + self._portfolio.width * quantiles
        return back_from_scores(quantiles, values, scores)

    def _judged(self, surrogate: Surrogate) -> Quality:
        found, values = self._turned, np.arange(len(self._turned))
        blind = _quantiles(self._portfolio.blind(surrogate.value))
        expected, ignorant = np.empty_like(blind), np.empty_like(blind)
        scores = self._portfolio.targets["ranks"]
        for i in values:
            others = values != i
            expected[:, i] = self._back(surrogate, blind[:, i], found[others], scores[others])
            ignorant[:, i] = found[others].mean() + _DEVIATIONS * found[others].std()
        loss, loss_of_mean = _loss(found, expected), _loss(found, ignorant)
        lowest, low, middle, high, highest = expected
        return Quality(
            n_trials=len(found),
            error=float(np.abs(found - middle).mean()),
            error_of_mean=float(np.abs(found - ignorant[2]).mean()),
            within_68=float(((found >= low) & (found <= high)).mean()),
            within_95=float(((found >= lowest) & (found <= highest)).mean()),
            skill=1.0 - loss / loss_of_mean if loss_of_mean > 0 else 0.0,
        )


def back_from_scores(quantiles: Floats, values: Floats, scores: Floats) -> Floats:
    """Normal scores as values: between known ones along straight lines, beyond them as the last tenth goes on.

    Nothing was seen beyond the best value so far, but better ones are what is looked for: an interval that ended there
    would say that there are none.
    """
    knots, first = np.unique(scores, return_index=True)
    known = values[first]
    k = min(max(2, len(knots) // 10), len(knots) - 1)
    below, above = ((known[i + k] - known[i]) / (knots[i + k] - knots[i]) for i in (0, len(knots) - 1 - k))
    short, beyond = np.minimum(quantiles - knots[0], 0.0), np.maximum(quantiles - knots[-1], 0.0)
    return np.asarray(np.interp(quantiles, knots, known) + below * short + above * beyond)


def _quantiles(belief: Belief) -> Floats:
    return np.asarray(belief.mean() + _DEVIATIONS[:, np.newaxis] * belief.deviation())


def _loss(found: Floats, expected: Floats) -> float:
    short = found - expected
    return float(np.maximum(_CHANCES[:, np.newaxis] * short, (_CHANCES[:, np.newaxis] - 1.0) * short).mean())


def _in_order(quantiles: Floats) -> Expected:
    """Where less is better the quantiles of the negative come in the other order."""
    return Expected(*np.sort(quantiles, axis=0))
