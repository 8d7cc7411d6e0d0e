"""Organisations: universities, companies and institutes, and who speaks for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from kiban.access.directory_view import DirectoryView, speaks_for
from kiban.errors import InvalidValue, Refused
from kiban.operations.directory_changes import (
    change_directory,
    named,
    party_named,
    require_operator,
    revision_of,
    view_of,
)
from kiban.operations.resources import Resources
from kiban.records.identity import new_uuid
from kiban.records.parties.directory import Directory
from kiban.records.parties.people import Group, Organisation, Person
from kiban.records.party import Asker

_ROR = re.compile(r"(?:https://ror\.org/)?(0[0-9a-hj-km-np-tv-z]{6}[0-9]{2})")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LABELS = ("name", "name_ja", "ror")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedOrganisation:
    """An organisation as the asker may know it."""

    organisation: Organisation
    people: tuple[Person, ...]
    groups: tuple[Group, ...]
    stewards: tuple[Person, ...]
    is_own: bool
    is_steward: bool
    """The asker accepts agreements in its name."""
    revision: int | None
    """Give it back with a change; `None` in lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is said of an organisation. What is `None` stays as it is."""

    name: str | None = None
    name_ja: str | None = None
    ror: str | None = None
    """Empty to take it away."""
    country: str | None = None

    def on(self, organisation: Organisation) -> Organisation:
        """The organisation with this said of it. Raises InvalidValue."""
        said = {"name": self.name, "name_ja": self.name_ja}
        changed = replace(organisation, **{n: v.strip() for n, v in said.items() if v is not None})  # type: ignore[arg-type]
        if self.ror is not None:
            changed = replace(changed, ror=_ror(self.ror.strip()))
        if self.country is not None:
            changed = replace(changed, country=_country(self.country.strip()))
        return changed


def list_organisations(asker: Asker, resources: Resources) -> tuple[ListedOrganisation, ...]:
    """The organisations that the asker may know of: the own one first, then by name."""
    view = view_of(asker, resources)
    found = sorted(view.organisations.values(), key=lambda o: (o.id != asker.organisation, o.name, o.id))
    return tuple(_listed(asker, resources, view, each, None) for each in found)


def show_organisation(asker: Asker, resources: Resources, name: str) -> ListedOrganisation:
    """One organisation by identifier, name or ROR. Raises RecordNotFound, InvalidValue."""
    view = view_of(asker, resources)
    found = named(view.organisations, name, *_LABELS)
    return _listed(asker, resources, view, found, revision_of(resources, found.id))


def _listed(
    asker: Asker, resources: Resources, view: DirectoryView, organisation: Organisation, revision: int | None
) -> ListedOrganisation:
    people = sorted(
        (person for person in view.people.values() if person.organisation == organisation.id),
        key=lambda p: (p.name, p.id),
    )
    groups = (group for group in view.groups.values() if group.organisation == organisation.id)
    return ListedOrganisation(
        organisation=organisation,
        people=tuple(people),
        groups=tuple(sorted(groups, key=lambda g: (g.name, g.id))),
        stewards=tuple(person for person in people if person.id in organisation.stewards),
        is_own=asker.organisation == organisation.id,
        is_steward=speaks_for(asker, organisation.id, resources.directory.load()),
        revision=revision,
    )


def add_organisation(asker: Asker, resources: Resources, about: About) -> Organisation:
    """Add an organisation.

    Raises
    ------
    Refused
        If the asker is no operator.
    InvalidValue
        If it has no name, its ROR or country is none, or there is one of that name.
    """
    require_operator(asker, "add organisations")
    made = about.on(Organisation(id=new_uuid(), name=(about.name or "").strip()))

    def entries(directory: Directory) -> tuple[Organisation, ...]:
        _check_free(directory, made)
        return (made,)

    change_directory(asker, resources, entries, act="added organisation", subject=made.id, name=made.name)
    return made


def change_organisation(
    asker: Asker, resources: Resources, name: str, about: About, *, seen: int | None = None
) -> Organisation:
    """Say something else of an organisation.

    Raises
    ------
    RecordNotFound
    Refused
        If the asker is no operator.
    InvalidValue
        If nothing would change, or what is said is not right.
    Conflict
        If it has been changed since it was looked at.
    """
    return _change(asker, resources, name, lambda before, _: about.on(before), "changed organisation", seen)


def appoint_steward(
    asker: Asker, resources: Resources, name: str, person: str, *, seen: int | None = None
) -> Organisation:
    """Let one of its people accept agreements in its name, make its groups and projects.

    Raises
    ------
    RecordNotFound
        If there is no such organisation or person.
    Refused
        If the asker is neither an operator nor a steward of it.
    InvalidValue
        If the person is of another organisation, or is one already.
    Conflict
        If it has been changed since it was looked at.
    """
    view, directory = view_of(asker, resources), resources.directory.load()
    who = directory.people[party_named(directory, view, person, "people")]

    def appoint(before: Organisation, _: Directory) -> Organisation:
        if who.organisation != before.id:
            raise InvalidValue(
                f"{who.name} does not belong to {before.name}.", mend="Appoint somebody whose account says so."
            )
        return replace(before, stewards=before.stewards | {who.id})

    return _change(asker, resources, name, appoint, "appointed steward", seen, person=str(who.id))


def dismiss_steward(
    asker: Asker, resources: Resources, name: str, person: str, *, seen: int | None = None
) -> Organisation:
    """Take that back. What was accepted stays accepted. Raises as `appoint_steward`."""
    view, directory = view_of(asker, resources), resources.directory.load()
    who = party_named(directory, view, person, "people")
    return _change(
        asker,
        resources,
        name,
        lambda before, _: replace(before, stewards=before.stewards - {who}),
        "dismissed steward",
        seen,
        person=str(who),
    )


def _change(
    asker: Asker,
    resources: Resources,
    name: str,
    make: Callable[[Organisation, Directory], Organisation],
    act: str,
    seen: int | None,
    **details: str,
) -> Organisation:
    found: UUID = named(view_of(asker, resources).organisations, name, *_LABELS).id

    def entries(directory: Directory) -> tuple[Organisation, ...]:
        before = directory.organisations[found]
        after = make(before, directory)
        check_organisation_change(asker, directory, before, after)
        return (after,)

    return change_directory(asker, resources, entries, act=act, subject=found, seen=seen, **details).organisations[
        found
    ]


def check_organisation_change(asker: Asker, directory: Directory, before: Organisation, after: Organisation) -> None:
    """See `change_organisation` for what is refused."""
    if replace(after, stewards=before.stewards) != before:
        # Under its name others trust it with their data, and by its country export control judges its people.
        require_operator(asker, "change what is said of an organisation")
    if not asker.is_operator and not speaks_for(asker, before.id, directory):
        raise Refused(
            f"Only stewards of {before.name} and operators appoint its stewards.", mend="Ask one; its page says who."
        )
    if after == before:
        raise InvalidValue(f"{before.name} would stay as it is.", mend="Change something, then save it.")
    if asker.is_operator:
        _check_free(directory, after)


def _check_free(directory: Directory, organisation: Organisation) -> None:
    for other in directory.organisations.values():
        same = other.name.casefold() == organisation.name.casefold() or (other.ror and other.ror == organisation.ror)
        if other.id != organisation.id and same:
            raise InvalidValue("There is an organisation of that name or ROR already.", mend="Choose another name.")


def _ror(text: str) -> str | None:
    if not text:
        return None
    if (found := _ROR.fullmatch(text.lower())) is None:
        raise InvalidValue(f"{text[:80]!r} is no ROR.", mend="Write it like https://ror.org/02nv7yv05.")
    return f"https://ror.org/{found[1]}"


def _country(text: str) -> str | None:
    if not text:
        return None
    if not _COUNTRY.fullmatch(text):
        raise InvalidValue(f"{text[:40]!r} is no country.", mend="Give two capital letters, such as JP or DE.")
    return text
