"""What the campaign's own trials say of an expectation: how closely the outcome follows it, as a distribution.

An outcome is taken to be y = m + s (ρ z + √(1 - ρ²) e): z is what is expected, in standard deviations over the space; ρ
the correlation in question; e a deviation of which trials near to each other share a part, so that many of them in one
corner do not count for many. Nothing is known of m and s beforehand; both are integrated over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiban.planning.space.parameter import Floats

RHO = np.linspace(-0.95, 0.95, 77)
_SCALES = np.linspace(-2.5, 3.5, 61)
"""Logarithms of s over the standard deviation of the trials."""
_SMOOTH = 0.3
"""How much of a deviation trials at the same place share."""


@dataclass(frozen=True, slots=True, eq=False)
class Doubt:
    """A distribution of the correlation over `RHO`.

    Parameters
    ----------
    density : array
        Sums to 1.
    """

    density: Floats

    def mean(self) -> float:
        """The expected correlation."""
        return float(self.density @ RHO)

    def given(self, log_likelihood: Floats) -> Doubt:
        """What it becomes when trials are known. Bayes."""
        weighed = self.density * np.exp(log_likelihood - log_likelihood.max())
        return Doubt(weighed / weighed.sum())

    def log_evidence(self, log_likelihood: Floats) -> float:
        """Logarithm of the chance of the trials, up to a constant that is the same for all expectations."""
        top = float(log_likelihood.max())
        return float(np.log(self.density @ np.exp(log_likelihood - top))) + top


def before(correlation: float, doubt: float, *, unrelated: float, reversed_: float) -> Doubt:
    """What is believed before any trial.

    Parameters
    ----------
    correlation, doubt : float
        Mean and standard deviation if the campaign is like the studies.
    unrelated, reversed_ : float
        Chances that it has nothing to do with them, and that it follows them with the other sign.
    """
    like, against = _bell(correlation, doubt), _bell(-correlation, doubt)
    nothing = _bell(0.0, 0.1)
    return Doubt((1.0 - unrelated - reversed_) * like + unrelated * nothing + reversed_ * against)


def log_likelihood(expected: Floats, outcomes: Floats, alike: Floats) -> Floats:
    """Logarithms of the likelihood of trials for each correlation of `RHO`, up to a constant.

    Parameters
    ----------
    expected : array, shape (n,)
        In standard deviations over the space.
    outcomes : array, shape (n,)
    alike : array, shape (n, n)
        How alike the trials' points are, from 0 to 1.
    """
    n = len(outcomes)
    if n < 2 or np.ptp(outcomes) == 0.0:
        return np.zeros(len(RHO))
    covariance = _SMOOTH * alike + (1.0 - _SMOOTH) * np.eye(n) + 1e-9 * np.eye(n)
    columns = np.stack([np.ones(n), expected, outcomes / outcomes.std()], axis=1)
    one, z, y = np.linalg.solve(np.linalg.cholesky(covariance), columns).T
    z, y = z - one * (one @ z) / (one @ one), y - one * (one @ y) / (one @ one)
    scale, left = np.exp(_SCALES)[:, np.newaxis], 1.0 - RHO**2
    misfit = y @ y - 2.0 * scale * RHO * (z @ y) + (scale * RHO) ** 2 * (z @ z)
    logs = -(n - 1) * np.log(scale * np.sqrt(left)) - misfit / (2.0 * scale**2 * left)
    top = logs.max(axis=0)
    return np.asarray(np.log(np.exp(logs - top).sum(axis=0)) + top)


def _bell(middle: float, width: float) -> Floats:
    bell = np.exp(-0.5 * ((RHO - middle) / width) ** 2)
    return np.asarray(bell / bell.sum())
