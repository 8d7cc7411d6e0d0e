"""Text to rows of cells: which sign parts the columns, which is the decimal mark, which lines are comments.

The signs are chosen by evidence: those under which the most cells of neighbouring lines of equal width are numbers.
A decimal comma is believed only where something rules out commas between thousands.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

from kiban.readers.tables.number_columns import DATE, MISSING, NUMBER, TEXT, kinds_of

BLANKS = " "
"""The delimiter of a table whose columns are set apart by any run of blanks and tabs."""

_SIGNS = ("\t", ";", "|", ",")
_COMMENT = re.compile(r" *(?:#|%|!|//|/?\*|'(?!.*')|'[A-Za-z ]+:|\"#)")
_PLAIN_STARTS = frozenset("0123456789.+")
_NUMBER_FIRST = re.compile(r"\s*-?\d")
"""No comment and no rule begins so."""
_MAX_QUOTED_LINES = 60
_COMMA_NUMBER = re.compile(r"(?<![\d.,])[+-]?\d+,\d+(?![\d,])")
_PERHAPS_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_OPEN_QUOTATION = re.compile(r'(?:^|[,;\t|])\s*"(?:[^"]|"")*$')
_BARRED = re.compile(r"\s*\|.*\|\s*")
_REMARK = re.compile(r"\s#\s")
_RULE = re.compile(r"[\s|:+_=-]*[-_=]{3,}[\s|:+_=-]*")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text writes tables."""

    delimiter: str
    decimal: str = "."


@dataclass(slots=True)
class Row:
    """One line of a text, or one row of a spreadsheet, taken apart."""

    number: int
    """Counted from 1, as editors and spreadsheets do."""
    text: str
    cells: list[str]
    kinds: str
    """One letter for each cell: N, D, M or T."""
    is_comment: bool = False

    @property
    def is_blank(self) -> bool:
        """Nothing in it, or nothing but delimiters."""
        return not self.is_comment and not self.kinds.strip(MISSING)

    @property
    def is_numeric(self) -> bool:
        """Two cells or more, numbers or dates, none of them text."""
        kinds = self.kinds
        return len(kinds) > 1 and TEXT not in kinds and (NUMBER in kinds or DATE in kinds)

    @property
    def n_values(self) -> int:
        """How many cells are numbers or dates."""
        return self.kinds.count(NUMBER) + self.kinds.count(DATE)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a text, without their ends; those inside a quoted cell are part of the line that opens it."""

    texts: Sequence[str]
    numbers: Sequence[int]
    """Of each line, as editors count."""

    def __len__(self) -> int:
        return len(self.texts)

    def part(self, start: int, end: int | None = None) -> Lines:
        """Some of the lines, counted from 0."""
        return Lines(self.texts[start:end], self.numbers[start:end])

    def rows(self, dialect: Dialect) -> list[Row]:
        """Take every line apart."""
        return [make_row(number, line, dialect) for number, line in zip(self.numbers, self.texts, strict=True)]


def logical_lines(text: str) -> Lines:
    """Split a text whose lines end in line feeds."""
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    if '"' not in text:
        return Lines(lines, range(1, len(lines) + 1))
    joined: list[str] = []
    numbers: list[int] = []
    i = 0
    while i < len(lines):
        line, end = lines[i], i + 1
        if '"' in line and line.count('"') % 2 and _OPEN_QUOTATION.search(line) and not is_comment(line):
            end = _closing(lines, i)
            line = "\n".join(lines[i:end])
        joined.append(line)
        numbers.append(i + 1)
        i = end
    return Lines(joined, numbers)


def _closing(lines: Sequence[str], start: int) -> int:
    """Find the line after the one that closes a quotation; a mark that is never closed stands for itself (inches)."""
    for end in range(start + 1, min(start + _MAX_QUOTED_LINES, len(lines))):
        if lines[end].count('"') % 2:
            return end + 1
    return start + 1


def with_plain_line_ends(text: str) -> str:
    """One line feed for each line end, whichever of CR, LF, CRLF and the doubled CRCRLF the file has."""
    if "\r" not in text:
        return text
    return text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")


def split(line: str, delimiter: str) -> list[str]:
    """Take a line apart; cells come trimmed and without their quotation marks."""
    if delimiter == BLANKS:
        if '"' in line:
            return [a or b for a, b in re.findall(r'"([^"]*)"|(\S+)', line)]
        return line.split()
    if delimiter == "|" and _BARRED.fullmatch(line):
        line = line.strip()[1:-1]
    if '"' not in line:
        return [cell.strip() for cell in line.split(delimiter)]
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))]
    except (csv.Error, StopIteration):
        return [cell.strip() for cell in line.split(delimiter)]


def is_comment(line: str) -> bool:
    """Say whether the line begins as comments do: # % ! ' // * /*, or is a rule of dashes."""
    return _COMMENT.match(line) is not None or _RULE.fullmatch(line) is not None


def make_row(number: int, line: str, dialect: Dialect) -> Row:
    """Take one line apart."""
    if line[:1] not in _PLAIN_STARTS and not _NUMBER_FIRST.match(line) and is_comment(line):
        return Row(number, line, [], "", is_comment=True)
    behind = _REMARK.search(line) if dialect.delimiter == BLANKS and "#" in line else None
    cells = split(line[: behind.start()] if behind else line, dialect.delimiter)
    row = Row(number, line, cells, kinds_of(cells, dialect.decimal))
    # A semicolon opens a comment unless it parts columns, the first of which is empty in this row.
    if ";" in line and line.lstrip().startswith(";") and (dialect.delimiter != ";" or not row.is_numeric):
        return Row(number, line, [], "", is_comment=True)
    return row


def choose_dialect(lines: Sequence[str]) -> Dialect | None:
    """Find the delimiter and decimal mark under which most of the lines are rows of numbers.

    Parameters
    ----------
    lines : sequence of str
        Neighbouring lines; a few dozen are enough.

    Returns
    -------
    Dialect or None
        `None` where no two neighbouring lines have numbers in equally many columns.
    """
    candidates = [line for line in lines if _NUMBER_FIRST.match(line) or (line.strip() and not is_comment(line))]
    has_commas = any(_COMMA_NUMBER.search(line) for line in candidates)
    signed = [_best(candidates, sign, has_commas) for sign in _SIGNS if any(sign in line for line in candidates)]
    found = [score for score in signed if score is not None]
    # Of two signs that find about as many numbers the earlier is meant: a comma between tabs is a decimal mark or text.
    most = max((score[0] for score in found), default=0)
    best = next((score for score in found if score[0] >= 0.8 * most), None)
    blanks = _best(candidates, BLANKS, has_commas)
    if best is None or (blanks is not None and blanks[:2] > best[:2]):
        best = blanks
    if best is not None:
        return best[2]
    worded = Dialect(BLANKS)
    return worded if _has_worded_table([make_row(i, line, worded) for i, line in enumerate(candidates)]) else None


def _has_worded_table(rows: Sequence[Row]) -> bool:
    """Words and numbers parted by blanks are a table only below as many names, with three rows or more alike."""
    for i, heading in enumerate(rows[:-3]):
        kinds = rows[i + 1].kinds
        if len(kinds) < 2 or len(heading.cells) != len(kinds) or set(heading.kinds) != {TEXT}:
            continue
        if NUMBER in kinds and all(row.kinds == kinds for row in rows[i + 1 : i + 4]):
            return True
    return False


def _best(lines: Sequence[str], delimiter: str, has_commas: bool) -> tuple[int, float, Dialect] | None:
    """The better decimal mark with this delimiter, with the numbers it finds and their share of the cells."""
    found: tuple[int, float, Dialect] | None = None
    for decimal in _decimal_marks(delimiter, has_commas):
        dialect = Dialect(delimiter, decimal)
        score = _score(lines, dialect)
        if score is not None and (found is None or score > found[:2]):
            found = (*score, dialect)
    return found


def _decimal_marks(delimiter: str, has_commas: bool) -> str:
    """The marks to try; of two that do equally well the first is taken: a semicolon goes with decimal commas."""
    if not has_commas or delimiter == ",":
        return "."
    return ",." if delimiter == ";" else ".,"


def _score(lines: Sequence[str], dialect: Dialect) -> tuple[int, float] | None:
    """Count the numbers in lines that are as wide as a neighbour, and their share of the cells there."""
    rows = [make_row(i, line, dialect) for i, line in enumerate(lines)]
    widths = [len(row.kinds) for row in rows]
    counts = [row.n_values for row in rows]
    # Another row of numbers, or the row that names the columns.
    may_be_beside = [n > 0 or set(row.kinds) == {TEXT} for row, n in zip(rows, counts, strict=True)]
    values = cells = 0
    for i, (row, width, n) in enumerate(zip(rows, widths, counts, strict=True)):
        if width < 2 or not n:
            continue
        if not any(0 <= j < len(rows) and widths[j] == width and may_be_beside[j] for j in (i - 1, i + 1)):
            continue
        if dialect.delimiter == BLANKS and not row.is_numeric:
            continue
        values += n
        cells += width - row.kinds.count(MISSING)
    return (values, values / cells) if values else None


def commas_are_ambiguous(cells: Sequence[str]) -> bool:
    """Say whether the numbers with a comma could as well be thousands: all are like `1,234`, none like `0,12`."""
    with_comma = [cell for cell in cells if "," in cell]
    return bool(with_comma) and all(_PERHAPS_THOUSANDS.fullmatch(cell) for cell in with_comma)
