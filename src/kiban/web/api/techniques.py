"""GET /api/v1/techniques: the closed list of what a measurement can be."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import ConfigDict, Field

from kiban.records.technique import TECHNIQUES
from kiban.web.api.describe import problems
from kiban.web.api.models import Model
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["platform"])


class TechniqueModel(Model):
    """A way of measuring, or another kind of content of a file."""

    model_config = ConfigDict(title="Technique")

    key: str = Field(description="As in records and questions.", examples=["xrd"])
    en: str = Field(examples=["X-ray diffraction"])
    ja: str = Field(examples=["X線回折"])
    iri: str | None = Field(
        description="Its term in the Chemical Methods Ontology; null where that has none.",
        examples=["http://purl.obolibrary.org/obo/CHMO_0000156"],
    )
    nexus: str | None = Field(description="The NeXus application definition for it.", examples=["NXmonopd"])


@ROUTER.get("/techniques", summary="List the techniques", response_model=list[TechniqueModel], responses=problems())
def get_techniques() -> Any:
    """The words for what a measurement can be, in English and Japanese, with their terms in an ontology."""
    return Json(
        [
            {"key": known.key, "en": known.en, "ja": known.ja, "iri": known.iri, "nexus": known.nexus}
            for known in TECHNIQUES.values()
        ]
    )
