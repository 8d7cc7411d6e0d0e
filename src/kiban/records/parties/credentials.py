"""What lets people and programs in: sessions, tokens, links to log in by once. The secrets themselves are in none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from kiban.errors import InvalidValue
from kiban.records.party import EVERY_ACT, Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser in which somebody is logged in."""

    id: UUID
    person: UUID
    way: str
    """How they logged in: `password`, `password and code`, `link`, or the name of an identity provider."""
    made_at: datetime
    used_at: datetime
    ends_at: datetime
    """When it ends however much it is used."""
    agent: str = ""
    """What the browser says of itself."""
    address: str = ""
    project: UUID | None = None
    """Where they work, if they have chosen; what is added goes there."""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Lets a program in, in the name of a person or an instrument. It may be allowed less than they are."""

    id: UUID
    person: UUID
    name: str
    """What its owner calls it: what it is for."""
    acts: frozenset[Act]
    project: UUID | None = None
    """If given, it is good for the records of this project alone."""
    made_at: datetime
    made_by: str
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > 100:
            raise InvalidValue("The token has no name.", mend="Say what it is for, in 1 to 100 characters.")
        if not self.acts or not self.acts <= EVERY_ACT:
            raise InvalidValue("The token allows nothing.", mend="Give it at least one act, such as read.")
        if self.expires_at <= self.made_at:
            raise InvalidValue("The token has expired before it was made.", mend="Give a day that is still to come.")

    def holds_at(self, moment: datetime) -> bool:
        """Say whether it still lets in."""
        return self.revoked_at is None and moment < self.expires_at


class Purpose(StrEnum):
    """What a link is for."""

    LOG_IN = "log in"
    SET_PASSWORD = "set password"  # noqa: S105  what it is for, no secret
    SECOND_FACTOR = "second factor"
    """Holds between the right password and the code: it lets nobody in by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginLink:
    """Good once, and for some minutes."""

    person: UUID
    purpose: Purpose
    made_at: datetime
    expires_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Password:
    """The hash of somebody's password, with its salt and parameters, in the notation of Argon2."""

    person: UUID
    hash: str
    set_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactor:
    """The key of somebody's one-time codes (TOTP), sealed with a key that lies outside the database."""

    person: UUID
    sealed: bytes
    made_at: datetime
    confirmed_at: datetime | None = None
    """When a code of it was given for the first time; before that it is not asked for."""
    last_step: int = 0
    """The time step of the last code that was taken: it and those before it are not taken again."""
