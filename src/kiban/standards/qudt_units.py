"""Our units in QUDT, the vocabulary of quantities, units and data types (release 3).

Arbitrary units, absorbance and the like are numbers with a name; QUDT has no word for the name, and to call them plain
numbers would lose what makes them different. They have no IRI here.
"""

from __future__ import annotations

from kiban.quantity.spelling import respell

_BASE = "http://qudt.org/vocab/unit/"
_NAMES = {
    "": "UNITLESS", "percent": "PERCENT", "ppm": "PPM", "count": "COUNT", "count/s": "NUM-PER-SEC",
    "deg": "DEG", "rad": "RAD", "arcsec": "ARCSEC", "arcmin": "ARCMIN",
    "m": "M", "cm": "CentiM", "mm": "MilliM", "um": "MicroM", "nm": "NanoM", "pm": "PicoM", "angstrom": "ANGSTROM",
    "inch": "IN", "1/m": "PER-M", "1/cm": "PER-CentiM", "1/nm": "PER-NanoM", "1/angstrom": "PER-ANGSTROM",
    "m**2": "M2", "cm**2": "CentiM2", "m**3": "M3", "cm**3": "CentiM3", "L": "L", "mL": "MilliL",
    "s": "SEC", "ms": "MilliSEC", "us": "MicroSEC", "ns": "NanoSEC", "ps": "PicoSEC", "fs": "FemtoSEC",
    "min": "MIN", "h": "HR", "day": "DAY", "Hz": "HZ", "kHz": "KiloHZ", "MHz": "MegaHZ", "GHz": "GigaHZ",
    "rpm": "REV-PER-MIN", "m/s": "M-PER-SEC", "deg/min": "DEG-PER-MIN", "mL/min": "MilliL-PER-MIN",
    "kg": "KiloGM", "g": "GM", "mg": "MilliGM", "ug": "MicroGM", "ng": "NanoGM", "dalton": "DA",
    "kg/m**3": "KiloGM-PER-M3", "g/cm**3": "GM-PER-CentiM3", "mol": "MOL", "mmol": "MilliMOL", "mol/L": "MOL-PER-L",
    "K": "K", "degC": "DEG_C", "degF": "DEG_F", "K/min": "K-PER-MIN",
    "V": "V", "mV": "MilliV", "uV": "MicroV", "kV": "KiloV", "V/s": "V-PER-SEC",
    "A": "A", "mA": "MilliA", "uA": "MicroA", "nA": "NanoA", "pA": "PicoA",
    "A/m**2": "A-PER-M2", "A/cm**2": "A-PER-CentiM2", "A/g": "A-PER-GM",
    "coulomb": "C", "mC": "MilliC", "A*h": "A-HR", "mA*h": "MilliA-HR", "mA*h/g": "MilliA-HR-PER-GM",
    "ohm": "OHM", "mohm": "MilliOHM", "kohm": "KiloOHM", "Mohm": "MegaOHM", "Gohm": "GigaOHM",
    "ohm*m": "OHM-M", "ohm*cm": "OHM-CentiM", "siemens": "S", "S/m": "S-PER-M", "S/cm": "S-PER-CentiM",
    "farad": "FARAD", "henry": "H", "T": "T", "mT": "MilliT", "gauss": "GAUSS", "oersted": "OERSTED",
    "A*m**2": "A-M2",
    "J": "J", "kJ": "KiloJ", "J/g": "J-PER-GM", "J/K": "J-PER-K", "J/g/K": "J-PER-GM-K", "J/mol/K": "J-PER-MOL-K",
    "W*h": "W-HR", "W": "W", "mW": "MilliW", "uW": "MicroW", "W/m/K": "W-PER-M-K",
    "eV": "EV", "keV": "KiloEV", "MeV": "MegaEV", "erg": "ERG",
    "Pa": "PA", "hPa": "HectoPA", "kPa": "KiloPA", "MPa": "MegaPA", "GPa": "GigaPA", "bar": "BAR", "mbar": "MilliBAR",
    "torr": "TORR", "atm": "ATM", "psi": "PSI", "N": "N", "mN": "MilliN", "uN": "MicroN", "nN": "NanoN", "kN": "KiloN",
    "N/m": "N-PER-M", "dyn": "DYN",
}  # fmt: skip


def unit_iri(unit: str) -> str | None:
    """The IRI of a unit; `None` where QUDT or this table has none."""
    name = _NAMES.get(unit) or _NAMES.get(respell(unit))
    return f"{_BASE}{name}" if name is not None else None
