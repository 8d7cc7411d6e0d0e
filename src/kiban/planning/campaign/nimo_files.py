"""Campaigns as the files `candidates.csv` and `proposals.csv` of NIMO and of scripts around PHYSBO.

File structure (R. Tamura, K. Tsuda and S. Matsuda, Sci. Technol. Adv. Mater. Meth. 3, 2232297 (2023), and what NIMO
2.1.8 reads and writes): `candidates.csv` has a header, one row for each experiment that can be made, columns of numbers
that describe it, then one column for each objective, blank where nothing was measured. `proposals.csv` has the rows
that are to be done, counted from 0, in a column `actions`, then the same descriptions. Levels have no place there: each
becomes a column `solvent=water` of 0 or 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Experiment, State
from kiban.planning.campaign.nimo_cells import as_text, csv_text, with_unit
from kiban.planning.space.candidates import as_coded
from kiban.planning.space.parameter import Categorical, Point, Value

CANDIDATES = "candidates.csv"
PROPOSALS = "proposals.csv"
ACTIONS = "actions"


@dataclass(frozen=True, slots=True)
class Row:
    """One experiment that can be made, and what came out of it; outcomes that are not there were not measured."""

    point: Point
    outcomes: Mapping[str, float]


def rows_of(campaign: Campaign) -> list[Row]:
    """The rows of the campaign's file: its candidates, or else its open and done experiments, each point once.

    Repeated experiments count by the mean of what came out.
    """
    points: list[Point] = []
    if campaign.space.candidates is not None:
        points = as_coded(campaign.space.parameters, campaign.space.candidates).points()
    done: dict[tuple[Value, ...], list[Experiment]] = {}
    for each in campaign.experiments:
        if each.state not in (State.REFUSED, State.ABANDONED):
            done.setdefault(key_of(campaign, each.point), []).append(each)
    # The first of equal candidates carries what was measured; a second one stays to be done.
    rows: list[Row] = []
    used: set[tuple[Value, ...]] = set()
    for point in (*points, *(experiments[0].point for experiments in done.values())):
        key = key_of(campaign, point)
        is_new = key not in used
        if is_new or len(rows) < len(points):
            rows.append(Row(dict(point), _means(campaign, done.get(key, ())) if is_new else {}))
        used.add(key)
    return rows


def candidates_csv(campaign: Campaign) -> str:
    """The campaign as a `candidates.csv`: blank where nothing was measured yet, failed experiments too."""
    outcomes = campaign.objective.outcomes
    header = [*descriptor_names(campaign), *(with_unit(name, unit) for name, unit in outcomes.items())]
    rows = (
        [
            *descriptors(campaign, row.point),
            *(as_text(row.outcomes[name]) if name in row.outcomes else "" for name in outcomes),
        ]
        for row in rows_of(campaign)
    )
    return csv_text([header, *rows])


def proposals_csv(campaign: Campaign) -> str:
    """What is suggested, pending or running, as a `proposals.csv`: the row in `candidates.csv`, and the point."""
    places: dict[tuple[Value, ...], int] = {}
    for place, row in enumerate(rows_of(campaign)):
        places.setdefault(key_of(campaign, row.point), place)
    rows = [
        [str(places[key_of(campaign, each.point)]), *descriptors(campaign, each.point)]
        for each in campaign.of_state(State.SUGGESTED, State.PENDING, State.RUNNING)
    ]
    return csv_text([[ACTIONS, *descriptor_names(campaign)], *rows])


def descriptor_names(campaign: Campaign) -> list[str]:
    """The header of the columns that describe an experiment."""
    names = []
    for parameter in campaign.space.parameters:
        if isinstance(parameter, Categorical):
            names += [f"{parameter.name}={level}" for level in parameter.levels]
        else:
            names.append(with_unit(parameter.name, parameter.unit))
    return names


def descriptors(campaign: Campaign, point: Point) -> list[str]:
    """A point in those columns."""
    cells = []
    for parameter in campaign.space.parameters:
        value = point[parameter.name]
        if isinstance(parameter, Categorical):
            cells += [str(int(level == value)) for level in parameter.levels]
        else:
            cells.append(as_text(float(value)))
    return cells


def key_of(campaign: Campaign, point: Point) -> tuple[Value, ...]:
    """What two points that are the same share: numbers as they are written."""
    return tuple(
        value if isinstance(value := point[name], str) else float(as_text(float(value)))
        for name in campaign.space.names
    )


def _means(campaign: Campaign, experiments: Iterable[Experiment]) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for each in experiments:
        for outcome in each.outcomes:
            found.setdefault(outcome.name, []).append(outcome.value.value)
    return {name: float(np.mean(found[name])) for name in campaign.objective.outcomes if name in found}
