"""What REST takes and answers about runs of campaigns in laboratories."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, StrictFloat, StrictInt

from kiban.planning.campaign.limits_of_run import BUDGET, Ends
from kiban.web.api.campaign_models import Note
from kiban.web.api.models import PID, Model
from kiban.web.api.sample_models import Expected, Line, Sent

_MOST = 10**6
_STAYS = "The campaign's own where nothing is sent; null for none."
Whole = Annotated[StrictInt, Field(ge=1, le=_MOST)]
Number = StrictFloat | StrictInt


class BoundModel(Sent):
    """What a parameter must not go below or above, in its unit."""

    model_config = ConfigDict(title="Bound", extra="forbid")

    low: Number | None = None
    high: Number | None = None


class NewRunModel(Sent):
    """In which laboratory a campaign is to be run, and within which limits; the campaign keeps these."""

    model_config = ConfigDict(title="NewRun", extra="forbid")

    laboratory: Annotated[Line, Field(description="Its name.", examples=["bench"])]
    at_once: Whole = Field(1, description="So many experiments are in the laboratory at a time.")
    experiments: Whole | None = Field(None, description=f"So many the campaign may have. {_STAYS}", examples=[20])
    cost: Number | None = Field(None, description=f"Of all of its experiments. {_STAYS}")
    hours: Number | None = Field(None, description=f"Of all of its experiments. {_STAYS}")
    bounds: dict[Line, BoundModel] = Field(
        {},
        max_length=1000,
        description="Limits of safety by parameter; one without numbers takes that away which the parameter has. "
        "Parameters that are not sent keep theirs, and limits that speak of several parameters stay.",
        examples=[{"temperature": {"high": 550}}],
    )
    expected: Expected = None

    def budget(self) -> dict[str, float | None]:
        """What was sent of it."""
        return {name: getattr(self, name) for name in BUDGET if name in self.model_fields_set}

    def ends(self) -> dict[str, Ends]:
        """The bounds by parameter."""
        return {
            name: (
                None if each.low is None else float(each.low),
                None if each.high is None else float(each.high),
            )
            for name, each in self.bounds.items()
        }


class StopModel(Sent):
    """Why it is stopped."""

    model_config = ConfigDict(title="StopRun", extra="forbid")

    note: Note = ""


class LaboratoryModel(Model):
    """A laboratory that the operator has named. Its settings stay with the operator."""

    model_config = ConfigDict(title="Laboratory")

    name: str = Field(examples=["bench"])
    title: str = Field(description="What people call it.", examples=["Teaching bench"])
    driver: str = Field(examples=["virtual"])


class BrokenLaboratoryModel(Model):
    """One that cannot be used before the operator puts its file right."""

    model_config = ConfigDict(title="BrokenLaboratory")

    name: str
    fault: str
    mend: str


class LaboratoriesModel(Model):
    """In which laboratories a campaign can be run."""

    model_config = ConfigDict(title="Laboratories")

    laboratories: list[LaboratoryModel] = Field(
        description="None for who may not have it run: only owners of the campaign's project may."
    )
    broken: list[BrokenLaboratoryModel]


class RunModel(Model):
    """A run of a campaign in a laboratory."""

    model_config = ConfigDict(title="Run")

    laboratory: str = Field(examples=["bench"])
    title: str = Field(description="What people call the laboratory; its name where you may not use it.")
    by: str | None = Field(description="In whose name it goes on; null for the person at the machine.")
    asked_at: str
    at_once: int
    counts: dict[str, int] = Field(description="Experiments that this laboratory was given, by state.")
    at_work: list[int] = Field(description="Numbers of those that it has now.")
    waits: str = Field(description="Why it does not go on for the moment; empty where it does.")
    ended: str | None = Field(
        description="Null while it goes on. `spent`: a limit of the campaign is used up. `limit`: one of the run is. "
        "`enough`: a result is good enough. `no_gain`: nothing got better for as long as the campaign has patience. "
        "`nothing_left`: there is nothing to suggest. `trouble`: the laboratory could not do the last experiments. "
        "`stopped`: somebody stopped, paused or ended the campaign. `failed`: something went wrong.",
        examples=["spent"],
    )
    words: str = Field(description="Which limit, or what went wrong.")
    ended_at: str | None


class RunsModel(Model):
    """How the last run of a campaign stands, and what you may do."""

    model_config = ConfigDict(title="Runs")

    id: str = Field(description="Of the campaign.", examples=[PID])
    version: int = Field(description="Of the campaign's record, which each step of a run changes.")
    run: RunModel | None = Field(description="Null where there was none, or you may not read the campaign's values.")
    may_start: bool
    may_stop: bool
