"""Maccor: records of battery tests exported as text or CSV.

Instrument
----------
Battery cyclers of Maccor, with MacTest, MIMS Client or MIMS Server as exporting program.

What is read
------------
One Reading of technique `galvanostatic_cycling` along `time` (s, of the test), shape (n_points,), under the names that
BioLogic's files have here, so that the same analyses work: `potential` (V), `current` (A), `capacity` (A*h) and
`energy` (W*h) of the half cycle, `cycle_number`, `step_index`, `step_time`, `alternating_current_resistance`,
`direct_current_resistance` (ohm), `auxiliary_temperature_1` and so on. Maccor writes currents without a sign and the
direction as state: `current` is negative where the state is `D`, and the column as written is `current_magnitude`.
`step_type` numbers the states, whose letters stand in the header.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Auxiliary temperatures below absolute zero, which stand where no sensor is connected, are named under `empty_columns`.
Where the file has no states, or currents in other states than charging and discharging, there is no signed current,
with a doubt. Dates in which day and month cannot be told apart stay text, with a doubt.

File structure
--------------
Text between tabs or commas: perhaps lines `Today's Date:<tab>...<tab>Date of Test:<tab>...`, `Filename:`,
`Procedure:`, then a row of names and the rows. Names differ by program: `Rec#`, `Cyc#`, `TestTime`, `Amp-hr`, `Amps`,
`Volts`, `State`, `DPt Time`; or `Rec`, `Cycle P`, `Test Time (s)`, `Capacity (Ah)`, `Current (A)`, `MD`. Times are
seconds or `0d 00:00:5.05`; numbers may have commas between thousands. A column `Units` belongs to the auxiliary column
before it. Worked out from 2 files and the names that other programs cite.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from kiban.quantity.series import Series
from kiban.readers.battery.cycling import cycling_reading
from kiban.readers.battery.recognised import labels_in, lines_of, n_typical
from kiban.readers.battery.rows import CyclerTable, read_table
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.tables.date_columns import read_date
from kiban.readers.tables.number_columns import to_number
from kiban.records.reading import MetadataValue, Reading, Role, Variable

_TYPICAL = re.compile(
    r"Rec#?|Cyc#|Cycle [PC]|TestTime(?:\(s\))?|StepTime(?:\(s\))?|Test \(Sec\)|Step \(Sec\)|Amp-hr|Watt-hr|Amps|Volts"
    r"|DP[tT] Time|ACImp.*|DCIR.*|EV ?Temp.*|EV ?Hum.*|ES|M[Dd]|Cap\. \[Ah\]|Ener\. \[Wh\]|VAR\d+|GlobFlag\d+|FLGx\d+"
)
_ENOUGH = 4
_ABSOLUTE_ZERO_C = -273.15
_WITHOUT_SIGN = "Maccor's programs write currents without a sign"


class MaccorText:
    """Reads exports of Maccor's programs."""

    name = "maccor_text"
    version = 1
    title = "Maccor test data (text, CSV)"
    makers = ("Maccor",)
    techniques = ("galvanostatic_cycling",)
    suffixes = (".txt", ".csv", ".000", ".001")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose row of names has at least four of those that only Maccor's programs write."""
        labels = labels_in(source, b"Cyc#", b"Cycle P", b"Cycle C")
        if n_typical(labels, _TYPICAL) >= _ENOUGH:
            return Recognition(Confidence.LIKELY, "its columns have the names that Maccor's programs write")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one table. Raises as the contract says."""
        table = read_table(lines_of(source.read()), file=source.name)
        left_out = _join_units(table)
        stated = _stated(table.lines_above)
        reading = _with_direction(cycling_reading(table, file=source.name, maker="Maccor"))
        empty = reading.header.get("empty_columns")
        header = dict(reading.header)
        if left_out:
            header["empty_columns"] = [*(empty if isinstance(empty, list) else []), *left_out]
        metadata: dict[str, MetadataValue] = dict(reading.metadata)
        if stated.get("Procedure"):
            metadata["method"] = stated["Procedure"]
        if stated.get("Tester Channel", "").isdecimal():
            metadata["channel"] = int(stated["Tester Channel"][:6])
        comment = stated.get("Description") or stated.get("Comment/Barcode")
        if comment:
            metadata["comment"] = comment
        started = read_date(stated.get("Date of Test", ""))
        return [
            replace(
                reading,
                title=stated.get("Filename") or reading.title,
                header=header,
                metadata=metadata,
                started_at=reading.started_at or started,
            )
        ]


def _stated(lines: list[str]) -> dict[str, str]:
    """`Today's Date:<tab>14 December 2020<tab>Date of Test:<tab>...`: names and values by turns."""
    found: dict[str, str] = {}
    for line in lines:
        cells = [cell.strip() for cell in line.split("\t")]
        for name, value in zip(cells[::2], cells[1::2], strict=False):
            if name.rstrip(":"):
                found.setdefault(name.rstrip(":").strip(), value)
    return found


def _join_units(table: CyclerTable) -> list[str]:
    """Put the column `Units` into the name of the auxiliary column before it; drop sensors that are not there."""
    labels: list[str] = []
    columns: list[tuple[str, ...]] = []
    left_out: list[str] = []
    for label, column in zip(table.labels, table.columns, strict=True):
        units = {cell.strip() for cell in column}
        if label.lower() == "units" and labels and len(units) == 1:
            unit = units.pop()
            if unit in {"C", "°C"} and not any(_is_possible(cell, table.decimal) for cell in columns[-1]):
                left_out.append(labels.pop())
                columns.pop()
            elif unit:
                labels[-1] = f"{labels[-1]} ({'°C' if unit == 'C' else unit})"
            continue
        labels.append(label)
        columns.append(column)
    table.labels, table.columns = labels, columns
    return left_out


def _is_possible(cell: str, decimal: str) -> bool:
    number = to_number(cell, decimal)
    return number is not None and number >= _ABSOLUTE_ZERO_C


def _with_direction(reading: Reading) -> Reading:
    """Give the current the sign that the state says."""
    current = reading["current"].values
    if bool(np.any(current < 0)):
        return reading
    state = next((v for v in reading.variables if v.name == "step_type"), None)
    categories = reading.header.get("categories")
    letters = categories.get(state.label) if state is not None and isinstance(categories, dict) else None
    if state is None or not isinstance(letters, list):
        return _magnitude_only(reading, f"{_WITHOUT_SIGN}, and this one has no states that tell the direction.")
    numbers = state.series.values
    named = {str(letter).strip().upper(): n for n, letter in enumerate(letters)}
    charging, discharging = numbers == named.get("C", -1), numbers == named.get("D", -1)
    others = ~charging & ~discharging & (current > 0)
    if bool(np.any(others)):
        texts = ", ".join(sorted({str(letters[int(n)]) for n in np.unique(numbers[others])}))
        return _magnitude_only(reading, f"{_WITHOUT_SIGN}; which they have in the state {texts} is not known.")
    variables: list[Variable] = []
    for variable in reading.variables:
        if variable.name == "current":
            signed = np.where(discharging, -current, current)
            variables.append(replace(variable, series=Series(signed, variable.series.unit)))
            variables.append(replace(variable, name="current_magnitude", role=Role.AUXILIARY))
        else:
            variables.append(variable)
    return replace(reading, variables=tuple(variables))


def _magnitude_only(reading: Reading, doubt: str) -> Reading:
    variables = tuple(replace(v, name="current_magnitude") if v.name == "current" else v for v in reading.variables)
    return replace(reading, variables=variables, doubts=(*reading.doubts, doubt))


READER = MaccorText()
