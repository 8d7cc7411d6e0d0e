"""POST /api/v1/samples and what can be done to a sample."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from kiban.errors import InvalidForm
from kiban.operations import samples
from kiban.operations import state_composition as composition
from kiban.operations.read_record import current
from kiban.operations.samples import Form
from kiban.operations.show_as_json import record_as_json
from kiban.records.matter.composition import Basis, Stated
from kiban.records.record import RecordKind
from kiban.records.sample import Sample
from kiban.web.api.describe import problems
from kiban.web.api.records import Identifier
from kiban.web.api.sample_models import (
    CombinationModel,
    CompositionModel,
    DivisionModel,
    NewSampleModel,
    OutputModel,
    RecordModel,
    SampleChangeModel,
)
from kiban.web.asker import AtDesk, Desk
from kiban.web.etags import IfMatch, matched_version
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["samples"])


@ROUTER.post(
    "/samples", summary="Register a sample", response_model=RecordModel, responses=problems(404, 409, 422, 503)
)
def register_sample(desk: AtDesk, body: NewSampleModel) -> Any:
    """Keep a new sample. Every place that is wrong is named in `parameters`, as `values.steps[1].temperature`."""
    form = None
    if body.template is not None:
        form = Form(template=body.template, values=body.values)
    elif body.values:
        raise _without_template()
    where = body.placed(desk)
    record = samples.register_sample(
        where.desk.asker, desk.resources, sample_of(body), form=form, placement=where.placement
    )
    return Json(record_as_json(record))


def sample_of(body: OutputModel) -> Sample:
    """The sample that is described."""
    words = body.model_dump(include=set(OutputModel.model_fields))
    return Sample(**{**words, "hazards": tuple(body.hazards)})


@ROUTER.patch(
    "/samples/{identifier}", summary="Change a sample", response_model=RecordModel,
    responses=problems(404, 409, 412, 422, 503),
)  # fmt: skip
def change_sample(desk: AtDesk, identifier: Identifier, body: SampleChangeModel, if_match: IfMatch = None) -> Any:
    """Say something else of a sample: a new version of it. An empty text takes away, null leaves as it is."""
    expected = matched_version(desk, identifier, if_match, body.expected)
    changes = body.given("template", "values", "expected")
    form = None
    if body.values is not None:
        form = Form(template=body.template or _own_template(desk, identifier), values=body.values)
    record = samples.change_sample(desk.asker, desk.resources, identifier, changes, form=form, expected=expected)
    return Json(record_as_json(record))


def _own_template(desk: Desk, identifier: str) -> str:
    use = current(desk.asker, desk.resources, identifier, RecordKind.SAMPLE).document.get("template")
    if not use:
        raise _without_template()
    return str(use["id"])


def _without_template() -> InvalidForm:
    fault, mend = "Values were sent without a template.", "Name the template that they belong to."
    return InvalidForm(fault, mend=mend, places={"template": f"{fault} {mend}"})


@ROUTER.post(
    "/samples/combine", summary="Combine samples", response_model=RecordModel, responses=problems(404, 409, 422, 503)
)
def combine_samples(desk: AtDesk, body: CombinationModel) -> Any:
    """Make one sample of several. Its composition is not guessed."""
    made = samples.combine_samples(desk.asker, desk.resources, body.parts, body.name, uses_up=body.uses_up)
    return Json(record_as_json(made))


@ROUTER.post(
    "/samples/{identifier}/compositions", summary="State a composition of a sample", response_model=RecordModel,
    responses=problems(404, 409, 412, 422, 503),
)  # fmt: skip
def state_composition(desk: AtDesk, identifier: Identifier, body: CompositionModel, if_match: IfMatch = None) -> Any:
    """Say what a sample consists of, as it was meant or as an analysis found it."""
    expected = matched_version(desk, identifier, if_match, body.expected)
    record = composition.state_composition(
        desk.asker,
        desk.resources,
        identifier,
        body.parts,
        basis=Basis(body.basis),
        stated=Stated(body.stated),
        method=body.method,
        note=body.note,
        expected=expected,
    )
    return Json(record_as_json(record))


@ROUTER.post(
    "/samples/{identifier}/divide", summary="Divide a sample", response_model=list[RecordModel],
    responses=problems(404, 409, 422, 503),
)  # fmt: skip
def divide_sample(desk: AtDesk, identifier: Identifier, body: DivisionModel) -> Any:
    """Make pieces of a sample. They have its formula, composition, hazards, values and tier."""
    pieces = samples.divide_sample(desk.asker, desk.resources, identifier, body.names, uses_up=body.uses_up)
    return Json([record_as_json(piece) for piece in pieces])
