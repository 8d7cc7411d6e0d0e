"""What happened in a world, in plain words: the history that the generator makes and the brute-force model reads.

Nothing of Kiban is imported here. Times are moments, parties are identifiers of people, groups and organisations, and
roles, rights, tiers and the like are the words that the documentation has for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Place:
    """All that was said about who may see a record. `tier` is `None` where the project's counts."""

    project: UUID
    tier: str | None = None
    agreement: UUID | None = None
    closed_until: datetime | None = None
    invitation: UUID | None = None
    export_class: str = "unjudged"
    export_item: str | None = None


@dataclass(frozen=True)
class OrganisationIs:
    organisation: UUID
    country: str | None


@dataclass(frozen=True)
class PersonIs:
    person: UUID
    organisation: UUID | None
    country: str | None
    residency: str
    active: bool
    until: datetime | None
    operator: bool


@dataclass(frozen=True)
class GroupIs:
    group: UUID
    members: frozenset[UUID]


@dataclass(frozen=True)
class ProjectIs:
    project: UUID
    tier: str
    agreement: UUID | None


@dataclass(frozen=True)
class RoleGiven:
    project: UUID
    party: UUID
    role: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class RoleTaken:
    project: UUID
    party: UUID


@dataclass(frozen=True)
class AgreementIs:
    agreement: UUID
    keeper: UUID
    starts: datetime
    ends: datetime | None


@dataclass(frozen=True)
class Offered:
    """A party is asked to join; whatever it had accepted before no longer counts."""

    agreement: UUID
    party: UUID
    rights: frozenset[str]
    since: datetime


@dataclass(frozen=True)
class Accepted:
    agreement: UUID
    party: UUID
    at: datetime


@dataclass(frozen=True)
class Left:
    agreement: UUID
    party: UUID
    at: datetime


@dataclass(frozen=True)
class GuestInvited:
    invitation: UUID
    project: UUID
    party: UUID
    rights: frozenset[str]
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class ReleaseDecided:
    place: Place
    party: UUID
    allowed: bool


@dataclass(frozen=True)
class RowAdded:
    """The operator puts a row at the top of the release table: what is not empty must fit."""

    classes: frozenset[str]
    relations: frozenset[str]
    residencies: frozenset[str]
    countries: frozenset[str]
    items: frozenset[str]
    says: str


Deed: TypeAlias = (
    OrganisationIs
    | PersonIs
    | GroupIs
    | ProjectIs
    | RoleGiven
    | RoleTaken
    | AgreementIs
    | Offered
    | Accepted
    | Left
    | GuestInvited
    | ReleaseDecided
    | RowAdded
)


@dataclass
class Participation:
    rights: frozenset[str]
    since: datetime
    accepted_at: datetime | None = None
    left_at: datetime | None = None


@dataclass
class Agreed:
    keeper: UUID
    starts: datetime
    ends: datetime | None
    parties: dict[UUID, Participation] = field(default_factory=dict)


@dataclass
class State:
    """What holds after a history."""

    organisations: dict[UUID, OrganisationIs] = field(default_factory=dict)
    people: dict[UUID, PersonIs] = field(default_factory=dict)
    groups: dict[UUID, frozenset[UUID]] = field(default_factory=dict)
    projects: dict[UUID, ProjectIs] = field(default_factory=dict)
    roles: dict[UUID, list[RoleGiven]] = field(default_factory=dict)
    agreements: dict[UUID, Agreed] = field(default_factory=dict)
    guests: dict[UUID, list[GuestInvited]] = field(default_factory=dict)
    releases: dict[tuple[Place, UUID], bool] = field(default_factory=dict)
    rows: list[RowAdded] = field(default_factory=list)

    def happen(self, deed: Deed) -> None:
        """One more deed. What it is about may be unknown, where a history was shortened: then nothing happens."""
        match deed:
            case OrganisationIs():
                self.organisations[deed.organisation] = deed
            case PersonIs():
                self.people[deed.person] = deed
            case GroupIs():
                self.groups[deed.group] = deed.members
            case ProjectIs():
                self.projects[deed.project] = deed
            case RoleGiven():
                self.roles.setdefault(deed.project, []).append(deed)
            case RoleTaken():
                kept = [each for each in self.roles.get(deed.project, []) if each.party != deed.party]
                self.roles[deed.project] = kept
            case AgreementIs():
                known = self.agreements.get(deed.agreement)
                parties = known.parties if known else {}
                self.agreements[deed.agreement] = Agreed(deed.keeper, deed.starts, deed.ends, parties)
            case Offered():
                if deed.agreement in self.agreements:
                    self.agreements[deed.agreement].parties[deed.party] = Participation(deed.rights, deed.since)
            case Accepted() | Left():
                agreed = self.agreements.get(deed.agreement)
                if agreed is not None and deed.party in agreed.parties:
                    if isinstance(deed, Accepted):
                        agreed.parties[deed.party].accepted_at = deed.at
                    else:
                        agreed.parties[deed.party].left_at = deed.at
            case GuestInvited():
                self.guests.setdefault(deed.invitation, []).append(deed)
            case ReleaseDecided():
                self.releases[deed.place, deed.party] = deed.allowed
            case RowAdded():
                self.rows.insert(0, deed)

    @classmethod
    def after(cls, deeds: Iterable[Deed]) -> State:
        """Replay a history."""
        state = cls()
        for deed in deeds:
            state.happen(deed)
        return state
