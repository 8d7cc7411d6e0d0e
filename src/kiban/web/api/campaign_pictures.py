"""/api/v1/campaigns/{id}/slices and /front: what pictures of a campaign show."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from kiban.errors import InvalidValue
from kiban.operations.campaign_pictures import NO_MAP, AskedSlices, campaign_front, campaign_slices
from kiban.operations.campaign_pictures_as_json import front_as_json, slices_as_json
from kiban.planning.campaign.campaign import MOST_EXPERIMENTS
from kiban.web.api.campaign_picture_models import FrontModel, SlicesModel
from kiban.web.api.describe import problems
from kiban.web.api.records import Identifier
from kiban.web.asker import AtDesk
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["campaigns"])

_WRONG = problems(403, 404, 422, 503)


@ROUTER.get(
    "/campaigns/{identifier}/slices", summary="Slice what is expected", response_model=SlicesModel, responses=_WRONG
)
def get_slices(
    desk: AtDesk,
    identifier: Identifier,
    experiment: Annotated[
        int | None, Query(ge=1, le=MOST_EXPERIMENTS, description="Through its point; the best one's unless given.")
    ] = None,
    setting: Annotated[
        list[str],
        Query(max_length=1000, description="Instead of its settings: `temperature=350 K`, once for each."),
    ] = [],  # noqa: B006  FastAPI copies it
    outcome: Annotated[str | None, Query(max_length=500, description="The first target unless given.")] = None,
    surrogate: Annotated[
        str | None,
        Query(
            max_length=50,
            description="`raw`, `ranks` or `forest`; that which did best on experiments it was not shown unless given.",
        ),
    ] = None,
    over: Annotated[
        list[str],
        Query(
            max_length=2,
            description="The two parameters of the map; those that matter most unless given, and none for `none`.",
        ),
    ] = [],  # noqa: B006
) -> Any:
    """What is expected along each parameter around one point, with intervals, and how well that is known."""
    asked = AskedSlices(
        experiment=experiment,
        settings=_settings(setting),
        outcome=outcome,
        surrogate=surrogate,
        pair=_pair(over),
    )
    return Json(slices_as_json(campaign_slices(desk.asker, desk.resources, identifier, asked)))


@ROUTER.get("/campaigns/{identifier}/front", summary="Get the front", response_model=FrontModel, responses=_WRONG)
def get_front(desk: AtDesk, identifier: Identifier) -> Any:
    """The Pareto front of a campaign that looks for one, and how the volume under it grew."""
    return Json(front_as_json(*campaign_front(desk.asker, desk.resources, identifier)))


def _pair(names: list[str]) -> tuple[str, str] | None:
    if not names:
        return None
    return NO_MAP if names == ["none"] else (names[0], names[-1])


def _settings(texts: list[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise InvalidValue(f"The setting '{text}' has no '='.", mend="Write it as `temperature=350 K`.")
        found[name.strip()] = value.strip()
    return found
