"""Powder X-ray diffraction patterns of published structures, simulated.

Bragg-Brentano geometry with fixed slits and without monochromator: an infinitely thick sample of randomly oriented
grains, its absorption the same at all angles. Each line has its Kα1 and Kα2 parts, each of them pseudo-Voigt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kiban.demo.powder_reflections import reflections, unit_cell
from kiban.demo.structures import Structure

Array = NDArray[np.float64]

CU_KALPHA1_NM = 0.15405929
CU_KALPHA2_NM = 0.15444274
"""G. Hölzer et al., Phys. Rev. A 56, 4554 (1997)."""

_SHAPE_FACTOR = 0.9
_TAIL_WIDTHS = 40.0
"""How many widths of a line are drawn; a Lorentzian has 1.6 % of its area beyond 20 widths on either side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A crystalline phase of a mixture."""

    structure: Structure
    weight_fraction: float = 1.0
    crystallite_nm: float = 200.0
    """Mean size; it broadens the lines by P. Scherrer's formula, FWHM = 0.9 λ/(L cos θ)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diffractometer:
    """Radiation and widths of an instrument.

    `caglioti_deg2` are U, V, W of G. Caglioti, A. Paoletti, F. P. Ricci, Nucl. Instrum. 3, 223 (1958):
    FWHM² = U tan²θ + V tan θ + W of the Gaussian part.
    """

    kalpha1_nm: float = CU_KALPHA1_NM
    kalpha2_nm: float = CU_KALPHA2_NM
    kalpha2_to_kalpha1: float = 0.5
    caglioti_deg2: tuple[float, float, float] = (0.004, -0.003, 0.006)
    lorentzian_deg: float = 0.02
    """Lorentzian part of the width that the instrument adds at all angles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The Kα1 lines of one phase, each array of shape (n_lines,)."""

    hkl: tuple[tuple[int, int, int], ...]
    two_theta_deg: Array
    intensity: Array
    """Integrated, for equal weights of different phases on one scale."""


@cache
def lines(structure: Structure, *, wavelength_nm: float = CU_KALPHA1_NM, two_theta_max_deg: float = 150.0) -> Lines:
    """Work out where the lines of a structure lie and how strong they are.

    I = m |F|² Lp / (ρ V²), with the Lorentz-polarisation factor Lp = (1 + cos² 2θ)/(sin² θ cos θ) of unpolarised
    radiation, the multiplicity m, the density ρ and the cell volume V.

    References
    ----------
    V. K. Pecharsky, P. Y. Zavalij, Fundamentals of Powder Diffraction and Structural Characterization of Materials
    (2009), chapter 8.
    """
    found = reflections(structure, wavelength_nm=wavelength_nm, two_theta_max_deg=two_theta_max_deg)
    spacing = np.array([r.spacing_angstrom for r in found])
    theta = np.arcsin(10 * wavelength_nm / (2 * spacing))
    polarisation = (1 + np.cos(2 * theta) ** 2) / (np.sin(theta) ** 2 * np.cos(theta))
    cell = unit_cell(structure)
    scale = 1.0 / (cell.mass_dalton * cell.volume_angstrom3)
    strength = np.array([r.multiplicity * r.structure_factor_squared for r in found])
    return Lines(
        hkl=tuple(r.hkl for r in found),
        two_theta_deg=np.degrees(2 * theta),
        intensity=scale * strength * polarisation,
    )


def expected(
    two_theta_deg: Array,
    phases: Sequence[Phase],
    *,
    instrument: Diffractometer,
    highest_counts: float,
    background_counts: float,
    amorphous_counts: float = 0.0,
) -> Array:
    """Calculate the mean number of counts at each angle.

    Parameters
    ----------
    two_theta_deg : array, shape (n_points,)
        Ascending, inside (0°, 180°).
    phases : sequence of Phase
        Their weight fractions are divided by their sum.
    highest_counts : float
        Of the strongest point, without the background.
    background_counts : float
        At large angles; it is half as much again at 10°, where air scatters more.
    amorphous_counts : float
        Height of a broad hump at 24°, as of glass or of disordered oxide.

    Returns
    -------
    array, shape (n_points,)
    """
    total = sum(phase.weight_fraction for phase in phases)
    pattern = np.zeros_like(two_theta_deg)
    for phase in phases:
        weight = phase.weight_fraction / total
        for wavelength, part in (
            (instrument.kalpha1_nm, 1.0),
            (instrument.kalpha2_nm, instrument.kalpha2_to_kalpha1),
        ):
            pattern += weight * part * _pattern(two_theta_deg, phase, instrument, wavelength)
    air = background_counts * (1 + 0.5 * np.exp(-(two_theta_deg - 10) / 15))
    hump = amorphous_counts * np.exp(-0.5 * ((two_theta_deg - 24) / 4.5) ** 2)
    counted: Array = pattern * (highest_counts / pattern.max()) + air + hump
    return counted


def counts(mean_counts: Array, *, seed: int) -> NDArray[np.int64]:
    """Draw counts from the Poisson distribution; the same seed gives the same counts."""
    return np.random.default_rng(seed).poisson(mean_counts)


def _pattern(two_theta_deg: Array, phase: Phase, instrument: Diffractometer, wavelength_nm: float) -> Array:
    """The lines of one phase in one wavelength, drawn; intensity per degree."""
    drawn = np.zeros_like(two_theta_deg)
    # The structure factors are those of Kα1; only the angles follow the wavelength.
    its = lines(phase.structure, wavelength_nm=instrument.kalpha1_nm)
    sines = np.sin(np.radians(its.two_theta_deg / 2)) * wavelength_nm / instrument.kalpha1_nm
    reached = sines < 1
    centres = np.degrees(2 * np.arcsin(sines[reached]))
    theta = np.radians(centres / 2)
    u, v, w = instrument.caglioti_deg2
    gaussian = np.sqrt(np.maximum(u * np.tan(theta) ** 2 + v * np.tan(theta) + w, 1e-6))
    size = np.degrees(_SHAPE_FACTOR * wavelength_nm / (phase.crystallite_nm * np.cos(theta)))
    widths, mixing = _thompson_cox_hastings(gaussian, size + instrument.lorentzian_deg)
    for centre, area, width, eta in zip(centres, its.intensity[reached], widths, mixing, strict=True):
        first, last = np.searchsorted(two_theta_deg, (centre - _TAIL_WIDTHS * width, centre + _TAIL_WIDTHS * width))
        x = (two_theta_deg[first:last] - centre) / width
        lorentz = 2 / np.pi / (1 + 4 * x**2)
        gauss = 2 * np.sqrt(np.log(2) / np.pi) * np.exp(-4 * np.log(2) * x**2)
        drawn[first:last] += area / width * (eta * lorentz + (1 - eta) * gauss)
    return drawn


def _thompson_cox_hastings(gaussian: Array, lorentzian: Array) -> tuple[Array, Array]:
    """Width and Lorentzian fraction of the pseudo-Voigt function that stands for a Voigt function.

    P. Thompson, D. E. Cox, J. B. Hastings, J. Appl. Cryst. 20, 79 (1987), equations 3 and 4.
    """
    g, h = gaussian, lorentzian
    width = (
        g**5 + 2.69269 * g**4 * h + 2.42843 * g**3 * h**2 + 4.47163 * g**2 * h**3 + 0.07842 * g * h**4 + h**5
    ) ** 0.2
    q = h / width
    return width, 1.36603 * q - 0.47719 * q**2 + 0.11116 * q**3
