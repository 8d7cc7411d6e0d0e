"""All that the rules know of people, projects and agreements, at one revision: small, and held in memory whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID

from kiban.errors import RecordNotFound
from kiban.records.parties.export_control import CAUTIOUS, ReleaseTable
from kiban.records.parties.people import Group, Organisation, Person
from kiban.records.parties.terms import Agreement, Invitation, Project

Entry: TypeAlias = "Organisation | Person | Group | Project | Agreement | Invitation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A release that the table wanted decided, and what a person with the role decided."""

    id: UUID
    scope: int
    party: UUID
    allowed: bool
    ground: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """A snapshot. `revision` grows with every change."""

    revision: int = 0
    organisations: Mapping[UUID, Organisation] = field(default_factory=dict)
    people: Mapping[UUID, Person] = field(default_factory=dict)
    groups: Mapping[UUID, Group] = field(default_factory=dict)
    projects: Mapping[UUID, Project] = field(default_factory=dict)
    agreements: Mapping[UUID, Agreement] = field(default_factory=dict)
    invitations: Mapping[UUID, Invitation] = field(default_factory=dict)
    decisions: Mapping[UUID, Decision] = field(default_factory=dict)
    releases: ReleaseTable = CAUTIOUS

    def with_entries(self, entries: Iterable[Entry | Decision]) -> Directory:
        """The directory with entries put in, in place of those with the same id."""
        changed: dict[str, dict[UUID, Entry | Decision]] = {}
        for entry in entries:
            changed.setdefault(FIELD_OF[type(entry)], {})[entry.id] = entry
        new = {name: MappingProxyType({**getattr(self, name), **added}) for name, added in changed.items()}
        return replace(self, **new)  # type: ignore[arg-type]

    def person_called(self, login: str) -> Person | None:
        """The account with this login name."""
        return next((person for person in self.people.values() if person.login == login), None)

    def project(self, project: UUID) -> Project:
        """One project. Raises RecordNotFound."""
        found = self.projects.get(project)
        if found is None:
            raise RecordNotFound(str(project))
        return found

    def parties_of(self, person: Person) -> frozenset[UUID]:
        """The person, their groups and their organisation: whatever is granted to one of these is theirs."""
        own = {person.id} | ({person.organisation} if person.organisation else set())
        return frozenset(own | {group.id for group in self.groups.values() if person.id in group.members})

    def name_of(self, party: UUID) -> str:
        """What people call a person, group or organisation."""
        for entries in (self.people, self.organisations, self.groups):
            if (entry := entries.get(party)) is not None:
                return entry.name
        return str(party)


FIELD_OF: Mapping[type, str] = MappingProxyType(
    {
        Organisation: "organisations",
        Person: "people",
        Group: "groups",
        Project: "projects",
        Agreement: "agreements",
        Invitation: "invitations",
        Decision: "decisions",
    }
)
"""Where the entries of each kind are kept."""
