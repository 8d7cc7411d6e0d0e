"""Who asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from kiban.records.parties.export_control import CAUTIOUS, ReleaseTable, Residency
from kiban.records.parties.right import Membership, Role


class Act(StrEnum):
    """What a token may be used for. Who logs in with a password may do all that the person may."""

    READ = "read"
    DEPOSIT = "deposit"
    """Add files and records, read nothing: for instruments."""
    WRITE = "write"
    """Add and change records; takes `READ` and `DEPOSIT` along."""
    ADMINISTER = "administer"
    """Change accounts, projects, agreements, tiers; takes all others along."""


EVERY_ACT: frozenset[Act] = frozenset(Act)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """The party on whose behalf something is done, as it is at one moment. Every operation takes it first.

    `kiban.access.asker_of` makes it of a person's entry in the directory.

    Parameters
    ----------
    party : str
        Stable name in records and logs: `operator`, `anonymous`, or the identifier of an account.
    name : str
        What people call it.
    at : datetime
        When it asks: embargoes, agreements and roles are judged as they are then.
    id : UUID, optional
        Its entry in the directory; `None` for the anonymous and for the person at this machine.
    roles : mapping
        Its role in each project that it belongs to.
    agreements, invitations : mapping
        What it has, at this moment, by agreements and invitations.
    acts : frozenset of Act
        What the way it came in allows: a token may be narrower than its owner.
    project : UUID, optional
        The project that it works in now: what it adds goes there.
    address : str
        Where it asks from, for the audit log: a network address, or `terminal`.
    """

    party: str
    name: str = ""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    id: UUID | None = None
    roles: Mapping[UUID, Role] = field(default_factory=dict)
    agreements: Mapping[UUID, Membership] = field(default_factory=dict)
    invitations: Mapping[UUID, Membership] = field(default_factory=dict)
    organisation: UUID | None = None
    residency: Residency = Residency.UNKNOWN
    country: str | None = None
    releases: ReleaseTable = CAUTIOUS
    """The table that decides which technology may be released to it."""
    decided: frozenset[int] = frozenset()
    """Scopes whose release to it a person with the role has decided."""
    acts: frozenset[Act] = EVERY_ACT
    is_operator: bool = False
    is_export_officer: bool = False
    project: UUID | None = None
    address: str = ""
    token_project: UUID | None = None
    """The one project that the token is good for with which it came in."""
    token_ends: datetime | None = None
    """When that token expires; `None` for whoever came in without one."""

    @property
    def projects(self) -> frozenset[UUID]:
        """Projects it belongs to."""
        return frozenset(self.roles)

    def has_role(self, project: UUID, role: Role) -> bool:
        """Say whether it has at least this role in the project."""
        held = self.roles.get(project)
        return held is not None and held.is_at_least(role)


ANONYMOUS = Asker(party="anonymous", acts=frozenset({Act.READ}))
