"""POST /api/v1/records/{id}/restore and /sample: undo, and say of which sample a measurement is."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from kiban.operations import link_sample as linking
from kiban.operations import restore_version as restoring
from kiban.operations.show_as_json import record_as_json
from kiban.web.api.describe import problems
from kiban.web.api.records import Identifier
from kiban.web.api.sample_models import OfSampleModel, RecordModel, RestorationModel
from kiban.web.asker import AtDesk
from kiban.web.etags import IfMatch, matched_version
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["records"])


@ROUTER.post(
    "/records/{identifier}/restore", summary="Bring a version back", response_model=RecordModel,
    responses=problems(404, 409, 412, 422, 503),
)  # fmt: skip
def restore_version(desk: AtDesk, identifier: Identifier, body: RestorationModel, if_match: IfMatch = None) -> Any:
    """Let a sample or process say again what it said in an earlier version, as a further version."""
    expected = matched_version(desk, identifier, if_match, body.expected)
    record = restoring.restore_version(desk.asker, desk.resources, identifier, body.version, expected=expected)
    return Json(record_as_json(record))


@ROUTER.post(
    "/records/{identifier}/sample", summary="Say of which sample a measurement is", response_model=RecordModel,
    responses=problems(404, 409, 412, 422, 503),
)  # fmt: skip
def link_sample(desk: AtDesk, identifier: Identifier, body: OfSampleModel, if_match: IfMatch = None) -> Any:
    """The values that rest on the measurement go along."""
    expected = matched_version(desk, identifier, if_match, body.expected)
    record = linking.link_sample(desk.asker, desk.resources, identifier, body.sample, expected=expected)
    return Json(record_as_json(record))
