"""How much a trial at a point is worth, from what is expected of it."""

from __future__ import annotations

import numpy as np

from kiban.planning.space.parameter import Floats
from kiban.planning.surrogates.gaussian_process import Belief
from kiban.planning.surrogates.portfolio import average_ranks


def expected_improvement(belief: Belief, best: float) -> Floats:
    """By how much a trial is expected to beat the best so far, averaged over samples; shape (n_points,).

    J. Mockus, V. Tiesis and A. Zilinskas (1978); D. R. Jones et al., J. Glob. Optim. 13, 455 (1998), eq. 15.
    """
    from scipy.special import ndtr

    ahead = (belief.means - best) / belief.deviations
    density = np.exp(-0.5 * ahead * ahead) / np.sqrt(2.0 * np.pi)
    return np.asarray((belief.deviations * (ahead * ndtr(ahead) + density)).mean(axis=0))


def chance_above(belief: Belief, level: float) -> Floats:
    """The chance that a trial comes out above a level; shape (n_points,)."""
    from scipy.special import ndtr

    return np.asarray(ndtr((belief.means - level) / belief.deviations).mean(axis=0))


def upper_bound(belief: Belief, n_deviations: float) -> Floats:
    """What a trial may come to: the expectation and some of its doubt (N. Srinivas et al., ICML 2010)."""
    return belief.mean() + n_deviations * belief.deviation()


def shares(values: Floats) -> Floats:
    """Turn values to the part of all points that they exceed, so that measures of different kinds can be added.

    Values that differ by rounding only share one place: levels of which nothing is known look alike, and none of them
    may come first for its place in the list.
    """
    spread = float(np.ptp(values))
    if spread == 0.0:
        return np.full(len(values), 0.5)
    return average_ranks(np.round((values - values.min()) / spread, 9)) / (len(values) - 1)
