"""PEC: battery tests exported by LifeTest as CSV.

Instrument
----------
Battery testers of PEC (ACT and others), with LifeTest as program.

What is read
------------
One Reading of technique `galvanostatic_cycling` for each cell, along `time` (s, total time of the test), shape
(n_points,), under the names that BioLogic's files have here, so that the same analyses work: `potential` (V), `current`
(A), `charge_capacity`, `discharge_capacity`, `charge_energy`, `discharge_energy`, `cycle_number`, `step_index`,
`step_time` and so on, in the units of the file. `step_type` numbers the names of the instructions, which stand in the
header. The identifier of the cell is the sample.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing: the lines above the table stand in the header. Dates in which day and month cannot be told apart stay text,
with a doubt.

File structure
--------------
CSV: lines `Name:,value,...` among them `TestRegime Name:`, then a row of names `Test,Cell,Rack,Shelf,Position,...`,
where times are `Total Time (Hours in hh:mm:ss.xxx)` or in seconds, and the rows, of several cells by turns. Worked out
from 1 file.
"""

from __future__ import annotations

import csv
import re
from dataclasses import replace

from kiban.quantity.measured import Measured
from kiban.readers.battery.cycling import cycling_reading
from kiban.readers.battery.recognised import labels_in, lines_of
from kiban.readers.battery.rows import CyclerTable, read_table
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.tables.number_columns import to_number
from kiban.records.reading import Json, MetadataValue, Reading

_OWN = re.compile(r"^TestRegime [\w ]+:", re.MULTILINE)
_SIZE = re.compile(r"([\d.]+) ?(m?A)h")


class PecCsv:
    """Reads exports of LifeTest."""

    name = "pec_csv"
    version = 1
    title = "PEC LifeTest (CSV)"
    makers = ("PEC",)
    techniques = ("galvanostatic_cycling",)
    suffixes = (".csv",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text with lines `TestRegime ...:` above a row of names with rack, shelf and position."""
        labels = labels_in(source, b"TestRegime ")
        if {"Test", "Cell", "Rack"} <= set(labels):
            return Recognition(
                Confidence.CERTAIN, "it has lines TestRegime and names of columns as LifeTest writes them"
            )
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the table of each cell. Raises as the contract says."""
        table = read_table(lines_of(source.read()), file=source.name)
        fields = _fields(table.lines_above)
        return [_reading(part, cell, fields, source.name) for cell, part in _by_cell(table)]


def _fields(lines: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for cells in csv.reader(lines):
        if cells and cells[0].strip().endswith(":"):
            found.setdefault(cells[0].strip()[:-1], [cell.strip() for cell in cells[1:]])
    return found


def _by_cell(table: CyclerTable) -> list[tuple[str, CyclerTable]]:
    """Part the rows by cell; files with one cell stay as they are."""
    if "Cell" not in table.labels:
        return [("", table)]
    cells = table.columns[table.labels.index("Cell")]
    parts: list[tuple[str, CyclerTable]] = []
    for cell in dict.fromkeys(cells):
        rows = [n for n, value in enumerate(cells) if value == cell]
        columns = [tuple(column[n] for n in rows) for column in table.columns]
        parts.append((cell, CyclerTable(list(table.labels), columns, table.decimal, list(table.lines_above))))
    return parts


def _reading(table: CyclerTable, cell: str, fields: dict[str, list[str]], file: str) -> Reading:
    reading = cycling_reading(table, file=file, maker="PEC")
    name = _only(table, "Cell ID")
    metadata: dict[str, MetadataValue] = dict(reading.metadata)
    size = _SIZE.fullmatch(_first(fields, "TestRegime CellSize"))
    value = to_number(size[1]) if size else None
    if size is not None and value is not None and value > 0:
        metadata["battery_capacity"] = Measured(value, f"{size[2]}*h")
    for key, standard in (("TestRegime Name", "method"), ("Project", "project"), ("Test Description", "comment")):
        if _first(fields, key):
            metadata[standard] = _first(fields, key)
    more: dict[str, Json] = {"fields": {key: list(values) for key, values in fields.items()}}
    title = " ".join(part for part in ("Test", _first(fields, "Test"), f"cell {cell}" if cell else "") if part)
    return replace(
        reading,
        title=title if _first(fields, "Test") else reading.title,
        sample_name=name or _first(fields, "Product ID") or None,
        operator=_first(fields, "Requestor") or None,
        header={**reading.header, **more},
        metadata=metadata,
    )


def _only(table: CyclerTable, label: str) -> str:
    if label not in table.labels:
        return ""
    values = {cell for cell in table.columns[table.labels.index(label)] if cell}
    return values.pop() if len(values) == 1 else ""


def _first(fields: dict[str, list[str]], key: str) -> str:
    value = (fields.get(key) or [""])[0]
    return "" if value == "<NONE>" else value


READER = PecCsv()
