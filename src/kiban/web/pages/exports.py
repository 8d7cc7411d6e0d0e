"""The page that lists the exports that have a place for a record, and says of one what it cannot carry."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from kiban.operations.export import losses_of, suited_to
from kiban.operations.show import show
from kiban.web.asker import AtDesk
from kiban.web.page import page

ROUTER = APIRouter()


@ROUTER.get("/records/{identifier}/exports")
def show_exports(
    request: Request, desk: AtDesk, identifier: str, standard: Annotated[str, Query(alias="of", max_length=100)] = ""
) -> Response:
    """Show every standard that has a place for the record; one is made, to see what it loses, only when asked for."""
    found = suited_to(desk.asker, desk.resources, identifier)
    record = show(desk.asker, desk.resources, identifier).record
    losses = losses_of(desk.asker, desk.resources, identifier, standard) if standard else ()
    return page(request, "exports.html", record=record, exports=found, standard=standard, losses=losses)
