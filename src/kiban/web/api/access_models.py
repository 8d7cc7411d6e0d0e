"""What REST answers when it is asked who can see records, and what a change of that would change."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from kiban.web.api.effect_models import EffectsModel
from kiban.web.api.models import PID, Model


class SeerGroundModel(Model):
    """What gives, or refuses, rights."""

    model_config = ConfigDict(title="SeerGround")

    rule: str = Field(examples=["shared_tier"])
    reason: str
    through: str | None = Field(description="The agreement, group or organisation that it comes by.")
    since: str | None
    until: str | None
    by: str | None = Field(description="The party that granted the role, or invited.")


class SeerModel(Model):
    """A party and what it may do."""

    model_config = ConfigDict(title="Seer")

    login: str | None = Field(description="Null: everybody, without logging in.")
    name: str | None
    organisation: str | None
    rights: list[str]
    grounds: list[SeerGroundModel]


class WhoSeesModel(Model):
    """Who can see a record."""

    model_config = ConfigDict(title="WhoSees")

    id: str = Field(examples=[PID])
    tier: str = Field(examples=["shared"])
    agreement: str | None = Field(description="Name of the one that it is shared under.")
    follows_project: bool = Field(description="The tier is the project's, and changes with it.")
    closed_until: str | None = Field(description="The end of its embargo.")
    mine: SeerModel
    is_steward: bool = Field(description="Whether the lists are there.")
    seers: list[SeerModel] = Field([], description="Everybody who can see it.")
    others: list[SeerModel] = Field([], description="Where they are asked for: people you know who cannot.")


class PlaceModel(Model):
    """Where records go."""

    model_config = ConfigDict(title="Place")

    tier: str
    agreement: str | None
    follows_project: bool
    closed_until: str | None


class HiddenModel(Model):
    """What stays hidden beside a record that more people would see."""

    model_config = ConfigDict(title="HiddenBeside")

    id: str = Field(examples=[PID])
    beside: str = Field(description="The record that stays hidden.", examples=[PID])
    kind: str
    title: str


class RescopedModel(Model):
    """What a change would change, or changed."""

    model_config = ConfigDict(title="Rescoped")

    done: bool
    change: str | None = Field(description="By which it is taken back.")
    n_records: int
    n_left: int = Field(description="Records that answer, and are not yours to decide or were moved since.")
    to: list[PlaceModel]
    effects: EffectsModel
    n_hidden: int
    hidden: list[HiddenModel]
    mark: str = Field(description="Send it to confirm what you have seen.")
