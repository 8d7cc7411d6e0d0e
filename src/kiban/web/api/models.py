"""What the answers of REST look like."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

PID = "kb:7Q4M-2KXD-98"


class Model(BaseModel):
    """An answer made of a value of ours."""

    model_config = ConfigDict(from_attributes=True)


class OutcomeModel(Model):
    """What became of one file."""

    model_config = ConfigDict(title="Outcome", from_attributes=True)

    path: str = Field(description="As it was named.", examples=["run-12/LTO-850C.ras"])
    status: Literal["structured", "kept", "quarantined", "failed"] = Field(
        description="`structured`: records were made of it. `kept`: no reader understands it. `quarantined`: a reader "
        "recognised it and failed; it can be tried again. `failed`: it could not be read from the disk."
    )
    reader: str | None = Field(None, description="The reader that took it.", examples=["rigaku_ras"])
    technique: str | None = Field(None, examples=["xrd"])
    measurement: str | None = Field(None, description="Short identifier of the first measurement.", examples=[PID])
    measurements: list[str] = Field([], description="Short identifiers of all measurements in it.")
    sample: str | None = Field(None, description="Short identifier of the sample.")
    reason: str = Field("", description="Why this reader, or why none, in words for a person.")
    said: str = Field(
        "", description="The reason in the language that Accept-Language asks for; empty where it has no words there."
    )
    already_there: bool = Field(False, description="The same bytes were deposited before.")
    stays: str = Field(
        "", description="Where another tier was asked for than what is there already has: what it has, in words."
    )
    sha256: str | None = Field(None, description="Checksum of the bytes.")
    size: int = Field(0, description="Bytes.")
    members: list[OutcomeModel] = Field([], description="The files inside, where it is an archive.")


class HighlightModel(Model):
    """Where words of the question stand in a record."""

    model_config = ConfigDict(title="Highlight", from_attributes=True)

    field: str = Field(
        description="`title`, `file_name`, `metadata.scan.mode`; `metadata` for the name of an entry.",
        examples=["title"],
    )
    excerpt: str = Field(description="The text as written, or part of it.", examples=["LTO-850C"])
    offset: int = Field(description="Where the excerpt begins in the text, in characters (Unicode code points).")
    places: list[tuple[int, int]] = Field(
        description="Where the words begin and end, in characters of the whole text, at most 20; those outside of the "
        "excerpt, too.",
        examples=[[[0, 3]]],
    )
    is_cut: bool = Field(description="The text goes on after the excerpt.")
    is_label: bool = Field(
        description="The record does not say it in this way: it is the name of what it says, in either language."
    )


class SortedByModel(Model):
    """What a record is sorted by."""

    model_config = ConfigDict(title="SortedBy", from_attributes=True)

    value: float | str = Field(
        description="Of several values the first in the order; a time in ISO 8601.", examples=[5.2]
    )
    unit: str | None = Field(description="Null of what is no number; empty for a plain number.", examples=["GPa"])


class HitModel(Model):
    """A record as a list shows it."""

    model_config = ConfigDict(title="Hit", from_attributes=True)

    id: str = Field(description="Short identifier.", examples=[PID])
    kind: str = Field(examples=["measurement"])
    title: str = Field(examples=["LTO-850C"])
    tier: str = Field(description="How far it may travel.", examples=["closed"])
    technique: str | None = Field(examples=["xrd"])
    sample: str | None = Field(description="Name of the sample.", examples=["LTO-850C"])
    sample_id: str | None = Field(description="Short identifier of the sample.")
    file: str | None = Field(description="Name of the file it was made of.", examples=["LTO-850C.ras"])
    started_at: str | None = Field(description="When measuring began, in ISO 8601; without a zone where none is known.")
    created_at: datetime = Field(description="When it was kept.")
    preview: list[tuple[float, float]] = Field(description="A few dozen points, enough for a thumbnail.")
    axis: str | None = Field(
        description="Name of the variable that the preview is drawn against.", examples=["two_theta"]
    )
    doubts: int = Field(description="How many doubts its reader or its analyses had.")
    highlights: list[HighlightModel] = Field(
        [], description="Where the words of the question stand in it, the weightiest fields first, at most 5."
    )
    nearness: float | None = Field(
        None,
        description="How near it is to the record that it was asked to be similar to, from 0 to 1; else null.",
    )
    sorted_by: SortedByModel | None = Field(
        None, description="What it is sorted by; null where nothing was asked for, or nothing is known of it."
    )


class FacetValueModel(Model):
    """How many answers have a value."""

    model_config = ConfigDict(title="FacetValue")

    value: str = Field(examples=["xrd"])
    count: int = Field(examples=[12])
    is_estimate: bool = Field(
        False,
        description="The count was worked out from a sample of the answers, as all would take long to find. Values "
        "that few answers have may be missing.",
    )
    name: str | None = Field(
        None, description="What it is called, where the value is an identifier and you may know its name."
    )


class AnswerModel(Model):
    """Part of an answer."""

    model_config = ConfigDict(title="Answer")

    hits: list[HitModel]
    total: int = Field(description="How many records answer the question, or about how many.")
    total_is_estimate: bool = Field(
        description="`total` was estimated from a part of what you may see, as all would take long to count; ask with "
        "`count=exact` for all to be counted."
    )
    next: str | None = Field(description="Give it as `after` for the next part; null after the last.")
    sort: str = Field(
        "",
        description="`relevance`, `nearness` where `SIMILAR TO` is asked for, or the path that they are sorted by, "
        "with `-` before it where the greatest comes first; empty where the newest does.",
        examples=["-hardness"],
    )
    ranked: int | None = Field(
        None,
        description="There are so many answers that only the newest are sorted by relevance, as many as this; the "
        "others follow newest first. Null where all are.",
    )
    slips: list[str] = Field(
        [],
        description="What in the question may be a slip of the pen: property terms and processes that there are none "
        "of, each with the nearest that there is.",
        examples=[["'hardnes' is not in the vocabulary of properties. Did you mean hardness?"]],
    )
    facets: dict[str, list[FacetValueModel]] = Field(
        description="For each facet asked for, how many answers have each value, the most frequent first. An answer "
        "may have several elements and properties, or no value at all."
    )


class HealthModel(Model):
    """That the platform works."""

    model_config = ConfigDict(title="Health")

    status: Literal["ok"]
    version: str = Field(examples=["0.1.0"])
