"""The table of a pool as rows of cells with their places, and columns of cells as numbers or levels.

What cannot be read ends the benchmark, and is named by row and column: a figure of half a pool says nothing.
"""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kiban.readers.experiments.cells import decimal_mark, is_nothing
from kiban.readers.text import decode

_FIRST_LINES = 30
_FEWEST_ROWS = 3
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
_NOT_FINITE = {"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity", "nan"}


@dataclass(frozen=True, kw_only=True)
class PoolTable:
    """The rows of a file, stripped, those without anything left out.

    Parameters
    ----------
    numbers : tuple of int
        Of the lines in which the rows end, from 1.
    decimal : str
        The decimal mark; a comma only where cells are parted by something else.
    """

    path: Path
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    decimal: str

    def without_first(self) -> PoolTable:
        """The rows below the names."""
        return PoolTable(path=self.path, rows=self.rows[1:], numbers=self.numbers[1:], decimal=self.decimal)

    def check(self, names: Sequence[str]) -> None:
        """Refuse names that are no names of columns, and rows that have more or fewer cells, or empty ones."""
        for place, name in enumerate(names):
            if not name:
                raise SystemExit(f"{self.path}: column {place + 1} has no name: name it, or leave it out.")
            if name in names[:place]:
                raise SystemExit(
                    f"{self.path}: columns {names.index(name) + 1} and {place + 1} are both called '{name}'."
                )
        for number, row in zip(self.numbers, self.rows, strict=True):
            if len(row) != len(names):
                raise SystemExit(
                    f"{self.path}, row {number}: {len(names)} values were expected, {len(row)} stand there."
                )
            if "" in row:
                raise SystemExit(f"{self.path}, row {number}: there is no value of '{names[row.index('')]}'.")

    def column(self, place: int) -> tuple[str, ...]:
        """The cells of a column."""
        return tuple(row[place] for row in self.rows)

    def numbers_of(self, place: int, name: str) -> list[float]:
        """A column of numbers."""
        found = []
        for number, cell in zip(self.numbers, self.column(place), strict=True):
            value = number_of(cell, self.decimal)
            if value is None:
                raise SystemExit(f"{self.path}, row {number}: '{name}' is '{cell}', and a finite number was expected.")
            found.append(value)
        return found

    def has_levels(self, place: int, name: str) -> bool:
        """Whether a column holds words. Numbers of which some are missing or not finite are no words."""
        cells = self.column(place)
        wordy = [cell for cell in cells if number_of(cell, self.decimal) is None]
        if wordy and len(wordy) < len(cells) and all(_is_no_value(cell) for cell in wordy):
            self.numbers_of(place, name)
        return bool(wordy)


def read_table(path: Path) -> PoolTable:
    """Read a file of text, its cells parted by commas, semicolons or tabs."""
    text, _ = decode(path.read_bytes())
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    read = [(reader.line_num, tuple(cell.strip() for cell in row)) for row in reader]
    read = [(number, row) for number, row in read if any(row)]
    if len(read) < _FEWEST_ROWS or len(read[0][1]) < 2:
        raise SystemExit(f"{path} is no pool: three rows with an input and a target were expected.")
    decimal = "." if delimiter == "," else decimal_mark(cell for _, row in read for cell in row)
    if decimal == "?":
        raise SystemExit(f"{path}: the comma in its numbers may part thousands or decimals; write decimal points.")
    return PoolTable(
        path=path, rows=tuple(row for _, row in read), numbers=tuple(number for number, _ in read), decimal=decimal
    )


def number_of(cell: str, decimal: str = ".") -> float | None:
    """The finite number of a cell, `None` where it is none."""
    text = unicodedata.normalize("NFKC", cell).replace("−", "-")
    if decimal == ",":
        text = text.replace(",", ".")
    elif _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _is_no_value(cell: str) -> bool:
    return is_nothing(cell) or cell.casefold() in _NOT_FINITE


def _delimiter(text: str) -> str:
    """A tab or semicolon that parts all of the first lines alike, else a comma, which may also be a decimal mark."""
    some = [line for line in text.splitlines() if line.strip()][:_FIRST_LINES]
    for sign in "\t;":
        widths = {len(row) for row in csv.reader(some, delimiter=sign)}
        if len(widths) == 1 and widths != {1}:
            return sign
    return ","
