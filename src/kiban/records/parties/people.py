"""Organisations, people and groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from kiban.errors import InvalidValue
from kiban.records.parties.export_control import Residency


class PartyKind(StrEnum):
    """What a party is."""

    PERSON = "person"
    INSTRUMENT = "instrument"
    """Delivers by itself, with a token that can do nothing else; a person is responsible for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A university, company or institute, or a part of one that decides for itself."""

    id: UUID
    name: str
    name_ja: str = ""
    ror: str | None = None
    country: str | None = None
    """ISO 3166-1 alpha-2."""
    stewards: frozenset[UUID] = frozenset()
    """The people who accept agreements in its name."""

    def __post_init__(self) -> None:
        check_name("An organisation", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody or something that acts: a person with an account, or an instrument."""

    id: UUID
    login: str
    """What is typed to log in; small letters, digits, `.`, `-`, `_`, `@`."""
    name: str
    kind: PartyKind = PartyKind.PERSON
    email: str = ""
    orcid: str | None = None
    organisation: UUID | None = None
    country: str | None = None
    """Where the person is, if elsewhere than the organisation."""
    residency: Residency = Residency.UNKNOWN
    is_operator: bool = False
    """Runs the platform: makes accounts and organisations, edits the release table, reads the audit log."""
    is_export_officer: bool = False
    """Judges records, and decides releases that the table wants decided."""
    is_active: bool = True
    until: datetime | None = None
    """When the account ends by itself."""
    responsible: UUID | None = None
    """Of an instrument: the person who answers for it."""
    identities: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    """Issuer and subject of the identity providers that know this person."""

    def __post_init__(self) -> None:
        check_name("A person", self.name)
        allowed = set("abcdefghijklmnopqrstuvwxyz0123456789.-_@")
        if not 1 <= len(self.login) <= 80 or not set(self.login) <= allowed:
            raise InvalidValue(
                f"{self.login!r} cannot be a login name.",
                mend="Use 1 to 80 small letters, digits, and the characters . - _ @.",
            )

    def acts_at(self, moment: datetime) -> bool:
        """Say whether the account is in force."""
        return self.is_active and (self.until is None or moment < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Some people, under one name: a team, a course, an institute's users of an instrument."""

    id: UUID
    name: str
    organisation: UUID | None = None
    members: frozenset[UUID] = frozenset()

    def __post_init__(self) -> None:
        check_name("A group", self.name)


def check_name(what: str, name: str) -> None:
    """Refuse an empty or endless name. Raises InvalidValue."""
    if not name.strip() or len(name) > 300:
        raise InvalidValue(f"{what} has the name {name[:40]!r}.", mend="Give it a name of 1 to 300 characters.")
