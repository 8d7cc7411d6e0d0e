"""What REST takes and answers of projects, agreements, organisations and groups."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from kiban.records.parties.right import Right, Role
from kiban.records.parties.standing import Standing
from kiban.records.parties.terms import Obligation
from kiban.records.scope import Tier
from kiban.web.api.models import Model
from kiban.web.api.sample_models import Name as Label
from kiban.web.api.sample_models import Sent

UUID_EXAMPLE = "0190a2d0-0000-7000-8000-000000000001"
_NEWEST = 2**31 - 1


def _in_range(moment: datetime) -> datetime:
    if not 1900 <= moment.year <= 9000:
        raise ValueError("a year from 1900 to 9000 is expected")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_range)]
Title = Annotated[Label, Field(max_length=300)]
Which = Annotated[
    str, Path(max_length=300, description="Its identifier, or its name where only one has it.", examples=["Steel"])
]
Named = Annotated[str, Field(min_length=1, max_length=300)]
WhichParty = Annotated[str, Path(max_length=300, description="Identifier, or the name of one that you know.")]
Seen = Annotated[
    int | None,
    Field(ge=0, le=_NEWEST, description="The revision that you saw last: refused if it was changed since."),
]


class PolicyModel(Model):
    """What becomes of a project's records where they say nothing else."""

    model_config = ConfigDict(title="Policy", from_attributes=True)

    id: str = Field(examples=[UUID_EXAMPLE])
    name: str = Field(examples=["Steel"])
    tier: Tier
    agreement: str | None = Field(description="Identifier of the agreement, of the shared tier.")
    allowed: list[Tier] = Field(description="The tiers that single records may be given.")
    embargo_days: int | None = Field(description="New records stay closed that long.")


class MemberModel(Model):
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
    members: list[MemberModel]


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


class PartyModel(Model):
    """A party to an agreement."""

    model_config = ConfigDict(title="Party", from_attributes=True)

    party: str
    name: str | None
    standing: Standing
    rights: list[Right]
    since: datetime
    accepted_at: datetime | None
    accepted_by: str | None = Field(description="Null where nobody has, or you may not know.")
    left_at: datetime | None
    is_own: bool = Field(description="You decide for it.")


class AgreementModel(Model):
    """An agreement with the parties that you may know of."""

    model_config = ConfigDict(title="Agreement", from_attributes=True)

    id: str = Field(examples=[UUID_EXAMPLE])
    name: str
    keeper: str = Field(description="The project that keeps it.")
    keeper_organisation: str | None
    purposes: list[str]
    text: str
    obligations: list[Obligation]
    starts: datetime
    ends: datetime | None
    is_in_force: bool
    is_keeper: bool
    is_party: bool
    revision: int | None = Field(description="Give it as `seen` with a change; null in lists.")
    parties: list[PartyModel]


class TermsPreviewModel(Model):
    """What other terms would bring."""

    model_config = ConfigDict(title="TermsPreview", from_attributes=True)

    accept_again: list[str] = Field(description="What the parties would have to accept again.", examples=[["text"]])
    revision: int
    effects: EffectsModel


class IdentifiedModel(Model):
    """A record under an agreement."""

    model_config = ConfigDict(title="Identified", from_attributes=True)

    id: str
    kind: str
    title: str | None = Field(description="Null where you may only know that it exists.")


class SharedUnderModel(Model):
    """What is shared under an agreement."""

    model_config = ConfigDict(title="SharedUnder", from_attributes=True)

    n_records: int
    kinds: dict[str, int]
    records: list[IdentifiedModel] = Field(description="The newest of them.")
    projects: list[str] = Field(description="Your projects that share under it.")


class TakenModel(Model):
    """Something that somebody of a party exported or downloaded."""

    model_config = ConfigDict(title="Taken", from_attributes=True)

    at: datetime
    by: str
    act: str
    subject: str


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


class PastChangeModel(Model):
    """One change of an entry."""

    model_config = ConfigDict(title="PastChange", from_attributes=True)

    revision: int
    at: datetime
    by: str
    changed: list[str]
    is_first: bool


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


# What is sent


class NewProjectModel(Sent):
    """A project to make."""

    name: Title
    organisation: Named | None = None


class RenamedModel(Sent):
    """Another name."""

    name: Title
    seen: Seen = None


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


class TermsChangeModel(Sent):
    """What an agreement says. What is null stays as it is."""

    name: Title | None = None
    purposes: list[Annotated[str, Field(max_length=1000)]] | None = Field(None, max_length=50)
    text: str | None = Field(None, max_length=200_000)
    obligations: list[Obligation] | None = Field(None, max_length=10)
    starts: Moment | None = None
    ends: Moment | None = None
    never_ends: bool = False
    seen: Seen = None


class NewAgreementModel(TermsChangeModel):
    """An agreement to draft."""

    keeper: Named = Field(description="The project that keeps it.")
    name: Title


class PartyRightsModel(Sent):
    """What a party may do."""

    rights: list[Right] = Field(min_length=1, max_length=10)
    seen: Seen = None


class PartyInvitationModel(PartyRightsModel):
    """A party to invite."""

    party: Named = Field(description="Identifier, or the name of one that you know.")
    since: Moment | None = None


class AnswerOfPartyModel(Sent):
    """Whose answer it is."""

    party: Named | None = Field(None, description="Needed where you decide for several.")
    seen: Seen = None


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


class TakenBackModel(Sent):
    """The change to take back."""

    seen: Annotated[int, Field(ge=0, le=_NEWEST, description="The revision that is taken back.")]
