"""What JASCO's programs call things, in English and Japanese, and what it is here."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kiban.quantity.measured import Measured
from kiban.quantity.spelling import respell
from kiban.readers.number_list import optional_number
from kiban.readers.optical.words import Quantity, axis, signal
from kiban.readers.tables.column_headers import slug
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import MetadataValue

_TECHNIQUES = {
    "INFRARED SPECTRUM": "ir",
    "NEAR INFRARED SPECTRUM": "ir",
    "RAMAN SPECTRUM": "raman",
    "ULTRAVIOLET SPECTRUM": "uv_vis",
    "UV/VIS SPECTRUM": "uv_vis",
    "FLUORESCENCE SPECTRUM": "photoluminescence",
}
_MODELS = (
    (re.compile(r"\bFT/?IR-?\d", re.IGNORECASE), "ir"),
    (re.compile(r"\bNRS-?\d", re.IGNORECASE), "raman"),
    (re.compile(r"\bV-?\d{3}", re.IGNORECASE), "uv_vis"),
    (re.compile(r"\bFP-?\d{3,4}", re.IGNORECASE), "photoluminescence"),
)
_X_WORDS = {"NANOMETERS": "nm", "MICROMETERS": "um", "SECONDS": "s", "MINUTES": "min"}
_BRACKET = re.compile(r"(?P<word>[^\[\]]*?)\s*\[(?P<unit>[^\[\]]+)\]\s*")
_SIGNALS = {"CD": "circular_dichroism", "LD": "linear_dichroism", "HT": "high_tension_voltage", "CPL": "cpl"}
_TEMPERATURE = {"C": "degC", "K": "K", "°C": "degC", "℃": "degC"}
_VALUE = re.compile(r"(?P<number>[+-]?\d+(?:[.,]\d+)?)\s*(?P<unit>[^\d\s,][^\s,]*(?:/pixel)?)(?:,.*)?")

SAMPLE = ("Sample name", "試料名")
OPERATOR = ("User", "Operator", "測定者", "オペレーター")
MEASURED_AT = ("Measurement Date", "測定日時", "Creation date", "作成日時")
VERTICAL = ("Vertical axis", "縦軸", "Photometric mode", "測光モード")
_TEXTS = (
    ("comment", ("Comment", "コメント")),
    ("institution", ("Company", "会社")),
    ("model", ("Model Name", "機種名")),
    ("serial_number", ("Serial Number", "Serial No.", "シリアル番号")),
    ("source", ("Light Source", "Light source", "光源")),
    ("detector", ("Detector", "検出器")),
    ("apodization", ("Apodization", "アポダイゼーション")),
    ("aperture", ("Aperture", "アパーチャー")),
    ("grating", ("Grating", "グレーティング")),
    ("objective", ("Objective lens", "対物レンズ")),
    ("neutral_density_filter", ("Attenuator", "減光器")),
    ("accessory", ("Accessory", "Accessory name", "付属品名")),
)
_NUMBERS = (
    ("resolution", ("Resolution", "分解")),
    ("laser_wavelength", ("Laser wavelength", "励起波長")),
    ("laser_power", ("Laser power", "レーザー強度")),
    ("exposure_time", ("Exposure", "露光時間")),
    ("detector_temperature", ("CCD temperature", "CCD温度")),
    ("scan_speed", ("Scan Speed", "Scan speed", "Scanning speed", "走査速度")),
    ("position_z", ("Z position", "Zステージ位置")),
)
_N_SCANS = ("Accumulation", "Accumulations", "No. of accumulations", "積算回数")


def technique(data_type: str, model: str) -> str | None:
    """Say the technique by the file's word for it, else by the spectrometer; `None` where neither tells."""
    known = _TECHNIQUES.get(data_type.upper())
    if known is not None or data_type:
        return known
    return next((found for pattern, found in _MODELS if pattern.search(model)), None)


def abscissa(written: str, *, is_raman: bool) -> Quantity:
    """Name an axis: `1/CM`, `NANOMETERS`, `Wavelength [nm]`, `Temperature [C]`, `Time [sec]`."""
    match = _BRACKET.fullmatch(written.strip()[:200])
    word, unit = (match["word"], match["unit"].strip()) if match else ("", written.strip())
    if word.lower().startswith("temperature"):
        return Quantity(name="temperature", unit=_TEMPERATURE.get(unit, respell(unit)), written=written)
    found = axis(_X_WORDS.get(unit.upper(), unit))
    name = "raman_shift" if is_raman and found.name == "wavenumber" else found.name
    return Quantity(name=name, unit=found.unit, written=written)


def ordinate(written: str, vertical: str) -> Quantity:
    """Name a signal: `ABSORBANCE`, `CD[mdeg]`, `HT[V]`; the footer's word (`%T`) tells percent from fractions."""
    match = _BRACKET.fullmatch(written.strip()[:200])
    if match is not None and match["word"]:
        word, unit = match["word"].strip(), match["unit"].strip()
        name = _SIGNALS.get(word.upper()) or slug(word) or "intensity"
        return Quantity(name=name, unit=read_unit(unit) or respell(unit), written=written)
    found, shown = signal(written), signal(vertical)
    if found.unit == "arbitrary_unit" and shown.name == found.name and shown.name != "intensity":
        found = shown
    return Quantity(name=found.name, unit=found.unit, written=written)


def first(fields: Mapping[str, str], keys: tuple[str, ...]) -> str:
    """The first text under one of the keys; empty where there is none."""
    return next((text for key in keys if (text := fields.get(key, "").strip())), "")


def metadata(fields: Mapping[str, str]) -> dict[str, MetadataValue]:
    """The fields behind the spectrum under the standard names."""
    found: dict[str, MetadataValue] = {"maker": "JASCO"}
    found |= {name: text for name, keys in _TEXTS if (text := first(fields, keys))}
    for name, keys in _NUMBERS:
        match = _VALUE.fullmatch(first(fields, keys))
        number = optional_number(match["number"]) if match else None
        if match is not None and number is not None:
            written = match["unit"]
            unit = "degC" if written in {"C", "℃"} else read_unit(written)
            if unit:
                found[name] = Measured(number, unit)
    n_scans = optional_number(first(fields, _N_SCANS))
    if n_scans is not None and n_scans >= 1 and n_scans == int(n_scans):
        found["n_scans"] = int(n_scans)
    return found
