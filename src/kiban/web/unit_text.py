"""Units as people write them: `mA*h/g` is mA h/g, `1/cm` is cm⁻¹, `angstrom` is Å."""

from __future__ import annotations

import re
from functools import lru_cache

from kiban.web.number_text import power

_SYMBOLS = {
    "angstrom": "Å",
    "deg": "°",
    "degC": "°C",
    "degF": "°F",
    "percent": "%",
    **{unit: unit for unit in ("at%", "wt%", "mol%", "vol%", "mass%")},
    "permille": "‰",
    "ohm": "Ω",
    "kohm": "kΩ",
    "mohm": "mΩ",
    "Mohm": "MΩ",
    "um": "µm",
    "us": "µs",
    "uA": "µA",
    "uV": "µV",
    "ug": "µg",
    "ul": "µl",
    "uL": "µL",
    "umol": "µmol",
    "uW": "µW",
    "count": "counts",
    "arbitrary_unit": "a.u.",
    "percent_transmittance": "%T",
    "kubelka_munk": "K–M",
    "log10_molar_absorptivity": "log₁₀ ε",
    "minute": "min",
    "second": "s",
    "uF": "µF",
    "uH": "µH",
    "uS": "µS",
    "uC": "µC",
    "coulomb": "C",
    "dalton": "Da",
    "elementary_charge": "e",
    "hour": "h",
}
_FACTOR = re.compile(
    r"\s*([*/·⋅]?)\s*(?:(1)(?![\d.])|([^\W\d]+[^\W\d]*|[%°Å‰]+\w*)(?:\s*(?:\*\*|\^)?\s*([-+−]?\d{1,2}))?)"
)


@lru_cache(maxsize=1024)
def unit_text(unit: str) -> str:
    """A unit with symbols and superscripts; one that has another shape stays as it is."""
    if unit in _SYMBOLS:
        return _SYMBOLS[unit]  # first of all, because a name may have digits in it that are no exponent
    above: list[str] = []
    below: list[tuple[str, int]] = []
    position = 0
    while position < len(unit):
        match = _FACTOR.match(unit, position)
        if match is None or match.end() == position:
            return unit
        position = match.end()
        sign, one, name, exponent = match.groups()
        if one:
            continue
        n = int(exponent.replace("−", "-")) if exponent else 1
        symbol = _SYMBOLS.get(name, name.replace("_", " "))
        if sign == "/" or n < 0:
            below.append((symbol, abs(n)))
        else:
            above.append(symbol + (power(n) if n != 1 else ""))
    return _joined(above, below)


def _joined(above: list[str], below: list[tuple[str, int]]) -> str:
    if above and len(below) == 1:
        symbol, n = below[0]
        return f"{' '.join(above)}/{symbol}{power(n) if n != 1 else ''}"
    return " ".join([*above, *(f"{symbol}{power(-n)}" for symbol, n in below)])


def with_unit(number: str, unit: str) -> str:
    """A number and its unit; degrees and percent as the fields write them."""
    symbol = unit_text(unit)
    return f"{number}{symbol}" if symbol == "°" else f"{number} {symbol}".rstrip()


def axis_title(name: str, unit: str) -> str:
    """A quantity and its unit, as on an axis: `2θ / °` (ISO 80000-1: the numbers are the quantity over its unit)."""
    symbol = unit_text(unit)
    if not symbol:
        return name
    return f"{name} / ({symbol})" if "/" in symbol else f"{name} / {symbol}"
