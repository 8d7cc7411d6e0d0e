"""The page on which a campaign is built: from what a table has to offer, or from nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import InvalidQuestion, KibanError, SpaceTooLarge
from kiban.operations.campaign_experiments import suggest_or_say_why
from kiban.operations.campaign_tables import CandidatesInTable, PastInTable, draft_campaign, past_in_table
from kiban.operations.campaigns import new_campaign
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.definition import campaign_of
from kiban.planning.campaign.proposed import Draft
from kiban.planning.engines.installed import engines
from kiban.planning.space.grid import grid
from kiban.planning.space.parameter import Continuous
from kiban.web.api.search import LONGEST_QUESTION
from kiban.web.asker import Desk, LoggedIn
from kiban.web.builder_costs import add_costs
from kiban.web.builder_form import (
    CONSTRAINTS,
    GOALS,
    KINDS,
    WAYS,
    Builder,
    blank_builder,
    blank_row,
    definition_of,
    n_first,
    proposed_builder,
    sent_builder,
)
from kiban.web.builder_tables import add_descriptors, candidates_of, propose_from_list, take_uploads
from kiban.web.form_data import Given, SentForm
from kiban.web.page import page
from kiban.web.placement_choice import of_form, offered
from kiban.web.problem import of_error

ROUTER = APIRouter()

_MOST_TOLD = 20
_PARTS = ("parameters", "outcomes", "constraints")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a campaign would be, before it is kept."""

    campaign: Campaign
    n_points: int | None
    """How many different experiments there are; `None` where they cannot be counted."""
    is_exact: bool
    n_continuous: int
    past: PastInTable | None
    candidates: CandidatesInTable | None
    """Where nothing but a list can be made."""


@ROUTER.get("/campaigns/new")
def show_builder(
    request: Request, desk: LoggedIn, q: Annotated[str, Query(max_length=LONGEST_QUESTION)] = ""
) -> Response:
    """Show the form: empty, or filled with what the samples that answer a question have to offer."""
    if not q.strip():
        return _page(request, desk, blank_builder())
    try:
        draft = draft_campaign(desk.asker, desk.resources, q)
    except KibanError as e:
        builder = blank_builder(q)
        builder.problems["q"] = e
        return _page(request, desk, builder)
    return _page(request, desk, proposed_builder(q, draft), draft=draft)


@ROUTER.post("/campaigns/new")
def take_builder(request: Request, desk: LoggedIn, form: SentForm) -> Response:
    """Change a row, look at what it would be, or begin it; nothing that was typed is lost."""
    builder = sent_builder(form)
    do, _, place = form.text("do").partition(":")
    take_uploads(desk, builder, form)
    if do in {"add", "remove", "take"}:
        if do == "take":
            propose_from_list(desk, builder)
        else:
            _change_rows(builder, do, place)
        return _page(request, desk, builder, form=form)
    look = _look(desk, builder)
    if do == "begin" and look is not None:
        try:
            done = look.past.done if look.past is not None else ()
            record = new_campaign(desk.asker, desk.resources, look.campaign, done=done, placement=of_form(desk, form))
        except KibanError as e:
            builder.problems[""] = e
            return _page(request, desk, builder, form=form)
        if n := n_first(builder):
            suggest_or_say_why(desk.asker, desk.resources, record, n)
        return RedirectResponse(f"/records/{quote(record.pid, safe=':')}#next", status_code=303)
    return _page(request, desk, builder, form=form, look=look)


def _look(desk: Desk, builder: Builder) -> Look | None:
    """What the form says, if it can be understood and kept; else its problems say why not."""
    document = definition_of(builder)
    add_costs(builder, document)
    if builder.problems:
        return None
    add_descriptors(desk, builder, document)
    candidates = candidates_of(desk, builder, document)
    if builder.problems:
        return None
    if candidates is not None:
        document["space"]["candidates"] = dict(candidates.columns)
    try:
        campaign = campaign_of(document)
    except KibanError as e:
        builder.problems[""] = e
        return None
    try:
        counted = grid(campaign.safe_space)
    except SpaceTooLarge:
        counted = None
    past = None
    if builder.head["q"] and builder.with_past:
        try:
            past = past_in_table(desk.asker, desk.resources, campaign, builder.head["q"], builder.columns())
        except KibanError as e:
            builder.problems["q" if isinstance(e, InvalidQuestion) else "with_past"] = e
            return None
    return Look(
        campaign=campaign,
        n_points=counted.n if counted is not None else None,
        is_exact=counted is not None and counted.is_exact,
        n_continuous=sum(isinstance(each, Continuous) for each in campaign.space.parameters),
        past=past,
        candidates=candidates,
    )


def _change_rows(builder: Builder, do: str, place: str) -> None:
    part, _, number = place.partition(".")
    if part not in _PARTS:
        return
    rows = builder.rows(part)
    if do == "add":
        rows.append(blank_row(part))
    elif number.isdecimal() and int(number) < len(rows):
        del rows[int(number)]


def _page(
    request: Request,
    desk: Desk,
    builder: Builder,
    *,
    draft: Draft | None = None,
    form: Given | None = None,
    look: Look | None = None,
) -> Response:
    failed = next(iter(builder.problems.values()), None)
    return page(
        request,
        "campaign_new.html",
        status_code=of_error(failed).status if failed is not None else 200,
        builder=builder,
        head=builder.head,
        problems=builder.problems,
        draft=draft,
        look=look,
        kinds=KINDS,
        ways=WAYS,
        goals=GOALS,
        constraint_kinds=CONSTRAINTS,
        engines=[(each.name, each.title) for each in sorted(engines(), key=lambda e: e.name != "embedded")],
        offered=offered(desk, form),
        most=_MOST_TOLD,
    )
