"""GET /api/v1/records/{id}/export: a record as a file of a standard."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from kiban.operations.export import export, offers
from kiban.web.api.describe import problems
from kiban.web.api.export_models import OfferModel
from kiban.web.api.records import Identifier
from kiban.web.asker import AtDesk
from kiban.web.download import download_headers
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["records"])

_A_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "The file, in the media type of its standard."}
}


@ROUTER.get(
    "/records/{identifier}/exports",
    summary="Standards that a record can be exported as",
    response_model=list[OfferModel],
    responses=problems(404, 422, 503),
)
def get_exports(desk: AtDesk, identifier: Identifier) -> Any:
    """Each standard that has a place for the record, with what it could not carry.

    Samples and processes can be exported with their provenance, measurements as many other standards too.
    """
    return Json(
        [
            {
                "name": offer.name,
                "title": offer.title,
                "suffix": offer.suffix,
                "media_type": offer.media_type,
                "losses": list(offer.losses),
            }
            for offer in offers(desk.asker, desk.resources, identifier)
        ]
    )


@ROUTER.get(
    "/records/{identifier}/export",
    summary="Export a record",
    response_class=Response,
    responses=_A_FILE | problems(404, 406, 422, 503),
)
def get_export(
    desk: AtDesk,
    identifier: Identifier,
    standard: Annotated[
        str,
        Query(
            alias="as", max_length=100, description="Name of the standard, as `exports` gives it.", examples=["nexus"]
        ),
    ],
) -> Response:
    """The record as one file. The header `x-kiban-losses` counts what it could not carry; `exports` says what."""
    exported = export(desk.asker, desk.resources, identifier, standard)
    headers = {
        **download_headers(exported.name, is_ours=True),
        "x-kiban-losses": str(len(exported.losses)),
    }
    return Response(exported.content, media_type=exported.media_type, headers=headers)
