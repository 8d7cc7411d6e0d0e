"""/api/v1/projects: what owns records, who works in it, and how far its records go."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from kiban.operations import directory_as_json as as_json
from kiban.operations import manage_project, share_project
from kiban.operations.directory_history import history_of, undo_last_change
from kiban.operations.project_changes import find_project
from kiban.operations.share_project import Policy
from kiban.operations.what_person_sees import what_person_sees as sees_of
from kiban.web.api.describe import problems
from kiban.web.api.directory_models import PastChangeModel, RenamedModel, Which, WhichParty
from kiban.web.api.organisation_models import PersonSeesModel
from kiban.web.api.project_models import (
    NewProjectModel,
    PolicyChangeModel,
    PolicyPreviewModel,
    ProjectModel,
    RoleGrantModel,
    TakenBackModel,
)
from kiban.web.asker import AtDesk, Desk
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["projects"])


def _shown(desk: Desk, name: str) -> Json:
    return Json(as_json.project_as_json(manage_project.show_project(desk.asker, desk.resources, name)))


def policy_of(body: PolicyChangeModel) -> Policy:
    """What the body says."""
    allowed = frozenset(body.allowed) if body.allowed is not None else None
    return Policy(tier=body.tier, agreement=body.agreement, allowed=allowed, embargo_days=body.embargo_days)


@ROUTER.get("/projects", summary="List projects", response_model=list[ProjectModel], responses=problems(503))
def list_projects(desk: AtDesk) -> Any:
    """Those that you have a role in; all of them for an operator."""
    return Json([as_json.project_as_json(each) for each in manage_project.list_projects(desk.asker, desk.resources)])


@ROUTER.post("/projects", summary="Make a project", response_model=ProjectModel, responses=problems(403, 404, 422, 503))
def make_project(desk: AtDesk, body: NewProjectModel) -> Any:
    """For operators, and stewards of an organisation; whoever makes it owns it."""
    made = manage_project.make_project(desk.asker, desk.resources, body.name, organisation=body.organisation)
    # Who asks has become its owner by this: it is shown as it was made.
    return Json(
        {
            **as_json.policy_as_json(made),
            "organisation": body.organisation,
            "role": "owner" if made.grants else None,
            "revision": None,
            "members": [],
        }
    )


@ROUTER.get(
    "/projects/{project}", summary="One project", response_model=ProjectModel, responses=problems(404, 422, 503)
)
def show_project(desk: AtDesk, project: Which) -> Any:
    """With its policy and members."""
    return _shown(desk, project)


@ROUTER.patch(
    "/projects/{project}",
    summary="Rename a project",
    response_model=ProjectModel,
    responses=problems(403, 404, 409, 422, 503),
)
def rename_project(desk: AtDesk, project: Which, body: RenamedModel) -> Any:
    """For its stewards and owners."""
    found = find_project(desk.asker, desk.resources, project)
    manage_project.rename_project(desk.asker, desk.resources, found.id, body.name, seen=body.seen)
    return _shown(desk, str(found.id))


@ROUTER.post(
    "/projects/{project}/policy/preview",
    summary="Preview a change of policy",
    response_model=PolicyPreviewModel,
    responses=problems(403, 404, 422, 503),
)
def preview_policy(desk: AtDesk, project: Which, body: PolicyChangeModel) -> Any:
    """Who would see how much more, or less. Nothing is changed."""
    preview = share_project.preview_policy(desk.asker, desk.resources, project, policy_of(body))
    return Json(as_json.preview_as_json(preview))


@ROUTER.patch(
    "/projects/{project}/policy",
    summary="Share a project, close it, or open it",
    response_model=ProjectModel,
    responses=problems(403, 404, 409, 422, 503),
)
def change_policy(desk: AtDesk, project: Which, body: PolicyChangeModel) -> Any:
    """Records that follow the project go along at once."""
    changed = share_project.change_policy(desk.asker, desk.resources, project, policy_of(body), seen=body.seen)
    return _shown(desk, str(changed.id))


@ROUTER.put(
    "/projects/{project}/members/{party}",
    summary="Give somebody a role",
    response_model=ProjectModel,
    responses=problems(403, 404, 409, 422, 503),
)
def grant_role(desk: AtDesk, project: Which, party: WhichParty, body: RoleGrantModel) -> Any:
    """In place of the one that they have. Only owners appoint stewards and owners."""
    found = find_project(desk.asker, desk.resources, project)
    manage_project.grant_role(desk.asker, desk.resources, found.id, party, body.role, until=body.until, seen=body.seen)
    return _shown(desk, str(found.id))


@ROUTER.delete(
    "/projects/{project}/members/{party}",
    summary="Take somebody's role away",
    response_model=list[ProjectModel],
    responses=problems(403, 404, 409, 422, 503),
)
def withdraw_role(desk: AtDesk, project: Which, party: WhichParty) -> Any:
    """At once; everybody may give up their own. The answer lists the projects that you still know."""
    found = find_project(desk.asker, desk.resources, project)
    manage_project.withdraw_role(desk.asker, desk.resources, found.id, party)
    return list_projects(desk)


@ROUTER.get(
    "/projects/{project}/history",
    summary="Who changed a project, and when",
    response_model=list[PastChangeModel],
    responses=problems(404, 422, 503),
)
def project_history(desk: AtDesk, project: Which) -> Any:
    """For its stewards and owners."""
    found = find_project(desk.asker, desk.resources, project)
    return Json(as_json.history_as_json(history_of(desk.asker, desk.resources, found.id)))


@ROUTER.post(
    "/projects/{project}/undo",
    summary="Take the last change of a project back",
    response_model=ProjectModel,
    responses=problems(403, 404, 409, 422, 503),
)
def undo_project_change(desk: AtDesk, project: Which, body: TakenBackModel) -> Any:
    """For whoever may make that change."""
    found = find_project(desk.asker, desk.resources, project)
    undo_last_change(desk.asker, desk.resources, found.id, seen=body.seen)
    return _shown(desk, str(found.id))


@ROUTER.get(
    "/people/{person}/sees",
    summary="What somebody sees in your projects, and why",
    response_model=PersonSeesModel,
    responses=problems(403, 404, 422, 503),
)
def what_person_sees(
    desk: AtDesk, person: Annotated[str, Path(max_length=300, description="Login, name or identifier.")]
) -> Any:
    """For stewards of projects, and operators."""
    return Json(as_json.sees_as_json(sees_of(desk.asker, desk.resources, person)))
