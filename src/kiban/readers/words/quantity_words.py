"""Words and symbols of the laboratory, and the names we give the quantities they stand for.

A column called `T/K` and one called `温度(℃)` are both a `temperature`. The symbols follow ISO 80000; one letter
stands for several quantities, so a symbol counts only together with a unit of the right kind.
"""

from __future__ import annotations

import re

from kiban.readers.words.japanese_words import JAPANESE

_KINDS: dict[str, str] = {
    "K": "temperature",
    "degC": "temperature",
    "degF": "temperature",
    "min": "time",
    "h": "time",
    "day": "time",
    "1/cm": "wavenumber",
    "deg": "angle",
    "angstrom": "length",
    "percent": "fraction",
    "count": "intensity",
    "count/s": "intensity",
    "arbitrary_unit": "intensity",
    "absorbance": "absorbance",
    "transmittance": "transmittance",
    "percent_transmittance": "transmittance",
    "reflectance": "reflectance",
    "bar": "pressure",
    "mbar": "pressure",
    "torr": "pressure",
    "atm": "pressure",
    "psi": "pressure",
    "mmHg": "pressure",
    "inHg": "pressure",
    "oersted": "field",
    "koersted": "field",
    "gauss": "field",
    "kgauss": "field",
    "A/m": "field",
    "kA/m": "field",
    "emu": "moment",
    "A*m**2": "moment",
    "ohm*cm": "resistivity",
    "ohm*m": "resistivity",
    "siemens/cm": "conductivity",
    "siemens/m": "conductivity",
}
_BASE_KINDS = (
    ("Pa", "pressure"),
    ("Hz", "frequency"),
    ("eV", "energy"),
    ("ohm", "resistance"),
    ("farad", "capacitance"),
    ("siemens", "conductance"),
    ("coulomb", "charge"),
    ("A*h", "charge"),
    ("s", "time"),
    ("V", "voltage"),
    ("A", "current"),
    ("N", "force"),
    ("W", "power"),
    ("J", "energy"),
    ("T", "field"),
    ("m", "length"),
    ("g", "mass"),
    ("rad", "angle"),
    ("K", "temperature"),
)

# (symbol, kind of unit): our name.
_SYMBOLS: dict[tuple[str, str], str] = {
    ("T", "temperature"): "temperature",
    ("t", "time"): "time",
    ("I", "current"): "current",
    ("i", "current"): "current",
    ("E", "voltage"): "potential",
    ("U", "voltage"): "voltage",
    ("V", "voltage"): "voltage",
    ("P", "pressure"): "pressure",
    ("p", "pressure"): "pressure",
    ("P", "power"): "power",
    ("F", "force"): "force",
    ("f", "frequency"): "frequency",
    ("ν", "frequency"): "frequency",
    ("λ", "length"): "wavelength",
    ("ν", "wavenumber"): "wavenumber",
    ("R", "resistance"): "resistance",
    ("ρ", "resistivity"): "resistivity",
    ("σ", "conductivity"): "conductivity",
    ("κ", "conductivity"): "conductivity",
    ("H", "field"): "magnetic_field",
    ("B", "field"): "magnetic_field",
    ("M", "moment"): "magnetic_moment",
    ("m", "moment"): "magnetic_moment",
    ("m", "mass"): "mass",
    ("C", "capacitance"): "capacitance",
    ("G", "conductance"): "conductance",
    ("Q", "charge"): "charge",
    ("q", "charge"): "charge",
    ("L", "length"): "length",
    ("l", "length"): "length",
    ("d", "length"): "d",
    ("W", "power"): "power",
    ("x", "length"): "x",
    ("y", "length"): "y",
    ("z", "length"): "z",
    ("h", "length"): "h",
    ("r", "length"): "r",
}

_LETTERS = {"rho": "ρ", "sigma": "σ", "kappa": "κ", "lambda": "λ", "nu": "ν"}

# What a column that is headed by its unit alone holds.
_BY_UNIT = {
    "1/cm": "wavenumber",
    "count": "intensity",
    "count/s": "intensity",
    "absorbance": "absorbance",
    "transmittance": "transmittance",
    "percent_transmittance": "transmittance",
    "degC": "temperature",
    "Hz": "frequency",
}

_WORDS = {
    "temp": "temperature",
    "temp.": "temperature",
    "temperatur": "temperature",
    "zeit": "time",
    "spannung": "voltage",
    "strom": "current",
    "potential": "potential",
    "ewe": "potential",
    "<i>": "current",
    "2theta": "two_theta",
    "2-theta": "two_theta",
    "2 theta": "two_theta",
    "2_theta": "two_theta",
    "two theta": "two_theta",
    "two-theta": "two_theta",
    "twotheta": "two_theta",
    "2θ": "two_theta",
    "2 θ": "two_theta",
    "2th": "two_theta",
    "tth": "two_theta",
    "2θ/θ": "two_theta",
    "2theta/theta": "two_theta",
    "counts": "intensity",
    "count": "intensity",
    "cps": "intensity",
    "int": "intensity",
    "int.": "intensity",
    "intens": "intensity",
    "intens.": "intensity",
    "yobs": "intensity",
    "i(obs)": "intensity",
    "wavenumbers": "wavenumber",
    "wave number": "wavenumber",
    "wave numbers": "wavenumber",
    "wave length": "wavelength",
    "raman shift": "raman_shift",
    "ramanshift": "raman_shift",
    "abs": "absorbance",
    "abs.": "absorbance",
    "m/z": "mass_to_charge",
    "%r": "reflectance",
    "t%": "transmittance",
    "transmission": "transmittance",
    "re(z)": "impedance_real",
    "z'": "impedance_real",
    "zre": "impedance_real",
    "zreal": "impedance_real",
    "im(z)": "impedance_imaginary",
    "z''": "impedance_imaginary",
    'z"': "impedance_imaginary",
    "zim": "impedance_imaginary",
    "zimag": "impedance_imaginary",
    "zimg": "impedance_imaginary",
    "-im(z)": "impedance_imaginary_negative",
    "-z''": "impedance_imaginary_negative",
    '-z"': "impedance_imaginary_negative",
    "-zim": "impedance_imaginary_negative",
    "|z|": "impedance_modulus",
    "phase(z)": "impedance_phase",
    "freq": "frequency",
    "freq.": "frequency",
}


def kind_of(unit: str) -> str | None:
    """Say what a unit (in our spelling) measures, coarsely: `temperature`, `time`, `length`. `None` for compounds."""
    if unit in _KINDS:
        return _KINDS[unit]
    for base, kind in _BASE_KINDS:
        if unit == base or (unit.endswith(base) and unit[: -len(base)] in set("TGMkhdcmunpf")):
            return kind
    return None


def by_word(words: str) -> str | None:
    """Look a quantity's whole text up, however it is capitalised: `2Theta`, `Raman Shift`, `温度`."""
    found = _WORDS.get(words.lower())
    return found if found is not None else JAPANESE.get(words)


def by_symbol(symbol: str, unit: str) -> str | None:
    """Look a symbol up that comes with a unit of the right kind: (`T`, `K`), not (`T`, `mm`)."""
    kind = kind_of(unit)
    return None if kind is None else _SYMBOLS.get((_LETTERS.get(symbol.lower(), symbol), kind))


def by_unit(unit: str) -> str | None:
    """Name a column that is headed by its unit alone."""
    return _BY_UNIT.get(unit)


def names_kind(words: str, kind: str) -> bool:
    """Say whether the words speak of that kind of quantity, so that a bare unit letter after them is believed."""
    last = re.split(r"[\s_.]+", words.strip(" _.").lower())[-1]
    return last in _SPOKEN.get(kind, ()) or by_word(last) in _SPOKEN.get(kind, ())


_SPOKEN: dict[str, frozenset[str]] = {
    "temperature": frozenset(["temperature", "temp", "t", "tsample", "setpoint", "furnace"]),
    "time": frozenset(["time", "t", "duration", "elapsed", "dwell", "rt", "period", "delay", "interval", "uptime"]),
    "voltage": frozenset(["voltage", "potential", "e", "u", "v", "ewe", "ece", "bias", "volt", "emf"]),
    "current": frozenset(["current", "i", "amperage"]),
    "power": frozenset(["power", "p", "laser"]),
    "force": frozenset(["force", "f", "load"]),
    "pressure": frozenset(["pressure", "p"]),
    "mass": frozenset(["mass", "weight", "m"]),
    "length": frozenset(
        [
            "length",
            "wavelength",
            "distance",
            "thickness",
            "height",
            "width",
            "diameter",
            "depth",
            "position",
            "displacement",
            "x",
            "y",
            "z",
            "d",
        ]
    ),
    "energy": frozenset(["energy", "heat"]),
    "field": frozenset(["field", "h", "b"]),
    "resistance": frozenset(["resistance", "r"]),
    "capacitance": frozenset(["capacitance", "c", "cdl"]),
    "conductance": frozenset(["conductance", "g"]),
    "charge": frozenset(["charge", "q", "capacity"]),
    "frequency": frozenset(["frequency", "freq", "f"]),
    "wavenumber": frozenset(["wavenumber", "wavenumbers", "shift"]),
    "angle": frozenset(["angle", "theta", "omega", "chi", "phi"]),
}
