"""Protochips logs (`.csv`): what a holder for experiments in the electron microscope heated, applied and measured.

Instrument
----------
Holders of Protochips for heating, electrical biasing and gas or liquid cells (Fusion, Atmosphere, Aduro), with Clarity.

What is read
------------
One Reading of technique `sensor_log` with `time`, shape (n,), the axis, in the unit of the file (ms), and for each
column a variable of that length: `temperature`, `pressure`, `current`, `voltage`, `resistance` by the last word of its
label, in the unit that the header states for that word; where a word comes again, `temperature_2` and so on, and the
label (`Channel B Temperature`) tells them apart.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Notes are texts and stand in the header, each with its time. The numbers in the lines of the header are not measured.

File structure
--------------
A row of labels, `Time, Notes, ` and the quantities; then lines that have `key = value` in the place of the notes, the
last of them with the name of the user (older files have none); then one line for each point. Worked out from 1 file and
the description of RosettaSciIO.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json, Reading, Role, Variable

_MEND = "Export the log again, or copy the file again; it is kept as it came."
_LABELS = re.compile(rb"(?:\xef\xbb\xbf)?Time, ?Notes, ?[A-Za-z]")
_QUANTITIES = frozenset({"temperature", "pressure", "current", "voltage", "resistance", "power"})
_TIME_UNITS = frozenset({"s", "ms", "us", "min", "h"})


class ProtochipsCsv:
    """Reads logs of Protochips holders."""

    name = "protochips_csv"
    version = 1
    title = "Protochips log (CSV)"
    makers = ("Protochips",)
    techniques = ("sensor_log",)
    suffixes = (".csv",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim texts with the labels and the header of a Protochips log."""
        head = source.head[:8192]
        if _LABELS.match(head) and b"Date (yyyy.mm.dd) = " in head and b"Time units = " in head:
            return Recognition(Confidence.CERTAIN, "it has the labels and the header of a Protochips log")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one log. Raises as the contract says."""
        text, _ = decode(source.read())
        lines = [line for line in text.splitlines() if line.strip(" ,")]
        labels = [label.strip() for label in lines[0].split(",")] if lines else []
        if labels[:2] != ["Time", "Notes"] or len(labels) < 3:
            raise DamagedFile(f"{source.name}: labels of time, notes and quantities were expected.", mend=_MEND)
        rows = [_cells(line, len(labels), f"{source.name}, point {n}") for n, line in enumerate(lines[1:], 1)]
        fields, n_above = _fields(rows)
        points = rows[n_above:]
        if not points:
            raise NothingMeasured(f"{source.name} has a header but no points.", mend=_MEND)
        numbers = _numbers(points, source.name)
        return [_reading(labels, fields, numbers, [row[1] for row in points], source.name)]


def _cells(line: str, width: int, place: str) -> list[str]:
    """Take a line apart; commas beyond the number of columns belong to the note."""
    cells = line.split(",")
    if len(cells) < width:
        raise DamagedFile(f"{place}: {width} cells were expected, {len(cells)} are there.", mend=_MEND)
    n_after = width - 2
    note = ",".join(cells[1 : len(cells) - n_after]).strip()
    return [cells[0].strip(), note, *(cell.strip() for cell in cells[len(cells) - n_after :])]


def _fields(rows: Sequence[list[str]]) -> tuple[dict[str, str], int]:
    """Collect the lines of key and value at the beginning, and count them."""
    fields: dict[str, str] = {}
    for n, row in enumerate(rows):
        key, sign, value = row[1].partition(" = ")
        if not sign:
            return fields, n
        fields[key.strip()] = value.strip()
        if key.startswith("User"):
            return fields, n + 1
    return fields, len(rows)


def _numbers(points: Sequence[list[str]], file: str) -> NDArray[np.float64]:
    """Give times and quantities as rows of a matrix."""
    try:
        matrix = np.array([[float(cell) if cell else np.nan for cell in (row[0], *row[2:])] for row in points])
    except ValueError as e:
        raise DamagedFile(f"{file}: something between the points is no number: {e}.", mend=_MEND) from e
    if np.isinf(matrix).any() or np.isnan(matrix[:, 0]).any():
        raise DamagedFile(f"{file}: a time is missing, or a number is infinite.", mend=_MEND)
    return np.ascontiguousarray(matrix.T)


def _reading(
    labels: Sequence[str], fields: dict[str, str], numbers: NDArray[np.float64], notes: Sequence[str], file: str
) -> Reading:
    unit, written = _unit(fields, "time")
    if unit not in _TIME_UNITS:
        raise DamagedFile(f"{file}: 'Time units' should be a unit of time; '{written[:40]}' was found.", mend=_MEND)
    variables = [
        Variable(
            name="time",
            series=Series(numbers[0], unit),
            dimensions=("time",),
            role=Role.AXIS,
            label="Time",
            unit_as_written=written,
        )
    ]
    taken: dict[str, int] = {}
    doubts = []
    for label, values in zip(labels[2:], numbers[1:], strict=True):
        quantity = label.rpartition(" ")[2].lower()
        unit, written = _unit(fields, quantity)
        if not unit:
            doubts.append(f"The header states no known unit for {label or 'a column without label'}.")
        name = quantity if quantity in _QUANTITIES else "signal"
        taken[name] = taken.get(name, 0) + 1
        variables.append(
            Variable(
                name=name if taken[name] == 1 else f"{name}_{taken[name]}",
                series=Series(values, unit),
                dimensions=("time",),
                label=label,
                unit_as_written=written,
            )
        )
    if bool(np.any(np.diff(numbers[0]) < 0)):
        doubts.append("Times do not always rise.")
    said: list[Json] = [[float(time), note] for time, note in zip(numbers[0], notes, strict=True) if note]
    user = next((value for key, value in fields.items() if key.startswith("User")), "")
    return Reading(
        technique="sensor_log",
        title=", ".join(labels[2:])[:120] or "Protochips",
        variables=tuple(variables),
        header={**fields, **({"notes": said} if said else {})},
        metadata={"maker": "Protochips"},
        operator=user or None,
        started_at=_started_at(fields),
        doubts=tuple(doubts),
    )


def _unit(fields: dict[str, str], quantity: str) -> tuple[str, str]:
    """Find the unit that the header states for a quantity: ours and as written."""
    written = next((value for key, value in fields.items() if key.lower() == f"{quantity} units"), "")
    return read_unit(written) or "", written


def _started_at(fields: dict[str, str]) -> datetime | None:
    date, clock = fields.get("Date (yyyy.mm.dd)", ""), fields.get("Time (hh:mm:ss.ms)", "")
    try:
        return datetime.strptime(f"{date} {clock}", "%Y.%m.%d %H:%M:%S.%f")
    except ValueError:
        return None


READER = ProtochipsCsv()
