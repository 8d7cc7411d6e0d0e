"""What can be read: all formats by technique, with a choice of technique and maker."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from kiban.operations.list_readers import list_readers
from kiban.records.technique import TECHNIQUES
from kiban.web.api.readers import LONGEST_WORD
from kiban.web.asker import AtDesk
from kiban.web.page import page

ROUTER = APIRouter()


@ROUTER.get("/about/readers")
def show_readers(
    request: Request,
    desk: AtDesk,
    technique: Annotated[str, Query(max_length=LONGEST_WORD)] = "",
    maker: Annotated[str, Query(max_length=LONGEST_WORD)] = "",
) -> Response:
    """Show each format under its first technique; the list of makers is that of all formats."""
    found = list_readers(desk.resources.fence)
    # What is chosen is shown as chosen, even where nothing fits it.
    shown = (
        list_readers(desk.resources.fence, technique=technique or None, maker=maker) if technique or maker else found
    )
    groups = {key: [facts for facts in shown.readers if facts.techniques[:1] == (key,)] for key in TECHNIQUES}
    return page(
        request,
        "about_readers.html",
        groups={key: group for key, group in groups.items() if group},
        n_formats=len(shown.readers),
        broken=found.broken,
        technique=technique,
        maker=maker,
        techniques=[key for key in TECHNIQUES if any(key in facts.techniques for facts in found.readers)],
        makers=sorted({name for facts in found.readers for name in facts.makers} - {"any"}, key=str.lower),
    )
