"""Spreadsheets: the xlsx files of Excel, LibreOffice, Origin, instruments that export to them.

Instrument
----------
Any program that writes Office Open XML workbooks.

What is read
------------
Every table of numbers on every sheet gives a Reading, called after its sheet, by the rules of the reader
`delimited_text`: a variable for each column of numbers with the name and unit from the rows above, words in the
header under `text_columns`, dates as seconds. Tables side by side are parted by a column that is empty from top to
bottom. Of formulas the stored results are read. A cell merged over several rows stands for each of them.

Uncertainties
-------------
As in `delimited_text`: a column that calls itself a standard error, e.s.d., s.u. or sigma gives the standard
uncertainties (origin `file`) of the column before it.

What is left out
----------------
Charts, pictures, formats, comments, macros. Sheets without numbers stand in the header of every Reading under
`other_sheets`. A cell with an error (`#DIV/0!`) and a formula that was never calculated are NaN, with a doubt that
names the cells. The older xls, and ods, are not claimed.

File structure
--------------
A zip archive with `[Content_Types].xml` and `xl/workbook.xml` (ISO/IEC 29500), read by openpyxl row by row after
every part was unpacked within the limits and found free of entities.
"""

from __future__ import annotations

from collections.abc import Sequence

from kiban.errors import KibanError, NothingMeasured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.tables.found_table import Table
from kiban.readers.tables.headers import read_heading, stand_up
from kiban.readers.tables.reading import Origins, has_numbers, to_reading
from kiban.readers.tables.search import find_tables
from kiban.readers.tables.spreadsheet_parts import CONTENT_TYPES, WORKBOOK, SheetParts, read_parts
from kiban.readers.tables.spreadsheet_rows import SheetRows, side_by_side
from kiban.readers.tables.workbook import AGAIN, read_sheets
from kiban.readers.zipped import SIGNATURE, Zipped
from kiban.records.reading import Json, Reading

_MOST_CELLS_KEPT = 5_000
_MOST_NAMED = 10
# The first cell of the form in which NIMS RDE asks for a data set's metadata: its numbers are nobody's measurements.
_RDE_FORM = "invoiceList_format_id"


class Spreadsheet:
    """Workbooks in xlsx."""

    name = "spreadsheet"
    version = 2
    title = "Spreadsheet (xlsx)"
    makers: tuple[str, ...] = ()
    techniques: tuple[str, ...] = (
        "table",
        "xrd",
        "ir",
        "raman",
        "uv_vis",
        "cyclic_voltammetry",
        "electrochemistry",
        "impedance",
        "thermogravimetry",
        "rheometry",
        "mechanical_test",
        "magnetometry",
        "spectrum",
    )
    suffixes: tuple[str, ...] = ("xlsx", "xlsm")
    library = "openpyxl"

    def recognise(self, source: Source) -> Recognition | None:
        """Look for the two parts that every workbook has."""
        if not source.head.startswith(SIGNATURE):
            return None
        try:
            zipped = Zipped(source)
        except KibanError:
            return None
        names = zipped.names
        zipped.close()
        if CONTENT_TYPES not in names or not any(WORKBOOK.fullmatch(name) for name in names):
            return None
        return Recognition(Confidence.LIKELY, "it is a zip archive with the parts of an Office Open XML workbook")

    def read(self, source: Source) -> list[Reading]:
        """Read every table of every sheet."""
        zipped = Zipped(source)
        try:
            parts = read_parts(zipped, name=source.name)
        finally:
            zipped.close()
        sheets = read_sheets(source, parts, mend=f"{AGAIN[:-1]}; it is kept as it came.")
        if any(_is_form(sheet) for sheet in sheets.values()):
            raise NothingMeasured(
                f"{source.name} is the Excel invoice of an NIMS RDE data set: a form, not a table of measured values.",
                mend="Import it together with the data it describes.",
            )
        tables = {title: _tables(sheet, f"{source.name}, sheet '{title}'") for title, sheet in sheets.items()}
        if not any(tables.values()):
            raise NothingMeasured(
                f"{source.name} has {len(sheets)} sheet{'s' if len(sheets) != 1 else ''} and no table of numbers.",
                mend="If there is one, give its columns names in the row above, and results to its formulas.",
            )
        others: dict[str, Json] = {title: _kept(sheets[title]) for title, found in tables.items() if not found}
        return [
            reading
            for title, found in tables.items()
            for reading in _readings(title, found, sheets[title], parts.get(title, SheetParts()), others, source.name)
        ]


def _is_form(sheet: SheetRows) -> bool:
    return bool(sheet.rows) and sheet.rows[0].cells[:1] == [_RDE_FORM]


def _tables(sheet: SheetRows, name: str) -> list[tuple[Table, str]]:
    return [
        (stand_up(table), name)
        for part in side_by_side(sheet.rows)
        if len(part[0].cells) > 1 or len(part) > 1
        for table in find_tables(part, name=name)
        if has_numbers(table)
    ]


def _kept(sheet: SheetRows) -> list[Json]:
    """A sheet without numbers as the header keeps it: its rows, up to five thousand cells of them."""
    rows: list[Json] = []
    n_cells = 0
    for row in sheet.rows:
        n_cells += len(row.cells)
        if n_cells > _MOST_CELLS_KEPT:
            rows.append(f"... {len(sheet.rows) - len(rows)} more rows")
            break
        rows.append(list(row.cells))
    return rows


def _readings(
    title: str,
    tables: Sequence[tuple[Table, str]],
    sheet: SheetRows,
    parts: SheetParts,
    others: dict[str, Json],
    file_name: str,
) -> list[Reading]:
    readings: list[Reading] = []
    doubts = _doubts(sheet, parts)
    for i, (table, name) in enumerate(tables, start=1):
        header: dict[str, Json] = {"sheet": title, "file": file_name}
        if others:
            header["other_sheets"] = others
        origins = Origins(
            title=f"{title}, table {i}" if len(tables) > 1 else title,
            delimiter="\t",
            is_one_of_many=len(tables) > 1,
            header=header,
            doubts=list(doubts),
        )
        readings.append(to_reading(table, read_heading(table, delimiter="\t", name=name), origins))
    return readings


def _doubts(sheet: SheetRows, parts: SheetParts) -> list[str]:
    doubts = []
    if sheet.errors:
        doubts.append(f"A calculation failed in {_listed(sheet.errors)}; the value is missing here.")
    if parts.uncalculated:
        doubts.append(
            f"No result is stored for the formula in {_listed(parts.uncalculated)}; the value is missing here."
        )
    return doubts


def _listed(cells: Sequence[str]) -> str:
    more = len(cells) - _MOST_NAMED
    return ", ".join(cells[:_MOST_NAMED]) + (f" and {more} more cells" if more > 0 else "")


READER = Spreadsheet()
