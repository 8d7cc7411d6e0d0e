"""GET /api/v1/completions: what a beginning in a question may become."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field

from kiban.operations.completing import MOST, completions
from kiban.query.completing import What
from kiban.web.api.describe import problems
from kiban.web.api.models import Model
from kiban.web.asker import AtDesk
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["search"])


class CompletionModel(Model):
    """Something that may stand in a question."""

    model_config = ConfigDict(title="Completion", from_attributes=True)

    what: What = Field(description="What it names.")
    insert: str = Field(description="What stands in the question then.", examples=["hardness"])
    en: str = Field(description="What it is called in English; empty where it has no name.", examples=["Hardness"])
    ja: str = Field(description="What it is called in Japanese; empty where it has no name.", examples=["硬さ"])
    unit: str = Field(description="In which it is measured usually; else empty.", examples=["GPa"])


class CompletionsModel(Model):
    """What the end of a question may become."""

    model_config = ConfigDict(title="Completions", from_attributes=True)

    begin: int = Field(
        description="Where in `q`, in characters (Unicode code points), what is inserted takes the place of the rest.",
        examples=[0],
    )
    completions: list[CompletionModel] = Field(description="The likeliest first.")


@ROUTER.get(
    "/completions", summary="Complete a question", response_model=CompletionsModel, responses=problems(422, 503)
)
def complete_question(
    desk: AtDesk,
    q: Annotated[
        str, Query(max_length=10_000, description="The question up to the caret.", examples=["硬", "hardness >= 5 G"])
    ] = "",
    limit: Annotated[int, Query(ge=1, le=50, description="At most so many.")] = MOST,
) -> Any:
    """Fields, property terms, entries, processes, templates, techniques and units that begin so, in either language.

    Names of templates, their fields and entries are those of records that you may see.
    """
    found = completions(desk.asker, desk.resources, q, limit=limit)
    return Json(
        {
            "begin": found.begin,
            "completions": [
                {"what": each.what, "insert": each.insert, "en": each.en, "ja": each.ja, "unit": each.unit}
                for each in found.offered
            ],
        }
    )
