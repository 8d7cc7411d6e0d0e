"""On what terms records are seen by others: projects, agreements, invitations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from kiban.errors import InvalidValue
from kiban.records.parties.export_control import ExportClass
from kiban.records.parties.people import check_name
from kiban.records.parties.right import Right, Role, with_implied
from kiban.records.scope import Tier

ALL_TIERS: frozenset[Tier] = frozenset(Tier)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGrant:
    """A role in a project, for a person, a group, or everyone of an organisation."""

    party: UUID
    role: Role
    since: datetime
    until: datetime | None = None
    by: str = ""

    def holds_at(self, moment: datetime) -> bool:
        """Say whether it is in force."""
        return self.since <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Owns records, says who works with them, and what becomes of them unless a record says otherwise."""

    id: UUID
    name: str
    organisation: UUID | None = None
    tier: Tier = Tier.CLOSED
    agreement: UUID | None = None
    """Under which records are shared where nothing else is said; needed where `tier` is shared."""
    allowed: frozenset[Tier] = ALL_TIERS
    """The tiers that single records may be given."""
    embargo_days: int | None = None
    """New records stay closed that long, then have their tier."""
    export_class: ExportClass = ExportClass.UNJUDGED
    """What new records are taken to be."""
    export_item: str | None = None
    grants: tuple[RoleGrant, ...] = ()

    def __post_init__(self) -> None:
        check_name("A project", self.name)
        if self.tier is Tier.SHARED and self.agreement is None:
            raise InvalidValue(f"{self.name} shares its records under no agreement.", mend="Name the agreement.")
        if self.tier not in self.allowed:
            raise InvalidValue(
                f"{self.name} gives its records the tier {self.tier} and does not allow it.",
                mend="Allow the tier, or choose another.",
            )
        if self.embargo_days is not None and not 1 <= self.embargo_days <= 36525:
            raise InvalidValue(
                f"An embargo of {self.embargo_days} days was given.", mend="Give 1 to 36525 days (100 years)."
            )
        if (self.export_item is not None) != (self.export_class is ExportClass.LISTED):
            raise InvalidValue(
                f"{self.name} has export class {self.export_class} and item {self.export_item}.",
                mend="Give an item number for what is listed, and for nothing else.",
            )

    def role_of(self, parties: Iterable[UUID], moment: datetime) -> RoleGrant | None:
        """The highest role that one of the parties has: a person, their groups and organisation."""
        wanted = set(parties)
        held = [grant for grant in self.grants if grant.party in wanted and grant.holds_at(moment)]
        return max(held, key=lambda grant: (grant.role.rank, grant.until is None), default=None)


class Obligation(StrEnum):
    """What those who use shared data owe."""

    CITE = "cite"
    INFORM = "inform before publication"
    DELETE = "delete at the end"
    NO_REIDENTIFY = "do not try to learn what others hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One party to an agreement: an organisation, or a person."""

    party: UUID
    rights: frozenset[Right]
    since: datetime
    """From when on it may see, if it has accepted by then."""
    accepted_at: datetime | None = None
    accepted_by: str = ""
    left_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.rights & {Right.WRITE, Right.DECIDE}:
            raise InvalidValue(
                "An agreement was to give the right to write or decide.",
                mend="Give a role in the project for that; agreements give rights to see, use and pass on.",
            )
        object.__setattr__(self, "rights", with_implied(self.rights))

    def holds_at(self, moment: datetime) -> bool:
        """Say whether the party has accepted, and has not left."""
        return (
            self.accepted_at is not None
            and max(self.since, self.accepted_at) <= moment
            and (self.left_at is None or moment < self.left_at)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Terms under which records of one or more projects are shared (シェアクローズド)."""

    id: UUID
    name: str
    keeper: UUID
    """The project whose stewards keep it: they invite parties and end it."""
    purposes: tuple[str, ...] = ()
    text: str = ""
    """The wording, or where it lies."""
    obligations: frozenset[Obligation] = frozenset()
    starts: datetime
    ends: datetime | None = None
    participants: tuple[Participant, ...] = ()

    def __post_init__(self) -> None:
        check_name("An agreement", self.name)
        if self.ends is not None and self.ends <= self.starts:
            raise InvalidValue(f"{self.name} ends before it starts.", mend="Give an end after its start.")

    def holds_at(self, moment: datetime) -> bool:
        """Say whether it is in force."""
        return self.starts <= moment and (self.ends is None or moment < self.ends)

    def with_participant(self, participant: Participant) -> Agreement:
        """The agreement with one party put in, in place of what it had."""
        others = tuple(each for each in self.participants if each.party != participant.party)
        return replace(self, participants=(*others, participant))


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody invited to single records."""

    party: UUID
    rights: frozenset[Right]
    since: datetime
    until: datetime | None = None
    by: str = ""

    def __post_init__(self) -> None:
        if self.rights & {Right.WRITE, Right.DECIDE, Right.RESHARE}:
            raise InvalidValue(
                "A guest was to write, decide or pass on.", mend="Give a role in the project, or make an agreement."
            )
        object.__setattr__(self, "rights", with_implied(self.rights))

    def holds_at(self, moment: datetime) -> bool:
        """Say whether the invitation is in force."""
        return self.since <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """The guests of some records of a project: people, groups or organisations that see them whatever their tier."""

    id: UUID
    project: UUID
    guests: tuple[Guest, ...] = ()
