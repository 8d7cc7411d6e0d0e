"""Trials out of a table that was drawn from records: each row with what was set and what came out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kiban.errors import InvalidValue
from kiban.learning.settings import place_of
from kiban.learning.table import Cell, Table
from kiban.planning.space.parameter import Value
from kiban.planning.trial import Trial
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin, Uncertainty

Names = Mapping[str, str] | Sequence[str]
"""Names of parameters or outcomes with the columns that hold them; a column alone is its own name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialsOfTable:
    """The trials, and which rows gave none.

    Parameters
    ----------
    left_out : tuple of (str, str)
        Identifier of the row's sample, and why: a parameter is not known, or nothing came out.
    """

    trials: tuple[Trial, ...]
    left_out: tuple[tuple[str, str], ...] = ()


def trials_of(table: Table, parameters: Names, outcomes: Names) -> TrialsOfTable:
    """Make a trial of each row that has all parameters and one outcome at least.

    Parameters
    ----------
    table : Table
        One row for each sample, with its settings.
    parameters, outcomes : mapping of name to column, or sequence of columns
        `{"temperature": "process.anneal.temperature"}`, `{"hardness": "vickers_hardness"}`. Numbers keep the units of
        their columns, and their standard uncertainties; words are levels.

    Returns
    -------
    TrialsOfTable
        `rests_on` of a trial is what its first outcome rests on, where the table tells that, else its sample.

    Raises
    ------
    InvalidValue
        If there is no such column, or an outcome's holds no numbers.
    """
    settable, found = _named(parameters), _named(outcomes)
    if not settable or not found:
        raise InvalidValue(
            "Trials need a parameter and an outcome at least.", mend="Name columns of the table for both."
        )
    columns = {column: place_of(table, column) for column in (*settable.values(), *found.values())}
    for column in found.values():
        if not table.columns[columns[column]].is_number:
            raise InvalidValue(f"The outcome {column} holds no numbers.", mend="Name a column of numbers.")
    who = place_of(table, "id")
    trials: list[Trial] = []
    left_out: list[tuple[str, str]] = []
    for row in table.rows:
        point = {
            name: value for name, column in settable.items() if (value := _set(table, row, columns[column])) is not None
        }
        results = {
            name: value
            for name, column in found.items()
            if (value := _measured(table, row, columns[column])) is not None
        }
        missing = [name for name in settable if name not in point]
        if missing:
            left_out.append((str(row[who]), f"{', '.join(missing)} is not known."))
        elif not results:
            left_out.append((str(row[who]), f"{', '.join(found)} is not known."))
        else:
            rests_on = _evidence(table, row, found[next(iter(results))]) or str(row[who])
            trials.append(Trial(point=point, outcomes=results, rests_on=rests_on))
    return TrialsOfTable(trials=tuple(trials), left_out=tuple(left_out))


def _named(names: Names) -> dict[str, str]:
    return dict(names) if isinstance(names, Mapping) else {name: name for name in names}


def _set(table: Table, row: Sequence[Cell], place: int) -> Value | Measured | None:
    if table.columns[place].is_number:
        return _measured(table, row, place)
    return None if row[place] is None else str(row[place])


def _measured(table: Table, row: Sequence[Cell], place: int) -> Measured | None:
    cell, column = row[place], table.columns[place]
    if cell is None:
        return None
    beside = next((i for i, each in enumerate(table.columns) if each.name == f"{column.name}.u"), None)
    doubt = row[beside] if beside is not None else None
    # The table has the standard uncertainty that follows from what the record states; who says so is in the record.
    stated = Uncertainty(value=float(doubt), origin=Origin.PROPAGATED) if doubt is not None else None
    return Measured(float(cell), column.unit, stated)


def _evidence(table: Table, row: Sequence[Cell], column: str) -> str:
    place = next((i for i, each in enumerate(table.columns) if each.name == f"{column}.evidence"), None)
    return "" if place is None or row[place] is None else str(row[place])
