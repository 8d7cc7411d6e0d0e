"""/api/v1/campaigns/{id}/run: have a campaign run in a laboratory by itself, see how far it is, and stop it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from kiban.operations.laboratory_runs import campaign_run, start_run, stop_run
from kiban.operations.runs_as_json import laboratories_as_json, runs_as_json
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.limits import Limits
from kiban.planning.campaign.limits_of_run import limits_of_run
from kiban.web.api.campaign_run_models import LaboratoriesModel, NewRunModel, RunsModel, StopModel
from kiban.web.api.describe import problems
from kiban.web.api.records import Identifier
from kiban.web.asker import AtDesk, Desk
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["campaigns"])

_SEEN = problems(404, 422, 503)
_WRONG = problems(403, 404, 409, 422, 503)


@ROUTER.get(
    "/campaigns/{identifier}/laboratories",
    summary="List laboratories for a campaign",
    response_model=LaboratoriesModel,
    responses=_SEEN,
)
def list_laboratories(desk: AtDesk, identifier: Identifier) -> Any:
    """Those in which you may have it run, as the operator has named them."""
    _, runs = campaign_run(desk.asker, desk.resources, identifier)
    return Json(laboratories_as_json(runs.laboratories))


@ROUTER.get("/campaigns/{identifier}/run", summary="Get the run", response_model=RunsModel, responses=_SEEN)
def get_run(desk: AtDesk, identifier: Identifier) -> Any:
    """How the last run stands: of which state experiments are, what it waits for, and what it ended with."""
    return _runs(desk, identifier)


@ROUTER.post("/campaigns/{identifier}/run", summary="Run in a laboratory", response_model=RunsModel, responses=_WRONG)
def begin_run(desk: AtDesk, identifier: Identifier, body: NewRunModel) -> Any:
    """Have it run by itself, in your name and with your rights at each step, until a limit is reached.

    The platform begins within a second, and goes on after it was off. Only owners of the campaign's project may.
    """

    def limits(campaign: Campaign) -> Limits:
        return limits_of_run(campaign, body.budget(), body.ends())

    start_run(
        desk.asker,
        desk.resources,
        identifier,
        body.laboratory,
        limits=limits,
        at_once=body.at_once,
        expected=body.expected,
    )
    return _runs(desk, identifier)


@ROUTER.post("/campaigns/{identifier}/run/stop", summary="Stop the run", response_model=RunsModel, responses=_WRONG)
def end_run(desk: AtDesk, identifier: Identifier, body: StopModel | None = None) -> Any:
    """Pause the campaign, and have what the laboratory does broken off within a second, whatever the run does now."""
    stop_run(desk.asker, desk.resources, identifier, note=body.note if body is not None else "")
    return _runs(desk, identifier)


def _runs(desk: Desk, identifier: str) -> Json:
    return Json(runs_as_json(*campaign_run(desk.asker, desk.resources, identifier)))
