"""One signal over one axis, made fit for computing: ascending, finite, each abscissa once."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """Points of a measured curve, all arrays of shape (n_points,)."""

    x: Array
    """Ascending, without repetition."""
    y: Array
    u: Array | None
    """Standard uncertainties of `y`, positive; `None` where they are not known for every point."""

    def __len__(self) -> int:
        return self.x.size


def curve(x: NDArray[np.generic], y: NDArray[np.generic], u: Array | None = None) -> Curve:
    """Sort points by abscissa, leave out what is not finite, and merge points at the same abscissa into their mean.

    Parameters
    ----------
    x, y : array, shape (n_points,)
        In any order; NaN where a number is missing.
    u : array, shape (n_points,) or (1,), optional
        Standard uncertainties of `y`.
    """
    across, up = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    doubt = None if u is None else np.broadcast_to(np.asarray(u, dtype=np.float64), up.shape)
    # Beyond 1e100 squares overflow; no instrument writes such numbers but as a mark for "no value".
    sound = (np.abs(across) < 1e100) & (np.abs(up) < 1e100)
    if not bool(np.all(sound)):
        across, up = across[sound], up[sound]
        doubt = None if doubt is None else doubt[sound]
    if bool(np.any(np.diff(across) <= 0)):
        across, up, doubt = _ascending(across, up, doubt)
    if doubt is not None and not bool(np.all((doubt > 0) & (doubt < 1e100))):
        doubt = None
    return Curve(x=across, y=up, u=doubt)


def _ascending(x: Array, y: Array, u: Array | None) -> tuple[Array, Array, Array | None]:
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    u = None if u is None else u[order]
    first = np.flatnonzero(np.diff(x, prepend=-np.inf))
    if first.size == x.size:
        return x, y, u
    count = np.diff(first, append=x.size)
    merged = None if u is None else np.sqrt(np.add.reduceat(u**2, first)) / count
    return x[first], np.add.reduceat(y, first) / count, merged


def white_noise(y: Array, lag: int = 1) -> float:
    """Estimate the standard deviation of noise that is alike everywhere.

    Second differences take out anything that is straight over three points; their median ignores the few places where
    the signal bends. For independent noise their variance is 6σ², and the median of |N(0, 1)| is 0.6745.

    Parameters
    ----------
    y : array, shape (n_points,)
        Evenly spaced.
    lag : int
        How many points apart the three are; more than 1 where neighbours may share their noise, as they do after
        smoothing or interpolation.

    Returns
    -------
    float
        0 where there are too few points, or where most of them lie on straight lines.
    """
    if y.size < 2 * lag + 1:
        return 0.0
    bend = np.abs(y[2 * lag :] - 2.0 * y[lag:-lag] + y[: -2 * lag])
    return float(np.median(bend)) / (0.6745 * math.sqrt(6.0))


def counting_noise(y: Array) -> Array | None:
    """Estimate the standard deviation of scaled counts, whose variance goes with the signal.

    Parameters
    ----------
    y : array, shape (n_points,)
        Evenly spaced counts times an unknown factor.

    Returns
    -------
    array, shape (n_points,), or None
        √(f·y) with the factor f that makes the bends of the curve as large as they are in the median, y smoothed over
        five points; `None` where the signal is negative somewhere on the average, so that it cannot be counts.
    """
    if y.size < 7:
        return None
    level = smoothed(y, 5)
    if float(np.min(level)) <= 0.0:
        return None
    bend = (y[2:] - 2.0 * y[1:-1] + y[:-2]) ** 2 / (6.0 * level[1:-1])
    factor = float(np.median(bend)) / 0.4549  # the median of χ² with one degree of freedom
    deviation: Array = np.sqrt(factor * level)
    return deviation if factor > 0.0 else None


def smoothed(y: Array, width: int) -> Array:
    """Average over an odd number of neighbours, fewer of them near the ends. Same shape."""
    half = min(width, y.size) // 2
    total = np.concatenate(([0.0], np.cumsum(y)))
    middle = np.arange(y.size)
    low, high = np.maximum(middle - half, 0), np.minimum(middle + half + 1, y.size)
    averaged: Array = (total[high] - total[low]) / (high - low)
    return averaged
