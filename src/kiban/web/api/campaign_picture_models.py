"""What REST answers about pictures of a campaign."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from kiban.web.api.models import PID, Model


class BarModel(Model):
    """What another experiment is expected to give, in the outcome's unit: the middle, and where 68 % and 95 % lie."""

    model_config = ConfigDict(title="Expected")

    expected: float
    deviation: float = Field(description="Standard uncertainty: half of what holds 68 %.")
    low: float
    high: float
    lowest: float
    highest: float


class QualityModel(Model):
    """How a surrogate expected each experiment from the others."""

    model_config = ConfigDict(title="SurrogateQuality")

    n_trials: int
    error: float = Field(description="Mean distance of what came out from the middle of what was expected.")
    error_of_mean: float = Field(description="The same for the mean of the other experiments.")
    within_68: float = Field(description="The part of them that came out where 68 % should.")
    within_95: float
    skill: float = Field(description="1 is perfect; 0 knows no more than the mean; less than 0 misleads.")


class NearModel(Model):
    """An experiment beside a slice."""

    model_config = ConfigDict(title="NearExperiment")

    number: int
    setting: float | str
    value: float
    distance: float = Field(description="In the parameters that are held; 1 is the whole range of each.")


class SliceModel(Model):
    """An outcome along one parameter, the others held."""

    model_config = ConfigDict(title="Slice")

    parameter: str
    unit: str
    settings: list[float | str]
    expected: list[BarModel | None] = Field(description="Null where a setting does not keep to the constraints.")
    here: float | str
    giving_way: list[str] = Field(description="Components of a mixture that make room.")
    near: list[NearModel]


class PairMapModel(Model):
    """An outcome over two parameters, averaged over the others."""

    model_config = ConfigDict(title="PairMap")

    names: list[str]
    units: list[str]
    across: list[float | str]
    up: list[float | str]
    expected: list[list[float | None]] = Field(description="A row for each of `up`.")
    n_averaged: int


class SlicesModel(Model):
    """What is expected around one point."""

    model_config = ConfigDict(title="Slices")

    id: str = Field(examples=[PID])
    outcome: str
    unit: str
    point: dict[str, float | str]
    experiment: int | None
    expected: BarModel | None
    surrogate: Literal["raw", "ranks", "forest"] | None = Field(
        description="Which model says so; null, and no slices, where there are too few experiments to learn from."
    )
    qualities: dict[str, QualityModel]
    n_trials: int = Field(description="So many experiments were learnt from.")
    n_measured: int = Field(description="In so many the outcome was measured.")
    n_studies: int = Field(description="So many earlier studies count as well, as they do for suggestions.")
    slices: list[SliceModel]
    map: PairMapModel | None
    for_map: list[str]


class FrontPointModel(Model):
    """An experiment in which all targets were measured."""

    model_config = ConfigDict(title="FrontPoint")

    number: int
    values: dict[str, float]
    point: dict[str, float | str]
    is_on_front: bool
    is_old: bool = Field(description="It was done before the campaign.")


class VolumeModel(Model):
    """The volume under the front after an experiment."""

    model_config = ConfigDict(title="FrontVolume")

    number: int
    volume: float


class FrontModel(Model):
    """The Pareto front, and how it came about."""

    model_config = ConfigDict(title="Front")

    id: str = Field(examples=[PID])
    targets: list[dict[str, Any]]
    front: list[int] = Field(description="Numbers of the experiments on it.")
    points: list[FrontPointModel]
    course: list[VolumeModel]
    reference: list[float] = Field(description="What is worth nothing, more being better in each direction.")
    n_left_out: int = Field(description="Completed experiments that lack a target or are outside of limits.")
