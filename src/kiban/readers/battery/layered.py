"""Neware's layered report: rows of cycles, steps and records under one another, each kind with its own row of names.

Which kind a row is, is told by how many empty cells stand before it. Newer versions write the first step of a cycle
into the row of the cycle, behind its cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.battery.columns import name_of
from kiban.readers.battery.rows import MEND, CyclerTable, decimal_of
from kiban.readers.tables.text_rows import split

_FIRST_NAMES = ("cycle_number", "step_index", "data_point")
_MOST_LINES_ABOVE = 20


@dataclass(slots=True)
class Layers:
    """The three rows of names."""

    delimiter: str
    indents: tuple[int, int, int]
    labels: tuple[list[str], list[str], list[str]]
    first_line: int
    """The number of the first line below them, counted from 0."""


@dataclass(slots=True)
class _Flat:
    """Records with the cycle and step they belong to."""

    rows: list[list[str]] = field(default_factory=list)
    cycles: list[list[str]] = field(default_factory=list)
    steps: list[list[str]] = field(default_factory=list)


def find_layers(lines: Sequence[str]) -> Layers | None:
    """Find the three rows of names; `None` where the first lines are not built so."""
    for delimiter in ("\t", ","):
        found: list[tuple[int, list[str]]] = []
        for n, line in enumerate(lines[:_MOST_LINES_ABOVE]):
            cells = [cell.strip() for cell in split(line, delimiter)]
            indent = _indent(cells)
            if indent == len(cells):
                continue
            labels = _trimmed(cells[indent:])
            wanted = _FIRST_NAMES[len(found)]
            deeper = not found or indent > found[-1][0]
            if name_of(labels[0]) == wanted and deeper and len(labels) > 1:
                found.append((indent, labels))
            elif found:
                break
            if len(found) == 3:
                (i, first), (j, second), (k, third) = found
                return Layers(delimiter, (i, j, k), (first, second, third), n + 1)
    return None


def flatten(lines: Sequence[str], layers: Layers, *, file: str) -> tuple[CyclerTable, dict[str, list[list[str]]]]:
    """Make one table of the records, with the number of the cycle and the number and kind of the step in each row.

    Returns
    -------
    (CyclerTable, dict)
        The table, and the rows of the cycles and of the steps with their names.

    Raises
    ------
    DamagedFile
        If a row is of none of the three kinds, stands before its cycle or step, or has too many cells.
    NothingMeasured
        If there are no records.
    """
    flat = _Flat()
    kind_at = next((n for n, label in enumerate(layers.labels[1]) if name_of(label) == "step_type"), None)
    for number, line in enumerate(lines[layers.first_line :], layers.first_line + 1):
        if line.strip(" \t,"):
            _place(line, layers, kind_at, flat, place=f"{file}, line {number}")
    if not flat.rows:
        raise NothingMeasured(
            f"{file} has no records.", mend="If points were measured, export them again with records."
        )
    labels = ["Cycle ID", "Step ID", *(["Step Type"] if kind_at is not None else []), *layers.labels[2]]
    columns = list(zip(*flat.rows, strict=True))
    above = list(lines[: layers.first_line])
    table = CyclerTable(labels, columns, decimal_of(columns, layers.delimiter), above)
    return table, {"cycles": [layers.labels[0], *flat.cycles], "steps": [layers.labels[1], *flat.steps]}


def _place(line: str, layers: Layers, kind_at: int | None, flat: _Flat, *, place: str) -> None:
    cells = [cell.strip() for cell in split(line, layers.delimiter)]
    indent = _indent(cells)
    if indent not in layers.indents:
        raise DamagedFile(f"{place}: no cycle, step or record is indented by {indent}, as this row is.", mend=MEND)
    layer = layers.indents.index(indent)
    cells = _trimmed(cells[indent:])
    n_cycle = len(layers.labels[0])
    if layer == 0 and len(cells) > n_cycle and cells[n_cycle].isdecimal():
        flat.steps.append(_filled(cells[n_cycle:], len(layers.labels[1]), place))
        cells = cells[:n_cycle]
    cells = _filled(cells, len(layers.labels[layer]), place)
    if layer == 0:
        flat.cycles.append(cells)
    elif layer == 1:
        flat.steps.append(cells)
    elif not flat.cycles or not flat.steps:
        raise DamagedFile(f"{place}: a record stands before its cycle and step.", mend=MEND)
    else:
        step = flat.steps[-1]
        flat.rows.append([flat.cycles[-1][0], step[0], *([step[kind_at]] if kind_at is not None else []), *cells])


def _filled(cells: list[str], width: int, place: str) -> list[str]:
    if len(cells) > width:
        raise DamagedFile(f"{place}: {width} cells were expected, {len(cells)} were found.", mend=MEND)
    return cells + [""] * (width - len(cells))


def _indent(cells: Sequence[str]) -> int:
    return next((n for n, cell in enumerate(cells) if cell), len(cells))


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells
