"""Cutting a curve into the small windows in which peaks are fitted together.

Peaks that overlap belong to one group. Groups of the same number of peaks make a batch, one array for all of them,
because numpy spends more time on starting than on computing.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kiban.analysis.peaks.profile import ETA, HALF, HEIGHT, PLACE

Array = NDArray[np.float64]

LIKELY_ETA = 0.5
"""Where the Lorentzian fraction starts: between Lorentzian and Gaussian."""
_MOST_POINTS = 80
"""For each peak. A window with more points is averaged down; a peak still has a dozen over its half width."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Groups with the same number of peaks. Places and heights are scaled so that all numbers are near 1."""

    members: NDArray[np.intp]
    """Shape (n_groups, n_peaks): which peaks of the whole list."""
    x: Array
    y: Array
    weight: Array
    """1/u; 0 where a window is shorter than the longest. Like x and y of shape (n_groups, n_points)."""
    centre: Array
    unit: Array
    level: Array
    """Zero and unit of the scaled places, unit of the heights; shape (n_groups,)."""
    start: Array
    """Shape (n_groups, 2 + 4 n_peaks): background at the centre, its slope, then each peak."""

    @property
    def n_points(self) -> NDArray[np.intp]:
        """How many points each group has."""
        n_points: NDArray[np.intp] = np.count_nonzero(self.weight > 0.0, axis=1)
        return n_points

    def part(self, rows: NDArray[np.intp]) -> Batch:
        """Some of the groups."""
        return Batch(**{field: getattr(self, field)[rows] for field in self.__slots__})


def grouped(place: Array, low: Array, high: Array, fwhm: Array, most: int) -> NDArray[np.intp]:
    """Number groups of peaks whose windows overlap.

    Parameters
    ----------
    place, low, high, fwhm : array, shape (n_peaks,)
        Each peak's place, ascending, where its window begins and ends, and its width.
    most : int
        A longer chain is cut where its peaks are farthest apart, measured in widths.

    Returns
    -------
    array of int, shape (n_peaks,)
        0 for the first group, and so on.
    """
    if place.size == 0:
        return np.empty(0, dtype=np.intp)
    # Windows may overlap at their ends, where only the background is left.
    inner_low, inner_high = place - 0.6 * (place - low), place + 0.6 * (high - place)
    starts_new = np.concatenate(([True], inner_low[1:] > np.maximum.accumulate(inner_high)[:-1]))
    gap = np.concatenate(([np.inf], np.diff(place) / (fwhm[1:] + fwhm[:-1])))
    bounds = [*np.flatnonzero(starts_new), place.size]
    waiting = list(pairwise(bounds))
    while waiting:
        first, end = waiting.pop()
        if end - first > most:
            cut = first + 1 + int(np.argmax(gap[first + 1 : end]))
            starts_new[cut] = True
            waiting += [(first, cut), (cut, end)]
    group: NDArray[np.intp] = np.cumsum(starts_new) - 1
    return group


def batch_of(
    members: NDArray[np.intp], x: Array, y: Array, u: Array, *, place: Array, fwhm: Array, low: Array, high: Array
) -> Batch | None:
    """Cut the windows out, average long ones down, scale them and guess where to start.

    Parameters
    ----------
    members : array of int, shape (n_groups, n_peaks)
        The peaks of each group.
    x, y, u : array, shape (n_points,)
        The curve and its standard uncertainties.
    place, fwhm, low, high : array, shape (n,)
        As for `grouped`, of all peaks.

    Returns
    -------
    Batch or None
        Without the groups that have too few points for their parameters; None where that is all of them.
    """
    n_peaks = members.shape[1]
    # A window ends at the next peak that is fitted elsewhere.
    before = np.concatenate(([-np.inf], place))[members[:, 0]]
    after = np.concatenate((place, [np.inf]))[members[:, -1] + 1]
    own_low, own_high = np.min(low[members], axis=1), np.max(high[members], axis=1)
    first_place, last_place = place[members[:, 0]], place[members[:, -1]]
    own_low = np.maximum(own_low, 0.5 * (before + first_place))
    own_high = np.minimum(own_high, 0.5 * (after + last_place))
    first, end = np.searchsorted(x, own_low, "left"), np.searchsorted(x, own_high, "right")
    enough = end - first >= 4 * n_peaks + 3
    members, first, end = members[enough], first[enough], end[enough]
    if members.size == 0:
        return None
    windows = [_window(x, y, u, a, b, _MOST_POINTS * n_peaks) for a, b in zip(first, end, strict=True)]
    longest = max(window.shape[1] for window in windows)
    stacked = np.zeros((3, len(windows), longest))
    for i, window in enumerate(windows):
        stacked[:, i, : window.shape[1]] = window
        stacked[0, i, window.shape[1] :] = window[0, -1]
    across, up, weight = stacked
    return _scaled(across, up, weight, place, fwhm, members)


def _window(x: Array, y: Array, u: Array, first: int, end: int, most: int) -> Array:
    """x, y and 1/u of a window, shape (3, n); means of neighbours where there are too many points."""
    size = -(-(end - first) // most)
    if size == 1:
        return np.stack((x[first:end], y[first:end], 1.0 / u[first:end]))
    end = first + (end - first) // size * size
    xs, ys, us = (part[first:end].reshape(-1, size) for part in (x, y, u))
    return np.stack((xs.mean(axis=1), ys.mean(axis=1), size / np.sqrt(np.sum(us**2, axis=1))))


def _scaled(across: Array, up: Array, weight: Array, place: Array, fwhm: Array, members: NDArray[np.intp]) -> Batch:
    """Scale the windows, and start each peak from the curve's value at its place above the window's lowest."""
    n_groups, n_peaks = members.shape
    centre, unit = place[members].mean(axis=1), 0.5 * fwhm[members].mean(axis=1)
    there = weight > 0
    bottom = np.min(np.where(there, up, np.inf), axis=1)
    level = np.max(np.where(there, up, -np.inf), axis=1) - bottom
    level = np.where(level > 0, level, 1.0)
    t = (across - centre[:, None]) / unit[:, None]
    scaled = up / level[:, None]
    start = np.empty((n_groups, 2 + 4 * n_peaks))
    start[:, 0], start[:, 1] = bottom / level, 0.0
    for k in range(n_peaks):
        at = (place[members[:, k]] - centre) / unit
        nearest = np.argmin(np.abs(t - at[:, None]) + np.where(there, 0.0, np.inf), axis=1)
        top = np.take_along_axis(scaled, nearest[:, None], axis=1)[:, 0]
        peak = start[:, 2 + 4 * k : 6 + 4 * k]
        peak[:, HEIGHT] = np.maximum(top - start[:, 0], 0.02)
        peak[:, PLACE], peak[:, HALF], peak[:, ETA] = at, 0.5 * fwhm[members[:, k]] / unit, LIKELY_ETA
    return Batch(
        members=members, x=t, y=scaled, weight=weight * level[:, None], centre=centre, unit=unit, level=level,
        start=start,
    )  # fmt: skip
