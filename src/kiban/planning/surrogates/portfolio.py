"""Several surrogates of one outcome, weighed by how well they expect trials that they were not shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.planning.space.parameter import Floats
from kiban.planning.surrogates.features import Features
from kiban.planning.surrogates.forest import Forest
from kiban.planning.surrogates.gaussian_process import Belief, GaussianProcess


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a portfolio is made from.

    Parameters
    ----------
    features : Features
    points : array, shape (n, n_factors)
        Scaled.
    basis : array, shape (n, n_basis)
    values : array, shape (n,)
        Of which more is better, or which are wanted as they are.
    doubts : array, shape (n,)
        Standard uncertainties of the values; 0 where not known.
    coefficients : array, shape (n_basis,), optional
        What is expected of the coefficients of the basis, for standardised values; all 0 unless given.
    """

    features: Features
    points: Floats
    basis: Floats
    values: Floats
    doubts: Floats
    coefficients: Floats | None = None


class Portfolio:
    """Gaussian processes of the values as they are (`raw`) and of their ranks (`ranks`), and a forest of the ranks.

    Attributes
    ----------
    middle, width : float
        By which values are standardised.
    weights : mapping of str to float
        How much each surrogate counts; the sum is 1.
    """

    def __init__(self, learnt: Learnt, rng: np.random.Generator) -> None:
        self.middle, self.width = float(learnt.values.mean()), float(learnt.values.std())
        noise = (learnt.doubts / self.width) ** 2
        raw = (learnt.values - self.middle) / self.width
        self.targets = {"raw": raw, "ranks": normal_scores(learnt.values)}
        n_basis = learnt.basis.shape[1]
        self._coefficients = np.zeros(n_basis) if learnt.coefficients is None else learnt.coefficients
        # Surrogates learn how the targets differ from what is expected before any trial.
        lead = learnt.basis @ self._coefficients
        self._basis = learnt.basis
        self._left = float(np.sqrt(max(1.0 - float(self._coefficients @ self._coefficients), 0.1)))
        order = np.argsort(learnt.values)
        self._scores = (learnt.values[order], self.targets["ranks"][order])
        self.processes = {
            name: GaussianProcess(
                learnt.features, learnt.points, learnt.basis, (target - lead) / self._left, noise, rng
            )
            for name, target in self.targets.items()
        }
        self._features = learnt.features
        self.forest = Forest(
            self._for_forest(learnt.points, learnt.basis), (self.targets["ranks"] - lead) / self._left, rng
        )
        of_forest = weight_of_first(self.forest.left_out(), self.processes["ranks"].left_out())
        self.weights = {"raw": (1.0 - of_forest) / 2, "ranks": (1.0 - of_forest) / 2, "forest": of_forest}

    def _for_forest(self, points: Floats, basis: Floats) -> Floats:
        """What trees cut through: a column for each level, and those of the mean but the constant one."""
        return np.concatenate([self._features.plain(points), basis[:, 1:]], axis=1)

    def expect(self, points: Floats, basis: Floats) -> dict[str, Belief]:
        """What each surrogate expects at scaled points, in its own standardised target."""
        beliefs = {name: process.expect(points, basis) for name, process in self.processes.items()}
        beliefs["forest"] = self.forest.expect(self._for_forest(points, basis))
        return {name: self._led(belief, basis) for name, belief in beliefs.items()}

    def expect_measured(self, name: str, points: Floats, basis: Floats) -> Belief:
        """What one surrogate expects of another measurement at scaled points, noise and all."""
        if name == "forest":
            return self._led(self.forest.expect(self._for_forest(points, basis)), basis)
        return self._led(self.processes[name].expect_measured(points, basis), basis)

    def blind(self, name: str) -> Belief:
        """What one surrogate expects at each trial, judging by the other trials."""
        return self._led(self.forest.blind() if name == "forest" else self.processes[name].blind(), self._basis)

    def _led(self, belief: Belief, basis: Floats) -> Belief:
        """Surrogates expect the difference to what was expected before any trial; here is both together."""
        return Belief(self._left * belief.means + basis @ self._coefficients, self._left * belief.deviations)

    def in_units(self, beliefs: dict[str, Belief]) -> tuple[Floats, Floats]:
        """The expected values and their standard uncertainties, in the values' unit."""
        raw = beliefs["raw"]
        return self.middle + self.width * raw.mean(), self.width * raw.deviation()

    def level(self, name: str, value: float) -> float:
        """A value, more being better, in the standardised target of one surrogate."""
        if name == "raw":
            return (value - self.middle) / self.width
        return float(np.interp(value, *self._scores))

    def with_believed(self, points: Floats, basis: Floats) -> Portfolio:
        """The portfolio as if trials at some points had come out as expected."""
        more = object.__new__(Portfolio)
        more.middle, more.width, more.weights = self.middle, self.width, self.weights
        more.processes, more.targets, more._scores = {}, self.targets, self._scores
        more.forest, more._features, more._basis = self.forest, self._features, self._basis
        more._coefficients, more._left = self._coefficients, self._left
        for name, process in self.processes.items():
            believed = process.expect(points, basis).mean()
            more.processes[name] = process.with_more(points, basis, believed)
        return more


def weight_of_first(first: Floats, second: Floats) -> float:
    """How much one of two surrogates counts: the chance that it is the better one, judging by the trials.

    The sum of the differences of the logarithms of the left-out densities, over its standard error, as a quantile of
    the normal distribution (in the spirit of Y. Yao et al., Bayesian Anal. 13, 917 (2018), section 3.4).
    """
    from scipy.special import ndtr

    # One trial that a surrogate thought impossible says no more than that it was wrong there.
    ahead = np.clip(first - second, -3.0, 3.0)
    error = np.sqrt(len(ahead)) * max(float(ahead.std(ddof=1)), 0.1)
    return float(ndtr(ahead.sum() / error))


def normal_scores(values: Floats) -> Floats:
    """The ranks of values as quantiles of the normal distribution; equal values share one rank.

    G. Blom, Statistical Estimates and Transformed Beta-Variables (Wiley, 1958), with the constant 1/2.
    """
    from scipy.special import ndtri

    return np.asarray(ndtri((average_ranks(values) + 0.5) / len(values)))


def average_ranks(values: Floats) -> Floats:
    """Ranks from 0; equal values share the mean of theirs."""
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    first: NDArray[np.int64] = np.cumsum(counts) - counts
    return np.asarray((first + (counts - 1) / 2.0)[where], dtype=np.float64)
