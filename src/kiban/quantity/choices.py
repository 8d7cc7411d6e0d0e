"""Units to choose from where one is given: what people write for the same dimension, from small to large."""

from __future__ import annotations

import difflib
from functools import lru_cache

from kiban.errors import UnknownUnit
from kiban.quantity.unit import conversion, is_compatible

_USUAL = (
    *("pm", "angstrom", "nm", "um", "mm", "cm", "m", "1/m", "1/cm", "1/nm", "1/angstrom", "nm**2", "um**2", "mm**2"),
    *("cm**2", "m**2", "angstrom**3", "nm**3", "cm**3", "mL", "L", "m**3", "deg", "mrad", "rad", "arcsec"),
    *("ns", "us", "ms", "s", "min", "h", "day", "Hz", "kHz", "MHz", "GHz", "1/s", "1/h"),
    *("ug", "mg", "g", "kg", "t", "g/mol", "kg/mol", "mmol", "mol", "kg/m**3", "g/cm**3", "mg/L", "g/L", "mol/L"),
    *("K", "degC", "degF", "meV", "eV", "keV", "J", "kJ", "W*h", "kJ/mol", "eV/mol", "kcal/mol", "J/g", "kJ/kg"),
    *("Pa", "hPa", "kPa", "bar", "atm", "MPa", "N/mm**2", "kgf/mm**2", "GPa", "TPa", "Pa*s", "mPa*s"),
    *("uN", "mN", "N", "kN", "mN/m", "N/m", "uW", "mW", "W", "kW", "W/(m*K)", "J/(kg*K)", "J/(g*K)"),
    *("uV", "mV", "V", "kV", "nA", "uA", "mA", "A", "uA/cm**2", "mA/cm**2", "A/cm**2", "A/m**2"),
    *("mohm", "ohm", "kohm", "Mohm", "ohm*cm", "ohm*m", "uS/cm", "mS/cm", "S/cm", "S/m", "pF", "nF", "uF", "F"),
    *("mA*h", "A*h", "mA*h/g", "A*h/kg", "W*h/kg", "mT", "T", "A/m", "kA/m", "ppm", "permille", "percent"),
    *("m**2/g", "cm**2/(V*s)", "m**2/(V*s)", "cm**2/s", "m**2/s", "nm/s", "nm/min", "um/min", "mm/s", "m/s"),
)
_LONGEST_GUESS = 40


def usual_units() -> tuple[str, ...]:
    """All units that are offered, whatever they measure."""
    return _USUAL


def nearest_unit(text: str) -> str:
    """The unit that somebody may have meant, as a question; empty where none is spelled nearly so."""
    # Capitals tell units apart, and are what is mixed up most: one that has other capitals only is nearest.
    alike = [each for each in _USUAL if each.casefold() == text.casefold()]
    near = alike or difflib.get_close_matches(text[:_LONGEST_GUESS], _USUAL, n=1, cutoff=0.7)
    return f"Did you mean {' or '.join(near)}?" if near else ""


@lru_cache(maxsize=1024)
def units_like(unit: str) -> tuple[str, ...]:
    """Units of the same dimension, itself among them, from small to large; none for a plain number or no unit."""
    if not unit:
        return ()
    try:
        found = {each for each in _USUAL if is_compatible(each, unit)}
    except UnknownUnit:
        return ()
    found.add(unit)
    return tuple(sorted(found, key=lambda each: (conversion(each, unit).factor, each)))
