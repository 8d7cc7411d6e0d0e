"""Constraints: which points of the product of all parameters can be made at all.

A sum is met within a billionth of its size: a mixture of 0.1, 0.2 and 0.7 adds up to one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from kiban.errors import InvalidValue
from kiban.planning.space.coded import Coded, level_number
from kiban.planning.space.formula import compiled
from kiban.planning.space.parameter import Truths

TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """The amounts of some components add up to a total, each in the same unit as the total."""

    names: tuple[str, ...]
    total: float = 1.0

    def __post_init__(self) -> None:
        _check_names("A mixture", self.names, least=2)
        if not math.isfinite(self.total) or self.total <= 0:
            raise InvalidValue(f"The total of a mixture is {self.total}.", mend="Give a positive number.")

    def holds(self, points: Coded) -> Truths:
        """Say for each point whether it keeps to this."""
        total = sum(points.numbers(name) for name in self.names)
        return np.asarray(np.abs(total - self.total) <= TOLERANCE * self.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMost:
    """At most so many of some components are there at all (are not 0)."""

    names: tuple[str, ...]
    n: int

    def __post_init__(self) -> None:
        _check_names("A limit on the number of components", self.names, least=1)
        if self.n < 0:
            raise InvalidValue(f"At most {self.n} components are asked for.", mend="Give a number from 0.")

    def holds(self, points: Coded) -> Truths:
        """Say for each point whether it keeps to this."""
        n = sum((points.numbers(name) != 0).astype(np.int64) for name in self.names)
        return np.asarray(n <= self.n)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """A sum of parameters times coefficients stays within limits; either limit may be absent."""

    coefficients: Mapping[str, float]
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        _check_names("A linear constraint", tuple(self.coefficients), least=1)
        _check_limits(self.low, self.high)
        object.__setattr__(self, "coefficients", MappingProxyType(dict(self.coefficients)))

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that it speaks of."""
        return tuple(self.coefficients)

    def holds(self, points: Coded) -> Truths:
        """Say for each point whether it keeps to this."""
        # A sum beyond all floats is infinite, or no number, and keeps to no limit.
        with np.errstate(over="ignore", invalid="ignore"):
            terms = [factor * points.numbers(name) for name, factor in self.coefficients.items()]
            slack = TOLERANCE * np.maximum(1e-300, sum(np.abs(term) for term in terms))
            total = np.asarray(sum(terms))
            return np.asarray(_within(total, self.low, self.high, slack) & np.isfinite(total))


@dataclass(frozen=True, slots=True, kw_only=True)
class Nonlinear:
    """A formula of parameters stays within limits: `temperature * log(time)`. Either limit may be absent."""

    formula: str
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        compiled(self.formula)
        _check_limits(self.low, self.high)

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that it speaks of."""
        return compiled(self.formula).names

    def holds(self, points: Coded) -> Truths:
        """Say for each point whether it keeps to this; one where the formula has no finite value does not."""
        values = compiled(self.formula)({name: points.numbers(name) for name in self.names}, len(points))
        return _within(values, self.low, self.high, TOLERANCE * np.abs(values)) & np.isfinite(values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """One condition of a forbidden combination: some levels of a parameter, or a range of its numbers."""

    name: str
    levels: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if bool(self.levels) == (self.low is not None or self.high is not None):
            raise InvalidValue(
                f"A condition on {self.name} has levels and limits, or neither.", mend="Give one of the two."
            )

    def holds(self, points: Coded) -> Truths:
        """Say for each point whether it meets the condition."""
        numbers = points.numbers(self.name)
        if self.levels:
            parameter = points.parameters[points.place(self.name)]
            return np.isin(numbers, [level_number(parameter, level) for level in self.levels])
        return _within(numbers, self.low, self.high, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden:
    """Points that meet all of these conditions cannot be made."""

    combination: tuple[Where, ...]

    def __post_init__(self) -> None:
        _check_names("A forbidden combination", self.names, least=1)

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that it speaks of."""
        return tuple(where.name for where in self.combination)

    def holds(self, points: Coded) -> Truths:
        """Say for each point whether it keeps clear of the combination."""
        return np.asarray(~np.logical_and.reduce([where.holds(points) for where in self.combination]))


Constraint: TypeAlias = "Mixture | AtMost | Linear | Nonlinear | Forbidden"


def _within(values: object, low: float | None, high: float | None, slack: object) -> Truths:
    array, room = np.asarray(values), np.asarray(slack)
    inside = np.ones(array.shape, dtype=np.bool_)
    if low is not None:
        inside &= array >= low - room
    if high is not None:
        inside &= array <= high + room
    return inside


def _check_names(what: str, names: tuple[str, ...], *, least: int) -> None:
    if len(names) < least or len(set(names)) != len(names):
        raise InvalidValue(
            f"{what} speaks of {', '.join(names) or 'no parameter'}; {least} or more different ones were expected.",
            mend="Name each parameter once.",
        )


def _check_limits(low: float | None, high: float | None) -> None:
    given = [limit for limit in (low, high) if limit is not None]
    if not given or any(not math.isfinite(limit) for limit in given) or given != sorted(given):
        raise InvalidValue(
            f"A constraint goes from {low} to {high}.", mend="Give a lower limit, an upper one, or both in this order."
        )
