"""Least squares after Levenberg and Marquardt, for many small problems of one size at once.

K. Levenberg, Q. Appl. Math. 2, 164 (1944); D. W. Marquardt, J. Soc. Ind. Appl. Math. 11, 431 (1963). Every problem has
its own damping and stops by itself; parameters may have limits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

_MOST_STEPS = 15
_ENOUGH = 0.003
"""A problem has arrived when a step lowers χ² by less than this part of χ² per degree of freedom (or of 1): parameters
then move by about a twentieth of their uncertainty."""
_NEAR = 0.1
"""What χ², per degree of freedom, may still be above the minimum at the end: about a third of an uncertainty."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solution:
    """Where the minima are, for n problems of m parameters."""

    parameters: Array
    """Shape (n, m)."""
    covariance: Array
    """Shape (n, m, m), multiplied by χ² per degree of freedom where that is above 1; 0 for parameters at a limit."""
    reduced_chi2: Array
    """Shape (n,)."""
    is_minimum: NDArray[np.bool_]
    """Shape (n,): the search arrived, and there were more points than parameters."""
    is_at_limit: NDArray[np.bool_]
    """Shape (n, m): the parameter was held by a limit, or nothing depends on it."""


def minimise(
    normal: Callable[[Array, Rows], tuple[Array, Array, Array]],
    start: Array,
    *,
    lowest: Array,
    highest: Array,
    n_points: NDArray[np.intp],
) -> Solution:
    """Find the minima of n sums of squares.

    Parameters
    ----------
    normal : callable
        Takes parameters, shape (k, m), and the numbers of the k problems that they are for; gives χ², shape (k,), the
        normal matrices, shape (k, m, m), and their right-hand sides, shape (k, m).
    start, lowest, highest : array, shape (n, m)
    n_points : array of int, shape (n,)
        Observations of each problem.
    """
    best = np.clip(start, lowest, highest)
    chi2, matrix, vector = normal(best, np.arange(best.shape[0]))
    damping, done = np.full(best.shape[0], 1e-2), np.zeros(best.shape[0], dtype=np.bool_)
    freedom = np.maximum(n_points - best.shape[1], 1)
    for _ in range(_MOST_STEPS):
        rows = np.flatnonzero(~done)
        if rows.size == 0:
            break
        step = _step(matrix[rows], vector[rows], damping[rows], best[rows], lowest[rows], highest[rows])
        trial = np.minimum(np.maximum(best[rows] + step, lowest[rows]), highest[rows])
        found = normal(trial, rows)
        gain = chi2[rows] - found[0]
        better = gain >= 0.0
        good = rows[better]
        best[good], chi2[good], matrix[good], vector[good] = (a[better] for a in (trial, *found))
        damping[rows] *= np.where(better, 0.1, 10.0)
        done[rows] = better & (gain < _ENOUGH * np.maximum(found[0] / freedom[rows], 1.0))
    return _solution(best, chi2, matrix, vector, (best <= lowest) | (best >= highest), n_points)


def _step(matrix: Array, vector: Array, damping: Array, at: Array, lowest: Array, highest: Array) -> Array:
    """One damped step; parameters at a limit that would go beyond it stay."""
    stuck = ((at <= lowest) & (vector < 0)) | ((at >= highest) & (vector > 0))
    free = _without(matrix, stuck)
    pull = np.where(stuck, 0.0, vector)
    diagonal = diagonals(free)
    diagonal *= 1.0 + damping[:, None]
    np.maximum(diagonal, 1e-12, out=diagonal)
    solved: NDArray[Any] = np.linalg.solve(free, pull[:, :, None])
    return solved[:, :, 0]


def _without(matrix: Array, fixed: NDArray[np.bool_]) -> Array:
    """A copy of the normal matrices in which the fixed parameters stand alone."""
    if not fixed.any():
        return matrix.copy()
    free = ~fixed
    alone: Array = matrix * (free[:, :, None] & free[:, None, :])
    diagonals(alone)[fixed] = 1.0
    return alone


def diagonals(matrices: Array) -> Array:
    """The diagonals of contiguous matrices as a view, shape (n, m): faster than einsum where they are small."""
    n, m, _ = matrices.shape
    view: Array = matrices.reshape(n, m * m)[:, :: m + 1]
    return view


def _solution(
    best: Array, chi2: Array, matrix: Array, vector: Array, limited: NDArray[np.bool_], n_points: NDArray[np.intp]
) -> Solution:
    fixed = limited | ~(np.einsum("ijj->ij", matrix) > 0.0)
    covariance = _inverse(_without(matrix, fixed)) * ~(fixed[:, :, None] | fixed[:, None, :])
    freedom = n_points - np.count_nonzero(~fixed, axis=1)
    reduced = chi2 / np.maximum(freedom, 1)
    scale = np.maximum(reduced, 1.0)
    # What χ² would still fall by if it were a parabola.
    left = np.einsum("ij,ijk,ik->i", vector, covariance, vector)
    return Solution(
        parameters=best,
        covariance=covariance * scale[:, None, None],
        reduced_chi2=reduced,
        is_minimum=(left < _NEAR * scale) & (freedom > 0),
        is_at_limit=fixed,
    )


def _inverse(matrix: Array) -> Array:
    """Inverses of normal matrices, worked out in scales in which the diagonals are 1."""
    scale = 1.0 / np.sqrt(np.einsum("ijj->ij", matrix))
    scale = scale[:, :, None] * scale[:, None, :]
    # Two peaks at one place make the matrix singular; a trace more on the diagonal makes their uncertainties huge.
    inverse: Array = np.linalg.inv(matrix * scale + 1e-11 * np.eye(matrix.shape[1]))
    inverse *= scale
    return inverse
