"""The page that says what each export of a record cannot carry."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from kiban.operations.export import offers
from kiban.operations.show import show
from kiban.web.asker import AtDesk
from kiban.web.page import page

ROUTER = APIRouter()


@ROUTER.get("/records/{identifier}/exports")
def show_exports(request: Request, desk: AtDesk, identifier: str) -> Response:
    """Show every standard that has a place for the record."""
    found = offers(desk.asker, desk.resources, identifier)
    record = show(desk.asker, desk.resources, identifier).record
    return page(request, "exports.html", record=record, offers=found)
