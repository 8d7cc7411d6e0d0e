"""/api/v1/campaigns/.../nimo: the files candidates.csv and proposals.csv of NIMO and of scripts around PHYSBO."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import ConfigDict, Field

from kiban.operations.campaign_as_json import shown_campaign_as_json
from kiban.operations.campaign_nimo import LARGEST_BYTES, export_nimo, import_nimo
from kiban.operations.show_campaign import show_campaign
from kiban.planning.campaign.nimo_definition import candidate_file
from kiban.planning.campaign.nimo_files import CANDIDATES
from kiban.web.api.campaign_models import CampaignModel, PastModel
from kiban.web.api.describe import problems
from kiban.web.api.models import Model
from kiban.web.api.records import Identifier
from kiban.web.api.sample_models import Expected, Line, Name, Sent
from kiban.web.asker import AtDesk
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["campaigns"])

_WRONG = problems(403, 404, 409, 422, 503)
File = Annotated[str, Field(min_length=1, max_length=LARGEST_BYTES, description="The text of the CSV file.")]
Source = Annotated[Line, Field(description="What the file is called: experiments rest on its rows.")]


class CandidateFileModel(Sent):
    """A table of what can be made: descriptions first, objectives last, blank where nothing was measured."""

    model_config = ConfigDict(title="CandidateFile", extra="forbid")

    file: File
    name: Name
    source: Source = CANDIDATES
    objectives: Annotated[int, Field(ge=1, le=100, description="So many of the last columns are objectives.")] = 1
    minimise: list[Line] = Field([], max_length=100, description="Objectives of which less is better.")


class CandidateDefinitionModel(Model):
    """What such a table says; to be corrected and sent as a new campaign."""

    model_config = ConfigDict(title="CandidateDefinition")

    definition: dict[str, Any]
    past: list[PastModel]


class NimoFilesModel(Model):
    """A campaign as two CSV files."""

    model_config = ConfigDict(title="NimoFiles")

    candidates: Annotated[str, Field(description="candidates.csv: blank objectives were not measured yet.")]
    proposals: Annotated[str, Field(description="proposals.csv: what is suggested, pending or running, by its row.")]


class NimoFileModel(Sent):
    """A candidates.csv with results, or a proposals.csv with what is to be done."""

    model_config = ConfigDict(title="NimoFile", extra="forbid")

    file: File
    source: Source = CANDIDATES
    expected: Expected = None


@ROUTER.post(
    "/campaigns/nimo",
    summary="Propose a campaign from candidates",
    response_model=CandidateDefinitionModel,
    responses=problems(422, 503),
)
def propose_from_candidates(body: CandidateFileModel) -> Any:
    """A definition from a table of candidates, with the experiments of it that were done. Nothing is kept."""
    found = candidate_file(
        body.file, name=body.name, n_objectives=body.objectives, minimised=body.minimise, source=body.source
    )
    return Json({"definition": found.definition, "past": list(found.past)})


@ROUTER.get(
    "/campaigns/{identifier}/nimo",
    summary="Export a campaign as files of NIMO",
    response_model=NimoFilesModel,
    responses=problems(404, 422, 503),
)
def get_nimo_files(desk: AtDesk, identifier: Identifier) -> Any:
    """Its candidates with what was measured, and what is to be done."""
    files = export_nimo(desk.asker, desk.resources, identifier)
    return Json({"candidates": files.candidates, "proposals": files.proposals})


@ROUTER.post(
    "/campaigns/{identifier}/nimo",
    summary="Read a file of NIMO",
    response_model=CampaignModel,
    responses=_WRONG,
)
def read_nimo_file(desk: AtDesk, identifier: Identifier, body: NimoFileModel) -> Any:
    """Results become results of the experiments that they belong to, proposals are accepted or put in."""
    moved = import_nimo(desk.asker, desk.resources, identifier, body.file, source=body.source, expected=body.expected)
    return Json(shown_campaign_as_json(show_campaign(desk.asker, desk.resources, moved.pid)))
