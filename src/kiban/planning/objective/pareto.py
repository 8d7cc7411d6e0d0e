"""The Pareto front and the volume under it. In every direction more is better."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def is_on_front(worths: Floats) -> NDArray[np.bool_]:
    """Say for each point whether no other is at least as good in all directions and better in one.

    Parameters
    ----------
    worths : array, shape (n_points, n_directions)
        Points with NaN are never on the front. Equal points are on it together.
    """
    known = np.asarray(~np.isnan(worths).any(axis=1))
    front = known.copy()
    for i in np.flatnonzero(known):
        if not front[i]:
            continue
        rivals = worths[front]
        front[i] = not ((rivals >= worths[i]).all(axis=1) & (rivals > worths[i]).any(axis=1)).any()
    return front


def hypervolume(worths: Floats, reference: Floats) -> float:
    """The volume of all that lies above the reference point and below at least one of the points.

    Parameters
    ----------
    worths : array, shape (n_points, n_directions)
    reference : array, shape (n_directions,)
        What is worth nothing; points that do not exceed it in all directions add nothing.

    Notes
    -----
    Sliced along the last direction, each slice worked out in one direction less: exact, and quick for the two to four
    directions and up to some hundreds of points that experiments have.
    """
    points = worths[(worths > reference).all(axis=1)] - reference
    return _volume(points)


def _volume(points: Floats) -> float:
    if len(points) == 0:
        return 0.0
    if points.shape[1] == 1:
        return float(points.max())
    points = points[is_on_front(points)]
    if points.shape[1] == 2:
        points = points[np.argsort(-points[:, 0], kind="stable")]
        heights = np.maximum.accumulate(points[:, 1])
        return float((points[:, 0] * np.diff(heights, prepend=0.0)).sum())
    points = points[np.argsort(-points[:, -1], kind="stable")]
    depths = points[:, -1] - np.append(points[1:, -1], 0.0)
    return sum(float(depth) * _volume(points[: i + 1, :-1]) for i, depth in enumerate(depths) if depth > 0)


def hypervolume_gains(worths: Floats, reference: Floats, additions: Floats) -> Floats:
    """How much each of some points would add to the volume by itself; NaN in `worths` is passed over.

    Parameters
    ----------
    worths : array, shape (n_points, n_directions)
    reference : array, shape (n_directions,)
    additions : array, shape (n_additions, n_directions)
    """
    known = worths[~np.isnan(worths).any(axis=1)]
    front = known[is_on_front(known)]
    gains = np.empty(len(additions))
    for i, point in enumerate(additions):
        if not (point > reference).all():
            gains[i] = 0.0
            continue
        # What the point covers and the front does not: its box less the part of the box under the front.
        gains[i] = np.prod(point - reference) - hypervolume(np.minimum(front, point), reference)
    return np.maximum(gains, 0.0)


def default_reference(worths: Floats) -> Floats:
    """A point a tenth of the front's range below its worst values, for objectives that state none."""
    known = worths[~np.isnan(worths).any(axis=1)]
    if len(known) == 0:
        return np.zeros(worths.shape[1])
    front = known[is_on_front(known)]
    low, high = front.min(axis=0), front.max(axis=0)
    spread = np.where(high > low, high - low, np.maximum(np.ptp(known, axis=0), 1e-9))
    return np.asarray(low - 0.1 * spread)
