"""Tables in text files: CSV, TSV, semicolons, blanks, XY, XYE, DAT.

Instrument
----------
Any program that writes tables of numbers as text, where no reader of its own knows the format better.

What is read
------------
Every table of the file gives a Reading with one variable for each column of numbers, dimension `row` or, where the
first column (or a column of times) rises or falls throughout, the name of that axis. Names and units come from the
rows of names and units above the table or from a comment that names the columns; a column without a name is
`column_1`, `column_2`, ... Dates and times become seconds since the first, which is `started_at`. A cross table (a
first row and a first column of values) gives the axes `column_1` and `first_row` and the two-dimensional `values`.
Columns of words stand in the header under `text_columns`, those of large tables as numbered `categories`. The
technique is inferred from the names and units of the columns, with a doubt that says so, else it is `table`.

Uncertainties
-------------
A column that calls itself a standard error, e.s.d., s.u. or sigma gives the standard uncertainties (origin `file`) of
the column before it and stays a variable too. A third column without a name is not taken for an uncertainty.

What is left out
----------------
Nothing: lines above and below a table stand in the header as written. Texts among numbers become NaN, with a doubt
that names them. Files in which the same line can be read in two ways are refused rather than guessed at: a number
like `1,234` between tabs, columns that are fewer than their names or more, dates whose day and month can be swapped
(these stay text).

File structure
--------------
Lines above a table (`key: value`, `key,value`, `[section]`, comments after # % ! ; ' // or *), rows of names and
units, rows of numbers parted by tabs, commas, semicolons, vertical bars or blanks, with decimal points or commas.
RFC 4180 describes CSV; the rest was worked out from 40 files of 25 programs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnreadableFile, UnsupportedVariant
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import HEAD_BYTES, Source
from kiban.readers.tables.found_table import RaggedTable, Table
from kiban.readers.tables.headers import read_heading, stand_up
from kiban.readers.tables.number_columns import NUMBER, to_number
from kiban.readers.tables.reading import Origins, has_numbers, to_reading
from kiban.readers.tables.search import find_tables
from kiban.readers.tables.text_rows import (
    BLANKS,
    Dialect,
    Lines,
    choose_dialect,
    commas_are_ambiguous,
    logical_lines,
    make_row,
    split,
    with_plain_line_ends,
)
from kiban.readers.text import decode
from kiban.readers.words.header_fields import read_fields
from kiban.records.reading import Json, Reading

_FIRST_LINES = 120
_ENOUGH_TO_COMPARE = 20
_FIRST_CHARACTERS = 16384
_WINDOW = 30

# Formats with a structure of their own, whose lines of numbers are not rows of a table: read as one they would give
# wrong numbers. Each has, or will have, its own reader.
_OTHERS = re.compile(
    r"\s*(?:<|\{|\[\s*[\[{\d\"]|%PDF|%!|#!|\\documentclass|\{\\rtf|SOFH|VAMAS|data_|\*RAS_"
    r"|(?:EC|BT)-Lab ASCII|-----BEGIN|#FORMAT\s*:\s*EMSA|#\\#CIF|P[1-6]\s|\d+,\s*(?:1001|[12][0-3]\d0)\s*\n)",
    re.IGNORECASE,
)
_WRAPPED = re.compile(
    r"^(?:##JCAMP|##XYDATA|##XYPOINTS|##PEAK TABLE|BANK\s+\d+|_COUNTS\b|_CPS\b|#SPECTRUM\s*:|loop_\s*$)", re.MULTILINE
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_CODE = re.compile(
    r"^(?:from\s+[\w.]+\s+import\s|import\s+[\w.]+(?:\s+as\s+\w+)?\s*$|\s*(?:def|class)\s+\w+\s*[(:]|#include\s*[<\"]"
    r"|\s*assert\s|CREATE\s|SELECT\s|use\s+strict\b|package\s+\w)",
    re.MULTILINE,
)
_WORDS_OF = {
    _WRAPPED: ("##JCAMP", "##XYDATA", "##XYPOINTS", "##PEAK", "BANK", "_COUNTS", "_CPS", "#SPECTRUM", "loop_"),
    _CODE: ("import", "def", "class", "#include", "assert", "CREATE", "SELECT", "strict", "package"),
}
"""One of them stands in whatever the pattern finds; they are found many times as fast."""
_PROSE = re.compile(r"[A-Za-zÀ-ÿ]{2,}[,;]?(?: +[A-Za-zÀ-ÿ']{2,}[,;]?){4,}")


class DelimitedText:
    """Tables in text, whatever program wrote them."""

    name = "delimited_text"
    version = 2
    title = "Delimited text (CSV, TSV, XY, DAT)"
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
    suffixes: tuple[str, ...] = ("csv", "tsv", "txt", "xy", "xye", "dat", "asc", "prn")

    def recognise(self, source: Source) -> Recognition | None:
        """Look for rows of numbers of equal width in the head."""
        text = _head_text(source)
        if text is None or _OTHERS.match(text) or _found(_WRAPPED, text) or _found(_CODE, text):
            return None
        first = logical_lines(text[:_FIRST_CHARACTERS]).part(0, _FIRST_LINES)
        found = _claim(first.part(0, -1) if len(text) > _FIRST_CHARACTERS else first)
        if found is not None or (len(text) <= _FIRST_CHARACTERS and len(first) < _FIRST_LINES):
            return found
        return _claim(logical_lines(text))

    def read(self, source: Source) -> list[Reading]:
        """Read every table of the file."""
        text, encoding = decode(source.read())
        if "\0" in text[:4096]:
            raise _no_table(source.name)
        text = with_plain_line_ends(text)
        is_ended = text.endswith("\n")
        lines = logical_lines(text)
        del text  # large files are in memory once, as their lines
        dialect = _dialect(lines)
        if dialect is None:
            raise _no_table(source.name)
        tables = _tables(lines, dialect, source.name)
        if not any(has_numbers(table) for table in tables) or not _mostly_tables(tables, dialect):
            raise _no_table(source.name)
        for table in tables:
            _check_promise(table, source.name)
        if not is_ended:
            _check_last_cell(tables[-1], lines.texts[-1], dialect, source.name)
        return _readings(tables, dialect, encoding, source.name)


def _found(pattern: re.Pattern[str], text: str) -> bool:
    return any(word in text for word in _WORDS_OF[pattern]) and pattern.search(text) is not None


def _no_table(name: str) -> NothingMeasured:
    return NothingMeasured(
        f"{name}: no table of numbers was found in the text.",
        mend="If it holds one, give its columns one delimiter and its rows the same number of columns.",
    )


def _head_text(source: Source) -> str | None:
    """Decode the complete lines of the head; `None` where it is not text."""
    head = source.head
    if len(head) == HEAD_BYTES and source.size > HEAD_BYTES:
        # A cut inside a character of two bytes would make the whole head look like another encoding.
        head = head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1]
    if not head.strip() or (b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))):
        return None
    text, _ = decode(head)
    return None if len(_CONTROL.findall(text, 0, 4096)) > 4 or "\0" in text else with_plain_line_ends(text)


def _dialect(lines: Lines) -> Dialect | None:
    """Choose by three windows: the first lines, some in the middle, the last."""
    texts = lines.texts
    if len(texts) <= 3 * _WINDOW:
        return choose_dialect(texts)
    middle = len(texts) // 2 - _WINDOW // 2
    return choose_dialect([*texts[:_WINDOW], *texts[middle : middle + _WINDOW], *texts[-_WINDOW:]])


def _claim(lines: Lines) -> Recognition | None:
    dialect = _dialect(lines)
    if dialect is None:
        return None
    rows = lines.rows(dialect)
    try:
        tables = [table for table in find_tables(rows, decimal=dialect.decimal) if has_numbers(table)]
    except RaggedTable as e:
        # Rows of another width further down are damage; at the top they mean that this is no table at all.
        return _recognition(dialect, e.n_rows_before) if e.n_rows_before >= 5 else None
    except UnreadableFile:
        return _recognition(dialect, 2)
    n_rows = sum(len(table.rows) for table in tables)
    return _recognition(dialect, n_rows) if tables and _mostly_tables(tables, dialect) else None


def _mostly_tables(tables: Sequence[Table], dialect: Dialect) -> bool:
    """Say whether the file is about its tables: not prose with some numbers, not numbers one to a line."""
    n_rows = sum(table.n_rows for table in tables)
    others = [row for table in tables for row in (*table.above, *table.below)]
    n_prose = sum(_PROSE.search(row.text) is not None for row in others)
    n_lone = sum(row.kinds == NUMBER for row in others)
    if any(re.search(r"[\[({]\s*$", row.text) for row in others):
        return False  # source code: a bracket is opened before the numbers
    # Bars part the columns of tables in documents (Markdown), which are nobody's measured data.
    return n_lone <= n_rows and n_prose <= (0 if dialect.delimiter == "|" else n_rows)


def _recognition(dialect: Dialect, n_rows: int) -> Recognition:
    sign = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "vertical bars", BLANKS: "blanks"}[dialect.delimiter]
    mark = " and decimal commas" if dialect.decimal == "," else ""
    return Recognition(Confidence.POSSIBLE, f"its first lines have {n_rows} rows of numbers between {sign}{mark}")


def _tables(lines: Lines, dialect: Dialect, name: str) -> list[Table]:
    quick = _one_clean_table(lines, dialect, name)
    if quick is not None:
        return [quick]
    rows = lines.rows(dialect)
    tables = find_tables(rows, decimal=dialect.decimal, name=name)
    for table in tables:
        _check_commas(table, dialect, name)
    return tables


def _one_clean_table(lines: Lines, dialect: Dialect, name: str) -> Table | None:
    """Read a file that is nothing but numbers from some line to its end with NumPy's own parser, or leave it.

    That parser is some twenty times as fast as taking cells apart one by one; it refuses whatever is not a plain
    number and rows of unequal width, and then the careful way finds out what is wrong.
    """
    first = lines.part(0, _FIRST_LINES).rows(dialect)
    try:
        tables = find_tables(first, decimal=dialect.decimal, name=name)
    except UnreadableFile:
        return None
    if len(tables) != 1 or tables[0].first_row is not None or not tables[0].rows:
        return None
    table = tables[0]
    if any(set(row.kinds) != {NUMBER} for row in table.rows) or table.below:
        return None
    start, end = len(table.above), len(lines)
    while end > start and len(lines) - end < _WINDOW and not _is_row(lines.texts[end - 1], table.width, dialect):
        end -= 1
    matrix = _parsed(lines.texts[start:end], dialect)
    if matrix is None or matrix.shape != (end - start, table.width):
        return None
    table.matrix = matrix
    table.below = lines.part(end).rows(dialect)
    # Anything with numbers in it below the rows needs a closer look: a broken row, another table.
    return None if any(row.n_values > 1 or row.kinds == NUMBER for row in table.below) else table


def _is_row(line: str, width: int, dialect: Dialect) -> bool:
    row = make_row(0, line, dialect)
    return row.is_numeric and len(row.cells) == width


def _parsed(body: Sequence[str], dialect: Dialect) -> NDArray[np.float64] | None:
    if dialect.decimal == ",":
        body = [line.replace(",", ".") for line in body]
    delimiter = None if dialect.delimiter == BLANKS else dialect.delimiter
    try:
        return np.loadtxt(body, dtype=np.float64, delimiter=delimiter, comments=None, ndmin=2)
    except ValueError:
        return None


def _check_commas(table: Table, dialect: Dialect, name: str) -> None:
    """Refuse numbers like 1,234 where nothing tells a decimal comma from a comma between thousands."""
    if dialect.delimiter == ";":
        return
    cells = [cell for row in table.rows for cell, kind in zip(row.cells, row.kinds, strict=True) if kind == NUMBER]
    if commas_are_ambiguous(cells):
        some = next(cell for cell in cells if "," in cell)
        raise UnsupportedVariant(
            f"{name}: '{some}' can be a thousand and more, or a number with three decimals; so can all numbers here.",
            mend="Export with decimal points, or without commas between thousands.",
        )


def _check_promise(table: Table, name: str) -> None:
    """Compare the lone number right above some tables, which counts their rows, with the rows that follow."""
    row = table.above[-1] if table.above else None
    if row is None or row.kinds != NUMBER or to_number(row.cells[0]) == table.n_rows:
        return
    raise DamagedFile(
        f"{name}: line {row.number} says {row.cells[0]}, {table.n_rows} rows of {table.width} numbers follow.",
        mend="Export it again, or copy it again if it was cut while it was copied. It is kept as it came.",
    )


def _check_last_cell(table: Table, last_line: str, dialect: Dialect, name: str) -> None:
    """Refuse a file that ends inside its last number.

    That shows where the last line has no end and its last cell fewer decimals than that cell has in every other row.
    """
    if table.below or len(table.rows) < _ENOUGH_TO_COMPARE:
        return
    last = split(last_line, dialect.delimiter)[-1]
    decimals = {_n_decimals(row.cells[-1]) for row in table.rows[:-1]}
    if to_number(last, dialect.decimal) is not None and len(decimals) == 1 and _n_decimals(last) < decimals.pop():
        raise DamagedFile(
            f"{name} ends inside its last number: '{last}' has fewer decimals than all numbers above it.",
            mend="Copy the file again from where it was made; it is kept as it came.",
        )


def _n_decimals(cell: str) -> int:
    match = re.fullmatch(r"[+-]?\d*[.,](\d*)", cell)
    return len(match[1]) if match else 0


def _readings(tables: Sequence[Table], dialect: Dialect, encoding: str, name: str) -> list[Reading]:
    readings: list[Reading] = []
    fields: dict[str, Json] = {}
    for i, table in enumerate((stand_up(table) for table in tables if has_numbers(table)), start=1):
        heading = read_heading(table, delimiter=dialect.delimiter, name=name)
        origins = Origins(
            title=f"{name or 'Table'}, table {i}" if len(tables) > 1 else name or "Table",
            decimal=dialect.decimal,
            delimiter=dialect.delimiter,
            is_one_of_many=len(tables) > 1,
            fields=fields,
            header={"encoding": encoding, "delimiter": dialect.delimiter, "decimal_mark": dialect.decimal},
        )
        readings.append(to_reading(table, heading, origins))
        fields = fields or read_fields(heading.preamble, dialect.delimiter)
    return readings


READER = DelimitedText()
