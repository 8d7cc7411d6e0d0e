"""GET /api/v1/readers: what files can be read here."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field

from kiban.operations.list_readers import list_readers
from kiban.web.api.describe import problems
from kiban.web.api.models import Model
from kiban.web.asker import AtDesk
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["platform"])

LONGEST_WORD = 100


class ReaderModel(Model):
    """A format that can be read."""

    model_config = ConfigDict(title="Reader")

    name: str = Field(description="As outcomes and provenance have it.", examples=["rigaku_ras"])
    version: int = Field(description="Raised whenever the same file would give another Reading than before.")
    title: str = Field(description="The format as people call it.", examples=["Rigaku RAS"])
    makers: list[str] = Field(examples=[["Rigaku"]])
    techniques: list[str] = Field(examples=[["xrd", "xrd_map"]])
    suffixes: list[str] = Field(description="Usual ones; recognition is by content.", examples=[[".ras", ".txt"]])
    recognised: str = Field(description="How it is recognised.", examples=["text that begins with `*RAS_DATA_START`"])
    library: str | None = Field(description="What decodes it; null where the reader does it itself.")
    since: str | None = Field(description="The version of its package that had it first.", examples=["0.1.0"])
    package: str = Field(description="The package that brings it.", examples=["kiban"])
    package_version: str = Field(examples=["0.1.0"])


class BrokenPluginModel(Model):
    """An installed plug-in that is left out."""

    model_config = ConfigDict(title="BrokenPlugin")

    kind: str = Field(description="`reader`, `analysis` or `export`.")
    entry_point: str = Field(examples=["labmeter = labmeter_reader:READER"])
    package: str = Field(examples=["kiban-labmeter"])
    package_version: str
    why: str = Field(examples=["ModuleNotFoundError: No module named 'labmeter'"])


class ReaderListModel(Model):
    """What can be read."""

    model_config = ConfigDict(title="ReaderList")

    readers: list[ReaderModel] = Field(description="In order of their titles.")
    broken: list[BrokenPluginModel] = Field(description="Installed plug-ins that cannot be used.")


@ROUTER.get("/readers", summary="List what can be read", response_model=ReaderListModel, responses=problems(422, 503))
def get_readers(
    desk: AtDesk,
    technique: Annotated[
        str | None, Query(max_length=LONGEST_WORD, description="Only what gives this technique.", examples=["xrd"])
    ] = None,
    maker: Annotated[
        str | None, Query(max_length=LONGEST_WORD, description="Only with this in a maker's name.", examples=["rigaku"])
    ] = None,
) -> Any:
    """All formats that the installed readers know, of Kiban and of other packages."""
    return Json(asdict(list_readers(desk.resources.fence, technique=technique or None, maker=maker)))
