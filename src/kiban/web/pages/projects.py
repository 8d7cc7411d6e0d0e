"""Projects: who works in them, how far their records go, and what a change would change."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import WrongUsage
from kiban.operations.agreements import list_agreements
from kiban.operations.directory_changes import view_of
from kiban.operations.directory_history import history_of, may_see_history, undo_last_change
from kiban.operations.manage_project import (
    grant_role,
    list_projects,
    make_project,
    rename_project,
    show_project,
    withdraw_role,
)
from kiban.operations.project_changes import find_project
from kiban.operations.sessions import work_in
from kiban.operations.share_project import Policy, change_policy, preview_policy, where_records_are
from kiban.operations.what_person_sees import may_ask_what_others_see, what_person_sees
from kiban.records.parties.right import Role
from kiban.records.scope import Tier
from kiban.web.asker import Desk, LoggedIn, Visiting
from kiban.web.day_field import day_of
from kiban.web.page import page

ROUTER = APIRouter()

Text = Annotated[str, Form(max_length=300)]
Seen = Annotated[int, Form(ge=0, le=2**31 - 1)]
_ROLES = {role.value: role for role in Role}


@ROUTER.get("/projects")
def show_projects(request: Request, desk: LoggedIn) -> Response:
    """Show the projects that the asker works in."""
    return page(
        request,
        "projects.html",
        projects=list_projects(desk.asker, desk.resources),
        agreements={a.agreement.id: a.agreement.name for a in list_agreements(desk.asker, desk.resources)},
        may_make=_may_make(desk),
        organisations=sorted(view_of(desk.asker, desk.resources).organisations.values(), key=lambda o: o.name),
    )


def _may_make(desk: Desk) -> bool:
    view = view_of(desk.asker, desk.resources)
    return desk.asker.is_operator or any(desk.asker.id in o.stewards for o in view.organisations.values())


@ROUTER.post("/projects")
def make(desk: LoggedIn, name: Text, organisation: Text = "") -> Response:
    """Make a project."""
    made = make_project(desk.asker, desk.resources, name, organisation=organisation.strip() or None)
    return RedirectResponse(f"/projects/{made.id}", 303)


@ROUTER.get("/projects/{project}")
def show(request: Request, desk: LoggedIn, project: str) -> Response:
    """Show one project."""
    listed = show_project(desk.asker, desk.resources, project)
    of = listed.project.id
    agreements = list_agreements(desk.asker, desk.resources)
    is_steward = desk.asker.has_role(of, Role.STEWARD)
    return page(
        request,
        "project.html",
        listed=listed,
        project=listed.project,
        placed=where_records_are(desk.asker, desk.resources, of),
        agreements=[a for a in agreements if a.agreement.keeper == of or a.agreement.id == listed.project.agreement],
        under=next((a for a in agreements if a.agreement.id == listed.project.agreement), None),
        usable=[a for a in agreements if (a.is_keeper or a.is_party) and not _has_ended(desk, a.agreement.ends)],
        is_steward=is_steward,
        may_appoint=is_steward or desk.asker.is_operator,
        roles=_roles(desk, listed.role),
        people=_known(desk),
        own_id=desk.asker.id,
        may_ask=may_ask_what_others_see(desk.asker),
        history=history_of(desk.asker, desk.resources, of) if may_see_history(desk.asker, desk.resources, of) else (),
    )


def _has_ended(desk: Desk, ends: datetime | None) -> bool:
    return ends is not None and ends <= desk.asker.at


def _roles(desk: Desk, own: Role | None) -> list[Role]:
    """The roles that the asker may give."""
    is_owner = own is Role.OWNER or desk.asker.is_operator
    return [role for role in Role if is_owner or not role.is_at_least(Role.STEWARD)]


def _known(desk: Desk) -> list[tuple[str, str]]:
    """What may be typed for somebody whom the asker knows, and what they are called."""
    view = view_of(desk.asker, desk.resources)
    people = [(person.login, person.name) for person in view.people.values()]
    groups = [(group.name, "") for group in view.groups.values()]
    organisations = [(organisation.name, "") for organisation in view.organisations.values()]
    return sorted([*people, *groups, *organisations])


@ROUTER.post("/projects/{project}/name")
def rename(desk: LoggedIn, project: str, name: Text, seen: Seen) -> Response:
    """Give it another name."""
    found = find_project(desk.asker, desk.resources, project)
    rename_project(desk.asker, desk.resources, found.id, name, seen=seen)
    return RedirectResponse(f"/projects/{found.id}", 303)


@ROUTER.post("/projects/{project}/roles")
def give_role(desk: LoggedIn, project: str, party: Text, role: Text, seen: Seen, until: Text = "") -> Response:
    """Give somebody a role."""
    found = find_project(desk.asker, desk.resources, project)
    if role not in _ROLES:
        raise WrongUsage(f"There is no role '{role[:40]}'.", mend=f"Choose one of {', '.join(_ROLES)}.")
    end = day_of(until)
    grant_role(desk.asker, desk.resources, found.id, party, _ROLES[role], until=end, seen=seen)
    return RedirectResponse(f"/projects/{found.id}#members", 303)


@ROUTER.post("/projects/{project}/roles/withdraw")
def take_role(desk: LoggedIn, project: str, party: Text, seen: Seen) -> Response:
    """Take somebody's role away."""
    found = find_project(desk.asker, desk.resources, project)
    withdraw_role(desk.asker, desk.resources, found.id, party, seen=seen)
    is_own = party == str(desk.asker.id)
    return RedirectResponse("/projects" if is_own else f"/projects/{found.id}#members", 303)


@ROUTER.get("/projects/{project}/policy")
def preview(
    request: Request,
    desk: LoggedIn,
    project: str,
    tier: Annotated[str, Query(max_length=20)] = "",
    agreement: Annotated[str, Query(max_length=300)] = "",
    allowed: Annotated[list[str] | None, Query(max_length=3)] = None,
    embargo_days: Annotated[str, Query(max_length=6)] = "",
) -> Response:
    """Say what a change of policy would change."""
    weighed = preview_policy(
        desk.asker, desk.resources, project, policy_of(tier, agreement, tuple(allowed or ()), embargo_days)
    )
    fields = {
        "tier": tier,
        "agreement": str(weighed.after.agreement or "") if tier == Tier.SHARED else "",
        "allowed": allowed or [],
        "embargo_days": embargo_days,
        "seen": weighed.revision,
    }
    return page(
        request,
        "policy_preview.html",
        weighed=weighed,
        effects=weighed.effects,
        fields=fields,
        action=f"/projects/{weighed.before.id}/policy",
        back=f"/projects/{weighed.before.id}",
    )


@ROUTER.post("/projects/{project}/policy")
def change(
    desk: LoggedIn,
    project: str,
    seen: Seen,
    tier: Text = "",
    agreement: Text = "",
    allowed: Annotated[list[str] | None, Form(max_length=3)] = None,
    embargo_days: Annotated[str, Form(max_length=6)] = "",
) -> Response:
    """Make the change that was weighed."""
    policy = policy_of(tier, agreement, tuple(allowed or ()), embargo_days)
    changed = change_policy(desk.asker, desk.resources, project, policy, seen=seen)
    return RedirectResponse(f"/projects/{changed.id}", 303)


@ROUTER.post("/projects/{project}/work")
def work(request: Request, visitor: Visiting, project: UUID) -> Response:
    """Work in this project from now on: what is added goes there."""
    work_in(visitor, request.app.state.resources, project)
    return RedirectResponse(f"/projects/{project}", 303)


@ROUTER.post("/projects/{project}/undo")
def undo(desk: LoggedIn, project: str, seen: Seen) -> Response:
    """Take the last change back."""
    found = find_project(desk.asker, desk.resources, project)
    undo_last_change(desk.asker, desk.resources, found.id, seen=seen)
    return RedirectResponse(f"/projects/{found.id}", 303)


@ROUTER.get("/people/{person}/sees")
def show_what_person_sees(request: Request, desk: LoggedIn, person: str) -> Response:
    """Show what somebody sees in the asker's projects, and why."""
    return page(request, "person_sees.html", sees=what_person_sees(desk.asker, desk.resources, person))


def policy_of(tier: str, agreement: str, allowed: tuple[str, ...], embargo_days: str) -> Policy:
    """What a form says. Raises WrongUsage."""
    for each in (tier, *allowed):
        if each and each not in set(Tier):
            raise WrongUsage(f"There is no tier '{each[:40]}'.", mend=f"Choose one of {', '.join(Tier)}.")
    if embargo_days.strip() and not (embargo_days.strip().isascii() and embargo_days.strip().isdigit()):
        raise WrongUsage(f"'{embargo_days}' is no number of days.", mend="Give a whole number; 0 for none.")
    return Policy(
        tier=Tier(tier) if tier else None,
        agreement=agreement.strip() or None,
        allowed=frozenset(map(Tier, allowed)) if allowed else None,
        embargo_days=int(embargo_days) if embargo_days.strip() else None,
    )
