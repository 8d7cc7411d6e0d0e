"""The campaign: a search for better materials, with all that it remembers.

It is kept as what it has come to, not as a list of moves to be played again: the catalog keeps every version of it, and
playing moves again would need every version of every engine. What each move was stands beside what it was made on.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from kiban.errors import InvalidValue
from kiban.planning.campaign.earlier import AUTO, StudyUsed, formulas_of
from kiban.planning.campaign.experiment import Experiment, State
from kiban.planning.campaign.limits import Limits, Spending, spending
from kiban.planning.campaign.standstill import Standstill
from kiban.planning.objective.objective import Cost, Objective
from kiban.planning.question import check_question
from kiban.planning.space.parameter import Point
from kiban.planning.space.search_space import SearchSpace
from kiban.planning.trial import Ending, Trial

LONGEST_NAME = 500
LONGEST_TEXT = 20_000
MOST_EXPERIMENTS = 10_000


class Stage(StrEnum):
    """Whether a campaign goes on."""

    ACTIVE = "active"
    PAUSED = "paused"
    """Nothing is suggested; what is running can still be told."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Suggestions that were asked for together.

    Parameters
    ----------
    seed : int
        What the engine was given; it follows from the campaign's seed and the batch's number.
    engine, engine_version
        Which engine answered: the same version gives the same answer to the same question.
    studies : tuple of StudyUsed
        Earlier studies and formulas that were looked at, with how much they counted.
    """

    number: int
    seed: int
    engine: str
    engine_version: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    at: str
    by: str
    studies: tuple[StudyUsed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A change of the campaign itself: paused, resumed, ended, other limits, another engine."""

    action: str
    at: str
    by: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """A search, and all that became of it. Moves (`kiban.planning.campaign.moves` and others) give the next one.

    Parameters
    ----------
    space : SearchSpace
    objective : Objective
        Its cost is that of one experiment.
    duration : Cost, optional
        How many hours one experiment takes, said as a cost is.
    engine, settings
        Which engine suggests, and what it is set to.
    seed : int
        From 0. The same seed, history and archive give the same suggestions.
    archive : tuple of str
        Which earlier studies it may rest on: `auto` for those that are found, identifiers, formulas; none where empty.
    experiments : tuple of Experiment
        In order of their numbers.
    standstill : Standstill, optional
        Why the next experiments could not be suggested, when they last were to be by themselves.
    """

    name: str
    description: str = ""
    space: SearchSpace
    objective: Objective
    duration: Cost | None = None
    engine: str = "embedded"
    settings: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    limits: Limits = field(default_factory=Limits)
    archive: tuple[str, ...] = (AUTO,)
    stage: Stage = Stage.ACTIVE
    batches: tuple[Batch, ...] = ()
    experiments: tuple[Experiment, ...] = ()
    passages: tuple[Passage, ...] = ()
    standstill: Standstill | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InvalidValue("A campaign needs a name.", mend="Name it after what is searched for.")
        if any(unicodedata.category(character) in {"Cc", "Cs"} for character in self.name):
            raise InvalidValue(
                "The name of the campaign holds a control character.",
                mend="Give it in one line of printable characters.",
            )
        for what, text, most in (("name", self.name, LONGEST_NAME), ("description", self.description, LONGEST_TEXT)):
            if len(text) > most:
                raise InvalidValue(
                    f"The {what} has {len(text)} characters.", mend=f"At most {most} are kept: shorten it."
                )
        check_question(self.space, self.objective, n=1, seed=self.seed)
        if self.duration is not None:
            check_question(self.space, replace(self.objective, cost=self.duration), n=1, seed=self.seed)
        SearchSpace(parameters=self.space.parameters, constraints=self.limits.safety)
        formulas_of(self.archive, self.space, self.objective)
        if unknown := sorted(set(self.limits.enough) - {target.name for target in self.objective.targets}):
            raise InvalidValue(
                f"What is enough of '{unknown[0]}' is said, which is no target.",
                mend=f"Targets are: {', '.join(target.name for target in self.objective.targets)}.",
            )
        # Whoever does not see a record that one rests on sees the campaign without it: there may be gaps.
        if any(a.number >= b.number for a, b in itertools.pairwise(self.experiments)):
            raise InvalidValue(
                "The experiments of a campaign are not in order of their numbers.",
                mend="Take the document as it was written.",
            )
        if len(self.experiments) > MOST_EXPERIMENTS:
            raise InvalidValue(
                f"The campaign would have {len(self.experiments)} experiments.",
                mend=f"At most {MOST_EXPERIMENTS} are kept: begin another one and import what it should know.",
            )
        object.__setattr__(self, "settings", MappingProxyType(dict(self.settings)))

    @cached_property
    def safe_space(self) -> SearchSpace:
        """What may be suggested: the space within the safety limits."""
        return SearchSpace(
            parameters=self.space.parameters,
            constraints=(*self.space.constraints, *self.limits.safety),
            candidates=self.space.candidates,
        )

    @property
    def next_number(self) -> int:
        """The number of the next experiment."""
        return self.experiments[-1].number + 1 if self.experiments else 1

    @property
    def spending(self) -> Spending:
        """What was used up, and what is meant to be."""
        return spending(self.experiments, self.objective.cost, self.duration)

    @property
    def counts(self) -> Mapping[State, int]:
        """How many experiments are in each state."""
        return {state: sum(each.state is state for each in self.experiments) for state in State}

    def experiment(self, number: int) -> Experiment:
        """The experiment of that number. Raises InvalidValue where there is none."""
        for each in self.experiments:
            if each.number == number:
                return each
        there = f"The last one has the number {self.next_number - 1}." if self.experiments else "There is none yet."
        raise InvalidValue(f"The campaign has no experiment {number}.", mend=there)

    def of_state(self, *states: State) -> tuple[Experiment, ...]:
        """The experiments in one of some states."""
        return tuple(each for each in self.experiments if each.state in states)

    def trials(self) -> tuple[Trial, ...]:
        """What engines learn from: each rests on the number of its experiment, `#3`."""
        return tuple(_trial(each) for each in self.experiments if each.teaches)

    def not_again(self) -> tuple[Point, ...]:
        """Points that are not suggested again and that no trial stands for.

        These are points that are open or refused, and suggestions that a person changed.
        """
        points: list[Point] = []
        for each in self.experiments:
            if each.state is State.ABANDONED:
                continue
            if not each.teaches:
                points.append(each.point)
            if each.is_changed and each.proposal is not None:
                points.append(each.proposal.point)
        return tuple(point for point in points if self._is_inside(point))

    def _is_inside(self, point: Point) -> bool:
        """Engines take points within the ranges only; nothing else could be suggested anyway."""
        try:
            self.space.coded([point])
        except InvalidValue:
            return False
        return True

    def with_experiment(self, experiment: Experiment) -> Campaign:
        """The campaign with one experiment as it is now."""
        changed = (experiment if each.number == experiment.number else each for each in self.experiments)
        return replace(self, experiments=tuple(changed))

    def without_records(self, hidden: Collection[str]) -> Campaign:
        """The campaign as it is where some records do not exist: without what rests on them."""
        kept = tuple(each for each in self.experiments if not set(each.records) & set(hidden))
        return self if len(kept) == len(self.experiments) else replace(self, experiments=kept)

    def studies_used(self) -> tuple[StudyUsed, ...]:
        """The studies that the newest suggestions looked at."""
        return self.batches[-1].studies if self.batches else ()

    def with_more(self, *experiments: Experiment) -> Campaign:
        """The campaign with more experiments."""
        return replace(self, experiments=(*self.experiments, *experiments))


def seed_of(campaign_seed: int, batch: int) -> int:
    """The seed of a batch: it follows from the campaign's and the batch's number, and from nothing else."""
    return int(np.random.SeedSequence([campaign_seed, batch]).generate_state(1)[0])


def _trial(experiment: Experiment) -> Trial:
    if experiment.state is State.FAILED:
        return Trial(point=experiment.point, ending=Ending.FAILED, rests_on=f"#{experiment.number}")
    outcomes = {outcome.name: outcome.value for outcome in experiment.outcomes}
    return Trial(point=experiment.point, outcomes=outcomes, rests_on=f"#{experiment.number}")
