"""What an engine is.

An engine is a module of this folder that ends in `ENGINE = ...`, or an entry point in the group
`kiban.planning.engines`. It takes a space, an objective and trials, and says which experiments to do next, what it
expects of them and why. It keeps no state, reads no files and asks no clock: the same question and seed give the same
answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from kiban.planning.objective.objective import Objective
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Floats, Point
from kiban.planning.space.search_space import SearchSpace
from kiban.planning.trial import Trial
from kiban.quantity.measured import Measured


class Why(StrEnum):
    """Why an experiment is suggested; pages and terminal have the words, in two languages."""

    DRAWN = "drawn"
    """By lot."""
    SPREAD = "spread"
    """It lies where little was tried."""
    IMPROVE = "improve"
    """It may well beat the best so far."""
    LEARN = "learn"
    """Little is known there, and it could be better than it looks."""
    FRONT = "front"
    """It may push the Pareto front out."""
    EARLIER = "earlier"
    """Earlier studies or calculations expect most there; nothing of the campaign's own tells good from bad yet."""
    FEASIBLE = "feasible"
    """Nothing so far keeps to the limits; here it may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why, with the numbers that a sentence about it names."""

    why: Why
    numbers: Mapping[str, float] = field(default_factory=dict)
    """By their names: `chance` (of beating the best so far), `best` (so far, in the target's unit), `nearest` (distance
    to the nearest trial, 1 being the whole range of one parameter), `feasible` (chance to keep to all limits and not
    to fail), `n_trials` (that it rests on)."""
    models: Mapping[str, float] = field(default_factory=dict)
    """How much each surrogate model counted; the weights add up to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An experiment that is worth doing next.

    Parameters
    ----------
    point : Point
    expected : mapping of str to Measured
        For each target and limited outcome, where the engine has an expectation: the value with its standard
        uncertainty.
    reason : Reason
    rests_on : tuple of str
        What the trials rest on (`Trial.rests_on`) that the expectation was learnt from.
    candidate : int, optional
        Its row in the space's list of candidates.
    """

    point: Point
    expected: Mapping[str, Measured] = field(default_factory=dict)
    reason: Reason
    rests_on: tuple[str, ...] = ()
    candidate: int | None = None


@runtime_checkable
class Prior(Protocol):
    """What is expected before anything is measured: learnt from earlier studies, or from a simulation.

    An engine does not believe it: it works out from the trials how much it is worth, so that a bad one fades out.
    """

    @property
    def name(self) -> str:
        """As pages name it."""
        ...

    def expect(self, points: Coded, outcome: str) -> Floats | None:
        """The expected outcome at each point, shape (n_points,), in any unit (only its shape counts); `None` if it has
        nothing to say of that outcome."""
        ...


@runtime_checkable
class Believed(Prior, Protocol):
    """A prior that says itself how far it is to be believed, by what is known beside the trials."""

    def strength(self, outcome: str) -> float:
        """The correlation that the outcome is expected to have with it over the space, from -1 to 1; 0 if nothing is
        known of that."""
        ...


@runtime_checkable
class Engine(Protocol):
    """Suggests experiments."""

    name: str
    """The module's name: `space_filling`."""
    version: int
    """Raised by one whenever the same question would give another answer than before."""
    title: str
    """What it does, for lists."""
    # An engine that makes something of priors says so: `takes_priors = True`. Others are not given any.

    def suggest(
        self,
        space: SearchSpace,
        objective: Objective,
        trials: tuple[Trial, ...],
        *,
        n: int,
        pending: tuple[Point, ...],
        seed: int,
        priors: tuple[Prior, ...],
    ) -> tuple[Suggestion, ...]:
        """Say what to do next.

        Parameters
        ----------
        space : SearchSpace
        objective : Objective
        trials : tuple of Trial
            All that was done, failures too.
        n : int
            How many, from 1.
        pending : tuple of Point
            Suggested or running, without a result: never suggested again.
        seed : int
            From 0. The same question with the same seed gives the same answer.
        priors : tuple of Prior
            An engine that cannot use them passes them over.

        Returns
        -------
        tuple of Suggestion
            Best first; `n`, or fewer where fewer points are left that were neither tried nor are pending. None of
            them is a point that was tried, pending, or suggested beside it.

        Raises
        ------
        InvalidValue
            If the question contradicts itself.
        NothingAllowed
            If no point of the space keeps to its constraints.
        """
        ...


@runtime_checkable
class Configurable(Protocol):
    """An engine that has settings."""

    def configured(self, settings: Mapping[str, Any]) -> Engine:
        """The engine set so; it has the same name. Raises InvalidSetting for what it does not have."""
        ...
