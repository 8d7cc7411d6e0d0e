"""Tomato JSON files: what the automation tomato (version 0.2) polled from a BioLogic potentiostat.

Instrument
----------
Potentiostats of BioLogic (MPG-2, SP, VMP) driven by tomato, of Empa and TU Berlin, in place of EC-Lab.

What is read
------------
One Reading, of the technique that the file names (`CPLIMIT`, `CALIMIT`, `OCV`, ...), with the variables of the readers
of BioLogic's own files: `time`, s, shape (n,), the axis: since the start of the run, which is the time of the point
within its technique and the start of the technique; `potential` (Ewe), `counter_potential` (Ece), V, and `current`, A,
shape (n,); `cycle_number`. A point that lacks one of these has NaN.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing; state of the channel and technique stand in the header. The file states no units: those of the driver are
meant. Files of the driver `dummy` are another format.

File structure
--------------
One JSON object: `technique` (name, index, start_time, data_rows, perhaps uts), `current` and perhaps `previous` (state
of the channel), `data` (a list of points, each an object). Worked out from 1 file and the documentation of yadg.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.json_text import load_json
from kiban.readers.source import Source
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_MEND = "Copy the file again from the computer that ran tomato; it is kept as it came."
_COLUMNS = {
    "Ewe": ("potential", "V", Role.SIGNAL),
    "Ece": ("counter_potential", "V", Role.SIGNAL),
    "I": ("current", "A", Role.SIGNAL),
    "cycle": ("cycle_number", "", Role.AUXILIARY),
}
_TECHNIQUES = (
    ("OCV", "open_circuit_voltage"),
    ("CP", "chronopotentiometry"),
    ("CA", "chronoamperometry"),
    ("CV", "cyclic_voltammetry"),
    ("LSV", "linear_sweep_voltammetry"),
)
_LATEST_S = 1e11


class TomatoJson:
    """Reads files of tomato."""

    name = "tomato_json"
    version = 1
    title = "tomato (JSON)"
    makers = ("BioLogic",)
    techniques = (*(key for _, key in _TECHNIQUES), "electrochemistry")
    suffixes = (".json",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim JSON objects that begin with technique and state of a channel as tomato writes them."""
        head = source.head[:4096]
        if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return None
        if all(key in head for key in (b'"technique"', b'"data_rows"', b'"loop_number"', b'"elapsed_time"')):
            return Recognition(
                Confidence.CERTAIN, "it is JSON with the technique and the channel as tomato writes them"
            )
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all points. Raises as the contract says."""
        said = load_json(source.read(), what=source.name, mend=_MEND)
        technique = said.get("technique") if isinstance(said, dict) else None
        points = said.get("data") if isinstance(said, dict) else None
        if not isinstance(technique, dict) or not isinstance(points, list):
            raise DamagedFile(f"{source.name}: an object `technique` and a list `data` were expected.", mend=_MEND)
        if not all(isinstance(point, dict) for point in points):
            raise DamagedFile(f"{source.name}: each point of `data` should be an object.", mend=_MEND)
        if technique.get("data_rows", len(points)) != len(points):
            raise DamagedFile(
                f"{source.name}: {str(technique['data_rows'])[:20]} points are promised, {len(points)} follow.",
                mend=_MEND,
            )
        if not points:
            raise NothingMeasured(f"{source.name} has no points.", mend="It is kept as it came.")
        return [_reading(said, technique, points, source.name)]


def _reading(said: Mapping[str, Any], technique: Mapping[str, Any], points: list[dict[str, Any]], file: str) -> Reading:
    start = _number(technique.get("start_time"), f"{file}: `start_time`")
    times = [_number(point.get("time"), f"{file}: `time` of a point") + start for point in points]
    variables = [Variable(name="time", series=Series(np.array(times), "s"), dimensions=("time",), role=Role.AXIS)]
    doubts = []
    for key in dict.fromkeys(key for point in points for key in point if key != "time"):
        if key not in _COLUMNS:
            doubts.append(f"The values of {key[:40]} were left out: their unit is not known.")
            continue
        name, unit, role = _COLUMNS[key]
        cells = [_number(point[key], f"{file}: `{key}` of a point") if key in point else math.nan for point in points]
        variables.append(
            Variable(name=name, series=Series(np.array(cells), unit), dimensions=("time",), role=role, label=key)
        )
    if len(variables) == 1:
        raise NothingMeasured(f"{file}: no point has a potential or a current.", mend="It is kept as it came.")
    name = str(technique.get("name", ""))
    header: dict[str, Json] = {key: value for key, value in said.items() if key != "data"}
    return Reading(
        technique=next((key for start, key in _TECHNIQUES if name.upper().startswith(start)), "electrochemistry"),
        title=name or "tomato",
        variables=tuple(variables),
        header=header,
        metadata=_metadata(name),
        instrument="BioLogic",
        started_at=_started_at(technique),
        doubts=tuple(doubts),
    )


def _number(value: object, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300:
        raise DamagedFile(f"{what} should be a number; {str(value)[:40]} was found.", mend=_MEND)
    return float(value)


def _started_at(technique: Mapping[str, Any]) -> datetime | None:
    """The run's start, seconds since 1970, where the file states it."""
    uts = technique.get("uts")
    if isinstance(uts, bool) or not isinstance(uts, int | float) or not 0 < uts < _LATEST_S:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(uts))


def _metadata(name: str) -> dict[str, MetadataValue]:
    found: dict[str, MetadataValue] = {"maker": "BioLogic", "software": "tomato"}
    return found | ({"technique_name": name} if name else {})


READER = TomatoJson()
