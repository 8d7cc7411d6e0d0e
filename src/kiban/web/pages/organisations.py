"""Organisations and groups: who belongs where, and who speaks for whom."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from kiban.operations.directory_history import history_of, may_see_history, undo_last_change
from kiban.operations.groups import add_group, join_group, leave_group, list_groups, preview_group, show_group
from kiban.operations.organisations import (
    About,
    add_organisation,
    appoint_steward,
    change_organisation,
    dismiss_steward,
    list_organisations,
    show_organisation,
)
from kiban.operations.what_person_sees import may_ask_what_others_see
from kiban.web.asker import LoggedIn
from kiban.web.page import page

ROUTER = APIRouter()

Text = Annotated[str, Form(max_length=300)]
Seen = Annotated[int, Form(ge=0, le=2**31 - 1)]


@ROUTER.get("/organisations")
def show_organisations(request: Request, desk: LoggedIn) -> Response:
    """Show the organisations and groups that the asker may know of."""
    return page(
        request,
        "organisations.html",
        organisations=list_organisations(desk.asker, desk.resources),
        groups=list_groups(desk.asker, desk.resources),
        is_operator=desk.asker.is_operator,
    )


@ROUTER.post("/organisations")
def add(desk: LoggedIn, name: Text, name_ja: Text = "", ror: Text = "", country: Text = "") -> Response:
    """Add an organisation."""
    about = About(name=name, name_ja=name_ja, ror=ror, country=country.strip().upper())
    return RedirectResponse(f"/organisations/{add_organisation(desk.asker, desk.resources, about).id}", 303)


@ROUTER.get("/organisations/{organisation}")
def show(request: Request, desk: LoggedIn, organisation: str) -> Response:
    """Show one organisation."""
    listed = show_organisation(desk.asker, desk.resources, organisation)
    of = listed.organisation.id
    return page(
        request,
        "organisation.html",
        listed=listed,
        organisation=listed.organisation,
        may_change=listed.is_steward or desk.asker.is_operator,
        is_operator=desk.asker.is_operator,
        may_ask=may_ask_what_others_see(desk.asker),
        history=history_of(desk.asker, desk.resources, of) if may_see_history(desk.asker, desk.resources, of) else (),
    )


@ROUTER.post("/organisations/{organisation}")
def change(
    desk: LoggedIn,
    organisation: str,
    name: Text,
    seen: Seen,
    name_ja: Text = "",
    ror: Text = "",
    country: Text = "",
) -> Response:
    """Say something else of it."""
    about = About(name=name, name_ja=name_ja, ror=ror, country=country.strip().upper())
    changed = change_organisation(desk.asker, desk.resources, organisation, about, seen=seen)
    return RedirectResponse(f"/organisations/{changed.id}", 303)


@ROUTER.post("/organisations/{organisation}/stewards")
def appoint(desk: LoggedIn, organisation: str, person: Text, seen: Seen) -> Response:
    """Appoint a steward."""
    changed = appoint_steward(desk.asker, desk.resources, organisation, person, seen=seen)
    return RedirectResponse(f"/organisations/{changed.id}", 303)


@ROUTER.post("/organisations/{organisation}/stewards/dismiss")
def dismiss(desk: LoggedIn, organisation: str, person: Text, seen: Seen) -> Response:
    """Dismiss a steward."""
    changed = dismiss_steward(desk.asker, desk.resources, organisation, person, seen=seen)
    return RedirectResponse(f"/organisations/{changed.id}", 303)


@ROUTER.post("/organisations/{organisation}/undo")
def undo(desk: LoggedIn, organisation: str, seen: Seen) -> Response:
    """Take the last change back."""
    found = show_organisation(desk.asker, desk.resources, organisation).organisation
    undo_last_change(desk.asker, desk.resources, found.id, seen=seen)
    return RedirectResponse(f"/organisations/{found.id}", 303)


@ROUTER.post("/groups")
def make_group(desk: LoggedIn, name: Text, organisation: Text = "") -> Response:
    """Make a group."""
    made = add_group(desk.asker, desk.resources, name, organisation=organisation.strip() or None)
    return RedirectResponse(f"/groups/{made.id}", 303)


@ROUTER.get("/groups/{group}")
def show_one_group(request: Request, desk: LoggedIn, group: str) -> Response:
    """Show one group."""
    listed = show_group(desk.asker, desk.resources, group)
    of = listed.group.id
    known = [
        o for o in list_organisations(desk.asker, desk.resources) if o.organisation.id == listed.group.organisation
    ]
    return page(
        request,
        "group.html",
        listed=listed,
        group=listed.group,
        people=sorted(
            (p.login, p.name) for o in known for p in o.people if o.organisation.id == listed.group.organisation
        ),
        own_id=desk.asker.id,
        history=history_of(desk.asker, desk.resources, of) if may_see_history(desk.asker, desk.resources, of) else (),
    )


@ROUTER.get("/groups/{group}/change")
def weigh_group(
    request: Request,
    desk: LoggedIn,
    group: str,
    person: Annotated[str, Query(max_length=300)],
    deed: Annotated[str, Query(pattern="^(join|leave)$")],
) -> Response:
    """Say what somebody's joining or leaving would change in the asker's projects."""
    listed = show_group(desk.asker, desk.resources, group)
    of = listed.group.id
    return page(
        request,
        "group_preview.html",
        group=listed.group,
        person=next((p.name for p in listed.members if str(p.id) == person), person),
        deed=deed,
        effects=preview_group(desk.asker, desk.resources, str(of), person, joins=deed == "join"),
        fields={"person": person, "seen": listed.revision},
        action=f"/groups/{of}/{deed}",
        back=f"/groups/{of}",
    )


@ROUTER.post("/groups/{group}/join")
def join(desk: LoggedIn, group: str, person: Text, seen: Seen) -> Response:
    """Take somebody in."""
    return RedirectResponse(f"/groups/{join_group(desk.asker, desk.resources, group, person, seen=seen).id}", 303)


@ROUTER.post("/groups/{group}/leave")
def leave(desk: LoggedIn, group: str, person: Text, seen: Seen) -> Response:
    """Take somebody out."""
    left = leave_group(desk.asker, desk.resources, group, person, seen=seen)
    is_own = person == str(desk.asker.id)
    return RedirectResponse("/organisations" if is_own else f"/groups/{left.id}", 303)


@ROUTER.post("/groups/{group}/undo")
def undo_group(desk: LoggedIn, group: str, seen: Seen) -> Response:
    """Take the last change back."""
    found = show_group(desk.asker, desk.resources, group).group
    undo_last_change(desk.asker, desk.resources, found.id, seen=seen)
    return RedirectResponse(f"/groups/{found.id}", 303)
