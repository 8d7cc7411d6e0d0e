"""The variables of a Reading as flat tables: one for each set of dimensions, one row for each point.

A variable of several dimensions is written point by point, with a column for each of its dimensions: the coordinate
there, where the dimension has an axis of its name, else the number of the point along it, counted from 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.series import Uncertainties
from kiban.quantity.uncertainty import Kind
from kiban.records.measurement import Analysis
from kiban.records.reading import Reading, Variable
from kiban.standards.xsd_numbers import number_texts

_PREFIXES = {Kind.STANDARD: "u", Kind.EXPANDED: "expanded_u", Kind.RESOLUTION: "resolution_of"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """One column of a table."""

    name: str
    title: str
    """What stands in the first row: the name with its unit."""
    unit: str
    variable: Variable | None
    """Whose numbers they are, or whose uncertainties; `None` for the number of a point."""
    part: str = ""
    """Empty for the numbers themselves; `real`, `imaginary`, `uncertainty`, `coordinate`, `index`."""
    doubt: Uncertainties | None = None
    values: NDArray[Any]
    """Shape (n_rows,); (1,) where all rows have the same, and the column is not written."""

    @property
    def is_virtual(self) -> bool:
        """The column stands in the metadata alone: all its cells are alike."""
        return self.part == "uncertainty" and self.doubt is not None and self.doubt.values.size == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The variables of one set of dimensions."""

    name: str
    dimensions: tuple[str, ...]
    columns: tuple[Column, ...]
    n_rows: int


def tables(reading: Reading) -> list[Table]:
    """All tables of a Reading, the one of its first variable first."""
    by_dimensions: dict[tuple[str, ...], list[Variable]] = {}
    for variable in reading.variables:
        by_dimensions.setdefault(variable.dimensions, []).append(variable)
    axes = {v.name: v for v in reading.variables if v.dimensions == (v.name,)}
    taken: set[str] = set()
    return [
        _table(_file_name(dimensions, taken), dimensions, members, axes)
        for dimensions, members in by_dimensions.items()
    ]


def _file_name(dimensions: tuple[str, ...], taken: set[str]) -> str:
    plain = ["".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in name) for name in dimensions]
    wanted = "_by_".join(part or "_" for part in plain)[:80] or "single_values"
    return _free(wanted, taken)


def _free(wanted: str, taken: set[str]) -> str:
    # Some file systems take A and a for the same.
    name, number = wanted, 2
    while name.casefold() in taken:
        name, number = f"{wanted}_{number}", number + 1
    taken.add(name.casefold())
    return name


def _table(name: str, dimensions: tuple[str, ...], members: Sequence[Variable], axes: dict[str, Variable]) -> Table:
    shape = members[0].series.shape
    n_rows = int(np.prod(shape)) if shape else 1
    taken = {variable.name.casefold() for variable in members}
    columns: list[Column] = []
    if len(dimensions) > 1:
        columns += _keys(dimensions, shape, axes, taken)
    virtual: list[Column] = []
    for variable in members:
        columns += _values(variable, taken)
        if (doubt := variable.series.uncertainty) is not None:
            made = _uncertainty(variable, doubt, taken)
            (virtual if made.is_virtual else columns).append(made)
    # Virtual columns come last: the standard wants it so.
    return Table(name=name, dimensions=dimensions, columns=(*columns, *virtual), n_rows=n_rows)


def _keys(
    dimensions: tuple[str, ...], shape: tuple[int, ...], axes: dict[str, Variable], taken: set[str]
) -> Iterator[Column]:
    for i, (dimension, length) in enumerate(zip(dimensions, shape, strict=True)):
        variable = axes.get(dimension)
        along = variable.series.values if variable is not None else np.arange(length)
        repeated = np.broadcast_to(along.reshape([-1 if j == i else 1 for j in range(len(shape))]), shape).reshape(-1)
        if variable is not None and along.dtype.kind != "c":
            name = _free(variable.name, taken)
            unit = variable.series.unit
            yield Column(
                name=name, title=_title(name, unit), unit=unit, variable=variable, part="coordinate", values=repeated
            )
        else:
            index = np.broadcast_to(
                np.arange(length).reshape([-1 if j == i else 1 for j in range(len(shape))]), shape
            ).reshape(-1)
            name = _free(f"point_{i + 1}", taken)
            yield Column(name=name, title=name, unit="", variable=None, part="index", values=index)


def _values(variable: Variable, taken: set[str]) -> Iterator[Column]:
    flat, unit = variable.series.values.reshape(-1), variable.series.unit
    if flat.dtype.kind != "c":
        yield Column(name=variable.name, title=_title(variable.name, unit), unit=unit, variable=variable, values=flat)
        return
    for part, values in (("real", flat.real), ("imaginary", flat.imag)):
        name = _free(f"{variable.name}_{part}", taken)
        yield Column(name=name, title=_title(name, unit), unit=unit, variable=variable, part=part, values=values)


def _uncertainty(variable: Variable, doubt: Uncertainties, taken: set[str]) -> Column:
    name = _free(f"{_PREFIXES[doubt.kind]}_{variable.name}", taken)
    unit = variable.series.unit
    return Column(
        name=name,
        title=_title(name, unit),
        unit=unit,
        variable=variable,
        part="uncertainty",
        doubt=doubt,
        values=doubt.values.reshape(-1),
    )


def _title(name: str, unit: str) -> str:
    return f"{name} [{unit}]" if unit else name


def written(table: Table) -> bytes:
    """The table as RFC 4180 has it: UTF-8, commas, CR LF, one row of titles."""
    shown = [column for column in table.columns if not column.is_virtual]
    lines = [",".join(_quoted(column.title) for column in shown)]
    lines += map(",".join, zip(*(number_texts(column.values) for column in shown), strict=True))
    return ("\r\n".join(lines) + "\r\n").encode()


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n') else text


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisTable:
    """What an analysis found, as a table."""

    name: str
    analysis: str
    columns: tuple[tuple[str, str, str, str], ...]
    """Of each: name, title, unit, data type."""
    content: bytes


def analysis_tables(analyses: Sequence[Analysis], others: Sequence[Table]) -> list[AnalysisTable]:
    """The tables of all analyses that found something. A cell that is not known is empty."""
    taken = {table.name.casefold() for table in others}
    found = []
    for analysis in analyses:
        if not analysis.rows:
            continue
        columns = []
        for i, (name, unit) in enumerate(zip(analysis.columns, analysis.units, strict=True)):
            columns.append((name, _title(name, unit), unit, _cell_type([row[i] for row in analysis.rows])))
        lines = [",".join(_quoted(title) for _, title, _, _ in columns)]
        lines += [",".join(map(_cell, row)) for row in analysis.rows]
        found.append(
            AnalysisTable(
                name=_free(f"analysis_{analysis.name}", taken),
                analysis=f"{analysis.name}/{analysis.version}",
                columns=tuple(columns),
                content=("\r\n".join(lines) + "\r\n").encode(),
            )
        )
    return found


def _cell_type(cells: Sequence[Any]) -> str:
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {bool}:
        return "boolean"
    if kinds <= {int, float} and kinds:
        return "integer" if kinds == {int} else "double"
    return "string"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _quoted(str(value))


def number_text(value: Any) -> str:
    """One number in the words of XML Schema."""
    return next(iter(number_texts(np.asarray(value).reshape(1))))
