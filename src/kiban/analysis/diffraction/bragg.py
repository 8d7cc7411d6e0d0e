"""Bragg's law, and the X-ray lines that go into it."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kiban.errors import OutOfRange
from kiban.quantity.measured import Measured
from kiban.quantity.propagation import propagate
from kiban.records.reading import Reading

Array = NDArray[np.float64]

_KALPHA_ANGSTROM = {
    "Cr": (2.2897260, 2.2936510),
    "Fe": (1.9360410, 1.9399730),
    "Co": (1.7889960, 1.7928350),
    "Cu": (1.5405929, 1.5444274),
    "Mo": (0.7093172, 0.7136070),
    "Ag": (0.5594218, 0.5638131),
}
"""Kα1 and Kα2. International Tables for Crystallography C (2006), Table 4.2.2.4, after G. Hölzer et al., Phys. Rev. A
56, 4554 (1997) for Cr to Cu."""
_ANGSTROM = {"angstrom": 1.0, "nm": 10.0}


def lattice_spacing(two_theta: Measured, wavelength: Measured) -> Measured:
    """Convert a diffraction angle to the spacing of lattice planes by Bragg's law.

    Parameters
    ----------
    two_theta : Measured, plane angle
        Scattering angle, inside (0°, 180°).
    wavelength : Measured, length
        X-ray wavelength in vacuum.

    Returns
    -------
    Measured
        First-order spacing in the wavelength's unit. Its standard uncertainty combines those of angle and wavelength
        as independent; where only the angle has one, the wavelength counts as a constant.

    Raises
    ------
    IncompatibleUnit
        If `two_theta` is not a plane angle or `wavelength` not a length.
    OutOfRange
        If the angle lies outside (0°, 180°).

    References
    ----------
    W. L. Bragg, Proc. Camb. Phil. Soc. 17, 43 (1913).
    """
    wavelength.require("angstrom")
    angle = two_theta.in_unit("rad")
    if not 0.0 < angle.value < math.pi:
        raise OutOfRange(
            f"A diffraction angle of {two_theta.value} {two_theta.unit} was given; it lies between 0° and 180°.",
            mend="Give the angle 2θ between incident and diffracted beam.",
        )
    if wavelength.uncertainty is None:
        return propagate(lambda t: wavelength.value / (2.0 * math.sin(0.5 * t)), [angle], unit=wavelength.unit)
    return propagate(lambda t, w: w / (2.0 * math.sin(0.5 * t)), [angle, wavelength], unit=wavelength.unit)


def spacings(two_theta: Array, u_two_theta: Array, wavelength: float, u_wavelength: float) -> tuple[Array, Array]:
    """Lattice spacings and their standard uncertainties, as `lattice_spacing` gives them, for many angles.

    Parameters
    ----------
    two_theta, u_two_theta : array, shape (n,)
        In degrees.
    wavelength, u_wavelength : float
        In one unit, that of the spacings. Of a constant wavelength the uncertainty is 0.
    """
    theta = np.radians(0.5 * two_theta)
    d = wavelength / (2.0 * np.sin(theta))
    relative = np.hypot(np.radians(0.5 * u_two_theta) / np.tan(theta), u_wavelength / wavelength)
    return d, d * np.abs(relative)


def second_line(wavelength: float, second: float) -> Callable[[Array], Array]:
    """How far from a peak of one wavelength, in degrees 2θ, the same planes diffract another.

    Parameters
    ----------
    wavelength, second : float
        In one unit.

    Returns
    -------
    callable
        From angles 2θ of the first to distances; where the second line finds no angle, it is put at 180°.
    """
    ratio = second / wavelength

    def shift(two_theta: Array) -> Array:
        sine = np.sin(np.radians(0.5 * np.clip(two_theta, 0.0, 180.0)))
        moved: Array = np.degrees(2.0 * np.arcsin(np.minimum(sine * ratio, 1.0))) - two_theta
        return moved

    return shift


def wavelengths(reading: Reading) -> tuple[Measured | None, Measured | None, tuple[str, ...]]:
    """The wavelengths of Kα1 and Kα2 that a diffraction measurement was made with, in ångström.

    Returns
    -------
    (Measured or None, Measured or None, tuple of str)
        As the file states them; else those of the anode it names, and a doubt that says so. The second is `None` where
        the file states only one, or that there is nothing of the other.
    """
    first, second = (_in_angstrom(reading.metadata.get(name)) for name in ("wavelength", "wavelength_kalpha2"))
    doubts: tuple[str, ...] = ()
    anode = reading.metadata.get("anode")
    if first is None and isinstance(anode, str) and anode.strip().capitalize() in _KALPHA_ANGSTROM:
        first, second = (Measured(value, "angstrom") for value in _KALPHA_ANGSTROM[anode.strip().capitalize()])
        doubts = (f"The file states no wavelength; that of Kα radiation of its anode, {anode.strip()}, was taken.",)
    return first, None if reading.metadata.get("kalpha2_to_kalpha1") == 0 else second, doubts


def _in_angstrom(value: object) -> Measured | None:
    if not isinstance(value, Measured) or value.unit not in _ANGSTROM or not 0.05 < value.value < 100.0:
        return None
    return value if value.unit == "angstrom" else value.in_unit("angstrom")
