"""What is done with the parties of an agreement: invite, change rights, exclude; accept, decline, leave."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import WrongUsage
from kiban.operations.agreement_parties import (
    accept_agreement,
    change_party,
    decline_agreement,
    exclude_party,
    invite_party,
    leave_agreement,
    preview_invitation,
    preview_leaving,
    preview_party,
)
from kiban.operations.agreements import show_agreement
from kiban.operations.weigh_change import Effects
from kiban.records.parties.right import Right
from kiban.web.asker import Desk, LoggedIn
from kiban.web.page import page

ROUTER = APIRouter()

Text = Annotated[str, Form(max_length=300)]
Seen = Annotated[int, Form(ge=0, le=2**31 - 1)]
Asked = Annotated[str, Query(max_length=300)]
May = Annotated[list[str] | None, Form(max_length=10)]
MayAsked = Annotated[list[str] | None, Query(max_length=10)]


def _weighed(
    request: Request, desk: Desk, agreement: str, deed: str, party: str, effects: Effects, **fields: Any
) -> Response:
    listed = show_agreement(desk.asker, desk.resources, agreement)
    of = listed.agreement.id
    name = next((p.name for p in listed.parties if party in {str(p.participant.party), p.name}), None)
    return page(
        request,
        "agreement_preview.html",
        agreement=listed.agreement,
        deed=deed,
        party=name or party,
        accept_again=(),
        effects=effects,
        fields={**fields, "party": party, "seen": listed.revision},
        action=f"/agreements/{of}/{deed}",
        back=f"/agreements/{of}",
    )


def rights_of(may: list[str] | None) -> list[Right]:
    """What a form says. Raises WrongUsage."""
    for each in may or ():
        if each not in set(Right):
            raise WrongUsage(f"There is no right '{each[:40]}'.", mend="Choose of those on the page.")
    return [Right(each) for each in may or ()]


@ROUTER.get("/agreements/{agreement}/invite")
def weigh_invitation(request: Request, desk: LoggedIn, agreement: str, party: Asked, may: MayAsked = None) -> Response:
    """Say who would see what once the party has accepted."""
    effects = preview_invitation(desk.asker, desk.resources, agreement, party, rights_of(may))
    return _weighed(request, desk, agreement, "invite", party, effects, may=may or [])


@ROUTER.post("/agreements/{agreement}/invite")
def invite(desk: LoggedIn, agreement: str, party: Text, seen: Seen, may: May = None) -> Response:
    """Invite a party."""
    changed = invite_party(desk.asker, desk.resources, agreement, party, rights_of(may), seen=seen)
    return _back(str(changed.id))


@ROUTER.get("/agreements/{agreement}/rights")
def weigh_rights(request: Request, desk: LoggedIn, agreement: str, party: Asked, may: MayAsked = None) -> Response:
    """Say what other rights would change."""
    effects = preview_party(desk.asker, desk.resources, agreement, party, rights_of(may))
    return _weighed(request, desk, agreement, "rights", party, effects, may=may or [])


@ROUTER.post("/agreements/{agreement}/rights")
def change_rights(desk: LoggedIn, agreement: str, party: Text, seen: Seen, may: May = None) -> Response:
    """Give a party other rights."""
    changed = change_party(desk.asker, desk.resources, agreement, party, rights_of(may), seen=seen)
    return _back(str(changed.id))


@ROUTER.get("/agreements/{agreement}/exclude")
def weigh_exclusion(request: Request, desk: LoggedIn, agreement: str, party: Asked) -> Response:
    """Say who would see what no longer."""
    effects = preview_party(desk.asker, desk.resources, agreement, party, None)
    return _weighed(request, desk, agreement, "exclude", party, effects)


@ROUTER.post("/agreements/{agreement}/exclude")
def exclude(desk: LoggedIn, agreement: str, party: Text, seen: Seen) -> Response:
    """Take a party's rights, or its invitation, away."""
    return _back(str(exclude_party(desk.asker, desk.resources, agreement, party, seen=seen).id))


@ROUTER.get("/agreements/{agreement}/leave")
def weigh_leaving(request: Request, desk: LoggedIn, agreement: str, party: Asked) -> Response:
    """Say which of the own people would see what no longer."""
    effects = preview_leaving(desk.asker, desk.resources, agreement, party)
    return _weighed(request, desk, agreement, "leave", party, effects)


@ROUTER.post("/agreements/{agreement}/leave")
def leave(desk: LoggedIn, agreement: str, party: Text, seen: Seen) -> Response:
    """Leave it."""
    return _back(str(leave_agreement(desk.asker, desk.resources, agreement, party, seen=seen).id))


@ROUTER.post("/agreements/{agreement}/accept")
def accept(desk: LoggedIn, agreement: str, party: Text, seen: Seen) -> Response:
    """Accept it."""
    return _back(str(accept_agreement(desk.asker, desk.resources, agreement, party, seen=seen).id))


@ROUTER.post("/agreements/{agreement}/decline")
def decline(desk: LoggedIn, agreement: str, party: Text, seen: Seen) -> Response:
    """Decline it."""
    return _back(str(decline_agreement(desk.asker, desk.resources, agreement, party, seen=seen).id))


def _back(agreement: str) -> Response:
    return RedirectResponse(f"/agreements/{agreement}", 303)
