"""The definition of a campaign, proposed from a table of what was set and what came out: for a person to correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kiban.errors import InvalidValue
from kiban.learning.table import Cell, Table
from kiban.planning.objective.target import Goal

_SETTINGS = ("process.", "nominal.")
"""Columns of what was set begin so."""
_BESIDE = (".u", ".evidence")
_MOST_LEVELS = 50
_SAME = 1e-6


def proposed_definition(table: Table, name: str, targets: Mapping[str, Goal]) -> dict[str, Any]:
    """Propose space and objective: every setting that is known of all rows and differs among them is a parameter.

    Numbers go from the smallest to the largest of the table, words are levels. Fractions of a nominal composition that
    add up to the same in every row are a mixture.

    Parameters
    ----------
    table : Table
        With its settings.
    targets : mapping of str to Goal
        Columns of what came out, and what is wanted of each.

    Raises
    ------
    InvalidValue
        If a target is no column of numbers, or nothing can be set.
    """
    places = {column.name: at for at, column in enumerate(table.columns)}
    for target in targets:
        if target not in places or not table.columns[places[target]].is_number:
            there = [
                c.name for c in table.columns if c.is_number and not c.name.endswith(_BESIDE) and not _is_set(c.name)
            ]
            raise InvalidValue(
                f"The table has no column of numbers '{target[:80]}'.",
                mend=f"What came out is in: {', '.join(there)[:500] or 'no column'}.",
            )
    if not targets:
        raise InvalidValue("Nothing is wanted of the campaign.", mend="Name an outcome to maximise or minimise.")
    rows = [row for row in table.rows if any(row[places[target]] is not None for target in targets)]
    chosen = {
        column.name: [row[at] for row in rows]
        for at, column in enumerate(table.columns)
        if _is_set(column.name) and not column.name.endswith(_BESIDE) and _differs([row[at] for row in rows])
    }
    if not chosen:
        raise InvalidValue(
            f"Of the {len(rows)} rows that have an outcome, none differs from the others in what was set.",
            mend="Ask for samples that were made in different ways, or write the definition yourself.",
        )
    units = {column.name: column.unit for column in table.columns}
    parameters = [_parameter(column, cells, units[column]) for column, cells in chosen.items()]
    objective: dict[str, Any] = {
        "targets": [{"name": t, "goal": goal.value, "unit": units[t]} for t, goal in targets.items()]
    }
    if len(targets) > 1:
        objective["way"] = "pareto"
    return {
        "name": name,
        "space": {"parameters": parameters, "constraints": _mixtures(chosen)},
        "objective": objective,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedOutcome:
    """Something that came out, and could be wanted."""

    name: str
    unit: str
    low: float
    high: float
    n: int
    """So many rows have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a table has to offer to a campaign, for a person to choose from.

    Parameters
    ----------
    parameters : tuple of dict
        As documents of a search space; numbers also have the `values` that they took, words their `levels`.
    outcomes : tuple of ProposedOutcome
        The one that most rows have comes first.
    constant, patchy, wordy : tuple of str
        Settings that are no parameters: the same in all rows, not known of all rows, or of too many different words.
    n_rows : int
        With an outcome.
    """

    parameters: tuple[dict[str, Any], ...]
    constraints: tuple[dict[str, Any], ...]
    outcomes: tuple[ProposedOutcome, ...]
    constant: tuple[str, ...]
    patchy: tuple[str, ...]
    wordy: tuple[str, ...]
    n_rows: int


def draft_of(table: Table) -> Draft:
    """Look for parameters and outcomes in a table with its settings. A table without any gives an empty draft."""
    columns = [(at, c) for at, c in enumerate(table.columns) if not c.name.endswith(_BESIDE)]
    results = [(at, c) for at, c in columns if c.is_number and not _is_set(c.name)]
    rows = [row for row in table.rows if any(row[at] is not None for at, _ in results)]
    outcomes = []
    for at, column in results:
        if found := [float(cell) for row in rows if isinstance(cell := row[at], int | float)]:
            ends = {"low": min(found), "high": max(found)}
            outcomes.append(ProposedOutcome(name=column.name, unit=column.unit, n=len(found), **ends))
    chosen: dict[str, Sequence[Cell]] = {}
    parameters: list[dict[str, Any]] = []
    left: dict[str, list[str]] = {"constant": [], "patchy": [], "wordy": []}
    for at, column in columns:
        cells = [row[at] for row in rows]
        if not _is_set(column.name) or all(cell is None for cell in cells):
            continue
        if any(cell is None for cell in cells):
            left["patchy"].append(column.name)
        elif len(set(cells)) == 1:
            left["constant"].append(column.name)
        elif not column.is_number and len(set(cells)) > _MOST_LEVELS:
            left["wordy"].append(column.name)
        else:
            chosen[column.name] = cells
            parameter = _parameter(column.name, cells, column.unit)
            if parameter["kind"] == "continuous":
                parameter["values"] = sorted({float(cell) for cell in cells if isinstance(cell, int | float)})
            parameters.append(parameter)
    return Draft(
        parameters=tuple(parameters),
        constraints=tuple(_mixtures(chosen)),
        outcomes=tuple(sorted(outcomes, key=lambda each: -each.n)),
        constant=tuple(left["constant"]),
        patchy=tuple(left["patchy"]),
        wordy=tuple(left["wordy"]),
        n_rows=len(rows),
    )


def with_absent_components(table: Table) -> Table:
    """The table with 0 where a nominal composition does not name a component that others do."""
    bases: dict[str, list[int]] = {}
    for at, column in enumerate(table.columns):
        if column.name.startswith("nominal.") and not column.name.endswith(_BESIDE):
            bases.setdefault(column.name.rpartition(".")[0], []).append(at)
    rows = []
    for row in table.rows:
        cells = list(row)
        for places in bases.values():
            if any(row[at] is not None for at in places):
                for at in places:
                    cells[at] = 0.0 if row[at] is None else row[at]
        rows.append(tuple(cells))
    return replace(table, rows=tuple(rows))


def _is_set(column: str) -> bool:
    return column.startswith(_SETTINGS)


def _differs(cells: Sequence[Cell]) -> bool:
    return all(cell is not None for cell in cells) and len(set(cells)) > 1


def _parameter(name: str, cells: Sequence[Cell], unit: str) -> dict[str, Any]:
    numbers = [float(cell) for cell in cells if isinstance(cell, int | float)]
    if len(numbers) == len(cells):
        return {"kind": "continuous", "name": name, "low": min(numbers), "high": max(numbers), "unit": unit}
    levels = sorted({str(cell) for cell in cells})
    if len(levels) > _MOST_LEVELS:
        raise InvalidValue(
            f"{name} has {len(levels)} different words, which are too many to be levels.",
            mend="Ask for fewer samples, or write the definition yourself.",
        )
    return {"kind": "categorical", "name": name, "levels": levels}


def _mixtures(chosen: Mapping[str, Sequence[Cell]]) -> list[dict[str, Any]]:
    found = []
    for basis in sorted({column.rpartition(".")[0] for column in chosen if column.startswith("nominal.")}):
        names = [column for column in chosen if column.rpartition(".")[0] == basis]
        sums = [sum(float(cell or 0.0) for cell in row) for row in zip(*(chosen[n] for n in names), strict=True)]
        if len(names) > 1 and sums and max(sums) - min(sums) <= _SAME * abs(max(sums)) and min(sums) > 0:
            found.append({"kind": "mixture", "names": names, "total": sums[0]})
    return found
