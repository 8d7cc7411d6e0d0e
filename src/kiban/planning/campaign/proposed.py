"""The definition of a campaign, proposed from a table of what was set and what came out: for a person to correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
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
