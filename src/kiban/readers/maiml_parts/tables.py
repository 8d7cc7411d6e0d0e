"""Single numbers of a document, as tables: a row for each time something was done, or for each of several things."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.series import Series
from kiban.readers.maiml_parts.names import free_name, name_of, scale_doubt
from kiban.readers.maiml_parts.values import Value, numbers
from kiban.records.reading import Role, Variable

_MOST_COLUMNS = 400


@dataclass(slots=True, kw_only=True)
class Table:
    """Rows of numbers under named columns; which row is which stands in `rows`."""

    rows: list[str]
    variables: list[Variable] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Cell:
    path: tuple[str, ...]
    value: Value
    number: Any

    @property
    def column(self) -> tuple[tuple[str, ...], str]:
        return self.path, (self.value.units or "").strip()


def row_groups(values: tuple[Value, ...]) -> list[Value]:
    """The groups of properties that are rows of one table: two or more beside each other with a number in common."""
    groups = [v for v in values if v.tag == "property" and v.item == "Property" and v.inner]
    keys = [{v.key for v in group.inner if _is_number(v)} for group in groups]
    return groups if len(groups) > 1 and set.intersection(*keys) else []


def _is_number(value: Value) -> bool:
    return value.tag == "property" and value.is_numeric and not value.is_list and len(value.texts) == 1


def of_groups(groups: Sequence[Value], *, file: str) -> Table:
    """One row for each group. Raises DamagedFile where a number is none."""
    cells = [[_Cell(path, v, _number(v, file)) for path, v in _numbers_in(group.inner)] for group in groups]
    return _table([group.local for group in groups], cells)


def of_executions(executions: Sequence[tuple[str, Sequence[tuple[Value, ...]]]], *, file: str) -> Table:
    """One row for each time something was done.

    Parameters
    ----------
    executions : sequence of (str, sequence of values)
        What it is called, and the properties of what went in and what came out.
    """
    cells = [
        [_Cell(path, v, _number(v, file)) for values in parts for path, v in _numbers_in(values)]
        for _, parts in executions
    ]
    return _table([called for called, _ in executions], cells)


def _number(value: Value, file: str) -> Any:
    return numbers(value, file=file).tolist()[0]


def _numbers_in(values: tuple[Value, ...], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Value]]:
    """Every single number with the keys that lead to it; tables inside are left to themselves."""
    inner_rows = {id(group) for group in row_groups(values)} if above else set()
    for value in values:
        if value.tag != "property" or id(value) in inner_rows:
            continue
        path = (*above, value.key)
        if _is_number(value):
            yield path, value
        yield from _numbers_in(value.inner, path)


def _table(rows: list[str], cells: list[list[_Cell]]) -> Table:
    table = Table(rows=rows)
    columns: dict[tuple[tuple[str, ...], str], list[tuple[int, _Cell]]] = {}
    for i, row in enumerate(cells):
        for cell in row:
            places = columns.setdefault(cell.column, [])
            if not places or places[-1][0] != i:
                places.append((i, cell))
    shown = list(columns.items())[:_MOST_COLUMNS]
    short = Counter(name_of(filled[0][1].value).name for _, filled in shown)
    taken: set[str] = set()
    for (path, _), filled in shown:
        value = filled[0][1].value
        named = name_of(value)
        if short[named.name] > 1:
            named = name_of(value, above=path[:-1])
        table.variables.append(
            Variable(
                name=free_name(named.name, taken),
                series=Series(_column(len(rows), filled), named.unit),
                dimensions=("row",),
                role=Role.SIGNAL,
                label=named.label,
                unit_as_written=named.unit_as_written,
            )
        )
        table.doubts += [doubt for doubt in (named.doubt, scale_doubt(value)) if doubt]
    if len(columns) > _MOST_COLUMNS:
        table.doubts.append(f"The first {_MOST_COLUMNS} of {len(columns)} columns are given; all are in the header.")
    return table


def _column(n_rows: int, filled: list[tuple[int, _Cell]]) -> NDArray[Any]:
    """The cells of a column in the type that they share; NaN where a row has none."""
    kinds = {type(cell.number) for _, cell in filled}
    if len(filled) == n_rows and kinds in ({int}, {bool}):
        return np.array([cell.number for _, cell in filled])
    column = np.full(n_rows, np.nan)
    for i, cell in filled:
        column[i] = cell.number
    return column
