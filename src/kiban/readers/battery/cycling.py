"""A cycler's table as a Reading that the analysis of galvanostatic cycling understands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.quantity.series import Series
from kiban.readers.battery.clock import clock_column, clock_seconds, counted_date
from kiban.readers.battery.columns import FIRST, read_columns, role
from kiban.readers.battery.rows import MEND, CyclerTable
from kiban.readers.tables import date_columns
from kiban.readers.tables.column_headers import ColumnHeader
from kiban.readers.tables.number_columns import all_missing, is_missing, read_numbers
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_MUST_BE_NUMBERS = frozenset({"time", "potential", "current"})
_MOST_CATEGORIES = 1000


@dataclass(slots=True)
class _Found:
    variables: list[Variable] = field(default_factory=list)
    categories: dict[str, Json] = field(default_factory=dict)
    empty: list[Json] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    started_at: datetime | None = None


def cycling_reading(
    table: CyclerTable, *, file: str, maker: str = "", own: Mapping[str, str] | None = None, doubts: Sequence[str] = ()
) -> Reading:
    """Make the Reading of a cycler's table.

    Parameters
    ----------
    own : mapping of str to str, optional
        As `read_columns` takes it.

    Raises
    ------
    DamagedFile
        If a time, voltage or current is no number, or the time has gaps.
    """
    found = _Found(doubts=list(doubts))
    for column, cells in zip(read_columns(table.labels, own), table.columns, strict=True):
        _read(column, cells, table.decimal, found, file)
    variables = _ordered(_with_time(found.variables, found.doubts, file))
    found.doubts += _conflicts(variables)
    header: dict[str, Json] = {
        "lines_above": list(table.lines_above),
        "columns": list(table.labels),
        "categories": found.categories,
        "empty_columns": found.empty,
    }
    metadata: dict[str, MetadataValue] = {"maker": maker} if maker else {}
    title = file.rpartition(".")[0] or file
    return Reading(
        technique="galvanostatic_cycling",
        title=title.removesuffix(".bdf") or "Battery cycling",
        variables=variables,
        header={key: value for key, value in header.items() if value},
        metadata=metadata,
        instrument=f"{maker} battery cycler" if maker else None,
        started_at=found.started_at,
        doubts=tuple(found.doubts),
    )


def _read(header: ColumnHeader, cells: Sequence[str], decimal: str, found: _Found, file: str) -> None:
    if all_missing(cells):
        found.empty.append(header.label)
        return
    first = next(cell for cell in cells if not is_missing(cell))
    may_be_clock = clock_seconds(first) is not None
    clock = clock_column(["" if is_missing(cell) else cell for cell in cells]) if may_be_clock else None
    if clock is not None:
        found.variables.append(_variable(replace(header, unit="s"), clock))
        return
    column = read_numbers(cells, decimal)
    n_texts = sum(column.texts.values())
    if not n_texts:
        _started(header, column.values, found)
        found.variables.append(_variable(header, column.values))
    elif header.name in _MUST_BE_NUMBERS:
        row = next(n for n, cell in enumerate(cells, 1) if cell.strip() in column.texts)
        raise DamagedFile(
            f"{file}: a number was expected in column '{header.label}', row {row}; '{cells[row - 1][:40]}' was found.",
            mend=MEND,
        )
    elif not _read_dates(header, cells, found):
        _categories(header, cells, found)


def _started(header: ColumnHeader, values: NDArray[np.float64], found: _Found) -> None:
    """Take the start from a column that counts from a known origin."""
    first = float(values[0])
    if not np.isfinite(first) or found.started_at is not None:
        return
    if header.name == "unix_time" and 1e8 < first < 1e10:
        found.started_at = datetime.fromtimestamp(0, UTC) + timedelta(seconds=round(first, 6))
    elif header.name == "date_time" and not header.unit:
        found.started_at = counted_date(first)


def _read_dates(header: ColumnHeader, cells: Sequence[str], found: _Found) -> bool:
    if header.name.rpartition("_")[0] not in {"date", "unix"} and not any(map(date_columns.looks_like, cells[:3])):
        return False
    dates = date_columns.read_dates([" ".join(cell.split()) for cell in cells])
    if dates is None:
        if header.name == "date_time":
            found.doubts.append(
                f"Column '{header.label}' holds dates in which day and month cannot be told apart, or not all of one "
                "kind; it stands in the header as text."
            )
        return False
    found.variables.append(_variable(replace(header, unit="s", unit_as_written=""), dates.seconds))
    if found.started_at is None:
        found.started_at = dates.started_at
    return True


def _categories(header: ColumnHeader, cells: Sequence[str], found: _Found) -> None:
    """Number the words of a column in the order in which they come; the header says which is which."""
    words = list(dict.fromkeys(cells))
    if len(words) > _MOST_CATEGORIES:
        found.categories[header.label] = list(words[:_MOST_CATEGORIES])
        found.doubts.append(f"Column '{header.label}' has {len(words)} different texts; only the first are kept.")
        return
    codes = {word: n for n, word in enumerate(words)}
    found.categories[header.label] = list(words)
    found.variables.append(_variable(header, np.array([codes[cell] for cell in cells], dtype=np.int64)))


def _variable(header: ColumnHeader, values: NDArray[np.float64] | NDArray[np.int64]) -> Variable:
    return Variable(
        name=header.name,
        series=Series(values, header.unit),
        dimensions=("point",),
        role=role(header.name),
        label=header.label,
        unit_as_written=header.unit_as_written,
    )


def _with_time(variables: list[Variable], doubts: list[str], file: str) -> list[Variable]:
    """Draw all along the time of the test; where the file has only dates, along the seconds since the first."""
    time = next((v for v in variables if v.name == "time" and v.series.unit), None)
    if time is None:
        dated = next((v for v in variables if v.name in {"date_time", "unix_time"} and v.series.unit == "s"), None)
        if dated is not None and not any(v.name == "time" for v in variables):
            values = dated.series.values - dated.series.values[0]
            time = replace(dated, name="time", series=Series(values, "s"))
            variables = [time, *variables]
    if time is None:
        doubts.append(
            "The file does not say at what time of the test its points were taken, so they are only numbered."
        )
        return variables
    values = time.series.values
    if not bool(np.all(np.isfinite(values))):
        row = int(np.flatnonzero(~np.isfinite(values))[0]) + 1
        raise DamagedFile(f"{file}: the time is missing in row {row} of {len(values)}.", mend=MEND)
    if bool(np.any(values[1:] < values[:-1])):
        doubts.append("The time runs backwards in places: tests may have been joined.")
    return [replace(v, dimensions=("time",), role=Role.AXIS if v.name == "time" else v.role) for v in variables]


def _conflicts(variables: Sequence[Variable]) -> list[str]:
    """Name columns that should say the same but differ by a factor: one is not in the unit that it seems to be in."""
    by_name = {variable.name: variable for variable in variables}
    doubts = []
    for name in ("potential", "current", "charge_capacity", "discharge_capacity"):
        one, other = by_name.get(name), by_name.get(f"{name}_2")
        if one is None or other is None or (one.series.unit and other.series.unit):
            continue
        x, y = one.series.values, other.series.values
        there = np.isfinite(x) & np.isfinite(y) & (x != 0)
        ratio = float(np.median(y[there] / x[there])) if bool(np.any(there)) else 1.0
        if abs(ratio - 1) > 0.01:
            doubts.append(
                f"Columns '{one.label}' and '{other.label}' differ by a factor of {ratio:.4g}: one of them is not in "
                "the unit that it seems to be in."
            )
    return doubts


def _ordered(variables: list[Variable]) -> tuple[Variable, ...]:
    return tuple(sorted(variables, key=lambda v: FIRST.index(v.name) if v.name in FIRST else len(FIRST)))
