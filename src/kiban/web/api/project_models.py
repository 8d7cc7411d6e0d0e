"""What REST takes and answers of projects."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from kiban.records.parties.right import Role
from kiban.records.scope import Tier
from kiban.web.api.directory_models import NEWEST, UUID_EXAMPLE, Moment, Named, Seen, Title
from kiban.web.api.effect_models import EffectsModel
from kiban.web.api.models import Model
from kiban.web.api.sample_models import Sent


class PolicyModel(Model):
    """What becomes of a project's records where they say nothing else."""

    model_config = ConfigDict(title="Policy", from_attributes=True)

    id: str = Field(examples=[UUID_EXAMPLE])
    name: str = Field(examples=["Steel"])
    tier: Tier
    agreement: str | None = Field(description="Identifier of the agreement, of the shared tier.")
    allowed: list[Tier] = Field(description="The tiers that single records may be given.")
    embargo_days: int | None = Field(description="New records stay closed that long.")


class ProjectMemberModel(Model):
    """A role that somebody has in a project."""

    model_config = ConfigDict(title="Member", from_attributes=True)

    party: str = Field(description="Identifier of a person, group or organisation.")
    name: str | None = Field(description="Null where you may not know.")
    kind: str = Field(examples=["person"])
    role: Role
    since: datetime
    until: datetime | None = Field(description="When it ends by itself.")


class ProjectModel(PolicyModel):
    """A project, what you are in it, and who else."""

    model_config = ConfigDict(title="Project", from_attributes=True)

    organisation: str | None
    role: Role | None = Field(description="Yours; null for an operator who has none.")
    revision: int | None = Field(description="Give it as `seen` with a change; null in lists.")
    members: list[ProjectMemberModel]


class PolicyPreviewModel(Model):
    """What a change of policy would change."""

    model_config = ConfigDict(title="PolicyPreview", from_attributes=True)

    before: PolicyModel
    after: PolicyModel
    revision: int
    n_following: int = Field(description="Records that go along.")
    n_own: int = Field(description="Records that have a tier of their own, and keep it.")
    n_own_wider: int = Field(description="Of these, those that are open or shared.")
    waiting: list[str] = Field(description="Parties that have not accepted; the effects are those once they have.")
    effects: EffectsModel


class NewProjectModel(Sent):
    """A project to make."""

    name: Title
    organisation: Named | None = None


class PolicyChangeModel(Sent):
    """What becomes of a project's records. What is null stays as it is."""

    tier: Tier | None = None
    agreement: Named | None = Field(None, description="Identifier or name; for the shared tier.")
    allowed: list[Tier] | None = Field(None, max_length=3)
    embargo_days: int | None = Field(None, ge=0, le=36525, description="0 for none.")
    seen: Seen = None


class RoleGrantModel(Sent):
    """A role for somebody."""

    role: Role
    until: Moment | None = None
    seen: Seen = None


class TakenBackModel(Sent):
    """The change to take back."""

    seen: Annotated[int, Field(ge=0, le=NEWEST, description="The revision that is taken back.")]
