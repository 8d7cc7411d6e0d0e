"""What is done to a campaign on its page: ask for suggestions, pause and resume, own experiments, its settings."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import KibanError, Refused
from kiban.operations import campaign_experiments as moving
from kiban.operations import campaigns
from kiban.operations.show_campaign import ShownCampaign, show_campaign
from kiban.planning.campaign.document import limits_from_json, limits_to_json
from kiban.planning.engines.installed import engines
from kiban.records.record import Record
from kiban.web.api.campaign_models import MOST_SUGGESTIONS
from kiban.web.asker import AtDesk, Desk, LoggedIn
from kiban.web.experiment_shown import parameter_fields
from kiban.web.form_data import Given, SentForm
from kiban.web.limits_form import archive_in, read_limits, typed_limits
from kiban.web.page import page
from kiban.web.problem import of_error
from kiban.web.result_form import read_point

ROUTER = APIRouter()

Expected = Annotated[int, Form(ge=1, le=2**31 - 1)]
Note = Annotated[str, Form(max_length=2000)]


@ROUTER.post("/campaigns/{identifier}/suggest")
def suggest(
    desk: AtDesk, identifier: str, expected: Expected, n: Annotated[int, Form(ge=1, le=MOST_SUGGESTIONS)] = 1
) -> Response:
    """Have the next experiments suggested."""
    return _to(moving.suggest_experiments(desk.asker, desk.resources, identifier, n, expected=expected), "next")


@ROUTER.post("/campaigns/{identifier}/course")
def set_course(
    desk: AtDesk, identifier: str, expected: Expected, action: Annotated[str, Form(max_length=20)], note: Note = ""
) -> Response:
    """Pause, stop, resume or end it."""
    return _to(campaigns.set_course(desk.asker, desk.resources, identifier, action, note=note, expected=expected))


@ROUTER.get("/campaigns/{identifier}/add")
def show_add(request: Request, desk: LoggedIn, identifier: str) -> Response:
    """Show the form for an experiment of one's own."""
    return _add_page(request, _changeable(desk, identifier))


@ROUTER.post("/campaigns/{identifier}/add")
def add(request: Request, desk: AtDesk, identifier: str, form: SentForm) -> Response:
    """Put it in; else show what was typed with what is wrong."""
    shown = _changeable(desk, identifier)
    try:
        record = moving.add_experiment(
            desk.asker,
            desk.resources,
            identifier,
            read_point(form, shown.campaign),
            beyond=form.text("beyond") == "on",
            note=form.text("note"),
        )
    except KibanError as e:
        return _add_page(request, shown, form, e)
    number = shown.campaign.next_number
    return RedirectResponse(f"/campaigns/{quote(record.pid, safe=':')}/experiments/{number}", status_code=303)


@ROUTER.get("/campaigns/{identifier}/settings")
def show_settings(request: Request, desk: LoggedIn, identifier: str) -> Response:
    """Show what may be changed: name, description, engine and limits."""
    shown = _changeable(desk, identifier)
    campaign = shown.campaign
    typed = {
        "name": campaign.name,
        "description": campaign.description,
        "engine": campaign.engine,
        "expected": str(shown.record.version),
        "archive": "\n".join(campaign.archive),
        **typed_limits(campaign),
    }
    return _settings_page(request, shown, typed)


@ROUTER.post("/campaigns/{identifier}/settings")
def change_settings(request: Request, desk: AtDesk, identifier: str, form: SentForm) -> Response:
    """Keep the changes; else show what was typed with what is wrong beside its field."""
    shown = _changeable(desk, identifier)
    campaign = shown.campaign
    typed = {name: value for name, value in form.tree.items() if isinstance(value, str)}
    limits, problems = read_limits(form, campaign.objective)
    if not problems:
        try:
            kept = limits_to_json(campaign.limits)
            wanted: dict[str, Any] = {
                "name": form.text("name"),
                "description": form.text("description"),
                "engine": form.text("engine"),
                "limits": limits_from_json({**limits, "safety": kept["safety"]}),
                "archive": archive_in(form.text("archive")),
            }
            changes = {name: value for name, value in wanted.items() if value != getattr(campaign, name)}
            # Settings belong to the engine that they were made for.
            changes |= {"settings": {}} if "engine" in changes and campaign.settings else {}
            version = form.text("expected")
            record = campaigns.change_campaign(
                desk.asker,
                desk.resources,
                identifier,
                changes,
                note=form.text("note"),
                expected=int(version) if version.isdecimal() and len(version) < 10 else None,
            )
            return _to(record)
        except KibanError as e:
            problems[""] = e
    return _settings_page(request, shown, typed, problems)


def _changeable(desk: Desk, identifier: str) -> ShownCampaign:
    shown = show_campaign(desk.asker, desk.resources, identifier)
    if not shown.may_change:
        raise Refused(
            f"You may read {shown.record.pid}, not write to it.", mend="Ask a steward of the project that owns it."
        )
    return shown


def _add_page(
    request: Request, shown: ShownCampaign, form: Given | None = None, wrong: KibanError | None = None
) -> Response:
    fields = parameter_fields(shown.campaign)
    return page(
        request,
        "campaign_add.html",
        status_code=of_error(wrong).status if wrong is not None else 200,
        pid=shown.record.pid,
        name=shown.campaign.name,
        parameters=fields,
        typed={f"p{i}": form.text(f"p{i}") for i in range(len(fields))} if form is not None else {},
        note=form.text("note") if form is not None else "",
        beyond=form is not None and form.text("beyond") == "on",
        wrong=wrong,
    )


def _settings_page(
    request: Request, shown: ShownCampaign, typed: dict[str, str], problems: dict[str, KibanError] | None = None
) -> Response:
    failed = next(iter((problems or {}).values()), None)
    return page(
        request,
        "campaign_settings.html",
        status_code=of_error(failed).status if failed is not None else 200,
        pid=shown.record.pid,
        name=shown.campaign.name,
        targets=shown.campaign.objective.targets,
        engines=sorted(each.name for each in engines()),
        typed=typed,
        problems=problems or {},
    )


def _to(record: Record, place: str = "") -> Response:
    return RedirectResponse(f"/records/{quote(record.pid, safe=':')}{f'#{place}' if place else ''}", status_code=303)
