"""The bytes of a CSV or xlsx file as headers and rows of cells, with the numbers of the rows as editors count them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from kiban.errors import DamagedFile, KibanError, LimitExceeded, NothingMeasured, UnknownFormat
from kiban.readers.experiments.cells import is_nothing
from kiban.readers.experiments.meaning import MOST_COLUMNS
from kiban.readers.source import Limits, Source
from kiban.readers.tables.column_headers import is_unit
from kiban.readers.tables.number_columns import MISSING, NUMBER, kinds_of
from kiban.readers.tables.spreadsheet_parts import SheetParts, column_letters, read_parts
from kiban.readers.tables.spreadsheet_rows import SheetRows
from kiban.readers.tables.text_rows import (
    Dialect,
    Row,
    is_comment,
    logical_lines,
    make_row,
    split,
    with_plain_line_ends,
)
from kiban.readers.tables.workbook import read_sheets
from kiban.readers.text import decode
from kiban.readers.zipped import SIGNATURE, Zipped

MOST_ROWS = 20_000
MOST_BYTES = 32 << 20
_LIMITS = Limits(whole_bytes=MOST_BYTES, expanded_bytes=128 << 20, members=2000)
_WIDEST = 2000
"""Of a sheet with its empty columns."""
_FIRST_ROWS = 30
_WIDE = 4
"""Among so many names one may be a number."""
_SIGNS = "\t;,|"
_PERCENT = re.compile(r"^(?:[^\"]*\"[^\"]*\")*[^\"]*(?<!\\\\)%")
"""A format that multiplies by a hundred: with a percent sign that is not quoted."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number in the file, and as many cells as there are headers."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table as it stands in a file."""

    name: str
    """Of the file."""
    headers: tuple[str, ...]
    """The unit of a row of units below them in brackets at the end."""
    rows: tuple[SheetRow, ...]
    places: tuple[int, ...] = ()
    """Of the columns in the file, from 0: those without a name and without cells are not among them."""
    delimiter: str = ""
    """Empty for a workbook."""
    encoding: str = ""
    sheet: str = ""
    """Of a workbook: which sheet was read."""
    other_sheets: tuple[str, ...] = ()
    """Sheets that hold something and were not read."""
    errors: tuple[str, ...] = ()
    """Cells in which a calculation failed, or was never done."""

    def column(self, place: int) -> list[str]:
        """The cells of one column."""
        return [row.cells[place] for row in self.rows]

    def cell_name(self, row: int, place: int) -> str:
        """A cell as spreadsheet programs name it."""
        return f"{column_letters(self.places[place] + 1)}{row}"


def read_sheet(content: bytes, name: str, *, sheet: str = "") -> Sheet:
    """Read the table of a file.

    Parameters
    ----------
    sheet : str
        Which sheet of a workbook; the first that has a table unless given.

    Raises
    ------
    UnreadableFile
        If there is no table with names above its columns (NothingMeasured), it is no text and no workbook
        (UnknownFormat), it is larger than 32 MiB, 20,000 rows or 500 columns (LimitExceeded), or rows do not fit below
        the names (DamagedFile).
    """
    if len(content) > MOST_BYTES:
        raise LimitExceeded(
            f"{name} has {len(content)} bytes; at most {MOST_BYTES} are read as experiments.",
            mend="Split the table, and import its parts one after the other.",
        )
    if content.startswith(SIGNATURE):
        return _of_workbook(content, name, sheet)
    if b"\0" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnknownFormat(f"{name} is neither text nor an xlsx workbook.", mend="Save the table as CSV or xlsx.")
    text, encoding = decode(content)
    lines = logical_lines(with_plain_line_ends(text))
    dialect = Dialect(_delimiter(lines.texts))
    # A comment is one above the names only: below, a sample may be called '#3'.
    rows = [
        make_row(number, line, dialect) if is_comment(line) else _plain_row(number, line, dialect)
        for number, line in zip(lines.numbers, lines.texts, strict=True)
    ]
    head = _head(rows)
    rows = [row if not row.is_comment else _plain_row(row.number, row.text, dialect) for row in rows[head:]]
    return _sheet(rows, name, delimiter=dialect.delimiter, encoding=encoding)


def _plain_row(number: int, line: str, dialect: Dialect) -> Row:
    cells = split(line, dialect.delimiter)
    return Row(number, line, cells, kinds_of(cells))


def _delimiter(lines: Sequence[str]) -> str:
    """The sign that parts most of the first lines into the same number of cells."""
    some = [line for line in lines if line.strip() and not is_comment(line)][:_FIRST_ROWS]
    best, most = ",", 0.0
    for sign in _SIGNS:
        widths = Counter(len(split(line, sign)) for line in some)
        widths.pop(1, None)
        if not widths:
            continue
        width, n_lines = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
        # A comma between two semicolons is a decimal mark: more lines count for more than more cells.
        score = n_lines + min(width, 99) / 1000 + (0.5 if sign in "\t;" else 0.0)
        if score > most:
            best, most = sign, score
    return best


def _of_workbook(content: bytes, name: str, wanted: str) -> Sheet:
    sheets, parts = _workbook(content, name)
    if wanted and wanted not in sheets:
        raise NothingMeasured(f"{name} has no sheet '{wanted[:60]}'.", mend=f"It has: {', '.join(sheets)[:500]}.")
    # A sheet that was hidden is an old one, or a list that another draws upon: what people see comes first.
    order = [wanted] if wanted else sorted(sheets, key=lambda title: parts.get(title, SheetParts()).is_hidden)
    tried = {title: sheets[title] for title in order}
    first: KibanError | None = None
    for title, rows in tried.items():
        try:
            head = _head(rows.rows)
            others = tuple(other for other, there in sheets.items() if other != title and there.rows)
            errors = (*rows.errors, *parts.get(title, SheetParts()).uncalculated)
            return _sheet(rows.rows[head:], name, sheet=title, other_sheets=others, errors=errors)
        except NothingMeasured as e:
            first = first or e
    raise first or NothingMeasured(f"{name} has no sheet with a table.", mend="Put names above its columns.")


def _workbook(content: bytes, name: str) -> tuple[dict[str, SheetRows], dict[str, SheetParts]]:
    source = Source(content, name=name, limits=_LIMITS)
    zipped = Zipped(source)
    try:
        parts = dict(read_parts(zipped, name=name))
    finally:
        zipped.close()
    return read_sheets(source, parts, rows_of=_first_rows), parts


def _first_rows(sheet: Any) -> Iterator[Sequence[object]]:
    """As many rows as are read, and enough more to tell that there are too many."""
    rows: Iterator[Sequence[Any]] = sheet.iter_rows()
    for row in islice(rows, MOST_ROWS + 2 * _FIRST_ROWS):
        if len(row) > _WIDEST:
            raise LimitExceeded(
                f"The sheet {sheet.title} is {len(row)} columns wide; at most {MOST_COLUMNS} are read as experiments.",
                mend="Leave one column for each thing that was set or found out.",
            )
        yield [_as_shown(cell) for cell in row]


def _as_shown(cell: Any) -> object:
    """The value of a cell; of one that is shown in percent with its sign, since 50 % is kept as 0.5."""
    value = cell.value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and _PERCENT.search(cell.number_format or ""):
        return f"{100.0 * value:.14g}%"
    return value


def _head(rows: Sequence[Row]) -> int:
    """The place of the row of names: the first of the rows above the numbers that names as many columns as any.

    Raises NothingMeasured.
    """
    above: list[int] = []
    most_above = 0
    for i, row in enumerate(rows[: _FIRST_ROWS + 1]):
        n_here = sum(bool(cell.strip()) for cell in row.cells)
        if row.is_comment or not n_here:
            continue
        if row.n_values <= (0 if n_here < _WIDE else 1):
            above.append(i)
            most_above = max(most_above, n_here)
        elif above and 2 * most_above >= n_here:
            # Fewer names than half of the numbers are remarks above the names.
            break
    n_named = {i: sum(bool(cell) for cell in rows[i].cells) for i in above}
    # A title above has one cell; a table of words alone has its names in its first row.
    most = max(n_named.values(), default=0)
    if most == 0:
        raise NothingMeasured(
            "No row of names was found above the numbers.", mend="Put a name above each column, in the row above them."
        )
    return next(i for i in above if n_named[i] >= max(1, 0.8 * most))


def _sheet(rows: Sequence[Row], name: str, **said: Any) -> Sheet:
    """Raises NothingMeasured, DamagedFile or LimitExceeded."""
    headers = [" ".join(cell.split()) for cell in rows[0].cells]
    while headers and not headers[-1]:
        headers.pop()
    body = [row for row in rows[1:] if any(cell.strip() for cell in row.cells)]
    if len(body) > 1 and _are_units(body[0], body[1 : 1 + _FIRST_ROWS]):
        units = [*body.pop(0).cells, *[""] * len(headers)]
        headers = [f"{h} [{_bare(u)}]" if h and u.strip() else h for h, u in zip(headers, units, strict=False)]
    if len(headers) > MOST_COLUMNS or len(body) > MOST_ROWS:
        raise LimitExceeded(
            f"{name} has {len(body)} rows and {len(headers)} columns; at most {MOST_ROWS} and {MOST_COLUMNS} are read "
            "as experiments.",
            mend="Split the table, and import its parts one after the other.",
        )
    if not body:
        raise NothingMeasured(f"{name} has names of columns and no rows below.", mend="Give each experiment a row.")
    for row in body:
        if any(cell.strip() for cell in row.cells[len(headers) :]):
            raise DamagedFile(
                f"{name}: row {row.number} has {len(row.cells)} cells, and there are names for {len(headers)} columns.",
                mend="Name the other columns too; or put cells with commas in quotation marks.",
            )
    unnamed = [i for i, header in enumerate(headers) if not header]
    for i in unnamed:
        if any(len(row.cells) > i and row.cells[i].strip() for row in body):
            headers[i] = f"Column {column_letters(i + 1)}"
    used = [i for i, header in enumerate(headers) if header]
    cells = [tuple(row.cells[i] if i < len(row.cells) else "" for i in used) for row in body]
    taken = tuple(SheetRow(row.number, each) for row, each in zip(body, cells, strict=True))
    return Sheet(name=name, headers=tuple(headers[i] for i in used), rows=taken, places=tuple(used), **said)


def _are_units(row: Row, below: Sequence[Row]) -> bool:
    """Whether the row says units and nothing else, and numbers are the first that stand below them."""
    said = [i for i, cell in enumerate(row.cells) if cell.strip() not in {"", "-", "–", "—"}]
    return (
        bool(said)
        and row.n_values == 0
        and all(is_unit(row.cells[i]) for i in said)
        and all(_first_kind(below, i) == NUMBER for i in said)
    )


def _first_kind(rows: Sequence[Row], place: int) -> str:
    """Of the first cell of a column that has a value; that of missing ones where none has."""
    kinds = (row.kinds[place] for row in rows if place < len(row.cells) and not is_nothing(row.cells[place]))
    return next(kinds, MISSING)


def _bare(unit: str) -> str:
    text = unit.strip()
    return text[1:-1].strip() if len(text) > 2 and text[0] + text[-1] in {"()", "[]"} else text
