"""Units of JEOL Delta files: a prefix, a power and a base unit, each in a few bits."""

from __future__ import annotations

_BASES = (
    "", "", "A", "cd", "degC", "C", "deg", "eV", "F", "Sv", "g", "Gy", "H", "Hz", "K", "J", "L", "lm", "lx", "m", "mol",
    "N", "ohm", "Pa", "percent", "", "ppm", "rad", "s", "S", "sr", "T", "V", "W", "Wb", "dB", "dalton", "",
)  # fmt: skip
"""By code; numbers without a unit (abundance, points) have none."""
_PREFIXES = {-5: "P", -4: "T", -3: "G", -2: "M", -1: "k", 0: "", 1: "m", 2: "u", 3: "n", 4: "p", 5: "f", 6: "a"}


def unit(scale_and_power: int, base: int) -> str:
    """The unit of two bytes; empty for the number one and for codes that are not known."""
    prefix, power = _signed(scale_and_power >> 4), _signed(scale_and_power & 0xF)
    name = _BASES[base] if base < len(_BASES) else ""
    if not name or prefix not in _PREFIXES or power not in {-1, 1}:
        return ""
    whole = f"{_PREFIXES[prefix]}{name}"
    return whole if power == 1 else f"1/{whole}"


def _signed(nibble: int) -> int:
    return nibble - 16 if nibble > 7 else nibble
