"""The rows of every sheet of a workbook, by openpyxl's streaming mode: the one place where readers open workbooks."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from kiban.errors import DamagedFile, KibanError
from kiban.readers.source import Source
from kiban.readers.tables.spreadsheet_parts import SheetParts
from kiban.readers.tables.spreadsheet_rows import SheetRows, read_rows

AGAIN = "Open it in a spreadsheet program and save it again."


def all_rows(sheet: Any) -> Iterable[Sequence[object]]:
    """Every row of a sheet of openpyxl."""
    rows: Iterable[Sequence[object]] = sheet.iter_rows(values_only=True)
    return rows


def read_sheets(
    source: Source,
    parts: Mapping[str, SheetParts],
    *,
    rows_of: Callable[[Any], Iterable[Sequence[object]]] = all_rows,
    mend: str = AGAIN,
) -> dict[str, SheetRows]:
    """Read the sheets of a workbook, by their titles.

    Parameters
    ----------
    parts : mapping of str to SheetParts
        What the streaming mode does not show, looked through before; nothing hostile is left then.
    rows_of : callable
        Which rows of a sheet are wanted.
    mend : str
        What can be done where the workbook is damaged.

    Raises
    ------
    DamagedFile
        If openpyxl cannot read it.
    UnreadableFile
        As `read_rows` and `rows_of`.
    """
    import openpyxl

    # Whatever openpyxl meets in a stranger's file comes out as one of many kinds of error, its own and its parts'.
    try:
        with warnings.catch_warnings(), source.open() as file:
            warnings.simplefilter("ignore")
            workbook: Any = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheets: dict[str, SheetRows] = {}
            for sheet in workbook.worksheets:
                # A sheet may claim a million columns; the rows themselves tell how long they are.
                sheet.reset_dimensions()
                name = f"{source.name}, sheet '{sheet.title}'"
                sheets[sheet.title] = read_rows(rows_of(sheet), parts.get(sheet.title, SheetParts()), name=name)
            workbook.close()
    except (KibanError, MemoryError):  # too little memory is no fault of the file: the caller tells it
        raise
    except Exception as e:
        raise DamagedFile(
            f"{source.name} is a workbook that cannot be read ({type(e).__name__}: {e}).", mend=mend
        ) from e
    return sheets
