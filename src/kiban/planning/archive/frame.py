"""The frame in which studies and a campaign are compared: the campaign's parameters, with the levels of all of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kiban.errors import IncompatibleUnit, UnknownUnit
from kiban.planning.archive.level_names import counterparts, likeness
from kiban.planning.archive.study import Study
from kiban.planning.space.constraint import Mixture
from kiban.planning.space.parameter import Categorical, Floats, Numeric, Parameter, Value
from kiban.planning.space.search_space import SearchSpace
from kiban.planning.trial import Trial
from kiban.quantity.measured import Measured

MOST_ROWS = 800
"""Of one study, that are learnt from; of longer ones so many are drawn, always the same."""
_LEAST_ROWS = 3
_MOST_LEVELS = 400
_PART_SET = 0.5
"""A study shares a parameter if so much of it, or more, has a value of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How alike two points are: the product over parameters of (1 + sharpness * likeness), scaled to 1.

    Written out, that is a constant, one term for each parameter, one for each pair, and so on.

    Parameters
    ----------
    by_name : float
        How much of the likeness of two different levels their names make, from 0 to 1.
    one_to_one : bool
        Whether levels of two studies stand for each other one to one, the likest ones (`level_names.counterparts`),
        instead of each being somewhat like all others.
    sharpness : float
        How much more the parameters together count than each for itself.
    length : float
        Of numbers, as a part of the parameter's range.
    noise : float
        Variance that no parameter explains, as a part of the whole.
    """

    by_name: float
    one_to_one: bool = False
    sharpness: float
    length: float
    noise: float


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """One parameter of the frame: a range, or levels with their likeness by name and by descriptors."""

    name: str
    low: float = 0.0
    high: float = 1.0
    unit: str = ""
    levels: tuple[str, ...] = ()
    named_alike: Floats | None = None
    counterparts: Floats | None = None

    def number(self, value: Value | Measured) -> float | None:
        """What stands for a value inside; `None` where it is none of the axis."""
        if self.levels:
            return float(self.levels.index(value)) if isinstance(value, str) and value in self.levels else None
        if isinstance(value, str):
            return None
        try:
            number = value.in_unit(self.unit).value if isinstance(value, Measured) else float(value)
        except (IncompatibleUnit, UnknownUnit):
            return None
        return number if math.isfinite(number) else None

    def alike(self, one: Floats, other: Floats, shape: Shape) -> Floats:
        """Likeness of values, shape (n_one, n_other), from 0 to 1."""
        if self.named_alike is not None and self.counterparts is not None:
            table = shape.by_name * (self.counterparts if shape.one_to_one else self.named_alike)
            np.fill_diagonal(table, 1.0)
            return np.asarray(table[np.ix_(one.astype(np.intp), other.astype(np.intp))])
        apart = (one[:, np.newaxis] - other) / ((self.high - self.low or 1.0) * shape.length)
        return np.asarray(np.exp(-0.5 * apart * apart))


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """A study in the frame.

    Parameters
    ----------
    numbers : array, shape (n, n_axes)
        NaN in the axes that it does not share.
    outcomes : mapping of str to array, shape (n,)
        NaN where not known.
    """

    name: str
    numbers: Floats
    outcomes: Mapping[str, Floats]

    def shared(self) -> tuple[int, ...]:
        """The axes that it shares and along which it varies."""
        known = ~np.isnan(self.numbers).any(axis=0)
        return tuple(int(i) for i in np.flatnonzero(known) if np.ptp(self.numbers[:, i]) > 0)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Axes in the order of the space's parameters: rows of the space are rows of the frame."""

    axes: tuple[Axis, ...]

    def kernel(self, one: Floats, other: Floats, along: Sequence[int], shape: Shape) -> Floats:
        """How alike points are along some axes, shape (n_one, n_other), up to 1."""
        product = np.ones((len(one), len(other)))
        for i in along:
            alike = self.axes[i].alike(one[:, i], other[:, i], shape)
            alike *= shape.sharpness
            alike += 1.0
            product *= alike
        return np.asarray(product / (1.0 + shape.sharpness) ** len(along))


def framed(space: SearchSpace, outcomes: Mapping[str, str], studies: Iterable[Study]) -> tuple[Frame, tuple[Rows, ...]]:
    """Bring studies into the frame of a space.

    A component of a mixture that a study does not name is not in it: 0. A trial that lacks another parameter that its
    study shares is left out, as is a study that shares no parameter along which it varies, or has hardly any trial.

    Parameters
    ----------
    outcomes : mapping of str to str
        By the name of an outcome, its unit. Values in a unit that is of another dimension count as they are.
    """
    given = tuple(studies)
    axes = tuple(_axis(parameter, given) for parameter in space.parameters)
    mixed = [set(each.names) for each in space.constraints if isinstance(each, Mixture)]
    rows = (_rows(study, axes, tuple(outcomes), mixed) for study in given)
    return Frame(axes), tuple(each for each in rows if each is not None and each.shared())


def _axis(parameter: Parameter, studies: Sequence[Study]) -> Axis:
    if not isinstance(parameter, Categorical):
        return _range(parameter)
    place = {level: i for i, level in enumerate(parameter.levels)}
    groups = [list(place.values())]
    for study in studies:
        own = dict.fromkeys(trial.point.get(parameter.name) for trial in study.trials)
        for value in own:
            if isinstance(value, str) and value not in place and len(place) < _MOST_LEVELS:
                place[value] = len(place)
        groups.append([place[value] for value in own if isinstance(value, str) and value in place])
    alike = likeness(list(place))
    return Axis(parameter.name, levels=tuple(place), named_alike=alike, counterparts=counterparts(alike, groups))


def _range(parameter: Numeric) -> Axis:
    return Axis(parameter.name, low=float(parameter.low), high=float(parameter.high), unit=parameter.unit)


def _rows(study: Study, axes: Sequence[Axis], outcomes: Sequence[str], mixed: Sequence[set[str]]) -> Rows | None:
    trials = [trial for trial in study.trials if any(name in trial.outcomes for name in outcomes)]
    if len(trials) < _LEAST_ROWS:
        return None
    numbers = np.array([[_number(axis, trial) for axis in axes] for trial in trials], dtype=np.float64)
    _fill_mixtures(numbers, axes, mixed)
    known = ~np.isnan(numbers)
    shares = known.mean(axis=0) >= _PART_SET
    numbers[:, ~shares] = np.nan
    whole = known[:, shares].all(axis=1)
    values = {name: _values(trials, name)[whole] for name in outcomes}
    numbers = numbers[whole]
    if len(numbers) < _LEAST_ROWS:
        return None
    if len(numbers) > MOST_ROWS:
        chosen = np.sort(np.random.default_rng(len(numbers)).choice(len(numbers), MOST_ROWS, replace=False))
        numbers, values = numbers[chosen], {name: column[chosen] for name, column in values.items()}
    return Rows(study.name, numbers, values)


def _number(axis: Axis, trial: Trial) -> float:
    number = axis.number(trial.point[axis.name]) if axis.name in trial.point else None
    return float("nan") if number is None else number


def _fill_mixtures(numbers: Floats, axes: Sequence[Axis], mixed: Sequence[set[str]]) -> None:
    for names in mixed:
        columns = [i for i, axis in enumerate(axes) if axis.name in names]
        some = ~np.isnan(numbers[:, columns]).all(axis=1)
        for i in columns:
            numbers[some & np.isnan(numbers[:, i]), i] = 0.0


def _values(trials: Sequence[Trial], name: str) -> Floats:
    """In the unit of the first one; what cannot be brought to it is not known."""
    first = next((trial.outcomes[name] for trial in trials if name in trial.outcomes), None)
    values = np.full(len(trials), np.nan)
    for i, trial in enumerate(trials):
        if first is not None and name in trial.outcomes:
            try:
                values[i] = trial.outcomes[name].in_unit(first.unit).value
            except (IncompatibleUnit, UnknownUnit):
                continue
    return values
