"""The page to drop files on; without scripts a form that does the same."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from kiban.records.technique import TECHNIQUES
from kiban.web.asker import AtDesk, Desk, LoggedIn
from kiban.web.body_limit import TakesFiles
from kiban.web.language import language_of
from kiban.web.page import page
from kiban.web.placement_choice import offered
from kiban.web.receive_deposit import LONGEST_SAMPLE, receive_form, wishes

ROUTER = APIRouter()


@ROUTER.get("/deposit")
def show_deposit(request: Request, desk: LoggedIn, sample: str = "") -> Response:
    """Show the place to drop files on; for a sample, where its name or identifier comes in the address."""
    return _page(request, desk, outcomes=None, sample=sample[:LONGEST_SAMPLE])


@ROUTER.post("/deposit", dependencies=[TakesFiles])
async def take_deposit(request: Request, desk: AtDesk) -> Response:
    """Take the form of a browser without scripts, and show what became of each file."""
    return _page(request, desk, outcomes=await receive_form(desk, request, wishes=wishes(None)))


def _page(request: Request, desk: Desk, *, outcomes: object, sample: str = "") -> Response:
    language = language_of(request)
    return page(
        request,
        "deposit.html",
        outcomes=outcomes,
        sample=sample,
        offered=offered(desk),
        longest_sample=LONGEST_SAMPLE,
        techniques={key: known.ja if language == "ja" else known.en for key, known in TECHNIQUES.items()},
    )
