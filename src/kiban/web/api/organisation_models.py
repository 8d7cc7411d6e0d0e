"""What REST takes and answers of organisations, groups and people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from kiban.records.parties.right import Right
from kiban.records.scope import Tier
from kiban.web.api.directory_models import Named, Seen, Title
from kiban.web.api.models import Model
from kiban.web.api.sample_models import Sent


class PersonModel(Model):
    """Somebody."""

    model_config = ConfigDict(title="Person", from_attributes=True)

    id: str
    login: str
    name: str


class GroupInListModel(Model):
    """A group's name."""

    model_config = ConfigDict(title="GroupInList", from_attributes=True)

    id: str
    name: str


class OrganisationModel(Model):
    """An organisation with the people and groups that you may know of."""

    model_config = ConfigDict(title="Organisation", from_attributes=True)

    id: str
    name: str
    name_ja: str
    ror: str | None
    country: str | None = Field(examples=["JP"])
    is_own: bool
    is_steward: bool = Field(description="You accept agreements in its name.")
    revision: int | None
    stewards: list[PersonModel]
    people: list[PersonModel]
    groups: list[GroupInListModel]


class GroupModel(Model):
    """A group with the members that you may know of."""

    model_config = ConfigDict(title="Group", from_attributes=True)

    id: str
    name: str
    organisation: str | None
    may_change: bool
    revision: int | None
    members: list[PersonModel]


class SeenModel(Model):
    """Records of one kind of placement that a person may see."""

    model_config = ConfigDict(title="Seen", from_attributes=True)

    project: str
    tier: Tier
    agreement: str | None
    closed_until: datetime | None
    n_records: int | None = Field(description="Null where you may not see them yourself.")
    rights: list[Right]
    reasons: list[dict[str, Any]]


class PersonSeesModel(Model):
    """All that a person may see in your projects."""

    model_config = ConfigDict(title="PersonSees", from_attributes=True)

    person: PersonModel
    organisation: str | None
    n_records: int
    seen: list[SeenModel]


class AboutOrganisationModel(Sent):
    """What is said of an organisation. What is null stays as it is."""

    name: Title | None = None
    name_ja: str | None = Field(None, max_length=300)
    ror: str | None = Field(None, max_length=100)
    country: str | None = Field(None, max_length=2)
    seen: Seen = None


class NewOrganisationModel(AboutOrganisationModel):
    """An organisation to add."""

    name: Title


class NewGroupModel(Sent):
    """A group to make."""

    name: Title
    organisation: Named | None = None
