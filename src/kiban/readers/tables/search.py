"""Find the tables in rows of cells, whether the rows come from a text or from a spreadsheet.

A table is a run of rows of equal width that are all numbers, with neighbours that fit it; where a file has no such
run, it is a run of rows of equal width in which some columns are numbers throughout. A row of numbers that is wider or
narrower than its neighbours is damage: reading on would shift numbers into other columns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.errors import UnsupportedVariant
from kiban.readers.tables.cross_tables import direction, has_text_corner, steps
from kiban.readers.tables.found_table import RaggedTable, Table, ragged
from kiban.readers.tables.mixed_tables import mixed_tables
from kiban.readers.tables.number_columns import DATE, MISSING, NUMBER, TEXT, to_number
from kiban.readers.tables.text_rows import Row

_SAMPLE = 200
_STATISTIC = re.compile(
    r"\W*(?:mean|average|avg|std|st\.? ?dev|sd|rsd|sum|total|min|max|minimum|maximum|median|count|variance|error"
    r"|平均|標準偏差|合計|最大|最小|中央値)\b.*|.*(?:平均|標準偏差|合計|最大値|最小値)",
    re.IGNORECASE,
)
_LIKE_A_NUMBER = re.compile(r"[+-]?[\d.,]+(?:[eE][+-]?\d*)?[+-]?")


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    width: int


def find_tables(rows: Sequence[Row], *, decimal: str = ".", name: str = "") -> list[Table]:
    """Find all tables.

    Raises
    ------
    RaggedTable
        If a row of numbers inside or beside a table has another width.
    UnsupportedVariant
        If a line can be a heading or a row, and the numbers depend on which.
    """
    spans = _numeric_spans(rows)
    tables = _grown(rows, spans, decimal, name) if spans else mixed_tables(rows, name)
    if not tables:
        single = _single_row(rows)
        tables = [] if single is None else [single]
    return _joined([with_first_row(table, decimal) for table in tables], decimal)


def _numeric_spans(rows: Sequence[Row]) -> list[_Span]:
    """Runs of two or more neighbouring rows of numbers of equal width."""
    spans: list[_Span] = []
    i = 0
    while i < len(rows):
        width = len(rows[i].cells)
        end = i + 1
        if rows[i].is_numeric:
            while end < len(rows) and rows[end].is_numeric and len(rows[end].cells) == width:
                end += 1
            if end - i >= 2 and any(row.n_values > 1 for row in rows[i:end]):
                spans.append(_Span(i, end, width))
        i = end
    return spans


def _grown(rows: Sequence[Row], spans: Sequence[_Span], decimal: str, name: str) -> list[Table]:
    tables: list[Table] = []
    taken = 0
    for span in spans:
        if span.start < taken:
            continue
        growing = _Growing(rows, span, decimal, name)
        start, end = growing.upwards(taken), growing.downwards()
        tables.append(Table(width=span.width, rows=list(rows[start:end]), above=list(rows[taken:start])))
        taken = end
    if tables:
        tables[-1].below = list(rows[taken:])
    return tables


class _Growing:
    """Takes in the neighbours of a run that are rows of the same table, with a text where a number is missing."""

    def __init__(self, rows: Sequence[Row], span: _Span, decimal: str, name: str) -> None:
        self.rows, self.span, self.decimal, self.name = rows, span, decimal, name
        sample = rows[span.start : min(span.end, span.start + _SAMPLE)]
        self.numeric = [j for j in range(span.width) if any(row.kinds[j] in NUMBER + DATE for row in sample)]
        self.is_stepped = direction(first_column(sample, decimal)) != 0 and span.end - span.start >= 10

    def upwards(self, floor: int) -> int:
        start = self.span.start
        while start > floor and self._fits(self.rows[start - 1], above=True):
            start -= 1
        if start > floor:
            self._check_neighbour_above(self.rows[start - 1], start)
        return start

    def downwards(self) -> int:
        end = self.span.end
        while end < len(self.rows):
            row = self.rows[end]
            if row.is_comment or row.is_blank:
                break
            if len(row.cells) == self.span.width:
                if not row.is_numeric and not self._fits(row, above=False):
                    break
            elif self._breaks_off(end):
                break
            end += 1
        return end

    def _fits(self, row: Row, *, above: bool) -> bool:
        if row.is_comment or row.is_blank or len(row.cells) != self.span.width:
            return False
        texts = [j for j in self.numeric if row.kinds[j] == TEXT]
        n_numbers = sum(row.kinds[j] in NUMBER + DATE for j in self.numeric)
        if n_numbers == 0:
            return False
        if not texts:
            return True
        if texts[0] != self.numeric[0]:
            return len(texts) * 2 < len(self.numeric) or len(self.numeric) == 2
        if len(texts) > 1 or _STATISTIC.fullmatch(row.cells[texts[0]]):
            return False
        if above and _is_first_row(row, self.span.width, self.decimal):
            return False
        if len(self.numeric) > 2:
            return True
        return self._first_is_name(row)

    def _first_is_name(self, row: Row) -> bool:
        """Of two columns: is `A1,0.5` beside rows of two numbers a row with a name, or a line `key,value`?"""
        word = row.cells[self.numeric[0]]
        if self.is_stepped or word.endswith((":", "=")) or "=" in word:
            return False
        raise UnsupportedVariant(
            f"{self.name}: line {row.number} ('{row.text.strip()[:60]}') can be a heading or a row of the table.",
            mend="Put a row with the names of the columns above the numbers, and an empty line before it.",
        )

    def _breaks_off(self, end: int) -> bool:
        """Say whether the table ends before a row of another width; damage raises."""
        row = self.rows[end]
        if row.is_numeric:
            width, n = len(row.cells), 1
            while end + n < len(self.rows) and n < 3 and self.rows[end + n].is_numeric:
                if len(self.rows[end + n].cells) != width:
                    break
                n += 1
            if n >= 3 and end - self.span.start >= 3:
                return True
            raise self._ragged(row, end)
        if self._is_row_and_more(row):
            raise self._ragged(row, end)
        shorter = len(row.cells) < self.span.width
        if shorter and (row.kinds[0] in NUMBER + DATE or _LIKE_A_NUMBER.fullmatch(row.cells[0])):
            raise self._ragged(row, end)
        return True

    def _check_neighbour_above(self, row: Row, start: int) -> None:
        if row.is_comment or len(row.cells) == self.span.width or row.is_blank:
            return
        if row.kinds == NUMBER:
            promised = to_number(row.cells[0], self.decimal)
            found = self.span.end - start
            # A lone number above the rows is their count, in several formats; anything else would be a broken row.
            if promised is not None and promised >= found and promised == int(promised):
                return
        elif not row.is_numeric and not self._is_row_and_more(row):
            return
        raise self._ragged(row, start)

    def _is_row_and_more(self, row: Row) -> bool:
        """Say whether the row is complete and has words behind its last number."""
        width = self.span.width
        return len(row.kinds) > width and set(row.kinds[:width]) <= {NUMBER, DATE}

    def _ragged(self, row: Row, index: int) -> RaggedTable:
        return ragged(self.name, row, self.span.width, max(0, index - self.span.start))


def _single_row(rows: Sequence[Row]) -> Table | None:
    """A table of one row counts only with its column names right above it and nothing else below."""
    for i, row in enumerate(rows[1:], start=1):
        above = rows[i - 1]
        if row.is_numeric and set(above.kinds) == {TEXT} and not above.cells[0].endswith((":", "=")):
            below = rows[i + 1 :]
            if len(above.cells) == len(row.cells) > 1 and not any(r.cells and not r.is_blank for r in below):
                return Table(width=len(row.cells), rows=[row], above=list(rows[:i]), below=list(below))
    return None


def first_column(rows: Sequence[Row], decimal: str) -> NDArray[np.float64]:
    """The numbers of the first column, NaN where there is none."""
    numbers = [to_number(row.cells[0], decimal) for row in rows]
    return np.array([np.nan if n is None else n for n in numbers], dtype=np.float64)


def _is_first_row(row: Row, width: int, decimal: str) -> bool:
    return has_text_corner(row, width) and steps(row, 1, decimal)


def with_first_row(table: Table, decimal: str) -> Table:
    """Set the first row of a cross table apart: the values that belong to the columns, not to a row.

    It is told by its corner (empty, or the only text in a row of numbers right above the table) and by rising or
    falling throughout, while every row below begins with a number. The corner may be several columns wide.
    """
    first = table.rows[0] if table.rows else None
    if first is None or table.n_rows < 2 or table.width < 3:
        return table
    n_empty = len(first.kinds) - len(first.kinds.lstrip(MISSING))
    body = table.rows[1:]
    if n_empty and all(set(row.kinds[:n_empty]) == {NUMBER} for row in body) and steps(first, n_empty, decimal):
        table.first_row, table.n_corner, table.rows = first, n_empty, body
    elif all(row.kinds[0] == NUMBER for row in table.rows) and table.above:
        table.first_row = table.above.pop() if _is_first_row(table.above[-1], table.width, decimal) else None
    return table


def _joined(tables: list[Table], decimal: str) -> list[Table]:
    """Join tables that only an empty line or one comment parts, unless the second starts over where the first began."""
    out: list[Table] = []
    for table in tables:
        if out and _continues(out[-1], table, decimal):
            out[-1].rows += table.rows
            out[-1].below = table.below
        else:
            out.append(table)
    return out


def _continues(one: Table, other: Table, decimal: str) -> bool:
    between = other.above
    n_comments = sum(row.is_comment for row in between)
    if one.width != other.width or n_comments > 1 or not between or one.first_row or other.first_row:
        return False
    if any(row.cells and not row.is_blank for row in between):
        return False
    here, there = first_column(one.rows, decimal), first_column(other.rows, decimal)
    both = np.concatenate([here[-1:], there])
    if direction(here) and direction(there):
        return direction(here) == direction(both)
    return len(between) - n_comments < 2
