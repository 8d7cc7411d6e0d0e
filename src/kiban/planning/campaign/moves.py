"""What people do with experiments: accept, begin, refuse, change, give up, add and repeat them.

Each move takes a campaign and gives the next one; a move that the state of an experiment does not allow is refused.
Nothing here asks a clock: `at` is the moment in ISO 8601, `by` who makes the move.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kiban.errors import IllegalMove
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import OPEN, Experiment, Move, Source, State, Turn
from kiban.planning.campaign.points import check_inside, check_safe, settled
from kiban.planning.space.parameter import Point

LEGAL: Mapping[Move, frozenset[State]] = {
    Move.ACCEPT: frozenset({State.SUGGESTED}),
    Move.START: frozenset({State.SUGGESTED, State.PENDING}),
    Move.RETRY: frozenset({State.RUNNING}),
    Move.TELL: OPEN,
    Move.CORRECT: frozenset({State.COMPLETED}),
    Move.FAIL: OPEN,
    Move.ABANDON: frozenset({State.PENDING, State.RUNNING}),
    Move.REFUSE: frozenset({State.SUGGESTED, State.PENDING}),
    Move.CHANGE: OPEN,
    Move.REPLICATE: frozenset(State) - {State.SUGGESTED, State.REFUSED},
}
"""From which states a move is possible."""

_MENDS: Mapping[tuple[Move, State], str] = {
    (Move.ABANDON, State.SUGGESTED): "Refuse it: nobody has begun with it.",
    (Move.REFUSE, State.RUNNING): "Abandon it, or say that it failed.",
    (Move.TELL, State.COMPLETED): "Say that it is a correction, or repeat the experiment.",
    (Move.TELL, State.FAILED): "Repeat the experiment, and tell what came out of that one.",
    (Move.TELL, State.ABANDONED): "Repeat the experiment, and tell what came out of that one.",
    (Move.TELL, State.REFUSED): "Add an experiment with these settings, and tell what came out of that one.",
    (Move.REPLICATE, State.SUGGESTED): "Accept it first.",
}


def move(
    experiment: Experiment, made: Move, to: State, *, at: str, by: str, note: str = "", **changes: Any
) -> Experiment:
    """The experiment after a move. Raises IllegalMove if its state does not allow it."""
    if experiment.state not in LEGAL[made]:
        usual = f"It can be made while an experiment is {_listed(LEGAL[made])}."
        raise IllegalMove(
            f"Experiment {experiment.number} is {experiment.state}: the move '{made}' is not possible.",
            mend=_MENDS.get((made, experiment.state), usual),
        )
    was = experiment.point if made is Move.CHANGE else None
    turn = Turn(move=made, at=at, by=by, note=note.strip(), was=was)
    return replace(experiment, state=to, turns=(*experiment.turns, turn), **changes)


def accept(campaign: Campaign, number: int, *, at: str, by: str, note: str = "") -> Campaign:
    """Mean to do what was suggested."""
    experiment = campaign.experiment(number)
    moved = move(experiment, Move.ACCEPT, State.PENDING, at=at, by=by, note=note)
    check_safe(campaign, experiment.point)
    return campaign.with_experiment(moved)


def start(campaign: Campaign, number: int, *, at: str, by: str, note: str = "") -> Campaign:
    """Begin with it."""
    experiment = campaign.experiment(number)
    moved = move(experiment, Move.START, State.RUNNING, at=at, by=by, note=note)
    check_safe(campaign, experiment.point)
    return campaign.with_experiment(moved)


def refuse(campaign: Campaign, number: int, *, at: str, by: str, note: str = "") -> Campaign:
    """Not want it; it is not suggested again."""
    return campaign.with_experiment(
        move(campaign.experiment(number), Move.REFUSE, State.REFUSED, at=at, by=by, note=note)
    )


def abandon(campaign: Campaign, number: int, *, at: str, by: str, note: str = "") -> Campaign:
    """Give it up for a reason that is not the point's: nothing is learnt from it."""
    return campaign.with_experiment(
        move(campaign.experiment(number), Move.ABANDON, State.ABANDONED, at=at, by=by, note=note)
    )


def change(
    campaign: Campaign,
    number: int,
    point: Mapping[str, object],
    *,
    at: str,
    by: str,
    note: str = "",
    beyond: bool = False,
) -> Campaign:
    """Do it with own values. What was suggested stays beside them, and is not suggested again.

    Parameters
    ----------
    point : mapping
        Values of some or all parameters; the others stay.
    beyond : bool
        Whether the point may lie outside of the space. The safety limits hold in any case.

    Raises
    ------
    IllegalMove
        If it is done, given up or refused; or nothing would change.
    InvalidValue
        If the point is none: OutOfRange beyond ranges and safety limits.
    """
    experiment = campaign.experiment(number)
    if experiment.laboratory and experiment.state is State.RUNNING:
        raise IllegalMove(
            f"Experiment {number} is being done by the laboratory '{experiment.laboratory}' as it is.",
            mend="Stop the campaign, and add an experiment of your own.",
        )
    after = settled(campaign.space, {**experiment.point, **point})
    to = State.RUNNING if experiment.state is State.RUNNING else State.PENDING
    changed = move(experiment, Move.CHANGE, to, at=at, by=by, note=note, point=after)
    if dict(after) == dict(experiment.point):
        raise IllegalMove(f"Experiment {number} would stay as it is.", mend="Give another value, or accept it.")
    _check_free(campaign, after, but=number)
    _check_point(campaign, after, beyond=beyond)
    return campaign.with_experiment(changed)


def add(
    campaign: Campaign, point: Mapping[str, object], *, at: str, by: str, note: str = "", beyond: bool = False
) -> Campaign:
    """Put in an experiment of one's own, which is pending then. Parameters and errors as of `change`."""
    _check_budget(campaign)
    wanted = settled(campaign.space, point)
    _check_free(campaign, wanted)
    _check_point(campaign, wanted, beyond=beyond)
    return campaign.with_more(
        Experiment(
            number=campaign.next_number,
            point=wanted,
            state=State.PENDING,
            source=Source.ADDED,
            turns=(Turn(move=Move.ADD, at=at, by=by, note=note.strip()),),
        )
    )


def replicate(campaign: Campaign, number: int, n: int = 1, *, at: str, by: str, note: str = "") -> Campaign:
    """Do an experiment again, n times: each is an experiment of its own at the same point.

    Raises
    ------
    IllegalMove
        If it was refused or only suggested, or the number of experiments is spent.
    """
    first = campaign.experiment(number)
    if first.state not in LEGAL[Move.REPLICATE]:
        raise IllegalMove(
            f"Experiment {number} is {first.state}: it cannot be repeated.",
            mend=_MENDS.get((Move.REPLICATE, first.state), "Add it as an experiment of your own."),
        )
    if n < 1:
        raise IllegalMove(f"{n} repetitions are asked for.", mend="Ask for one or more.")
    check_safe(campaign, first.point)
    for _ in range(n):
        _check_budget(campaign)
        campaign = campaign.with_more(
            Experiment(
                number=campaign.next_number,
                point=first.point,
                state=State.PENDING,
                source=Source.REPLICATE,
                replicate_of=first.replicate_of or number,
                turns=(Turn(move=Move.REPLICATE, at=at, by=by, note=note.strip()),),
            )
        )
    return campaign


def _check_free(campaign: Campaign, point: Point, *, but: int = 0) -> None:
    for each in campaign.experiments:
        if each.is_open and each.number != but and dict(each.point) == dict(point):
            raise IllegalMove(
                f"The point is that of experiment {each.number}, which is {each.state}.",
                mend="Repeat that one, if it is to be done twice.",
            )


def _check_point(campaign: Campaign, point: Point, *, beyond: bool) -> None:
    if not beyond:
        check_inside(campaign, point)
    check_safe(campaign, point)


def _check_budget(campaign: Campaign) -> None:
    left = campaign.spending.left_of(campaign.limits)
    spent = [name for name, rest in left.items() if rest <= 0]
    if spent:
        raise IllegalMove(
            f"The campaign's limit of {spent[0]} is spent.", mend="Give it a higher limit, or end the campaign."
        )


def _listed(states: frozenset[State]) -> str:
    return " or ".join(state for state in State if state in states)
