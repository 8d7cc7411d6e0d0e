"""/api/v1/organisations and /api/v1/groups: who belongs where, and who speaks for whom."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from kiban.operations import directory_as_json as as_json
from kiban.operations import groups, organisations
from kiban.operations.organisations import About
from kiban.web.api.describe import problems
from kiban.web.api.directory_models import RenamedModel, Which, WhichParty
from kiban.web.api.organisation_models import (
    AboutOrganisationModel,
    GroupModel,
    NewGroupModel,
    NewOrganisationModel,
    OrganisationModel,
)
from kiban.web.asker import AtDesk, Desk
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["organisations"])
_CHANGES = problems(403, 404, 409, 422, 503)


def _organisation(desk: Desk, name: str) -> Json:
    return Json(as_json.organisation_as_json(organisations.show_organisation(desk.asker, desk.resources, name)))


def _group(desk: Desk, name: str) -> Json:
    return Json(as_json.group_as_json(groups.show_group(desk.asker, desk.resources, name)))


def _about(body: AboutOrganisationModel) -> About:
    return About(name=body.name, name_ja=body.name_ja, ror=body.ror, country=body.country)


@ROUTER.get(
    "/organisations", summary="List organisations", response_model=list[OrganisationModel], responses=problems(503)
)
def list_organisations(desk: AtDesk) -> Any:
    """Your own, those that you share a project or an agreement with; all of them for an operator."""
    found = organisations.list_organisations(desk.asker, desk.resources)
    return Json([as_json.organisation_as_json(each) for each in found])


@ROUTER.post(
    "/organisations",
    summary="Add an organisation",
    response_model=OrganisationModel,
    responses=problems(403, 422, 503),
)
def add_organisation(desk: AtDesk, body: NewOrganisationModel) -> Any:
    """For operators."""
    return _organisation(desk, str(organisations.add_organisation(desk.asker, desk.resources, _about(body)).id))


@ROUTER.get(
    "/organisations/{organisation}",
    summary="One organisation",
    response_model=OrganisationModel,
    responses=problems(404, 422, 503),
)
def show_organisation(desk: AtDesk, organisation: Which) -> Any:
    """With the people and groups that you may know of."""
    return _organisation(desk, organisation)


@ROUTER.patch(
    "/organisations/{organisation}",
    summary="Change an organisation",
    response_model=OrganisationModel,
    responses=_CHANGES,
)
def change_organisation(desk: AtDesk, organisation: Which, body: AboutOrganisationModel) -> Any:
    """For operators: under its name others trust it, and by its country export control judges its people."""
    changed = organisations.change_organisation(desk.asker, desk.resources, organisation, _about(body), seen=body.seen)
    return _organisation(desk, str(changed.id))


@ROUTER.put(
    "/organisations/{organisation}/stewards/{party}",
    summary="Appoint a steward of an organisation",
    response_model=OrganisationModel,
    responses=_CHANGES,
)
def appoint_organisation_steward(desk: AtDesk, organisation: Which, party: WhichParty) -> Any:
    """One of its people, who accepts agreements in its name; for its stewards, and operators."""
    changed = organisations.appoint_steward(desk.asker, desk.resources, organisation, party)
    return _organisation(desk, str(changed.id))


@ROUTER.delete(
    "/organisations/{organisation}/stewards/{party}",
    summary="Dismiss a steward of an organisation",
    response_model=OrganisationModel,
    responses=_CHANGES,
)
def dismiss_organisation_steward(desk: AtDesk, organisation: Which, party: WhichParty) -> Any:
    """What was accepted stays accepted."""
    changed = organisations.dismiss_steward(desk.asker, desk.resources, organisation, party)
    return _organisation(desk, str(changed.id))


@ROUTER.get("/groups", summary="List groups", response_model=list[GroupModel], responses=problems(503))
def list_groups(desk: AtDesk) -> Any:
    """Your own, those of your projects, and of your organisation where you are its steward."""
    return Json([as_json.group_as_json(each) for each in groups.list_groups(desk.asker, desk.resources)])


@ROUTER.post("/groups", summary="Make a group", response_model=GroupModel, responses=problems(403, 404, 422, 503))
def add_group(desk: AtDesk, body: NewGroupModel) -> Any:
    """For stewards of an organisation, and operators."""
    made = groups.add_group(desk.asker, desk.resources, body.name, organisation=body.organisation)
    return _group(desk, str(made.id))


@ROUTER.get("/groups/{group}", summary="One group", response_model=GroupModel, responses=problems(404, 422, 503))
def show_group(desk: AtDesk, group: Which) -> Any:
    """With the members that you may know of."""
    return _group(desk, group)


@ROUTER.patch("/groups/{group}", summary="Rename a group", response_model=GroupModel, responses=_CHANGES)
def rename_group(desk: AtDesk, group: Which, body: RenamedModel) -> Any:
    """For stewards of its organisation, and operators."""
    return _group(desk, str(groups.rename_group(desk.asker, desk.resources, group, body.name, seen=body.seen).id))


@ROUTER.put(
    "/groups/{group}/members/{party}", summary="Take somebody in", response_model=GroupModel, responses=_CHANGES
)
def join_group(desk: AtDesk, group: Which, party: WhichParty) -> Any:
    """They get the roles of the group at once."""
    return _group(desk, str(groups.join_group(desk.asker, desk.resources, group, party).id))


@ROUTER.delete(
    "/groups/{group}/members/{party}",
    summary="Take somebody out",
    response_model=list[GroupModel],
    responses=_CHANGES,
)
def leave_group(desk: AtDesk, group: Which, party: WhichParty) -> Any:
    """Everybody may go by themselves. The answer lists the groups that you still know."""
    groups.leave_group(desk.asker, desk.resources, group, party)
    return list_groups(desk)
