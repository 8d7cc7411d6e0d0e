"""A sheet's cells as rows of text, as the search for tables takes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from kiban.errors import DamagedFile, LimitExceeded
from kiban.readers.tables.number_columns import DATE, MISSING, NUMBER, TEXT, kind_of
from kiban.readers.tables.spreadsheet_parts import SheetParts, column_letters
from kiban.readers.tables.text_rows import Row

_MOST_CELLS = 20_000_000
_LAST_ROW = 1_048_576
_ERRORS = frozenset(
    {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)


@dataclass(slots=True)
class SheetRows:
    """The rows of a sheet, and the cells in which a calculation failed."""

    rows: list[Row] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    """`C7 (#DIV/0!)`, in reading order."""


def read_rows(values: Iterable[Sequence[object]], parts: SheetParts, *, name: str) -> SheetRows:
    """Turn the values of a sheet into rows.

    Numbers keep all their digits, dates are written as ISO 8601, an error is a missing cell, and a cell merged over
    several rows stands in each of them.

    Raises
    ------
    LimitExceeded
        If the sheet has more than 20 million cells.
    DamagedFile
        If a row has a number beyond the last that a sheet can have.
    """
    sheet = SheetRows()
    n_cells = 0
    for number, row in enumerate(values, start=1):
        if number > _LAST_ROW:
            # Rows that are left out come as empty ones, so a wrong number of a row would keep us busy for hours.
            raise DamagedFile(
                f"{name}: rows 1 to {_LAST_ROW} were expected; one of them has a higher number.",
                mend="Save the workbook again; it is kept as it came.",
            )
        end = len(row)
        while end and (row[end - 1] is None or row[end - 1] == ""):
            end -= 1
        n_cells += end
        if n_cells > _MOST_CELLS:
            raise LimitExceeded(
                f"{name} has more than {_MOST_CELLS} cells.",
                mend="Export the sheet as CSV, or split it. It is kept as it came.",
            )
        if end:
            sheet.rows.append(_row(number, row[:end], sheet.errors))
    _fill_merged(sheet.rows, parts)
    return sheet


def _row(number: int, values: Sequence[object], errors: list[str]) -> Row:
    cells: list[str] = []
    kinds: list[str] = []
    for j, value in enumerate(values, start=1):
        text, kind = _cell(value)
        if isinstance(value, str) and text in _ERRORS:
            errors.append(f"{column_letters(j)}{number} ({text})")
            text, kind = "", MISSING
        cells.append(text)
        kinds.append(kind)
    return Row(number, "", cells, "".join(kinds))


def _cell(value: object) -> tuple[str, str]:
    if value is None:
        return "", MISSING
    if isinstance(value, bool):
        return str(value).upper(), TEXT
    if isinstance(value, (int, float)):
        return repr(value), NUMBER
    if isinstance(value, datetime):
        return value.isoformat(" "), DATE
    if isinstance(value, (date, time)):
        return value.isoformat(), DATE
    if isinstance(value, timedelta):
        minutes, seconds = divmod(value.total_seconds(), 60.0)
        return f"{int(minutes // 60)}:{int(minutes % 60):02d}:{seconds:09.6f}", DATE
    text = " ".join(str(value).split())
    return text, kind_of(text)


def _fill_merged(rows: list[Row], parts: SheetParts) -> None:
    if not parts.tall_merges:
        return
    by_number = {row.number: row for row in rows}
    for column, first, last in parts.tall_merges:
        top = by_number.get(first)
        if top is None or len(top.cells) < column:
            continue
        for number in range(first + 1, min(last, rows[-1].number) + 1):
            row = by_number.get(number)
            if row is None:
                continue
            _pad(row, column)
            row.cells[column - 1] = top.cells[column - 1]
            row.kinds = row.kinds[: column - 1] + top.kinds[column - 1] + row.kinds[column:]


def _pad(row: Row, width: int) -> None:
    missing = max(0, width - len(row.cells))
    row.cells.extend([""] * missing)
    row.kinds += MISSING * missing


def side_by_side(rows: Sequence[Row]) -> list[list[Row]]:
    """Part a sheet where columns are empty from top to bottom, and give all rows of a part one width.

    Rows left out because they were empty come back as empty rows, for they part tables.
    """
    width = max((len(row.cells) for row in rows), default=0)
    is_used = [False] * width
    for row in rows:
        for j, kind in enumerate(row.kinds):
            if kind != MISSING or row.cells[j]:
                is_used[j] = True
    parts: list[list[Row]] = []
    start = 0
    while start < width:
        if not is_used[start]:
            start += 1
            continue
        end = start
        while end < width and is_used[end]:
            end += 1
        parts.append(_part(rows, start, end))
        start = end
    return parts


def _part(rows: Sequence[Row], start: int, end: int) -> list[Row]:
    part: list[Row] = []
    previous: int | None = None
    for row in rows:
        cells = row.cells[start:end]
        cells += [""] * (end - start - len(cells))
        kinds = row.kinds[start:end].ljust(end - start, MISSING)
        if previous is not None and row.number > previous + 1:
            part.append(Row(previous + 1, "", [""] * (end - start), MISSING * (end - start)))
        previous = row.number
        part.append(Row(row.number, "\t".join(cells).rstrip("\t"), cells, kinds))
    return part
