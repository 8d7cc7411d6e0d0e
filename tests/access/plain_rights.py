"""Who may do what with a record, worked out from a history by brute force, in the plain words of what was promised.

It is the judge of Kiban's rules and must not import them: it knows `plain_history` alone.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from .plain_history import Place, RowAdded, State

EVERY_ACT = frozenset({"read", "deposit", "write", "administer"})
_SEE = frozenset({"exists", "metadata", "data", "use", "joint"})
_OF_ROLE = {
    "reader": _SEE,
    "contributor": _SEE | {"write"},
    "steward": _SEE | {"write", "decide", "reshare"},
    "owner": _SEE | {"write", "decide", "reshare"},
}
_OF_ACT = {
    "read": _SEE | {"reshare"},
    "deposit": frozenset({"exists", "metadata", "data", "write"}),
    "write": _SEE | {"reshare", "write"},
    "administer": _SEE | {"reshare", "write", "decide"},
}
# What is promised with a right: who may use values may read them, who may read values may read what describes them.
_WITH = {
    "exists": {"exists"},
    "metadata": {"exists", "metadata"},
    "data": {"exists", "metadata", "data"},
    "use": {"exists", "metadata", "data", "use"},
    "joint": {"exists", "joint"},
    "reshare": {*_SEE, "reshare"},
}


def rights(
    state: State,
    person: UUID | None,
    place: Place,
    now: datetime,
    acts: frozenset[str] = EVERY_ACT,
    within: UUID | None = None,
) -> frozenset[str]:
    """All that the person (or, for `None`, whoever has not logged in) may do with a record that lies there.

    With a token that is good `within` one project, there is nothing of what its owner has elsewhere, nor by agreements,
    invitations and decisions.
    """
    who = state.people[person] if person is not None and is_in_force(state, person, now) else None
    parties = _parties(state, person, now)
    if who is None:
        person, acts, within = None, frozenset({"read"}), None

    project = state.projects[place.project]
    tier, agreement = (project.tier, project.agreement) if place.tier is None else (place.tier, place.agreement)
    given: set[str] = set()

    roles = roles_in(state, person, place.project, now, within)
    is_member = bool(roles)
    for role in roles:
        given |= _OF_ROLE[role]

    as_guest: set[str] = set()
    for guest in state.guests.get(place.invitation, []) if place.invitation is not None and within is None else []:
        if guest.party in parties and guest.since <= now and (guest.until is None or now < guest.until):
            as_guest |= _with_all(guest.rights)
    given |= as_guest

    is_embargoed = place.closed_until is not None and now < place.closed_until
    if not is_embargoed:
        if tier == "open":
            given |= _SEE | {"reshare"}
        if tier == "shared" and agreement is not None and within is None:
            given |= _by_agreement(state, agreement, parties, now)

    relation = "member" if is_member else "public" if tier == "open" and not is_embargoed else "party"
    residency = who.residency if who is not None else "unknown"
    country = _country(state, person)
    decided_for = parties if within is None else set()
    if not _may_be_released(state, place, relation, residency, country, decided_for):
        return frozenset()
    allowed_to_token = set().union(*(_OF_ACT[act] for act in acts))
    return frozenset(given & allowed_to_token)


def roles_in(state: State, person: UUID | None, project: UUID, now: datetime, within: UUID | None = None) -> set[str]:
    """The roles that somebody has in a project, by whatever party."""
    parties = _parties(state, person, now) if within in {None, project} else set()
    return {
        role.role
        for role in state.roles.get(project, [])
        if role.party in parties and role.since <= now and (role.until is None or now < role.until)
    }


def _parties(state: State, person: UUID | None, now: datetime) -> set[UUID]:
    if person is None or not is_in_force(state, person, now):
        return set()
    parties = {person, *(group for group, members in state.groups.items() if person in members)}
    organisation = state.people[person].organisation
    return parties if organisation is None else parties | {organisation}


def is_in_force(state: State, person: UUID, now: datetime) -> bool:
    """Whoever has no account that is in force is a stranger, with whatever token."""
    who = state.people.get(person)
    return who is not None and who.active and (who.until is None or now < who.until)


def _with_all(rights: frozenset[str]) -> set[str]:
    return set().union(*(_WITH[right] for right in rights))


def _by_agreement(state: State, agreement: UUID, parties: set[UUID], now: datetime) -> set[str]:
    agreed = state.agreements.get(agreement)
    if agreed is None or now < agreed.starts or (agreed.ends is not None and now >= agreed.ends):
        return set()
    given: set[str] = set()
    for party, part in agreed.parties.items():
        if party not in parties or part.accepted_at is None:
            continue
        has_begun = part.since <= now and part.accepted_at <= now
        has_left = part.left_at is not None and part.left_at <= now
        if has_begun and not has_left:
            given |= _with_all(part.rights)
    return given


def _country(state: State, person: UUID | None) -> str | None:
    if person is None:
        return None
    who = state.people[person]
    if who.country is not None:
        return who.country
    organisation = state.organisations.get(who.organisation) if who.organisation is not None else None
    return organisation.country if organisation is not None else None


def _may_be_released(
    state: State, place: Place, relation: str, residency: str, country: str | None, parties: set[UUID]
) -> bool:
    """Export control: the operator's rows from the top, then the cautious ones that Kiban comes with."""
    says = next((row.says for row in state.rows if _fits(row, place, relation, residency, country)), None)
    if says is None:
        is_here = residency == "resident" and country == "JP"
        if place.export_class == "not listed":
            says = "allow"
        elif place.export_class == "listed":
            says = "refuse" if relation == "public" else "allow" if is_here else "ask"
        elif relation == "public" or is_here:
            says = "allow"
        else:
            says = "allow" if relation == "member" and residency in {"resident", "unknown"} else "refuse"
    if says == "ask":
        decided = {state.releases[place, party] for party in parties if (place, party) in state.releases}
        return decided == {True}
    return says == "allow"


def _fits(row: RowAdded, place: Place, relation: str, residency: str, country: str | None) -> bool:
    return (
        (not row.classes or place.export_class in row.classes)
        and (not row.relations or relation in row.relations)
        and (not row.residencies or residency in row.residencies)
        and (not row.countries or country in row.countries)
        and (not row.items or any((place.export_item or "").startswith(item) for item in row.items))
    )
