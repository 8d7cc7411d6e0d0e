"""Which people, organisations, groups, projects and agreements an asker may know of. Pure: all is handed in.

Operators know all. Everybody else knows

- the own organisation with its people, and the own groups;
- the projects that they have a role in, and who else has one there;
- the agreements that they are a party to, by themselves or by their organisation, and those that their projects keep.

Of an agreement a party in force knows the other parties in force; stewards of the keeper know all parties. Who is
invited and has not accepted, or has left, knows the terms, the keeper and itself: of an organisation only its stewards,
who decide for it. Whatever is not in the view does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from kiban.records.parties.directory import Directory
from kiban.records.parties.people import Group, Organisation, Person
from kiban.records.parties.right import Role
from kiban.records.parties.terms import Agreement, Participant, Project
from kiban.records.party import Act, Asker


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """Who keeps an agreement, as its parties know it."""

    project: str
    organisation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryView:
    """What of the directory exists for one asker. Lists inside the entries hold nobody who is not in the view."""

    organisations: Mapping[UUID, Organisation] = field(default_factory=dict)
    people: Mapping[UUID, Person] = field(default_factory=dict)
    groups: Mapping[UUID, Group] = field(default_factory=dict)
    projects: Mapping[UUID, Project] = field(default_factory=dict)
    agreements: Mapping[UUID, Agreement] = field(default_factory=dict)
    keepers: Mapping[UUID, Keeper] = field(default_factory=dict)
    """Of each agreement."""

    def name_of(self, party: UUID) -> str | None:
        """What a person, group or organisation is called; `None` where the asker may not know."""
        for entries in (self.people, self.organisations, self.groups):
            if (entry := entries.get(party)) is not None:
                return entry.name
        return None


def directory_view(asker: Asker, directory: Directory) -> DirectoryView:
    """What of the directory exists for the asker now."""
    if not asker.acts & {Act.READ, Act.WRITE, Act.ADMINISTER}:
        return DirectoryView()
    keepers = {each.id: _keeper(each, directory) for each in directory.agreements.values()}
    if asker.is_operator:
        return DirectoryView(
            organisations=directory.organisations,
            people=directory.people,
            groups=directory.groups,
            projects=directory.projects,
            agreements=directory.agreements,
            keepers=keepers,
        )
    me = directory.people.get(asker.id) if asker.id is not None else None
    mine = directory.parties_of(me) if me is not None else frozenset[UUID]()
    # What the asker has is asked of the directory that is looked at: it may be a later one than the asker was made of.
    projects = {
        project.id: _project(asker, project)
        for project in directory.projects.values()
        if project.id in asker.roles and (me is None or project.role_of(mine, asker.at) is not None)
    }
    seen = ((each, _agreement(asker, me, mine, each, directory)) for each in directory.agreements.values())
    agreements = {whole.id: part for whole, part in seen if part is not None}
    members = {grant.party for project in projects.values() for grant in project.grants}
    parties = {p.party for agreement in agreements.values() for p in agreement.participants}
    people = _people(me, members, parties, directory)
    groups = {
        group.id: group
        for group in directory.groups.values()
        if group.id in members or (me is not None and (me.id in group.members or _decides(me, group, directory)))
    }
    organisations = {
        *(person.organisation for person in people.values()),
        *(project.organisation for project in projects.values()),
        *(group.organisation for group in groups.values()),
        *(members | parties),
        me.organisation if me is not None else None,
    }
    return DirectoryView(
        organisations={
            i: replace(directory.organisations[i], stewards=directory.organisations[i].stewards & set(people))
            for i in organisations
            if i is not None and i in directory.organisations
        },
        people=people,
        groups={i: replace(group, members=group.members & set(people)) for i, group in groups.items()},
        projects=projects,
        agreements=agreements,
        keepers={i: keepers[i] for i in agreements},
    )


def _keeper(agreement: Agreement, directory: Directory) -> Keeper:
    project = directory.projects.get(agreement.keeper)
    organisation = directory.organisations.get(project.organisation) if project and project.organisation else None
    return Keeper(project=project.name if project else "", organisation=organisation.name if organisation else "")


def _project(asker: Asker, project: Project) -> Project:
    """Stewards see roles that have ended or not begun; the others those that are in force."""
    if asker.has_role(project.id, Role.STEWARD):
        return project
    return replace(project, grants=tuple(grant for grant in project.grants if grant.holds_at(asker.at)))


def _agreement(
    asker: Asker, me: Person | None, mine: frozenset[UUID], agreement: Agreement, directory: Directory
) -> Agreement | None:
    """The agreement with the parties that the asker may know of."""
    if asker.has_role(agreement.keeper, Role.STEWARD):
        return agreement
    own = {p.party for p in agreement.participants if me is not None and _speaks_for(me, p.party, directory)}
    is_party = agreement.id in asker.agreements and (
        me is None or any(p.party in mine and p.holds_at(asker.at) for p in agreement.participants)
    )
    if agreement.keeper in asker.roles or is_party:
        shown = [p for p in agreement.participants if p.party in own or p.party in mine or p.holds_at(asker.at)]
    elif own:
        shown = [p for p in agreement.participants if p.party in own]
    else:
        return None
    return replace(agreement, participants=tuple(p if p.party in own else _unsigned(p) for p in shown))


def _unsigned(participant: Participant) -> Participant:
    return replace(participant, accepted_by="")


def _speaks_for(me: Person, party: UUID, directory: Directory) -> bool:
    """Whether a person decides for a party: is it, or is a steward of it."""
    organisation = directory.organisations.get(party)
    return party == me.id or (organisation is not None and me.id in organisation.stewards)


def speaks_for(asker: Asker, party: UUID, directory: Directory) -> bool:
    """Say whether the asker accepts, declines and leaves agreements in the name of a party."""
    me = directory.people.get(asker.id) if asker.id is not None else None
    return me is not None and _speaks_for(me, party, directory)


def _decides(me: Person, group: Group, directory: Directory) -> bool:
    organisation = directory.organisations.get(group.organisation) if group.organisation else None
    return organisation is not None and me.id in organisation.stewards


def _people(me: Person | None, members: set[UUID], parties: set[UUID], directory: Directory) -> dict[UUID, Person]:
    """The person itself, its organisation and groups, who has a role beside it, and people that are parties."""
    own_groups = {group.id for group in directory.groups.values() if me is not None and me.id in group.members}
    in_groups = {m for i, group in directory.groups.items() if i in members | own_groups for m in group.members}
    # Being a party to the same agreement shows an organisation, not who works there.
    organisations = members | ({me.organisation} if me is not None and me.organisation is not None else set())
    shown = members | parties | in_groups | ({me.id} if me is not None else set())
    return {
        person.id: person
        for person in directory.people.values()
        if person.id in shown or person.organisation in organisations
    }
