"""What REST takes and answers alike of projects, agreements, organisations and groups."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from kiban.web.api.models import Model
from kiban.web.api.sample_models import Name as Label
from kiban.web.api.sample_models import Sent

UUID_EXAMPLE = "0190a2d0-0000-7000-8000-000000000001"
NEWEST = 2**31 - 1


def _in_range(moment: datetime) -> datetime:
    if not 1900 <= moment.year <= 9000:
        raise ValueError("a year from 1900 to 9000 is expected")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_range)]
Title = Annotated[Label, Field(max_length=300)]
Which = Annotated[
    str, Path(max_length=300, description="Its identifier, or its name where only one has it.", examples=["Steel"])
]
Named = Annotated[str, Field(min_length=1, max_length=300)]
WhichParty = Annotated[str, Path(max_length=300, description="Identifier, or the name of one that you know.")]
Seen = Annotated[
    int | None,
    Field(ge=0, le=NEWEST, description="The revision that you saw last: refused if it was changed since."),
]


class PastChangeModel(Model):
    """One change of an entry."""

    model_config = ConfigDict(title="PastChange", from_attributes=True)

    revision: int
    at: datetime
    by: str
    changed: list[str]
    is_first: bool


class RenamedModel(Sent):
    """Another name."""

    name: Title
    seen: Seen = None
