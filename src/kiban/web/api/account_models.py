"""What REST takes and answers of accounts, tokens and sessions."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator, ConfigDict, Field

from kiban.operations.tokens import LONGEST_DAYS, USUAL_DAYS
from kiban.records.parties.credentials import Purpose
from kiban.records.parties.export_control import Residency
from kiban.records.parties.people import PartyKind
from kiban.records.parties.right import Role
from kiban.records.party import Act
from kiban.web.api.directory_models import UUID_EXAMPLE, Named, Title
from kiban.web.api.models import Model
from kiban.web.api.sample_models import Sent


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("one line of printable characters is expected")
    return text


def _in_range(day: date) -> date:
    if not 1900 <= day.year <= 9000:
        raise ValueError("a year from 1900 to 9000 is expected")
    return day


Email = Annotated[str, Field(max_length=300), AfterValidator(_printable)]
LastDay = Annotated[
    date, AfterValidator(_in_range), Field(description="The last day on which it is good.", examples=["2027-03-31"])
]
Login = Annotated[str, Path(max_length=300, description="Login name or identifier of the account.", examples=["hana"])]
Of = Annotated[
    str | None,
    Query(max_length=300, description="Login name of the account; your own unless given.", examples=["xrd-1"]),
]


class LinkPurpose(StrEnum):
    """What a link is for."""

    LOG_IN = Purpose.LOG_IN.value
    SET_PASSWORD = Purpose.SET_PASSWORD.value


class RoleHereModel(Model):
    """A role of yours."""

    model_config = ConfigDict(title="RoleHere")

    id: str = Field(examples=[UUID_EXAMPLE])
    name: str = Field(examples=["Steel"])
    role: Role


class TokenModel(Model):
    """A token, without its secret."""

    model_config = ConfigDict(title="Token")

    id: str = Field(examples=[UUID_EXAMPLE])
    name: str
    acts: list[Act]
    project: str | None = Field(description="The one project that it is good for; null for all of its owner's.")
    made: datetime
    expires: datetime
    used: datetime | None
    revoked: datetime | None


class NewTokenModel(TokenModel):
    """A token as it is given, once."""

    model_config = ConfigDict(title="NewToken")

    token: str = Field(description="The secret. It is not kept, and not shown again.")


class MeModel(Model):
    """Who you are, and what the way you came in leaves you."""

    model_config = ConfigDict(title="Me")

    id: str = Field(examples=[UUID_EXAMPLE])
    login: str
    name: str
    kind: PartyKind
    organisation: str | None
    is_operator: bool
    is_export_officer: bool
    acts: list[Act] = Field(description="What you may do; write takes read and deposit along, administer everything.")
    working_in: str | None = Field(description="The project that new records go to.")
    projects: list[RoleHereModel]
    token: TokenModel | None = Field(description="The one that you showed.")
    session: str | None = Field(description="The one that your browser showed.")


class SessionModel(Model):
    """A browser in which somebody is logged in."""

    model_config = ConfigDict(title="Session")

    id: str = Field(examples=[UUID_EXAMPLE])
    way: str = Field(description="How they logged in.", examples=["password and code"])
    since: datetime
    used: datetime
    ends: datetime
    address: str
    agent: str
    is_own: bool = Field(description="The one that asks.")


class AccountModel(Model):
    """An account."""

    model_config = ConfigDict(title="Account")

    id: str = Field(examples=[UUID_EXAMPLE])
    login: str
    name: str
    kind: PartyKind
    email: str
    organisation: str | None
    country: str | None
    residency: Residency
    is_operator: bool
    is_export_officer: bool
    is_in_force: bool
    until: datetime | None
    responsible: str | None = Field(description="Of an instrument: the login name of whoever answers for it.")


class RoleThereModel(Model):
    """A role that somebody has."""

    model_config = ConfigDict(title="RoleThere")

    project: str
    role: Role


class IdentityModel(Model):
    """An identity provider that knows somebody."""

    model_config = ConfigDict(title="Identity")

    issuer: str
    subject: str


class WholeAccountModel(AccountModel):
    """An account with its roles and the ways in which it logs in."""

    model_config = ConfigDict(title="WholeAccount")

    roles: list[RoleThereModel]
    has_password: bool
    asks_for_codes: bool
    identities: list[IdentityModel]


class LoginLinkModel(Model):
    """A link that is good once."""

    model_config = ConfigDict(title="LoginLink")

    login: str
    purpose: LinkPurpose
    link: str = Field(description="It is not shown again. Whoever has it is let in.")


class WasOnModel(Model):
    """Whether something changed."""

    model_config = ConfigDict(title="WasOn")

    was_on: bool


class EndedModel(Model):
    """How many ended."""

    model_config = ConfigDict(title="Ended")

    n_ended: int


# What is sent


class TokenToMakeModel(Sent):
    """A token to make."""

    name: Annotated[Title, Field(max_length=100)]
    acts: list[Act] = Field(min_length=1, max_length=4)
    days: int = Field(USUAL_DAYS, ge=1, le=LONGEST_DAYS)
    project: Named | None = Field(None, description="Good for this project alone; tokens of instruments need one.")


class AccountChangeModel(Sent):
    """What is said of an account. What is left out stays; null empties organisation, country, until and responsible."""

    name: Title | None = None
    email: Email | None = None
    organisation: Named | None = Field(None, description="Identifier, name or ROR.")
    country: Annotated[str, Field(pattern="^[A-Z]{2}$", examples=["JP"])] | None = None
    residency: Residency | None = None
    until: LastDay | None = None
    responsible: Named | None = Field(None, description="Of an instrument: login name of whoever answers for it.")
    is_operator: bool | None = None
    is_export_officer: bool | None = None


class NewAccountModel(AccountChangeModel):
    """An account to make."""

    login: Annotated[str, Field(pattern=r"^[a-z0-9._@-]{1,80}$")]
    name: Title
    kind: PartyKind = PartyKind.PERSON


class LinkToMakeModel(Sent):
    """A link to make."""

    purpose: LinkPurpose
