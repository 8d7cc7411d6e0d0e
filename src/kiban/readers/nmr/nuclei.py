"""How instruments name nuclei, and how we write them: `1H`, `13C`."""

from __future__ import annotations

import re

_NAMES = {
    "proton": "1H", "hydrogen": "H", "deuterium": "2H", "tritium": "3H", "helium": "He", "lithium": "Li",
    "beryllium": "Be", "boron": "B", "carbon": "C", "nitrogen": "N", "oxygen": "O", "fluorine": "F", "neon": "Ne",
    "sodium": "Na", "magnesium": "Mg", "aluminum": "Al", "aluminium": "Al", "silicon": "Si", "phosphorus": "P",
    "phosphorous": "P", "sulfur": "S", "sulphur": "S", "chlorine": "Cl", "potassium": "K", "calcium": "Ca",
    "scandium": "Sc", "titanium": "Ti", "vanadium": "V", "chromium": "Cr", "manganese": "Mn", "iron": "Fe",
    "cobalt": "Co", "nickel": "Ni", "copper": "Cu", "zinc": "Zn", "gallium": "Ga", "germanium": "Ge",
    "arsenic": "As", "selenium": "Se", "bromine": "Br", "krypton": "Kr", "rubidium": "Rb", "strontium": "Sr",
    "yttrium": "Y", "zirconium": "Zr", "niobium": "Nb", "molybdenum": "Mo", "technetium": "Tc", "ruthenium": "Ru",
    "rhodium": "Rh", "palladium": "Pd", "silver": "Ag", "cadmium": "Cd", "indium": "In", "tin": "Sn",
    "antimony": "Sb", "tellurium": "Te", "iodine": "I", "xenon": "Xe", "cesium": "Cs", "caesium": "Cs",
    "barium": "Ba", "lanthanum": "La", "lutetium": "Lu", "hafnium": "Hf", "tantalum": "Ta", "tungsten": "W",
    "rhenium": "Re", "osmium": "Os", "iridium": "Ir", "platinum": "Pt", "gold": "Au", "mercury": "Hg",
    "thallium": "Tl", "lead": "Pb", "bismuth": "Bi",
}  # fmt: skip
_MASS_FIRST = re.compile(r"\^?<?(\d{1,3})\^?[ _-]?([A-Za-z]{1,2})>?")
_NAME_FIRST = re.compile(r"([A-Za-z]+)[ _-]?(\d{1,3})")
_ONLY_ONE = {"H": "1H", "F": "19F", "P": "31P", "Na": "23Na", "Al": "27Al", "Rh": "103Rh", "Y": "89Y", "Nb": "93Nb"}
"""Elements with one isotope that is meant where none is named: `Fluorine` can only be fluorine-19."""


def nucleus(written: str) -> str:
    """Write a nucleus as mass number and symbol; the text as written where it is none.

    `Proton`, `Carbon13`, `H1`, `<13C>`, `^31P` and `13C` are understood.
    """
    text = written.strip().strip("<>").strip()
    if match := _MASS_FIRST.fullmatch(text):
        return f"{match[1]}{match[2].capitalize()}"
    if match := _NAME_FIRST.fullmatch(text):
        symbol = _NAMES.get(match[1].lower(), match[1].capitalize() if len(match[1]) <= 2 else "")
        return f"{match[2]}{symbol}" if symbol and symbol[0].isalpha() else text
    symbol = _NAMES.get(text.lower(), text)
    return _ONLY_ONE.get(symbol, symbol if symbol[:1].isdigit() else text)
