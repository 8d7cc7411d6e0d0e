"""One outcome of trials, learnt: its portfolio of surrogates together with the view of points that belongs to it."""

from __future__ import annotations

import numpy as np

from kiban.planning.acquisition import chance_above
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Floats, Truths
from kiban.planning.surrogates.gaussian_process import Belief, GaussianProcess
from kiban.planning.surrogates.portfolio import Learnt, Portfolio
from kiban.planning.view import View

_ROUNDING = 1e-13
_TINY = 1e-150


class OutcomeModel:
    """What is expected of one outcome.

    Parameters
    ----------
    view : View
    points : Coded
        Of trials in which the outcome was measured.
    values, doubts : array
        In the outcome's unit; doubts are NaN where not known.
    turned : bool
        Whether less is better: surrogates learn the negative.
    rng : Generator
    """

    def __init__(
        self, view: View, points: Coded, values: Floats, doubts: Floats, *, turned: bool, rng: np.random.Generator
    ) -> None:
        self.view, self.sign = view, -1.0 if turned else 1.0
        self.is_constant = len(values) < 2 or not _differ(values)
        self.n_trials = len(values)
        self.only = float(values[0]) if len(values) else 0.0
        self.portfolio: Portfolio | None = None
        if not self.is_constant:
            scaled = view.features.scale(points.rows)
            basis = view.basis(points, scaled)
            known = np.where(np.isnan(doubts), 0.0, doubts)
            self.portfolio = Portfolio(
                Learnt(view.features, scaled, basis, self.sign * values, known, self.sign * view.coefficients), rng
            )

    def seen(self, points: Coded) -> tuple[Floats, Floats]:
        """Scaled points and the columns of their mean."""
        scaled = self.view.features.scale(points.rows)
        return scaled, self.view.basis(points, scaled)

    def expect(self, points: Coded) -> dict[str, Belief]:
        """What each surrogate expects, in its own standardised target; more is better. Not of a constant outcome."""
        assert self.portfolio is not None  # noqa: S101  the caller asked `is_constant`
        return self.portfolio.expect(*self.seen(points))

    def in_units(self, beliefs: dict[str, Belief]) -> tuple[Floats, Floats]:
        """Expected values and standard uncertainties in the outcome's unit."""
        assert self.portfolio is not None  # noqa: S101
        values, doubts = self.portfolio.in_units(beliefs)
        return self.sign * values, doubts

    def chance_within(self, beliefs: dict[str, Belief], low: float | None, high: float | None) -> Floats:
        """The chance that the outcome lies within limits in its unit; either may be absent."""
        assert self.portfolio is not None  # noqa: S101
        middle, width = self.portfolio.middle, self.portfolio.width
        if self.sign < 0:
            low, high = (None if high is None else -high), (None if low is None else -low)
        belief = beliefs["raw"]
        above = 1.0 if low is None else chance_above(belief, (low - middle) / width)
        beyond = 0.0 if high is None else chance_above(belief, (high - middle) / width)
        return np.clip(np.asarray(above - beyond, dtype=np.float64), 0.0, 1.0)

    def constant_within(self, low: float | None, high: float | None, n: int) -> Floats:
        """As `chance_within`, where all trials came out the same, or there was none: what was seen so far, or 1/2."""
        if self.n_trials == 0:
            return np.full(n, 0.5)
        kept = (low is None or self.only >= low) and (high is None or self.only <= high)
        return np.full(n, (self.n_trials * kept + 0.5) / (self.n_trials + 1.0))

    def believe(self, points: Coded) -> None:
        """Take trials at these points as if they had come out as expected."""
        if self.portfolio is not None and len(points):
            self.portfolio = self.portfolio.with_believed(*self.seen(points))


def _differ(values: Floats) -> bool:
    """Whether they are told apart by more than rounding, and by something that can be divided by and squared."""
    spread = float(np.ptp(values))
    return spread > _ROUNDING * float(np.abs(values).max()) and spread > _TINY


class FailureModel:
    """Where experiments fail, learnt from those that did: a process through 1 for done and -1 for failed."""

    def __init__(self, view: View, points: Coded, failed: Truths, rng: np.random.Generator) -> None:
        self._view = view
        self._share = (float((~failed).sum()) + 1.0) / (len(failed) + 1.0)
        self._process: GaussianProcess | None = None
        if failed.any() and not failed.all():
            scaled = view.features.scale(points.rows)
            targets = np.where(failed, -1.0, 1.0)
            self._process = GaussianProcess(
                view.features, scaled, np.ones((len(scaled), 1)), targets, np.zeros(len(scaled)), rng
            )

    def chance(self, points: Coded) -> Floats:
        """The chance that an experiment does not fail."""
        if self._process is None:
            return np.full(len(points), self._share)
        scaled = self._view.features.scale(points.rows)
        return chance_above(self._process.expect(scaled, np.ones((len(scaled), 1))), 0.0)
