"""What several sources expect, put together: the mean of their orders, in the shape of their values.

In the plain mean of several sources, one that expects a few points to stand far out decides alone. So each source says
by normal scores which points are better than which; the mean of these puts the points into one order; and in this order
they get the mean of the values that the sources expect at each place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kiban.planning.space.parameter import Floats
from kiban.planning.surrogates.portfolio import normal_scores


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """Values of one source over the space, and the place of each.

    Parameters
    ----------
    values, places : array, shape (n,)
        Ascending standardised values, and the normal score of each.
    middle, spread : float
        By which values are standardised.
    """

    values: Floats
    places: Floats
    middle: float
    spread: float

    def standardised(self, expected: Floats) -> Floats:
        """In standard deviations from the mean over the space."""
        return np.asarray((expected - self.middle) / self.spread)

    def scores(self, expected: Floats) -> Floats:
        """Normal scores of values."""
        return _along(self.standardised(expected), self.values, self.places)

    def back(self, scores: Floats) -> Floats:
        """The standardised values at normal scores."""
        return _along(scores, self.places, self.values)


def scale_of(expected: Floats) -> Scale:
    """The scale of a source by what it expects over the space, which must differ somewhere."""
    middle, spread = float(expected.mean()), float(expected.std())
    values, first = np.unique(expected, return_index=True)
    return Scale((values - middle) / spread, normal_scores(expected)[first], middle, spread)


def combined(scales: Sequence[Scale], parts: Sequence[float], expected: Sequence[Floats], n_over: int) -> Floats:
    """What sources expect together.

    Parameters
    ----------
    parts : sequence of float
        How much each source counts; they add up to 1.
    expected : sequence of array, shape (n,)
        What each expects at the same points.
    n_over : int
        The last so many points are those over which orders are compared.

    Returns
    -------
    array, shape (n,)
        Of a single source its standardised values.
    """
    scores = np.sum([p * s.scores(e) for p, s, e in zip(parts, scales, expected, strict=True)], axis=0)
    over = scores[len(scores) - n_over :]
    if not float(over.std()) > 0.0:
        return np.zeros(len(scores))
    known, first = np.unique(over, return_index=True)
    places = _along(scores, known, normal_scores(over)[first])
    return np.asarray(np.sum([p * s.back(places) for p, s in zip(parts, scales, strict=True)], axis=0))


def _along(given: Floats, known: Floats, found: Floats) -> Floats:
    """Between known ones along straight lines; beyond the last one as far as beyond it."""
    beyond = np.maximum(given - known[-1], 0.0) - np.maximum(known[0] - given, 0.0)
    return np.asarray(np.interp(given, known, found) + beyond)
