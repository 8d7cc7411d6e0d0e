"""A table that was found, as a Reading: variables with names and units, and everything else of it in the header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Distribution, Origin
from kiban.readers.tables import date_columns
from kiban.readers.tables import technique as table_technique
from kiban.readers.tables.column_headers import ColumnHeader
from kiban.readers.tables.cross_tables import direction
from kiban.readers.tables.found_table import Table
from kiban.readers.tables.headers import Heading
from kiban.readers.tables.number_columns import (
    NUMBER,
    common_unit_text,
    is_missing,
    plain_numbers,
    read_numbers,
    to_number,
)
from kiban.readers.tables.text_rows import Row
from kiban.readers.words import header_fields
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

MOST_TEXT_CELLS = 100_000
_MOST_CATEGORIES = 10_000
_INDEX = frozenset({"", "index", "no", "number", "n", "line", "point", "row", "column_1", "id", "test_id", "record"})
_STANDARD_UNCERTAINTY = re.compile(
    r"\b(?:esd|e\.s\.d|s\.?u|std\.? ?err(?:or)?|standard (?:error|uncertainty)|sigma|σ|標準不確かさ)\b|^σ",
    re.IGNORECASE,
)


@dataclass(slots=True, kw_only=True)
class Origins:
    """Where a table comes from."""

    title: str
    decimal: str = "."
    delimiter: str = ","
    is_one_of_many: bool = False
    """Then a word that all rows share goes into the title, to tell the tables apart."""
    fields: dict[str, Json] = field(default_factory=dict)
    """What lines above an earlier table of the file say: it holds for this one where it says nothing itself."""
    header: dict[str, Json] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Found:
    """What is collected while the columns are read."""

    variables: list[Variable] = field(default_factory=list)
    texts: dict[str, Json] = field(default_factory=dict)
    times: dict[str, Json] = field(default_factory=dict)
    categories: dict[str, Json] = field(default_factory=dict)
    empty: list[Json] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    started_at: datetime | None = None


def has_numbers(table: Table) -> bool:
    """Say whether any column holds numbers (dates alone make no table)."""
    return table.matrix is not None or any("N" in row.kinds for row in table.rows)


def to_reading(table: Table, heading: Heading, origins: Origins) -> Reading:
    """Make the Reading of one table."""
    found = _Found()
    if table.first_row is not None:
        _read_cross(table, table.first_row, heading, origins.decimal, found)
    elif table.matrix is not None:
        for j, column in enumerate(heading.columns):
            found.variables.append(_variable(column, table.matrix[:, j]))
    else:
        _read_columns(table, heading, origins.decimal, found)
    variables = found.variables if table.first_row is not None else _with_roles(_with_uncertainties(found.variables))
    fields = header_fields.read_fields(heading.preamble, origins.delimiter)
    technique = table_technique.infer(variables, " ".join(row.text for row in heading.preamble))
    doubts = [*origins.doubts, *heading.doubts, *found.doubts]
    n_apart = _n_rows_apart(table)
    if n_apart:
        rows = "1 row" if n_apart == 1 else f"{n_apart} rows"
        doubts.append(
            f"{rows} of numbers below the table stand apart from it, behind other lines; they are in the header as "
            "written, not among the values."
        )
    if technique != "table":
        doubts.append("The technique was inferred from the names of the columns; the file does not state it.")
    return Reading(
        technique=technique,
        title=header_fields.title(fields) or _title(origins, found.texts),
        variables=tuple(variables),
        header=origins.header | _header(table, heading, fields, found),
        metadata=_metadata(heading),
        sample_name=header_fields.sample_name(fields) or header_fields.sample_name(origins.fields),
        operator=header_fields.operator(fields) or header_fields.operator(origins.fields),
        started_at=found.started_at or header_fields.started_at(fields) or header_fields.started_at(origins.fields),
        doubts=tuple(doubts),
    )


def _n_rows_apart(table: Table) -> int:
    """How many lines after the table look like rows of it: numbers wherever its first row has numbers."""
    if table.first_row is not None or not table.rows:
        return 0
    numeric = [j for j, kind in enumerate(table.rows[0].kinds) if kind == NUMBER]
    if len(numeric) < 2:
        return 0
    return sum(
        not row.is_comment and len(row.cells) == table.width and all(row.kinds[j] == NUMBER for j in numeric)
        for row in table.below
    )


def _title(origins: Origins, texts: dict[str, Json]) -> str:
    first_two = [cells for cells in list(texts.values())[:2] if isinstance(cells, list)]
    shared = [cells[0] for cells in first_two if len(set(map(str, cells))) == 1]
    return f"{origins.title}: {shared[0]}" if origins.is_one_of_many and shared else origins.title


def _header(table: Table, heading: Heading, fields: dict[str, Json], found: _Found) -> dict[str, Json]:
    header: dict[str, Json] = {
        "lines_above": [row.text for row in heading.preamble if row.text.strip()],
        "fields": fields,
        "columns": [column.label for column in heading.columns],
    }
    below: list[Json] = [row.text for row in table.below if row.text.strip()]
    more: dict[str, Json] = {
        "lines_below": below,
        "text_columns": found.texts,
        "time_columns": found.times,
        "categories": found.categories,
        "empty_columns": found.empty,
    }
    return header | {key: value for key, value in more.items() if value}


def _metadata(heading: Heading) -> dict[str, MetadataValue]:
    references = {column.reference for column in heading.columns if column.reference}
    return {"reference_electrode": references.pop()} if len(references) == 1 else {}


def _variable(column: ColumnHeader, values: NDArray[np.float64]) -> Variable:
    return Variable(
        name=column.name,
        series=Series(values, column.unit),
        dimensions=("row",),
        label=column.label,
        unit_as_written=column.unit_as_written,
    )


def _read_columns(table: Table, heading: Heading, decimal: str, found: _Found) -> None:
    columns = list(zip(*(row.cells for row in table.rows), strict=True))
    skip: set[int] = set()
    for j, header in enumerate(heading.columns):
        if j in skip:
            continue
        cells = columns[j]
        following = columns[j + 1] if j + 1 < len(columns) else None
        if following is not None and _are_date_and_time(cells, following):
            cells = tuple(f"{a} {b}".strip() for a, b in zip(cells, following, strict=True))
            skip.add(j + 1)
        _read_column(header, cells, decimal, found, n_cells=table.n_rows * table.width)


def _are_date_and_time(dates: Sequence[str], times: Sequence[str]) -> bool:
    one, other = next(filter(None, dates), ""), next(filter(None, times), "")
    if ":" in one or "時" in one or not date_columns.looks_like(one) or ":" not in other:
        return False
    return all((":" in b and date_columns.looks_like(a)) or not (a or b) for a, b in zip(dates, times, strict=True))


def _read_column(header: ColumnHeader, cells: Sequence[str], decimal: str, found: _Found, *, n_cells: int) -> None:
    plain = plain_numbers(cells) if decimal == "." else None
    if plain is not None and not bool(np.isnan(plain).all()):
        found.variables.append(_variable(header, plain))
        return
    present = [cell for cell in cells if not is_missing(cell)]
    if not present:
        # Text such as "none" or "-" is kept; a column with nothing in it is only named.
        if any(cells):
            found.texts[header.label or header.name] = list(cells)
        elif header.label:
            found.empty.append(header.label)
        return
    n_numbers = sum(to_number(cell, decimal) is not None for cell in present)
    if 2 * n_numbers > len(present):
        _add_numbers(header, cells, decimal, found)
    elif not (_add_dates(header, cells, found) or _add_with_unit(header, cells, decimal, found)):
        _add_texts(header, cells, found, n_cells)


def _add_numbers(header: ColumnHeader, cells: Sequence[str], decimal: str, found: _Found) -> None:
    column = read_numbers(cells, decimal)
    found.variables.append(_variable(header, column.values))
    if column.texts:
        n, some = sum(column.texts.values()), ", ".join(f"'{text[:30]}'" for text in list(column.texts)[:5])
        found.texts[header.label or header.name] = list(cells)
        found.doubts.append(
            f"Column '{header.label or header.name}' has {n} text{'s' if n > 1 else ''} among its numbers ({some}); "
            "they are missing values here and stand in the header as written."
        )


def _add_dates(header: ColumnHeader, cells: Sequence[str], found: _Found) -> bool:
    if not any(date_columns.looks_like(cell) for cell in cells):
        return False
    column = date_columns.read_dates(["" if is_missing(cell) else cell for cell in cells])
    if column is None:
        found.doubts.append(
            f"Column '{header.label or header.name}' holds dates in which day and month cannot be told apart, or not "
            "all of one kind; it is kept as text."
        )
        return False
    found.variables.append(_variable(replace(header, unit="s", unit_as_written=""), column.seconds))
    found.times[header.label or header.name] = next(cell for cell in cells if not is_missing(cell))
    if found.started_at is None:
        found.started_at = column.started_at
    return True


def _add_with_unit(header: ColumnHeader, cells: Sequence[str], decimal: str, found: _Found) -> bool:
    """A column in which the unit stands behind every number."""
    written = common_unit_text(cells, decimal)
    unit = read_unit(written) if written else None
    if written is None or unit is None or header.unit:
        return False
    bare = [cell.strip().removesuffix(written).strip() for cell in cells]
    column = read_numbers(bare, decimal)
    found.variables.append(_variable(replace(header, unit=unit, unit_as_written=written), column.values))
    return True


def _add_texts(header: ColumnHeader, cells: Sequence[str], found: _Found, n_cells: int) -> None:
    """Keep a column of words: as written where the table is small, else as numbered categories."""
    name = header.label or header.name
    if n_cells <= MOST_TEXT_CELLS:
        found.texts[name] = list(cells)
        return
    distinct = list(dict.fromkeys(cells))
    if len(distinct) > _MOST_CATEGORIES:
        found.doubts.append(f"Column '{name}' has {len(distinct)} different texts and is not kept row by row.")
        return
    codes = {text: i for i, text in enumerate(distinct)}
    found.categories[name] = list(distinct)
    values = np.array([codes[cell] for cell in cells], dtype=np.int64)
    found.variables.append(
        Variable(name=header.name, series=Series(values), dimensions=("row",), role=Role.AUXILIARY, label=header.label)
    )


def _read_cross(table: Table, first: Row, heading: Heading, decimal: str, found: _Found) -> None:
    n_corner = table.n_corner
    matrix = np.array([read_numbers(row.cells, decimal).values for row in table.rows], dtype=np.float64)
    along = read_numbers(first.cells[n_corner:], decimal).values
    is_axis = n_corner == 1 and direction(matrix[:, 0]) != 0
    dimension = heading.columns[0].name if is_axis else "row"
    for j in range(n_corner):
        variable = _variable(heading.columns[j], matrix[:, j])
        role = Role.AXIS if is_axis else Role.AUXILIARY
        found.variables.append(replace(variable, dimensions=(dimension,), role=role))
    found.variables.append(
        Variable(name="first_row", series=Series(along), dimensions=("first_row",), role=Role.AXIS, label="first row")
    )
    values = Series(matrix[:, n_corner:])
    found.variables.append(Variable(name="values", series=values, dimensions=(dimension, "first_row")))


def _with_uncertainties(variables: list[Variable]) -> list[Variable]:
    """Give a column the standard uncertainties that the next column states by its name."""
    out = list(variables)
    for i in range(1, len(out)):
        column, before = out[i], out[i - 1]
        values = column.series.values
        if not _STANDARD_UNCERTAINTY.search(column.label) or values.dtype.kind != "f":
            continue
        same_unit = column.series.unit in {"", before.series.unit}
        if same_unit and not bool(np.any(values < 0)) and not bool(np.any(np.isinf(values))):
            doubt = Uncertainties(values=values, origin=Origin.FILE, distribution=Distribution.UNKNOWN)
            out[i - 1] = replace(before, series=Series(before.series.values, before.series.unit, doubt))
            out[i] = replace(column, role=Role.AUXILIARY)
    return out


def _with_roles(variables: list[Variable]) -> list[Variable]:
    """Tell the axis: the first column that rises or falls throughout, or else a column of times that does."""
    if len(variables) < 2:
        return variables
    position = _axis_position(variables)
    if position is None:
        return variables
    name = variables[position].name
    out = []
    for i, variable in enumerate(variables):
        role = Role.AXIS if i == position else Role.AUXILIARY if i < position else variable.role
        out.append(replace(variable, dimensions=(name,), role=role))
    return [out[position], *out[:position], *out[position + 1 :]] if position else out


def _axis_position(variables: Sequence[Variable]) -> int | None:
    first = 0
    if len(variables) > 2 and _is_index(variables[0].name) and _counts(variables[0].series.values):
        first = 1
    if direction(variables[first].series.values):
        return first
    for i, variable in enumerate(variables):
        is_time = variable.name == "time" or variable.name.endswith("_time")
        if is_time and direction(variable.series.values) == 1:
            return i
    return 0 if first == 1 else None


def _is_index(name: str) -> bool:
    return name in _INDEX or name.endswith(("_id", "_index", "_no", "_number"))


def _counts(values: NDArray[np.float64]) -> bool:
    return bool(values.size) and bool(np.all(np.diff(values) == 1)) and values[0] in (0.0, 1.0)
