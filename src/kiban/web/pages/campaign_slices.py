"""What is expected around a point of a campaign: a page with a form, and the same as a part of the campaign's page."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from kiban.errors import InvalidValue, NothingAllowed, Refused
from kiban.operations.campaign_pictures import NO_MAP, AskedSlices, campaign_slices
from kiban.operations.show_campaign import show_campaign
from kiban.web.asker import AtDesk, Desk
from kiban.web.campaign_pictures_shown import form_values, slices_address, slices_values
from kiban.web.language import Speaker, language_of
from kiban.web.page import page

ROUTER = APIRouter()

_OWN = "at."
"""What the fields for settings begin with."""
_MOST_DIGITS = 6


@ROUTER.get("/campaigns/{identifier}/slices")
def show_slices(request: Request, desk: AtDesk, identifier: str) -> Response:
    """On a page, through the point that its address names."""
    asked = _asked(request)
    values = _found(request, desk, identifier, asked)
    return page(request, "campaign_slices.html", is_page=True, **values)


@ROUTER.get("/campaigns/{identifier}/slices/part")
def show_slices_part(request: Request, desk: AtDesk, identifier: str) -> Response:
    """Through the best point, as a part of the campaign's own page; or why there are none."""
    return page(request, "campaign_slices_part.html", is_page=False, **_found(request, desk, identifier, AskedSlices()))


def _found(request: Request, desk: Desk, identifier: str, asked: AskedSlices) -> dict[str, Any]:
    speaker = Speaker(language_of(request))
    campaign = show_campaign(desk.asker, desk.resources, identifier)
    shown, wrong = None, None
    try:
        shown = campaign_slices(desk.asker, desk.resources, identifier, asked)
    except (InvalidValue, NothingAllowed, Refused) as e:
        wrong = e
    drawn = slices_values(campaign.campaign, shown, speaker) if shown is not None else {"found": None}
    return {
        "record": campaign.record,
        "wrong": wrong,
        "here": slices_address(campaign.record.pid, asked),
        **form_values(campaign.campaign, asked, shown, speaker),
        **drawn,
    }


def _asked(request: Request) -> AskedSlices:
    given = request.query_params
    number = given.get("experiment", "")
    over = tuple(name for name in given.getlist("over") if name)
    return AskedSlices(
        experiment=_number(number) if number else None,
        settings={
            name.removeprefix(_OWN): value.strip()
            for name, value in given.multi_items()
            if name.startswith(_OWN) and value.strip()
        },
        outcome=given.get("outcome") or None,
        surrogate=given.get("surrogate") or None,
        pair=None if not over else NO_MAP if over == ("none",) else (over[0], over[-1]),
    )


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > _MOST_DIGITS:
        raise InvalidValue(f"'{text}' is no number of an experiment.", mend="Choose one of the list.")
    return int(text)
