"""Sweeps of a potential: stretches in which it goes one way."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_REVERSAL = 0.05
"""Part of the whole range of potential that it must come back by for a new sweep to begin; noise and jumps are less."""
_MOST_EXTREMES = 200_000


@dataclass(frozen=True, slots=True)
class Sweep:
    """Points `first` to `end` (exclusive) of a measurement."""

    first: int
    end: int
    direction: int
    """1 towards higher potential (anodic), -1 towards lower (cathodic)."""


def sweeps(potential: Array) -> tuple[Sweep, ...]:
    """Divide a measurement at the turning points of its potential.

    Parameters
    ----------
    potential : array, shape (n_points,)
        In order of time; finite.

    Returns
    -------
    tuple of Sweep
        In order of time; a turning point belongs to the sweep that it ends. None where the potential stands still.
    """
    if potential.size < 3 or float(np.ptp(potential)) <= 0.0:
        return ()
    turns = _turning_points(potential, _REVERSAL * float(np.ptp(potential)))
    bounds = [0, *(turn + 1 for turn in turns), potential.size]
    found = []
    for first, end in pairwise(bounds):
        change = float(potential[end - 1] - potential[max(first - 1, 0)])
        if end - first > 1 and change != 0.0:
            found.append(Sweep(first, end, 1 if change > 0 else -1))
    return tuple(found)


def _turning_points(y: Array, least: float) -> list[int]:
    """Where a curve turns back by at least the given amount: the largest and smallest points in turn."""
    slope = np.sign(np.diff(y))
    moving = np.flatnonzero(slope)
    extremes = moving[1:][slope[moving[1:]] != slope[moving[:-1]]]
    if extremes.size > _MOST_EXTREMES:
        return []  # noise from end to end: there is no sweep in it
    turns: list[int] = []
    highest = lowest = 0
    direction = 0
    values = y[extremes].tolist()
    for at, value in zip([*extremes.tolist(), y.size - 1], [*values, float(y[-1])], strict=True):
        if direction >= 0 and value > y[highest]:
            highest = at
        if direction <= 0 and value < y[lowest]:
            lowest = at
        if direction >= 0 and y[highest] - value >= least:
            if direction > 0 or highest > 0:
                turns.append(highest)
            direction, lowest = -1, at
        elif direction <= 0 and value - y[lowest] >= least:
            if direction < 0 or lowest > 0:
                turns.append(lowest)
            direction, highest = 1, at
    return turns
