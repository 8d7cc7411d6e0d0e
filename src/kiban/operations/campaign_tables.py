"""Campaigns out of what the archive knows: a definition proposed from a table, and its rows as experiments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kiban.errors import InvalidValue
from kiban.learning.settings import place_of
from kiban.learning.table import Cell, Table
from kiban.operations.resources import Resources
from kiban.operations.table import table
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Outcome
from kiban.planning.campaign.proposed import Draft, draft_of, proposed_definition, with_absent_components
from kiban.planning.campaign.telling import Done
from kiban.planning.objective.target import Goal
from kiban.planning.space.parameter import Parameter, Value, code, decode
from kiban.planning.trials_of_table import trials_of
from kiban.quantity.measured import Measured
from kiban.records.party import Asker


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidatesInTable:
    """Experiments that can be made as samples of a table were, and samples that tell too little."""

    columns: Mapping[str, list[Value]]
    """By parameter, its value in each candidate, in the parameter's unit."""
    left_out: tuple[tuple[str, str], ...]
    """Each with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastInTable:
    """Experiments that a table has, and samples that gave none, each with the reason."""

    done: tuple[Done, ...]
    left_out: tuple[tuple[str, str], ...]


def propose_campaign(
    asker: Asker, resources: Resources, question: str, name: str, targets: Mapping[str, Goal]
) -> dict[str, Any]:
    """Propose the definition of a campaign from the samples that answer a question and that the asker may use.

    Parameters
    ----------
    targets : mapping of str to Goal
        Keys of property terms, and what is wanted of each.

    Raises
    ------
    InvalidQuestion
    InvalidValue
        If a target has no values, or nothing that was set differs.
    """
    return proposed_definition(_drawn(asker, resources, question), name, targets)


def draft_campaign(asker: Asker, resources: Resources, question: str) -> Draft:
    """Say what the samples that answer a question, and that the asker may use, have to offer to a campaign.

    Raises
    ------
    InvalidQuestion
    """
    return draft_of(_drawn(asker, resources, question))


def past_in_table(
    asker: Asker, resources: Resources, campaign: Campaign, question: str, columns: Mapping[str, str]
) -> PastInTable:
    """Find the experiments of a campaign among the samples that answer a question and that the asker may use.

    Parameters
    ----------
    columns : mapping of str to str
        By parameter or outcome, the column that holds it; unless given, the one that is called like it or whose last
        part is: `temperature` is in `process.anneal.temperature` if no other column ends so.

    Raises
    ------
    InvalidQuestion
    InvalidValue
        If a parameter or all outcomes have no column, or a name in `columns` is neither.
    """
    drawn = _drawn(asker, resources, question)
    wanted = (*campaign.space.names, *campaign.objective.outcomes)
    if unknown := sorted(set(columns) - set(wanted)):
        raise InvalidValue(
            f"'{unknown[0][:80]}' is neither a parameter nor an outcome.", mend=f"Use one of: {', '.join(wanted)}."
        )
    own = [column.name for column in drawn.columns if not column.name.endswith((".u", ".evidence"))]
    found = {name: columns.get(name) or _column(name, own) for name in wanted}
    parameters = {name: _needed(name, found[name], own) for name in campaign.space.names}
    outcomes = {name: column for name in campaign.objective.outcomes if (column := found[name]) is not None}
    if not outcomes:
        _needed(next(iter(campaign.objective.outcomes)), None, own)
    done: list[Done] = []
    left_out: list[tuple[str, str]] = []
    for row in drawn.rows:
        one = trials_of(replace(drawn, rows=(row,)), parameters, outcomes)
        left_out += one.left_out
        for trial in one.trials:
            told = tuple(
                Outcome(name=name, value=value, evidence=_cell(drawn, row, f"{outcomes[name]}.evidence"))
                for name, value in trial.outcomes.items()
            )
            done.append(Done(point=trial.point, outcomes=told, rests_on=_cell(drawn, row, "id")))
    return PastInTable(done=tuple(done), left_out=tuple(left_out))


def candidates_in_table(
    asker: Asker,
    resources: Resources,
    parameters: Sequence[Parameter],
    question: str,
    columns: Mapping[str, str],
) -> CandidatesInTable:
    """Let only such experiments be made as the samples that answer a question, and that the asker may use, were made:
    each different setting of the parameters is one candidate.

    Parameters
    ----------
    columns : mapping of str to str
        As `past_in_table` takes them, of parameters.

    Raises
    ------
    InvalidQuestion
    InvalidValue
        If a parameter has no column, no sample tells all of them, or a value is none of the parameter's.
    """
    drawn = _drawn(asker, resources, question)
    own = [column.name for column in drawn.columns if not column.name.endswith((".u", ".evidence"))]
    places = {
        each.name: place_of(drawn, _needed(each.name, columns.get(each.name) or _column(each.name, own), own))
        for each in parameters
    }
    who = place_of(drawn, "id")
    points: dict[tuple[Value, ...], None] = {}
    left_out: list[tuple[str, str]] = []
    for row in drawn.rows:
        missing = [name for name, at in places.items() if row[at] is None]
        if missing:
            left_out.append((str(row[who]), f"{', '.join(missing)} is not known."))
            continue
        point = []
        for parameter in parameters:
            cell, column = row[places[parameter.name]], drawn.columns[places[parameter.name]]
            given = Measured(float(cell), column.unit) if column.is_number and cell is not None else str(cell)
            try:
                point.append(decode(parameter, code(parameter, given)))
            except InvalidValue as e:
                raise InvalidValue(f"{row[who]}: {e.fault}", mend=e.mend) from e
        points[tuple(point)] = None
    if not points:
        raise InvalidValue(
            "No sample that answers the question tells all parameters.",
            mend="Ask for samples whose processes are described, or upload a list.",
        )
    by_column = zip(*points, strict=True)
    found = {each.name: list(values) for each, values in zip(parameters, by_column, strict=True)}
    return CandidatesInTable(columns=found, left_out=tuple(left_out))


def _drawn(asker: Asker, resources: Resources, question: str) -> Table:
    return with_absent_components(table(asker, resources, question, settings=True))


def _column(name: str, own: Sequence[str]) -> str | None:
    if name in own:
        return name
    ending = [column for column in own if column.endswith(f".{name}")]
    return ending[0] if len(ending) == 1 else None


def _needed(name: str, column: str | None, own: Sequence[str]) -> str:
    if column is None:
        raise InvalidValue(
            f"The table has no column for {name}, or more than one.",
            mend=f"Say which it is. Its columns are: {', '.join(own)[:500]}.",
        )
    return column


def _cell(drawn: Table, row: Sequence[Cell], name: str) -> str:
    cell = next((cell for column, cell in zip(drawn.columns, row, strict=True) if column.name == name), None)
    return "" if cell is None else str(cell)
