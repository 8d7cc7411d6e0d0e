"""What REST answers about one record, one file and one table."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from kiban.web.api.models import PID, Model


class ReferenceModel(Model):
    """Another record."""

    model_config = ConfigDict(title="Reference")

    id: str = Field(examples=[PID])
    kind: str = Field(examples=["sample"])
    title: str = Field(examples=["TiO2-A600"])


class LinkModel(Model):
    """A link of the record in the provenance graph."""

    model_config = ConfigDict(title="Link")

    predicate: str = Field(examples=["measured"])
    outgoing: bool = Field(description="The record is the link's subject.")
    record: ReferenceModel


class PropertyModel(Model):
    """A claimed value."""

    model_config = ConfigDict(title="Property")

    term: str = Field(examples=["d_spacing"])
    value: dict[str, Any] = Field(description="Number, unit and uncertainty (kind, origin, distribution).")
    condition: dict[str, Any] = Field(examples=[{"peak": 1}])
    method: str = Field(examples=["powder_xrd/1"])
    evidence: str | None = Field(description="The measurement it rests on.", examples=[PID])


class GroundModel(Model):
    """What gives rights on a record: a rule, with the date on which that ends by itself."""

    model_config = ConfigDict(title="Ground")

    rule: str = Field(examples=["shared_tier"])
    reason: str
    until: str | None


class ShownModel(Model):
    """A record and its surroundings."""

    model_config = ConfigDict(title="Shown")

    id: str = Field(examples=[PID])
    uuid: str
    kind: str = Field(examples=["measurement"])
    title: str
    version: int
    created_at: str
    created_by: str
    tier: str = Field(examples=["closed"])
    reason: str = Field(description="Why you may see it.")
    may: list[str] = Field(description="What you may do with it.", examples=[["data", "exists", "metadata"]])
    under: list[GroundModel] = Field(description="What gives you these rights.")
    sample: ReferenceModel | None
    composition: dict[str, float] = Field(description="Amount fractions of the sample's elements.")
    owed: dict[str, Any] | None = Field(
        description="Where it is shared under an agreement that you know: its name, purposes, obligations and end."
    )
    rights: dict[str, Any] | None = Field(
        description="Licence, rights holder, contributors, funding; `stated_by` says whether the record or its project "
        "states them."
    )
    document: dict[str, Any] = Field(description="The noun itself.")
    links: list[LinkModel]
    properties: list[PropertyModel]
    files: list[dict[str, Any]]
    versions: list[dict[str, Any]]
    events: list[dict[str, Any]]


class UncertaintiesModel(Model):
    """The uncertainty of each number of an array, in its unit."""

    model_config = ConfigDict(title="Uncertainties")

    values: list[Any] = Field(description="As many as there are numbers, or one for all.")
    kind: str = Field(examples=["standard"])
    origin: str = Field(description="Who says so.", examples=["file"])
    distribution: str = Field(examples=["normal"])
    coverage_factor: float | None = Field(description="Of an expanded uncertainty.")


class NumbersVariableModel(Model):
    """One named array."""

    model_config = ConfigDict(title="NumbersVariable")

    name: str = Field(examples=["two_theta"])
    label: str = Field(description="What the file calls it.")
    unit: str = Field(examples=["deg"])
    role: str = Field(examples=["axis"])
    dimensions: list[str]
    shape: list[int] = Field(description="Of the whole array, before it was thinned out.")
    values: list[Any] | None = Field(
        description="Nested as deep as there are dimensions; null where a value is missing. Null as a whole where "
        "fewer `points` were asked for and there are more than two dimensions: ask for a section."
    )

    imaginary: list[Any] | None = Field(
        None, description="With `whole`, of complex numbers: their imaginary parts; `values` are the real ones then."
    )
    uncertainty: UncertaintiesModel | None = Field(
        None, description="With `whole`, where it is known; left out where it is not."
    )


class NumbersModel(Model):
    """The arrays of a measurement."""

    model_config = ConfigDict(title="Numbers")

    technique: str
    title: str
    variables: list[NumbersVariableModel]


class SectionAxisModel(Model):
    """What was measured along one side of a section."""

    model_config = ConfigDict(title="SectionAxis")

    dimension: str
    name: str | None = Field(description="The variable that says it, where there is one.")
    unit: str | None
    values: list[Any] | None
    step: int = Field(description="So many points of the array were averaged into one.")


class SectionModel(Model):
    """A line or a picture out of an array."""

    model_config = ConfigDict(title="Section")

    variable: str
    unit: str
    values: list[Any] = Field(description="Numbers, or rows of numbers; null where nothing is known.")
    shape: list[int] = Field(description="Before points were averaged.")
    axes: list[SectionAxisModel]
    averaged: list[str] = Field(description="Dimensions over which the values are means.")


class FileModel(Model):
    """A path under which bytes were deposited."""

    model_config = ConfigDict(title="File")

    id: str
    path: str = Field(examples=["study/xrd/TiO2-A600.xrdml"])
    sha256: str
    size: int = Field(description="Bytes.")
    media_type: str
    status: str = Field(examples=["structured"])
    reader: str | None
    reason: str = Field(description="Why this reader, or why none, in words for a person.")
    deposited_at: str
    deposited_by: str
    records: list[ReferenceModel] | None = Field(None, description="What was made of it, where one file is shown.")


class FilesModel(Model):
    """Part of a list of files."""

    model_config = ConfigDict(title="Files")

    files: list[FileModel]
    next: str | None = Field(description="Give it as `after` for the next part; null after the last.")
