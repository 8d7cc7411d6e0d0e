"""What one person may see within the projects that the asker decides on, and what gives it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kiban.access.who import what_they_see
from kiban.errors import RecordNotFound, Refused
from kiban.operations.directory_changes import as_uuid, named, view_of
from kiban.operations.resources import Resources
from kiban.operations.weigh_change import records_by_scope
from kiban.records.parties.people import Person
from kiban.records.parties.right import Right, Role
from kiban.records.party import Asker
from kiban.records.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One scope in which the person has rights.

    Parameters
    ----------
    n_records : int, optional
        `None` where the asker may not see them: an operator without a role in the project.
    reasons : tuple of (rule, reason, details)
        What gives the rights.
    """

    scope: Scope
    project: str
    agreement: str
    n_records: int | None
    rights: frozenset[Right]
    reasons: tuple[tuple[str, str, dict[str, str]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSees:
    """All that a person may see in the asker's projects."""

    person: Person
    organisation: str
    seen: tuple[Seen, ...]
    n_records: int


def may_ask_what_others_see(asker: Asker) -> bool:
    """Say whether the asker decides on any project, or runs the platform."""
    return asker.is_operator or any(role.is_at_least(Role.STEWARD) for role in asker.roles.values())


def what_person_sees(asker: Asker, resources: Resources, person: str) -> PersonSees:
    """List the scopes of the asker's projects in which a person has rights, and why.

    Parameters
    ----------
    person : str
        Login, name or identifier of somebody whom the asker may know, or who may see something of these projects.

    Raises
    ------
    RecordNotFound
        If there is nobody like that.
    Refused
        If the asker decides on no project.
    """
    if not may_ask_what_others_see(asker):
        raise Refused(
            "Only stewards of projects and operators may ask what somebody sees.", mend="Ask a steward of the project."
        )
    directory, view = resources.directory.load(), view_of(asker, resources)
    decided = {i for i, role in asker.roles.items() if role.is_at_least(Role.STEWARD)}
    counts = records_by_scope(asker, resources)
    scopes = [
        scope
        for scope in resources.catalog.scopes()
        if asker.is_operator or (scope.project in decided and scope.number in counts)
    ]
    identifier = as_uuid(person.strip())
    known = identifier is None or identifier in view.people
    who = named(view.people, person, "login", "name") if known else directory.people.get(_unknown(identifier))
    judged = what_they_see(directory, who, scopes, asker.at) if who is not None else ()
    # Whoever sees the asker's records may be asked for, by the identifier that the list of those who see them has.
    if who is None or (not known and not judged):
        raise RecordNotFound(person)
    visible = resources.visible(asker).numbers
    names: dict[UUID | None, str] = {i: agreement.name for i, agreement in directory.agreements.items()}
    seen = [
        Seen(
            scope=scope,
            project=directory.project(scope.project).name,
            agreement=names.get(scope.agreement, ""),
            n_records=counts.get(scope.number, 0) if scope.number in visible else None,
            rights=judgement.rights,
            reasons=tuple((rule, v.reason, dict(v.details)) for rule, v in judgement.permissions),
        )
        for scope, judgement in judged
        if scope.project in directory.projects
    ]
    home = directory.organisations.get(who.organisation) if who.organisation is not None else None
    return PersonSees(
        person=who,
        organisation=home.name if home is not None else "",
        seen=tuple(sorted(seen, key=lambda s: (s.project, -(s.n_records or 0), s.scope.number))),
        n_records=sum(each.n_records or 0 for each in seen if Right.METADATA in each.rights),
    )


def _unknown(identifier: UUID | None) -> UUID:
    assert identifier is not None  # noqa: S101  a name is looked for among those who are known
    return identifier
