"""The cells of an uploaded workbook, sheet by sheet, after a look at whether the file is what it says.

Uploaded files are hostile until the contrary is shown: what unpacks to too much, or declares entities, is refused
before openpyxl sees it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kiban.errors import DamagedFile, HostileFile, LimitExceeded, UnknownFormat
from kiban.standards.template_sheet_layout import FIRST_ROW, KEY_ROW, MARK, MOST_ROWS

MOST_BYTES = 8 << 20
_MOST_UNPACKED = 200 << 20
_MOST_COLUMNS = 2000
_PERCENT = re.compile(r'(?:"[^"]*"|\\.|[^"\\%])*%')
"""A format that multiplies by a hundred: with a percent sign that is neither quoted nor escaped."""
_MEND = "Download the spreadsheet of the template again and fill that in."


@dataclass(frozen=True, slots=True, kw_only=True)
class CellProblem:
    """Something wrong in one cell."""

    sheet: str
    cell: str
    """`F7`."""
    fault: str
    mend: str

    def __str__(self) -> str:
        return f"Sheet '{self.sheet}', cell {self.cell}: {self.fault} {self.mend}"


@dataclass(slots=True, kw_only=True)
class Cells:
    """One sheet."""

    title: str
    template: str
    version: int
    address: str
    """The part of the record and the path to the table: `values`, `meant.steps`."""
    columns: dict[str, str]
    """The letter of each column by its key."""
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    """Number and contents by key of each row in which something stands; cells with a problem hold it."""
    problems: list[CellProblem] = field(default_factory=list)


def read_cells(content: bytes) -> list[Cells]:
    """Read the sheets that were made from a template.

    Raises
    ------
    UnknownFormat, DamagedFile
        If it is no such workbook.
    HostileFile, LimitExceeded
    """
    import openpyxl

    _check_archive(content)
    try:
        # The same twice: a formula shows its result in one and that it is one in the other.
        results: Any = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        written: Any = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        sheets = []
        for title in results.sheetnames:
            found = _sheet(title, results[title].iter_rows(), written[title].iter_rows())
            if found is not None:
                sheets.append(found)
    except (HostileFile, LimitExceeded, DamagedFile):
        raise
    except MemoryError as e:
        raise LimitExceeded(
            "Reading the workbook takes more memory than there is.", mend="Load fewer rows at a time."
        ) from e
    except Exception as e:  # whatever openpyxl meets in a stranger's file comes out as one of many kinds of error
        raise DamagedFile(f"The workbook cannot be read: {type(e).__name__}.", mend=_MEND) from e
    if not sheets:
        raise UnknownFormat("The workbook has no sheet that was made from a template.", mend=_MEND)
    return sheets


def _check_archive(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise LimitExceeded(
            f"The workbook has more than {MOST_BYTES >> 20} MB.", mend="Divide it into several with fewer rows."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise UnknownFormat("The file is no xlsx workbook.", mend="Save it as .xlsx.")
            left = _MOST_UNPACKED
            for name in archive.namelist():
                with archive.open(name) as part:
                    start = part.read(4096)
                    if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                        raise HostileFile(f"{name[:100]} in the workbook declares entities.", mend=_MEND)
                    left -= len(start)
                    while left >= 0 and (chunk := part.read(1 << 20)):
                        left -= len(chunk)
                if left < 0:
                    raise LimitExceeded(
                        f"The workbook unpacks to more than {_MOST_UNPACKED >> 20} MB.", mend="Divide it into several."
                    )
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as e:
        raise UnknownFormat("The file is no xlsx workbook, or a damaged one.", mend="Save it as .xlsx.") from e


def _sheet(title: str, results: Iterator[Any], written: Iterator[Any]) -> Cells | None:
    found: Cells | None = None
    letters: dict[int, str] = {}
    for number, (row, formulas) in enumerate(zip(results, written, strict=True), 1):
        if number == KEY_ROW:
            found = _head(title, row)
            if found is None:
                return None
            letters = {ord_: key for key, ord_ in _keys(row).items()}
        elif number >= FIRST_ROW and found is not None:
            _read_row(found, number, row, formulas, letters)
            if len(found.rows) > MOST_ROWS:
                raise LimitExceeded(f"Sheet '{title}' has more than {MOST_ROWS} rows.", mend="Divide it into several.")
    return found


def _head(title: str, row: tuple[Any, ...]) -> Cells | None:
    mark = str(row[0].value or "").split() if row else []
    if len(mark) != 4 or mark[0] != MARK:
        return None
    if len(row) > _MOST_COLUMNS:
        raise LimitExceeded(f"Sheet '{title}' has more than {_MOST_COLUMNS} columns.", mend=_MEND)
    if not mark[2].isdecimal() or len(mark[2]) > 9:
        raise DamagedFile(f"Sheet '{title}' does not say which version of its template it is for.", mend=_MEND)
    keys = _keys(row)
    columns = {key: _letter(number) for key, number in keys.items()}
    return Cells(title=title, template=mark[1], version=int(mark[2]), address=mark[3], columns=columns)


def _keys(row: tuple[Any, ...]) -> dict[str, int]:
    """The number of each column by its key; the first column has the names of the records."""
    keys = {"@name": 1}
    for number, cell in enumerate(row[1:], 2):
        if cell.value is None:
            continue
        if str(cell.value) in keys:
            raise DamagedFile(f"Two columns have the key '{str(cell.value)[:80]}' in the hidden first row.", mend=_MEND)
        keys[str(cell.value)] = number
    return keys


def _is_in_percent(cell: Any) -> bool:
    is_number = isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    return is_number and _PERCENT.match(cell.number_format or "") is not None


def _letter(number: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(number))


def _read_row(
    found: Cells, number: int, row: tuple[Any, ...], formulas: tuple[Any, ...], letters: dict[int, str]
) -> None:
    contents: dict[str, Any] = {}
    for place, (cell, formula) in enumerate(zip(row, formulas, strict=False), 1):
        is_formula = formula.data_type == "f"
        if (cell.value is None and not is_formula) or (isinstance(cell.value, str) and not cell.value.strip()):
            continue
        fault = ""
        if place not in letters:
            fault, mend = "The column is none of the template's.", "Empty it, or use the column of its field."
        elif is_formula and cell.value is None:
            fault, mend = "The formula has no result.", "Open and save it in a spreadsheet program, or type the value."
        elif cell.data_type == "e":
            fault, mend = f"The cell holds the error {cell.value}.", "Mend the formula, or type the value."
        if fault:
            found.problems.append(
                CellProblem(sheet=found.title, cell=f"{_letter(place)}{number}", fault=fault, mend=mend)
            )
            contents.setdefault(letters.get(place, "@wrong"), None)
        else:
            # Who types 50% sees 50%, and 0.5 is kept: the field would take that in its own unit, for half a percent.
            contents[letters[place]] = f"{100.0 * cell.value:.15g} %" if _is_in_percent(cell) else cell.value
    if contents:
        found.rows.append((number, contents))
