"""A cycler's table: where it begins, what parts its cells, and its cells column by column."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.battery.columns import name_of
from kiban.readers.tables.text_rows import split

MEND = "Export the test again from the cycler's program, or copy the file again; it is kept as it came."
_DELIMITERS = (",", "\t", ";")
_MOST_LINES_ABOVE = 40


@dataclass(slots=True)
class CyclerTable:
    """Labels and cells of one table of records."""

    labels: list[str]
    columns: list[tuple[str, ...]]
    decimal: str = "."
    lines_above: list[str] = field(default_factory=list)


def find_labels(lines: Sequence[str]) -> tuple[int, str, list[str]] | None:
    """Find the row of names among the first lines.

    Returns
    -------
    (int, str, list of str) or None
        Which line it is, the sign between cells, and the labels; the row with the most labels that cyclers write, of
        which there must be voltage and current.
    """
    best: tuple[int, int, str, list[str]] | None = None
    for n, line in enumerate(lines[:_MOST_LINES_ABOVE]):
        for delimiter in _DELIMITERS:
            if delimiter not in line:
                continue
            labels = [cell.strip() for cell in split(line, delimiter)]
            names = {name_of(label) for label in labels if not _is_number(label)} - {""}
            if {"potential", "current"} <= names and (best is None or len(names) > best[0]):
                best = (len(names), n, delimiter, labels)
    return best[1:] if best is not None else None


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def read_table(lines: Sequence[str], *, file: str) -> CyclerTable:
    """Take the table apart.

    Raises
    ------
    DamagedFile
        If there is no row of names, or a row has another number of cells.
    NothingMeasured
        If no rows follow.
    """
    found = find_labels(lines)
    if found is None:
        raise DamagedFile(f"{file}: a row of names with voltage and current was expected; there is none.", mend=MEND)
    place, delimiter, labels = found
    while labels and not labels[-1]:
        labels.pop()
    body = [(n, line) for n, line in enumerate(lines[place + 1 :], place + 2) if line.strip(" \t,;")]
    if not body:
        raise NothingMeasured(
            f"{file} has column names but no rows.", mend="If points were measured, export them again."
        )
    rows = [_cells(line, delimiter) for _, line in body]
    _check_ends(rows, [number for number, _ in body], len(labels), file=file)
    for (number, _), cells in zip(body, rows, strict=True):
        _fit(cells, len(labels), place=f"{file}, line {number}")
    columns = list(zip(*rows, strict=True))
    return CyclerTable(
        labels, columns, decimal_of(columns, delimiter), [line for line in lines[:place] if line.strip()]
    )


def _cells(line: str, delimiter: str) -> list[str]:
    if '"' not in line:
        if line.split() == [line]:
            return line.split(delimiter)  # not a blank in it: nothing to trim
        return [cell.strip() for cell in line.split(delimiter)]
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]
    except (csv.Error, StopIteration):
        return [cell.strip() for cell in line.split(delimiter)]


def _check_ends(rows: Sequence[list[str]], numbers: Sequence[int], width: int, *, file: str) -> None:
    """Refuse a row that lacks a cell where every row ends in an empty one: that one would fill the gap."""
    usual = min((len(cells) for cells in rows if not cells[-1]), default=0)
    if usual != width or not any(len(cells) > width for cells in rows):
        return
    row, number = next((row, n) for row, n in zip(rows, numbers, strict=True) if len(row) == width and not row[-1])
    if sum(len(cells) > width and not cells[-1] for cells in rows) * 2 > len(rows):
        raise DamagedFile(f"{file}, line {number}: {width} cells were expected, {len(row) - 1} were found.", mend=MEND)


def _fit(cells: list[str], width: int, *, place: str) -> None:
    """Take empty cells beyond the labels away. Raises DamagedFile where the number of cells is another."""
    while len(cells) > width and not cells[-1]:
        cells.pop()
    if len(cells) != width:
        raise DamagedFile(f"{place}: {width} cells were expected, {len(cells)} were found.", mend=MEND)


def decimal_of(columns: Sequence[Sequence[str]], delimiter: str) -> str:
    """Say whether numbers have decimal commas, by the first rows."""
    if delimiter == ",":
        return "."
    some = [cell for column in columns for cell in column[:50]]
    return "," if any("," in cell for cell in some) and not any("." in cell for cell in some) else "."
