"""Targets: which outcome of an experiment is wanted how."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from enum import StrEnum

from kiban.errors import InvalidValue


class Goal(StrEnum):
    """What is wanted of an outcome."""

    MAXIMISE = "maximise"
    MINIMISE = "minimise"
    MATCH = "match"
    """As near as possible to a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An outcome and what is wanted of it.

    Parameters
    ----------
    name : str
        Key of a property term, or whatever the laboratory calls the outcome.
    goal : Goal
    unit : str
        Outcomes are converted to it.
    value : float, optional
        For `Goal.MATCH`: what to come near to.
    low, high : float, optional
        Between which the outcome matters: at or beyond the bad end it is worth 0, at or beyond the good end 1. Needed
        where targets are weighed against each other, which are else not comparable. For `Goal.MATCH` they lie
        on both sides of the value, and are worth 0.
    """

    name: str
    goal: Goal = Goal.MAXIMISE
    unit: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InvalidValue("A target has no name.", mend="Name the outcome that is wanted.")
        if self.unit:
            from kiban.quantity.unit import dimension

            dimension(self.unit)
        numbers = [number for number in (self.value, self.low, self.high) if number is not None]
        if any(not math.isfinite(number) for number in numbers):
            raise InvalidValue(f"The target {self.name} has a number that is not finite.", mend="Give finite numbers.")
        if (self.goal is Goal.MATCH) != (self.value is not None):
            raise InvalidValue(
                f"The target {self.name} is to {self.goal}, and its value is {self.value}.",
                mend="Give a value to match, or leave it out where the outcome is maximised or minimised.",
            )
        if (self.low is None) != (self.high is None):
            raise InvalidValue(f"The target {self.name} has one limit.", mend="Give both limits, or neither.")
        ends = [number for number in (self.low, self.value, self.high) if number is not None]
        if self.low is not None and any(a >= b for a, b in itertools.pairwise(ends)):
            raise InvalidValue(
                f"The limits of {self.name} are {self.low} and {self.high}.",
                mend="Give the smaller first; a value to match lies between them.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLimit:
    """An outcome that has to stay within limits for an experiment to count."""

    name: str
    unit: str = ""
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        limits = [limit for limit in (self.low, self.high) if limit is not None]
        if not limits or any(not math.isfinite(limit) for limit in limits) or limits != sorted(limits):
            raise InvalidValue(
                f"The limits of {self.name} are {self.low} and {self.high}.",
                mend="Give a lower limit, an upper one, or both in this order.",
            )
        if self.unit:
            from kiban.quantity.unit import dimension

            dimension(self.unit)

    def keeps(self, value: float) -> bool:
        """Say whether a value in its unit is within the limits."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)
