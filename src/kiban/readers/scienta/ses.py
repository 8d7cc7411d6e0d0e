"""The lines `Key=value` under `[Section]` that Scienta's SES writes, and what they say under the standard names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from kiban.quantity.measured import Measured
from kiban.readers.number_list import optional_number
from kiban.readers.tables.date_columns import read_date
from kiban.records.reading import Json, MetadataValue

_SECTION = re.compile(r"\[(?P<name>[^\[\]]+)\]\s*")
_TEXTS = (
    ("species", "Region Name"),
    ("lens_mode", "Lens Mode"),
    ("scan_mode", "Acquisition Mode"),
    ("signal_mode", "DetectorMode"),
    ("institution", "Location"),
    ("energy_scale", "Energy Scale"),
)
# Energies of SES are in eV and times per channel in s; it writes no units beside them.
_NUMBERS = (
    ("pass_energy", "Pass Energy", "eV"),
    ("incident_energy", "Excitation Energy", "eV"),
    ("step", "Energy Step", "eV"),
    ("count_time", "Time per Spectrum Channel", "s"),
)
ENERGY_NAMES = {"binding": "binding_energy", "kinetic": "kinetic_energy"}


def sections(lines: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Cut lines at their `[Section]` marks; what stands before the first has no name."""
    name, kept = "", []
    for line in lines:
        mark = _SECTION.fullmatch(line.strip())
        if mark is None:
            kept.append(line)
            continue
        if name or any(kept_line.strip() for kept_line in kept):
            yield name, kept
        name, kept = mark["name"].strip(), []
    yield name, kept


def fields(lines: Iterable[str]) -> dict[str, Json]:
    """Collect `Key=value`; lines without a sign are kept as they are under `#text`."""
    found: dict[str, Json] = {}
    rest: list[Json] = []
    for line in lines:
        key, sign, value = line.partition("=")
        if sign and key.strip():
            found[key.strip()] = value.strip()
        elif line.strip():
            rest.append(line.strip())
    return found | ({"#text": rest} if rest else {})


def text(info: Mapping[str, Json], key: str) -> str:
    """The value of a key, empty where there is none."""
    value = info.get(key)
    return value.strip() if isinstance(value, str) else ""


def metadata(info: Mapping[str, Json]) -> dict[str, MetadataValue]:
    """Collect what the info of a region states."""
    found: dict[str, MetadataValue] = {"maker": "Scienta Omicron"}
    found |= {name: value for name, key in _TEXTS if (value := text(info, key))}
    if version := text(info, "Version"):
        found["software"] = f"SES {version}"
    if model := text(info, "Instrument"):
        found["model"] = model
    comment = text(info, "Comments").strip(" ;")
    if comment:
        found["comment"] = comment
    for name, key, unit in _NUMBERS:
        number = optional_number(text(info, key))
        if number is not None and number > 0:
            found[name] = Measured(number, unit)
    sweeps = optional_number(text(info, "Number of Sweeps"))
    if sweeps is not None and sweeps >= 1 and sweeps % 1 == 0:
        found["n_scans"] = int(sweeps)
    return found


def started_at(info: Mapping[str, Json]) -> datetime | None:
    """Date and time, where they are in an order that is known."""
    date, time = text(info, "Date"), text(info, "Time")
    return read_date(f"{date} {time}") or read_date(date) if date else None


def energy_name(info: Mapping[str, Json]) -> str:
    """Which energy the axis is, where its own label does not say so."""
    return ENERGY_NAMES.get(text(info, "Energy Scale").lower(), "energy")


def is_counting(info: Mapping[str, Json]) -> bool:
    """Say whether the detector counted pulses; the other mode sums up grey values."""
    return "pulse" in text(info, "DetectorMode").lower() or "counting" in text(info, "DetectorMode").lower()
