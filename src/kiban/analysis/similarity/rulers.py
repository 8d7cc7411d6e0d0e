"""The axes on which signals of one technique are compared, and how a Reading is brought onto its own.

| technique | axis | why this one |
|---|---|---|
| X-ray diffraction | q = 4π sin θ / λ, in 1/Å | a lattice has the same q with every anode |
| Raman | Raman shift in 1/cm | it does not depend on the laser |
| infrared | wavenumber in 1/cm, absorbance | transmittance is not additive |
| UV-Vis | wavelength in nm, absorbance | as its tables have it |
| XPS, photoemission | binding energy in eV | it does not depend on the source |
| NMR, each nucleus by itself | chemical shift in ppm | it does not depend on the magnet |

What cannot be brought there (a pattern without a wavelength, kinetic energies without the source) is not compared. NMR
spectra whose axis is a frequency that nothing is said of the zero of are compared with their like only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from kiban.analysis.diffraction.bragg import wavelengths
from kiban.quantity.measured import Measured
from kiban.records.likeness import COMPARED
from kiban.records.reading import Reading, Role, Variable

Array = NDArray[np.float64]

PLACES = 2048
"""Places of a curve, over the whole axis of its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruler:
    """The axis of one kind, and what is told apart on it. All lengths are in the axis' unit.

    Parameters
    ----------
    first, last : float
        The ends of the axis.
    blur : float
        Lines that lie nearer than this are taken for the same: what calibration, displacement of the sample and small
        changes of a lattice do.
    background : float or None
        Half the width of the widest feature that is none of the background; `None` where broad bands are what there is
        to be seen, and only the lowest point is taken off.
    least : float
        Of a shorter common range nothing can be said.
    """

    kind: str
    unit: str
    first: float
    last: float
    blur: float
    background: float | None
    least: float

    @property
    def step(self) -> float:
        """From one place to the next."""
        return (self.last - self.first) / PLACES


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal on the axis of its kind, in no order yet."""

    ruler: Ruler
    x: Array
    y: Array


_RULERS = {
    "xrd": Ruler(kind="xrd", unit="1/angstrom", first=0.2, last=10.0, blur=0.02, background=0.1, least=1.0),
    "raman": Ruler(kind="raman", unit="1/cm", first=50.0, last=4000.0, blur=6.0, background=60.0, least=200.0),
    "ir": Ruler(kind="ir", unit="1/cm", first=400.0, last=4400.0, blur=8.0, background=200.0, least=400.0),
    "uv_vis": Ruler(kind="uv_vis", unit="nm", first=180.0, last=1400.0, blur=4.0, background=None, least=40.0),
    "xps": Ruler(kind="xps", unit="eV", first=-20.0, last=1480.0, blur=1.0, background=12.0, least=8.0),
    "photoemission": Ruler(kind="xps", unit="eV", first=-20.0, last=1480.0, blur=1.0, background=12.0, least=8.0),
}
_SHIFTS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"1H": (-5.0, 20.0), "13C": (-30.0, 270.0), "31P": (-300.0, 300.0), "19F": (-300.0, 200.0), "29Si": (-200.0, 60.0)}
)
"""Where the lines of a nucleus lie, in ppm."""
_WIDEST = (-500.0, 500.0)
_PER_CM = {"nm": 1e7, "um": 1e4}
_PER_ANGSTROM = {"1/angstrom": 1.0, "1/nm": 0.1}
_NUCLEUS = re.compile(r"\d{1,3}[A-Z][a-z]?")


def least_common(kind: str) -> int:
    """How many places two curves of a kind must have in common, at least, to be compared."""
    ruler = ruler_of(kind)
    return next(n for n in range(1, PLACES + 1) if n * ruler.step >= ruler.least)


def signal(reading: Reading) -> Signal | None:
    """Bring the first signal of a Reading onto the axis of its kind; `None` where that cannot be done."""
    found = _drawn(reading)
    if found is None or reading.technique not in COMPARED:
        return None
    axis, drawn = found
    x = axis.series.values.astype(np.float64)
    with np.errstate(all="ignore"):
        placed = _placed(reading, axis, x)
        if placed is None:
            return None
        ruler, place = placed
        return Signal(ruler, place, _upright(drawn))


def ruler_of(kind: str) -> Ruler:
    """The axis of a kind, as its likenesses name it. Raises KeyError for what is no kind of signal."""
    if kind in _RULERS:
        return _RULERS[kind]
    word, _, rest = kind.partition(" ")
    if word != "nmr" or not rest:
        raise KeyError(kind)
    return _nmr(kind, rest.partition(" ")[0])


def _drawn(reading: Reading) -> tuple[Variable, Variable] | None:
    real = [variable for variable in reading.variables if variable.series.values.dtype.kind in "iuf"]
    axes = {v.dimensions: v for v in real if v.role is Role.AXIS and len(v.dimensions) == 1}
    for variable in real:
        if variable.role is Role.SIGNAL and variable.dimensions in axes:
            return axes[variable.dimensions], variable
    return None


def _placed(reading: Reading, axis: Variable, x: Array) -> tuple[Ruler, Array] | None:
    match reading.technique:
        case "xrd":
            place = _scattering_vector(reading, axis, x)
        case "raman":
            place = x if axis.series.unit == "1/cm" else None
        case "ir":
            place = _wavenumber(axis, x)
        case "uv_vis":
            place = _wavelength(axis, x)
        case "nmr":
            return _chemical_shift(reading, axis, x)
        case _:
            place = _binding_energy(reading, axis, x)
    return None if place is None else (_RULERS[reading.technique], place)


def _scattering_vector(reading: Reading, axis: Variable, x: Array) -> Array | None:
    unit = axis.series.unit
    if unit in _PER_ANGSTROM:
        return x * _PER_ANGSTROM[unit]
    if axis.name == "d_spacing" and unit == "angstrom":
        return 2.0 * np.pi / x
    wavelength, _, _ = wavelengths(reading)
    if axis.name != "two_theta" or unit != "deg" or wavelength is None:
        return None
    q: Array = 4.0 * np.pi * np.sin(np.radians(0.5 * x)) / wavelength.value
    return q


def _wavenumber(axis: Variable, x: Array) -> Array | None:
    if axis.series.unit == "1/cm":
        return x
    return _PER_CM[axis.series.unit] / x if axis.series.unit in _PER_CM else None


def _wavelength(axis: Variable, x: Array) -> Array | None:
    if axis.series.unit == "nm":
        return x
    return _PER_CM["nm"] / x if axis.series.unit == "1/cm" else None


def _binding_energy(reading: Reading, axis: Variable, x: Array) -> Array | None:
    if axis.series.unit != "eV":
        return None
    if axis.name == "binding_energy":
        return x
    source = reading.metadata.get("incident_energy")
    if axis.name != "kinetic_energy" or not isinstance(source, Measured) or source.unit != "eV":
        return None
    return source.value - x


def _chemical_shift(reading: Reading, axis: Variable, x: Array) -> tuple[Ruler, Array] | None:
    nucleus = reading.metadata.get("nucleus")
    if not isinstance(nucleus, str) or not _NUCLEUS.fullmatch(nucleus):
        return None
    if axis.series.unit == "ppm":
        return _nmr(f"nmr {nucleus}", nucleus), x
    frequency = reading.metadata.get("observe_frequency")
    if axis.series.unit != "Hz" or not isinstance(frequency, Measured) or frequency.unit not in {"MHz", "Hz"}:
        return None
    megahertz = frequency.value * (1.0 if frequency.unit == "MHz" else 1e-6)
    return _nmr(f"nmr {nucleus} frequency", nucleus), x / megahertz


def _nmr(kind: str, nucleus: str) -> Ruler:
    first, last = _SHIFTS.get(nucleus, _WIDEST)
    width = last - first
    return Ruler(
        kind=kind,
        unit="ppm",
        first=first,
        last=last,
        blur=0.001 * width,
        background=0.02 * width,
        least=0.08 * width,
    )


def _upright(variable: Variable) -> Array:
    """The signal with its bands upward, and additive: transmittance as absorbance."""
    y = variable.series.values.astype(np.float64)
    if "transmittance" not in variable.name:
        return y
    part = 0.01 * y if "percent" in variable.series.unit else y
    absorbance: Array = -np.log10(np.clip(part, 1e-4, None))
    return absorbance
