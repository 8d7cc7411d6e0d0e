"""The page of one experiment: what to set, how it stands, and what came out. Codes on protocols lead here."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.responses import RedirectResponse

from kiban.errors import Conflict, InvalidValue, KibanError, WrongUsage
from kiban.operations import campaign_experiments as moving
from kiban.operations.show_campaign import ShownCampaign, show_campaign
from kiban.operations.tell_file import tell_by_file
from kiban.planning.campaign.campaign import MOST_EXPERIMENTS
from kiban.planning.campaign.experiment import Experiment, Move, State
from kiban.web.asker import AtDesk, Desk
from kiban.web.experiment_shown import experiment_values, parameter_fields
from kiban.web.form_data import Given, SentForm
from kiban.web.language import Speaker, language_of
from kiban.web.page import page
from kiban.web.problem import of_error
from kiban.web.result_form import SentResult, blank_result, read_point, read_result, typed_point

ROUTER = APIRouter()

Number = Annotated[int, Path(ge=1, le=MOST_EXPERIMENTS)]
_PLAIN = {"accept": Move.ACCEPT, "start": Move.START, "refuse": Move.REFUSE, "abandon": Move.ABANDON}
_MOST_REPEATED = 100


@ROUTER.get("/campaigns/{identifier}/experiments/{number}")
def show_experiment(
    request: Request, desk: AtDesk, identifier: str, number: Number, done: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """Show it, with the form for its result while it is open."""
    return _page(request, desk, show_campaign(desk.asker, desk.resources, identifier), number, done=done)


@ROUTER.post("/campaigns/{identifier}/experiments/{number}/result")
def tell(request: Request, desk: AtDesk, identifier: str, number: Number, form: SentForm) -> Response:
    """Keep what came out, by values or by a file; else show what was typed with what is wrong."""
    shown = show_campaign(desk.asker, desk.resources, identifier)
    sent = read_result(form, shown.campaign)
    if not sent.problems:
        try:
            _tell(desk, shown, number, sent, _expected(form))
            return _to(shown, number, "told")
        except KibanError as e:
            sent.problems[_place_of(sent, e)] = e
    return _page(request, desk, show_campaign(desk.asker, desk.resources, identifier), number, sent=sent)


@ROUTER.post("/campaigns/{identifier}/experiments/{number}/{act}")
def move(request: Request, desk: AtDesk, identifier: str, number: Number, act: str, form: SentForm) -> Response:
    """Make a move; where it is refused, show the page with the reason and what was typed."""
    shown = show_campaign(desk.asker, desk.resources, identifier)
    try:
        _move(desk, shown, number, act, form)
    except KibanError as e:
        if of_error(e).status in {401, 404}:
            raise
        return _page(
            request, desk, show_campaign(desk.asker, desk.resources, identifier), number, act=act, form=form, wrong=e
        )
    back = form.text("back")
    if back == "campaign":
        return RedirectResponse(f"/records/{quote(shown.record.pid, safe=':')}#next", status_code=303)
    if back == "work":
        return RedirectResponse("/work", status_code=303)
    return _to(shown, number, act if act in {"fail", "repeat", "refuse", "abandon"} else "")


def _move(desk: Desk, shown: ShownCampaign, number: int, act: str, form: Given) -> None:
    asker, resources, pid = desk.asker, desk.resources, shown.record.pid
    said: dict[str, Any] = {"note": form.text("note"), "expected": _expected(form)}
    if act in _PLAIN:
        moving.move_experiments(asker, resources, pid, _PLAIN[act], [number], **said)
    elif act == "fail":
        moving.tell_failure(asker, resources, pid, number, **said)
    elif act == "change":
        beyond = form.text("beyond") == "on"
        moving.change_experiment(asker, resources, pid, number, read_point(form, shown.campaign), beyond=beyond, **said)
    elif act == "repeat":
        moving.repeat_experiment(asker, resources, pid, number, _times(form), **said)
    else:
        raise WrongUsage(f"There is no move '{act[:40]}'.", mend="Use the buttons of the page.")


def _tell(desk: Desk, shown: ShownCampaign, number: int, sent: SentResult, expected: int | None) -> None:
    said: dict[str, Any] = {
        "values": sent.values,
        "is_all": sent.is_all,
        "is_correction": sent.is_correction,
        "spent": sent.spent,
        "note": sent.note,
        "expected": expected,
    }
    if sent.file is not None:
        tell_by_file(desk.asker, desk.resources, shown.record.pid, number, sent.file, condition=sent.condition, **said)
    else:
        moving.tell_result(desk.asker, desk.resources, shown.record.pid, number, **said)


def _place_of(sent: SentResult, error: KibanError) -> str:
    """Beside which field a refusal stands: the file's, where one was sent and it is about what the file says."""
    is_of_file = sent.file is not None and not isinstance(error, Conflict)
    return "file" if is_of_file and of_error(error).status in {422, 500} else ""


def _expected(form: Given) -> int | None:
    text = form.text("expected")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _times(form: Given) -> int:
    text = form.text("n") or "1"
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_REPEATED:
        raise InvalidValue(f"'{text[:20]}' repetitions are asked for.", mend=f"Ask for 1 to {_MOST_REPEATED}.")
    return int(text)


def _to(shown: ShownCampaign, number: int, done: str) -> Response:
    asked = f"?done={done}" if done else ""
    return RedirectResponse(
        f"/campaigns/{quote(shown.record.pid, safe=':')}/experiments/{number}{asked}", status_code=303
    )


def _page(
    request: Request,
    desk: Desk,
    shown: ShownCampaign,
    number: int,
    *,
    sent: SentResult | None = None,
    act: str = "",
    form: Given | None = None,
    wrong: KibanError | None = None,
    done: str = "",
) -> Response:
    experiment: Experiment = shown.campaign.experiment(number)
    problems = sent.problems if sent is not None else {}
    failed = wrong or next(iter(problems.values()), None)
    typed = typed_point(shown.campaign, experiment.point)
    if form is not None and act == "change":
        typed |= {name: form.text(name) for name in typed}
    return page(
        request,
        "experiment.html",
        status_code=of_error(failed).status if failed is not None else 200,
        **experiment_values(desk, shown, experiment, Speaker(language_of(request))),
        parameters=parameter_fields(shown.campaign),
        sent=sent or blank_result(shown.campaign),
        problems=problems,
        act=act,
        act_note=form.text("note") if form is not None else "",
        beyond=form is not None and form.text("beyond") == "on",
        typed_point=typed,
        wrong=wrong,
        done=done,
        is_completed=experiment.state is State.COMPLETED,
    )
