"""What REST answers of changes that were not made yet: whom they would give what."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from kiban.records.parties.right import Right
from kiban.web.api.models import Model


class EffectModel(Model):
    """What would change for people of one organisation who would get, or lose, the same."""

    model_config = ConfigDict(title="Effect", from_attributes=True)

    organisation: str | None
    is_public: bool = Field(description="For everybody, without logging in.")
    people: list[str] = Field(description="Names of those whom you may know.")
    n_people: int
    n_gained: int = Field(description="Records that they would see in addition.")
    n_lost: int
    gained: list[Right]
    lost: list[Right]


class WithheldModel(Model):
    """People who would see records but for a rule that refuses."""

    model_config = ConfigDict(title="Withheld", from_attributes=True)

    rule: str = Field(examples=["export_control"])
    reason: str
    n_people: int


class EffectsModel(Model):
    """Whom a change would give what, and from whom it would take it."""

    model_config = ConfigDict(title="Effects", from_attributes=True)

    n_gaining: int = Field(description="People who would get rights.")
    n_losing: int
    n_organisations: int
    most_gained: int = Field(description="Records that one of them would see in addition, at most.")
    most_lost: int
    is_public: bool = Field(description="Everybody would see them, without logging in.")
    groups: list[EffectModel]
    held_back: list[WithheldModel] = Field(description="Who would see them, if no other rule refused.")
