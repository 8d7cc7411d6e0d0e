"""The objective of a search: one target, several weighed or traded against each other, limits, and cost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from kiban.errors import InvalidValue
from kiban.planning.objective.target import Goal, OutcomeLimit, Target


class Way(StrEnum):
    """How several targets make one objective."""

    SINGLE = "single"
    WEIGHTED = "weighted"
    """One number: the weighted mean of what each outcome is worth between its limits."""
    PARETO = "pareto"
    """No number: the front of experiments that none other beats in all targets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What an experiment costs, in a unit of the laboratory's choice: a fixed sum, and more for some settings."""

    fixed: float = 1.0
    per_unit: Mapping[str, float] = field(default_factory=dict)
    """For numeric parameters: cost of one unit of the parameter."""
    per_level: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """For categorical parameters: cost of a level."""

    def __post_init__(self) -> None:
        numbers = [self.fixed, *self.per_unit.values(), *(c for each in self.per_level.values() for c in each.values())]
        if any(not math.isfinite(number) for number in numbers) or self.fixed <= 0:
            raise InvalidValue(
                "A cost is not finite, or the fixed part of it not positive.", mend="Give finite, positive numbers."
            )
        if any(number < 0 for number in numbers):
            raise InvalidValue("A cost is negative.", mend="Give costs from 0.")
        object.__setattr__(self, "per_unit", MappingProxyType(dict(self.per_unit)))
        object.__setattr__(
            self, "per_level", MappingProxyType({k: MappingProxyType(dict(v)) for k, v in self.per_level.items()})
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """What is searched for.

    Parameters
    ----------
    targets : tuple of Target
    way : Way
        With one target `Way.SINGLE`; with several, how they go together.
    weights : tuple of float
        For `Way.WEIGHTED`: one positive number for each target.
    limits : tuple of OutcomeLimit
        An experiment outside of them does not count, however good.
    cost : Cost, optional
        Where given, engines look for gain per cost.
    """

    targets: tuple[Target, ...]
    way: Way = Way.SINGLE
    weights: tuple[float, ...] = ()
    limits: tuple[OutcomeLimit, ...] = ()
    cost: Cost | None = None

    def __post_init__(self) -> None:
        names = [target.name for target in self.targets]
        if not names or len(set(names)) != len(names):
            raise InvalidValue(
                f"An objective has the targets {', '.join(names) or '(none)'}.", mend="Name one or more, each once."
            )
        if (self.way is Way.SINGLE) != (len(names) == 1):
            raise InvalidValue(
                f"An objective of the kind '{self.way}' has {len(names)} targets.",
                mend="Take 'single' for one target, 'weighted' or 'pareto' for several.",
            )
        wanted = len(names) if self.way is Way.WEIGHTED else 0
        if len(self.weights) != wanted or any(not (math.isfinite(w) and w > 0) for w in self.weights):
            raise InvalidValue(
                f"A '{self.way}' objective with {len(names)} targets has the weights {list(self.weights)}.",
                mend=f"Give {wanted} positive numbers.",
            )
        if self.way is Way.WEIGHTED and any(target.low is None for target in self.targets):
            raise InvalidValue(
                "A weighted target has no limits, so that its outcomes cannot be compared with the others'.",
                mend="Give each target the value that is worth nothing and the one beyond which more is worth nothing.",
            )
        units = {target.name: target.unit for target in self.targets}
        for limit in self.limits:
            if units.setdefault(limit.name, limit.unit) != limit.unit:
                raise InvalidValue(
                    f"{limit.name} is a target in '{units[limit.name]}' and has limits in '{limit.unit}'.",
                    mend="Give both in one unit.",
                )

    @property
    def outcomes(self) -> Mapping[str, str]:
        """The outcomes that have to be measured, with the unit that each is taken in."""
        outcomes = {limit.name: limit.unit for limit in self.limits}
        return {target.name: target.unit for target in self.targets} | outcomes


def maximise(name: str, unit: str = "") -> Objective:
    """The objective to make one outcome as large as possible."""
    return Objective(targets=(Target(name=name, goal=Goal.MAXIMISE, unit=unit),))


def minimise(name: str, unit: str = "") -> Objective:
    """The objective to make one outcome as small as possible."""
    return Objective(targets=(Target(name=name, goal=Goal.MINIMISE, unit=unit),))
