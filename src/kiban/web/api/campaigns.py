"""/api/v1/campaigns: have the next experiments suggested, and say what came of them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from kiban.errors import WrongUsage
from kiban.operations import campaign_experiments as moving
from kiban.operations import campaign_tables as proposing
from kiban.operations import campaigns
from kiban.operations.campaign_as_json import listed_as_json, shown_campaign_as_json
from kiban.operations.campaign_results import outcomes_from
from kiban.operations.campaign_tables import past_in_table
from kiban.operations.show_campaign import list_campaigns as listed
from kiban.operations.show_campaign import show_campaign
from kiban.operations.tell_file import tell_by_file
from kiban.planning.campaign.campaign import MOST_EXPERIMENTS, Campaign
from kiban.planning.campaign.definition import campaign_of
from kiban.planning.campaign.document import limits_from_json
from kiban.planning.campaign.earlier import chosen
from kiban.planning.campaign.experiment import Move
from kiban.planning.campaign.telling import Done, Spent, past_experiment
from kiban.planning.objective.target import Goal
from kiban.records.record import Record
from kiban.web.api.campaign_models import (
    CampaignChangeModel,
    CampaignListModel,
    CampaignModel,
    CourseModel,
    DefinitionModel,
    FailureModel,
    ImportModel,
    MoveModel,
    NewCampaignModel,
    OwnPointModel,
    ProposeModel,
    RepeatModel,
    ResultModel,
    SuggestModel,
)
from kiban.web.api.describe import problems
from kiban.web.api.records import Identifier
from kiban.web.api.search import After, Limit
from kiban.web.asker import AtDesk, Desk
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["campaigns"])

_WRONG = problems(403, 404, 409, 422, 503)
ExperimentNumber = Annotated[int, Path(ge=1, le=MOST_EXPERIMENTS, description="Of the experiment.")]


@ROUTER.get("/campaigns", summary="List campaigns", response_model=CampaignListModel, responses=problems(422, 503))
def list_campaigns(desk: AtDesk, limit: Limit = 50, after: After = None) -> Any:
    """Those that you may see, the last begun first."""
    return Json(listed_as_json(listed(desk.asker, desk.resources, limit=limit, after=after)))


@ROUTER.post("/campaigns", summary="Begin a campaign", response_model=CampaignModel, responses=_WRONG)
def begin_campaign(desk: AtDesk, body: NewCampaignModel) -> Any:
    """Keep a campaign, with the experiments of the past that it learns from."""
    where = body.placed(desk)
    campaign = campaign_of(body.definition())
    done = _done(where.desk, campaign, body)
    record = campaigns.new_campaign(where.desk.asker, desk.resources, campaign, done=done, placement=where.placement)
    return _shown(desk, record)


@ROUTER.post(
    "/campaigns/propose", summary="Propose a campaign", response_model=DefinitionModel, responses=problems(422, 503)
)
def propose_campaign(desk: AtDesk, body: ProposeModel) -> Any:
    """A definition from samples that were made and measured: what was set and differs among them is a parameter."""
    targets = dict.fromkeys(body.maximise, Goal.MAXIMISE) | dict.fromkeys(body.minimise, Goal.MINIMISE)
    return Json(proposing.propose_campaign(desk.asker, desk.resources, body.question, body.name, targets))


@ROUTER.get(
    "/campaigns/{identifier}", summary="Get a campaign", response_model=CampaignModel, responses=problems(404, 422, 503)
)
def get_campaign(desk: AtDesk, identifier: Identifier) -> Any:
    """Where it stands, with all its experiments."""
    return Json(shown_campaign_as_json(show_campaign(desk.asker, desk.resources, identifier)))


@ROUTER.patch("/campaigns/{identifier}", summary="Change a campaign", response_model=CampaignModel, responses=_WRONG)
def change_campaign(desk: AtDesk, identifier: Identifier, body: CampaignChangeModel) -> Any:
    """Give it another name, description, engine, settings, limits or archive; space and objective stay."""
    changes = body.given("note", "expected", "limits")
    if body.limits is not None:
        changes["limits"] = limits_from_json(body.limits)
    if body.archive is not None:
        changes["archive"] = chosen(body.archive)
    changed = campaigns.change_campaign(
        desk.asker, desk.resources, identifier, changes, note=body.note, expected=body.expected
    )
    return _shown(desk, changed)


@ROUTER.post(
    "/campaigns/{identifier}/suggest", summary="Suggest experiments", response_model=CampaignModel, responses=_WRONG
)
def suggest_experiments(desk: AtDesk, identifier: Identifier, body: SuggestModel) -> Any:
    """The next experiments, each with expected values, the reason, and what that was learnt from."""
    moved = moving.suggest_experiments(desk.asker, desk.resources, identifier, body.n, expected=body.expected)
    return _shown(desk, moved)


@ROUTER.post(
    "/campaigns/{identifier}/moves", summary="Move experiments", response_model=CampaignModel, responses=_WRONG
)
def move_experiments(desk: AtDesk, identifier: Identifier, body: MoveModel) -> Any:
    """Accept, start, refuse or abandon some experiments."""
    moved = moving.move_experiments(
        desk.asker,
        desk.resources,
        identifier,
        Move(body.move),
        body.numbers,
        note=body.note,
        expected=body.expected,
    )
    return _shown(desk, moved)


@ROUTER.post(
    "/campaigns/{identifier}/experiments", summary="Add an experiment", response_model=CampaignModel, responses=_WRONG
)
def add_experiment(desk: AtDesk, identifier: Identifier, body: OwnPointModel) -> Any:
    """Put in an experiment of your own."""
    moved = moving.add_experiment(
        desk.asker,
        desk.resources,
        identifier,
        body.point,
        beyond=body.beyond,
        note=body.note,
        expected=body.expected,
    )
    return _shown(desk, moved)


@ROUTER.patch(
    "/campaigns/{identifier}/experiments/{number}",
    summary="Change an experiment",
    response_model=CampaignModel,
    responses=_WRONG,
)
def change_experiment(desk: AtDesk, identifier: Identifier, number: ExperimentNumber, body: OwnPointModel) -> Any:
    """Do it with own values; parameters that are not sent stay, and what was suggested is remembered."""
    moved = moving.change_experiment(
        desk.asker,
        desk.resources,
        identifier,
        number,
        body.point,
        beyond=body.beyond,
        note=body.note,
        expected=body.expected,
    )
    return _shown(desk, moved)


@ROUTER.post(
    "/campaigns/{identifier}/experiments/{number}/result",
    summary="Tell a result",
    response_model=CampaignModel,
    responses=_WRONG,
)
def tell_result(desk: AtDesk, identifier: Identifier, number: ExperimentNumber, body: ResultModel) -> Any:
    """What came out, all of it or a part: by value, by the measurement or sample that has the values, or by a file."""
    if body.file is not None:
        if body.source is not None:
            raise WrongUsage("Both a file and a source were named.", mend="Name the one that has the values.")
        told = tell_by_file(
            desk.asker,
            desk.resources,
            identifier,
            number,
            body.file.taken(),
            values=body.values,
            condition=body.condition,
            is_all=body.is_all,
            is_correction=body.is_correction,
            spent=Spent(cost=body.cost, hours=body.hours),
            note=body.note,
            expected=body.expected,
        )
        return _shown(desk, told)
    found = (
        outcomes_from(desk.asker, desk.resources, identifier, body.source, condition=body.condition)
        if body.source is not None
        else ()
    )
    moved = moving.tell_result(
        desk.asker,
        desk.resources,
        identifier,
        number,
        [each for each in found if each.name not in body.values],
        values=body.values,
        is_all=body.is_all,
        is_correction=body.is_correction,
        spent=Spent(cost=body.cost, hours=body.hours),
        note=body.note,
        expected=body.expected,
    )
    return _shown(desk, moved)


@ROUTER.post(
    "/campaigns/{identifier}/experiments/{number}/failure",
    summary="Tell a failure",
    response_model=CampaignModel,
    responses=_WRONG,
)
def tell_failure(desk: AtDesk, identifier: Identifier, number: ExperimentNumber, body: FailureModel) -> Any:
    """It could not be made or measured at its point; where that happens is learnt."""
    moved = moving.tell_failure(
        desk.asker,
        desk.resources,
        identifier,
        number,
        spent=Spent(cost=body.cost, hours=body.hours),
        note=body.note,
        expected=body.expected,
    )
    return _shown(desk, moved)


@ROUTER.post(
    "/campaigns/{identifier}/experiments/{number}/repeat",
    summary="Repeat an experiment",
    response_model=CampaignModel,
    responses=_WRONG,
)
def repeat_experiment(desk: AtDesk, identifier: Identifier, number: ExperimentNumber, body: RepeatModel) -> Any:
    """Each repetition is an experiment of its own at the same point."""
    moved = moving.repeat_experiment(
        desk.asker, desk.resources, identifier, number, body.n, note=body.note, expected=body.expected
    )
    return _shown(desk, moved)


@ROUTER.post(
    "/campaigns/{identifier}/import", summary="Import experiments", response_model=CampaignModel, responses=_WRONG
)
def import_experiments(desk: AtDesk, identifier: Identifier, body: ImportModel) -> Any:
    """Learn from experiments that were done elsewhere; those that it has are passed over."""
    campaign = show_campaign(desk.asker, desk.resources, identifier).campaign
    done = _done(desk, campaign, body)
    moved = moving.import_experiments(desk.asker, desk.resources, identifier, done, expected=body.expected)
    return _shown(desk, moved)


@ROUTER.post(
    "/campaigns/{identifier}/course",
    summary="Pause, stop, resume or end a campaign",
    response_model=CampaignModel,
    responses=_WRONG,
)
def set_course(desk: AtDesk, identifier: Identifier, body: CourseModel) -> Any:
    """While it is paused or ended nothing is suggested; results can still be told."""
    moved = campaigns.set_course(
        desk.asker, desk.resources, identifier, body.action, note=body.note, expected=body.expected
    )
    return _shown(desk, moved)


def _done(desk: Desk, campaign: Campaign, body: NewCampaignModel | ImportModel) -> list[Done]:
    done = [
        past_experiment(campaign, each.point, each.outcomes, failed=each.failed, rests_on=each.rests_on)
        for each in body.past
    ]
    if body.past_from is not None:
        asked = body.past_from
        done += past_in_table(desk.asker, desk.resources, campaign, asked.question, asked.columns).done
    return done


def _shown(desk: Desk, record: Record) -> Json:
    return Json(shown_campaign_as_json(show_campaign(desk.asker, desk.resources, record.pid)))
