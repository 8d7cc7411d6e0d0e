"""What REST answers about labels."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from kiban.web.api.models import PID, Model


class LabelSizeModel(Model):
    """A kind of label that is sold."""

    model_config = ConfigDict(title="LabelSize", from_attributes=True)

    name: str = Field(description="Give it as `size`.", examples=["avery-l7160"])
    title: str = Field(examples=["Avery L7160"])
    width_mm: float = Field(description="Of one label, as it is read.")
    height_mm: float
    n_labels: int = Field(description="On one page.")
    columns: int
    rows: int
    source: str = Field(description="Who says so.")


class LabelModel(Model):
    """What one label says."""

    model_config = ConfigDict(title="Label", from_attributes=True)

    pid: str = Field(examples=[PID])
    title: str
    lines: list[str] = Field(description="The most important first.")


class LabelTextsModel(Model):
    """What labels say, and what of it has no room."""

    model_config = ConfigDict(title="LabelTexts")

    labels: list[LabelModel]
    losses: list[str] = Field(description="Sentences: which texts are shortened, which lines are left out.")
    n_pages: int
