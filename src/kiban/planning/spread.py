"""Points that tell most about all others, before anything is known of the outcomes."""

from __future__ import annotations

import numpy as np

from kiban.planning.pool import Places
from kiban.planning.space.parameter import Floats
from kiban.planning.surrogates.features import Features
from kiban.planning.surrogates.gaussian_process import matern

_LENGTH = 0.5
"""Length scale, in units of the root of the number of factors."""
_NOISE = 1e-4
_MOST = 400


def most_telling(features: Features, scaled: Floats, free: Places, used: Floats, rng: np.random.Generator) -> int:
    """Choose the free point whose trial would leave the least doubt about all points together.

    The mean variance of a Gaussian process of fixed length scales over the pool is made as small as one trial can (the
    criterion "ALC" of D. A. Cohn, Neural Netw. 9, 1071 (1996)); where candidates lie dense, more depends on a trial.

    Parameters
    ----------
    features : Features
    scaled : array, shape (n_points, n_factors)
        The pool. From a long one, some hundreds are drawn to choose from and to judge by.
    free : array of int
        Places in the pool that can be chosen, one or more.
    used : array, shape (n_used, n_factors)
        What was tried or is pending.
    rng : Generator

    Returns
    -------
    int
        A place in the pool.
    """
    if features.n_factors == 0:
        return int(rng.choice(free))
    weights = np.full((1, features.n_factors), 1.0 / (_LENGTH**2 * features.n_factors))

    def kernel(one: Floats, other: Floats) -> Floats:
        return np.asarray(matern(features.squared(one, other), weights)[0])

    judges = scaled if len(scaled) <= _MOST else scaled[rng.choice(len(scaled), _MOST, replace=False)]
    chosen = free if len(free) <= _MOST else rng.choice(free, _MOST, replace=False)
    choices = scaled[chosen]
    covariance, variance = kernel(choices, judges), np.ones(len(choices))
    if len(used):
        inside = np.linalg.solve(kernel(used, used) + _NOISE * np.eye(len(used)), kernel(used, choices))
        covariance = covariance - inside.T @ kernel(used, judges)
        variance = variance - (kernel(used, choices) * inside).sum(axis=0)
    gain = (covariance**2).sum(axis=1) / (np.maximum(variance, 0.0) + _NOISE)
    return int(chosen[np.argmax(gain * (1.0 + 1e-9 * rng.random(len(gain))))])
