"""Parameters: what an experimenter sets before an experiment, each with the values that it can take.

Inside the folder a value is a float: that of the parameter in its own unit, or the number of a categorical level.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kiban.errors import InvalidValue, OutOfRange
from kiban.quantity.measured import Measured

Value: TypeAlias = "float | str"
Point: TypeAlias = "Mapping[str, Value]"
"""One setting of all parameters: numbers in the parameters' units, levels by their names."""
Floats: TypeAlias = "NDArray[np.float64]"
Truths: TypeAlias = "NDArray[np.bool_]"

_ROUNDING = 1e-9
"""Two values of a parameter closer than this part of its range are the same value."""
_LARGEST_INTEGER = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuous:
    """Any number from `low` to `high`, both included.

    Parameters
    ----------
    name : str
    low, high : float
    unit : str
    resolution : float, optional
        What the equipment can be set to: multiples of it, counted from 0. Only these are suggested; what was done may
        lie between them. Without one, suggestions are rounded to four significant digits of the range.
    """

    name: str
    low: float
    high: float
    unit: str = ""
    resolution: float | None = None

    def __post_init__(self) -> None:
        _check_name(self.name, self.unit)
        _check_range(self.name, self.low, self.high, self.unit)
        if self.resolution is not None:
            _check_resolution(self)

    @property
    def options(self) -> Floats | None:
        """The values it can take; `None` where they cannot be counted."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Integer:
    """Any whole number from `low` to `high`, both included."""

    name: str
    low: int
    high: int
    unit: str = ""

    def __post_init__(self) -> None:
        _check_name(self.name, self.unit)
        if any(abs(end) > _LARGEST_INTEGER for end in (self.low, self.high)):
            raise OutOfRange(
                f"{self.name} goes beyond {_LARGEST_INTEGER}, where whole numbers are not told apart any more.",
                mend="Give it in another unit, or make the parameter continuous.",
            )
        if self.low != int(self.low) or self.high != int(self.high):
            raise InvalidValue(
                f"{self.name} goes from {self.low} to {self.high}; whole numbers were expected.",
                mend="Give whole numbers, or make the parameter continuous.",
            )
        _check_range(self.name, self.low, self.high, self.unit)

    @property
    def options(self) -> Floats | None:
        """The values it can take; `None` beyond ten thousand, which are not listed."""
        return np.arange(self.low, self.high + 1, dtype=np.float64) if self.high - self.low < 10_000 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrete:
    """One of some numbers, in ascending order."""

    name: str
    values: tuple[float, ...]
    unit: str = ""

    def __post_init__(self) -> None:
        _check_name(self.name, self.unit)
        if not self.values or any(not math.isfinite(value) for value in self.values):
            raise InvalidValue(
                f"The values of {self.name} are {list(self.values)}; one or more finite numbers were expected.",
                mend="List the values that can be set.",
            )
        if any(b - a <= _ROUNDING * (self.high - self.low) for a, b in itertools.pairwise(self.values)):
            raise InvalidValue(
                f"The values of {self.name} do not ascend.", mend="Give each value once, from small to large."
            )

    @property
    def low(self) -> float:
        """The smallest value."""
        return self.values[0]

    @property
    def high(self) -> float:
        """The largest value."""
        return self.values[-1]

    @property
    def options(self) -> Floats | None:
        """The values it can take."""
        return np.asarray(self.values, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Categorical:
    """One of some levels that have names and no order.

    Parameters
    ----------
    name : str
    levels : tuple of str
    descriptors : mapping of str to tuple of float
        Numbers that describe the levels (a mass, an electronegativity), one for each level: levels that are alike in
        them are expected to act alike. Without descriptors any two levels are equally different.
    """

    name: str
    levels: tuple[str, ...]
    descriptors: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_name(self.name, "")
        if not self.levels or len(set(self.levels)) != len(self.levels) or "" in self.levels:
            raise InvalidValue(
                f"The levels of {self.name} are {list(self.levels)}; different names were expected.",
                mend="Give each level once, by a name.",
            )
        for descriptor, numbers in self.descriptors.items():
            if len(numbers) != len(self.levels) or any(not math.isfinite(number) for number in numbers):
                raise InvalidValue(
                    f"The descriptor {descriptor} of {self.name} has {len(numbers)} numbers for {len(self.levels)} "
                    "levels, or one that is not finite.",
                    mend="Give one finite number for each level.",
                )
        object.__setattr__(self, "descriptors", MappingProxyType(dict(self.descriptors)))

    @property
    def options(self) -> Floats | None:
        """The numbers of the levels."""
        return np.arange(len(self.levels), dtype=np.float64)


Numeric: TypeAlias = "Continuous | Integer | Discrete"
Parameter: TypeAlias = "Continuous | Integer | Discrete | Categorical"


def code(parameter: Parameter, value: object) -> float:
    """Give the number that stands for a value inside.

    Parameters
    ----------
    parameter : Parameter
    value : float, str or Measured
        A level by its name; a number in the parameter's unit; a Measured is converted.

    Raises
    ------
    InvalidValue
        If it is no value of the parameter: OutOfRange for a number beyond its ends, IncompatibleUnit for a unit.
    """
    if isinstance(parameter, Categorical):
        if not isinstance(value, str) or value not in parameter.levels:
            raise InvalidValue(
                f"{parameter.name} was given as {value!r}, which is none of its levels.",
                mend=f"Its levels are: {', '.join(parameter.levels[:20])}.",
            )
        return float(parameter.levels.index(value))
    if isinstance(value, Measured):
        value = value.in_unit(parameter.unit).value
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise InvalidValue(
            f"{parameter.name} was given as {value!r}; a number was expected.",
            mend=f"Give a number in '{parameter.unit}'." if parameter.unit else "Give a number.",
        )
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    slack = _ROUNDING * (parameter.high - parameter.low)
    if not parameter.low - slack <= number <= parameter.high + slack:
        raise OutOfRange(
            f"{parameter.name} was given as {number:g} {parameter.unit}, outside "
            f"[{parameter.low:g}, {parameter.high:g}].",
            mend="Give a value inside of the range, or widen the range of the space.",
        )
    return number


def decode(parameter: Parameter, number: float) -> Value:
    """Say the value that a number inside stands for."""
    if isinstance(parameter, Categorical):
        return parameter.levels[round(number)]
    return float(number)


def holds(parameter: Parameter, numbers: Floats) -> Truths:
    """Say for each number inside whether it stands for a value of the parameter."""
    options = parameter.options
    if options is None:
        inside = (numbers >= parameter.low) & (numbers <= parameter.high)  # type: ignore[union-attr]
        return inside & (numbers == np.round(numbers)) if isinstance(parameter, Integer) else inside
    near = options[np.clip(np.searchsorted(options, numbers), 0, len(options) - 1)]
    below = options[np.clip(np.searchsorted(options, numbers) - 1, 0, len(options) - 1)]
    slack = _ROUNDING * max(float(options[-1] - options[0]), abs(float(options[-1])))
    return np.asarray(np.minimum(np.abs(near - numbers), np.abs(below - numbers)) <= slack)


def _check_name(name: str, unit: str) -> None:
    if not name.strip():
        raise InvalidValue("A parameter has no name.", mend="Name it as the laboratory does.")
    if unit:
        from kiban.quantity.unit import dimension

        dimension(unit)


def _check_range(name: str, low: float, high: float, unit: str) -> None:
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise OutOfRange(
            f"{name} goes from {low} to {high} {unit}; a finite range was expected.",
            mend="Give the smallest value first, then the largest.",
        )


def _check_resolution(parameter: Continuous) -> None:
    step, name, unit = parameter.resolution, parameter.name, parameter.unit
    assert step is not None  # noqa: S101  the caller asked
    if not (math.isfinite(step) and step > 0):
        raise InvalidValue(
            f"The resolution of {name} is {step} {unit}; a positive number was expected.",
            mend="Give the smallest step that the equipment can be set in, or leave it out.",
        )
    if max(abs(parameter.low), abs(parameter.high)) / step > _LARGEST_INTEGER:
        raise InvalidValue(
            f"The resolution of {name}, {step:g} {unit}, is finer than numbers of that size are told apart.",
            mend="Give a larger one, or leave it out.",
        )
    slack = _ROUNDING * max(parameter.high - parameter.low, step)
    if math.floor((parameter.high + slack) / step) < math.ceil((parameter.low - slack) / step):
        raise OutOfRange(
            f"No multiple of {step:g} {unit}, the resolution of {name}, lies in "
            f"[{parameter.low:g}, {parameter.high:g}].",
            mend="Widen the range, or give a finer resolution.",
        )
