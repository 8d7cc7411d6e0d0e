"""What REST takes and answers when samples and processes are kept or changed."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from kiban.errors import InvalidValue, KibanError
from kiban.records.process import moment_of
from kiban.records.sample import check_hazard
from kiban.web.api.models import PID, Model
from kiban.web.placement_choice import PlacementFields

_MOST = 1000
Text = Annotated[str, Field(max_length=10_000)]
Line = Annotated[str, Field(max_length=500)]
Id = Annotated[str, Field(max_length=100, examples=[PID])]
Expected = Annotated[
    int | None,
    Field(ge=1, le=2**31 - 1, description="The version that you saw last: it is refused if there is another by now."),
]
Template = Annotated[str | None, Field(max_length=200, description="Name or identifier of the values' structure.")]
Values = Annotated[
    dict[str, Any],
    Field(
        description="By the keys of the template. Quantities as text (`5.0(3) um`), or with `value` and `unit`.",
        examples=[{"size": "5.0(3) um"}],
    ),
]


def _checked(check: Callable[[str], object]) -> AfterValidator:
    def refuse(text: str) -> str:
        try:
            check(text)
        except KibanError as e:
            raise ValueError(f"{e.fault} {e.mend}") from e
        return text

    return AfterValidator(refuse)


def _check_name(name: str) -> None:
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in name):
        raise InvalidValue("The name holds a control character.", mend="Give it in one line of printable characters.")


Name = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S"), _checked(_check_name)]
Hazard = Annotated[str, Field(max_length=40, examples=["H225"]), _checked(check_hazard)]
Moment = Annotated[str, Field(max_length=60, examples=["2026-11-26T09:30+09:00"]), _checked(moment_of)]


class Sent(BaseModel):
    """What programs send: a misspelt name is refused, not passed over."""

    model_config = ConfigDict(extra="forbid")

    def given(self, *without: str) -> dict[str, Any]:
        """What was really sent, and is something."""
        sent = self.model_dump(exclude_unset=True, exclude=set(without))
        return {name: value for name, value in sent.items() if value is not None}


class OutputModel(Sent):
    """A new sample, without values."""

    model_config = ConfigDict(title="Output", extra="forbid")

    name: Name = Field(description="As it stands on its container; unique in the project.", examples=["LTO-7"])
    description: Text = ""
    formula: Line = Field("", description="Nominal.", examples=["Li4Ti5O12", "Ti-6Al-4V (mass%)"])
    location: Line = ""
    custodian: Line = ""
    hazards: list[Hazard] = Field([], max_length=100, description="Hazard statements of the GHS by their codes.")


class NewSampleModel(OutputModel, PlacementFields):
    """A new sample."""

    model_config = ConfigDict(title="NewSample", extra="forbid")

    template: Template = None
    values: Values = {}


class CompositionModel(Sent):
    """What a sample consists of."""

    model_config = ConfigDict(title="Composition", extra="forbid")

    parts: list[Line] = Field(
        min_length=1,
        max_length=200,
        description="One for each component: an element, a formula or the name of a material, and how much of it.",
        examples=[["C = 0.21(1) %", "Mn = 1.48 ± 0.02 %", "Fe = balance"]],
    )
    basis: Literal["mass", "amount", "volume"] = Field(description="What the fractions are fractions of.")
    stated: Literal["nominal", "measured"] = Field(
        description="A nominal composition takes the place of that before; measured ones are added."
    )
    method: Line = ""
    note: Line = ""
    expected: Expected = None


class SampleChangeModel(Sent):
    """What is to be said anew of a sample; what is not sent stays."""

    model_config = ConfigDict(title="SampleChange", extra="forbid")

    name: Name | None = None
    description: Text | None = None
    formula: Line | None = None
    location: Line | None = None
    custodian: Line | None = None
    hazards: list[Hazard] | None = Field(None, max_length=100)
    state: Literal["available", "consumed", "lost"] | None = None
    template: Template = None
    values: Values | None = Field(
        None, description="All of them anew, for the current version of the template (its own, unless one is named)."
    )
    expected: Expected = None

    @model_validator(mode="after")
    def _not_emptied(self) -> SampleChangeModel:
        if self.template is not None and self.values is None:
            raise ValueError("A template was named without values. Send the values that it is to hold.")
        return self


class DivisionModel(Sent):
    """How a sample is divided."""

    model_config = ConfigDict(title="Division", extra="forbid")

    names: list[Name] = Field(min_length=1, max_length=_MOST, description="One for each piece.")
    uses_up: bool = Field(False, description="Nothing is left of the whole.")


class CombinationModel(Sent):
    """What a new sample is made of."""

    model_config = ConfigDict(title="Combination", extra="forbid")

    name: Name = Field(description="Of the new sample.")
    parts: list[Id] = Field(min_length=2, max_length=_MOST, description="Identifiers of the samples that go into it.")
    uses_up: bool = Field(True, description="Nothing is left of the parts.")


class _ProcessWords(Sent):
    description: Text | None = None
    state: Literal["planned", "running", "done", "abandoned"] | None = None
    started_at: Moment | None = Field(None, description="ISO 8601.")
    ended_at: Moment | None = Field(None, description="ISO 8601.")
    operator: Line | None = None
    equipment: Line | None = Field(None, description="The furnace, mill or chamber.")
    template: Template = None


class NewProcessModel(_ProcessWords, PlacementFields):
    """A new process, with what went in and came out."""

    model_config = ConfigDict(title="NewProcess", extra="forbid")

    name: Name = Field(description="As the laboratory calls this run.", examples=["sintering 12"])
    meant: Values = Field({}, description="The parameters as they were set.")
    done: Values = Field({}, description="As they turned out; nothing is required here.")
    inputs: list[Id] = Field([], max_length=_MOST, description="Identifiers of the samples that went in.")
    outputs: list[OutputModel] = Field(
        [], max_length=_MOST, description="New samples; one without a formula has that of a single input."
    )
    logs: list[Id] = Field([], max_length=_MOST, description="Identifiers of measurements that recorded it.")
    uses_up: bool = Field(False, description="Nothing is left of the inputs.")


class ProcessChangeModel(_ProcessWords):
    """What is to be said anew of a process; what is not sent stays."""

    model_config = ConfigDict(title="ProcessChange", extra="forbid")

    name: Name | None = None
    meant: Values | None = Field(None, description="All of them anew.")
    done: Values | None = Field(None, description="All of them anew.")
    expected: Expected = None


class ExtensionModel(Sent):
    """Samples and measurements that exist, and belong to a process."""

    model_config = ConfigDict(title="Extension", extra="forbid")

    inputs: list[Id] = Field([], max_length=_MOST, description="Identifiers of samples that went in.")
    outputs: list[Id] = Field([], max_length=_MOST, description="Identifiers of samples that came out.")
    logs: list[Id] = Field([], max_length=_MOST, description="Identifiers of measurements that recorded it.")
    expected: Expected = None


class RestorationModel(Sent):
    """The version to bring back."""

    model_config = ConfigDict(title="Restoration", extra="forbid")

    version: int = Field(ge=1, le=2**31 - 1)
    expected: Expected = None


class OfSampleModel(Sent):
    """Of which sample a measurement is."""

    model_config = ConfigDict(title="OfSample", extra="forbid")

    sample: Id | None = Field(description="Null: it is not known of which.")
    expected: Expected = None


class RecordModel(Model):
    """A record without its contents."""

    model_config = ConfigDict(title="Record")

    id: str = Field(description="Short identifier.", examples=[PID])
    uuid: str
    kind: str = Field(examples=["sample"])
    title: str
    version: int
    created_at: str = Field(description="Of this version.")
    created_by: str


class RecordedModel(Model):
    """A process with the samples that came out of it."""

    model_config = ConfigDict(title="Recorded")

    process: RecordModel
    outputs: list[RecordModel]
