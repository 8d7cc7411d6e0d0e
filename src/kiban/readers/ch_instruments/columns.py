"""What CH Instruments' programs call their columns, and what we call them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kiban.readers.tables.column_headers import ColumnHeader, read_label, unique
from kiban.readers.words.unit_words import read_unit

_NAMES = {
    "potential": "potential",
    "e": "potential",
    "current": "current",
    "i": "current",
    "charge": "charge",
    "time": "time",
    "freq": "frequency",
    "frequency": "frequency",
    "z'": "impedance_real",
    'z"': "impedance_imaginary",
    "z''": "impedance_imaginary",
    "z": "impedance_modulus",
    "phase": "phase",
    "diff": "current",
    "for": "current_forward",
    "rev": "current_reverse",
}
_SCALED = re.compile(r"(?P<words>[^/]+)/(?P<factor>1e[+-]?\d{1,2})(?P<unit>[A-Za-z]+)")
_PULSED = re.compile(r"(?P<words>Diff|For|Rev)\((?P<symbol>\w+)/(?P<unit>.+)\)", re.IGNORECASE)
_CHANNEL = re.compile(r"(?P<words>i|Current|E|Potential|Charge|Diff|For|Rev) ?(?P<n>\d{1,2})", re.IGNORECASE)
AUXILIARY = frozenset({"time", "segment"})
FIRST = ("impedance_real", "impedance_imaginary", "potential", "current")


def read_columns(labels: Sequence[str]) -> tuple[list[ColumnHeader], list[float]]:
    """Name the columns, and tell by what the numbers of each are to be multiplied: `Current/1e-6A`."""
    read = [_read(label.strip()) for label in labels]
    return unique([header for header, _ in read]), [factor for _, factor in read]


def is_known(label: str) -> bool:
    """Say whether it is one of the labels that these programs write."""
    header, _ = _read(label.strip())
    return re.sub(r"_\d+$", "", header.name) in set(_NAMES.values()) and bool(header.unit)


def _read(label: str) -> tuple[ColumnHeader, float]:
    scaled = _SCALED.fullmatch(label)
    pulsed = _PULSED.fullmatch(label)
    if scaled is not None:
        words, written, factor = scaled["words"], scaled["unit"], float(scaled["factor"])
    elif pulsed is not None:
        words, written, factor = pulsed["words"], pulsed["unit"], 1.0
    else:
        words, slash, written = label.rpartition("/")
        if not slash:
            return read_label(label), 1.0
        factor = 1.0
    unit = read_unit(written)
    if unit is None:
        return read_label(label), 1.0
    return ColumnHeader(name=_name(words.strip()) or read_label(label).name, label=label, unit=unit,
                        unit_as_written=written), factor  # fmt: skip


def _name(words: str) -> str:
    known = _NAMES.get(words.lower(), "")
    channel = _CHANNEL.fullmatch(words)
    if known or channel is None:
        return known
    # The first of several channels is the one that other programs call simply the current.
    name = _NAMES[channel["words"].lower()]
    return name if channel["n"] == "1" else f"{name}_{channel['n']}"
