"""Sources of what is expected: each study learnt by itself, each formula worked out, on one scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from kiban.planning.archive.frame import Frame, Rows, Shape
from kiban.planning.archive.study import Expectation
from kiban.planning.space.parameter import Floats

_BEST, _FEWEST = 0.05, 3
"""What counts as the best of a study: so much of it, and so many rows at least."""
_FARTHEST = 3.0
"""Standard deviations beyond which an outcome of a study counts as so far."""


class Source(Protocol):
    """Expects one outcome."""

    @property
    def name(self) -> str:
        """As pages name it."""
        ...

    def at(self, numbers: Floats) -> Floats | None:
        """What it expects at rows of the frame, on a scale of its own; `None` if rows lack what it needs."""
        ...


class Learnt:
    """A study learnt by kernel ridge regression along the axes that it shares, once with each shape; the mean counts.

    Parameters
    ----------
    frame : Frame
    rows : Rows
    outcome : str
    along : sequence of int
        Axes of the frame.
    shapes : sequence of Shape
    most : int
        Rows to learn from.
    """

    def __init__(
        self,
        frame: Frame,
        rows: Rows,
        outcome: str,
        along: Sequence[int],
        shapes: Sequence[Shape],
        *,
        most: int = 10**9,
    ) -> None:
        from scipy.linalg import cho_factor, cho_solve

        self.name = rows.name
        self._frame, self._along, self._shapes = frame, tuple(along), tuple(shapes)
        self._numbers, self.target = told(rows, outcome, most=most)
        self._pulled: list[Floats] = []
        for shape in self._shapes:
            factor = cho_factor(self._kernel(shape), lower=True, overwrite_a=True, check_finite=False)
            self._pulled.append(np.asarray(cho_solve(factor, self.target, check_finite=False)))

    def left_out(self) -> Floats:
        """Of each row, what is expected of it without having seen it (kernel ridge in closed form)."""
        found = [
            self.target - pulled / np.diagonal(np.linalg.inv(self._kernel(shape)))
            for shape, pulled in zip(self._shapes, self._pulled, strict=True)
        ]
        return np.asarray(np.mean(found, axis=0))

    def _kernel(self, shape: Shape) -> Floats:
        kernel = self._frame.kernel(self._numbers, self._numbers, self._along, shape)
        kernel[np.diag_indices_from(kernel)] += shape.noise
        return kernel

    def at(self, numbers: Floats) -> Floats | None:
        """See `Source`."""
        if np.isnan(numbers[:, self._along]).any():
            return None
        total = np.zeros(len(numbers))
        for shape, pulled in zip(self._shapes, self._pulled, strict=True):
            total += self._frame.kernel(numbers, self._numbers, self._along, shape) @ pulled
        return np.asarray(total / len(self._shapes))


@dataclass(frozen=True, slots=True, eq=False)
class Worked:
    """A formula, worked out in the units of the frame."""

    expectation: Expectation
    frame: Frame

    @property
    def name(self) -> str:
        """As pages name it."""
        return self.expectation.name

    def at(self, numbers: Floats) -> Floats | None:
        """See `Source`. Where the formula has no value, or an infinite one, the lowest finite one stands."""
        columns = {axis.name: numbers[:, i] for i, axis in enumerate(self.frame.axes)}
        if any(np.isnan(columns[name]).any() for name in self.expectation.formula.names):
            return None
        found = np.array(self.expectation.formula(columns, len(numbers)))
        finite = np.isfinite(found)
        if not finite.any():
            return None
        return np.where(finite, found, found[finite].min())


def told(rows: Rows, outcome: str, *, most: int = 10**9) -> tuple[Floats, Floats]:
    """Rows of a study in which an outcome is known, and the outcome standardised; at most so many, spread evenly."""
    values = rows.outcomes[outcome]
    known = np.flatnonzero(~np.isnan(values))
    if len(known) > most:
        known = known[np.linspace(0, len(known) - 1, most).astype(np.intp)]
    return rows.numbers[known], np.clip(standardised(values[known]), -_FARTHEST, _FARTHEST)


def standardised(values: Floats) -> Floats:
    """Values with mean 0 and standard deviation 1; all 0 where they do not differ."""
    spread = float(values.std()) if len(values) else 0.0
    if not spread > 1e-13 * float(np.abs(values).max(initial=0.0)):
        return np.zeros(len(values))
    return np.asarray((values - values.mean()) / spread)


def correlation(one: Floats, other: Floats) -> float:
    """Pearson's; 0 where either does not vary."""
    return float(np.mean(standardised(one) * standardised(other))) if len(one) else 0.0


def likeness_of_best(expected: Floats, outcomes: Floats, sign: float) -> float:
    """How good those are that are expected to be best, as a part of how good the best are: 1 for the same ones, about 0
    for some drawn by lot. Where both are normal it is the correlation.

    Parameters
    ----------
    sign : float
        1 where more is better, -1 where less is.
    """
    n = max(math.ceil(_BEST * len(outcomes)), _FEWEST)
    values = sign * standardised(outcomes)
    best = float(np.sort(values)[-n:].mean())
    return float(values[np.argsort(-sign * expected, kind="stable")[:n]].mean() / best) if best > 0.0 else 0.0
