"""Half cycles of a cell: stretches in which the current flows one way.

Rests belong to none. A stretch that moves less than a thousandth of the charge of the largest one is switching noise;
without it the stretches on both sides are one if they have the same direction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.intp]

_REST = 1e-3
"""Part of the largest current below which a cell rests. Constant-voltage phases end well above it."""
_NOISE = 1e-3
"""Part of the largest charge below which a stretch is no half cycle."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HalfCycles:
    """Arrays of shape (n_half_cycles,), in order of time."""

    first: Index
    """Index of the first point at which the current flows this way."""
    last: Index
    direction: Index
    """1 for positive current, -1 for negative."""
    charge: Array
    """Moved in this direction, positive, in the unit of the steps that were given."""
    mean_potential: Array
    """Weighted with the charge; NaN where the potential is not known."""
    n_points: Index


def half_cycles(current: Array, step_charge: Array, potential: Array) -> HalfCycles:
    """Divide a measurement into half cycles.

    Parameters
    ----------
    current : array, shape (n_points,)
        Where it is not finite the cell counts as resting.
    step_charge : array, shape (n_points,)
        Charge that passed since the point before, with the sign of the current; finite.
    potential : array, shape (n_points,)
        NaN where it is not known.
    """
    known = np.where(np.isfinite(current), current, 0.0)
    largest = float(np.max(np.abs(known), initial=0.0))
    sign = np.sign(np.where(np.abs(known) > _REST * largest, known, 0.0)).astype(np.intp)
    flowing = np.flatnonzero(sign)
    if flowing.size == 0:
        nothing, none = np.empty(0, dtype=np.intp), np.empty(0)
        return HalfCycles(
            first=nothing, last=nothing, direction=nothing, charge=none, mean_potential=none, n_points=nothing
        )
    return _summed(*_merged(flowing, sign[flowing], step_charge), step_charge, potential)


def _merged(flowing: Index, sign: Index, step_charge: Array) -> tuple[Index, Index, Index]:
    """Points that belong to half cycles, where in them each half cycle begins, and its direction."""
    start = np.flatnonzero(np.diff(sign, prepend=0))
    moved = np.add.reduceat(step_charge[flowing] * sign, start)
    big = moved > _NOISE * float(np.max(moved, initial=0.0))
    if not bool(np.any(big)):
        return flowing, start, sign[start]
    length = np.diff(start, append=flowing.size)
    kept = np.repeat(big, length)
    flowing, sign = flowing[kept], sign[kept]
    start = np.flatnonzero(np.diff(sign, prepend=0))
    return flowing, start, sign[start]


def _summed(flowing: Index, start: Index, direction: Index, step_charge: Array, potential: Array) -> HalfCycles:
    end = np.append(start[1:], flowing.size)
    charge = np.add.reduceat(step_charge[flowing] * np.repeat(direction, end - start), start)
    weight = np.where(np.isfinite(potential), np.abs(step_charge), 0.0)[flowing]
    level = np.where(np.isfinite(potential), potential, 0.0)[flowing]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.add.reduceat(weight * level, start) / np.add.reduceat(weight, start)
    return HalfCycles(
        first=flowing[start],
        last=flowing[end - 1],
        direction=direction,
        charge=np.maximum(charge, 0.0),
        mean_potential=mean,
        n_points=end - start,
    )


def cycle_numbers(direction: Index) -> Index:
    """Number cycles from 1; each begins with a half cycle of the direction in which the measurement began."""
    if direction.size == 0:
        return direction
    return np.cumsum(direction == direction[0])


def efficiencies(direction: Index, charge: Array) -> Array:
    """Coulombic efficiency of each discharge: its charge over that of the charge just before. NaN elsewhere."""
    efficiency = np.full(charge.size, np.nan)
    after_charge = np.flatnonzero((direction[1:] < 0) & (direction[:-1] > 0)) + 1
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        efficiency[after_charge] = charge[after_charge] / charge[after_charge - 1]
    return efficiency


def integrated(time: Array, current: Array) -> Array:
    """Charge of each step by the trapezoidal rule, shape (n_points,); the first is 0, unknown currents count as 0."""
    known = np.where(np.isfinite(current), current, 0.0)
    duration = np.diff(time)
    duration = np.where(np.isfinite(duration), np.maximum(duration, 0.0), 0.0)
    step: Array = np.concatenate(([0.0], 0.5 * (known[1:] + known[:-1]) * duration))
    return step


def from_counter(counter: Array) -> Array:
    """Charge of each step from a counter that only grows but may be set back to 0: what it shows then passed since."""
    change = np.diff(counter, prepend=counter[:1])
    return np.where(change < 0.0, np.maximum(counter, 0.0), change)
