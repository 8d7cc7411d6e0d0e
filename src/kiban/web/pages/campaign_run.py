"""Runs of a campaign in a laboratory: asked for, watched and stopped from its page."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import Conflict, InvalidSetting, KibanError, Refused
from kiban.operations.laboratory_runs import RunsOfCampaign, campaign_run, runs_of_campaign, start_run, stop_run
from kiban.operations.show_campaign import ShownCampaign, show_campaign
from kiban.web.asker import AtDesk, Desk, LoggedIn
from kiban.web.form_data import SentForm
from kiban.web.language import Speaker, language_of
from kiban.web.page import page
from kiban.web.problem import of_error
from kiban.web.run_form import bounded_parameters, read_run, typed_run
from kiban.web.run_shown import run_values

ROUTER = APIRouter()


@ROUTER.get("/campaigns/{identifier}/run")
def show_form(request: Request, desk: LoggedIn, identifier: str) -> Response:
    """Show in which laboratory it could run, and within which limits."""
    shown, runs = _seen(desk, identifier)
    return _page(request, shown, runs, typed_run(shown.campaign))


@ROUTER.post("/campaigns/{identifier}/run")
def start(request: Request, desk: AtDesk, identifier: str, form: SentForm) -> Response:
    """Begin with it; else show what was typed with what is wrong."""
    shown, runs = _seen(desk, identifier)
    limits, at_once, problems = read_run(form, shown.campaign)
    typed = {name: value for name, value in form.tree.items() if isinstance(value, str)}
    if not problems:
        version = form.text("expected")
        try:
            start_run(
                desk.asker,
                desk.resources,
                identifier,
                form.text("laboratory"),
                limits=limits,
                at_once=at_once,
                expected=int(version) if version.isdecimal() and len(version) < 10 else None,
            )
        except KibanError as e:
            problems["laboratory" if isinstance(e, InvalidSetting) else ""] = e
    if problems:
        return _page(request, shown, runs, typed, problems)
    return _to(shown.record.pid)


@ROUTER.post("/campaigns/{identifier}/run/stop")
def stop(desk: AtDesk, identifier: str) -> Response:
    """Stop it: what the laboratory has is broken off within a second."""
    return _to(stop_run(desk.asker, desk.resources, identifier).pid)


@ROUTER.get("/campaigns/{identifier}/run/progress")
def show_progress(request: Request, desk: AtDesk, identifier: str) -> Response:
    """How it stands, as a part of the campaign's own page."""
    record, runs = campaign_run(desk.asker, desk.resources, identifier)
    values = run_values(desk, runs, Speaker(language_of(request)))
    return page(request, "campaign_run_part.html", headers={"cache-control": "no-store"}, record=record, **values)


def _seen(desk: Desk, identifier: str) -> tuple[ShownCampaign, RunsOfCampaign]:
    shown = show_campaign(desk.asker, desk.resources, identifier)
    runs = runs_of_campaign(desk.asker, desk.resources, shown.record)
    if runs.last is not None and runs.last.ended is None:
        raise Conflict(f"{shown.record.title} is run already.", mend="Look at its page for how far it has come.")
    if not runs.may_start:
        raise Refused(
            f"You may not have {shown.record.pid} run in a laboratory.",
            mend="Ask an owner of the project that owns it, or have the operator name a laboratory.",
        )
    return shown, runs


def _page(
    request: Request,
    shown: ShownCampaign,
    runs: RunsOfCampaign,
    typed: dict[str, str],
    problems: dict[str, KibanError] | None = None,
) -> Response:
    failed: KibanError | None = next(iter((problems or {}).values()), None)
    values: dict[str, Any] = {
        "pid": shown.record.pid,
        "name": shown.campaign.name,
        "version": shown.record.version,
        "laboratories": runs.laboratories,
        "bounded": bounded_parameters(shown.campaign),
        "has_cost": shown.campaign.objective.cost is not None,
        "has_duration": shown.campaign.duration is not None,
        "typed": typed,
        "problems": problems or {},
    }
    status = of_error(failed).status if failed is not None else 200
    return page(request, "campaign_run.html", status_code=status, **values)


def _to(pid: str) -> Response:
    return RedirectResponse(f"/records/{quote(pid, safe=':')}#run", status_code=303)
