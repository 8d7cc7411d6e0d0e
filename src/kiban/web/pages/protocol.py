"""The sheet that goes to the bench with an experiment: on a page that prints on A4, and as a PDF."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Path, Request, Response
from markupsafe import Markup

from kiban.operations.print_protocol import print_protocol, protocol_for
from kiban.planning.campaign.campaign import MOST_EXPERIMENTS
from kiban.standards.protocol import Language, entry_code, expectation, reason, word
from kiban.standards.qr_svg import qr_svg
from kiban.web.asker import AtDesk
from kiban.web.language import language_of
from kiban.web.own_address import address_of, leads_to_this_machine
from kiban.web.page import page
from kiban.web.unit_text import unit_text

ROUTER = APIRouter()

Number = Annotated[int, Path(ge=1, le=MOST_EXPERIMENTS)]


@ROUTER.get("/campaigns/{identifier}/experiments/{number}/protocol.pdf")
def download_protocol(request: Request, desk: AtDesk, identifier: str, number: Number) -> Response:
    """Give it as a PDF."""
    language, base_url = cast(Language, language_of(request)), address_of(request, desk.resources)
    content = print_protocol(desk.asker, desk.resources, identifier, number, language=language, base_url=base_url)
    headers = {"content-disposition": f'inline; filename="protocol-{number}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


@ROUTER.get("/campaigns/{identifier}/experiments/{number}/protocol")
def show_protocol(request: Request, desk: AtDesk, identifier: str, number: Number) -> Response:
    """Show it as it prints; its code leads to where the result is told."""
    language, base_url = cast(Language, language_of(request)), address_of(request, desk.resources)
    protocol = protocol_for(desk.asker, desk.resources, identifier, number)
    return page(
        request,
        "protocol.html",
        protocol=protocol,
        code=Markup(qr_svg(entry_code(protocol, base_url), is_scaled=True)),  # noqa: S704  made of an address of our own
        reason=reason(protocol, language),
        leads_nowhere=base_url if leads_to_this_machine(base_url) else "",
        settings=[(each.name, each.value, unit_text(each.unit)) for each in protocol.settings],
        outcomes=[(each.name, unit_text(each.unit), expectation(each, language)) for each in protocol.outcomes],
        words={
            key: word(key, language)
            for key in ("campaign", "sample", "set", "measure", "why", "note", "done", "date", "person", "remarks")
        },
        title=word("title", language, number=number),
    )
