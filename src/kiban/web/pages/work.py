"""The work list: what people are to do now, of all campaigns that they see, on a page that fits a telephone."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from kiban.operations.work_list import WorkOfCampaign, work_list
from kiban.planning.campaign.experiment import Experiment, State
from kiban.web.asker import AtDesk
from kiban.web.campaign_shown import experiment_row
from kiban.web.language import Speaker, language_of
from kiban.web.page import page

ROUTER = APIRouter()

_MOST_SHOWN = 100
"""So many of each state."""
_STATES = (State.RUNNING, State.PENDING, State.SUGGESTED)


@ROUTER.get("/work")
def show_work(request: Request, desk: AtDesk, campaign: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Show what runs and waits for a result, what is to be begun, and what is to be decided."""
    speaker = Speaker(language_of(request))
    work = work_list(desk.asker, desk.resources, campaign or None)
    open_ = [(each, experiment) for each in work for experiment in each.experiments]
    parts = []
    for state in _STATES:
        chosen = [(each, experiment) for each, experiment in open_ if experiment.state is state]
        parts.append(
            {
                "state": state.value,
                "n": len(chosen),
                "rows": [_row(each, experiment, speaker) for each, experiment in chosen[:_MOST_SHOWN]],
            }
        )
    return page(
        request,
        "work.html",
        parts=parts,
        n_open=len(open_),
        campaign=campaign,
        title=work[0].title if campaign and work else "",
        most=_MOST_SHOWN,
    )


def _row(work: WorkOfCampaign, experiment: Experiment, speaker: Speaker) -> dict[str, Any]:
    missing = [name for name in work.campaign.objective.outcomes if experiment.outcome(name) is None]
    return {
        **experiment_row(work.campaign, experiment, speaker),
        "campaign": work.id,
        "title": work.title,
        "version": work.version,
        "stage": work.campaign.stage.value,
        "may_change": work.may_change,
        "laboratory": experiment.laboratory,
        "missing": [speaker.term(name) for name in missing],
        "since": experiment.turns[-1].at if experiment.turns else "",
    }
