"""GET /api/v1/records/{id}/similar: what is like a record."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from kiban.operations.find import hits
from kiban.operations.similar import DEFAULT, MOST, similar_to
from kiban.web.api.describe import problems
from kiban.web.api.records import Identifier
from kiban.web.api.similar_models import SimilarModel
from kiban.web.asker import AtDesk
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["records"])


@ROUTER.get(
    "/records/{identifier}/similar",
    summary="What is like a record",
    response_model=SimilarModel,
    responses=problems(404, 422, 503),
)
def get_similar(
    desk: AtDesk,
    identifier: Identifier,
    at_least: Annotated[float, Query(gt=0, le=1, description="The least score.")] = DEFAULT,
    limit: Annotated[int, Query(ge=1, le=MOST, description="At most so many.")] = 10,
) -> Any:
    """Spectra and patterns of its technique, or compositions, the nearest first; of those whose values you may read."""
    found = similar_to(desk.asker, desk.resources, identifier, at_least=at_least, limit=limit)
    dressed = hits(desk.resources, [each.record for each in found.found], desk.resources.visible(desk.asker))
    return Json(
        {
            "id": found.record.pid,
            "compared_as": found.likeness.kind,
            "total": found.total,
            "similar": [
                {
                    **asdict(hit),
                    "nearness": each.nearness.score,
                    "overlap": each.nearness.overlap,
                    "distance": each.nearness.distance,
                }
                for hit, each in zip(dressed, found.found, strict=True)
            ],
        }
    )
