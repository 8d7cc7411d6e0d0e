"""Tables in which every row has some text: names of samples, formulas, states."""

from __future__ import annotations

from collections.abc import Sequence

from kiban.readers.tables.found_table import Table, ragged
from kiban.readers.tables.number_columns import DATE, MISSING, NUMBER, TEXT
from kiban.readers.tables.text_rows import Row

# Words above columns of names: a row that begins with one heads a table, even if its other cells are numbers.
HEADINGS = frozenset(
    {"sample", "name", "id", "label", "material", "composition", "formula", "element", "alloy", "specimen", "no", "no."}
    | {"#", "試料", "試料名", "サンプル", "名称", "番号", "元素", "組成", "合金"}
)


def mixed_tables(rows: Sequence[Row], name: str) -> list[Table]:
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
        raise ragged(name, row, len(last.cells), stop - start)
