"""JEOL Delta units: a nibble for the SI prefix, a nibble for the power, a byte for the base unit."""

from __future__ import annotations

_BASES = (
    "", "abundance", "A", "cd", "degC", "coulomb", "deg", "eV", "farad", "sievert", "g", "gray", "henry", "Hz", "K",
    "J", "L", "lumen", "lux", "m", "mol", "N", "ohm", "Pa", "percent", "point", "ppm", "rad", "s", "siemens",
    "steradian", "T", "V", "W", "weber", "dB", "dalton", "thomson", "", "percent", "ppt", "ppb", "index",
)  # fmt: skip
"""Their names in the order of their numbers, in our spelling where we have one."""

_PREFIXES = {
    -8: "Y", -7: "Z", -6: "E", -5: "P", -4: "T", -3: "G", -2: "M", -1: "k", 0: "",
    1: "m", 2: "u", 3: "n", 4: "p", 5: "f", 6: "a", 7: "z",
}  # fmt: skip


def unit(pairs: bytes) -> str:
    """Spell a unit given as pairs of bytes: `us`, `Hz`, `T/m`, `1/ppm`; empty where there is none."""
    above: list[str] = []
    below: list[str] = []
    for high, base in zip(pairs[::2], pairs[1::2], strict=False):
        power = _signed(high & 0x0F)
        if not base or not power:
            continue
        name = _PREFIXES[_signed(high >> 4)] + (_BASES[base] if base < len(_BASES) else f"unit{base}")
        (above if power > 0 else below).append(name if abs(power) == 1 else f"{name}**{abs(power)}")
    if not below:
        return "*".join(above)
    return "/".join(["*".join(above) or "1", *below])


def _signed(nibble: int) -> int:
    """Kilo is 15 and mega 14: the nibble counts downwards from nought."""
    return nibble - 16 if nibble > 7 else nibble
