"""DryCal CSV files: flows that a calibrator of Mesa Labs measured one after another.

Instrument
----------
Primary flow calibrators of Mesa Labs (Bios), series Defender and Definer, with their DryCal software.

What is read
------------
One Reading of technique `sensor_log` with

- `time`, s, shape (n,), the axis: since the first measurement (the file states times of day and no date);
- `flow`, shape (n,): the label says in which unit. `smL/min` and other standard volumes are kept as written and
  without unit, for they refer to conditions that the file does not state;
- `flow_mean`, shape (n,): the running mean;
- `temperature`, `pressure`, shape (n,), of the gas, in the unit of the label; `data_point`, the number of the
  measurement.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing. The text and RTF files of the same program are other formats.

File structure
--------------
Lines of a key and a value (`Product`, `Serial Number`), a row of labels that begins with `Sample`, and rows; commas
part the cells, one more stands at the end. Worked out from 1 file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import ColumnHeader, read_label
from kiban.readers.tables.date_columns import read_dates
from kiban.readers.text import decode
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_MEND = "Export the measurements from the DryCal software again; the file is kept as it came."
_FLOW = re.compile(r"DryCal(?P<mean> Avg\.?)? (?P<unit>\S+)")
_LABELS = re.compile(rb"^Sample,[^\r\n]*\bDryCal\b[^\r\n]*\bTime\b", re.MULTILINE)
_MOST_LINES_ABOVE = 40


class DryCalCsv:
    """Reads CSV files of the DryCal software."""

    name = "drycal_csv"
    version = 1
    title = "Mesa Labs DryCal (CSV)"
    makers = ("Mesa Labs", "Bios")
    techniques = ("sensor_log",)
    suffixes = (".csv",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim texts with the row of labels of the DryCal software."""
        if b"DryCal" in source.head[:4096] and _LABELS.search(source.head[:4096]):
            return Recognition(Confidence.CERTAIN, "its columns are labelled as the DryCal software does")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one table. Raises as the contract says."""
        text, _ = decode(source.read())
        lines = text.splitlines()
        place = next((n for n, line in enumerate(lines[:_MOST_LINES_ABOVE]) if _is_labels(line)), None)
        if place is None:
            raise DamagedFile(f"{source.name}: a row of labels that begins with Sample was expected.", mend=_MEND)
        labels = _cells(lines[place])
        rows = _rows(lines, place + 1, len(labels), source.name)
        fields = dict(_field(line) for line in lines[:place] if line.strip())
        return [_reading(labels, list(zip(*rows, strict=True)), fields, source.name)]


def _is_labels(line: str) -> bool:
    return line.startswith("Sample,") and "DryCal" in line


def _cells(line: str) -> list[str]:
    cells = [cell.strip() for cell in line.split(",")]
    return cells[:-1] if not cells[-1] else cells


def _field(line: str) -> tuple[str, str]:
    key, _, value = line.partition(",")
    return key.strip(), re.sub(r"\s+", " ", value).strip(" ,")


def _rows(lines: Sequence[str], first: int, width: int, file: str) -> list[list[str]]:
    rows = []
    for number, line in enumerate(lines[first:], first + 1):
        if not line.strip(" ,"):
            continue
        cells = _cells(line)
        if len(cells) != width:
            raise DamagedFile(
                f"{file}, line {number}: {width} cells were expected, {len(cells)} are there.", mend=_MEND
            )
        rows.append(cells)
    if not rows:
        raise NothingMeasured(f"{file} has labels but no measurements.", mend=_MEND)
    return rows


def _reading(labels: Sequence[str], columns: Sequence[tuple[str, ...]], fields: dict[str, str], file: str) -> Reading:
    variables: list[Variable] = []
    times: list[Json] = []
    doubts = []
    for label, cells in zip(labels, columns, strict=True):
        if label == "Time":
            times.extend(cells)
            variables.insert(0, _time(cells, file))
            continue
        header = _header(label)
        if any(variable.name == header.name for variable in variables) or not header.name:
            raise DamagedFile(f"{file}: the label '{label[:40]}' stands for no column, or for two.", mend=_MEND)
        variables.append(
            Variable(
                name=header.name,
                series=Series(_numbers(cells, label, file), header.unit),
                dimensions=("time",),
                role=Role.SIGNAL if header.name.startswith("flow") else Role.AUXILIARY,
                label=label,
                unit_as_written=header.unit_as_written,
            )
        )
        if header.name == "flow" and not header.unit:
            doubts.append(
                f"Flows are in {header.unit_as_written}: the file does not say to which conditions they refer."
            )
    if variables[0].name != "time":
        raise DamagedFile(f"{file}: a column Time was expected.", mend=_MEND)
    return Reading(
        technique="sensor_log",
        title=fields.get("Product") or "DryCal",
        variables=tuple(variables),
        header={**fields, "times": times},
        metadata=_metadata(fields),
        doubts=tuple(doubts),
    )


def _header(label: str) -> ColumnHeader:
    flow = _FLOW.fullmatch(label)
    if flow is not None:
        name = "flow_mean" if flow["mean"] else "flow"
        return ColumnHeader(name=name, label=label, unit=read_unit(flow["unit"]) or "", unit_as_written=flow["unit"])
    if label == "Sample":
        return ColumnHeader(name="data_point", label=label)
    return read_label(label)


def _time(cells: tuple[str, ...], file: str) -> Variable:
    dates = read_dates(cells)
    if dates is None or not np.isfinite(dates.seconds).all():
        raise DamagedFile(f"{file}: times of day were expected in the column Time.", mend=_MEND)
    return Variable(name="time", series=Series(dates.seconds, "s"), dimensions=("time",), role=Role.AXIS, label="Time")


def _numbers(cells: tuple[str, ...], label: str, file: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    try:
        values = np.array([float(cell) if cell else np.nan for cell in cells])
    except ValueError as e:
        raise DamagedFile(f"{file}: the column {label[:40]} holds something that is no number: {e}.", mend=_MEND) from e
    if np.isinf(values).any():
        raise DamagedFile(f"{file}: the column {label[:40]} holds something infinite.", mend=_MEND)
    return values


def _metadata(fields: dict[str, str]) -> dict[str, MetadataValue]:
    found: dict[str, MetadataValue] = {"maker": "Mesa Labs"}
    for key, name in (("Product", "model"), ("Serial Number", "serial_number")):
        if fields.get(key):
            found[name] = fields[key]
    return found


READER = DryCalCsv()
