"""JCAMP-DX, what its words mean here: techniques, units and the names of variables.

Sources: the lists of JCAMP-DX 4.24 (infrared), 5.00 (NMR, mass spectrometry), 5.01 (ion mobility, EPR, circular
dichroism) and the spellings met in files.
"""

from __future__ import annotations

import re
from functools import lru_cache

from kiban.quantity.spelling import respell
from kiban.readers.words.unit_words import read_unit

_TECHNIQUES = (
    (r"RAMAN", "raman"),
    (r"NMR", "nmr"),
    (r"\bEPR\b|\bESR\b|PARAMAGNETIC|ENDOR", "epr"),
    (r"[LG]C[-/ ]?MS|CHROMATO|HPLC|[LG]C/", "chromatography"),
    (r"MASS", "mass_spectrometry"),
    (r"ION MOBILITY|\bIMS\b", "ion_mobility"),
    (r"INFRA-?RED|\bFT-?IR\b|\bN?IR\b", "ir"),
    (r"\bUV|ULTRAVIOLET|\bVIS", "uv_vis"),
    (r"CYCLIC VOLTAM|\bCV\b", "cyclic_voltammetry"),
    (r"LINEAR SWEEP", "linear_sweep_voltammetry"),
    (r"CHRONOAMPERO", "chronoamperometry"),
    (r"CHRONOPOTENTIO", "chronopotentiometry"),
    (r"IMPEDANCE", "impedance"),
    (r"VOLTAM", "electrochemistry"),
    (r"X-?RAY (POWDER )?DIFF|\bXRD\b|POWDER DIFF", "xrd"),
    (r"THERMOGRAV|\bTGA?\b", "thermogravimetry"),
)

_UNITS = {
    "1/CENTIMETERS": "1/cm",
    "RAMAN SHIFT": "1/cm",
    "NM": "nm",
    "UM": "um",
    "MASS UNITS": "dalton/elementary_charge",
    "MASS": "dalton/elementary_charge",
    "MASS/CHARGE": "dalton/elementary_charge",
    "MASS TO CHARGE RATIO": "dalton/elementary_charge",
    "MILLISECONDS": "ms",
    "MILLISECOND": "ms",
    "MICROSECONDS": "us",
    "NANOSECONDS": "ns",
    "CENTIMETERS": "cm",
    "MILLIMETERS": "mm",
    "KILOHERTZ": "kHz",
    "MEGAHERTZ": "MHz",
    "MILLITESLA": "mT",
    "MT": "mT",
    "AMPERES": "A",
    "AMPERE": "A",
    "MILLIAMPERES": "mA",
    "MICROAMPERES": "uA",
    "NANOAMPERES": "nA",
    "PICOAMPERES": "pA",
    "MILLIVOLTS": "mV",
    "ELECTRON VOLTS": "eV",
    "2-THETA": "deg",
    "2THETA": "deg",
    "DEGREES 2-THETA": "deg",
    "PERCENT REFLECTANCE": "percent",
    "% REFLECTANCE": "percent",
    "%R": "percent",
    "KUBELKA MUNK": "kubelka_munk",
    "TRANSMISSION": "transmittance",
    "% TRANSMISSION": "percent_transmittance",
    "PERCENT TRANSMISSION": "percent_transmittance",
    "TRANSMITTANCE (%)": "percent_transmittance",
    "ARBITRARY UNIT": "arbitrary_unit",
    "ION COUNTS": "count",
    "ION INTENSITY": "arbitrary_unit",
    "COUNTS PER SEC": "count/s",
}

_AXES = {
    "1/cm": "wavenumber",
    "nm": "wavelength",
    "um": "wavelength",
    "angstrom": "wavelength",
    "Hz": "frequency",
    "kHz": "frequency",
    "MHz": "frequency",
    "ppm": "chemical_shift",
    "s": "time",
    "ms": "time",
    "us": "time",
    "ns": "time",
    "min": "time",
    "h": "time",
    "dalton/elementary_charge": "mass_to_charge",
    "gauss": "magnetic_field",
    "T": "magnetic_field",
    "mT": "magnetic_field",
    "oersted": "magnetic_field",
    "V": "potential",
    "mV": "potential",
    "eV": "energy",
    "K": "temperature",
    "degC": "temperature",
    "deg": "angle",
}

_SIGNALS = {
    "absorbance": "absorbance",
    "transmittance": "transmittance",
    "percent_transmittance": "transmittance",
    "reflectance": "reflectance",
    "kubelka_munk": "kubelka_munk",
    "log10_molar_absorptivity": "log10_molar_absorptivity",
    "1/(umol/mol)/m": "absorptivity",
    "A": "current",
    "mA": "current",
    "uA": "current",
    "nA": "current",
    "pA": "current",
    "V": "potential",
    "mV": "potential",
    "ohm": "resistance",
}


def technique(data_type: str) -> str | None:
    """Find the technique that a DATA TYPE names; `None` where it names none.

    A spectrum of another kind is a `spectrum`, anything else a `table`.
    """
    words = re.sub(r"[\s_]+", " ", data_type.upper()).strip()
    if not words:
        return None
    for pattern, key in _TECHNIQUES:
        if re.search(pattern, words):
            return key
    return "spectrum" if re.search(r"SPECTR|PEAK|FID|INTERFEROGRAM|SCATTER|DICHRO|FLUOR|EMISSION", words) else "table"


def guess_technique(x_unit: str, y_unit: str, *, is_nmr: bool) -> str:
    """Guess an unstated technique from labels and units; `spectrum` where they say nothing."""
    if is_nmr or x_unit == "ppm":
        return "nmr"
    if x_unit == "dalton/elementary_charge":
        return "mass_spectrometry"
    if _AXES.get(x_unit) == "magnetic_field":
        return "epr"
    optical = _SIGNALS.get(y_unit) in {"absorbance", "transmittance", "reflectance"}
    if optical and x_unit == "1/cm":
        return "ir"
    return "uv_vis" if optical and x_unit == "nm" else "spectrum"


def unit(written: str, technique: str = "spectrum") -> tuple[str, str]:
    """Read a unit and the words around it.

    Parameters
    ----------
    written : str
        As the file has it: `1/CM`, `Wavelength (nm)`, `Voltage in V`, `Drift Time / ms`, `V vs Ref`.
    technique : str
        Tells absorbance from ampere, which are both written `A`.

    Returns
    -------
    (str, str)
        The unit in our spelling, and what it is called beside it; where nobody knows it, the text as written is both.
    """
    return _unit(re.sub(r"\s+", " ", written).strip()[:80], technique)


@lru_cache(maxsize=1024)
def _unit(text: str, technique: str) -> tuple[str, str]:
    if text.upper() == "PH":
        # Not picohenry: acidity is a number without a unit.
        return "", text
    if technique in {"ir", "uv_vis"} and text.upper() in {"A", "T", "R"}:
        return {"A": "absorbance", "T": "transmittance", "R": "reflectance"}[text.upper()], ""
    if (whole := _known(text)) is not None:
        return whole, ""
    for pattern in (
        r"(?P<word>[^()\[\]]+?) ?[(\[](?P<unit>[^()\[\]]+)[)\]]",
        r"(?P<word>\S.*?) (?:in|/) (?P<unit>\S+)",
        r"(?P<word>\S.*?), ?(?P<unit>\S+)",
        r"(?P<unit>\S+) (?P<word>vs\.? .+)",
    ):
        match = re.fullmatch(pattern, text, re.IGNORECASE)
        if match is None:
            continue
        inner = _known(match["unit"])
        if inner is None:
            inner = _known(match["word"])
        if inner is not None:
            return inner, match["word"].strip()
    return text, text


def _known(text: str) -> str | None:
    upper = text.upper()
    if upper in _UNITS:
        return _UNITS[upper]
    spelled = respell(text)
    if spelled != text or not text or spelled in _AXES or spelled in _SIGNALS:
        return spelled
    return read_unit(text)


def axis_name(unit: str, technique: str, symbol: str = "X", label: str = "") -> str:
    """Name the variable that others are drawn against by its unit, else by what the file calls it."""
    name = _AXES.get(unit)
    if name == "wavenumber" and technique == "raman":
        return "raman_shift"
    if name == "time" and (technique == "chromatography" or "RETENTION" in label.upper()):
        return "retention_time"
    if name == "time" and technique == "ion_mobility":
        return "drift_time"
    if name == "angle" and technique == "xrd":
        return "two_theta"
    if name is None and technique == "mass_spectrometry" and symbol == "X":
        return "mass_to_charge"
    if symbol == "R":
        return "retardation"
    return name or (slug(label) if label else "x" if symbol == "X" else slug(symbol))


def signal_name(unit: str, label: str = "") -> str:
    """Name a measured variable by its unit, else by what the file calls it, else `intensity`."""
    if unit in _SIGNALS:
        return _SIGNALS[unit]
    is_intensity = re.search("INTENS|ABUNDANCE|SPECTRUM|FID|COUNTS", label, re.IGNORECASE)
    if unit in {"arbitrary_unit", "count", "count/s"} or not label or is_intensity:
        return "intensity"
    return slug(label)


def kept_name(stated: str, otherwise: str) -> str:
    """The name that a variable had when Kiban wrote the file (`##$KIBAN AXIS=`), else the one worked out here."""
    return stated if re.fullmatch(r"[a-z][a-z0-9_]{0,79}", stated) else otherwise


def slug(words: str) -> str:
    """Make a variable's name of any words."""
    plain = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    return plain[:40].rstrip("_") if plain and plain[0].isalpha() else f"v_{plain[:40]}".rstrip("_")
