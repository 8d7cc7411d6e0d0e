"""Points that priors speak for, before anything is known of the outcomes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kiban.planning.objective.objective import Objective
from kiban.planning.objective.target import Goal
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Floats
from kiban.planning.surrogates.gaussian_process import matern
from kiban.planning.view import View

_LENGTH = 0.5
"""Length scale of what priors do not tell, in units of the root of the number of factors."""
_NOISE = 1e-2


class Lead:
    """What believed priors expect of all targets that are to be large or small, together.

    Parameters
    ----------
    objective : Objective
    views : mapping of str to View
        By outcome.
    """

    def __init__(self, objective: Objective, views: Mapping[str, View]) -> None:
        self._targets = [
            (views[target.name], -1.0 if target.goal is Goal.MINIMISE else 1.0)
            for target in objective.targets
            if target.goal is not Goal.MATCH
        ]

    @property
    def strength(self) -> float:
        """The closest correlation that any target is expected to have with its priors; 0 where none is believed."""
        return max((view.lead for view, _ in self._targets), default=0.0)

    def scores(self, points: Coded, used: Floats) -> Floats:
        """What is expected of points and one standard deviation more: the deviation is small near to what was tried.

        Parameters
        ----------
        used : array, shape (n_used, n_parameters)
            What was tried or is pending.
        """
        expected = sum((sign * view.led(points) for view, sign in self._targets), np.zeros(len(points)))
        expected = expected / max(len(self._targets), 1)
        left = max(1.0 - self.strength**2, 0.0) ** 0.5
        return np.asarray(expected + left * self._doubt(points, used))

    def _doubt(self, points: Coded, used: Floats) -> Floats:
        features = self._targets[0][0].features
        if len(used) == 0 or features.n_factors == 0:
            return np.ones(len(points))
        weights = np.full((1, features.n_factors), 1.0 / (_LENGTH**2 * features.n_factors))
        scaled, tried = features.scale(points.rows), features.scale(used)
        among = matern(features.squared(tried, tried), weights)[0] + _NOISE * np.eye(len(tried))
        cross = matern(features.squared(tried, scaled), weights)[0]
        explained = (cross * np.linalg.solve(among, cross)).sum(axis=0)
        return np.asarray(np.sqrt(np.maximum(1.0 - explained, 0.0)))
