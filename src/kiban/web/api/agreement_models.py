"""What REST takes and answers of agreements."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from kiban.records.parties.right import Right
from kiban.records.parties.standing import Standing
from kiban.records.parties.terms import Obligation
from kiban.web.api.directory_models import UUID_EXAMPLE, Moment, Named, Seen, Title
from kiban.web.api.effect_models import EffectsModel
from kiban.web.api.models import Model
from kiban.web.api.sample_models import Sent


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
