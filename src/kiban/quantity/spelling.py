"""How instruments spell units, and how we write them.

Reading a file must not need the unit library (it takes longer to load than most files take to read), so the
spellings found in vendors' files are mapped by a table. The right-hand side is what `unit.py` understands.
Sources: the headers of the files the readers are tested on, JCAMP-DX 4.24/5.01 (labels of XUNITS and YUNITS), UCUM.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_CANONICAL = {
    "": "",
    "1": "",
    "-": "",
    "none": "",
    "a.u.": "arbitrary_unit",
    "arb. units": "arbitrary_unit",
    "arb.units": "arbitrary_unit",
    "arb. unit": "arbitrary_unit",
    "arb.unit": "arbitrary_unit",
    "arbitrary": "arbitrary_unit",
    "arbitrary units": "arbitrary_unit",
    "arbitraryunits": "arbitrary_unit",
    "relative abundance": "arbitrary_unit",
    "relative intensity": "arbitrary_unit",
    "intensity": "arbitrary_unit",
    "count": "count",
    "counts": "count",
    "cts": "count",
    "cnt": "count",
    "cnt/sec": "count/s",
    "cnt/s": "count/s",
    "cps": "count/s",
    "c/s": "count/s",
    "counts/s": "count/s",
    "counts/sec": "count/s",
    "counts per second": "count/s",
    "deg": "deg",
    "degree": "deg",
    "degrees": "deg",
    "°": "deg",
    "°2θ": "deg",
    "°2th": "deg",
    "deg 2theta": "deg",
    "rad": "rad",
    "radian": "rad",
    "ang": "angstrom",
    "å": "angstrom",
    "angstrom": "angstrom",
    "angstroms": "angstrom",
    "1/å": "1/angstrom",
    "å-1": "1/angstrom",
    "meter": "m",
    "meters": "m",
    "metre": "m",
    "metres": "m",
    "nanometer": "nm",
    "nanometers": "nm",
    "nanometre": "nm",
    "nanometres": "nm",
    "micrometer": "um",
    "micrometers": "um",
    "micron": "um",
    "microns": "um",
    "μm": "um",
    "µm": "um",
    "nm-1": "1/nm",
    "nm^-1": "1/nm",
    "nm⁻¹": "1/nm",
    "nm−1": "1/nm",
    "1/µm": "1/um",
    "1/μm": "1/um",
    "pixel": "pixel",
    "pixels": "pixel",
    "px": "pixel",
    "µrad": "urad",
    "μrad": "urad",
    "1/cm": "1/cm",
    "cm-1": "1/cm",
    "cm^-1": "1/cm",
    "cm⁻¹": "1/cm",
    "cm-¹": "1/cm",
    "cm−1": "1/cm",
    "wavenumber": "1/cm",
    "wavenumbers": "1/cm",
    "ev": "eV",
    "kev": "keV",
    "hz": "Hz",
    "hertz": "Hz",
    "khz": "kHz",
    "mhz": "MHz",
    "ppm": "ppm",
    "gauss": "gauss",
    "g.": "gauss",
    "tesla": "T",
    "oe": "oersted",
    "emu": "emu",
    "m/z": "dalton/elementary_charge",
    "amu": "dalton",
    "second": "s",
    "seconds": "s",
    "sec": "s",
    "minute": "min",
    "minutes": "min",
    "hour": "h",
    "hours": "h",
    "hr": "h",
    "°c": "degC",
    "℃": "degC",
    "cel": "degC",
    "celsius": "degC",
    "degrees celsius": "degC",
    "deg c": "degC",
    "kelvin": "K",
    "°f": "degF",
    "%": "percent",
    "percent": "percent",
    "transmittance": "transmittance",
    "% transmittance": "percent_transmittance",
    "percent transmittance": "percent_transmittance",
    "%t": "percent_transmittance",
    "absorbance": "absorbance",
    "abs": "absorbance",
    "reflectance": "reflectance",
    "kubelka-munk": "kubelka_munk",
    "ohm": "ohm",
    "ohms": "ohm",
    "ω": "ohm",
    "ohm.cm": "ohm*cm",
    "ohm-cm": "ohm*cm",
    "mohm": "mohm",
    "ma.h": "mA*h",
    "mah": "mA*h",
    "mah/g": "mA*h/g",
    "ma.h/g": "mA*h/g",
    "ah": "A*h",
    "a.h": "A*h",
    "wh": "W*h",
    "w.h": "W*h",
    "mv": "mV",
    "volt": "V",
    "volts": "V",
    "amp": "A",
    "amps": "A",
    "ampere": "A",
    "µa": "uA",
    "μa": "uA",
    "µv": "uV",
    "μv": "uV",
    "µf": "uF",
    "μf": "uF",
    "µg": "ug",
    "torr": "torr",
    "vol%": "percent",
    "vol.%": "percent",
    "体積%": "percent",
    "wt%": "percent",
    "at%": "percent",
    "mol%": "percent",
    # Written apart they would be a technical atmosphere, a mole, times percent.
    "wt %": "percent",
    "at %": "percent",
    "mol %": "percent",
    "vol %": "percent",
    "mass %": "percent",
    "ms%": "percent",
    "wt.%": "percent",
    "at.%": "percent",
    "mass%": "percent",
    "質量%": "percent",
    "重量%": "percent",
    "原子%": "percent",
    "モル%": "percent",
    "(micromol/mol)-1m-1 (base 10)": "1/(umol/mol)/m",
    "logarithm epsilon": "log10_molar_absorptivity",
}

# Case tells milli from mega and K from k, so these few are looked up as they stand before any folding of case.
_EXACT = {
    "A": "A",
    "Å": "angstrom",
    "C": "coulomb",
    "F": "farad",
    "G": "gauss",
    "T": "T",
    "K": "K",
    "V": "V",
    "s": "s",
    "S": "siemens",
    "µs": "us",
    "μs": "us",
    "µS": "usiemens",
    "μS": "usiemens",
    "mA": "mA",
    "MV": "MV",
    "mW": "mW",
    "MW": "MW",
    "Mohm": "Mohm",
    "mOhm": "mohm",
    "MOhm": "Mohm",
    "Ohm": "ohm",
    "Ω": "ohm",
    "mHz": "mHz",
    "MHz": "MHz",
    "mPa": "mPa",
    "MPa": "MPa",
    "GPa": "GPa",
    "µG": "ugauss",
    "μG": "ugauss",
    "mTorr": "mtorr",
    "µTorr": "utorr",
    "μTorr": "utorr",
    **{f"{prefix}Ωcm": f"{prefix}ohm*cm" for prefix in ("", "µ", "μ", "m", "k", "M", "G")},
    # Of fracture toughness.
    **{f"MPa{root}": "MPa*m**0.5" for root in ("√m", "·√m", " √m", "m½", "·m½", " m½", "m1/2", "·m1/2", " m1/2")},
    **{f"MPa{joint}m^(1/2)": "MPa*m**0.5" for joint in ("", "*", "·", " ")},
}


def respell(given: str) -> str:
    """Turn a vendor's spelling of a unit into ours.

    Parameters
    ----------
    given : str
        The unit as the file has it, with or without surrounding brackets and blanks: `(°2θ)`, `mA.h`, `1/CM`.

    Returns
    -------
    str
        Our spelling where the table knows the vendor's; otherwise the given text, trimmed. Whether that is a unit at
        all is found out by `kiban.quantity.unit` when a value is converted.
    """
    # The same few units come again and again; a text as long as a file must not be remembered.
    return _remembered(given) if len(given) <= _LONGEST_REMEMBERED else _respelled(given)


def _respelled(given: str) -> str:
    trimmed = re.sub(r"\s+", " ", of_one_width(given).strip())
    if not trimmed.isascii():
        trimmed = _DEGREES.sub(lambda found: f"°{found[1]}", trimmed.replace("℃", "°C").replace("℉", "°F"))
    if len(trimmed) > 2 and trimmed[0] + trimmed[-1] in {"()", "[]"} and not re.search(r"[)\]].", trimmed):
        trimmed = trimmed[1:-1].strip()
    if trimmed in _EXACT:
        return _EXACT[trimmed]
    return _CANONICAL.get(trimmed.lower(), trimmed)


# Signs that look like that of degrees: the ordinal and the ring above, and a blank after any of them.
_DEGREES = re.compile(r"[°º˚] ?([CF])(?![A-Za-z])")
_WIDE = re.compile("[\uff01-\uff5e\u3371-\u337a\u3380-\u33df]+")


def of_one_width(text: str) -> str:
    """Make ordinary characters of what Japanese keyboards write: letters and signs in full width, units in one (㎚).

    Others stay: superscripts and the micro sign have spellings of their own.
    """
    return text if text.isascii() else _WIDE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


_LONGEST_REMEMBERED = 40
_remembered = lru_cache(maxsize=1 << 12)(_respelled)
