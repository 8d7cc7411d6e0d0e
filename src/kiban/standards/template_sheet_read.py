"""A filled workbook as rows of values, each with the cell it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from kiban.errors import DamagedFile, KibanError
from kiban.records.field import Field, FieldKind
from kiban.records.filled import Problem
from kiban.records.template import Template
from kiban.standards.template_sheet_cells import CellProblem, Cells
from kiban.standards.template_sheet_layout import NAME, PARTS, Column, Sheet, layout

Path = tuple[str | int, ...]
_PERCENT = re.compile(r"\s*([-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)\s*[%％]\s*")


@dataclass(slots=True, kw_only=True)
class SheetRow:
    """One record of the workbook."""

    name: str
    sheet: str
    number: int
    fixed: dict[str, Any] = field(default_factory=dict)
    """What every record of the kind has, by key without `@`."""
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By part, under the keys of the version that the workbook was made with."""
    cells: dict[tuple[str, Path], tuple[str, str]] = field(default_factory=dict)
    """Sheet and cell of each place."""

    def cell_of(self, part: str, path: Path) -> tuple[str, str]:
        """The cell that a problem is about: its own, the first one inside it, or the nearest one around it."""
        for (here, inside), cell in self.cells.items():
            if here == part and path and inside[: len(path)] == path:
                return cell
        for length in range(len(path), -1, -1):
            if (found := self.cells.get((part, path[:length]))) is not None:
                return found
        return self.sheet, f"A{self.number}"

    def problem(self, part: str, problem: Problem) -> CellProblem:
        """A problem of a form, named by its cell."""
        sheet, cell = self.cell_of(part, problem.path)
        return CellProblem(sheet=sheet, cell=cell, fault=problem.fault, mend=problem.mend)


@dataclass(slots=True, kw_only=True)
class Read:
    """What a workbook says."""

    rows: list[SheetRow]
    problems: list[CellProblem]


def rows_of(sheets: Iterable[Cells], template: Template) -> Read:
    """Put the cells of a workbook together to records.

    Parameters
    ----------
    sheets : iterable of Cells
        All of one template and version.
    template : Template
        That version.

    Raises
    ------
    DamagedFile
        If the sheet of the records is missing, twice there, or one is for something the version does not have.
    """
    places = {sheet.address: sheet for sheet in layout(template)}
    by_address: dict[str, Cells] = {}
    for cells in sheets:
        if cells.address not in places or cells.address in by_address:
            raise DamagedFile(
                f"Sheet '{cells.title}' is for '{cells.address[:80]}', which the template has no or another sheet for.",
                mend="Remove copies of sheets, or download the spreadsheet again.",
            )
        by_address[cells.address] = cells
    first = PARTS[template.applies_to][0]
    if first not in by_address:
        raise DamagedFile("The sheet with the records is missing.", mend="Download the spreadsheet again.")
    read = Read(rows=[], problems=[problem for cells in by_address.values() for problem in cells.problems])
    named: dict[str, SheetRow] = {}
    _read_records(by_address[first], places[first], read, named)
    for address, cells in by_address.items():
        if address != first:
            _read_belonging(cells, places[address], read, named)
    return read


def _read_records(cells: Cells, sheet: Sheet, read: Read, named: dict[str, SheetRow]) -> None:
    for number, contents in cells.rows:
        name = _name(cells, number, contents, read)
        if name is None:
            continue
        if name in named:
            fault = f"'{name[:60]}' stands in row {named[name].number} already."
            read.problems.append(_problem(cells, NAME, number, fault, "Give each row a name of its own."))
            continue
        row = SheetRow(name=name, sheet=cells.title, number=number)
        row.fixed = {
            key[1:]: _text(value)
            for key, value in contents.items()
            if key.startswith("@") and key != NAME and value is not None
        }
        for key in cells.columns:
            row.cells["@", (key.removeprefix("@"),)] = (cells.title, f"{cells.columns[key]}{number}")
        row.values[sheet.part] = _values(cells, sheet, number, contents, row, ())
        named[name] = row
        read.rows.append(row)


def _read_belonging(cells: Cells, sheet: Sheet, read: Read, named: dict[str, SheetRow]) -> None:
    for number, contents in cells.rows:
        name = _name(cells, number, contents, read)
        if name is None:
            continue
        row = named.get(name)
        if row is None:
            fault = f"No row of the first sheet is called '{name[:60]}'."
            read.problems.append(_problem(cells, NAME, number, fault, "Write the name as it stands there."))
            continue
        values = row.values.setdefault(sheet.part, {})
        if not sheet.path:
            values |= _values(cells, sheet, number, contents, row, ())
            continue
        for key in sheet.path[:-1]:
            values = values.setdefault(key, {})
        rows = values.setdefault(sheet.path[-1], [])
        rows.append(_values(cells, sheet, number, contents, row, (*sheet.path, len(rows))))


def _name(cells: Cells, number: int, contents: dict[str, Any], read: Read) -> str | None:
    name = _text(contents.get(NAME))
    if not name:
        read.problems.append(_problem(cells, NAME, number, "The row has no name.", "Name the record it belongs to."))
        return None
    return name


def _problem(cells: Cells, key: str, number: int, fault: str, mend: str) -> CellProblem:
    return CellProblem(sheet=cells.title, cell=f"{cells.columns[key]}{number}", fault=fault, mend=mend)


def _values(
    cells: Cells, sheet: Sheet, number: int, contents: dict[str, Any], row: SheetRow, above: Path
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    row.cells.setdefault((sheet.part, above), (cells.title, f"A{number}"))
    known = {column.key: column for column in sheet.columns if column.field is not None}
    for key, letter in cells.columns.items():
        column = known.get(key)
        path: Path = (*above, *key.split("."))
        if column is None and not key.startswith("@"):
            # Told as a field that the template does not have, if something stands there.
            column = Column(key=key, field=Field(key="unknown", kind=FieldKind.TEXT))
        if column is None or column.field is None:
            continue
        row.cells[sheet.part, path] = (cells.title, f"{letter}{number}")
        if contents.get(key) is not None:
            place = values
            for part in key.split(".")[:-1]:
                place = place.setdefault(part, {})
            place[key.split(".")[-1]] = _given(column.field, contents[key])
    return values


def _given(field: Field, value: Any) -> Any:
    """A cell as a form would send it: what a spreadsheet made of what was typed is turned back."""
    if field.many and isinstance(value, str):
        return [_given_one(field, one.strip()) for one in re.split(r"[;；\n]", value) if one.strip()]
    return _given_one(field, value)


def _given_one(field: Field, value: Any) -> Any:
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if field.kind is FieldKind.TEXT and isinstance(value, str):
        return value
    if field.kind is FieldKind.NUMBER and isinstance(value, str) and (percent := _PERCENT.fullmatch(value)):
        return float(percent[1]) / 100.0
    if field.kind in {FieldKind.NUMBER, FieldKind.QUANTITY, FieldKind.TRUTH} and isinstance(value, int | float):
        return value
    if field.kind is FieldKind.DATE and isinstance(value, datetime | date):
        return value
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return "" if value is None else str(value).strip()


def error_problem(row: SheetRow, key: str, error: KibanError) -> CellProblem:
    """An error about what every record of the kind has, named by its cell."""
    sheet, cell = row.cell_of("@", (key,))
    return CellProblem(sheet=sheet, cell=cell, fault=error.fault, mend=error.mend)
