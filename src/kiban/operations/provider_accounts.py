"""What a provider says of people, and what becomes of it here: accounts, organisations, groups.

An identity is an issuer with a subject, and nothing else: names and e-mail addresses change hands, so none of them ever
ties an account to somebody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kiban.access.asker_of import anonymous
from kiban.errors import Conflict, NotLoggedIn, Refused
from kiban.federation.oidc import Identity
from kiban.operations.accounts import require_operator
from kiban.operations.audited import entry
from kiban.operations.resources import Resources, require_act
from kiban.operations.who_is import Visitor
from kiban.records.audit_entry import AuditEntry
from kiban.records.identity import new_uuid
from kiban.records.parties.directory import Directory, Entry
from kiban.records.parties.people import PartyKind, Person
from kiban.records.parties.provider import Provider
from kiban.records.party import Act, Asker

_ORCID = "https://orcid.org"
_ORCID_ID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_ATTEMPTS = 5


def person_of(resources: Resources, identity: Identity) -> Person | None:
    """Whom an identity is tied to."""
    return _tied(resources.directory.load(), identity.issuer, identity.subject)


def admit(resources: Resources, provider: Provider, identity: Identity, address: str) -> Person:
    """Make an account for somebody whom the provider knows. It has no role anywhere."""

    def made(directory: Directory) -> Person:
        return Person(
            id=new_uuid(),
            login=_free_login(directory, provider, identity.claims),
            name=_name(identity),
            email=_text(identity.claims.get("email")),
            orcid=_orcid(identity),
            identities=frozenset({(identity.issuer, identity.subject)}),
        )

    def said(person: Person) -> AuditEntry:
        asker = anonymous(resources.directory.load(), datetime.now(UTC), address=address)
        return entry(asker, "made account", subject=person.login, provider=provider.name)

    return _change(resources, provider.name, made, said)


def keep_up(resources: Resources, provider: Provider, identity: Identity, person: Person) -> Person:
    """Bring organisation and groups to what the provider says now, where the settings say what its words mean."""
    directory = resources.directory.load()
    entries = _kept_up(directory, provider, identity.claims, person)
    if entries:

        def changed(directory: Directory) -> list[Entry]:
            return _kept_up(directory, provider, identity.claims, directory.people[person.id])

        asker = anonymous(directory, datetime.now(UTC))

        def said(entries: list[Entry]) -> AuditEntry:
            what = sorted(type(each).__name__.lower() for each in entries)
            return entry(asker, "changed account", subject=person.login, provider=provider.name, what=what)

        _change_all(resources, provider.name, changed, said)
    return resources.directory.load().people[person.id]


def tie(visitor: Visitor, resources: Resources, person: UUID, identity: Identity) -> None:
    """Tie an identity to the account of whoever is logged in.

    Raises
    ------
    NotLoggedIn
        If that is somebody else by now.
    Conflict
        If it is tied to another account.
    """
    if visitor.person is None or visitor.person.id != person or visitor.session is None:
        raise NotLoggedIn("Somebody else is logged in by now.", mend="Log in, and begin again.")
    _tie(visitor.asker, resources, visitor.person, identity.issuer, identity.subject)


def tie_by_operator(asker: Asker, resources: Resources, person: Person, issuer: str, subject: str) -> Person:
    """Tie an identity to somebody's account, as an operator who knows who it is. Raises Conflict, Refused."""
    require_operator(asker)
    if person.kind is not PartyKind.PERSON:
        raise Refused("An instrument does not log in.", mend="Give it a token that can deposit and nothing else.")
    return _tie(asker, resources, person, issuer, subject)


def untie(asker: Asker, resources: Resources, person: Person, issuer: str, subject: str) -> Person:
    """Have an identity let nobody into this account any more; one's own, or for an operator anybody's."""
    require_act(asker, Act.ADMINISTER)
    if asker.id != person.id:
        require_operator(asker)

    def changed(directory: Directory) -> Person:
        found = directory.people[person.id]
        return replace(found, identities=found.identities - {(issuer, subject)})

    line = entry(asker, "untied identity", subject=person.login, issuer=issuer)
    return _change(resources, asker.party, changed, lambda _: line)


def _tie(asker: Asker, resources: Resources, person: Person, issuer: str, subject: str) -> Person:
    def changed(directory: Directory) -> Person:
        tied = _tied(directory, issuer, subject)
        if tied is not None and tied.id != person.id:
            raise Conflict("This identity is tied to another account.", mend="Untie it there first.")
        found = directory.people[person.id]
        return replace(found, identities=found.identities | {(issuer, subject)})

    line = entry(asker, "tied identity", subject=person.login, issuer=issuer)
    return _change(resources, asker.party, changed, lambda _: line)


def _tied(directory: Directory, issuer: str, subject: str) -> Person | None:
    return next((each for each in directory.people.values() if (issuer, subject) in each.identities), None)


def _change(
    resources: Resources, by: str, make: Callable[[Directory], Person], said: Callable[[Person], AuditEntry]
) -> Person:
    made: list[Person] = []

    def entries(directory: Directory) -> list[Entry]:
        made.append(make(directory))
        return [made[-1]]

    _change_all(resources, by, entries, lambda _: said(made[-1]))
    return made[-1]


def _change_all(
    resources: Resources,
    by: str,
    make: Callable[[Directory], list[Entry]],
    said: Callable[[list[Entry]], AuditEntry],
) -> None:
    for attempt in range(_ATTEMPTS):
        directory = resources.directory.load()
        entries = make(directory)
        try:
            audit = [said(entries)] if entries else []
            resources.directory.change(entries, by=by, expected=directory.revision, audit=audit)
        except Conflict:
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return


def _kept_up(directory: Directory, provider: Provider, claims: Mapping[str, Any], person: Person) -> list[Entry]:
    entries: list[Entry] = []
    organisation = _organisation(directory, provider, claims)
    if organisation is not None and organisation != person.organisation:
        entries.append(replace(person, organisation=organisation))
    if provider.groups_claim is not None and provider.groups_claim in claims:
        said = {provider.groups[value] for value in _texts(claims[provider.groups_claim]) if value in provider.groups}
        for group in directory.groups.values():
            # Groups that the provider does not speak of are looked after here.
            if group.name in provider.groups.values() and (group.name in said) != (person.id in group.members):
                members = group.members | {person.id} if group.name in said else group.members - {person.id}
                entries.append(replace(group, members=members))
    return entries


def _organisation(directory: Directory, provider: Provider, claims: Mapping[str, Any]) -> UUID | None:
    if provider.organisation_claim is None:
        return None
    for value in _texts(claims.get(provider.organisation_claim)):
        # `member@u-example.ac.jp`: the scope says where.
        ror = provider.organisations.get(value.rpartition("@")[2])
        for organisation in directory.organisations.values():
            if ror is not None and organisation.ror == ror:
                return organisation.id
    return None


def _free_login(directory: Directory, provider: Provider, claims: Mapping[str, Any]) -> str:
    wished = _text(claims.get("preferred_username")) or _text(claims.get("email")).partition("@")[0] or provider.name
    stem = re.sub(r"[^a-z0-9._-]", "", wished.lower())[:60] or provider.name
    login, n = stem, 1
    while directory.person_called(login) is not None:
        n += 1
        login = f"{stem}-{n}"
    return login


def _name(identity: Identity) -> str:
    claims = identity.claims
    parts = (_text(claims.get("given_name")), _text(claims.get("family_name")))
    return (_text(claims.get("name")) or " ".join(filter(None, parts)) or identity.subject)[:300]


def _orcid(identity: Identity) -> str | None:
    return identity.subject if identity.issuer == _ORCID and _ORCID_ID.fullmatch(identity.subject) else None


def _text(value: object) -> str:
    return value.strip()[:300] if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return re.split(r"[;\s]+", value)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
