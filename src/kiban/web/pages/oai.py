"""/oai: the door for harvesters (OAI-PMH 2.0)."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request, Response

from kiban.errors import WrongUsage
from kiban.web.asker import AtDesk
from kiban.web.oai_door import Door
from kiban.web.own_address import address_of

ROUTER = APIRouter()
_TYPE = "text/xml; charset=utf-8"
_LARGEST_BYTES = 64 << 10
_MOST_ARGUMENTS = 50


async def _sent(request: Request) -> list[tuple[str, str]]:
    """The arguments in a body, each as often as it stands there: whoever gives one twice is told so."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BYTES:
            raise WrongUsage("The request is too long.", mend="Harvesters ask in a few words.")
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="replace", max_num_fields=_MOST_ARGUMENTS)
    except ValueError as e:
        raise WrongUsage("The request cannot be taken apart.", mend="Send it as a form.") from e


Sent = Annotated[list[tuple[str, str]], Depends(_sent)]


@ROUTER.get("/oai")
def harvest(request: Request, desk: AtDesk) -> Response:
    """Answer what the address asks."""
    door = Door(desk.asker, desk.resources, address_of(request, desk.resources))
    return Response(door.answer(request.query_params.multi_items()), media_type=_TYPE)


@ROUTER.post("/oai")
def harvest_by_form(request: Request, desk: AtDesk, sent: Sent) -> Response:
    """The same, as a form."""
    door = Door(desk.asker, desk.resources, address_of(request, desk.resources))
    return Response(door.answer(sent), media_type=_TYPE)
