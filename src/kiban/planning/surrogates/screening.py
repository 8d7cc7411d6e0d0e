"""Very many candidates: a quick look at all of them, so that the close one goes to few."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kiban.planning.space.parameter import Floats
from kiban.planning.surrogates.features import Features
from kiban.planning.surrogates.gaussian_process import GaussianProcess
from kiban.planning.surrogates.portfolio import Portfolio

_CHUNK = 16_384
_SQRT5 = np.float32(5.0**0.5)
_PARTS = {0.0: 0.3, 1.0: 0.4, 2.5: 0.2}
"""Of the short list, by how many deviations are added to what is expected; the rest is drawn by lot."""


def shortlist(
    portfolio: Portfolio,
    features: Features,
    rows: Floats,
    free: NDArray[np.intp],
    n: int,
    rng: np.random.Generator,
    lead: Callable[[Floats], Floats] | None = None,
) -> NDArray[np.intp]:
    """Choose some hundred of the free places for a close look.

    One Gaussian process of the ranks with the length scales from the middle of the samples, a constant mean, single
    precision, some thousand points at a time: the memory does not grow with the list.

    Parameters
    ----------
    lead : callable, optional
        What is expected of rows before any trial, in standard deviations; more is better.

    Returns
    -------
    array of int
        `n` places or fewer, in ascending order.
    """
    quick = _Quick(portfolio.processes["ranks"], features)
    means, deviations = np.empty(len(free), np.float32), np.empty(len(free), np.float32)
    for start in range(0, len(free), _CHUNK):
        part = slice(start, start + _CHUNK)
        means[part], deviations[part] = quick.expect(rows[free[part]])
        if lead is not None:
            means[part] += lead(rows[free[part]]).astype(np.float32)
    # Points that look alike are taken by lot, not by their place in the list.
    means += np.float32(1e-5) * rng.random(len(means), dtype=np.float32)
    chosen: set[int] = set()
    for n_deviations, part_of_all in _PARTS.items():
        score = means + np.float32(n_deviations) * deviations
        k = min(len(free), int(n * part_of_all))
        chosen.update(int(place) for place in np.argpartition(-score, k - 1)[:k])
    chosen.update(int(place) for place in rng.integers(0, len(free), n - len(chosen)))
    return free[np.sort(np.fromiter(chosen, dtype=np.intp))]


class _Quick:
    def __init__(self, process: GaussianProcess, features: Features) -> None:
        self._features = features
        self._weights = (1.0 / process.typical_lengths**2).astype(np.float32)
        self._points = process.points
        squares = features.squared(self._points, self._points).astype(np.float32)
        kernel = self._kernel(squares).astype(np.float64)
        noise = process.typical_noise + 1e-4
        self._inverse = np.linalg.inv(kernel + noise * np.eye(len(kernel))).astype(np.float32)
        self._middle = np.float32(process.targets.mean())
        self._pulled = self._inverse @ (process.targets.astype(np.float32) - self._middle)

    def _kernel(self, squares: NDArray[np.float32]) -> NDArray[np.float32]:
        distance = np.tensordot(self._weights, squares, axes=(0, 0))
        np.maximum(distance, np.float32(0.0), out=distance)
        np.sqrt(distance, out=distance)
        distance *= _SQRT5
        decay = np.exp(-distance)
        distance *= np.float32(1.0) + distance * np.float32(1.0 / 3.0)
        distance += np.float32(1.0)
        distance *= decay
        return np.asarray(distance)

    def expect(self, rows: Floats) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        scaled = self._features.scale(rows)
        kernel = self._kernel(self._features.squared(scaled, self._points).astype(np.float32))
        variances = np.float32(1.0) - np.einsum("ij,ij->i", kernel @ self._inverse, kernel)
        return self._middle + kernel @ self._pulled, np.sqrt(np.maximum(variances, np.float32(1e-6)))
