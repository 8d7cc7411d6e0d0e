"""Groups: some people under one name, who get roles together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from kiban.access.directory_view import DirectoryView, speaks_for
from kiban.errors import InvalidValue, Refused
from kiban.operations.directory_changes import change_directory, named, party_named, revision_of, view_of
from kiban.operations.resources import Resources
from kiban.operations.weigh_change import Effects, weigh_entries
from kiban.records.identity import new_uuid
from kiban.records.parties.directory import Directory
from kiban.records.parties.people import Group, Person
from kiban.records.parties.right import Role
from kiban.records.party import Asker


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedGroup:
    """A group as the asker may know it."""

    group: Group
    organisation: str
    members: tuple[Person, ...]
    may_change: bool
    revision: int | None
    """Give it back with a change; `None` in lists."""


def list_groups(asker: Asker, resources: Resources) -> tuple[ListedGroup, ...]:
    """The groups that the asker may know of, by name."""
    view = view_of(asker, resources)
    found = sorted(view.groups.values(), key=lambda g: (g.name, g.id))
    return tuple(_listed(asker, resources, view, each, None) for each in found)


def show_group(asker: Asker, resources: Resources, name: str) -> ListedGroup:
    """One group by identifier or name. Raises RecordNotFound, InvalidValue."""
    view = view_of(asker, resources)
    found = named(view.groups, name, "name")
    return _listed(asker, resources, view, found, revision_of(resources, found.id))


def _listed(asker: Asker, resources: Resources, view: DirectoryView, group: Group, revision: int | None) -> ListedGroup:
    organisation = view.organisations.get(group.organisation) if group.organisation else None
    members = (view.people[i] for i in group.members if i in view.people)
    return ListedGroup(
        group=group,
        organisation=organisation.name if organisation else "",
        members=tuple(sorted(members, key=lambda p: (p.name, p.id))),
        may_change=_decides(asker, resources.directory.load(), group),
        revision=revision,
    )


def add_group(asker: Asker, resources: Resources, name: str, *, organisation: str | None = None) -> Group:
    """Make a group without members.

    Parameters
    ----------
    organisation : str, optional
        Whose stewards decide who belongs to it; the asker's own, unless given.

    Raises
    ------
    Refused
        If the asker is neither an operator nor a steward of the organisation.
    RecordNotFound
        If there is no such organisation that the asker may know of.
    InvalidValue
        If the name is none, or taken.
    """
    view = view_of(asker, resources)
    home = named(view.organisations, organisation, "name", "name_ja", "ror").id if organisation else asker.organisation
    made = Group(id=new_uuid(), name=name.strip(), organisation=home)

    def entries(directory: Directory) -> tuple[Group, ...]:
        _check(asker, directory, made)
        return (made,)

    change_directory(asker, resources, entries, act="added group", subject=made.id, name=made.name)
    return made


def rename_group(asker: Asker, resources: Resources, group: str, name: str, *, seen: int | None = None) -> Group:
    """Give it another name. Raises as `join_group`."""
    return _change(asker, resources, group, lambda g: replace(g, name=name.strip()), "renamed group", seen)


def join_group(asker: Asker, resources: Resources, group: str, person: str, *, seen: int | None = None) -> Group:
    """Take somebody into a group; they get its roles and invitations at once.

    Raises
    ------
    RecordNotFound
        If there is no such group or person.
    Refused
        If the asker is neither an operator nor a steward of the group's organisation.
    InvalidValue
        If nothing would change.
    Conflict
        If it has been changed since it was looked at.
    """
    who = party_named(resources.directory.load(), view_of(asker, resources), person, "people")
    return _change(
        asker, resources, group, lambda g: replace(g, members=g.members | {who}), "joined group", seen, str(who)
    )


def leave_group(asker: Asker, resources: Resources, group: str, person: str, *, seen: int | None = None) -> Group:
    """Take somebody out of a group; everybody may go by themselves. Raises as `join_group`."""
    who = party_named(resources.directory.load(), view_of(asker, resources), person, "people")
    return _change(
        asker, resources, group, lambda g: replace(g, members=g.members - {who}), "left group", seen, str(who)
    )


def preview_group(asker: Asker, resources: Resources, group: str, person: str, *, joins: bool) -> Effects:
    """What would change in the projects that the asker is a steward of. Raises as `join_group`; changes nothing."""
    view, directory = view_of(asker, resources), resources.directory.load()
    found = directory.groups[named(view.groups, group, "name").id]
    who = party_named(directory, view, person, "people")
    after = replace(found, members=found.members | {who} if joins else found.members - {who})
    check_group_change(asker, directory, found, after)
    projects = [i for i, role in asker.roles.items() if role.is_at_least(Role.STEWARD)]
    return weigh_entries(asker, resources, directory, [after], projects=projects)


def _change(
    asker: Asker,
    resources: Resources,
    name: str,
    make: Callable[[Group], Group],
    act: str,
    seen: int | None,
    person: str = "",
) -> Group:
    found = named(view_of(asker, resources).groups, name, "name").id

    def entries(directory: Directory) -> tuple[Group, ...]:
        before = directory.groups[found]
        after = make(before)
        check_group_change(asker, directory, before, after)
        return (after,)

    changed = change_directory(asker, resources, entries, act=act, subject=found, seen=seen, person=person)
    return changed.groups[found]


def check_group_change(asker: Asker, directory: Directory, before: Group, after: Group) -> None:
    """See `join_group` for what is refused."""
    if after == before:
        raise InvalidValue(f"{before.name} would stay as it is.", mend="Change something, then save it.")
    goes = asker.id is not None and after == replace(before, members=before.members - {asker.id})
    if not goes:
        _check(asker, directory, before)
        _check(asker, directory, after)


def _check(asker: Asker, directory: Directory, group: Group) -> None:
    if not _decides(asker, directory, group):
        raise Refused(
            "Only operators, and stewards of its organisation, make and change a group.",
            mend="Ask a steward of your organisation; its page says who.",
        )
    for other in directory.groups.values():
        if other.id != group.id and (other.organisation, other.name) == (group.organisation, group.name):
            raise InvalidValue(f"There is a group {group.name!r} already.", mend="Choose another name.")


def _decides(asker: Asker, directory: Directory, group: Group) -> bool:
    return asker.is_operator or (group.organisation is not None and speaks_for(asker, group.organisation, directory))
