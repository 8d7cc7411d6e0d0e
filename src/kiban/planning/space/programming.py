"""Points inside linear constraints that drawing by lot would hardly ever meet."""

from __future__ import annotations

import numpy as np

from kiban.planning.space.constraint import Linear, Mixture
from kiban.planning.space.parameter import Categorical, Continuous, Floats, Integer
from kiban.planning.space.search_space import SearchSpace

_N_DIRECTIONS = 12


def linear_points(space: SearchSpace, rng: np.random.Generator) -> Floats:
    """Find points within the ranges, mixtures and linear constraints of a space.

    Mixed-integer linear programming along random directions, then means of the points found where the parameters are
    continuous, so that they lie inside and not at corners only. Levels without a part in it are drawn.

    Returns
    -------
    array, shape (n_found, n_parameters)
        Other constraints are not looked at; none where linear constraints contradict each other.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    columns = _Columns(space)
    if columns.n == 0:
        return np.array([columns.point(np.empty(0), rng) for _ in range(_N_DIRECTIONS)])
    limits = []
    for constraint in space.constraints:
        if isinstance(constraint, Mixture):
            row = columns.row(dict.fromkeys(constraint.names, 1.0))
            limits.append(LinearConstraint(row, constraint.total, constraint.total))
        elif isinstance(constraint, Linear):
            low = -np.inf if constraint.low is None else constraint.low
            high = np.inf if constraint.high is None else constraint.high
            limits.append(LinearConstraint(columns.row(constraint.coefficients), low, high))
    limits += columns.links()
    found = []
    for _ in range(_N_DIRECTIONS):
        answer = milp(
            rng.standard_normal(columns.n),
            integrality=columns.whole,
            bounds=Bounds(columns.low, columns.high),
            constraints=limits,
            options={"time_limit": 1.0},
        )
        if answer.x is None:
            break
        found.append(columns.point(answer.x, rng))
    if not found:
        return np.empty((0, len(space.parameters)))
    rows = np.array(found)
    if all(isinstance(parameter, Continuous) for parameter in space.parameters):
        weights = rng.dirichlet(np.ones(len(rows)), 4 * len(rows))
        rows = np.concatenate([weights @ rows, rows])
    return rows


class _Columns:
    """The variables of the programme: one for each numeric parameter, and for a discrete one a choice among values."""

    def __init__(self, space: SearchSpace) -> None:
        self.space = space
        self.at: dict[str, int] = {}
        self.choices: dict[str, tuple[int, Floats]] = {}
        low: list[float] = []
        high: list[float] = []
        whole: list[int] = []
        for parameter in space.parameters:
            if isinstance(parameter, Categorical):
                continue
            self.at[parameter.name] = len(low)
            low.append(float(parameter.low))
            high.append(float(parameter.high))
            whole.append(0)
        for parameter in space.parameters:
            if isinstance(parameter, Categorical | Continuous):
                continue
            if isinstance(parameter, Integer):
                whole[self.at[parameter.name]] = 1
                continue
            options = np.asarray(parameter.values)
            self.choices[parameter.name] = (len(low), options)
            low += [0.0] * len(options)
            high += [1.0] * len(options)
            whole += [1] * len(options)
        self.n = len(low)
        self.low, self.high, self.whole = np.array(low), np.array(high), np.array(whole)

    def row(self, coefficients: object) -> Floats:
        row = np.zeros((1, self.n))
        for name, factor in dict(coefficients).items():  # type: ignore[call-overload]
            row[0, self.at[name]] = factor
        return row

    def links(self) -> list[object]:
        """A discrete parameter has exactly one of its values."""
        from scipy.optimize import LinearConstraint

        made: list[object] = []
        for name, (start, options) in self.choices.items():
            one = np.zeros((1, self.n))
            one[0, start : start + len(options)] = 1.0
            same = np.zeros((1, self.n))
            same[0, start : start + len(options)] = options
            same[0, self.at[name]] = -1.0
            made += [LinearConstraint(one, 1.0, 1.0), LinearConstraint(same, 0.0, 0.0)]
        return made

    def point(self, answer: Floats, rng: np.random.Generator) -> Floats:
        row = np.empty(len(self.space.parameters))
        for i, parameter in enumerate(self.space.parameters):
            if isinstance(parameter, Categorical):
                row[i] = rng.integers(len(parameter.levels))
            elif parameter.name in self.choices:
                start, options = self.choices[parameter.name]
                row[i] = options[int(np.argmax(answer[start : start + len(options)]))]
            else:
                value = float(np.clip(answer[self.at[parameter.name]], parameter.low, parameter.high))
                row[i] = round(value) if self.whole[self.at[parameter.name]] else value
        return row
