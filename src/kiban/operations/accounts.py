"""Accounts of people and instruments: made, changed and deactivated by operators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from kiban.errors import Conflict, InvalidValue, RecordNotFound, Refused
from kiban.operations.audited import entry
from kiban.operations.resources import Resources, require_act
from kiban.records.identity import new_uuid
from kiban.records.parties.directory import Directory
from kiban.records.parties.people import PartyKind, Person
from kiban.records.parties.right import Role
from kiban.records.party import Act, Asker

CHANGEABLE = frozenset(
    {"name", "email", "orcid", "organisation", "country", "residency", "is_operator", "is_export_officer", "until",
     "responsible", "login"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """A role in a project, for a list."""

    project: UUID
    name: str
    role: Role


def list_accounts(asker: Asker, resources: Resources) -> list[Person]:
    """All accounts, by their login names. For operators."""
    require_operator(asker)
    return sorted(resources.directory.load().people.values(), key=lambda person: person.login)


def get_account(asker: Asker, resources: Resources, login: str) -> Person:
    """One account by its login name or identifier; one's own, one that one answers for, or for operators any.

    Raises RecordNotFound, for what is not there and for what is somebody else's.
    """
    found = _find(resources.directory.load(), login)
    if found is not None and (asker.is_operator or asker.id in {found.id, found.responsible} - {None}):
        return found
    raise RecordNotFound(login)


def make_account(
    asker: Asker,
    resources: Resources,
    login: str,
    name: str,
    *,
    kind: PartyKind = PartyKind.PERSON,
    **others: Any,
) -> Person:
    """Make an account. It has no password yet: its owner sets one with a link.

    Parameters
    ----------
    others
        Further fields of `Person`, such as `email`, `organisation` or `until`.

    Raises
    ------
    Refused
        If the asker is no operator.
    Conflict
        If the login name is taken.
    InvalidValue
    """
    require_operator(asker)
    directory = resources.directory.load()
    person = Person(id=new_uuid(), login=login.strip().lower(), name=name.strip(), kind=kind, **others)
    _check(directory, person)
    line = entry(asker, "made account", subject=person.login, kind=kind.value)
    resources.directory.change([person], by=asker.party, expected=directory.revision, audit=[line])
    return person


def change_account(asker: Asker, resources: Resources, person: Person, **changes: Any) -> Person:
    """Change an account: operators everything, people their own name and e-mail address.

    Raises
    ------
    Refused
        If it is not the asker's business, or nobody would be left who makes accounts.
    Conflict
    InvalidValue
    """
    require_act(asker, Act.ADMINISTER)
    is_own = asker.id == person.id and set(changes) <= {"name", "email"}
    if not is_own:
        require_operator(asker)
    if not set(changes) <= CHANGEABLE:
        raise InvalidValue(f"{sorted(set(changes) - CHANGEABLE)} cannot be changed.", mend="Change something else.")
    directory = resources.directory.load()
    changed = replace(directory.people.get(person.id, person), **changes)
    _check(directory, changed)
    _check_operators_left(directory, changed)
    line = entry(asker, "changed account", subject=changed.login, what=sorted(changes))
    resources.directory.change([changed], by=asker.party, expected=directory.revision, audit=[line])
    return changed


def set_active(asker: Asker, resources: Resources, person: Person, *, is_active: bool) -> Person:
    """Deactivate an account, or activate it again. Its sessions, tokens and links end at once, and for good."""
    require_operator(asker)
    directory = resources.directory.load()
    changed = replace(directory.people.get(person.id, person), is_active=is_active)
    _check_operators_left(directory, changed)
    line = entry(asker, "activated account" if is_active else "deactivated account", subject=person.login)
    with resources.together():
        if not is_active:
            resources.credentials.end_sessions(person.id, asker.at)
            resources.credentials.revoke_tokens(person.id, asker.at)
            resources.credentials.void_links(person.id)
        resources.directory.change([changed], by=asker.party, expected=directory.revision, audit=[line])
    return changed


def roles_of(asker: Asker, resources: Resources, person: Person) -> list[Held]:
    """The roles that somebody has now, of their own, by a group or by their organisation."""
    directory = resources.directory.load()
    parties = directory.parties_of(person)
    held = ((project, project.role_of(parties, asker.at)) for project in directory.projects.values())
    return [Held(p.id, p.name, grant.role) for p, grant in sorted(held, key=lambda h: h[0].name) if grant is not None]


def organisation_named(resources: Resources, name: str) -> UUID:
    """An organisation by its name, ROR identifier or identifier. Raises InvalidValue."""
    found = resources.directory.load().organisations.values()
    return _one_of(((each.id, (each.name, each.name_ja, each.ror)) for each in found), "organisation", name)


def project_named(resources: Resources, name: str) -> UUID:
    """A project by its name or identifier. Raises InvalidValue."""
    found = resources.directory.load().projects.values()
    return _one_of(((each.id, (each.name,)) for each in found), "project", name)


def end_of_day(day: str) -> datetime:
    """The moment at which an account ends that is good until, and on, this day. Raises InvalidValue."""
    try:
        return datetime.combine(date.fromisoformat(day.strip()), time(23, 59, 59), tzinfo=UTC)
    except ValueError as e:
        raise InvalidValue(f"'{day[:40]}' is no day.", mend="Write it as 2027-03-31.") from e


def require_operator(asker: Asker) -> None:
    """Refuse whoever does not run the platform. Raises Refused."""
    if not asker.is_operator:
        raise Refused("Only operators do this.", mend="Ask an operator.")


def _find(directory: Directory, login: str) -> Person | None:
    found = directory.person_called(login.strip().lower())
    if found is not None:
        return found
    try:
        return directory.people.get(UUID(login))
    except ValueError:
        return None


def _check(directory: Directory, person: Person) -> None:
    taken = directory.person_called(person.login)
    if taken is not None and taken.id != person.id:
        raise Conflict(f"The login name {person.login} is taken.", mend="Choose another one.")
    if person.organisation is not None and person.organisation not in directory.organisations:
        raise InvalidValue("There is no such organisation.", mend="Make it first, or leave it out.")
    if person.kind is PartyKind.INSTRUMENT:
        responsible = directory.people.get(person.responsible) if person.responsible is not None else None
        if responsible is None or responsible.kind is not PartyKind.PERSON:
            raise InvalidValue("Nobody answers for the instrument.", mend="Name a person who does.")
        if person.is_operator or person.is_export_officer:
            raise InvalidValue("An instrument was to decide something.", mend="Let a person decide.")


def _check_operators_left(directory: Directory, changed: Person) -> None:
    people = {**directory.people, changed.id: changed}
    if not any(person.is_operator and person.is_active and person.until is None for person in people.values()):
        raise Refused(
            "Nobody would be left who can make accounts.", mend="Make another operator first, whose account has no end."
        )


def _one_of(known: Iterable[tuple[UUID, tuple[str | None, ...]]], what: str, name: str) -> UUID:
    found = [entry for entry, names in known if name in names or name == str(entry)]
    if len(found) != 1:
        raise InvalidValue(
            f"There are {len(found)} {what}s called {name[:100]!r}."
            if found
            else f"There is no {what} {name[:100]!r}.",
            mend="Give its name as it is written, or its identifier.",
        )
    return found[0]
