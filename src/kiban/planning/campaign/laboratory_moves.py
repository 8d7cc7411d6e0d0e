"""What laboratories do with experiments: they are given them, and begin anew after trouble."""

from __future__ import annotations

from kiban.errors import IllegalMove
from kiban.planning.campaign.campaign import Campaign, Stage
from kiban.planning.campaign.experiment import Experiment, Move, State
from kiban.planning.campaign.moves import move
from kiban.planning.campaign.points import check_safe


def give(campaign: Campaign, number: int, laboratory: str, *, at: str, by: str, note: str = "") -> Campaign:
    """Give an experiment to a laboratory: it is running from now on, whether or not the laboratory knows by then.

    Raises
    ------
    IllegalMove
        If the campaign is paused or ended, or the experiment is neither suggested nor pending.
    OutOfRange
        If it breaks a safety limit.
    """
    if campaign.stage is not Stage.ACTIVE:
        raise IllegalMove(f"The campaign is {campaign.stage}.", mend="Resume it first.")
    experiment = campaign.experiment(number)
    given = move(experiment, Move.START, State.RUNNING, at=at, by=by, note=note, laboratory=laboratory)
    check_safe(campaign, experiment.point)
    return campaign.with_experiment(given)


def retry(campaign: Campaign, number: int, *, at: str, by: str, note: str = "") -> Campaign:
    """Have the laboratory begin anew with an experiment that came to nothing for a reason that is not the point's."""
    if campaign.stage is not Stage.ACTIVE:
        raise IllegalMove(f"The campaign is {campaign.stage}.", mend="Resume it first.")
    experiment = campaign.experiment(number)
    return campaign.with_experiment(move(experiment, Move.RETRY, State.RUNNING, at=at, by=by, note=note))


def at_work(campaign: Campaign, laboratory: str) -> tuple[Experiment, ...]:
    """The experiments that a laboratory was given and that have not come back."""
    return tuple(each for each in campaign.of_state(State.RUNNING) if each.laboratory == laboratory)


def to_be_done(campaign: Campaign) -> Experiment | None:
    """The first experiment that nobody has begun with."""
    return next(iter(campaign.of_state(State.SUGGESTED, State.PENDING)), None)
