"""The words of JCAMP-DX for our techniques, units and metadata, and texts that its labels can hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from kiban.quantity.measured import Measured
from kiban.records.reading import MetadataValue
from kiban.records.technique import TECHNIQUES

_DATA_TYPES = {
    "ir": "INFRARED SPECTRUM",
    "raman": "RAMAN SPECTRUM",
    "uv_vis": "UV/VIS SPECTRUM",
    "nmr": "NMR SPECTRUM",
    "epr": "EPR SPECTRUM",
    "mass_spectrometry": "MASS SPECTRUM",
    "ion_mobility": "ION MOBILITY SPECTRUM",
    "chromatography": "CHROMATOGRAM",
    "cyclic_voltammetry": "CYCLIC VOLTAMMETRY",
    "linear_sweep_voltammetry": "LINEAR SWEEP VOLTAMMETRY",
    "chronoamperometry": "CHRONOAMPEROMETRY",
    "chronopotentiometry": "CHRONOPOTENTIOMETRY",
    "impedance": "IMPEDANCE SPECTRUM",
    "xrd": "X-RAY POWDER DIFFRACTION",
    "thermogravimetry": "THERMOGRAVIMETRY",
    "spectrum": "SPECTRUM",
}
_UNITS = {
    "": "1",
    "1/cm": "1/CM",
    "nm": "NANOMETERS",
    "um": "MICROMETERS",
    "s": "SECONDS",
    "min": "MINUTES",
    "Hz": "HZ",
    "MHz": "MHZ",
    "ppm": "PPM",
    "V": "VOLTS",
    "A": "AMPERES",
    "deg": "DEGREES",
    "gauss": "GAUSS",
    "T": "TESLA",
    "dalton/elementary_charge": "M/Z",
    "count": "COUNTS",
    "arbitrary_unit": "ARBITRARY UNITS",
    "absorbance": "ABSORBANCE",
    "transmittance": "TRANSMITTANCE",
    "percent_transmittance": "% TRANSMITTANCE",
    "reflectance": "REFLECTANCE",
    "kubelka_munk": "KUBELKA-MUNK",
    "percent": "PERCENT",
}
"""Others are written in our own spelling."""
_LABELS = {
    "comment": "COMMENTS",
    "molecular_formula": "MOLFORM",
    "cas_number": "CAS REGISTRY NO",
    "state": "STATE",
    "solvent": ".SOLVENT NAME",
    "n_scans": ".AVERAGES",
}


def data_type(technique: str, *, is_over_time: bool) -> str:
    """The DATA TYPE of a technique."""
    if technique == "nmr" and is_over_time:
        return "NMR FID"
    return _DATA_TYPES.get(technique, TECHNIQUES[technique].en.upper())


def unit_text(unit: str) -> str:
    """A unit as JCAMP-DX calls it."""
    return _UNITS.get(unit, unit)


def plain(text: str) -> str:
    """A text on one line that is neither a comment nor the beginning of a label, nor goes on in the next line."""
    line = re.sub(r"\s+", " ", text).strip()
    return line.replace("##", "# #").replace("$$", "$ $").rstrip("=").rstrip()


def dates(started_at: datetime) -> Iterator[tuple[str, str]]:
    """LONG DATE for programs of today, DATE and TIME for those of version 4.24."""
    zone = f" {started_at:%z}"[:6] if started_at.tzinfo is not None else ""
    zone = f"{zone[:4]}:{zone[4:]}" if zone.strip() else ""
    yield "LONG DATE", f"{started_at.year:04d}/{started_at:%m/%d %H:%M:%S.%f}{zone}"
    yield "DATE", f"{started_at:%y/%m/%d}"
    yield "TIME", f"{started_at:%H:%M:%S}"


def metadata_labels(name: str, value: MetadataValue, x_unit: str, *, is_nmr: bool) -> Iterator[tuple[str, str]]:
    """The labels for one entry of the metadata: the standard's own where it has one, else one of the user's."""
    if isinstance(value, Measured):
        number = f"{value.value!r}"
        if name == "resolution" and value.unit == x_unit:
            yield "RESOLUTION", number
        elif name == "temperature" and value.unit == "degC":
            yield "TEMPERATURE", f"{number} C"
        elif name == "observe_frequency" and value.unit == "MHz" and is_nmr:
            yield ".OBSERVE FREQUENCY", number
        else:
            yield f"${name.upper()}", f"{number} {value.unit}".strip()
    elif name == "nucleus" and is_nmr and (match := re.fullmatch(r"(\d{1,3})([A-Z][a-z]?)", str(value))):
        yield ".OBSERVE NUCLEUS", f"^{match[1]}{match[2]}"
    else:
        text = value.isoformat() if isinstance(value, datetime) else str(value)
        yield _LABELS.get(name, f"${re.sub(r'[^A-Za-z0-9_]', '_', name).upper()}"), plain(text)
