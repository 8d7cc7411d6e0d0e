"""Numbers as equipment can be set to them: suggestions are rounded before they are made, so that what is shown is what
is kept.

A resolution holds strictly: the parameter is then one of listed values. Without one, four significant digits of the
range are enough for any furnace; where constraints leave so little room that no rounded point keeps to them, more
digits are given.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from kiban.planning.space.block import blocks
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Continuous, Discrete, Floats, Parameter
from kiban.planning.space.search_space import SearchSpace

_DIGITS = 4
_MORE_DIGITS = 4
"""Given where four do not suffice."""
_MOST_LISTED = 1000
_TRIES = 6
_SLACK = 1e-9


def as_it_can_be_set(space: SearchSpace) -> SearchSpace:
    """The space with a list of values for each parameter that has a resolution, unless it would be a long one."""
    if space.candidates is not None:
        return space
    parameters = tuple(_listed(parameter) for parameter in space.parameters)
    return space if parameters == space.parameters else replace(space, parameters=parameters)


def rounded(space: SearchSpace, rows: Floats, rng: np.random.Generator) -> Floats:
    """Round allowed points so that they stay allowed.

    Parameters
    ----------
    space : SearchSpace
        As `as_it_can_be_set` gives it.
    rows : array, shape (n, n_parameters), each allowed
    rng : Generator
        Rounds up or down by lot where rounding to the nearest breaks a constraint.

    Returns
    -------
    array, shape (n or fewer, n_parameters)
        In the same order. Points of a parameter with a resolution that do not find a neighbour are left out.
    """
    if len(rows) == 0 or not any(isinstance(parameter, Continuous) for parameter in space.parameters):
        return rows
    answer, open_ = rows.copy(), np.ones(len(rows), dtype=np.bool_)
    for fineness in (1.0, 10.0**-_MORE_DIGITS):
        for attempt in range(_TRIES):
            at = np.flatnonzero(open_)
            if len(at) == 0:
                return answer
            shift = np.full(rows[at].shape, 0.5) if attempt == 0 else rng.random(rows[at].shape).round()
            tried = _tried(space, rows[at], fineness, shift)
            good = space.allowed(Coded(space.parameters, tried))
            answer[at[good]] = tried[good]
            open_[at[good]] = False
    if any(_resolution(parameter) is not None for parameter in space.parameters):
        return answer[~open_]
    return answer


def step_of(parameter: Continuous) -> float:
    """The step that suggestions of it are rounded to."""
    if parameter.resolution is not None:
        return parameter.resolution
    width = parameter.high - parameter.low
    return float(10.0 ** (math.floor(math.log10(width)) - _DIGITS + 1)) if width > 0 else 0.0


def _tried(space: SearchSpace, rows: Floats, fineness: float, shift: Floats) -> Floats:
    """Rows rounded, perhaps out of constraints; `shift` is 0 for down, 1 for up, 0.5 for the nearest."""
    tried = rows.copy()
    for block in blocks(space):
        steps = {}
        for column in block.columns:
            parameter = space.parameters[column]
            if isinstance(parameter, Continuous):
                steps[column] = step_of(parameter) * (fineness if parameter.resolution is None else 1.0)
        if block.mixture is not None:
            _share(tried, block.columns, steps, space.parameters, block.mixture.total, shift)
            continue
        for column, step in steps.items():
            if step > 0:
                tried[:, column] = _multiples(rows[:, column], step, shift[:, column])
                _keep_inside(tried, column, step, space.parameters[column])
    return tried


def _share(
    tried: Floats,
    block: tuple[int, ...],
    steps: dict[int, float],
    parameters: tuple[Parameter, ...],
    total: float,
    shift: Floats,
) -> None:
    """Round the components of mixtures, in place: the largest remainders go up until the sum is met."""
    steps = {column: step for column, step in steps.items() if step > 0}
    if not steps:
        return
    finest = min(steps.values())
    fine = [column for column, step in steps.items() if step <= finest * (1 + _SLACK)]
    for column, step in steps.items():
        if column not in fine:
            tried[:, column] = _multiples(tried[:, column], step, 0.5)
            _keep_inside(tried, column, step, parameters[column])
    is_there = tried[:, fine] != 0
    parts = tried[:, fine] / finest
    down = np.floor(parts + _SLACK)
    # By lot, after the first try, which of them go up; those that are not there stay away.
    order = np.where(is_there, down - parts - shift[:, fine], np.inf).argsort(axis=1, kind="stable").argsort(axis=1)
    tried[:, fine] = _as_written(down * finest, finest)
    n_up = np.rint((total - tried[:, block].sum(axis=1)) / finest)[:, np.newaxis]
    tried[:, fine] = _as_written((down + ((order < n_up) & is_there)) * finest, finest)
    # What is no multiple, where the total is none, goes to the largest that has no resolution of its own.
    rest = total - tried[:, block].sum(axis=1)
    odd = np.flatnonzero(np.abs(rest) > 1e-12 * total)
    free = [column for column in fine if _resolution(parameters[column]) is None]
    if len(odd) and free:
        largest = np.array(free)[tried[odd][:, free].argmax(axis=1)]
        tried[odd, largest] += rest[odd]


def _multiples(values: Floats, step: float, shift: Floats | float) -> Floats:
    # What is not there at all stays away: a limit on the number of components may rest on it.
    return _as_written(np.where(values == 0, 0.0, np.floor(values / step + shift) * step), step)


def _as_written(values: Floats, step: float) -> Floats:
    """Multiples of a step as people write them: 0.3, not 0.30000000000000004."""
    size = float(np.abs(values).max(initial=step))
    return np.asarray(np.round(values, max(0, 14 - math.floor(math.log10(max(size, step))))))


def _keep_inside(tried: Floats, column: int, step: float, parameter: Parameter) -> None:
    assert isinstance(parameter, Continuous)  # noqa: S101  the caller chose them
    first, last = _ends(parameter, step)
    if first <= last:
        low, high = _as_written(np.array([first * step, last * step]), step)
        tried[:, column] = np.clip(tried[:, column], low, high)


def _ends(parameter: Continuous, step: float) -> tuple[int, int]:
    """The first and the last multiple within the range."""
    return math.ceil(parameter.low / step - _SLACK), math.floor(parameter.high / step + _SLACK)


def _resolution(parameter: Parameter) -> float | None:
    return parameter.resolution if isinstance(parameter, Continuous) else None


def _n_multiples(parameter: Parameter) -> float:
    resolution = _resolution(parameter)
    if resolution is None or not isinstance(parameter, Continuous):
        return math.inf
    return (parameter.high - parameter.low) / resolution + 1


def _listed(parameter: Parameter) -> Parameter:
    """The parameter as a list of values, where it has a resolution that leaves not too many."""
    if not isinstance(parameter, Continuous) or _n_multiples(parameter) > _MOST_LISTED:
        return parameter
    step = step_of(parameter)
    first, last = _ends(parameter, step)
    values = _as_written(np.arange(first, last + 1, dtype=np.float64) * step, step)
    return Discrete(name=parameter.name, values=tuple(float(value) for value in values), unit=parameter.unit)
