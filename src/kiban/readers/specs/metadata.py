"""What the settings of SPECS's programs say, under the standard names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from kiban.quantity.measured import Measured
from kiban.readers.number_list import optional_number
from kiban.readers.tables.date_columns import read_date
from kiban.records.reading import MetadataValue

_TECHNIQUES = {
    "XPS": "xps",
    "UPS": "photoemission",
    "ARPES": "photoemission",
    "ARUPS": "photoemission",
    "XPD": "xps",
    "AES": "auger",
    "EELS": "electron_energy_loss",
    "HREELS": "electron_energy_loss",
    "REELS": "electron_energy_loss",
    "XAS": "x_ray_absorption",
}
_TEXTS = (
    ("technique_name", "Analysis Method"),
    ("model", "Analyzer"),
    ("lens_mode", "Analyzer Lens"),
    ("analyser_slit", "Analyzer Slit"),
    ("analyser_mode", "Scan Mode"),
    ("source", "Source"),
    ("comment", "Comment"),
)
_NUMBERS = (
    ("count_time", "Dwell Time", "s"),
    ("incident_energy", "Excitation Energy", "eV"),
    ("pass_energy", "Pass Energy", "eV"),
    ("work_function", "Eff. Workfunction", "eV"),
)
_MONTH_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})\s+(\d{1,2}):(\d{2}):(\d{2})(?:\s+(UTC))?")


def technique(method: str) -> str:
    """Name the technique by the program's word for it."""
    return _TECHNIQUES.get(method.strip().upper(), "spectrum")


def metadata(settings: Mapping[str, str], n_scans: int | None) -> dict[str, MetadataValue]:
    """Collect what a region's settings state."""
    found: dict[str, MetadataValue] = {"maker": "SPECS"}
    found |= {name: text for name, key in _TEXTS if (text := settings.get(key, "").strip())}
    for name, key, unit in _NUMBERS:
        value = optional_number(settings.get(key))
        if value is not None and (value > 0 or name == "work_function"):
            found[name] = Measured(value, unit)
    if n_scans is not None:
        found["n_scans"] = n_scans
    return found


def date(text: str) -> datetime | None:
    """Read `08/24/23 14:19:47 UTC`, the month first as Prodigy writes it, or `2023-10-27 08:34:22 UTC`."""
    match = _MONTH_FIRST.fullmatch(text.strip())
    if match is None:
        return read_date(text.strip()) if text.strip() else None
    month, day, year, hour, minute, second = (int(part) for part in match.groups()[:6])
    try:
        return datetime(
            year + (2000 if year < 100 else 0), month, day, hour, minute, second, tzinfo=UTC if match[7] else None
        )
    except ValueError:
        return None
