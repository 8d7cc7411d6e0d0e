"""When a run of a campaign ends: decided from the campaign, and from what somebody wants of the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from kiban.operations.stop_button import Wish
from kiban.planning.campaign.campaign import Campaign, Stage
from kiban.planning.campaign.laboratory_moves import to_be_done
from kiban.planning.campaign.progress import Sign, advice

Why: TypeAlias = Literal["stopped", "left", "limit", "spent", "enough", "no_gain", "trouble", "nothing_left"]

MOST_TROUBLES = 3
"""So many experiments one after another that a laboratory gives up end a run: the next would not fare better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Why a run ends.

    Parameters
    ----------
    why
        `stopped`: somebody wanted it. `left`: at once, with experiments in the laboratory. `limit`: the run's own.
        `spent`: one of the campaign. `enough`: a result is good enough. `no_gain`: the patience is at its end.
        `trouble`: the laboratory could not do the last experiments. `nothing_left`: to suggest.
    words : str
        Which limit, or what the engine says.
    """

    why: Why
    words: str = ""


def is_limited(campaign: Campaign, limit: int | None) -> bool:
    """Whether a run comes to its end by itself: of cost and time only where it is known what an experiment takes."""
    limits = campaign.limits
    return (
        limit is not None
        or limits.experiments is not None
        or (limits.cost is not None and campaign.objective.cost is not None)
        or (limits.hours is not None and campaign.duration is not None)
    )


def ending_of(campaign: Campaign, wish: Wish, *, limit: int | None, n_troubles: int) -> Ending | None:
    """Why nothing more is begun; `None` where the run goes on.

    Parameters
    ----------
    limit : int, optional
        Of experiments, the run's own.
    n_troubles : int
        So many experiments one after another were given up by the laboratory.
    """
    if wish is not Wish.GO_ON or campaign.stage is not Stage.ACTIVE:
        return Ending(why="stopped", words=campaign.stage if campaign.stage is not Stage.ACTIVE else "")
    if n_troubles >= MOST_TROUBLES:
        return Ending(why="trouble")
    # Limits of a campaign that people set are kept to; other advice is for people.
    signs = {each.sign: each for each in advice(campaign)}
    for sign, why in ((Sign.ENOUGH, "enough"), (Sign.NO_GAIN, "no_gain")):
        if sign in signs:
            return Ending(why=why)  # type: ignore[arg-type]  # of the two
    left = campaign.spending.left_of(campaign.limits)
    if over := [name for name, rest in left.items() if rest < 0]:
        return Ending(why="spent", words=over[0])
    if to_be_done(campaign) is not None:
        # It counts as spent already.
        return None
    if limit is not None and campaign.spending.experiments >= limit:
        return Ending(why="limit")
    if Sign.SPENT in signs:
        return Ending(why="spent", words=signs[Sign.SPENT].limit)
    return None
