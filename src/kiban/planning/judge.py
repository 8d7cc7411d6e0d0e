"""Judging points: what is expected of trials there, and which of them is worth most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kiban.planning.acquisition import chance_above, expected_improvement, shares, upper_bound
from kiban.planning.objective.objective import Objective, Way
from kiban.planning.objective.pareto import default_reference, is_on_front
from kiban.planning.objective.target import Goal
from kiban.planning.objective.worth import within, worths
from kiban.planning.outcome_model import FailureModel, OutcomeModel
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Categorical, Floats, Truths
from kiban.planning.surrogates.gaussian_process import Belief
from kiban.planning.trial import Results

_N_DRAWS = 64
_FLATNESS = 0.05
"""Of the sum of all directions, in the one number that several directions are drawn together to (J. Knowles, IEEE
Trans. Evol. Comput. 10, 50 (2006), eq. 2)."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is expected at some points, in arrays of shape (n_points,).

    Parameters
    ----------
    score : array
        Compares these points with one another; more is better.
    expected, doubts : mapping of str to array
        Outcomes in their units, and standard uncertainties.
    chance : array
        Of beating the best so far.
    feasible : array
        Chance to keep to all limits, and not to fail.
    """

    score: Floats
    expected: Mapping[str, Floats]
    doubts: Mapping[str, Floats]
    chance: Floats
    feasible: Floats


class Judge:
    """Judges points after what trials have taught.

    Parameters
    ----------
    objective : Objective
    results : Results
    models : mapping of str to OutcomeModel
        One for each outcome.
    failures : FailureModel
    rng : Generator
        Draws what cannot be worked out in closed form.
    """

    def __init__(
        self,
        objective: Objective,
        results: Results,
        models: Mapping[str, OutcomeModel],
        failures: FailureModel,
        rng: np.random.Generator,
    ) -> None:
        self.objective, self.models, self.failures = objective, models, failures
        self.counts = counts(objective, results)
        worth = worths(objective, results.outcomes)[:, self.counts]
        self.has_best = bool(self.counts.any())
        self._worth = worth
        self._values = results.outcomes[objective.targets[0].name][self.counts]
        self._weights = rng.dirichlet(np.ones(len(worth)))
        self._draws = {name: rng.standard_normal((_N_DRAWS, 1)) for name in models}
        target = objective.targets[0]
        self._is_plain = objective.way is Way.SINGLE and target.goal is not Goal.MATCH and target.low is None

    @property
    def knows_nothing(self) -> bool:
        """Whether all targets came out the same so far, or none was measured: nothing tells a good point from a bad."""
        return all(self.models[target.name].is_constant for target in self.objective.targets)

    def look(self, points: Coded) -> Outlook:
        """Say what is expected of points, and compare them."""
        beliefs = {name: model.expect(points) for name, model in self.models.items() if not model.is_constant}
        feasible = self._feasible(points, beliefs)
        expected, doubts = {}, {}
        for name, belief in beliefs.items():
            expected[name], doubts[name] = self.models[name].in_units(belief)
        if self._is_plain:
            measures, chance = self._plain(beliefs[self.objective.targets[0].name])
        else:
            measures, chance = self._drawn(expected, doubts, len(points))
        if self.objective.cost is not None:
            # Gain for cost: of the measures, only improvement is a gain that can be divided by a cost.
            score = shares(measures[0] * feasible / costs(self.objective, points))
        elif self.has_best:
            score = np.mean([shares(measure) for measure in measures], axis=0) * feasible
        else:
            score = feasible * (1.0 + 0.1 * shares(measures[-1]))
        return Outlook(score, expected, doubts, chance, feasible)

    def best(self) -> float | None:
        """The best outcome so far, in the target's unit; `None` where there is none, or several directions."""
        if not self.has_best or len(self.objective.targets) > 1:
            return None
        return float(self._values[np.argmax(self._worth[0])])

    def believe(self, points: Coded) -> None:
        """From now on judge as if trials at these points had come out as expected."""
        for model in self.models.values():
            model.believe(points)

    def _feasible(self, points: Coded, beliefs: Mapping[str, dict[str, Belief]]) -> Floats:
        feasible = self.failures.chance(points)
        for limit in self.objective.limits:
            model = self.models[limit.name]
            if model.is_constant:
                feasible = feasible * model.constant_within(limit.low, limit.high, len(points))
            else:
                feasible = feasible * model.chance_within(beliefs[limit.name], limit.low, limit.high)
        return feasible

    def _plain(self, beliefs: dict[str, Belief]) -> tuple[list[Floats], Floats]:
        """One outcome to be large or small: measures of every surrogate, in closed form."""
        model = self.models[self.objective.targets[0].name]
        portfolio = model.portfolio
        assert portfolio is not None  # noqa: S101  `knows_nothing` was asked
        gains, bounds = np.zeros(0), np.zeros(0)
        best = self._worth.max() if self.has_best else portfolio.middle
        for name, belief in beliefs.items():
            weight = portfolio.weights[name]
            level = portfolio.level(name, best)
            gain, bound = (
                weight * shares(expected_improvement(belief, level)),
                weight * shares(upper_bound(belief, 1.0)),
            )
            gains, bounds = (gain, bound) if len(gains) == 0 else (gains + gain, bounds + bound)
        return [gains, bounds], chance_above(beliefs["raw"], portfolio.level("raw", best))

    def _drawn(
        self, expected: Mapping[str, Floats], doubts: Mapping[str, Floats], n: int
    ) -> tuple[list[Floats], Floats]:
        """Any other objective: outcomes are drawn from what is expected and their worth is worked out."""
        outcomes = {}
        for target in self.objective.targets:
            name = target.name
            if name in expected:
                outcomes[name] = expected[name] + doubts[name] * self._draws[name]
            else:
                outcomes[name] = np.full((_N_DRAWS, n), self.models[name].only)
        drawn = worths(self.objective, outcomes)
        if len(drawn) == 1:
            value, known = drawn[0], self._worth[0]
        else:
            value, known = self._together(drawn), self._together(self._worth)
        best = float(known.max()) if self.has_best else float(np.median(value))
        gain = np.maximum(value - best, 0.0).mean(axis=0)
        bound = value.mean(axis=0) + value.std(axis=0)
        return [gain, bound], (value > best).mean(axis=0)

    def _together(self, worth: Floats) -> Floats:
        """Several directions in one, with weights drawn anew for each suggestion, so that the whole front is sought."""
        known = self._worth.T
        low = default_reference(known)
        high = known[is_on_front(known)].max(axis=0) if len(known) else np.ones(len(low))
        shape = (-1, *(1,) * (worth.ndim - 1))
        scaled = (worth - low.reshape(shape)) / np.maximum(high - low, 1e-9).reshape(shape)
        weighed = scaled / np.maximum(self._weights, 1e-3).reshape(shape)
        return np.asarray(weighed.min(axis=0) + _FLATNESS * weighed.sum(axis=0))

    def turn(self, rng: np.random.Generator) -> None:
        """Draw new weights of the directions, for the next of several suggestions."""
        self._weights = rng.dirichlet(np.ones(len(self._weights)))


def counts(objective: Objective, results: Results) -> Truths:
    """Say for each trial whether all targets were measured and all limits kept."""
    kept = within(objective.limits, results.outcomes)
    for target in objective.targets:
        kept &= ~np.isnan(results.outcomes[target.name])
    return kept


def costs(objective: Objective, points: Coded) -> Floats:
    """What trials at some points cost. Raises InvalidValue if the cost speaks of a parameter that is not there."""
    cost = objective.cost
    assert cost is not None  # noqa: S101  the caller asked
    total = np.full(len(points), cost.fixed)
    for name, rate in cost.per_unit.items():
        total = total + rate * np.abs(points.numbers(name))
    for name, prices in cost.per_level.items():
        parameter = points.parameters[points.place(name)]
        assert isinstance(parameter, Categorical)  # noqa: S101  `check` of the engine asked
        total = (
            total + np.array([prices.get(level, 0.0) for level in parameter.levels])[points.numbers(name).astype(int)]
        )
    return total
