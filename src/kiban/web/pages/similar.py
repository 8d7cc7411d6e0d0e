"""What is like a record: a page of its own, and the same as a part of the record's page, which asks for it later."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from kiban.errors import InvalidValue
from kiban.operations.find import hits
from kiban.operations.similar import LEAST, SimilarRecords, similar_to
from kiban.query.question import Similar
from kiban.query.write import write
from kiban.records.likeness import COMPOSITION
from kiban.web.asker import AtDesk, Desk
from kiban.web.likeness_picture import beside, overlaid
from kiban.web.page import page

ROUTER = APIRouter()

_BESIDE_RECORD = 6
_ON_PAGE = 24


@ROUTER.get("/records/{identifier}/similar")
def show_similar(request: Request, desk: AtDesk, identifier: str) -> Response:
    """What is like it, on a page."""
    return page(request, "similar.html", **_found(desk, identifier, _ON_PAGE))


@ROUTER.get("/records/{identifier}/similar/part")
def show_similar_part(request: Request, desk: AtDesk, identifier: str) -> Response:
    """The nearest few, as a part of the record's own page; or why there are none."""
    try:
        values: dict[str, Any] = _found(desk, identifier, _BESIDE_RECORD)
    except InvalidValue as e:
        values = {"similar": None, "wrong": e}
    return page(request, "similar_part.html", **values)


def _found(desk: Desk, identifier: str, limit: int) -> dict[str, Any]:
    found = similar_to(desk.asker, desk.resources, identifier, at_least=LEAST, limit=limit)
    question = write(Similar(found.record.pid, LEAST))
    return {
        "similar": found,
        "wrong": None,
        "record": found.record,
        "cards": _cards(desk, found),
        "is_composition": found.likeness.kind == COMPOSITION,
        "search": f"/search?{urlencode({'q': question})}",
        "question": question,
    }


def _cards(desk: Desk, found: SimilarRecords) -> list[dict[str, Any]]:
    dressed = hits(desk.resources, [each.record for each in found.found], desk.resources.visible(desk.asker))
    return [
        {
            "hit": hit,
            "score": each.nearness.score,
            "overlap": each.nearness.overlap,
            "distance": each.nearness.distance,
            "picture": overlaid(found.likeness, each.likeness) or beside(found.composition, each.composition),
        }
        for hit, each in zip(dressed, found.found, strict=True)
    ]
