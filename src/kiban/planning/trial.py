"""Trials: experiments that were done, with what came out, and the records that say so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from kiban.errors import InvalidValue
from kiban.planning.objective.objective import Objective
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Categorical, Floats, Parameter, Truths, Value, code
from kiban.planning.space.search_space import SearchSpace
from kiban.quantity.measured import Measured


class Ending(StrEnum):
    """How an experiment ended."""

    MEASURED = "measured"
    FAILED = "failed"
    """It could not be made or measured at this point; where it happens is learnt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One experiment that was done.

    Parameters
    ----------
    point : mapping of str to float, str or Measured
        As it was done, which need not be as it was suggested, nor inside of the space.
    outcomes : mapping of str to Measured
        What was measured; an outcome that was not measured is left out.
    ending : Ending
    rests_on : str
        Short identifier of the record, or the row of a table, that says so.
    """

    point: Mapping[str, Value | Measured]
    outcomes: Mapping[str, Measured] = field(default_factory=dict)
    ending: Ending = Ending.MEASURED
    rests_on: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "point", MappingProxyType(dict(self.point)))
        object.__setattr__(self, "outcomes", MappingProxyType(dict(self.outcomes)))
        if self.ending is Ending.FAILED and self.outcomes:
            raise InvalidValue(
                f"The trial {self.rests_on} failed and has outcomes.",
                mend="Leave the outcomes out, or let it count as measured.",
            )


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """Trials as arrays, for engines."""

    points: Coded
    outcomes: Mapping[str, Floats]
    """In the objective's units; NaN where an outcome was not measured."""
    uncertainties: Mapping[str, Floats]
    """Standard uncertainties in the same units; NaN where not known."""
    failed: Truths
    rests_on: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.points)


def results(space: SearchSpace, objective: Objective, trials: tuple[Trial, ...]) -> Results:
    """See trials as arrays.

    Raises
    ------
    InvalidValue
        If a trial lacks a parameter of the space, has a level that the space does not know, or an outcome in a unit
        that cannot be converted (IncompatibleUnit).
    """
    # Experiments outside of the ranges are as true as others: only levels have to be known.
    rows = np.array(
        [[_number(parameter, trial) for parameter in space.parameters] for trial in trials], dtype=np.float64
    )
    outcomes: dict[str, Floats] = {}
    doubts: dict[str, Floats] = {}
    for name, unit in objective.outcomes.items():
        values, doubt = np.full(len(trials), np.nan), np.full(len(trials), np.nan)
        for i, trial in enumerate(trials):
            if name in trial.outcomes:
                stated = trial.outcomes[name].in_unit(unit)
                values[i] = stated.value
                if stated.uncertainty is not None:
                    doubt[i] = stated.uncertainty.standard
        outcomes[name], doubts[name] = values, doubt
    return Results(
        points=Coded(space.parameters, rows.reshape(len(trials), len(space.names))),
        outcomes=outcomes,
        uncertainties=doubts,
        failed=np.array([trial.ending is Ending.FAILED for trial in trials], dtype=np.bool_),
        rests_on=tuple(trial.rests_on for trial in trials),
    )


def _number(parameter: Parameter, trial: Trial) -> float:
    name = parameter.name
    if name not in trial.point:
        raise InvalidValue(
            f"The trial {trial.rests_on} has no value of {name}.",
            mend="Give it, or leave the trial out.",
        )
    value = trial.point[name]
    if isinstance(parameter, Categorical):
        return code(parameter, value)
    if isinstance(value, Measured):
        return value.in_unit(parameter.unit).value
    if isinstance(value, str) or not math.isfinite(value):
        raise InvalidValue(
            f"The trial {trial.rests_on} has {value!r} for {name}; a finite number was expected.",
            mend="Correct the value, or leave the trial out.",
        )
    return float(value)
