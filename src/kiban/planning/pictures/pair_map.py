"""A map of what is expected over two parameters, averaged over the others as the experiments had them.

This is the partial dependence of J. H. Friedman, Ann. Stat. 29, 1189 (2001), section 8.2, over experiments that were
learnt from, and of them over those settings that keep to the constraints.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiban.errors import InvalidValue
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.pictures.along import keeps, settings_of
from kiban.planning.pictures.learning import LearntOutcome
from kiban.planning.pictures.slices import Slices
from kiban.planning.space.coded import Coded
from kiban.planning.space.constraint import Mixture
from kiban.planning.space.parameter import Floats, Value, decode
from kiban.planning.space.search_space import SearchSpace

_N_EACH = 12
_MOST_BEHIND = 8
"""Experiments that are averaged over: a map asks for 12 x 12 x 8 expectations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairMap:
    """An outcome over two parameters.

    Parameters
    ----------
    across, up : tuple
        Settings, in the parameters' units.
    expected : tuple of tuple of float or None
        A row for each setting of `up`; `None` where nothing keeps to the constraints.
    n_averaged : int
        Over so many experiments.
    """

    names: tuple[str, str]
    units: tuple[str, str]
    across: tuple[Value, ...]
    up: tuple[Value, ...]
    expected: tuple[tuple[float | None, ...], ...]
    n_averaged: int


def pairs_of(space: SearchSpace) -> tuple[str, ...]:
    """The parameters that a map can be made of: those that vary, and are no components of a mixture."""
    tied = {name for each in space.constraints if isinstance(each, Mixture) for name in each.names}
    return tuple(p.name for i, p in enumerate(space.parameters) if p.name not in tied and len(_settings(space, i)) > 1)


def usual_pair(space: SearchSpace, slices: Slices) -> tuple[str, str] | None:
    """The two parameters along which the outcome is expected to change most; `None` where there are no two."""
    possible = set(pairs_of(space))
    telling = sorted((each for each in slices.slices if each.parameter in possible), key=lambda each: -each.reach)
    return (telling[0].parameter, telling[1].parameter) if len(telling) > 1 else None


def pair_map(campaign: Campaign, learnt: LearntOutcome, names: tuple[str, str]) -> PairMap | None:
    """Work a map out; `None` where nothing is expected yet. Raises InvalidValue for parameters that it cannot show."""
    space = campaign.safe_space
    if len(set(names)) < 2 or not set(names) <= set(pairs_of(space)):
        raise InvalidValue(
            f"A map over {' and '.join(names)} cannot be made: it takes two parameters that vary, and no components.",
            mend=f"Name two of: {', '.join(pairs_of(space)) or '(none)'}.",
        )
    if learnt.expectation is None:
        return None
    columns = [space.names.index(name) for name in names]
    across, up = (_settings(space, column) for column in columns)
    behind = _behind(learnt)
    first, second = (grid.ravel() for grid in np.meshgrid(across, up))
    rows = np.repeat(behind, len(first), axis=0)
    rows[:, columns[0]], rows[:, columns[1]] = np.tile(first, len(behind)), np.tile(second, len(behind))
    kept = keeps(space, rows, tuple(columns))
    values = np.full(len(rows), np.nan)
    if kept.any():
        values[kept] = learnt.expectation.at(Coded(space.parameters, rows[kept])).middle
    cells = values.reshape(len(behind), len(up), len(across))
    n_known = (~np.isnan(cells)).sum(axis=0)
    means = np.where(n_known > 0, np.nansum(cells, axis=0) / np.maximum(n_known, 1), np.nan)
    parameters = [space.parameters[column] for column in columns]
    return PairMap(
        names=names,
        units=(getattr(parameters[0], "unit", ""), getattr(parameters[1], "unit", "")),
        across=tuple(decode(parameters[0], number) for number in across),
        up=tuple(decode(parameters[1], number) for number in up),
        expected=tuple(tuple(None if np.isnan(mean) else float(mean) for mean in row) for row in means),
        n_averaged=len(behind),
    )


def _settings(space: SearchSpace, column: int) -> Floats:
    return settings_of(space, column, np.nan, _N_EACH)


def _behind(learnt: LearntOutcome) -> Floats:
    """Points to average over: of the experiments that were learnt from, evenly chosen by their outcome."""
    used = set(learnt.used)
    places = [i for i, each in enumerate(learnt.experiments) if each.number in used]
    places.sort(key=lambda i: learnt.values[i])
    chosen = np.unique(np.linspace(0, len(places) - 1, _MOST_BEHIND).round().astype(int))
    return np.asarray(learnt.rows[[places[i] for i in chosen]])
