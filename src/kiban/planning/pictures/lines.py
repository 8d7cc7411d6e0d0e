"""All experiments at once: one line for each, through an axis for each parameter and each outcome."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Experiment, State
from kiban.planning.campaign.progress import best
from kiban.planning.objective.worth import worth_of_target
from kiban.planning.space.parameter import Categorical, Floats, Value

MOST_LINES = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A parameter or an outcome.

    Parameters
    ----------
    low, high : float
        Of the parameter's range and all lines.
    levels : tuple of str
        In the place of numbers.
    """

    name: str
    unit: str = ""
    low: float = 0.0
    high: float = 1.0
    levels: tuple[str, ...] = ()
    is_outcome: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One experiment.

    Parameters
    ----------
    values : tuple
        One for each axis; `None` where an outcome is not known.
    good : float, optional
        From 0 for the worst in the first target to 1 for the best.
    """

    number: int
    state: State
    values: tuple[Value | None, ...]
    good: float | None
    is_best: bool
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The experiments as lines, the best last, so that they lie on top. `n_left_out` are too many to be drawn."""

    axes: tuple[Axis, ...]
    lines: tuple[Line, ...]
    target: str
    n_left_out: int


def lines_of(campaign: Campaign) -> Lines:
    """Gather the experiments that were done or are open: all that are open or best, and the newest of the others."""
    target = campaign.objective.targets[0]
    leading = set(best(campaign))
    wanted = [each for each in campaign.experiments if each.is_open or each.outcomes]
    wanted = [each for each in wanted if each.state not in {State.REFUSED, State.ABANDONED}]
    first = [each for each in wanted if each.is_open or each.number in leading][-MOST_LINES:]
    chosen = {each.number for each in first}
    rest = [each for each in wanted if each.number not in chosen]
    shown = sorted([*first, *rest[max(0, len(rest) - (MOST_LINES - len(first))) :]], key=lambda each: each.number)
    names = (*campaign.space.names, *campaign.objective.outcomes)
    table = [tuple(_value(each, name) for name in names) for each in shown]
    found = np.array([_number(_value(each, target.name)) for each in shown], dtype=np.float64)
    goods = _goods(worth_of_target(target, found))
    lines = [
        Line(
            number=each.number,
            state=each.state,
            values=values,
            good=None if np.isnan(good) else float(good),
            is_best=each.number in leading,
            is_open=each.is_open,
        )
        for each, values, good in zip(shown, table, goods, strict=True)
    ]
    lines.sort(key=lambda line: (line.is_open, line.good if line.good is not None else -1.0, line.number))
    return Lines(
        axes=tuple(_axis(campaign, name, [values[i] for values in table]) for i, name in enumerate(names)),
        lines=tuple(lines),
        target=target.name,
        n_left_out=len(wanted) - len(shown),
    )


def _value(experiment: Experiment, name: str) -> Value | None:
    if name in experiment.point:
        return experiment.point[name]
    outcome = experiment.outcome(name)
    return outcome.value.value if outcome is not None else None


def _number(value: Value | None) -> float:
    return float("nan") if value is None or isinstance(value, str) else float(value)


def _goods(worths: Floats) -> Floats:
    if len(worths) == 0 or np.isnan(worths).all():
        return worths
    low, high = np.nanmin(worths), np.nanmax(worths)
    return (worths - low) / (high - low) if high > low else np.where(np.isnan(worths), np.nan, 1.0)


def _axis(campaign: Campaign, name: str, values: list[Value | None]) -> Axis:
    numbers = [number for number in map(_number, values) if not np.isnan(number)]
    if name in campaign.space.names:
        parameter = campaign.space.parameter(name)
        if isinstance(parameter, Categorical):
            return Axis(name=name, levels=parameter.levels)
        ends = [float(parameter.low), float(parameter.high), *numbers]
        return Axis(name=name, unit=parameter.unit, low=min(ends), high=max(ends))
    unit = campaign.objective.outcomes[name]
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    return Axis(name=name, unit=unit, low=low, high=high, is_outcome=True)
