"""The page where stewards change who may see records: it shows what a change would change, and then asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import KibanError, RecordNotFound, WrongUsage
from kiban.operations import invite
from kiban.operations.change_tier import TierChange, change_tier, preview_tier, preview_undo, tier_change, undo_change
from kiban.operations.chosen import Choice, chosen_by, chosen_of, chosen_record
from kiban.operations.directory_changes import view_of
from kiban.operations.placement import choices_in, end_of_embargo, scope_of
from kiban.operations.rescope import Preview, Rescoped
from kiban.records.parties.directory import Directory
from kiban.records.parties.right import Right
from kiban.records.scope import Scope
from kiban.web.asker import AtDesk, Desk
from kiban.web.form_data import Given, SentForm
from kiban.web.language import Speaker, language_of
from kiban.web.page import page
from kiban.web.placement_choice import Offered
from kiban.web.problem import of_error

ROUTER = APIRouter()

_UNCHANGED = "unchanged"
_SHARED_UNDER = "shared:"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which records the page is about, as its address says."""

    record: str = ""
    question: str | None = None
    scope: int | None = None

    @property
    def address(self) -> str:
        """Of the page."""
        if self.record:
            return f"/tier?{urlencode({'record': self.record})}"
        return f"/tier?{urlencode({'scope': self.scope} if self.scope is not None else {'q': self.question or ''})}"

    def choice(self, desk: Desk) -> Choice:
        """The records. Raises as `chosen_record` and the like."""
        if self.record:
            return chosen_record(desk.asker, desk.resources, self.record)
        if self.scope is not None:
            known = {scope.number for scope in desk.resources.catalog.scopes()}
            if self.scope not in known:
                raise RecordNotFound(str(self.scope))
            return chosen_of(desk.asker, desk.resources, scope_of(desk.resources, self.scope))
        if self.question is None:
            raise WrongUsage(
                "The address does not say which records are meant.", mend="Come from a record or a search."
            )
        return chosen_by(desk.asker, desk.resources, self.question)


Record = Annotated[str, Query(max_length=100)]
Question = Annotated[str | None, Query(max_length=10_000)]
Number = Annotated[int | None, Query(ge=0, le=65535)]


@ROUTER.get("/tier")
def show_tier(
    request: Request, desk: AtDesk, record: Record = "", q: Question = None, scope: Number = None
) -> Response:
    """Show the records that are meant, and what can be chosen."""
    asked = Asked(record, q, scope)
    return _page(request, desk, asked, asked.choice(desk))


@ROUTER.post("/tier")
def take_tier(
    request: Request, desk: AtDesk, form: SentForm, record: Record = "", q: Question = None, scope: Number = None
) -> Response:
    """Show what a change would change, or make it."""
    asked = Asked(record, q, scope)
    choice = asked.choice(desk)
    try:
        if form.text("mark"):
            done = _done(desk, choice, form)
            return RedirectResponse(f"/changes/{done.change}", status_code=303)
        return _page(request, desk, asked, choice, form=form, seen=_seen(desk, choice, form))
    except KibanError as e:
        return _page(request, desk, asked, choice, form=form, wrong=e)


@ROUTER.get("/changes/{change}")
def show_change(request: Request, desk: AtDesk, change: UUID) -> Response:
    """Show what was done, and what taking it back would change."""
    try:
        seen = preview_undo(desk.asker, desk.resources, change)
    except RecordNotFound:
        raise
    except KibanError as e:
        return page(request, "change.html", change=change, preview=None, wrong=e)
    preview = told(Speaker(language_of(request)), seen)
    return page(request, "change.html", change=change, preview=preview, wrong=None)


@ROUTER.post("/changes/{change}")
def take_back(desk: AtDesk, change: UUID, form: SentForm) -> Response:
    """Take a change back."""
    if not form.text("mark"):
        raise WrongUsage("The form does not say what was seen.", mend="Open the page of the change again.")
    done = undo_change(desk.asker, desk.resources, change, mark=form.text("mark"))
    only = done.preview.plan.choice.records
    address = f"/records/{quote(only[0].pid, safe=':')}/access" if len(only) == 1 else f"/changes/{done.change}"
    return RedirectResponse(address, status_code=303)


def _seen(desk: Desk, choice: Choice, form: Given) -> Preview:
    asker, resources = desk.asker, desk.resources
    if form.text("do") == "invite":
        party = invite.party_called(asker, resources, form.text("to"))
        return invite.preview_invitation(asker, resources, choice, party, _right(form), _until(desk, form))
    if form.text("do") == "uninvite":
        party = invite.party_called(asker, resources, form.text("to"))
        return invite.preview_uninviting(asker, resources, choice, party)
    return preview_tier(asker, resources, choice, _change(desk, form))


def _done(desk: Desk, choice: Choice, form: Given) -> Rescoped:
    asker, resources, mark = desk.asker, desk.resources, form.text("mark")
    if form.text("do") == "invite":
        party = invite.party_called(asker, resources, form.text("to"))
        return invite.invite(asker, resources, choice, party, _right(form), _until(desk, form), mark=mark)
    if form.text("do") == "uninvite":
        party = invite.party_called(asker, resources, form.text("to"))
        return invite.uninvite(asker, resources, choice, party, mark=mark)
    return change_tier(asker, resources, choice, _change(desk, form), mark=mark)


def _change(desk: Desk, form: Given) -> TierChange:
    tier, agreement = form.text("tier"), None
    if tier.startswith(_SHARED_UNDER):
        tier, agreement = "shared", tier.removeprefix(_SHARED_UNDER)
    return tier_change("" if tier == _UNCHANGED else tier, agreement, form.text("embargo"), desk.asker.at)


def _right(form: Given) -> Right:
    try:
        return Right(form.text("right"))
    except ValueError:
        raise WrongUsage("The form does not say what the guest may do.", mend="Choose it.") from None


def _until(desk: Desk, form: Given) -> datetime | None:
    return end_of_embargo(form.text("until"), desk.asker.at) if form.text("until") else None


def _page(
    request: Request,
    desk: Desk,
    asked: Asked,
    choice: Choice,
    *,
    form: Given | None = None,
    seen: Preview | None = None,
    wrong: KibanError | None = None,
) -> Response:
    speaker, directory = Speaker(language_of(request)), desk.resources.directory.load()
    scopes = {number: scope_of(desk.resources, number) for number in {each.scope for each in choice.records}}
    projects = {scope.project for scope in scopes.values()}
    sent = {name: form.text(name) if form else "" for name in ("do", "tier", "embargo", "to", "right", "until")}
    return page(
        request,
        "tier.html",
        status_code=of_error(wrong).status if wrong is not None else 200,
        asked=asked,
        choice=choice,
        shown=choice.records[:20],
        now=sorted({_place(speaker, directory, scope) for scope in scopes.values()}),
        offered=Offered(
            choices_in(desk.asker, desk.resources, min(projects)), sent.get("tier", ""), sent.get("embargo", "")
        ),
        is_embargoed=any(scope.is_embargoed_at(desk.asker.at) for scope in scopes.values()),
        guests=_guests(directory, scopes.values()),
        parties=_known_names(desk),
        rights=[right.value for right in invite.RIGHTS],
        sent=sent,
        preview=told(speaker, seen) if seen is not None else None,
        wrong=wrong,
    )


def _known_names(desk: Desk) -> list[str]:
    known = view_of(desk.asker, desk.resources)
    names = {each.name for each in known.people.values()}
    names |= {each.name for each in known.organisations.values()} | {each.name for each in known.groups.values()}
    return sorted(names)


def _guests(directory: Directory, scopes: Iterable[Scope]) -> list[dict[str, str]]:
    invited = {scope.invitation for scope in scopes if scope.invitation is not None}
    found = {guest.party: guest for each in invited for guest in directory.invitations[each].guests}
    return [
        {"id": str(party), "name": directory.name_of(party), "until": f"{guest.until:%Y-%m-%d}" if guest.until else ""}
        for party, guest in found.items()
    ]


def told(speaker: Speaker, seen: Preview) -> dict[str, object]:
    """What the template shows of a preview."""
    made = seen.plan
    targets = {made.target(record) for record in made.choice.records}
    return {
        "n_records": seen.n_records,
        "n_left": made.choice.n_left,
        "to": sorted({_place(speaker, made.directory, scope) for scope in targets}),
        "effects": seen.effects,
        "hidden": seen.hidden,
        "n_more_hidden": seen.n_hidden - len(seen.hidden),
        "mark": seen.mark,
    }


def _place(speaker: Speaker, directory: Directory, scope: Scope) -> str:
    agreement = directory.agreements.get(scope.agreement) if scope.agreement is not None else None
    parts = [speaker.word("tier", scope.tier.value)]
    parts += [agreement.name] if agreement is not None else []
    parts += [speaker("access.follows")] if scope.follows else []
    parts += [speaker("access.closed_until", day=f"{scope.closed_until:%Y-%m-%d}")] if scope.closed_until else []
    return " · ".join(parts)
