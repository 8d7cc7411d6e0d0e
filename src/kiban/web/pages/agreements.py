"""Agreements: their terms, who is a party to them, and what is shared under them."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import WrongUsage
from kiban.operations.agreements import (
    Terms,
    change_terms,
    draft_agreement,
    end_agreement,
    list_agreements,
    preview_end,
    preview_terms,
    show_agreement,
)
from kiban.operations.directory_changes import view_of
from kiban.operations.directory_history import history_of, may_see_history
from kiban.operations.shared_under import shared_under, taken_under
from kiban.records.parties.right import Right, Role
from kiban.records.parties.terms import Obligation
from kiban.web.asker import Desk, LoggedIn
from kiban.web.day_field import day_of
from kiban.web.page import page
from kiban.web.sharing_picture import sharing_picture

ROUTER = APIRouter()

Text = Annotated[str, Form(max_length=300)]
Long = Annotated[str, Form(max_length=200_000)]
Seen = Annotated[int, Form(ge=0, le=2**31 - 1)]
GIVEN_RIGHTS = (Right.EXISTS, Right.METADATA, Right.DATA, Right.USE, Right.JOINT, Right.RESHARE)
_LINES = re.compile(r"\n+")


@ROUTER.get("/agreements")
def show_agreements(request: Request, desk: LoggedIn) -> Response:
    """Show the agreements that the asker is a party to or keeps, and a form for a new one."""
    view = view_of(desk.asker, desk.resources)
    listed = list_agreements(desk.asker, desk.resources)
    kept = [p for p in view.projects.values() if desk.asker.has_role(p.id, Role.STEWARD)]
    return page(
        request,
        "agreements.html",
        agreements=listed,
        keepers=sorted(kept, key=lambda p: p.name),
        obligations=list(Obligation),
        picture=sharing_picture(listed, view.projects.values()),
    )


@ROUTER.post("/agreements")
def draft(
    desk: LoggedIn,
    keeper: Text,
    name: Text,
    purposes: Long = "",
    text: Long = "",
    obligations: Annotated[list[str] | None, Form(max_length=10)] = None,
    starts: Text = "",
    ends: Text = "",
) -> Response:
    """Draft an agreement; each line of the purposes is one."""
    terms = terms_of(name, purposes, text, obligations or [], starts, ends)
    made = draft_agreement(desk.asker, desk.resources, keeper, terms)
    return RedirectResponse(f"/agreements/{made.id}", 303)


@ROUTER.get("/agreements/{agreement}")
def show(request: Request, desk: LoggedIn, agreement: str) -> Response:
    """Show one agreement."""
    listed = show_agreement(desk.asker, desk.resources, agreement)
    of = listed.agreement.id
    view = view_of(desk.asker, desk.resources)
    return page(
        request,
        "agreement.html",
        listed=listed,
        agreement=listed.agreement,
        rights=GIVEN_RIGHTS,
        obligations=list(Obligation),
        shared=shared_under(desk.asker, desk.resources, str(of)),
        taken=[(p, _taken(desk, str(of), p)) for p in listed.parties if _may_list_taken(listed, p)],
        own=[p for p in listed.parties if p.is_own],
        invitable=sorted({o.name for o in view.organisations.values()} | {p.login for p in view.people.values()}),
        history=history_of(desk.asker, desk.resources, of) if may_see_history(desk.asker, desk.resources, of) else (),
    )


def _may_list_taken(listed: Any, party: Any) -> bool:
    return Obligation.DELETE in listed.agreement.obligations and (party.is_own or listed.is_keeper)


def _taken(desk: Desk, agreement: str, party: Any) -> Any:
    return taken_under(desk.asker, desk.resources, agreement, str(party.participant.party))


# A wording is too long for an address: this form is sent, though it changes nothing.
@ROUTER.post("/agreements/{agreement}/terms/preview")
def preview(
    request: Request,
    desk: LoggedIn,
    agreement: str,
    name: Text,
    purposes: Long = "",
    text: Long = "",
    obligations: Annotated[list[str] | None, Form(max_length=10)] = None,
    ends: Text = "",
) -> Response:
    """Say what other terms would bring."""
    terms = terms_of(name, purposes, text, obligations or [], "", ends, replaces=True)
    weighed = preview_terms(desk.asker, desk.resources, agreement, terms)
    fields = {
        "name": name,
        "purposes": purposes,
        "text": text,
        "obligations": obligations or [],
        "ends": ends,
        "seen": weighed.revision,
    }
    return page(
        request,
        "agreement_preview.html",
        agreement=weighed.before,
        deed="terms",
        party="",
        accept_again=weighed.accept_again,
        effects=weighed.effects,
        fields=fields,
        action=f"/agreements/{weighed.before.id}/terms",
        back=f"/agreements/{weighed.before.id}",
    )


@ROUTER.post("/agreements/{agreement}/terms")
def change(
    desk: LoggedIn,
    agreement: str,
    name: Text,
    seen: Seen,
    purposes: Long = "",
    text: Long = "",
    obligations: Annotated[list[str] | None, Form(max_length=10)] = None,
    ends: Text = "",
) -> Response:
    """Change the terms as they were weighed."""
    terms = terms_of(name, purposes, text, obligations or [], "", ends, replaces=True)
    changed = change_terms(desk.asker, desk.resources, agreement, terms, seen=seen)
    return RedirectResponse(f"/agreements/{changed.id}", 303)


@ROUTER.get("/agreements/{agreement}/end")
def weigh_end(request: Request, desk: LoggedIn, agreement: str) -> Response:
    """Say who would see what no longer."""
    listed = show_agreement(desk.asker, desk.resources, agreement)
    of = listed.agreement.id
    return page(
        request,
        "agreement_preview.html",
        agreement=listed.agreement,
        deed="end",
        party="",
        accept_again=(),
        effects=preview_end(desk.asker, desk.resources, str(of)),
        fields={"seen": listed.revision},
        action=f"/agreements/{of}/end",
        back=f"/agreements/{of}",
    )


@ROUTER.post("/agreements/{agreement}/end")
def end(desk: LoggedIn, agreement: str, seen: Seen) -> Response:
    """End it."""
    ended = end_agreement(desk.asker, desk.resources, agreement, seen=seen)
    return RedirectResponse(f"/agreements/{ended.id}", 303)


def terms_of(
    name: str,
    purposes: str,
    text: str,
    obligations: list[str],
    starts: str,
    ends: str,
    *,
    replaces: bool = False,
) -> Terms:
    """What a form says; where it replaces terms, an end that is empty is none. Raises WrongUsage."""
    for each in obligations:
        if each not in set(Obligation):
            raise WrongUsage(f"There is no obligation '{each[:40]}'.", mend=f"Choose of {', '.join(Obligation)}.")
    end = day_of(ends)
    return Terms(
        name=name,
        purposes=tuple(line.strip() for line in _LINES.split(purposes.replace("\r", "")) if line.strip()),
        text=text.replace("\r\n", "\n").strip(),
        obligations=frozenset(map(Obligation, obligations)),
        starts=day_of(starts),
        ends=end,
        never_ends=replaces and end is None,
    )
