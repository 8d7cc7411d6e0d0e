"""POST /api/v1/processes: what is to be done, or was done, to samples."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from kiban.operations import extend_process as extending
from kiban.operations import processes
from kiban.operations.show_as_json import record_as_json
from kiban.records.document import from_json
from kiban.records.process import Process
from kiban.web.api.describe import problems
from kiban.web.api.records import Identifier
from kiban.web.api.sample_models import ExtensionModel, NewProcessModel, ProcessChangeModel, RecordedModel, RecordModel
from kiban.web.api.samples import sample_of
from kiban.web.asker import AtDesk
from kiban.web.etags import IfMatch, matched_version
from kiban.web.json_response import Json
from kiban.web.placement_choice import PLACEMENT_FIELDS

ROUTER = APIRouter(tags=["samples"])

_HANDED_ON = ("template", "meant", "done", "inputs", "outputs", "logs", "uses_up", "expected", *PLACEMENT_FIELDS)


@ROUTER.post(
    "/processes", summary="Write down a process", response_model=RecordedModel, responses=problems(404, 409, 422, 503)
)
def record_process(desk: AtDesk, body: NewProcessModel) -> Any:
    """Keep a process, and the new samples that came out of it. Every place that is wrong is named in `parameters`."""
    where = body.placed(desk)
    recorded = processes.record_process(
        where.desk.asker,
        desk.resources,
        from_json(body.given(*_HANDED_ON), Process),
        template=body.template,
        meant=body.meant,
        done=body.done,
        inputs=body.inputs,
        outputs=[sample_of(output) for output in body.outputs],
        logs=body.logs,
        uses_up=body.uses_up,
        placement=where.placement,
    )
    outputs = [record_as_json(output) for output in recorded.outputs]
    return Json({"process": record_as_json(recorded.process), "outputs": outputs})


@ROUTER.patch(
    "/processes/{identifier}", summary="Change a process", response_model=RecordModel,
    responses=problems(404, 409, 412, 422, 503),
)  # fmt: skip
def change_process(desk: AtDesk, identifier: Identifier, body: ProcessChangeModel, if_match: IfMatch = None) -> Any:
    """Say something else of a process: a new version of it. An empty text takes away, null leaves as it is."""
    expected = matched_version(desk, identifier, if_match, body.expected)
    changed = processes.change_process(
        desk.asker,
        desk.resources,
        identifier,
        body.given(*_HANDED_ON),
        meant=body.meant,
        done=body.done,
        template=body.template,
        expected=expected,
    )
    return Json(record_as_json(changed))


@ROUTER.post(
    "/processes/{identifier}/extend", summary="Extend a process", response_model=RecordModel,
    responses=problems(404, 409, 412, 422, 503),
)  # fmt: skip
def extend_process(desk: AtDesk, identifier: Identifier, body: ExtensionModel, if_match: IfMatch = None) -> Any:
    """Say later what went into a process, came out of it or recorded it: samples and measurements that exist."""
    expected = matched_version(desk, identifier, if_match, body.expected)
    record = extending.extend_process(
        desk.asker,
        desk.resources,
        identifier,
        inputs=body.inputs,
        outputs=body.outputs,
        logs=body.logs,
        expected=expected,
    )
    return Json(record_as_json(record))
