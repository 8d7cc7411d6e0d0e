"""Campaigns defined by a `candidates.csv`: what can be made, what is wanted of it, and what was done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kiban.errors import InvalidValue
from kiban.planning.campaign.nimo_cells import named, number_in, outcomes_in, rows_in
from kiban.planning.campaign.nimo_files import CANDIDATES


@dataclass(frozen=True, slots=True)
class CandidateFile:
    """What a `candidates.csv` says.

    Parameters
    ----------
    definition : mapping
        As `kiban.planning.campaign.definition.campaign_of` takes it.
    past : tuple of mapping
        Experiments that were done: `point`, `outcomes` and `rests_on`, as `past_experiment` takes them.
    """

    definition: Mapping[str, Any]
    past: tuple[Mapping[str, Any], ...]


def candidate_file(
    text: str, *, name: str, n_objectives: int = 1, minimised: Iterable[str] = (), source: str = CANDIDATES
) -> CandidateFile:
    """Read a `candidates.csv` as a new campaign that chooses from it. Columns of texts become levels.

    Parameters
    ----------
    name : str
        Of the campaign.
    n_objectives : int
        How many of the last columns are objectives; of several, the front is sought.
    minimised : iterable of str
        Objectives of which less is better.

    Raises
    ------
    InvalidValue
        That names row and column.
    """
    header, *rows = rows_in(text, source)
    if not 1 <= n_objectives < len(header):
        raise InvalidValue(
            f"{source} has {len(header)} columns, {n_objectives} of them objectives.",
            mend="Say how many of the last columns are objectives; one or more before them describe the experiment.",
        )
    columns = [named(cell) for cell in header]
    inputs, targets = columns[:-n_objectives], columns[-n_objectives:]
    targeted = [target for target, _ in targets]
    if unknown := sorted(set(minimised) - set(targeted)):
        raise InvalidValue(
            f"{source} has no objective '{unknown[0]}'.", mend=f"Its objectives are: {', '.join(targeted)}."
        )
    cells = {parameter: [row[at] for row in rows] for at, (parameter, _) in enumerate(inputs)}
    parameters = [_parameter(parameter, unit, cells[parameter], source) for parameter, unit in inputs]
    candidates = {
        each["name"]: [float(c) for c in cells[each["name"]]] if each["kind"] == "continuous" else cells[each["name"]]
        for each in parameters
    }
    turned = set(minimised)
    wanted = [{"name": n, "unit": unit, "goal": "minimise" if n in turned else "maximise"} for n, unit in targets]
    past = []
    for number, row in enumerate(rows, start=2):
        outcomes = outcomes_in(row[len(inputs) :], targeted, f"{source}, row {number}")
        if outcomes:
            point = {parameter: candidates[parameter][number - 2] for parameter, _ in inputs}
            past.append({"point": point, "outcomes": outcomes, "rests_on": f"{source}, row {number}"})
    definition = {
        "name": name,
        "space": {"parameters": parameters, "candidates": candidates},
        "objective": {"targets": wanted, **({"way": "pareto"} if n_objectives > 1 else {})},
    }
    return CandidateFile(definition, tuple(past))


def _parameter(name: str, unit: str, cells: list[str], source: str) -> dict[str, Any]:
    if "" in cells:
        raise InvalidValue(
            f"{source}, row {cells.index('') + 2} has no {name}.", mend="Fill in the cell, or leave the row out."
        )
    numbers = [number for cell in cells if (number := number_in(cell)) is not None]
    if len(numbers) == len(cells):
        return {"kind": "continuous", "name": name, "low": min(numbers), "high": max(numbers), "unit": unit}
    return {"kind": "categorical", "name": name, "levels": list(dict.fromkeys(cells))}
