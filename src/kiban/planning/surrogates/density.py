"""How dense points lie, by the distances to those that are nearest."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from kiban.planning.space.parameter import Floats

_TOGETHER = 128
_STRETCHES = 3
"""How many stretches a row is divided into for each number that is sought."""


def log_density(points: Floats, references: Floats, *, itself: bool = False) -> Floats:
    """Minus the logarithm of the root mean square distance to the nearest references, about the root of how many.

    Parameters
    ----------
    points : array, shape (n, n_coordinates)
    references : array, shape (n_references, n_coordinates)
    itself : bool
        Whether the points are the references.
    """
    k = min(max(3, round(len(references) ** 0.5)), len(references) - itself)
    lengths = (references**2).sum(axis=1)
    logs = np.empty(len(points))
    for start in range(0, len(points), _TOGETHER):
        some = points[start : start + _TOGETHER]
        squares = some @ (-2.0 * references.T)
        squares += lengths
        # A candidate is its own nearest reference, at the distance 0.
        total = least(squares, k + 1)[:, 1:] if squares.shape[1] > k else squares
        total = total + (some**2).sum(axis=1)[:, np.newaxis]
        logs[start : start + _TOGETHER] = -np.log(np.sqrt(np.maximum(total.mean(axis=1), 0.0)) + 1e-3)
    return logs


def log_density_of_list(points: Floats) -> Floats:
    """As `log_density`, of the points of a list among themselves; those of the latest lists are remembered.

    A campaign asks about one list again and again, and this is a fifth of the work of an answer.
    """
    return np.frombuffer(_remembered(np.ascontiguousarray(points).tobytes(), len(points)))


@lru_cache(maxsize=16)
def _remembered(coordinates: bytes, n: int) -> bytes:
    points = np.frombuffer(coordinates).reshape(n, -1)
    return log_density(points, points, itself=True).tobytes()


def least(numbers: Floats, k: int) -> Floats:
    """The k least numbers of each row in ascending order; `numbers` may be put into another order.

    Of a long row only those are sorted that are not above a bound: of the least numbers of some stretches of the row
    the k-th one, so that k numbers or more are within it, and seldom many more.
    """
    n_rows, n = numbers.shape
    length = n // (_STRETCHES * k)
    if length < 2:
        numbers.partition(k - 1, axis=1)
        return np.sort(numbers[:, :k], axis=1)
    n_stretches = n // length
    bounds = numbers[:, : length * n_stretches].reshape(n_rows, length, n_stretches).min(axis=1)
    bounds.partition(k - 1, axis=1)
    is_within = numbers <= bounds[:, k - 1 : k]
    counts = np.count_nonzero(is_within, axis=1)
    few = np.full((n_rows, counts.max()), np.inf)
    places = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    few[np.repeat(np.arange(n_rows), counts), places] = numbers.ravel()[np.flatnonzero(is_within)]
    few.sort(axis=1)
    return few[:, :k]
