"""What came out: outcomes of experiments, failures, and experiments that were done elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from kiban.errors import IllegalMove, InvalidValue
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Experiment, Move, Outcome, Source, State, Turn
from kiban.planning.campaign.moves import move
from kiban.planning.campaign.points import settled
from kiban.quantity.measured import Measured
from kiban.records.written_quantity import quantity_of

_LARGEST = 1e300


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What an experiment really took; what is `None` is not known."""

    cost: float | None = None
    hours: float | None = None


NOTHING_SAID = Spent()


def tell(
    campaign: Campaign,
    number: int,
    outcomes: Iterable[Outcome],
    *,
    at: str,
    by: str,
    note: str = "",
    is_all: bool = False,
    is_correction: bool = False,
    spent: Spent = NOTHING_SAID,
) -> Campaign:
    """Say what came out, all of it or a part.

    While outcomes of the objective are missing the experiment is running, and engines learn from what is there. It is
    completed with the last of them, or when somebody says that this is all.

    Parameters
    ----------
    outcomes : iterable of Outcome
        In any unit; kept in the objective's.
    is_all : bool
        No further outcome will come.
    is_correction : bool
        Values that were told before are replaced; else telling an outcome twice is refused.

    Raises
    ------
    IllegalMove
        If it failed, was given up or refused; or an outcome is known and this is no correction.
    InvalidValue
        If the objective has no such outcome, or nothing is told; IncompatibleUnit.
    """
    experiment = campaign.experiment(number)
    told = tuple(in_unit_of(campaign, each) for each in outcomes)
    known = {each.name: each for each in experiment.outcomes}
    if not is_correction and (twice := [each.name for each in told if each.name in known]):
        raise IllegalMove(
            f"The {twice[0]} of experiment {number} is known: {known[twice[0]].value}.",
            mend="Say that it is a correction, or repeat the experiment.",
        )
    every = tuple({**known, **{each.name: each for each in told}}.values())
    if not every or not (told or is_all or spent != NOTHING_SAID):
        raise InvalidValue(
            f"Nothing is told of experiment {number}.", mend="Give a value, or say that the experiment failed."
        )
    is_done = (
        is_all or experiment.state is State.COMPLETED or set(campaign.objective.outcomes) <= {e.name for e in every}
    )
    made = Move.CORRECT if is_correction and experiment.state is State.COMPLETED else Move.TELL
    after = move(
        experiment,
        made,
        State.COMPLETED if is_done else State.RUNNING,
        at=at,
        by=by,
        note=note,
        outcomes=every,
        cost=experiment.cost if spent.cost is None else spent.cost,
        hours=experiment.hours if spent.hours is None else spent.hours,
    )
    return campaign.with_experiment(after)


def written(campaign: Campaign, values: Mapping[str, object], evidence: str = "") -> tuple[Outcome, ...]:
    """Read outcomes that somebody typed or sent: numbers in the campaign's units, or texts like `2.51(3) GPa`.

    Raises
    ------
    InvalidValue
        If the objective has no such outcome, or a value is no quantity of its unit.
    """
    units = campaign.objective.outcomes
    found = []
    for name, value in values.items():
        unit = units.get(name, "")
        if isinstance(value, str):
            measured = quantity_of(value, unit)
        elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST:
            measured = Measured(float(value), unit)
        else:
            raise InvalidValue(
                f"The {name} was given as {value!r:.60}.", mend="Give a number, or a text like '2.5 GPa'."
            )
        found.append(in_unit_of(campaign, Outcome(name=name, value=measured, evidence=evidence)))
    return tuple(found)


def fail(campaign: Campaign, number: int, *, at: str, by: str, note: str = "", spent: Spent = NOTHING_SAID) -> Campaign:
    """Say that it could not be made or measured at this point; engines learn where that happens."""
    experiment = campaign.experiment(number)
    after = move(
        experiment,
        Move.FAIL,
        State.FAILED,
        at=at,
        by=by,
        note=note,
        cost=experiment.cost if spent.cost is None else spent.cost,
        hours=experiment.hours if spent.hours is None else spent.hours,
    )
    return campaign.with_experiment(after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An experiment that was done before the campaign, or outside of it.

    Parameters
    ----------
    outcomes : tuple of Outcome
        Empty where it failed.
    rests_on : str
        The record, or the row of a table, that says so.
    """

    point: Mapping[str, float | str | Measured]
    outcomes: tuple[Outcome, ...] = ()
    rests_on: str = ""
    note: str = field(default="")


def past_experiment(
    campaign: Campaign,
    point: Mapping[str, float | str],
    outcomes: Mapping[str, object],
    *,
    failed: bool = False,
    rests_on: str = "",
) -> Done:
    """Read an experiment that was done, as a program sends it.

    Raises
    ------
    InvalidValue
        If it has no outcome and did not fail, or both; or one cannot be read.
    """
    if failed == bool(outcomes):
        raise InvalidValue(
            f"{rests_on or 'An experiment'} {'failed and has outcomes' if failed else 'has no outcome'}.",
            mend="Give one or more outcomes, or say that it failed.",
        )
    return Done(point=point, outcomes=written(campaign, outcomes), rests_on=rests_on.strip())


def bring_in(campaign: Campaign, done: Iterable[Done], *, at: str, by: str) -> Campaign:
    """Let the campaign learn from experiments that were done elsewhere. They use up none of its limits.

    One that the campaign has already, by what it rests on, is passed over, so that the same import twice is one. Points
    may lie beyond the space.

    Raises
    ------
    InvalidValue
        If a point lacks a parameter, a level is not known, an outcome is none of the objective, or one that the
        campaign has says something else by now.
    """
    known = {each.rests_on: each for each in campaign.experiments if each.rests_on}
    fresh: list[Experiment] = []
    for one in done:
        try:
            point = settled(campaign.space, one.point)
            outcomes = tuple(in_unit_of(campaign, each) for each in one.outcomes)
        except InvalidValue as e:
            raise InvalidValue(f"{one.rests_on or 'An experiment'} cannot be imported: {e.fault}", mend=e.mend) from e
        made = Experiment(
            number=campaign.next_number + len(fresh),
            point=point,
            state=State.COMPLETED if outcomes else State.FAILED,
            source=Source.IMPORTED,
            outcomes=outcomes,
            rests_on=one.rests_on,
            turns=(Turn(move=Move.IMPORT, at=at, by=by, note=one.note.strip()),),
        )
        if (before := known.get(made.rests_on)) is not None:
            _check_same(before, made)
            continue
        if made.rests_on:
            known[made.rests_on] = made
        fresh.append(made)
    return campaign.with_more(*fresh)


def _check_same(before: Experiment, made: Experiment) -> None:
    """Refuse what says something else than when it was imported; what was corrected since stays as it is."""
    if any(turn.move is Move.CORRECT for turn in before.turns):
        return
    if (dict(before.point), before.outcomes, before.state) != (dict(made.point), made.outcomes, made.state):
        raise InvalidValue(
            f"{made.rests_on} is experiment {before.number} already, and says something else by now.",
            mend="Correct that experiment; or, if it is another one, give the table or record another name.",
        )


def in_unit_of(campaign: Campaign, outcome: Outcome) -> Outcome:
    """An outcome in the unit that the campaign asks for. Raises InvalidValue, IncompatibleUnit."""
    units = campaign.objective.outcomes
    if outcome.name not in units:
        raise InvalidValue(
            f"The campaign asks for no outcome '{outcome.name}'.", mend=f"Its outcomes are: {', '.join(units)}."
        )
    return replace(outcome, value=outcome.value.in_unit(units[outcome.name]))
