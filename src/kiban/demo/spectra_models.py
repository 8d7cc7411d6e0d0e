"""Simulated Raman, infrared and UV-Vis spectra of titania and lithium cobalt oxide.

Bands lie where they were published; heights and widths are chosen to look like a powder or a film. The same arguments
give the same numbers, noise included.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_EV_NM = 1239.841984
"""Photon energy times wavelength, eV nm (CODATA 2018)."""


@dataclass(frozen=True, slots=True)
class Band:
    """A Lorentzian band; full width at half maximum in the unit of the position."""

    position: float
    width: float
    height: float


RAMAN_BANDS: Mapping[str, Sequence[Band]] = {
    # T. Ohsaka, F. Izumi, Y. Fujiki, J. Raman Spectrosc. 7, 321 (1978)
    "anatase": (
        Band(144, 9, 1.0),
        Band(197, 11, 0.06),
        Band(399, 18, 0.18),
        Band(513, 18, 0.14),
        Band(519, 18, 0.10),
        Band(639, 22, 0.25),
    ),
    # S. P. S. Porto, P. A. Fleury, T. C. Damen, Phys. Rev. 154, 522 (1967); 235 is a second-order band
    "rutile": (Band(143, 9, 0.05), Band(235, 80, 0.18), Band(447, 36, 0.38), Band(612, 38, 0.40)),
    # M. Inaba et al., J. Raman Spectrosc. 28, 613 (1997)
    "lithium-cobalt-oxide": (Band(486, 14, 0.45), Band(596, 16, 1.0)),
}
"""Wavenumber shifts in 1/cm."""


def raman(
    shift_per_cm: Array,
    phases: Mapping[str, float],
    *,
    broadening_per_cm: float,
    fluorescence: float,
    counts: float,
    seed: int,
) -> Array:
    """Draw a Raman spectrum.

    Parameters
    ----------
    shift_per_cm : array, shape (n_points,), 1/cm
    phases : mapping
        From a key of `RAMAN_BANDS` to the share of that phase.
    broadening_per_cm : float
        Added to every width, as small crystallites do.
    fluorescence : float
        Height of the broad background, as a part of the strongest band.
    counts : float
        Of a band of height 1; the noise is that of counting.

    Returns
    -------
    array, shape (n_points,)
    """
    signal = fluorescence * np.exp(-(((shift_per_cm - 900) / 700) ** 2)) + 0.02
    for phase, share in phases.items():
        signal = signal + share * _lorentzians(shift_per_cm, RAMAN_BANDS[phase], broadening_per_cm)
    drawn: Array = np.random.default_rng(seed).poisson(counts * signal).astype(np.float64)
    return drawn


def infrared(wavenumber_per_cm: Array, *, hydroxyl: float, rutile: float, seed: int) -> Array:
    """Draw the absorbance of titania in a pellet of KBr.

    Ti-O stretching below 900 1/cm; stretching and bending of water and hydroxyl groups at 3400 and 1630 1/cm, which
    annealing drives out.

    Parameters
    ----------
    hydroxyl : float
        Height of the band at 3400 1/cm, absorbance.
    rutile : float
        Weight fraction, 0 to 1; the rest is anatase.
    """
    bands = [
        Band(470, 190, 0.75 * (1 - rutile)),
        Band(620, 220, 0.65 * (1 - rutile)),
        Band(530, 170, 0.85 * rutile),
        Band(680, 160, 0.50 * rutile),
        Band(3400, 380, hydroxyl),
        Band(1630, 70, 0.45 * hydroxyl),
        Band(2349, 12, 0.02),
    ]
    baseline = 0.03 + 0.02 * (wavenumber_per_cm - 400) / 3600
    noise = np.random.default_rng(seed).normal(0.0, 6e-4, wavenumber_per_cm.shape)
    drawn: Array = baseline + _lorentzians(wavenumber_per_cm, bands, 0.0) + noise
    return drawn


def film_absorbance(wavelength_nm: Array, *, gap_ev: float, urbach_mev: float, haze: float, seed: int) -> Array:
    """Draw the absorbance of a thin film of titania.

    Above the gap (E - E_g)²/E, as of an indirect semiconductor; below it the exponential edge of F. Urbach, Phys. Rev.
    92, 1324 (1953), joined where both have the same slope; light scattered by grains goes with the fourth power of 1/λ.

    Parameters
    ----------
    haze : float
        Absorbance by scattering at 400 nm.
    """
    energy = _EV_NM / wavelength_nm
    urbach_ev = urbach_mev * 1e-3
    # (E - Eg)² has the logarithmic slope 2/(E - Eg); the edge has 1/E_u.
    joint = gap_ev + 2 * urbach_ev
    above = (np.maximum(energy - gap_ev, 0.0)) ** 2
    edge = (joint - gap_ev) ** 2 * np.exp((energy - joint) / urbach_ev)
    absorbed = 6.0 * np.where(energy > joint, above, edge) / energy
    noise = np.random.default_rng(seed).normal(0.0, 4e-4, wavelength_nm.shape)
    drawn: Array = 0.015 + haze * (400 / wavelength_nm) ** 4 + absorbed + noise
    return drawn


def _lorentzians(x: Array, bands: Sequence[Band], broadening: float) -> Array:
    total = np.zeros_like(x)
    for band in bands:
        width = band.width + broadening
        # The area stays when a band grows wider.
        total += band.height * (band.width / width) / (1 + (2 * (x - band.position) / width) ** 2)
    return total
