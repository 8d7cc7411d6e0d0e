"""Does this text read as a unit of measurement?

Column headers mix names, remarks and units in one text, so a header's bracket must be told from a unit without
loading the unit library (which takes longer than reading most files). A unit here is a product of symbols that are
listed below, with SI prefixes where they are usual; what comes out is spelled as `kiban.quantity.unit` understands.
Source of the symbols: the SI Brochure (9th edition) and the headers of the files that the readers are tested on.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from kiban.quantity.spelling import respell

# Symbol: our spelling and the prefixes that people do put before it. "dV" or "cs" read as differences or names.
_SYMBOLS: dict[str, tuple[str, str]] = {
    "m": ("m", "kcmunpd"),
    "g": ("g", "kmunp"),
    "s": ("s", "munpf"),
    "A": ("A", "kmunpf"),
    "K": ("K", "mu"),
    "mol": ("mol", "kmunp"),
    "Pa": ("Pa", "GMkhm"),
    "N": ("N", "Mkmun"),
    "J": ("J", "GMkmu"),
    "W": ("W", "GMkmunp"),
    "V": ("V", "Mkmun"),
    "C": ("coulomb", "munp"),
    "F": ("farad", "munp"),
    "S": ("siemens", "kmun"),
    "T": ("T", "mun"),
    "H": ("henry", "mun"),
    "Ω": ("ohm", "GMkmu"),
    "Ohm": ("ohm", "GMkmu"),
    "ohm": ("ohm", "GMkmu"),
    "Hz": ("Hz", "TGMkm"),
    "L": ("L", "mund"),
    "l": ("L", "mund"),
    "eV": ("eV", "MkmG"),
    "bar": ("bar", "mk"),
    "Torr": ("torr", "mu"),
    "torr": ("torr", "mu"),
    "G": ("gauss", "k"),
    "Oe": ("oersted", "k"),
    "emu": ("emu", ""),
    "M": ("molar", "mun"),
    "cal": ("cal", "k"),
    "Da": ("dalton", "k"),
    "rad": ("rad", "mu"),
    "Bq": ("Bq", "GMk"),
    "Gy": ("Gy", "mk"),
    "Wh": ("W*h", "kmM"),
    "Ah": ("A*h", "mku"),
    "gf": ("gf", "k"),
}
_WHOLE: dict[str, str] = {
    "atm": "atm",
    "psi": "psi",
    "min": "min",
    "h": "h",
    "hr": "h",
    "hrs": "h",
    "hour": "h",
    "hours": "h",
    "day": "day",
    "days": "day",
    "sec": "s",
    "secs": "s",
    "msec": "ms",
    "usec": "us",
    "second": "s",
    "seconds": "s",
    "minute": "min",
    "minutes": "min",
    "mins": "min",
    "deg": "deg",
    "deg.": "deg",
    "degree": "deg",
    "degrees": "deg",
    "°": "deg",
    "Å": "angstrom",
    "angstrom": "angstrom",
    "°C": "degC",
    "degC": "degC",
    "°F": "degF",
    "degF": "degF",
    "%": "percent",
    "percent": "percent",
    "ppm": "ppm",
    "count": "count",
    "counts": "count",
    "cts": "count",
    "cps": "count/s",
    "kcps": "kilocount/s",
    "rpm": "rpm",
    "arcsec": "arcsec",
    "arcmin": "arcmin",
    "year": "year",
    "years": "year",
    "cd": "cd",
    "lm": "lm",
    "lx": "lx",
    "dg": "dg",
    "bohr_magneton": "bohr_magneton",
    "dyn": "dyn",
    "erg": "erg",
    "arbitrary_unit": "arbitrary_unit",
    "absorbance": "absorbance",
    "transmittance": "transmittance",
    "percent_transmittance": "percent_transmittance",
    "reflectance": "reflectance",
    "kubelka_munk": "kubelka_munk",
    "oersted": "oersted",
    "gauss": "gauss",
    "coulomb": "coulomb",
    "farad": "farad",
    "siemens": "siemens",
    "dalton": "dalton",
    "elementary_charge": "elementary_charge",
    "inch": "inch",
    "u": "dalton",
    "amu": "dalton",
    "grams": "g",
    "gram": "g",
    "mBar": "mbar",
    # An emu is 1e-3 A·m²; these are written as others write them.
    "memu": "uA*m**2",
    "uemu": "nA*m**2",
    "μemu": "nA*m**2",
}
# Texts that respell() or this module take as a whole, because their parts mean nothing by themselves.
_PHRASES: dict[str, str] = {
    "°2theta": "deg",
    "°2th.": "deg",
    "deg. 2theta": "deg",
    "2theta deg": "deg",
    "deg c": "degC",
    "deg. c": "degC",
    "degree c": "degC",
    "degrees c": "degC",
    "° c": "degC",
    "deg f": "degF",
    "deg. f": "degF",
    "degree f": "degF",
    "degrees f": "degF",
    "° f": "degF",
    "mmhg": "mmHg",
    "mm hg": "mmHg",
    "inhg": "inHg",
    "watts": "W",
    "millisecond": "ms",
    "milliseconds": "ms",
    "microseconds": "us",
    "arb": "arbitrary_unit",
    "arb.": "arbitrary_unit",
    "arb. u.": "arbitrary_unit",
    "arb.u.": "arbitrary_unit",
    "arb. unit": "arbitrary_unit",
    "arb unit": "arbitrary_unit",
    "arb units": "arbitrary_unit",
    "arbitrary unit": "arbitrary_unit",
    "a. u.": "arbitrary_unit",
    "a.u": "arbitrary_unit",
    "mass%": "percent",
    "ms%": "percent",
    "mass %": "percent",
    "wt %": "percent",
    "wt. %": "percent",
    "at %": "percent",
    "at. %": "percent",
    "mol %": "percent",
    "mol.%": "percent",
    "vol%": "percent",
    "vol %": "percent",
    "vol.%": "percent",
    "質量%": "percent",
    "mol·%": "percent",
    "amps": "A",
    "volts": "V",
    "rel. int.": "arbitrary_unit",
    "count/s": "count/s",
    "cnt": "count",
    "cnts": "count",
    "cnt/sec": "count/s",
    # The one root in use: fracture toughness. Other powers are whole.
    "mpa·m^0.5": "MPa*m**0.5",
    "mpa m^0.5": "MPa*m**0.5",
    "mpa·m^1/2": "MPa*m**0.5",
    "mpa m^1/2": "MPa*m**0.5",
    "mpa·m1/2": "MPa*m**0.5",
    "mpa m1/2": "MPa*m**0.5",
    "mpa√m": "MPa*m**0.5",
    "mpa·√m": "MPa*m**0.5",
    "秒": "s",
    "分": "min",
    "時間": "h",
    "日": "day",
    "度": "deg",
    "カウント": "count",
    "任意単位": "arbitrary_unit",
    "任意": "arbitrary_unit",
    "オングストローム": "angstrom",
    "-": "",
    "#": "",
    "1": "",
    "dimensionless": "",
    "無次元": "",
}
# Words that respell() takes for units because JCAMP-DX uses them so, but that name a quantity in a column header.
QUANTITY_WORDS = frozenset(
    {"absorbance", "abs", "transmittance", "reflectance", "intensity", "wavenumber", "wavenumbers", "arbitrary", "none"}
    | {"relative intensity", "relative abundance", "kubelka-munk", "percent", "1", "-", ""}
)
_PREFIXES = {"μ": "u"} | {p: p for p in "TGMkhdcmunpf"}
_FACTOR = re.compile(r"(?P<symbol>[A-Za-z°ΩÅμ%_]+\.?)(?:(?:\^|\*\*)?\(?(?P<power>[+-]?\d{1,2})\)?(?![\d.]))?")
# "H2" and "N2" are gases, not henry and newton squared.
_FORMULA = re.compile(r"(?=.*\d)(?:[A-Z][a-z]?\d*)+")
_STEP = re.compile(r"\s*(?P<divide>/)\s*|\s*(?:\*|·)\s*|\s+|[.\-](?=[A-Za-zΩ°μ])")


@lru_cache(maxsize=4096)
def read_unit(text: str) -> str | None:
    """Spell a unit our way.

    Parameters
    ----------
    text : str
        A unit as headers have it, with or without brackets: `[mA.h/g]`, `Ω cm`, `W/(m K)`, `cm⁻¹`, `℃`.

    Returns
    -------
    str or None
        Text that `kiban.quantity.unit` understands (empty for the number one); `None` where it does not read as a
        unit.
    """
    trimmed = re.sub(r"\s+", " ", _plain(text)).strip()
    if _is_bracketed(trimmed):
        trimmed = trimmed[1:-1].strip()
    if not trimmed or len(trimmed) > 40 or _FORMULA.fullmatch(trimmed):
        return None
    known = _PHRASES.get(trimmed.lower())
    if known is not None:
        return known
    spelled = respell(trimmed)
    if spelled != trimmed and _compound(spelled) is not None:
        return spelled
    return _compound(trimmed)


def _is_bracketed(text: str) -> bool:
    """Say whether one pair of brackets holds all: `(J/(g*K))`, not `(mW)/(mg)`."""
    if len(text) < 3 or text[0] + text[-1] not in {"()", "[]", "{}", "<>"}:
        return False
    depth = 0
    for n, letter in enumerate(text):
        depth += (letter == text[0]) - (letter == text[-1])
        if depth == 0:
            return n == len(text) - 1
    return False


def _plain(text: str) -> str:
    """One character for each meaning: compatibility forms folded, the many dots and dashes made one."""
    # A power as programs write it, before the star becomes one of the dots.
    folded = unicodedata.normalize("NFKC", text).replace("**", "^").translate(_FOLD)
    return folded.replace("deg.C", "°C").replace("degree C", "°C")


_FOLD = {ord(c): "-" for c in "−–‐‑"} | {ord(c): "·" for c in "⋅∙•×・*"} | {ord("Ω"): "Ω", ord("µ"): "μ"}


def _compound(text: str) -> str | None:
    """Read products and quotients of symbols; a solidus divides by all that follows up to the next, or its bracket."""
    text = text.replace("**", "^").replace("·^", "^")
    above: list[str] = []
    below: list[str] = []
    for i, part in enumerate(re.split(r"\s*/\s*", text)):
        part = part.strip()
        if i == 0 and part == "1":
            continue
        if i > 0 and part.startswith("(") and part.endswith(")"):
            part = part[1:-1]
        factors = _factors(part)
        if factors is None:
            return None
        for symbol, power in factors:
            (above if (power > 0) == (i == 0) else below).append(_raised(symbol, abs(power)))
    if not above and not below:
        return None
    if len(above) + len(below) > 1:
        # In a product only differences of temperature make sense, and there a degree Celsius is a kelvin.
        above, below = (["K" if symbol == "degC" else symbol for symbol in side] for side in (above, below))
    return "/".join(["*".join(above) or "1", *below])


def _factors(text: str) -> list[tuple[str, int]] | None:
    found: list[tuple[str, int]] = []
    position = 0
    while position < len(text):
        if found:
            step = _STEP.match(text, position)
            if step is None or step["divide"]:
                return None
            position = step.end()
        factor = _FACTOR.match(text, position)
        if factor is None:
            return None
        spelled = _symbol(factor["symbol"])
        end = factor.end()
        if spelled is None and factor["symbol"].endswith("."):
            spelled = _symbol(factor["symbol"][:-1])
            if factor["power"] is not None:
                return None
            end -= 1 if end < len(text) else 0
        power = int(factor["power"] or 1)
        if spelled is None or power == 0:
            return None
        found.append((spelled, power))
        position = end
    return found or None


def _symbol(text: str) -> str | None:
    if text in _WHOLE:
        return _WHOLE[text]
    if text in _SYMBOLS:
        return _SYMBOLS[text][0]
    prefix, symbol = _PREFIXES.get(text[:1]), text[1:]
    if prefix and symbol in _SYMBOLS and prefix in _SYMBOLS[symbol][1]:
        spelled = _SYMBOLS[symbol][0]
        return f"{prefix}{spelled}"
    lowered = text.lower()
    return _WHOLE.get(lowered) if len(lowered) > 2 else None


def _raised(symbol: str, power: int) -> str:
    if power == 1:
        return symbol
    return f"({symbol})**{power}" if "*" in symbol or "/" in symbol else f"{symbol}**{power}"
