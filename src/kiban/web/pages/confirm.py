"""The list of measurements that may be of several samples."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from kiban.operations.link_sample import undecided
from kiban.web.asker import LoggedIn
from kiban.web.page import page

ROUTER = APIRouter()


@ROUTER.get("/confirm")
def show_undecided(request: Request, desk: LoggedIn) -> Response:
    """Show each with the samples to choose from."""
    return page(request, "confirm.html", waiting=undecided(desk.asker, desk.resources))
