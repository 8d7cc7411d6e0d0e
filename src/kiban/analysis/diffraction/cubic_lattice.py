"""The lattice parameter of a cubic crystal from its diffraction lines alone, no structure given.

In a cubic lattice 1/d² = (h² + k² + l²)/a², so that all 1/d² are whole multiples N of one number. Which N occur tells
the lattice: all sums of three squares for a primitive one, even ones for a body-centred one, those of unmixed h, k, l
for a face-centred one, and of these the ones without h + k + l = 4n + 2 for the diamond structure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from kiban.errors import InvalidValue, OutOfRange
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.quantity.uncertainty import Origin, Uncertainty

Array = NDArray[np.float64]

LATTICES = ("primitive", "body-centred", "face-centred", "diamond")
_LARGEST_INDEX = 24
_LARGEST_FIRST = 40
"""The first line is tried as each N up to this one."""
_NEAR_DEG = 0.1
"""How far a line may lie from its place before its N is refused; zero errors of diffractometers are smaller."""
_FEWEST_LINES = 4
_SURE, _SURE_TIMES_LINES = 15.0, 150.0
"""de Wolff calls an indexing with M20 above 10 substantially right. With fewer lines chance does better: in 300 trials
random lines reached 28 with four of them, 17 with six, 10 with seven. So 150 over their number is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CubicCell:
    """A cubic cell that explains all lines."""

    lattice: str
    """One of `LATTICES`."""
    a: Measured
    """Lattice parameter in the wavelength's unit, with its standard uncertainty."""
    sums: tuple[int, ...]
    """N = h² + k² + l² of each line, in the order of the lines."""
    figure_of_merit: float
    """de Wolff's M for as many lines as there are."""
    offset: Measured | None
    """The common error of the angles 2θ, where it was asked for."""
    alternatives: tuple[str, ...]
    """Other cells that fit half as well or better, in words: `body-centred, a = 8.872 angstrom`."""


def lattice_parameter_cubic(two_theta: Series, wavelength: Measured, *, with_offset: bool = False) -> CubicCell:
    """Find the cubic cell that explains all diffraction lines, by least squares on 1/d².

    Parameters
    ----------
    two_theta : Series, shape (n_lines,), plane angle
        Scattering angles of one phase, inside (0°, 180°), in any order, with their uncertainties; at least 4.
    wavelength : Measured, length
        Its uncertainty, where known, goes into that of `a`.
    with_offset : bool
        Whether to fit a common error of all angles with the lattice parameter; then at least 5 lines are needed.

    Returns
    -------
    CubicCell
        The one with the largest figure of merit; of equal ones the smallest. The uncertainty of `a` follows from
        those of the angles and is enlarged by √χ² where the lines scatter more than that. An offset that was not
        fitted is not in it.

    Raises
    ------
    IncompatibleUnit
        If `two_theta` is not a plane angle or `wavelength` not a length.
    InvalidValue
        If no cubic cell explains all lines with a figure of merit of 15, or more for fewer than 10 lines.
    OutOfRange
        If there are too few lines, one lies outside (0°, 180°), or one has no uncertainty.

    References
    ----------
    P. M. de Wolff, J. Appl. Cryst. 1, 108 (1968), for the figure of merit.
    """
    two_theta.require("deg")
    wavelength.require("angstrom")
    lines = _lines(two_theta, 5 if with_offset else _FEWEST_LINES)
    cells = [
        cell
        for lattice in LATTICES
        for first in _possible(lattice)[: np.searchsorted(_possible(lattice), _LARGEST_FIRST, "right")]
        if (cell := _cell(lines, lattice, int(first), wavelength, with_offset=with_offset)) is not None
    ]
    cells.sort(key=lambda cell: (-round(cell.figure_of_merit, 3), cell.a.value))
    needed = max(_SURE, _SURE_TIMES_LINES / lines.angle.size)
    if not cells or cells[0].figure_of_merit < needed:
        best = (
            f" The best has a figure of merit of {cells[0].figure_of_merit:.1f}; {needed:.0f} is needed."
            if cells
            else ""
        )
        raise InvalidValue(
            f"No cubic cell explains all {lines.angle.size} lines.{best}",
            mend="Leave out lines of other phases and of Kβ, fit an offset, or try another system.",
        )
    best_cell = cells[0]
    others = tuple(
        f"{cell.lattice}, a = {cell.a.value:.4f} {cell.a.unit}"
        for cell in cells[1:]
        if cell.figure_of_merit > 0.5 * best_cell.figure_of_merit
    )
    return CubicCell(
        lattice=best_cell.lattice,
        a=best_cell.a,
        sums=best_cell.sums,
        figure_of_merit=best_cell.figure_of_merit,
        offset=best_cell.offset,
        alternatives=others,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    angle: Array
    """2θ in degrees, ascending."""
    u: Array
    order: NDArray[np.intp]
    """Place of each in the list as given."""


def _lines(two_theta: Series, fewest: int) -> _Lines:
    angle = two_theta.in_unit("deg")
    doubt = two_theta.to("deg").uncertainty
    u = np.broadcast_to(doubt.standard, angle.shape) if doubt is not None else np.zeros(angle.shape)
    if angle.ndim != 1 or angle.size < fewest:
        raise OutOfRange(
            f"{angle.size} lines are too few to tell a cubic cell; {fewest} are needed.",
            mend="Measure up to a larger angle.",
        )
    if not bool(np.all((angle > 0) & (angle < 180) & (u > 0) & np.isfinite(u))):
        raise OutOfRange(
            "Each line needs an angle between 0° and 180° and a standard uncertainty above 0.",
            mend="Give the angles with the uncertainties of their fits.",
        )
    order = np.argsort(angle, kind="stable")
    return _Lines(angle[order], u[order], order)


@cache
def _possible(lattice: str) -> NDArray[np.intp]:
    """The N that a lattice can show, ascending."""
    sums = set()
    for hkl in combinations_with_replacement(range(_LARGEST_INDEX), 3):
        total = sum(hkl)
        is_unmixed = len({index % 2 for index in hkl}) == 1
        is_shown = {
            "primitive": True,
            "body-centred": total % 2 == 0,
            "face-centred": is_unmixed,
            "diamond": is_unmixed and (total % 2 == 1 or total % 4 == 0),
        }
        if is_shown[lattice]:
            sums.add(sum(index**2 for index in hkl))
    # Beyond the square of the largest index the list would have gaps.
    return np.array(sorted(n for n in sums if 0 < n < _LARGEST_INDEX**2), dtype=np.intp)


def _cell(lines: _Lines, lattice: str, first: int, wavelength: Measured, *, with_offset: bool) -> CubicCell | None:
    """Try the lattice with the first line as N = first; None where a line finds no place."""
    possible = _possible(lattice)
    sums = _sums(lines, possible, first)
    if sums is None:
        return None
    a, u_a, offset, u_offset = _fitted(lines, sums, wavelength.value, with_offset=with_offset)
    if a is None or not math.isfinite(u_a):
        return None
    sine = np.sin(np.radians(0.5 * (lines.angle - offset)))
    off = np.abs(
        2.0 * np.degrees(np.arcsin(np.clip(np.sqrt(sums) * wavelength.value / (2 * a), -1, 1)) - np.arcsin(sine))
    )
    if bool(np.any(off > _NEAR_DEG)):
        return None
    if wavelength.uncertainty is not None:
        u_a = math.hypot(u_a, a * wavelength.uncertainty.standard / wavelength.value)
    in_order = np.empty_like(sums)
    in_order[lines.order] = sums
    return CubicCell(
        lattice=lattice,
        a=Measured(a, wavelength.unit, Uncertainty(value=u_a, origin=Origin.FIT)),
        sums=tuple(int(n) for n in in_order),
        figure_of_merit=_figure_of_merit(lines, sums, sine, possible),
        offset=Measured(offset, "deg", Uncertainty(value=u_offset, origin=Origin.FIT)) if with_offset else None,
        alternatives=(),
    )


def _sums(lines: _Lines, possible: NDArray[np.intp], first: int) -> NDArray[np.intp] | None:
    """Give each line its N, from small angles to large ones; each line found makes the scale better known."""
    s2 = np.sin(np.radians(0.5 * lines.angle)) ** 2
    sums = np.empty(s2.size, dtype=np.intp)
    above = below = 0.0
    scale = s2[0] / first
    for i, value in enumerate(s2):
        n = value / scale
        right = int(np.searchsorted(possible, n))
        near = possible[max(right - 1, 0) : right + 1]
        if near.size == 0 or n > possible[-1] + 1:
            return None
        sums[i] = near[np.argmin(np.abs(near - n))]
        if i and sums[i] <= sums[i - 1]:
            return None
        expected = 2.0 * math.degrees(math.asin(min(math.sqrt(sums[i] * scale), 1.0)))
        # The scale still carries the error of the first lines, magnified by the ratio of the tangents.
        slack = _NEAR_DEG * (
            1.0 + math.tan(math.radians(0.5 * lines.angle[i])) / math.tan(math.radians(0.5 * lines.angle[0]))
        )
        if abs(expected - lines.angle[i]) > slack:
            return None
        above, below = above + float(sums[i] * value), below + float(sums[i] ** 2)
        scale = above / below
    return sums


def _fitted(
    lines: _Lines, sums: NDArray[np.intp], wavelength: float, *, with_offset: bool
) -> tuple[float | None, float, float, float]:
    """Least squares of 2θ over a, and over a common offset: a, u(a), offset and its u. Starts near, so few steps do."""
    tangent = np.tan(np.radians(0.5 * lines.angle))
    a = float(np.average(np.sqrt(sums) * wavelength / (2 * np.sin(np.radians(0.5 * lines.angle))), weights=tangent**2))
    offset = 0.0
    for _ in range(8):
        sine = np.sqrt(sums) * wavelength / (2.0 * a)
        if bool(np.any(sine >= 1.0)):
            return None, math.nan, 0.0, math.nan
        theta = np.arcsin(sine)
        by_a = -np.degrees(2.0 * np.tan(theta)) / a
        slopes = np.stack((by_a, np.ones_like(by_a)), axis=1)[:, : 2 if with_offset else 1] / lines.u[:, None]
        residual = (lines.angle - 2.0 * np.degrees(theta) - offset) / lines.u
        covariance = np.linalg.pinv(slopes.T @ slopes)
        step = covariance @ (slopes.T @ residual)
        a += float(step[0])
        offset += float(step[1]) if with_offset else 0.0
        if not a > 0.0:
            return None, math.nan, 0.0, math.nan
    freedom = sums.size - slopes.shape[1]
    enlarged = covariance * max(1.0, float(residual @ residual) / freedom)
    return a, math.sqrt(enlarged[0, 0]), offset, math.sqrt(enlarged[1, 1]) if with_offset else math.nan


def _figure_of_merit(lines: _Lines, sums: NDArray[np.intp], sine: Array, possible: NDArray[np.intp]) -> float:
    """Q of the last line over twice the mean error of Q and the number of lines that could be there."""
    q = sine**2
    scale = float(np.sum(q * sums) / np.sum(sums**2))
    # Simulated lines may fit perfectly; they are not known better than their uncertainties.
    known = np.abs(np.sin(np.radians(lines.angle))) * np.radians(0.5 * lines.u)
    error = float(np.mean(np.maximum(np.abs(q - sums * scale), known)))
    n_possible = int(np.searchsorted(possible, sums[-1], "right"))
    return float(q[-1]) / (2.0 * error * n_possible)
