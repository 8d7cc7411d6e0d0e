"""Axes and signals of absorption spectrometers, by the words that their programs write."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.series import Series
from kiban.quantity.spelling import respell
from kiban.records.reading import Role, Variable

_VISIBLE_NM = 1100.0
"""Silicon detectors end there; beyond it is the near infrared."""

_AXES = {
    "nm": ("wavelength", "nm"), "um": ("wavelength", "um"), "1/cm": ("wavenumber", "1/cm"),
    "eV": ("photon_energy", "eV"), "min": ("time", "min"), "s": ("time", "s"), "h": ("time", "h"),
}  # fmt: skip
_SIGNALS = {
    "a": ("absorbance", "absorbance"), "abs": ("absorbance", "absorbance"), "absorbance": ("absorbance", "absorbance"),
    "吸光度": ("absorbance", "absorbance"),
    "%t": ("transmittance", "percent_transmittance"), "t%": ("transmittance", "percent_transmittance"),
    "t": ("transmittance", "transmittance"), "透過率": ("transmittance", "arbitrary_unit"),
    "transmittance": ("transmittance", "arbitrary_unit"),
    "%r": ("reflectance", "percent"), "r%": ("reflectance", "percent"), "r": ("reflectance", "reflectance"),
    "反射率": ("reflectance", "arbitrary_unit"), "reflectance": ("reflectance", "arbitrary_unit"),
    "k/m": ("kubelka_munk", "kubelka_munk"), "km": ("kubelka_munk", "kubelka_munk"),
    "k-m": ("kubelka_munk", "kubelka_munk"),
    "log(1/r)": ("log_reciprocal_reflectance", ""),
    "counts": ("intensity", "count"),
}  # fmt: skip
_WORD = re.compile(
    r"(?:wave\s?length|wave\s?number|wavenumber|波長|波数|時間|time)\s*[\[(]?\s*(?P<unit>[^\[\]()]*?)\s*[\])]?\.?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """What a column is: our name and unit, and both as the file has them."""

    name: str
    unit: str
    written: str

    def variable(self, values: NDArray[np.float64], along: str, role: Role) -> Variable:
        """Make a variable of it."""
        return Variable(
            name=self.name,
            series=Series(values, self.unit),
            dimensions=(along,),
            role=role,
            label=self.written,
            unit_as_written=self.written,
        )


def axis(written: str) -> Quantity:
    """Name an axis: `nm`, `CM-1`, `Wavelength nm.`, `波長(nm)`; `x` in arbitrary units where nobody knows it."""
    text = written.strip()
    match = _WORD.fullmatch(text.lower())
    bare = (match["unit"] if match else text).rstrip(".")
    name, ours = _AXES.get(respell(bare)) or _AXES.get(respell(bare.lower())) or ("x", "arbitrary_unit")
    return Quantity(name=name, unit=ours, written=text)


def signal(written: str) -> Quantity:
    """Name a signal: `%T`, `Abs.`, `R%`, `反射率`; `intensity` in arbitrary units where nobody knows it."""
    text = written.strip()
    name, ours = _SIGNALS.get(text.lower().rstrip("."), ("intensity", "arbitrary_unit"))
    return Quantity(name=name, unit=ours, written=text)


def technique(along: Quantity, measured: Quantity, values: NDArray[np.float64]) -> str:
    """Find the technique: infrared beyond what silicon detectors see, `spectrum` where nothing was absorbed."""
    if measured.name == "intensity" or along.name not in {"wavelength", "wavenumber"}:
        return "spectrum"
    if along.unit == "nm":
        return "uv_vis" if float(values.max()) <= _VISIBLE_NM else _near(values)
    return "ir"


def _near(values: NDArray[np.float64]) -> str:
    """A scan that begins in visible light is of a spectrometer for both."""
    return "uv_vis" if float(values.min()) < _VISIBLE_NM else "ir"
