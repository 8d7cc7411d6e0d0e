"""The page that says who can see a record, and why."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from kiban.operations.who_sees import Seer, who_sees
from kiban.web.access_words import say_grounds, say_rights
from kiban.web.asker import AtDesk
from kiban.web.language import Speaker, language_of
from kiban.web.page import page

ROUTER = APIRouter()


@ROUTER.get("/records/{identifier}/access")
def show_access(request: Request, desk: AtDesk, identifier: str, others: bool = False) -> Response:
    """Show what the visitor may do with it; to stewards everybody who can see it."""
    found = who_sees(desk.asker, desk.resources, identifier, others=others)
    speaker = Speaker(language_of(request))
    return page(
        request,
        "record_access.html",
        found=found,
        record=found.record,
        scope=found.scope,
        mine=_told(speaker, found.mine),
        seers=[_told(speaker, each) for each in found.seers],
        others=[_told(speaker, each) for each in found.others],
        asks_others=others,
        is_anonymous=desk.asker.party == "anonymous",
    )


def _told(speaker: Speaker, seer: Seer) -> dict[str, object]:
    return {
        "name": seer.person.name if seer.person is not None else speaker("access.everybody"),
        "login": seer.person.login if seer.person is not None else "",
        "organisation": seer.organisation,
        "given": seer.is_given,
        "rights": say_rights(speaker, seer.rights),
        "grounds": say_grounds(speaker, seer),
    }
