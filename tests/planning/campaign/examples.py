"""Campaigns that the tests begin with."""

from __future__ import annotations

from typing import Any

from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Outcome
from kiban.planning.objective.objective import Objective, Way, maximise
from kiban.planning.objective.target import Goal, Target
from kiban.planning.space.parameter import Categorical, Discrete
from kiban.planning.space.search_space import SearchSpace
from kiban.quantity.measured import Measured

SPACE = SearchSpace(
    parameters=(
        Discrete(name="temperature", values=tuple(300.0 + 50.0 * i for i in range(7)), unit="K"),
        Categorical(name="solvent", levels=("water", "ethanol", "acetone")),
    )
)
TWO = Objective(
    targets=(Target(name="strength", unit="MPa"), Target(name="mass", goal=Goal.MINIMISE, unit="kg")), way=Way.PARETO
)
SAID: dict[str, Any] = {"at": "2026-11-27T09:00:00+00:00", "by": "sato"}


def campaign(**changes: Any) -> Campaign:
    """A campaign of 21 points that looks for strength."""
    given = {"name": "Strong glue", "space": SPACE, "objective": maximise("strength", "MPa"), "seed": 11} | changes
    return Campaign(**given)


def strength(value: float, unit: str = "MPa", evidence: str = "") -> Outcome:
    """An outcome."""
    return Outcome(name="strength", value=Measured(value, unit), evidence=evidence)
