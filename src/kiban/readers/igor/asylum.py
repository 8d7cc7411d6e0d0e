"""What Asylum Research's microscopes write into the note of a wave, and their channels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.measured import Measured
from kiban.readers.number_list import optional_number
from kiban.readers.tables.column_headers import slug
from kiban.readers.tables.date_columns import read_date
from kiban.records.reading import Json, MetadataValue

_FORCE = frozenset({"Raw", "Defl", "ZSnsr", "Deflection"})
# Channels begin with these words; the program keeps all numbers in SI units, and angles in degrees.
_CHANNELS = (
    ("Raw", "raw", "m"),
    ("ZSnsr", "z_sensor", "m"),
    ("ZSensor", "z_sensor", "m"),
    ("Height", "height", "m"),
    ("Defl", "deflection", "m"),
    ("Amp", "amplitude", "m"),
    ("Phas", "phase", "deg"),
    ("Cur", "current", "A"),
    ("Freq", "frequency", "Hz"),
    ("Potential", "potential", "V"),
    ("UserIn", "user_input", "V"),
    ("Lat", "lateral", "V"),
)
_TEXTS = (
    ("model", "MicroscopeModel"),
    ("imaging_mode", "ImagingMode"),
    ("comment", "ForceNote"),
    ("comment", "ImageNote"),
)
_ALWAYS = (
    ("spring_constant", "SpringConstant", "N/m"),
    ("deflection_sensitivity", "InvOLS", "m/V"),
)
_IMAGE = (
    ("scan_size_x", "FastScanSize", "m"),
    ("scan_size_y", "SlowScanSize", "m"),
    ("scan_rate", "ScanRate", "Hz"),
    ("scan_angle", "ScanAngle", "deg"),
)
_CURVE = (
    ("approach_velocity", "ApproachVelocity", "m/s"),
    ("retract_velocity", "RetractVelocity", "m/s"),
)


def fields(note: str) -> dict[str, Json]:
    """Collect `Key:value` lines; a key that comes again keeps all values."""
    found: dict[str, Json] = {}
    for line in re.split(r"[\r\n]+", note):
        key, colon, value = line.partition(":")
        if not colon or not key.strip():
            continue
        before = found.get(key.strip())
        if before is None:
            found[key.strip()] = value.strip()
        else:
            found[key.strip()] = [*before, value.strip()] if isinstance(before, list) else [before, value.strip()]
    return found


def is_asylum(note: Mapping[str, Json]) -> bool:
    """Say whether a note is one of these."""
    return "XOPVersion" in note and ("MicroscopeModel" in note or "SpringConstant" in note or "ScanSize" in note)


def is_force_curve(labels: tuple[str, ...], unit: str) -> bool:
    """Say whether a wave is a force curve: channels over time, not over a place."""
    return unit == "s" or (unit != "m" and bool(_FORCE & set(labels)))


def channel(label: str, note: Mapping[str, Json], *, otherwise: str) -> tuple[str, str]:
    """Name and unit of a channel: `HeightRetrace` is `height_retrace`, m.

    Parameters
    ----------
    otherwise : str
        The unit of the wave, for channels that are not known.
    """
    for word, name, unit in _CHANNELS:
        if label.startswith(word):
            match = re.search(r"(?:Trace|Retrace)$", label)
            number = re.match(rf"{word}\D*?(\d+)", label)
            written = text(note, f"UserIn{number.group(1)}Unit") if number and word == "UserIn" else ""
            suffix = (f"_{number.group(1)}" if number else "") + (f"_{match.group().lower()}" if match else "")
            return name + suffix, written or unit
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", label)
    return slug(spaced) or "channel", otherwise


def text(note: Mapping[str, Json], key: str) -> str:
    """The value of a key, the first where there are several; empty where there is none."""
    value = note.get(key)
    first = value[0] if isinstance(value, list) and value else value
    return first if isinstance(first, str) else ""


def metadata(note: Mapping[str, Json], *, is_curve: bool) -> dict[str, MetadataValue]:
    """Collect what the note states of an image or a force curve."""
    found: dict[str, MetadataValue] = {"maker": "Asylum Research"}
    for name, key in _TEXTS:
        if value := text(note, key):
            found[name] = value
    if version := text(note, "Version"):
        found["software"] = f"AR {version}"
    for name, key, unit in (*_ALWAYS, *(_CURVE if is_curve else _IMAGE)):
        number = optional_number(text(note, key))
        if number is not None:
            found[name] = Measured(number, unit)
    return found


def started_at(note: Mapping[str, Json]) -> datetime | None:
    """Date and time, where they are in an order that is known."""
    date, time = text(note, "Date"), text(note, "Time")
    return read_date(f"{date} {time}") or read_date(date) if date else None


def directions(note: Mapping[str, Json], n: int) -> NDArray[np.int8] | None:
    """Which way the tip moved at each point of a force curve: 1 towards the sample, -1 away, 0 neither.

    Returns
    -------
    array, shape (n,)
        From the note's `Indexes` where one direction ends and the next begins; `None` where they do not fit.
    """
    ends = list(_numbers(text(note, "Indexes")))
    ways = list(_numbers(text(note, "Direction")))
    if len(ends) < 2 or len(ways) < len(ends) or ends[0] != 0 or ends[-1] not in {n - 1, n}:
        return None
    if not all(b > a for a, b in pairwise(ends)) or any(way not in {-1, 0, 1} for way in ways[1:]):
        return None
    made = np.zeros(n, dtype=np.int8)
    for (start, end), way in zip(pairwise(ends), ways[1:], strict=False):
        made[int(start) : int(end) + 1] = int(way)
    return made


def _numbers(written: str) -> Iterator[float]:
    for part in written.split(","):
        if part.strip():
            number = optional_number(part)
            yield np.nan if number is None else number
