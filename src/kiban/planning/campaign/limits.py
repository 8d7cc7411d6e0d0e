"""What a campaign may use up, what it must not do, and from when on it is advised to stop."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kiban.errors import InvalidValue
from kiban.planning.campaign.experiment import Experiment, Source, State
from kiban.planning.objective.objective import Cost
from kiban.planning.space.constraint import Constraint
from kiban.planning.space.parameter import Value

MOST_AHEAD = 100
_NOT_DONE = frozenset({State.REFUSED, State.ABANDONED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of a campaign; what is `None` is not limited.

    Parameters
    ----------
    experiments : int, optional
        Suggested, added or repeated ones; what was imported does not count, nor what was refused or abandoned.
    cost, hours : float, optional
        Of all experiments together: as they were where that is known, else as they are expected to be.
    safety : tuple of Constraint
        No experiment that breaks one is suggested, added or begun, also where the space would let it.
    enough : mapping of str to float
        By outcome, in its unit: what is good enough. For a value to match, how far from it is near enough.
    patience : int, optional
        So many experiments one after another that do not improve on the best are a reason to stop.
    ahead : int, optional
        So many experiments are kept open: where people tell a result and fewer are left, the next are suggested by
        themselves. A run in a laboratory asks for its own.
    """

    experiments: int | None = None
    cost: float | None = None
    hours: float | None = None
    safety: tuple[Constraint, ...] = ()
    enough: Mapping[str, float] = field(default_factory=dict)
    patience: int | None = None
    ahead: int | None = None

    def __post_init__(self) -> None:
        for what, count in (("number of experiments", self.experiments), ("patience", self.patience)):
            if count is not None and count < 1:
                raise InvalidValue(f"The {what} is limited to {count}.", mend="Give a whole number from 1.")
        if self.ahead is not None and not 1 <= self.ahead <= MOST_AHEAD:
            raise InvalidValue(
                f"{self.ahead} experiments are to be kept ahead.", mend=f"Give a whole number from 1 to {MOST_AHEAD}."
            )
        for what, number in (("cost", self.cost), ("duration", self.hours)):
            if number is not None and not (math.isfinite(number) and number > 0):
                raise InvalidValue(f"The {what} is limited to {number}.", mend="Give a finite, positive number.")
        if any(not math.isfinite(number) for number in self.enough.values()):
            raise InvalidValue("What is enough is not finite.", mend="Give finite numbers.")
        object.__setattr__(self, "enough", MappingProxyType(dict(self.enough)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What was used up, and what is meant to be."""

    experiments: int = 0
    cost: float = 0.0
    hours: float = 0.0

    def left_of(self, limits: Limits) -> Mapping[str, float]:
        """What is left of each limit that there is, by its name; below 0 where more was used."""
        both = {
            "experiments": (limits.experiments, self.experiments),
            "cost": (limits.cost, self.cost),
            "hours": (limits.hours, self.hours),
        }
        return {name: limit - used for name, (limit, used) in both.items() if limit is not None}


def price(cost: Cost | None, point: Mapping[str, Value]) -> float:
    """What an experiment at a point is expected to cost; without a cost, nothing."""
    if cost is None:
        return 0.0
    total = cost.fixed
    for name, rate in cost.per_unit.items():
        total += rate * float(point[name])
    for name, prices in cost.per_level.items():
        total += prices.get(str(point[name]), 0.0)
    return total


def spending(experiments: Iterable[Experiment], cost: Cost | None, duration: Cost | None) -> Spending:
    """Add up what experiments used, or are expected to use."""
    counted, total_cost, total_hours = 0, 0.0, 0.0
    for each in experiments:
        if each.source is Source.IMPORTED:
            continue
        is_done = each.state not in _NOT_DONE
        counted += is_done
        # What was given up may have cost something; where nobody said what, it is taken to be nothing.
        total_cost += each.cost if each.cost is not None else price(cost, each.point) * is_done
        total_hours += each.hours if each.hours is not None else price(duration, each.point) * is_done
    return Spending(experiments=counted, cost=total_cost, hours=total_hours)
