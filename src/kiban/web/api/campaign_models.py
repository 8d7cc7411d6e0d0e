"""What REST takes and answers about campaigns."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StrictFloat

from kiban.errors import WrongUsage
from kiban.laboratory.contract import ResultFile
from kiban.planning.campaign.campaign import LONGEST_NAME, LONGEST_TEXT, MOST_EXPERIMENTS
from kiban.web.api.models import PID, Model
from kiban.web.api.sample_models import Expected, Id, Line, Name, Sent
from kiban.web.placement_choice import PlacementFields

MOST_SUGGESTIONS = 100
"""So many in one request: each takes its time."""
Value = StrictFloat | str
Values = Annotated[
    dict[Line, Value],
    Field(
        max_length=200,
        description="By outcome: a number in the campaign's unit, or a text with unit and uncertainty.",
        examples=[{"hardness": "2.51(3) GPa"}],
    ),
]
PointValues = Annotated[
    dict[Line, Value],
    Field(
        max_length=1000,
        description="By parameter: a number in its unit, a text with another one, or the name of a level.",
        examples=[{"temperature": "350 K", "solvent": "water"}],
    ),
]
Note = Annotated[str, Field(max_length=LONGEST_TEXT, description="Why; kept with the move.")]
Number = Annotated[int, Field(ge=1, le=MOST_EXPERIMENTS)]
Spent = Annotated[float | None, Field(ge=0, le=1e12)]
_LIMITS = (
    "`experiments`, `cost`, `hours`: what may be used up. `safety`: constraints that hold for people, too. `enough`: "
    "by outcome, what is good enough. `patience`: so many experiments without gain advise to stop. `ahead`: so many "
    "are kept open, the next being suggested by themselves after a result."
)

_ARCHIVE = (
    "Which earlier studies it may rest on: `auto` for those that are found, identifiers of campaigns or of "
    "measurements of tables, formulas such as `hardness = 3 * {temperature}`; none where empty."
)
Archive = list[Annotated[str, Field(min_length=1, max_length=1000)]]


class PastModel(Sent):
    """An experiment that was done before the campaign, or outside of it."""

    model_config = ConfigDict(title="PastExperiment", extra="forbid")

    point: PointValues
    outcomes: Values = Field({})
    failed: bool = Field(False, description="It could not be made or measured; then it has no outcomes.")
    rests_on: Line = Field(
        "", description="The record, or the row of a table, that says so; known ones are passed over."
    )


class PastFromModel(Sent):
    """Samples whose settings and values are experiments that were done."""

    model_config = ConfigDict(title="PastFrom", extra="forbid")

    question: Annotated[str, Field(max_length=10_000)]
    columns: dict[Line, Line] = Field(
        {},
        max_length=200,
        description="By parameter or outcome, the column of their table (with settings) that holds it; unless given, "
        "the one that is called so or whose last part is.",
        examples=[{"temperature": "process.anneal.temperature"}],
    )


class ProposeModel(Sent):
    """What a definition is to be proposed from."""

    model_config = ConfigDict(title="Propose", extra="forbid")

    question: Annotated[str, Field(max_length=10_000)]
    name: Annotated[Name, Field(max_length=LONGEST_NAME)] = "Campaign"
    maximise: list[Line] = Field([], max_length=20, examples=[["hardness"]])
    minimise: list[Line] = Field([], max_length=20)


class DefinitionModel(Model):
    """A definition of a campaign, for a person to correct."""

    model_config = ConfigDict(title="Definition")

    name: str
    space: dict[str, Any]
    objective: dict[str, Any]


class NewCampaignModel(PlacementFields):
    """A new campaign. Space, objective and limits are written as [Planning] describes them."""

    model_config = ConfigDict(title="NewCampaign", extra="forbid")

    name: Annotated[Name, Field(max_length=LONGEST_NAME, examples=["Strong glue"])]
    description: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    space: dict[str, Any] = Field(
        description="`parameters`, `constraints`, and `candidates` where only these can be made.",
        examples=[
            {"parameters": [{"kind": "continuous", "name": "temperature", "low": 300, "high": 500, "unit": "K"}]}
        ],
    )
    objective: dict[str, Any] = Field(
        description="`targets`; with several of them `way`; `limits` of other outcomes; `cost` of an experiment.",
        examples=[{"targets": [{"name": "hardness", "unit": "GPa"}]}],
    )
    duration: dict[str, Any] | None = Field(
        None, description="How many hours an experiment takes, as a cost is written."
    )
    engine: Annotated[str, Field(max_length=100)] = "embedded"
    settings: dict[str, Any] = Field({}, description="Of the engine.")
    seed: int = Field(0, ge=0, le=2**31 - 1)
    limits: dict[str, Any] = Field({}, description=_LIMITS)
    archive: Archive = Field(["auto"], description=_ARCHIVE)
    past: list[PastModel] = Field([], max_length=MOST_EXPERIMENTS, description="Experiments that it learns from.")
    past_from: PastFromModel | None = None

    def definition(self) -> dict[str, Any]:
        """What defines it, as a document."""
        return self.model_dump(exclude={*PlacementFields.model_fields, "past", "past_from"})


class MovedModel(Sent):
    """What comes with every move."""

    note: Note = ""
    expected: Expected = None


class SuggestModel(Sent):
    """How many experiments are to be suggested."""

    model_config = ConfigDict(title="Suggest", extra="forbid")

    n: int = Field(1, ge=1, le=MOST_SUGGESTIONS)
    expected: Expected = None


class MoveModel(MovedModel):
    """A move of some experiments: all of them make it, or none."""

    model_config = ConfigDict(title="Move", extra="forbid")

    move: Literal["accept", "start", "refuse", "abandon"]
    numbers: list[Number] = Field(min_length=1, max_length=1000, examples=[[1, 2]])


class OwnPointModel(MovedModel):
    """An experiment as a person wants it."""

    model_config = ConfigDict(title="OwnPoint", extra="forbid")

    point: PointValues
    beyond: bool = Field(False, description="It may lie outside of the space; safety limits hold in any case.")


class ResultFileModel(Sent):
    """A file that says what came out."""

    model_config = ConfigDict(title="ResultFile", extra="forbid")

    name: Line = Field(examples=["run 7.csv"])
    content: Annotated[str, Field(max_length=40 << 20, description="Its bytes in base64.")]

    def taken(self) -> ResultFile:
        """The file. Raises WrongUsage, InvalidValue."""
        try:
            content = base64.b64decode(self.content, validate=True)
        except (binascii.Error, ValueError) as e:
            raise WrongUsage("The content is not in base64.", mend="Send the bytes of the file in base64.") from e
        return ResultFile(name=self.name, content=content)


class ResultModel(MovedModel):
    """What came out of an experiment."""

    model_config = ConfigDict(title="Result", extra="forbid")

    values: Values = Field({})
    source: Annotated[Id | None, Field(description="Take the values of this measurement or sample.")] = None
    file: Annotated[
        ResultFileModel | None, Field(description="Deposit this file beside the campaign, and take the values it says.")
    ] = None
    condition: dict[Line, Line] = Field({}, max_length=50, description="Which of its values.", examples=[{"peak": "1"}])
    is_all: bool = Field(False, description="No further outcome will come.")
    is_correction: bool = Field(False, description="Replaces what was told before.")
    cost: Spent = None
    hours: Spent = None


class FailureModel(MovedModel):
    """That an experiment could not be made or measured."""

    model_config = ConfigDict(title="Failure", extra="forbid")

    cost: Spent = None
    hours: Spent = None


class RepeatModel(MovedModel):
    """How often an experiment is to be done again."""

    model_config = ConfigDict(title="Repeat", extra="forbid")

    n: int = Field(1, ge=1, le=100)


class ImportModel(Sent):
    """Experiments that were done elsewhere."""

    model_config = ConfigDict(title="ImportExperiments", extra="forbid")

    past: list[PastModel] = Field([], max_length=MOST_EXPERIMENTS)
    past_from: PastFromModel | None = None
    expected: Expected = None


class CourseModel(MovedModel):
    """Whether a campaign goes on."""

    model_config = ConfigDict(title="Course", extra="forbid")

    action: Literal["pause", "stop", "resume", "end"] = Field(
        description="To stop is to pause, and to have laboratories break off what they do for it."
    )


class CampaignChangeModel(MovedModel):
    """What is to become another one; what is not sent stays. Limits are sent whole."""

    model_config = ConfigDict(title="CampaignChange", extra="forbid")

    name: Annotated[Name, Field(max_length=LONGEST_NAME)] | None = None
    description: Annotated[str, Field(max_length=LONGEST_TEXT)] | None = None
    engine: Annotated[str, Field(max_length=100)] | None = None
    settings: dict[str, Any] | None = None
    limits: dict[str, Any] | None = Field(None, description=_LIMITS)
    archive: Archive | None = Field(None, description=_ARCHIVE)


class ExperimentModel(Model):
    """An experiment of a campaign."""

    model_config = ConfigDict(title="Experiment")

    number: int
    point: dict[str, Any]
    state: str = Field(examples=["suggested"])
    source: str = Field(description="`engine`, `added`, `replicate` or `imported`.")
    proposal: dict[str, Any] | None = Field(
        description="What an engine suggested: its point, the values it expects with uncertainties, the reason, the "
        "numbers of the experiments that it was learnt from (as runs), and while it is open their records."
    )
    replicate_of: int | None
    outcomes: list[dict[str, Any]]
    cost: float | None
    hours: float | None
    rests_on: str
    laboratory: str = Field(description="Name of the driver that it was given to; empty where people do it.")
    turns: list[dict[str, Any]] = Field(description="Every move, with its moment, who made it and the note.")
    is_changed: bool = Field(description="A person does something else than was suggested.")
    is_open: bool


class StandstillModel(Model):
    """Why the next experiments could not be suggested, when they were to be by themselves."""

    model_config = ConfigDict(title="Standstill")

    fault: str
    mend: str
    at: str = Field(description="Since when.")


class CampaignModel(Model):
    """A campaign as you may see it: experiments that rest on records which you may not read are not there."""

    model_config = ConfigDict(title="Campaign")

    id: str = Field(examples=[PID])
    uuid: str
    kind: Literal["campaign"]
    title: str
    version: int = Field(description="Of the record: what `expected` is compared with.")
    created_at: str
    created_by: str
    tier: str
    description: str
    stage: Literal["active", "paused", "ended"]
    engine: str
    settings: dict[str, Any]
    seed: int
    space: dict[str, Any]
    objective: dict[str, Any]
    duration: dict[str, Any] | None
    limits: dict[str, Any]
    archive: list[str] = Field(description=_ARCHIVE, examples=[["auto"]])
    batches: list[dict[str, Any]] = Field(
        description="What was asked of which engine and version, with which seed; and `studies`: the earlier studies "
        "and formulas that were looked at, with their record, how many experiments they have, and by outcome how much "
        "each counted, from -1 to 1. Studies that you may not read are not there."
    )
    passages: list[dict[str, Any]] = Field(description="When it was paused, stopped, resumed, ended or changed.")
    counts: dict[str, int] = Field(description="Experiments by state.")
    spending: dict[str, float]
    left: dict[str, float] = Field(description="Of each limit that there is.")
    best: list[int] = Field(description="Numbers of the best experiments.")
    baseline: list[int] = Field(description="Numbers of the best of those that were done before it.")
    standstill: StandstillModel | None = Field(
        description="Where results are told and nothing can be suggested any more: why. The results are kept."
    )
    advice: list[dict[str, Any]] = Field(description="Reasons to stop.")
    experiments: list[ExperimentModel]
    sees_values: bool = Field(description="False: you may read what describes it, not its experiments.")
    may_change: bool


class ListedCampaignModel(Model):
    """A campaign as a list shows it."""

    model_config = ConfigDict(title="ListedCampaign")

    id: str = Field(examples=[PID])
    title: str
    stage: Literal["active", "paused", "ended"]
    tier: str
    targets: list[str]
    counts: dict[str, int]
    best: list[dict[str, Any]] = Field(
        description="Outcomes of the best experiment so far; none of a front of several."
    )
    n_best: int = Field(description="How many experiments are best: on the front, where there are several targets.")
    changed_at: str


class CampaignListModel(Model):
    """A part of the list."""

    model_config = ConfigDict(title="Campaigns")

    total: int
    next: str | None = Field(description="Give it as `after` for the part after this one; null at the end.")
    campaigns: list[ListedCampaignModel]
