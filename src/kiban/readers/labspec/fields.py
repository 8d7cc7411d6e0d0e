"""The fields of a LabSpec header under the standard names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kiban.quantity.measured import Measured
from kiban.readers.number_list import optional_number
from kiban.readers.tables.date_columns import read_date
from kiban.records.reading import Json, MetadataValue

_UNIT = re.compile(r"(.*?)\s*\(([^()]*)\)\s*")
_NANOMETRES = re.compile(r"(\d+(?:[.,]\d+)?)\s*nm", re.IGNORECASE)
_NUMBERS = (
    ("exposure_time", "Acq. time", "s"),
    ("detector_temperature", "Detector temperature", "degC"),
    ("position_x", "X", "um"),
    ("position_y", "Y", "um"),
    ("position_z", "Z", "um"),
)
_WORDS = (
    ("detector", "Detector"),
    ("objective", "Objective"),
    ("grating", "Grating"),
    ("neutral_density_filter", "ND Filter"),
    ("project", "Project"),
    ("comment", "Remark"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What a header says, in Kiban's words."""

    title: str
    sample_name: str | None
    instrument: str | None
    metadata: dict[str, MetadataValue]


def fields(header: Mapping[str, Json], *, laser_nm: float | None = None) -> Fields:
    """Read a header.

    Parameters
    ----------
    header : mapping
        Texts by LabSpec's names of them, with units in brackets (`Acq. time (s)`); of repeated names the first counts.
    laser_nm : float, optional
        The laser's wavelength, where the file states it apart from its name.
    """
    texts: dict[str, str] = {}
    for key, value in header.items():
        first = value[0] if isinstance(value, list) and value else value
        match = _UNIT.fullmatch(key)
        if isinstance(first, str):
            texts.setdefault((match[1] if match else key).strip(), first.strip())
    metadata: dict[str, MetadataValue] = {"maker": "HORIBA"}
    for name, key, unit in _NUMBERS:
        value = optional_number(texts.get(key))
        if value is not None:
            metadata[name] = Measured(value, unit)
    metadata |= {name: value for name, key in _WORDS if (value := texts.get(key, ""))}
    n_scans = optional_number(texts.get("Accumulations"))
    if n_scans is not None and n_scans >= 1 and n_scans == int(n_scans):
        metadata["n_scans"] = int(n_scans)
    laser_nm = laser_nm or _laser_nm(header, texts)
    if laser_nm:
        metadata["laser_wavelength"] = Measured(laser_nm, "nm")
    metadata |= _times(texts)
    return Fields(
        title=texts.get("Title", ""),
        sample_name=texts.get("Sample") or None,
        instrument=texts.get("Instrument") or None,
        metadata=metadata,
    )


def _laser_nm(header: Mapping[str, Json], texts: Mapping[str, str]) -> float | None:
    written = texts.get("Laser", "")
    in_name = _NANOMETRES.search(written)
    number = optional_number(in_name[1] if in_name else written)
    is_stated = in_name is not None or any(re.fullmatch(r"Laser\s*\(nm\)", key) for key in header)
    return number if is_stated and number and number > 0 else None


def _times(texts: Mapping[str, str]) -> dict[str, datetime]:
    """`Acquired` is when the measurement was over: spectra were processed sooner after it than they took to measure."""
    acquired, date = read_date(texts.get("Acquired", "")), read_date(texts.get("Date", ""))
    if acquired is not None:
        return {"ended_at": acquired}
    return {"created_at": date} if date is not None else {}
