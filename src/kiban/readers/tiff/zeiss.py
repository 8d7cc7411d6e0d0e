"""What scanning electron microscopes of Zeiss write into a TIFF: a list of numbers, then pairs of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kiban.quantity.measured import Measured
from kiban.quantity.spelling import respell
from kiban.readers.number_list import optional_number
from kiban.readers.tables.date_columns import read_date
from kiban.readers.tiff.described import Described, Scale
from kiban.readers.tiff.directories import Directory
from kiban.records.reading import MetadataValue

_CODE = 34118
_NUMBERS = (
    ("acceleration_voltage", ("AP_ACTUALKV", "AP_MANUALKV")),
    ("probe_current", ("AP_IPROBE", "AP_BEAM_CURRENT")),
    ("working_distance", ("AP_WD",)),
    ("dwell_time", ("AP_PIXEL_TIME",)),
    ("position_x", ("AP_STAGE_AT_X",)),
    ("position_y", ("AP_STAGE_AT_Y",)),
    ("position_z", ("AP_STAGE_AT_Z",)),
    ("pressure", ("AP_SYSTEM_VAC", "AP_CHAMBER_PRESSURE")),
)
_WORDS = (
    ("detector", "DP_DETECTOR_CHANNEL"),
    ("serial_number", "SV_SERIAL_NUMBER"),
    ("software", "SV_VERSION"),
    ("comment", "SV_USER_TEXT"),
)
_SIZES = ("AP_IMAGE_PIXEL_SIZE", "AP_PIXEL_SIZE")
_QUANTITY = re.compile(r"\s*([-+]?[\d.,]+(?:[eE][-+]?\d+)?)\s*(\S.*)?")
_MAGNIFIED = {"K": 1e3, "M": 1e6}

_METRES = {"pm": 1e-12, "nm": 1e-9, "um": 1e-6, "mm": 1e-3, "m": 1.0}


def describe(directory: Directory) -> Described | None:
    """Read the tag; `None` where the page has none of Zeiss."""
    text = directory.text(_CODE)
    return _described(text, directory.whole(256, 0)) if text else None


def _described(text: str, n_columns: int) -> Described:
    fields = dict(_fields(text))
    metadata: dict[str, MetadataValue] = {"maker": "Zeiss"}
    for name, keys in _NUMBERS:
        if (found := next((q for key in keys if (q := _quantity(fields.get(key, "")))), None)) is not None:
            metadata[name] = found
    for name, key in _WORDS:
        if word := fields.get(key, "").strip():
            metadata[name] = word
    if (magnification := _magnification(fields.get("AP_MAG", ""))) is not None:
        metadata["magnification"] = Measured(magnification)
    size = next((q for key in _SIZES if (q := _quantity(fields.get(key, ""))) and q.unit and q.value > 0), None)
    scale = Scale(size.value, size.unit) if size is not None else None
    when = f"{fields.get('AP_DATE', '')} {fields.get('AP_TIME', '')}".strip()
    lines = text.splitlines()
    return Described(
        technique="electron_microscopy",
        x=scale,
        y=scale,
        sample_name=fields.get("SV_SAMPLE_ID", "").strip() or None,
        operator=fields.get("SV_USER_NAME", fields.get("SV_OPERATOR", "")).strip() or None,
        instrument=fields.get("DP_SEM", "").strip() or fields.get("SV_INSTRUMENT_ID", "").strip() or None,
        started_at=read_date(when) if when else None,
        metadata=metadata,
        header={"Zeiss": dict(fields.items())},
        own_tags=frozenset({_CODE}),
        doubts=_doubts(lines, size, n_columns),
    )


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Pairs of lines: a key in capitals, then `name = value` (or `name : value` for times and dates)."""
    key = ""
    for line in text.splitlines():
        stripped = line.strip()
        if re.fullmatch(r"[A-Z]{2}_[A-Z0-9_]+", stripped):
            key = stripped
        elif key:
            _, sign, value = stripped.partition("=")
            if not sign:
                _, _, value = stripped.partition(":")
            yield key, value.strip()
            key = ""


def _doubts(lines: list[str], size: Measured | None, n_columns: int) -> tuple[str, ...]:
    """The fourth number of the nameless list at the beginning is the size of a pixel in metres on a screen of 1024."""
    screen = optional_number(lines[3]) if len(lines) > 3 else None
    if screen is None or not 0 < screen < 1 or size is None or respell(size.unit) not in _METRES or n_columns <= 0:
        return ()
    stated, computed = size.value * _METRES[respell(size.unit)], screen * 1024 / n_columns
    if abs(stated - computed) <= 0.05 * stated:
        return ()
    return (f"The file states pixels of {stated:g} m; by its list of numbers they are {computed:g} m.",)


def _quantity(text: str) -> Measured | None:
    match = _QUANTITY.fullmatch(text)
    value = optional_number(match[1]) if match else None
    if match is None or value is None:
        return None
    return Measured(value, respell(match[2] or ""))


def _magnification(text: str) -> float | None:
    """`25.00 K X` is 25,000."""
    match = re.fullmatch(r"\s*([\d.,]+)\s*([KM]?)\s*X\s*", text)
    value = optional_number(match[1]) if match else None
    return None if match is None or value is None else value * _MAGNIFIED.get(match[2], 1.0)
