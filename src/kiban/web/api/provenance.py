"""GET /api/v1/records/{id}/provenance: what a record rests on, or what came of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field

from kiban.operations.provenance import provenance
from kiban.operations.provenance_as_json import provenance_as_json
from kiban.records.provenance import Direction
from kiban.web.api.describe import problems
from kiban.web.api.models import PID, Model
from kiban.web.api.record_models import PropertyModel
from kiban.web.api.records import Identifier
from kiban.web.asker import AtDesk
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["records"])


class StepModel(Model):
    """A record on the way."""

    model_config = ConfigDict(title="Step")

    id: str = Field(examples=[PID])
    kind: str = Field(examples=["sample"])
    title: str
    version: int
    depth: int = Field(description="Links from the record that was asked about, which is 0.")


class EdgeModel(Model):
    """A link; it leads from what came later to what it rests on."""

    model_config = ConfigDict(title="Edge")

    subject: str = Field(examples=[PID])
    predicate: str = Field(examples=["derived_from"])
    object: str = Field(examples=[PID])


class ProvenanceModel(Model):
    """The records along the way, nearest first, their links and the values."""

    model_config = ConfigDict(title="Provenance")

    direction: Direction
    is_cut: bool = Field(description="There is more; these are the nearest records.")
    records: list[StepModel]
    links: list[EdgeModel]
    properties: list[PropertyModel]


@ROUTER.get(
    "/records/{identifier}/provenance",
    summary="Provenance of a record",
    response_model=ProvenanceModel,
    responses=problems(404, 422, 503),
)
def get_provenance(
    desk: AtDesk,
    identifier: Identifier,
    direction: Annotated[
        Direction, Query(description="`back` to all that it rests on, `forward` to all that came of it.")
    ] = Direction.BACK,
) -> Any:
    """Follow the record's links as far as they lead, through all that you may see."""
    return Json(provenance_as_json(provenance(desk.asker, desk.resources, identifier, direction=direction)))
