"""Columns of a potentiostat's table as variables along frequency or time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.quantity.series import Series
from kiban.readers.tables.column_headers import ColumnHeader
from kiban.readers.tables.number_columns import is_missing, read_numbers
from kiban.records.reading import Json, Role, Variable

MEND = "Export the measurement again, or copy the file again; it is kept as it came."
POINT = "point"


@dataclass(slots=True)
class MeasuredColumns:
    """The variables of one table, and what of it is no variable."""

    variables: tuple[Variable, ...]
    about: dict[str, Json] = field(default_factory=dict)
    """`text_columns`: words or flags as pairs of the row from which on they hold and the text; `empty_columns`."""


def measured_columns(
    headers: Sequence[ColumnHeader],
    columns: Sequence[Sequence[str]],
    *,
    place: str,
    decimal: str = ".",
    texts: Collection[str] = (),
    axes: Sequence[str] = ("frequency", "time"),
    auxiliary: Collection[str] = (),
    first: Sequence[str] = (),
) -> MeasuredColumns:
    """Make variables of columns.

    Parameters
    ----------
    headers : sequence of ColumnHeader
        Their names, no two of which are alike.
    texts : collection of str
        Names of columns that hold flags or words: they go into `text_columns`.
    axes : sequence of str
        Names of columns against which the others are drawn; the first of them that is there is taken.
    auxiliary, first : collection and sequence of str
        Names of columns that only came along, and of those that are drawn first.

    Raises
    ------
    DamagedFile
        If a cell is no number where one is expected, or the axis has a gap.
    """
    words: dict[str, Json] = {}
    empty: list[Json] = []
    variables: list[Variable] = []
    for header, cells in zip(headers, columns, strict=True):
        if all(is_missing(cell) for cell in cells):
            empty.append(header.label)
        elif header.name in texts:
            words[header.label] = changes(cells)
        else:
            role = Role.AUXILIARY if header.name in auxiliary else Role.SIGNAL
            variables.append(variable(header, numbers(cells, decimal, label=header.label, place=place), role))
    about: dict[str, Json] = {}
    if words:
        about["text_columns"] = words
    if empty:
        about["empty_columns"] = empty
    return MeasuredColumns(tuple(along(variables, axes, first, place=place)), about)


def variable(header: ColumnHeader, values: NDArray[np.float64], role: Role = Role.SIGNAL) -> Variable:
    """One column whose points are only numbered."""
    return Variable(
        name=header.name,
        series=Series(values, header.unit),
        dimensions=(POINT,),
        role=role,
        label=header.label,
        unit_as_written=header.unit_as_written,
    )


def numbers(cells: Sequence[str], decimal: str, *, label: str, place: str) -> NDArray[np.float64]:
    """Read a column of numbers, NaN where one is missing. Raises DamagedFile for any other text."""
    column = read_numbers(cells, decimal)
    if column.texts:
        row = next(i for i, cell in enumerate(cells, 1) if cell.strip() in column.texts)
        raise DamagedFile(
            f"{place}: a number was expected in row {row} of column '{label}', '{cells[row - 1][:30]}' was found.",
            mend=MEND,
        )
    return column.values


def changes(cells: Sequence[str]) -> Json:
    """A column of words: the text where all are the same, else each text with the row (from 0) where it begins."""
    found: list[Json] = []
    previous: str | None = None
    for row, cell in enumerate(cells):
        if cell != previous:
            found.append([row, cell])
        previous = cell
    return cells[0] if len(found) == 1 else found


def along(variables: Sequence[Variable], axes: Sequence[str], first: Sequence[str], *, place: str) -> list[Variable]:
    """Draw all against the axis, and put it first, then those named. Raises DamagedFile where the axis has a gap."""
    axis = next((v for name in axes for v in variables if v.name == name), None)
    if axis is None:
        return list(variables)
    values = axis.series.values
    if not bool(np.all(np.isfinite(values))):
        row = int(np.flatnonzero(~np.isfinite(values))[0]) + 1
        raise DamagedFile(f"{place}: a number was expected in row {row} of column '{axis.label}'.", mend=MEND)
    order = {name: rank for rank, name in enumerate((axis.name, *first))}
    drawn = [
        replace(v, dimensions=(axis.name,), role=Role.AXIS if v is axis else v.role, series=v.series) for v in variables
    ]
    return sorted(drawn, key=lambda v: order.get(v.name, len(order) + (v.role is Role.AUXILIARY)))
