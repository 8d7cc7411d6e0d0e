"""RheoCompass: text exports of Anton Paar's rheometers.

Instrument
----------
Rheometers of Anton Paar (MCR and others), tables exported from RheoCompass as CSV.

What is read
------------
One Reading of technique `rheometry` for each result, shape (n_points,), along `time`, or where the table has no time,
along what was stepped: `angular_frequency`, `frequency`, `shear_strain`, `shear_rate`, `shear_stress` or `temperature`.
Variables are `shear_stress`, `viscosity`, `storage_modulus`, `loss_modulus`, `shear_rate`, `shear_strain`,
`temperature`, `torque` and the other columns, in the units of the file. Intervals of a result that have the same
columns stand one after the other, told apart by `interval`; where the columns change, as between rotation and
oscillation, another Reading begins.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Columns of words (status, time of day); which words occur stands in the header. Points that the program calls invalid
in place of their number are left out, with a doubt. The file has neither a time nor a sample's name: the name of the
test goes into the title.

File structure
--------------
UTF-16 with tabs, or UTF-8 with commas or semicolons; decimal points or commas. Lines `Project:`, `Test:`, `Result:`
and their names; for each interval a line with its number and its count of points, a line with the names of columns, a
row of units in brackets, and rows whose first cell is empty. The words are in the language of the program, so the
layout tells the file, not the words. English and Portuguese files were described by others; none was at hand whole.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.rheometry.quantities import SIGNALS, axis_of, header_of
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import ColumnHeader, unique
from kiban.readers.tables.number_columns import read_numbers, to_number
from kiban.readers.tables.text_rows import with_plain_line_ends
from kiban.readers.text import decode, is_wide
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_INTERVAL = re.compile(
    r'^"?[^\t,;"\n]{4,60}[:：]"?(?P<sign>[\t,;])"?(?P<n>\d{1,6})"?(?P=sign)"?(?P<points>\d{1,9})"?\s*$'
)
_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")
_POINT = re.compile(r"[+-]?\d+\.\d+(?:[eE][+-]?\d+)?")
_PLACE_OF = dict.fromkeys(("project", "projeto", "projekt", "projet", "プロジェクト"), "project")
_PLACE_OF |= dict.fromkeys(("test", "teste", "テスト", "試験"), "test")
_PLACE_OF |= dict.fromkeys(("result", "resultado", "ergebnis", "résultat", "結果"), "result")
_MEND = "Export the measurement again from RheoCompass, or copy the file again; it is kept as it came."


class RheocompassCsv:
    """Reads exports of RheoCompass."""

    name = "rheocompass_csv"
    version = 1
    title = "Anton Paar RheoCompass text"
    makers = ("Anton Paar",)
    techniques = ("rheometry",)
    suffixes = (".csv", ".txt")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text with a line of an interval's number and points, then names of columns, then units in brackets."""
        if b"\0" in source.head[:1024] and not is_wide(source.head):
            return None
        lines = with_plain_line_ends(source.head_text[:32768]).split("\n")
        for n, line in enumerate(lines):
            match = _INTERVAL.match(line)
            if match is not None and _heading(lines, n + 1, match["sign"]) is not None:
                return Recognition(Confidence.CERTAIN, "its intervals have the lines of names and units of RheoCompass")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read every result. Raises as the contract says."""
        lines = with_plain_line_ends(decode(source.read())[0]).lstrip("\ufeff").split("\n")
        readings = [_reading(group, source.name) for group in _grouped(_intervals(lines, source.name))]
        if not readings:
            raise NothingMeasured(f"{source.name} has no points.", mend="If points were measured, export them again.")
        return readings


@dataclass(slots=True)
class _Interval:
    number: int
    n_promised: int
    fields: dict[str, str]
    labels: tuple[str, ...]
    units: tuple[str, ...]
    place: str
    rows: list[list[str]] = field(default_factory=list)
    n_invalid: int = 0


def _cells(line: str, sign: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=sign), [])]
    except csv.Error:
        return [cell.strip() for cell in line.split(sign)]


def _heading(lines: list[str], start: int, sign: str) -> tuple[tuple[str, ...], tuple[str, ...], int] | None:
    """Names, units and the line after them; None where they do not follow."""
    names: list[str] = []
    for n in range(start, min(start + 6, len(lines))):
        cells = _cells(lines[n], sign)
        if not any(cells):
            continue
        if not names:
            if not cells[0].endswith((":", "：")) or sum(map(bool, cells[1:])) < 2:
                return None
            names = cells[1:]
            while names and not names[-1]:
                names.pop()
        elif cells[0] or not any(cell.startswith("[") for cell in cells):
            return None
        else:
            units = [*cells[1:], *[""] * len(names)][: len(names)]
            return tuple(names), tuple(units), n + 1
    return None


def _intervals(lines: list[str], file: str) -> Iterator[_Interval]:
    fields: dict[str, str] = {}
    current: _Interval | None = None
    sign = next((match["sign"] for line in lines if (match := _INTERVAL.match(line))), "\t")
    n = 0
    while n < len(lines):
        line, n = lines[n], n + 1
        match = _INTERVAL.match(line)
        if match is not None:
            sign, place = match["sign"], f"{file}, line {n}"
            heading = _heading(lines, n, sign)
            if heading is None:
                raise DamagedFile(f"{place}: a line of names and a line of units were expected after it.", mend=_MEND)
            if current is not None:
                yield current
            labels, units, n = heading
            current = _Interval(int(match["n"]), int(match["points"]), dict(fields), labels, units, place)
            continue
        cells = _cells(line, sign)
        if not any(cells):
            continue
        if cells[0].endswith((":", "：")):
            fields |= _field(cells, fields)
        elif current is not None and not cells[0]:
            _add(current, cells[1:], f"{file}, line {n}")
        elif current is not None:
            raise DamagedFile(f"{file}, line {n}: a point with an empty first cell was expected.", mend=_MEND)
    if current is not None:
        yield current


def _field(cells: list[str], before: dict[str, str]) -> dict[str, str]:
    word = cells[0].rstrip(":： ").lower()
    key = _PLACE_OF.get(word, cells[0].rstrip(":： "))
    found = {key: " ".join(cell for cell in cells[1:] if cell)}
    # What belonged to the test before does not belong to the next.
    return found | ({"result": ""} if key == "test" and "result" in before else {})


def _add(interval: _Interval, cells: list[str], place: str) -> None:
    n_columns = len(interval.labels)
    while len(cells) > n_columns and not cells[-1]:
        cells.pop()
    missing = n_columns - len(cells)
    if missing < 0 or (missing and any(interval.units[len(cells) :])):
        raise DamagedFile(f"{place}: {n_columns} cells were expected, {len(cells)} found.", mend=_MEND)
    if any(cell.startswith("[") for cell in cells):
        raise DamagedFile(f"{place}: units without the line of an interval before them.", mend=_MEND)
    if cells and cells[0] and to_number(cells[0]) is None:
        interval.n_invalid += 1
        return
    interval.rows.append([*cells, *[""] * missing])


def _grouped(intervals: Iterator[_Interval]) -> list[list[_Interval]]:
    """Intervals that follow one another in the same result and have the same columns."""
    groups: list[list[_Interval]] = []
    for interval in intervals:
        if not interval.rows and not interval.n_promised:
            continue
        last = groups[-1][-1] if groups else None
        if last is not None and (last.fields, last.labels, last.units) == (
            interval.fields,
            interval.labels,
            interval.units,
        ):
            groups[-1].append(interval)
        else:
            groups.append([interval])
    return [group for group in groups if any(interval.rows for interval in group)]


def _reading(group: list[_Interval], file: str) -> Reading:
    first = group[0]
    rows = [row for interval in group for row in interval.rows]
    commas = any(_COMMA.fullmatch(cell) for row in rows for cell in row)
    points = any(_POINT.fullmatch(cell) for row in rows for cell in row)
    decimal = "," if commas and not points else "."
    doubts = [
        f"Interval {i.number} promises {i.n_promised} points; {len(i.rows) + i.n_invalid} follow."
        for i in group
        if i.n_promised != len(i.rows) + i.n_invalid
    ]
    n_invalid = sum(interval.n_invalid for interval in group)
    if n_invalid:
        doubts.append(f"{n_invalid} points are marked as invalid in the file and are left out.")
    columns: list[tuple[ColumnHeader, NDArray[np.float64]]] = []
    words: dict[str, Json] = {}
    for n, (label, unit) in enumerate(zip(first.labels, first.units, strict=True)):
        cells = [row[n] for row in rows]
        read = read_numbers(cells, decimal)
        if not bool(np.any(np.isfinite(read.values))):
            words |= {label: list(read.texts)} if read.texts else {}
            continue
        if read.texts:
            doubts.append(
                f"{label} has {sum(read.texts.values())} cells that are no numbers, the first {_shown(read.texts)}."
            )
        header = header_of(label, unit)
        columns.append(
            (replace(header, name="data_point") if n == 0 and not unit.strip("[] ") else header, read.values)
        )
    numbers = np.concatenate([np.full(len(i.rows), i.number, dtype=np.int64) for i in group])
    variables = _variables(columns, numbers)
    test, result = first.fields.get("test", ""), first.fields.get("result", "")
    title = ": ".join(text for text in (test, result) if text) or file
    metadata: dict[str, MetadataValue] = {"maker": "Anton Paar"}
    if result:
        metadata["technique_name"] = result
    header_lines: dict[str, Json] = {key: value for key, value in first.fields.items() if value}
    return Reading(
        technique="rheometry",
        title=title if len({i.number for i in group}) > 1 or first.number == 1 else f"{title}, interval {first.number}",
        variables=variables,
        header=header_lines | ({"words": words} if words else {}),
        metadata=metadata,
        instrument="Anton Paar rheometer",
        doubts=tuple(doubts),
    )


def _shown(texts: dict[str, int]) -> str:
    return repr(next(iter(texts))[:40])


def _variables(
    columns: list[tuple[ColumnHeader, NDArray[np.float64]]], numbers: NDArray[np.int64]
) -> tuple[Variable, ...]:
    headers = unique([header for header, _ in columns])
    by_name = {header.name: values for header, (_, values) in zip(headers, columns, strict=True)}
    points = by_name.get("data_point")
    axis = axis_of(by_name) or ("data_point" if points is not None and bool(np.all(np.isfinite(points))) else None)
    dimension = axis or "point"
    order = [axis, *SIGNALS]
    variables = [
        Variable(
            name=header.name,
            series=Series(by_name[header.name], header.unit),
            dimensions=(dimension,),
            role=Role.AXIS if header.name == axis else Role.SIGNAL if header.name in SIGNALS else Role.AUXILIARY,
            label=header.label,
            unit_as_written=header.unit_as_written,
        )
        for header in headers
    ]
    variables.sort(key=lambda v: order.index(v.name) if v.name in order else len(order))
    interval = Variable(
        name="interval", series=Series(numbers, ""), dimensions=(dimension,), role=Role.AUXILIARY, label="interval"
    )
    return (*variables, interval)


READER = RheocompassCsv()
