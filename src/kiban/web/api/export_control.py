"""/api/v1/export-control: judge records, edit the release table, decide releases."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from kiban.operations import judge_export as judging
from kiban.operations import releases as deeds
from kiban.operations.releases_as_json import (
    decision_as_json,
    judged_as_json,
    judgement_as_json,
    releases_as_json,
    rows_of_json,
    what_if_as_json,
)
from kiban.records.parties.export_control import ExportClass, Relation, Release, Residency
from kiban.web.api.describe import problems
from kiban.web.api.records import Identifier
from kiban.web.asker import AtDesk
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["export control"])

_LONGEST = 4000


class JudgementModel(BaseModel):
    """What a record is taken to be."""

    model_config = ConfigDict(title="ExportJudgement")

    export_class: ExportClass = Field(alias="class")
    item: str | None = Field(description="Item number of what is listed.")
    ground: str = Field(description="Empty where nobody has judged the record itself.")
    by: str
    at: str | None


class JudgementBody(BaseModel):
    """A judgement of records."""

    model_config = ConfigDict(title="ExportJudgementBody", extra="forbid", populate_by_name=True)

    export_class: ExportClass = Field(alias="class")
    item: str | None = Field(None, max_length=200, examples=["EAR 3E001"])
    ground: str = Field(min_length=1, max_length=_LONGEST, examples=["Not on the lists of 2026-10; judged by T. Sato."])
    records: list[str] = Field([], max_length=10_000, description="Identifiers.")
    question: str | None = Field(None, max_length=10_000, description="All records that answer it.")


class HeldBackModel(BaseModel):
    """Somebody from whom export control keeps what something else would show them."""

    model_config = ConfigDict(title="HeldBack")

    person: UUID
    name: str
    scope: int
    project: UUID
    export_class: ExportClass = Field(alias="class")
    item: str | None
    waits: bool = Field(description="Whether a person with the role may decide it.")
    reason: str
    reason_ja: str = ""
    through: str


class JudgedModel(BaseModel):
    """What came of a judgement."""

    model_config = ConfigDict(title="ExportJudged")

    records: int
    changed: int
    held_back: list[HeldBackModel]


class RowModel(BaseModel):
    """One row of the table: where all of its conditions hold, it speaks. Conditions left out hold always."""

    model_config = ConfigDict(title="ReleaseRow", extra="forbid")

    classes: list[ExportClass] = []
    items: list[Annotated[str, Field(max_length=200)]] = Field([], description="Beginnings of item numbers.")
    relations: list[Relation] = []
    residencies: list[Residency] = []
    countries: list[Annotated[str, Field(max_length=2)]] = Field([], examples=[["JP"]])
    says: Release
    reason: str = Field(max_length=1000)
    reason_ja: str = Field(default="", max_length=1000, description="The same in Japanese.")


class DecisionModel(BaseModel):
    """A release that somebody decided."""

    model_config = ConfigDict(title="ReleaseDecision")

    id: UUID
    scope: int
    party: UUID
    allowed: bool
    ground: str
    by: str


class ReleasesModel(BaseModel):
    """The table, what waits and what was decided."""

    model_config = ConfigDict(title="Releases")

    revision: int
    is_shipped: bool
    rows: list[RowModel]
    held_back: list[HeldBackModel]
    decisions: list[DecisionModel]


class TableBody(BaseModel):
    """Another table."""

    model_config = ConfigDict(title="ReleaseTableBody", extra="forbid")

    rows: list[RowModel] = Field(min_length=1, max_length=200)
    expected: int = Field(0, ge=0, le=2**63 - 1, description="The revision that it was made on.")


class DecisionBody(BaseModel):
    """A decision."""

    model_config = ConfigDict(title="ReleaseDecisionBody", extra="forbid")

    scope: int = Field(ge=0, le=65535)
    party: UUID
    says: Literal["allow", "refuse"]
    ground: str = Field(min_length=1, max_length=_LONGEST)
    expected: int = Field(ge=0, le=2**63 - 1)


@ROUTER.get(
    "/records/{identifier}/export-control", summary="What a record is taken to be", response_model=JudgementModel,
    responses=problems(404, 422, 503),
)  # fmt: skip
def get_export_judgement(desk: AtDesk, identifier: Identifier) -> Any:
    """Its class under export control, who judged it and on what ground."""
    return Json(judgement_as_json(judging.judgement_of(desk.asker, desk.resources, identifier)))


@ROUTER.post(
    "/export-control/judgements", summary="Judge records", response_model=JudgedModel,
    responses=problems(403, 404, 409, 422, 503),
)  # fmt: skip
def judge_export(desk: AtDesk, body: JudgementBody) -> Any:
    """Say what records are; their tier, agreement and embargo stay as they are."""
    judged = judging.judge_export(
        desk.asker,
        desk.resources,
        body.export_class,
        ground=body.ground,
        item=body.item,
        identifiers=body.records,
        question=body.question,
    )
    return Json(judged_as_json(judged))


@ROUTER.get(
    "/export-control", summary="The release table", response_model=ReleasesModel, responses=problems(403, 503)
)  # fmt: skip
def get_releases(desk: AtDesk) -> Any:
    """The table that decides releases, what it keeps back, and what was decided."""
    return Json(releases_as_json(deeds.show_releases(desk.asker, desk.resources)))


@ROUTER.put(
    "/export-control/table", summary="Set the release table", responses=problems(403, 409, 422, 503)
)  # fmt: skip
def set_release_table(
    desk: AtDesk,
    body: TableBody,
    preview: Annotated[bool, Query(description="Say what it would change, change nothing.")] = False,
) -> Any:
    """Put another table in force, or see whom it would give or take something."""
    rows = rows_of_json(row.model_dump(mode="json") for row in body.rows)
    if preview:
        return Json(what_if_as_json(deeds.preview_table(desk.asker, desk.resources, rows)))
    return Json(releases_as_json(deeds.set_table(desk.asker, desk.resources, rows, expected=body.expected)))


@ROUTER.post(
    "/export-control/decisions", summary="Decide a release", response_model=DecisionModel,
    responses=problems(403, 404, 409, 422, 503),
)  # fmt: skip
def decide_release(desk: AtDesk, body: DecisionBody) -> Any:
    """Decide a release that the table wants decided, for a person or an organisation."""
    decision = deeds.decide_release(
        desk.asker,
        desk.resources,
        scope=body.scope,
        party=body.party,
        allowed=body.says == "allow",
        ground=body.ground,
        expected=body.expected,
    )
    return Json(decision_as_json(decision))
