"""Bands of a spectrum: maxima that stand out from what surrounds them, and where exactly their tops are.

A maximum's prominence is its height above the higher of the two lowest points that one must pass to reach a higher
maximum, or the end of the spectrum, on either side. The position is the highest point of a cubic curve through the
top, of a parabola where there are few points: it needs no assumption on a band's shape, which in real spectra is rarely
one of the textbook's, and bands may lean to one side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.intp]

_TOPS = (0.12, 0.03)
"""Parts of the prominence that count as the top. A low one has fewer points, a high one may have a shape that no cubic
curve follows; of the two fits the one with the smaller uncertainty is taken."""
_NOISE_DEEP = 4.0
"""But at least so many standard deviations of noise, so that the top does not end at the first noisy point."""
_LEAST_HALF = 2
_MOST_HALF = 60
"""Points on either side of the maximum that go into the fit."""
_FEWEST_FOR_CUBIC = 9
_FIRM = 1e9
"""Holds the cubic term at 0 where there are too few points for it; the others are of the order of their number."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bands:
    """Bands in order of place; arrays of shape (n_bands,) in the units of the curve."""

    place: Array
    u_place: Array
    """Standard uncertainty from the scatter about the fitted curve, or the noise where that is larger."""
    height: Array
    """Signal at the top."""
    u_height: Array
    prominence: Array
    width: Array
    """Full width at half prominence."""


def bands(x: Array, y: Array, *, noise: float, least: float, most: int) -> Bands:
    """Find the bands of a curve.

    Parameters
    ----------
    x, y : array, shape (n_points,)
        Ascending; bands point upwards.
    noise : float
        Standard deviation of the noise, alike everywhere.
    least : float
        Prominence from which a maximum is a band, positive.
    most : int
        No more bands than this, the most prominent ones.
    """
    at, prominence = prominent(y, least)
    if at.size > most:
        kept = np.sort(np.argsort(-prominence, kind="stable")[:most])
        at, prominence = at[kept], prominence[kept]
    low, high = _tops(y, at, np.maximum(_TOPS[0] * prominence, _NOISE_DEEP * noise))
    alone = _alone(at, low, high, prominence)
    at, prominence, low, high = at[alone], prominence[alone], low[alone], high[alone]
    narrow_low, narrow_high = _tops(y, at, np.maximum(_TOPS[1] * prominence, _NOISE_DEEP * noise))
    # Both kinds of top in one go: the calls cost more than the numbers.
    fits = _highest(
        x, y, np.tile(at, 2), np.concatenate((low, narrow_low)), np.concatenate((high, narrow_high)), noise
    ).reshape(2, at.size, 4)
    best = np.argmin(fits[:, :, 1], axis=0)
    place, u_place, height, u_height = fits[best, np.arange(at.size)].T
    return Bands(
        place=place,
        u_place=u_place,
        height=height,
        u_height=u_height,
        prominence=prominence,
        width=_widths(x, y, at, y[at] - 0.5 * prominence),
    )


def prominent(y: Array, least: float) -> tuple[Index, Array]:
    """Maxima inside the curve with at least the given prominence, and their prominences; of a plateau the middle."""
    change = np.flatnonzero(np.diff(y, prepend=np.nan))  # beginnings of runs of equal values
    if change.size < 3:
        return np.empty(0, dtype=np.intp), np.empty(0)
    run = y[change]
    rising = np.diff(run) > 0
    maxima = np.flatnonzero(rising[:-1] & ~rising[1:]) + 1
    if maxima.size == 0:
        return np.empty(0, dtype=np.intp), np.empty(0)
    # Lowest value between neighbouring maxima, and from the outer ones to the ends.
    valleys = np.minimum.reduceat(run, np.concatenate(([0], maxima)))
    heights = run[maxima].tolist()
    left = _bases(heights, valleys[:-1].tolist(), passes_equals=True)
    # Of equal maxima one must be the higher, or each would take the other for a part of itself.
    right = _bases(heights[::-1], valleys[:0:-1].tolist(), passes_equals=False)[::-1]
    prominence = run[maxima] - np.maximum(left, right)
    is_kept = prominence >= least
    ends = np.concatenate((change[1:], [y.size]))
    middle = (change[maxima] + ends[maxima] - 1) // 2
    return middle[is_kept], prominence[is_kept]


def _bases(heights: list[float], valleys: list[float], *, passes_equals: bool) -> list[float]:
    """For each maximum the lowest value since the last higher one. `valleys[i]` lies before maximum i."""
    bases = []
    higher: list[tuple[float, float]] = []
    for height, valley in zip(heights, valleys, strict=True):
        lowest = valley
        while higher and (higher[-1][0] < height or (passes_equals and higher[-1][0] == height)):
            lowest = min(lowest, higher.pop()[1])
        bases.append(lowest)
        higher.append((height, lowest))
    return bases


def _tops(y: Array, top: Index, depth: Array) -> tuple[Index, Index]:
    """First and last index of the stretch about each maximum that lies no deeper than given; a few points at least."""
    offset = np.arange(1, _MOST_HALF + 1)
    edges = []
    for sign in (-1, 1):
        index = top[:, None] + sign * offset
        inside = (index >= 0) & (index < y.size)
        value = np.where(inside, y[np.minimum(np.maximum(index, 0), y.size - 1)], -np.inf)
        is_below = value < (y[top] - depth)[:, None]
        reach = np.where(np.any(is_below, axis=1), np.argmax(is_below, axis=1), _MOST_HALF)
        edges.append(np.clip(top + sign * np.maximum(reach, _LEAST_HALF), 0, y.size - 1))
    return edges[0], edges[1]


def _alone(top: Index, low: Index, high: Index, prominence: Array) -> NDArray[np.bool_]:
    """Which maxima do not lie within the top of a more prominent one, as noise on a saturated band does."""
    inside = (top[:, None] >= low[None, :]) & (top[:, None] <= high[None, :])
    alone: NDArray[np.bool_] = ~np.any(inside & (prominence[None, :] > prominence[:, None]), axis=1)
    return alone


def _highest(x: Array, y: Array, top: Index, low: Index, high: Index, noise: float) -> Array:
    """Fit all tops: place, its uncertainty, height and its uncertainty of each, shape (n_bands, 4).

    Where there is no highest point inside, the place is that of the largest value, somewhere within the top.
    """
    if top.size == 0:
        return np.empty((0, 4))
    index = low[:, None] + np.arange(int(np.max(high - low)) + 1)
    weight = (index <= high[:, None]).astype(np.float64)
    index = np.minimum(index, high[:, None])
    half = 0.5 * (x[high] - x[low])
    t = (x[index] - x[top][:, None]) / half[:, None]
    level = y[top]
    v = y[index] - level[:, None]
    powers = np.stack((np.ones_like(t), t, t**2, t**3), axis=1) * weight[:, None, :]
    n_points = np.sum(weight, axis=1)
    is_cubic = n_points >= _FEWEST_FOR_CUBIC
    matrix = powers @ powers.transpose(0, 2, 1)
    np.einsum("ijj->ij", matrix)[:, 3] += np.where(is_cubic, 0.0, _FIRM)
    # Fewer than three points, at the end of a curve, make no parabola.
    covariance = np.linalg.inv(matrix + 1e-12 * np.eye(4))
    shape = (covariance @ (powers @ v[:, :, None]))[:, :, 0]
    residual = (v - np.einsum("ij,ijk->ik", shape, powers)) * weight
    freedom = n_points - np.where(is_cubic, 4.0, 3.0)
    scatter = np.sum(residual**2, axis=1) / np.maximum(freedom, 1.0)
    covariance = covariance * np.maximum(scatter, noise**2)[:, None, None]
    at, bend = _stationary(shape)
    is_clear = (bend < 0.0) & (np.abs(at) < 1.0) & (freedom > 0.0)
    by_place = np.stack((np.zeros_like(at), np.ones_like(at), 2 * at, 3 * at**2), axis=1) / bend[:, None]
    by_height = np.stack((np.ones_like(at), at, at**2, at**3), axis=1)
    u_at, u_height = (
        np.sqrt(np.maximum(np.einsum("ij,ijk,ik->i", slopes, covariance, slopes), 0.0))
        for slopes in (by_place, by_height)
    )
    # Where the top is not round, it is somewhere within its stretch: a rectangle from end to end.
    is_clear &= u_at < 1.0 / np.sqrt(3.0)
    columns = (
        np.where(is_clear, x[top] + half * at, x[top]),
        np.where(is_clear, half * u_at, half / np.sqrt(3.0)),
        level + np.where(is_clear, np.einsum("ij,ij->i", shape, by_height), 0.0),
        np.where(is_clear, u_height, noise),
    )
    return np.stack(columns, axis=1)


def _stationary(shape: Array) -> tuple[Array, Array]:
    """Where cubic curves c + b t + a t² + d t³ are level near t = -b / 2a, and their second derivatives there."""
    _, b, a, d = shape.T
    at = -0.5 * b / np.where(a < 0.0, a, -1.0)
    for _ in range(4):
        bend = 2.0 * a + 6.0 * d * at
        at = at - (b + 2.0 * a * at + 3.0 * d * at**2) / np.where(bend < 0.0, bend, -1.0)
        at = np.minimum(np.maximum(at, -2.0), 2.0)  # np.clip takes three times as long for so few numbers
    return at, np.where(2.0 * a + 6.0 * d * at < 0.0, 2.0 * a + 6.0 * d * at, 1.0)


def _widths(x: Array, y: Array, top: Index, level: Array) -> Array:
    """Distance of the points on either side of each maximum where the curve passes the level, interpolated."""
    widths = np.empty(top.size)
    for i, (at, value) in enumerate(zip(top.tolist(), level.tolist(), strict=True)):
        widths[i] = _crossing(x[at:], y[at:], value) - _crossing(x[at::-1], y[at::-1], value)
    return widths


def _crossing(x: Array, y: Array, level: float) -> float:
    is_below = y < level
    first = int(np.argmax(is_below))
    if not is_below[first]:
        return float(x[-1])
    part = (y[first - 1] - level) / (y[first - 1] - y[first])
    return float(x[first - 1] + part * (x[first] - x[first - 1]))
