"""Units of measurement. This is the only file that knows pint.

A unit is written as text everywhere (`"1/cm"`, `"mA*h/g"`, `"degC"`); this module says what the text means. Values are
stored in the coherent SI unit of their dimension, with the unit as given beside them. Counts, absorbance and the like
are dimensionless numbers with a name; arbitrary units are a dimension of their own, so that nobody compares the
arbitrary units of two instruments with a physical quantity by accident.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from kiban.errors import IncompatibleUnit, UnknownUnit
from kiban.quantity.spelling import respell

_DEFINITIONS = (
    "arbitrary_unit = [arbitrary_intensity]",
    "absorbance = []",
    "transmittance = []",
    "percent_transmittance = 0.01 * transmittance",
    "reflectance = []",
    "kubelka_munk = []",
    "log10_molar_absorptivity = [log_molar_absorptivity]",
    "laboratory_gauss = 1e-4 * tesla",
    "laboratory_oersted = 1000 / (4 * 3.141592653589793) * ampere / meter",
    "laboratory_emu = 1e-3 * ampere * meter ** 2",
    "laboratory_maxwell = 1e-8 * weber",
    "laboratory_energy_product = laboratory_gauss * laboratory_oersted",
    "parts_per_billion = 1e-9 = ppb",
)


# pint has the CGS units with dimensions of their own; laboratories use their names for these SI quantities, also with
# prefixes: a field in kOe is one in A/m.
_CGS_NAMES = {
    "emu": "laboratory_emu",
    "gauss": "laboratory_gauss",
    "Gauss": "laboratory_gauss",
    "G": "laboratory_gauss",
    "oersted": "laboratory_oersted",
    "Oe": "laboratory_oersted",
    "GOe": "laboratory_energy_product",
    "maxwell": "laboratory_maxwell",
    "Mx": "laboratory_maxwell",
}
_PREFIXES = {"": "", "n": "nano", "u": "micro", "µ": "micro", "μ": "micro", "m": "milli", "k": "kilo", "M": "mega"}
_CGS = {f"{short}{name}": f"{long}{ours}" for short, long in _PREFIXES.items() for name, ours in _CGS_NAMES.items()}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")

# Units come from strangers' files, and pint would compute 9**9**9 before it says that this is no unit. So only this
# much gets through to it: names, each with at most a two-digit exponent, products, quotients, brackets, and 1 alone.
_TOKEN = re.compile(
    r"\s*(?:(?P<name>log10_[a-z_]+|[^\W\d]+|[%‰°Å]+[^\W\d]*)"
    r"(?P<power>(?:\s*(?:\*\*|\^)\s*)?[-+−]?\d{1,2}(?:\.\d{1,2})?(?!\d))?"
    r"|(?P<sign>[*/()·⋅×.])|(?P<one>1(?!\d)))"
)
_MAX_LENGTH = 100
_WITH_OFFSET = {"degree_Celsius", "degree_Fahrenheit"}


@dataclass(frozen=True, slots=True)
class Conversion:
    """y = factor * x + offset."""

    factor: float
    offset: float

    def __call__(self, value: Any) -> Any:
        """Convert a float or an array."""
        return value * self.factor + self.offset


@cache
def _registry() -> Any:
    import pint

    registry: Any = pint.UnitRegistry(autoconvert_offset_to_baseunit=True, cache_folder=None)
    for definition in _DEFINITIONS:
        registry.define(definition)
    return registry


@lru_cache(maxsize=4096)
def _parse(text: str) -> Any:
    spelled = _for_pint(text, respell(text))
    registry = _registry()
    try:
        unit = registry.parse_units(spelled)
        factor = float(registry.get_base_units(unit)[0])
    except Exception as e:  # besides its own errors pint lets those of its tokenizer, asserts and overflows through
        raise _unknown(text) from e
    if not (0.0 < factor < math.inf and all(_is_linear(registry, name) for name in unit._units)):
        raise _unknown(text)
    return unit


def _is_linear(registry: Any, name: str) -> bool:
    """Say whether numbers in the unit can be converted by a factor and the offsets that we know: decibels cannot."""
    converter = registry._units[name].converter
    is_scale = not (converter.is_logarithmic or getattr(converter, "offset", 0))
    return is_scale or name in _WITH_OFFSET


def _for_pint(text: str, spelled: str) -> str:
    """Rewrite `W/(m.K)`, `kg m-3`, `mA/cm2` with the signs that pint reads; refuse what is not built like a unit."""
    parts: list[str] = []
    position = 0
    spelled = spelled.translate(_SUPERSCRIPTS)
    while position < len(spelled):
        token = _TOKEN.match(spelled, position)
        if token is None or len(spelled) > _MAX_LENGTH:
            raise _unknown(text)
        position = token.end()
        sign = token["sign"]
        if (sign is None or sign == "(") and parts and parts[-1] not in {"*", "/", "("}:
            parts.append("*")  # a blank between two units is a product
        if sign is not None:
            parts.append({"·": "*", "⋅": "*", "×": "*", ".": "*"}.get(sign, sign))
        elif token["one"]:
            parts.append("1")
        else:
            power = (token["power"] or "").replace("−", "-").lstrip("*^ ")
            name = _CGS.get(token["name"], token["name"])
            parts.append(f"{name}**({power})" if power else name)
    return "".join(parts)


def _unknown(text: str) -> UnknownUnit:
    shown = text if len(text) <= _MAX_LENGTH else f"{text[:_MAX_LENGTH]}..."
    return UnknownUnit(
        f"'{shown}' is not a unit that Kiban knows.",
        mend="Write it with SI symbols, for example 'mA*h/g', '1/cm' or 'degC'.",
    )


@lru_cache(maxsize=4096)
def spelled_out(text: str) -> str:
    """Write a unit with full names, for programs that know other symbols: `hour * milliampere / gram`.

    The number one is `dimensionless`. Raises UnknownUnit if the text is not a unit.
    """
    return str(_parse(text))


@lru_cache(maxsize=4096)
def counts_turns(text: str) -> bool:
    """Say whether the unit names what it counts of a rotation: turns, radians, degrees. `1/min` does not.

    Numbers in rpm are angular velocities here as with QUDT, 2π/60 per second each; for many people 3000 min⁻¹ is the
    same as 3000 rpm, and for the SI it is not. Raises UnknownUnit if the text is not a unit.
    """
    endings = ("revolutions_per_minute", "revolutions_per_second", "turn", "radian", "degree", "arcminute", "arcsecond")
    return any(name.endswith(endings) for name in _parse(text)._units)


def is_known(text: str) -> bool:
    """Say whether the text is a unit."""
    try:
        _parse(text)
    except UnknownUnit:
        return False
    return True


@lru_cache(maxsize=4096)
def dimension(text: str) -> str:
    """Name the physical dimension of a unit, for example `[mass] / [length] / [time] ** 2`.

    Raises
    ------
    UnknownUnit
        If the text is not a unit.
    """
    # pint keeps the order in which the dimensions came, which differs between V*farad and A*s.
    powers = sorted(_parse(text).dimensionality.items())
    above = [name if power == 1 else f"{name} ** {power:g}" for name, power in powers if power > 0]
    below = [name if power == -1 else f"{name} ** {-power:g}" for name, power in powers if power < 0]
    return " / ".join([" * ".join(above) or ("1" if below else "dimensionless"), *below])


def is_compatible(one: str, other: str) -> bool:
    """Say whether two units measure the same dimension.

    Raises
    ------
    UnknownUnit
        If either text is not a unit.
    """
    return dimension(one) == dimension(other)


@lru_cache(maxsize=4096)
def si_unit(text: str) -> str:
    """Give the coherent SI unit of the same dimension, as products of base units (`kg*m**-1*s**-2`).

    Angles are in radians, which SI counts as the number 1 but which are written `rad` so that a reader of the number
    knows what it is. Units of dimension one have the coherent unit `1`, written as the empty text.
    """
    unit = _parse(text)
    registry = _registry()
    if unit.dimensionality == registry.parse_units("").dimensionality:
        if _is_angle(unit, registry):
            return "rad"
        return ""
    base = registry.Quantity(1.0, _delta_free(unit)).to_base_units().units
    # pint counts angles as dimensionless but keeps the radian in base units of, say, deg/s: SI leaves it out.
    parts = [(name, power) for name, power in sorted(base._units.items()) if name not in {"radian", "count"}]
    symbols = []
    for name, power in parts:
        symbol = f"{registry.Unit(name):~}"
        symbols.append(symbol if power == 1 else f"{symbol}**{power:g}")
    return "*".join(symbols)


def _is_angle(unit: Any, registry: Any) -> bool:
    base = registry.Quantity(1.0, unit).to_root_units().units
    return dict(base._units.items()) == {"radian": 1}


def _delta_free(unit: Any) -> Any:
    """Replace degrees Celsius and Fahrenheit, which have an offset, by kelvin: only the dimension is wanted."""
    return _registry().parse_units("kelvin") if _has_offset(unit) else unit


@lru_cache(maxsize=8192)
def conversion(given: str, wanted: str) -> Conversion:
    """Work out how numbers in one unit become numbers in another.

    Parameters
    ----------
    given, wanted : str
        Units of the same dimension.

    Returns
    -------
    Conversion
        Factor and offset, exact to rounding; the offset is not 0 only between temperature scales.

    Raises
    ------
    UnknownUnit
        If either text is not a unit.
    IncompatibleUnit
        If the dimensions differ.
    """
    if given == wanted:
        return Conversion(1.0, 0.0)
    one, other = _parse(given), _parse(wanted)
    if one.dimensionality != other.dimensionality:
        raise IncompatibleUnit(
            f"'{given}' measures {one.dimensionality}, '{wanted}' measures {other.dimensionality}.",
            mend=f"Give the value in a unit that can be converted to '{wanted}'.",
        )
    registry = _registry()
    zero = float(registry.Quantity(0.0, one).to(other).magnitude)
    unity = float(registry.Quantity(1.0, one).to(other).magnitude)
    if zero == 0.0:
        return Conversion(unity, 0.0)
    # A difference of two rounded numbers loses digits: scales with an offset take their factor from the delta units.
    delta = float(
        registry.Quantity(1.0, f"delta_{one}" if _has_offset(one) else one)
        .to(f"delta_{other}" if _has_offset(other) else other)
        .magnitude
    )
    return Conversion(delta, zero)


def _has_offset(unit: Any) -> bool:
    return str(unit) in _WITH_OFFSET


def convert(value: float, given: str, wanted: str) -> float:
    """Convert one number. Raises as `conversion`."""
    return float(conversion(given, wanted)(value))


def to_si(text: str) -> Conversion:
    """Work out how numbers in the unit become numbers in its coherent SI unit. Raises as `conversion`."""
    return conversion(text, si_unit(text))
