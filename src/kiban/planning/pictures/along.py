"""Settings of one parameter with the others held: the points of a slice, as far as they keep to the constraints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiban.planning.space.coded import Coded
from kiban.planning.space.constraint import Mixture
from kiban.planning.space.parameter import Floats, Integer, Truths, holds
from kiban.planning.space.search_space import SearchSpace

N_SETTINGS = 41
"""Of a parameter with more values so many are looked at, evenly chosen, with that of the point itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Along:
    """The points along one parameter.

    Parameters
    ----------
    rows : array, shape (n, n_parameters)
        In ascending order of the parameter.
    allowed : array, shape (n,)
        Which keep to all constraints. Held parameters stay as they are, also where that is out of their range.
    giving_way : tuple of str
        Components that make room, where the parameter is one of a mixture.
    """

    column: int
    rows: Floats
    allowed: Truths
    giving_way: tuple[str, ...] = ()


def along(space: SearchSpace, row: Floats, column: int) -> Along:
    """Vary one parameter of a point.

    In a mixture the other components give way in proportion, so that the sum stays (D. R. Cox, Biometrika 58, 155
    (1971)); where that is not allowed, one of them does, the largest that can.
    """
    parameter = space.parameters[column]
    settings = settings_of(space, column, row[column])
    mixture = next((c for c in space.constraints if isinstance(c, Mixture) and parameter.name in c.names), None)
    if mixture is None:
        rows = np.repeat(row[np.newaxis], len(settings), axis=0)
        rows[:, column] = settings
        return Along(column, rows, keeps(space, rows, (column,)))
    place = {name: i for i, name in enumerate(space.names)}
    others = [place[name] for name in mixture.names if name != parameter.name]
    moved = tuple(place[name] for name in mixture.names)
    found, allowed = [], []
    for setting in settings:
        ways = np.array(_ways(row, column, setting, others, mixture.total))
        kept = keeps(space, ways, moved)
        found.append(ways[int(np.argmax(kept))])
        allowed.append(bool(kept.any()))
    names = tuple(name for name in mixture.names if name != parameter.name)
    return Along(column, np.array(found), np.array(allowed, dtype=np.bool_), names)


def settings_of(space: SearchSpace, column: int, here: float, n: int = N_SETTINGS) -> Floats:
    """The values of a parameter that are looked at, ascending; of a list of candidates, those that it has."""
    parameter = space.parameters[column]
    options = parameter.options
    if space.candidates is not None:
        options = np.unique(space.candidates.rows[:, column])
    if options is None:
        values = np.linspace(parameter.low, parameter.high, n)  # type: ignore[union-attr]
        # A range may be one value, of a parameter that is held where it is.
        values = np.unique(np.round(values) if isinstance(parameter, Integer) else values)
    elif len(options) > n:
        values = options[np.unique(np.linspace(0, len(options) - 1, n).round().astype(int))]
    else:
        values = options
    if holds(parameter, np.array([here]))[0]:
        values = np.unique(np.append(values, here))
        close = 1e-9 * max(float(np.ptp(values)), 1e-300)
        values = values[np.append(True, np.diff(values) > close)]
    return np.asarray(values, dtype=np.float64)


def keeps(space: SearchSpace, rows: Floats, moved: tuple[int, ...]) -> Truths:
    """Say which points keep to all constraints, and have values of the parameters that were moved."""
    points = Coded(space.parameters, rows)
    inside = np.ones(len(rows), dtype=np.bool_)
    for column in moved:
        inside &= holds(space.parameters[column], rows[:, column])
    for constraint in space.constraints:
        inside &= constraint.holds(points)
    return inside


def _ways(row: Floats, column: int, setting: float, others: list[int], total: float) -> list[Floats]:
    """Ways of setting one component while the sum stays: in proportion first, then one other at a time."""
    found = []
    amounts = row[others]
    rest = total - setting
    if amounts.sum() > 0:
        way = row.copy()
        way[column], way[others] = setting, amounts * (rest / amounts.sum())
        found.append(way)
    for other in sorted(others, key=lambda each: -row[each]):
        way = row.copy()
        way[column] = setting
        left = rest - (amounts.sum() - row[other])
        # Sums of decimal fractions are off by rounding.
        way[other] = float(np.round(left / total, 12)) * total
        found.append(way)
    return found
