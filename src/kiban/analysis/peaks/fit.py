"""Fitting peak profiles, many small groups of peaks at once.

Peaks so near to each other that they overlap are fitted together, on a straight background of their own: pseudo-Voigt
functions, or doublets of them where Kα1 comes with Kα2. The numbers that follow hold for the first line of a doublet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.analysis.peaks.least_squares import Rows, Solution, diagonals, minimise
from kiban.analysis.peaks.profile import ETA, HALF, HEIGHT, PLACE, areas, model
from kiban.analysis.peaks.windows import Batch, batch_of, grouped

Array = NDArray[np.float64]

_ETA_SPREAD, _HALF_SPREAD = 0.4, 0.7
"""A weak peak tells little of its shape. That it lies between Lorentzian and Gaussian, and that its width is the one it
was found with within a factor of about 2, enters as two more observations, which any strong peak outweighs."""
_COLUMNS = ("place", "u_place", "height", "u_height", "fwhm", "u_fwhm", "area", "u_area", "eta", "reduced_chi2")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Peaks:
    """Fitted peaks; arrays of shape (n_peaks,) in the units of the curve, `u_` for standard uncertainties."""

    place: Array
    u_place: Array
    height: Array
    u_height: Array
    fwhm: Array
    u_fwhm: Array
    area: Array
    """Of the whole doublet where there is one."""
    u_area: Array
    eta: Array
    """Lorentzian fraction, from -0.5 to 1.5."""
    reduced_chi2: Array
    """Of the group of peaks that were fitted together."""
    group: NDArray[np.intp]
    """Peaks of the same number overlap."""
    is_sound: NDArray[np.bool_]
    """The fit arrived, and not at a limit of place or width."""


@dataclass(frozen=True, slots=True, eq=False)
class Doublet:
    """The second line of each peak."""

    ratio: float
    """Its height over that of the first."""
    shift: Callable[[Array], Array]
    """Its distance from the first, for each place."""


def fit(
    x: Array, y: Array, u: Array, *, place: Array, fwhm: Array, doublet: Doublet | None = None,
    reach: float = 2.5, most_together: int = 5,
) -> Peaks:  # fmt: skip
    """Fit all peaks of a curve.

    Parameters
    ----------
    x, y, u : array, shape (n_points,)
        The curve, ascending, and its standard uncertainties, positive.
    place, fwhm : array, shape (n_peaks,)
        Where the peaks are, ascending, and about how wide.
    doublet : Doublet, optional
    reach : float
        Widths on either side of a peak that are fitted.
    most_together : int
        A longer chain of overlapping peaks is cut where they are farthest apart.

    Returns
    -------
    Peaks
        In the given order. Uncertainties from the covariance at the minimum, multiplied by √χ² where χ² (per degree of
        freedom) is above 1: never less than counting statistics say, more where the profile does not describe the
        peak.
    """
    extra = np.abs(doublet.shift(place)) if doublet is not None else np.zeros_like(place)
    low, high = place - reach * fwhm, place + reach * fwhm + extra
    group = grouped(place, low, high, fwhm, most_together)
    table = np.full((place.size, len(_COLUMNS)), np.nan)
    arrived = np.zeros(place.size, dtype=np.bool_)
    sizes = np.bincount(group)
    for n_peaks in np.unique(sizes):
        members = np.flatnonzero(sizes[group] == n_peaks).reshape(-1, n_peaks)
        batch = batch_of(members, x, y, u, place=place, fwhm=fwhm, low=low, high=high)
        if batch is not None:
            _enter(batch, _solve(batch, doublet), doublet, table, arrived)
    values = dict(zip(_COLUMNS, table.T, strict=True))
    return Peaks(**values, group=group, is_sound=arrived & np.all(np.isfinite(table), axis=1))


def _solve(batch: Batch, doublet: Doublet | None) -> Solution:
    lowest, highest = _limits(batch)

    def normal(parameters: Array, rows: Rows) -> tuple[Array, Array, Array]:
        return _normal(parameters, batch if rows.size == batch.x.shape[0] else batch.part(rows), doublet)

    return minimise(normal, batch.start, lowest=lowest, highest=highest, n_points=batch.n_points)


def _limits(batch: Batch) -> tuple[Array, Array]:
    """How far parameters may go: a peak stays within about its own width of where it was found."""
    lowest, highest = np.full_like(batch.start, -np.inf), np.full_like(batch.start, np.inf)
    place, half = batch.start[:, 2 + PLACE :: 4], batch.start[:, 2 + HALF :: 4]
    span = (np.max(batch.x, axis=1) - np.min(batch.x, axis=1))[:, None]
    step = span / np.maximum(batch.n_points - 1, 1)[:, None]
    lowest[:, 2 + PLACE :: 4], highest[:, 2 + PLACE :: 4] = place - 2.0 * half - step, place + 2.0 * half + step
    lowest[:, 2 + HALF :: 4], highest[:, 2 + HALF :: 4] = 0.4 * step, np.maximum(0.5 * span, step)
    # A little outside 0 to 1 the function still is a peak, and real ones have such shapes.
    lowest[:, 2 + ETA :: 4], highest[:, 2 + ETA :: 4] = -0.5, 1.5
    return lowest, highest


def _normal(parameters: Array, batch: Batch, doublet: Doublet | None) -> tuple[Array, Array, Array]:
    """χ², the normal matrices and their right-hand sides."""
    ratio, shift = 0.0, None
    if doublet is not None:
        at = batch.centre[:, None] + batch.unit[:, None] * parameters[:, 2 + PLACE :: 4]
        ratio, shift = doublet.ratio, doublet.shift(at) / batch.unit[:, None]
    values, slopes = model(parameters, batch.x, shift, ratio)
    residual = (batch.y - values) * batch.weight
    slopes *= batch.weight[:, None, :]
    matrix: Array = slopes @ slopes.transpose(0, 2, 1)
    vector: Array = (slopes @ residual[:, :, None])[:, :, 0]
    chi2: Array = np.einsum("ij,ij->i", residual, residual)
    diagonal = diagonals(matrix)
    for which, spread in ((ETA, _ETA_SPREAD), (HALF, _HALF_SPREAD * batch.start[:, 2 + HALF :: 4])):
        columns = slice(2 + which, None, 4)
        pull = (batch.start[:, columns] - parameters[:, columns]) / spread
        chi2 += np.sum(pull**2, axis=1)
        diagonal[:, columns] += 1.0 / spread**2
        vector[:, columns] += pull / spread
    return chi2, matrix, vector


def _enter(batch: Batch, solution: Solution, doublet: Doublet | None, table: Array, arrived: NDArray[np.bool_]) -> None:
    """Put the fitted peaks of a batch into their rows of the table of all peaks, in the curve's units."""
    lines = 1.0 + (doublet.ratio if doublet is not None else 0.0)
    for k in range(batch.members.shape[1]):
        at, row = slice(2 + 4 * k, 6 + 4 * k), batch.members[:, k]
        peak, covariance = solution.parameters[:, at], solution.covariance[:, at, at]
        u = np.sqrt(np.maximum(np.einsum("ijj->ij", covariance), 0.0))
        area, slopes = areas(peak, lines)
        u_area = np.sqrt(np.maximum(np.einsum("ij,ijk,ik->i", slopes, covariance, slopes), 0.0))
        columns = (
            batch.centre + batch.unit * peak[:, PLACE], batch.unit * u[:, PLACE],
            batch.level * peak[:, HEIGHT], batch.level * u[:, HEIGHT],
            2.0 * batch.unit * peak[:, HALF], 2.0 * batch.unit * u[:, HALF],
            batch.level * batch.unit * area, batch.level * batch.unit * u_area,
            peak[:, ETA], solution.reduced_chi2,
        )  # fmt: skip
        table[row] = np.stack(columns, axis=1)
        is_held = np.any(solution.is_at_limit[:, at][:, (HEIGHT, PLACE, HALF)], axis=1)
        arrived[row] = solution.is_minimum & ~is_held & (peak[:, HEIGHT] > 0.0) & (u[:, PLACE] > 0.0)
