"""Making an asker of a person's entry in the directory: what they have at one moment, and by what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from kiban.access.granted import Granted, granted_in
from kiban.records.parties.directory import Directory
from kiban.records.parties.people import Person
from kiban.records.parties.right import Membership, Role
from kiban.records.party import ANONYMOUS, EVERY_ACT, Act, Asker


def asker_of(
    directory: Directory,
    person: Person,
    at: datetime,
    *,
    acts: frozenset[Act] = EVERY_ACT,
    project: UUID | None = None,
    address: str = "",
) -> Asker:
    """What a person, or an instrument, is and has at this moment.

    An account that is not in force has what everybody has.

    Parameters
    ----------
    acts : frozenset of Act
        What the way it came in allows.
    project : UUID, optional
        Where it works; the first project that it may write to, unless given.
    """
    if not person.acts_at(at):
        return anonymous(directory, at, address=address)
    granted = granted_in(directory)
    known = granted.asker(person, acts, project, at)
    if known is None:
        known = _asker(directory, granted, person, at, acts=acts, project=project)
        granted.remember(known, person, acts, project, at)
    return replace(known, at=at, address=address)


def _asker(
    directory: Directory, granted: Granted, person: Person, at: datetime, *, acts: frozenset[Act], project: UUID | None
) -> Asker:
    parties = granted.parties_of(person)
    organisation = directory.organisations.get(person.organisation) if person.organisation else None
    roles = _roles(directory, granted, parties, at)
    return Asker(
        party=str(person.id),
        name=person.name,
        at=at,
        id=person.id,
        # Read-only: by which mappings an asker has is remembered what it sees.
        roles=MappingProxyType(roles),
        agreements=MappingProxyType(_agreements(directory, granted, parties, at)),
        invitations=MappingProxyType(_invitations(directory, granted, parties, at)),
        organisation=person.organisation,
        residency=person.residency,
        country=person.country or (organisation.country if organisation else None),
        releases=directory.releases,
        decided=_decided(directory, granted, parties),
        acts=acts,
        is_operator=person.is_operator and Act.ADMINISTER in acts,
        is_export_officer=person.is_export_officer and Act.ADMINISTER in acts,
        project=project or _first_to_write(directory, roles),
    )


def anonymous(directory: Directory, at: datetime, *, address: str = "") -> Asker:
    """Whoever has not said who it is."""
    return Asker(party=ANONYMOUS.party, at=at, acts=frozenset({Act.READ}), releases=directory.releases, address=address)


def _roles(directory: Directory, granted: Granted, parties: frozenset[UUID], at: datetime) -> dict[UUID, Role]:
    held = ((p, directory.projects[p].role_of(parties, at)) for p in granted.projects_of(parties))
    return {project: grant.role for project, grant in held if grant is not None}


def _first_to_write(directory: Directory, roles: dict[UUID, Role]) -> UUID | None:
    writable = (p for p, role in roles.items() if role.is_at_least(Role.CONTRIBUTOR))
    return min(writable, key=lambda p: (directory.projects[p].name, p), default=None)


def _decided(directory: Directory, granted: Granted, parties: frozenset[UUID]) -> frozenset[int]:
    """Scopes whose release to one of the parties was decided, and refused to none of them."""
    of_them = [directory.decisions[d] for d in granted.decisions_of(parties)]
    refused = {decision.scope for decision in of_them if not decision.allowed}
    return frozenset(decision.scope for decision in of_them if decision.scope not in refused)


def _agreements(
    directory: Directory, granted: Granted, parties: frozenset[UUID], at: datetime
) -> dict[UUID, Membership]:
    found = {}
    for agreement in (directory.agreements[a] for a in granted.agreements_of(parties)):
        held = [each for each in agreement.participants if each.party in parties and each.holds_at(at)]
        if held and agreement.holds_at(at):
            found[agreement.id] = Membership(
                rights=frozenset().union(*(each.rights for each in held)),
                through=_through(agreement.name, directory, (each.party for each in held)),
                since=min(max(agreement.starts, each.since, each.accepted_at or each.since) for each in held),
                until=_last([_first([agreement.ends, each.left_at]) for each in held]),
            )
    return found


def _invitations(
    directory: Directory, granted: Granted, parties: frozenset[UUID], at: datetime
) -> dict[UUID, Membership]:
    found = {}
    for invitation in (directory.invitations[i] for i in granted.invitations_of(parties)):
        held = [each for each in invitation.guests if each.party in parties and each.holds_at(at)]
        if held:
            found[invitation.id] = Membership(
                rights=frozenset().union(*(each.rights for each in held)),
                through=_through("an invitation", directory, (each.party for each in held)),
                since=min(each.since for each in held),
                until=_last([each.until for each in held]),
            )
    return found


def _through(name: str, directory: Directory, parties: Iterable[UUID]) -> str:
    return f"{name} ({', '.join(sorted({directory.name_of(party) for party in parties}))})"


def _first(ends: list[datetime | None]) -> datetime | None:
    return min((end for end in ends if end is not None), default=None)


def _last(ends: list[datetime | None]) -> datetime | None:
    """The end of what several give together; none where one of them has none."""
    return None if None in ends else max(end for end in ends if end is not None)
