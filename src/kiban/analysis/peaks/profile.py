"""The shape of a diffraction peak: a pseudo-Voigt function, or two of them at a fixed distance and ratio.

height · (η·L + (1 - η)·G) with a Lorentzian L and a Gaussian G of the same half width (G. K. Wertheim et al., Rev. Sci.
Instrum. 45, 1369 (1974)). The second line is Kα2 beside Kα1. Everything works on many groups of peaks at once.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

HEIGHT, PLACE, HALF, ETA = range(4)
"""Parameters of a peak: height, place, half width at half maximum, Lorentzian fraction."""
_LN2 = math.log(2.0)


def model(parameters: Array, x: Array, shift: Array | None, ratio: float) -> tuple[Array, Array]:
    """Work out groups of peaks on straight backgrounds.

    Parameters
    ----------
    parameters : array, shape (n_groups, 2 + 4 n_peaks)
        Background at x = 0 and its slope, then the four of each peak.
    x : array, shape (n_groups, n_points)
    shift : array, shape (n_groups, n_peaks), optional
        Distance of the second line from the first; left out where there is none.
    ratio : float
        Height of the second line over that of the first.

    Returns
    -------
    (array, array)
        Values, shape (n_groups, n_points), and their derivatives by the parameters, shape (n_groups, 2 + 4 n_peaks,
        n_points).
    """
    n_groups, n_points = x.shape
    peaks = parameters[:, 2:].reshape(n_groups, -1, 4)
    n_peaks = peaks.shape[1]
    slopes = np.empty((n_groups, 2 + 4 * n_peaks, n_points))
    slopes[:, 0], slopes[:, 1] = 1.0, x
    of_peaks = slopes[:, 2:].reshape(n_groups, n_peaks, 4, n_points)
    height, half, eta = (peaks[:, :, i, None] for i in (HEIGHT, HALF, ETA))
    distance = x[:, None, :] - peaks[:, :, PLACE, None]
    value, along, mix = _profile(distance, half, eta)
    by_place = along * distance
    by_half = by_place * distance
    if shift is not None:
        second = distance - shift[:, :, None]
        value2, along2, mix2 = _profile(second, half, eta)
        along2 *= ratio * second
        value += ratio * value2
        by_place += along2
        by_half += along2 * second
        mix += ratio * mix2
    of_peaks[:, :, HEIGHT] = value
    of_peaks[:, :, PLACE] = height * by_place
    of_peaks[:, :, HALF] = height * by_half / half
    of_peaks[:, :, ETA] = height * mix
    values = parameters[:, 0, None] + parameters[:, 1, None] * x + np.sum(height * value, axis=1)
    return values, slopes


def _profile(distance: Array, half: Array, eta: Array) -> tuple[Array, Array, Array]:
    """A pseudo-Voigt of height 1, its slope over the distance with the sign changed, and its derivative by η."""
    t2 = (distance / half) ** 2
    lorentzian = 1.0 / (1.0 + t2)
    gaussian = np.exp(-_LN2 * np.minimum(t2, 1e3))
    mix = lorentzian - gaussian
    value = gaussian + eta * mix
    along = (2.0 / half**2) * (eta * lorentzian**2 + (1.0 - eta) * _LN2 * gaussian)
    return value, along, mix


def areas(peak: Array, lines: float) -> tuple[Array, Array]:
    """Areas of pseudo-Voigt functions and their derivatives by the four parameters.

    Parameters
    ----------
    peak : array, shape (n, 4)
    lines : float
        1 and the ratio of the second line.

    Returns
    -------
    (array, array)
        Shapes (n,) and (n, 4).
    """
    height, half, eta = peak[:, HEIGHT], peak[:, HALF], peak[:, ETA]
    gaussian = math.sqrt(math.pi / _LN2)
    shape = lines * (eta * math.pi + (1.0 - eta) * gaussian)
    zero = np.zeros_like(height)
    slopes = np.stack((half * shape, zero, height * shape, lines * height * half * (math.pi - gaussian)), axis=1)
    area: Array = height * half * shape
    return area, slopes
