"""What REST answers about what is like a record."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from kiban.web.api.models import PID, HitModel, Model


class NearRecordModel(HitModel):
    """A record that is like the one asked for."""

    model_config = ConfigDict(title="NearRecord")

    overlap: float = Field(
        description="How much of the shorter of both ranges was measured in both, from 0 to 1.", examples=[0.94]
    )
    distance: float | None = Field(
        description="Of compositions, Earth Mover's distance in steps along the modified Pettifor scale; else null.",
        examples=[0.2],
    )


class SimilarModel(Model):
    """What is like a record, the nearest first."""

    model_config = ConfigDict(title="Similar")

    id: str = Field(description="The record that was asked for.", examples=[PID])
    compared_as: str = Field(
        description="What is compared: `xrd`, `raman`, `ir`, `uv_vis`, `xps`, `nmr 1H`, `composition`.",
        examples=["xrd"],
    )
    total: int = Field(description="How many are at least as like as was asked for; 500 are compared at most.")
    similar: list[NearRecordModel]
