"""Making and renaming projects, and saying who works in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kiban.access.directory_view import DirectoryView
from kiban.errors import InvalidValue, RecordNotFound, Refused
from kiban.operations.directory_changes import change_directory, named, party_named, revision_of, view_of
from kiban.operations.project_changes import change_project, find_project, without
from kiban.operations.project_record import keep_project_record
from kiban.operations.resources import Resources
from kiban.records.identity import new_uuid
from kiban.records.parties.directory import Directory
from kiban.records.parties.right import Role
from kiban.records.parties.terms import Project, RoleGrant
from kiban.records.party import Asker

MEMBERS = ("people", "groups", "organisations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A role that somebody has in a project, with names for people."""

    party: UUID
    name: str | None
    """`None` where the asker may not know."""
    kind: str
    """`person`, `group` or `organisation`."""
    organisation: str
    """Of a person: where; empty where none is known."""
    grant: RoleGrant


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedProject:
    """A project and what the asker is in it."""

    project: Project
    role: Role | None
    """`None` for an operator who has no role in it."""
    organisation: str
    revision: int | None
    """Give it back with a change, so that nobody's work is overwritten; `None` in lists."""
    members: tuple[Member, ...]


def list_projects(asker: Asker, resources: Resources) -> tuple[ListedProject, ...]:
    """The projects that the asker may know of, by name."""
    view = view_of(asker, resources)
    found = sorted(view.projects.values(), key=lambda p: (p.name, p.id))
    return tuple(_listed(asker, view, each, None) for each in found)


def show_project(asker: Asker, resources: Resources, name: str) -> ListedProject:
    """One project by identifier or name. Raises RecordNotFound, InvalidValue."""
    found = find_project(asker, resources, name)
    return _listed(asker, view_of(asker, resources), found, revision_of(resources, found.id))


def _listed(asker: Asker, view: DirectoryView, project: Project, revision: int | None) -> ListedProject:
    organisation = view.organisations.get(project.organisation) if project.organisation else None
    members = []
    for grant in project.grants:
        person = view.people.get(grant.party)
        kind = "person" if person else "group" if grant.party in view.groups else "organisation"
        of = view.organisations.get(person.organisation) if person and person.organisation else None
        name = view.name_of(grant.party)
        members.append(Member(party=grant.party, name=name, kind=kind, organisation=of.name if of else "", grant=grant))
    members.sort(key=lambda m: (-m.grant.role.rank, m.name or "", m.party))
    return ListedProject(
        project=project,
        role=asker.roles.get(project.id),
        organisation=organisation.name if organisation else "",
        revision=revision,
        members=tuple(members),
    )


def make_project(asker: Asker, resources: Resources, name: str, *, organisation: str | None = None) -> Project:
    """Make a project; whoever makes it owns it.

    Operators make projects anywhere, stewards of an organisation in it.

    Parameters
    ----------
    organisation : str, optional
        Identifier or name; the asker's own, unless given.

    Raises
    ------
    Refused
        If the asker may make none there.
    RecordNotFound
        If there is no such organisation that the asker may know of.
    InvalidValue
        If the name is none, or the asker has a project of that name.
    """
    view = view_of(asker, resources)
    home = named(view.organisations, organisation, "name", "name_ja", "ror").id if organisation else asker.organisation
    if any(each.name == name.strip() for each in view.projects.values()):
        raise InvalidValue(f"There is a project {name.strip()!r} already.", mend="Choose another name.")
    grants = (RoleGrant(party=asker.id, role=Role.OWNER, since=asker.at, by=asker.party),) if asker.id else ()
    project = Project(id=new_uuid(), name=name.strip(), organisation=home, grants=grants)

    def entries(directory: Directory) -> tuple[Project, ...]:
        place = directory.organisations.get(home) if home is not None else None
        if not asker.is_operator and (place is None or asker.id not in place.stewards):
            raise Refused(
                "Only operators, and stewards of an organisation, make projects.",
                mend="Ask a steward of your organisation to make it and to appoint you as its owner.",
            )
        return (project,)

    change_directory(asker, resources, entries, act="made project", subject=project.id, name=project.name)
    keep_project_record(resources.catalog, project, by=asker.party)
    return project


def rename_project(asker: Asker, resources: Resources, project: UUID, name: str, *, seen: int | None = None) -> Project:
    """Give a project another name. Raises as `change_project`."""
    renamed = change_project(
        asker,
        resources,
        project,
        lambda before, _: replace(before, name=name.strip()),
        act="renamed project",
        seen=seen,
        name=name.strip(),
    )
    keep_project_record(resources.catalog, renamed, by=asker.party)
    return renamed


def grant_role(
    asker: Asker,
    resources: Resources,
    project: UUID,
    party: str,
    role: Role,
    *,
    until: datetime | None = None,
    seen: int | None = None,
) -> Project:
    """Give somebody a role, in place of the one that they have.

    Parameters
    ----------
    party : str
        A person, group or organisation: the login or name of one that the asker knows, or anybody's identifier.
    until : datetime, optional
        When it ends by itself.

    Raises
    ------
    RecordNotFound
        If there is no such project or party.
    InvalidValue
        If the end is not in the future. Otherwise as `change_project`.
    """
    check_until(asker, until)
    view = view_of(asker, resources)
    if project not in view.projects:
        raise RecordNotFound(str(project))
    member = party_named(resources.directory.load(), view, party, *MEMBERS)
    grant = RoleGrant(party=member, role=role, since=asker.at, until=until, by=asker.party)
    return change_project(
        asker,
        resources,
        project,
        lambda before, _: replace(before, grants=(*without(before.grants, member), grant)),
        act="granted role",
        seen=seen,
        party=str(member),
        role=role.value,
    )


def withdraw_role(asker: Asker, resources: Resources, project: UUID, party: str, *, seen: int | None = None) -> Project:
    """Take somebody's role away, at once; everybody may give up their own.

    Raises
    ------
    RecordNotFound
        If there is no such project, or nobody of that name in it. Otherwise as `change_project`.
    """
    found = find_project(asker, resources, str(project))
    directory = resources.directory.load()
    member = party_named(directory, view_of(asker, resources), party, *MEMBERS)
    if all(grant.party != member for grant in found.grants):
        raise RecordNotFound(party)
    return change_project(
        asker,
        resources,
        project,
        lambda before, _: replace(before, grants=without(before.grants, member)),
        act="withdrew role",
        seen=seen,
        party=str(member),
    )


def check_until(asker: Asker, until: datetime | None) -> None:
    """Refuse an end that has passed, or has no zone. Raises InvalidValue."""
    if until is not None and (until.tzinfo is None or until <= asker.at):
        raise InvalidValue(f"The end {until:%Y-%m-%d %H:%M} is not in the future.", mend="Give a later day.")
