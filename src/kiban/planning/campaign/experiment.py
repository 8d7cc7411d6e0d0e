"""Experiments of a campaign: what was suggested, what a person made of it, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain

from kiban.errors import InvalidValue
from kiban.planning.engines.contract import Reason
from kiban.quantity.measured import Measured


class State(StrEnum):
    """How far an experiment has come."""

    SUGGESTED = "suggested"
    PENDING = "pending"
    """Somebody means to do it."""
    RUNNING = "running"
    """It is being done; some outcomes may be there already."""
    COMPLETED = "completed"
    FAILED = "failed"
    """It could not be made or measured at this point; where that happens is learnt."""
    ABANDONED = "abandoned"
    """It came to nothing for a reason that is not the point's; nothing is learnt, and it may be suggested again."""
    REFUSED = "refused"
    """Somebody did not want it; it is not suggested again."""


OPEN = frozenset({State.SUGGESTED, State.PENDING, State.RUNNING})
"""What may still bring a result."""


class Source(StrEnum):
    """Where an experiment comes from."""

    ENGINE = "engine"
    ADDED = "added"
    """A person wanted it."""
    REPLICATE = "replicate"
    """A person wanted another one done again."""
    IMPORTED = "imported"
    """It was done before the campaign, or outside of it."""


class Move(StrEnum):
    """What is done with an experiment."""

    SUGGEST = "suggest"
    ACCEPT = "accept"
    START = "start"
    RETRY = "retry"
    """A laboratory begins with it anew."""
    TELL = "tell"
    CORRECT = "correct"
    FAIL = "fail"
    ABANDON = "abandon"
    REFUSE = "refuse"
    CHANGE = "change"
    ADD = "add"
    REPLICATE = "replicate"
    IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One move: when it was made, by whom, and what was said of it."""

    move: Move
    at: str
    """ISO 8601."""
    by: str
    note: str = ""
    was: Mapping[str, float | str] | None = None
    """For `Move.CHANGE`: the point before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One thing that was measured.

    Parameters
    ----------
    name : str
        As the objective calls it.
    value : Measured
        In the objective's unit.
    evidence : str
        Short identifier of the record that says so; empty where a person gave the value.
    """

    name: str
    value: Measured
    evidence: str = ""

    def __post_init__(self) -> None:
        if self.value.uncertainty is not None:
            # Engines need a standard uncertainty: what gives none is refused before it is kept.
            _ = self.value.uncertainty.standard


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What an engine suggested, as it was suggested, whatever became of it.

    Parameters
    ----------
    batch : int
        Number of the batch of suggestions that it belongs to.
    point, expected, reason, candidate
        As `kiban.planning.engines.contract.Suggestion` has them.
    trials : tuple of (int, int)
        Numbers of the experiments that the expectation was learnt from, in runs: `(3, 7)` is 3, 4, 5, 6 and 7.
    """

    batch: int
    point: Mapping[str, float | str]
    expected: Mapping[str, Measured] = field(default_factory=dict)
    reason: Reason
    trials: tuple[tuple[int, int], ...] = ()
    candidate: int | None = None

    @property
    def rests_on(self) -> tuple[int, ...]:
        """The numbers of the experiments that it rests on."""
        return tuple(chain.from_iterable(range(first, last + 1) for first, last in self.trials))


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One experiment of a campaign.

    Parameters
    ----------
    number : int
        From 1; stays the same.
    point : mapping
        As it is meant to be done, or was done.
    proposal : Proposal, optional
        Where an engine suggested it.
    replicate_of : int, optional
        Number of the experiment that it repeats.
    cost, hours : float, optional
        As it really was.
    rests_on : str
        For what was imported: short identifier of the record, or the row of a table, that says so.
    laboratory : str
        Name of the driver that it was given to; empty where people do it.
    """

    number: int
    point: Mapping[str, float | str]
    state: State
    source: Source
    proposal: Proposal | None = None
    replicate_of: int | None = None
    outcomes: tuple[Outcome, ...] = ()
    cost: float | None = None
    hours: float | None = None
    rests_on: str = ""
    laboratory: str = ""
    turns: tuple[Turn, ...] = ()

    def __post_init__(self) -> None:
        names = [outcome.name for outcome in self.outcomes]
        if len(set(names)) < len(names):
            raise InvalidValue(
                f"Experiment {self.number} has two values of one outcome.",
                mend="A replicate is an experiment of its own.",
            )
        if self.state is State.COMPLETED and not self.outcomes:
            raise InvalidValue(
                f"Experiment {self.number} is completed and has no outcome.", mend="Give one, or say that it failed."
            )
        for what, number in (("cost", self.cost), ("duration", self.hours)):
            if number is not None and not 0 <= number < float("inf"):
                raise InvalidValue(
                    f"The {what} of experiment {self.number} is {number}.", mend="Give a finite number from 0."
                )

    @property
    def is_open(self) -> bool:
        """Whether it may still bring a result."""
        return self.state in OPEN

    @property
    def n_attempts(self) -> int:
        """How often it was begun."""
        return sum(turn.move in {Move.START, Move.RETRY} for turn in self.turns)

    @property
    def is_changed(self) -> bool:
        """Whether a person does something else than was suggested."""
        return self.proposal is not None and dict(self.proposal.point) != dict(self.point)

    @property
    def teaches(self) -> bool:
        """Whether engines learn from it: what is known of outcomes, or that it failed."""
        return self.state is State.FAILED or (
            bool(self.outcomes) and self.state not in {State.ABANDONED, State.REFUSED}
        )

    @property
    def records(self) -> tuple[str, ...]:
        """Short identifiers of the records that say what came out, or texts that stand for them."""
        said = (self.rests_on, *(outcome.evidence for outcome in self.outcomes))
        return tuple(dict.fromkeys(each for each in said if each))

    def outcome(self, name: str) -> Outcome | None:
        """The outcome of that name, where it is known."""
        return next((each for each in self.outcomes if each.name == name), None)


def runs(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Write numbers as runs of the first and last of those that follow one another."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return tuple(found)
