"""Find the tables in rows of cells, whether the rows come from a text or from a spreadsheet.

A table is a run of rows of equal width that are all numbers, with neighbours that fit it; where a file has no such
run, it is a run of rows of equal width in which some columns are numbers throughout. A row of numbers that is wider or
narrower than its neighbours is damage: reading on would shift numbers into other columns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.readers.cross_tables import direction, has_text_corner, steps
from kiban.readers.number_columns import DATE, MISSING, NUMBER, TEXT, to_number
from kiban.readers.text_rows import Row

_SAMPLE = 200
_STATISTIC = re.compile(
    r"\W*(?:mean|average|avg|std|st\.? ?dev|sd|rsd|sum|total|min|max|minimum|maximum|median|count|variance|error"
    r"|平均|標準偏差|合計|最大|最小|中央値)\b.*|.*(?:平均|標準偏差|合計|最大値|最小値)",
    re.IGNORECASE,
)
# Words above columns of names: a row that begins with one heads a table, even if its other cells are numbers.
HEADINGS = frozenset(
    {"sample", "name", "id", "label", "material", "composition", "formula", "element", "alloy", "specimen", "no", "no."}
    | {"#", "試料", "試料名", "サンプル", "名称", "番号", "元素", "組成", "合金"}
)
_LIKE_A_NUMBER = re.compile(r"[+-]?[\d.,]+(?:[eE][+-]?\d*)?[+-]?")


class RaggedTable(DamagedFile):
    """A row has more or fewer columns than its neighbours."""

    def __init__(self, fault: str, *, mend: str, n_rows_before: int) -> None:
        super().__init__(fault, mend=mend)
        self.n_rows_before = n_rows_before
        """How many sound rows of the table stand before it."""


def _ragged(name: str, row: Row, width: int, n_rows_before: int) -> RaggedTable:
    found = len(row.cells)
    return RaggedTable(
        f"{name}: line {row.number} has {found} column{'s' if found > 1 else ''}, its neighbours have {width}.",
        mend="Export the table again, or copy it again if it was cut while it was copied. It is kept as it came.",
        n_rows_before=n_rows_before,
    )


@dataclass(slots=True)
class Table:
    """One table, and what stands above it."""

    width: int
    rows: list[Row] = field(default_factory=list)
    """Its rows of data; only the first of them where `matrix` has all."""
    above: list[Row] = field(default_factory=list)
    """All since the table before, comments and column names included."""
    below: list[Row] = field(default_factory=list)
    """What follows the last table of a file."""
    first_row: Row | None = None
    """Of a cross table: the values along the columns, the first cell being the corner."""
    n_corner: int = 1
    """Of a cross table: how many columns belong to the rows."""
    matrix: NDArray[np.float64] | None = None

    @property
    def n_rows(self) -> int:
        """How many rows of data."""
        return len(self.rows) if self.matrix is None else len(self.matrix)


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
    tables = _grown(rows, spans, decimal, name) if spans else _mixed_tables(rows, name)
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
        return _ragged(self.name, row, self.span.width, max(0, index - self.span.start))


def _mixed_tables(rows: Sequence[Row], name: str) -> list[Table]:
    """Tables in which every row has some text: runs of equal width with columns that are numbers nearly throughout."""
    tables: list[Table] = []
    taken = i = 0
    while i < len(rows):
        width = len(rows[i].cells)
        end = i + 1
        if width < 2 or rows[i].is_comment:
            i = end
            continue
        while end < len(rows) and len(rows[end].cells) == width and not rows[end].is_blank:
            end += 1
        for start, stop in _mixed_parts(rows, i, end):
            _check_row_below(rows, start, stop, name)
            tables.append(Table(width=width, rows=list(rows[start:stop]), above=list(rows[taken:start])))
            taken = stop
        i = end
    if tables:
        tables[-1].below = list(rows[taken:])
    return tables


def _mixed_parts(rows: Sequence[Row], start: int, end: int) -> list[tuple[int, int]]:
    body = next((i for i in range(start, end) if rows[i].n_values), end)
    if end - body < 2:
        return []
    width = len(rows[body].cells)
    if body == start and any(cell.lower() in HEADINGS for cell in rows[body].cells):
        body += 1  # "Sample,2019,2020": numbers that name columns
    share = 0.9 if width == 2 else 0.75
    numeric = [j for j in range(width) if _share(rows[body:end], j, NUMBER + DATE) >= share]
    n_filled = sum(any(row.kinds[j] != MISSING for row in rows[body:end]) for j in range(width))
    if n_filled < 2 or not any(_share(rows[body:end], j, NUMBER) >= share for j in numeric):
        return []
    # Rows of words whose numbers are all missing look like names; but names come once, and stand on top.
    while body - 1 > start and all(rows[body - 1].kinds[j] == MISSING for j in numeric):
        body -= 1
    parts: list[tuple[int, int]] = []
    first: int | None = None
    for i in range(body, end + 1):
        is_heading = i == end or (
            all(rows[i].kinds[j] in TEXT + MISSING for j in numeric) and TEXT in (rows[i].kinds[j] for j in numeric)
        )
        if is_heading and first is not None:
            parts.append((first, i))
            first = None
        elif not is_heading and first is None:
            first = i
    has_heading = body > start
    return parts if width > 2 or (has_heading and body - start <= 3) or end - body >= 3 else []


def _share(rows: Sequence[Row], column: int, kinds: str) -> float:
    """The share of such cells among those that are there; headings repeated between the rows count against it."""
    present = [row.kinds[column] for row in rows if row.kinds[column] != MISSING]
    return sum(kind in kinds for kind in present) / len(present) if present else 0.0


def _check_row_below(rows: Sequence[Row], start: int, stop: int, name: str) -> None:
    if stop >= len(rows) or rows[stop].is_blank or rows[stop].is_comment:
        return
    row, last = rows[stop], rows[stop - 1]
    if len(row.cells) != len(last.cells) and (row.kinds[0] == last.kinds[0] != TEXT or stop == len(rows) - 1):
        raise _ragged(name, row, len(last.cells), stop - start)


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
