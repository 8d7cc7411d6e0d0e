"""A plain state of the world as entries of Kiban's directory and as scopes."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid5

from kiban.records.parties.directory import Decision, Directory
from kiban.records.parties.export_control import (
    CAUTIOUS,
    ExportClass,
    Relation,
    Release,
    ReleaseRow,
    ReleaseTable,
    Residency,
)
from kiban.records.parties.people import Group, Organisation, Person
from kiban.records.parties.right import Right, Role
from kiban.records.parties.terms import Agreement, Guest, Invitation, Participant, Project, RoleGrant
from kiban.records.scope import Scope, ScopeTerms, Tier

from .plain_history import Place, RowAdded, State

_SPACE = UUID("8d1c3b1e-6f0a-4a53-9f0a-3f2f6f6a0000")


def organisation(state: State, identity: UUID) -> Organisation:
    return Organisation(id=identity, name=name("organisation", identity), country=state.organisations[identity].country)


def person(state: State, identity: UUID) -> Person:
    who = state.people[identity]
    return Person(
        id=identity,
        login=name("p", identity),
        name=name("person", identity),
        organisation=who.organisation,
        country=who.country,
        residency=Residency(who.residency),
        is_operator=who.operator,
        is_export_officer=who.operator,
        is_active=who.active,
        until=who.until,
    )


def group(state: State, identity: UUID) -> Group:
    return Group(id=identity, name=name("group", identity), members=state.groups[identity])


def project(state: State, identity: UUID) -> Project:
    says = state.projects[identity]
    grants = tuple(
        RoleGrant(party=each.party, role=Role(each.role), since=each.since, until=each.until)
        for each in state.roles.get(identity, [])
    )
    return Project(
        id=identity, name=name("project", identity), tier=Tier(says.tier), agreement=says.agreement, grants=grants
    )


def agreement(state: State, identity: UUID) -> Agreement:
    agreed = state.agreements[identity]
    participants = tuple(
        Participant(
            party=party,
            rights=frozenset(map(Right, part.rights)),
            since=part.since,
            accepted_at=part.accepted_at,
            left_at=part.left_at,
        )
        for party, part in agreed.parties.items()
    )
    return Agreement(
        id=identity,
        name=name("agreement", identity),
        keeper=agreed.keeper,
        starts=agreed.starts,
        ends=agreed.ends,
        participants=participants,
    )


def invitation(state: State, identity: UUID) -> Invitation:
    said = state.guests[identity]
    guests = tuple(
        Guest(party=each.party, rights=frozenset(map(Right, each.rights)), since=each.since, until=each.until)
        for each in said
    )
    return Invitation(id=identity, project=said[0].project, guests=guests)


def decisions(state: State, numbers: Mapping[Place, int]) -> list[Decision]:
    return [
        Decision(
            id=uuid5(_SPACE, f"{place}{party}"),
            scope=numbers[place],
            party=party,
            allowed=allowed,
            ground="test",
            by="test",
        )
        for (place, party), allowed in state.releases.items()
        if place in numbers
    ]


def releases(state: State) -> ReleaseTable:
    return ReleaseTable((*map(_row, state.rows), *CAUTIOUS.rows))


def _row(row: RowAdded) -> ReleaseRow:
    return ReleaseRow(
        classes=frozenset(map(ExportClass, row.classes)),
        relations=frozenset(map(Relation, row.relations)),
        residencies=frozenset(map(Residency, row.residencies)),
        countries=row.countries,
        items=row.items,
        says=Release(row.says),
        reason="The operator says so.",
    )


def directory(state: State, numbers: Mapping[Place, int]) -> Directory:
    """All of it, as it is held in memory."""
    made = Directory(releases=releases(state))
    return made.with_entries(
        [
            *(organisation(state, each) for each in state.organisations),
            *(person(state, each) for each in state.people),
            *(group(state, each) for each in state.groups),
            *(project(state, each) for each in state.projects),
            *(agreement(state, each) for each in state.agreements),
            *(invitation(state, each) for each in state.guests),
            *decisions(state, numbers),
        ]
    )


def scope_terms(state: State, place: Place) -> ScopeTerms:
    """What `ensure_scope` is asked for."""
    says = state.projects[place.project]
    return ScopeTerms(
        project=place.project,
        tier=Tier(says.tier if place.tier is None else place.tier),
        agreement=says.agreement if place.tier is None else place.agreement,
        follows=place.tier is None,
        closed_until=place.closed_until,
        invitation=place.invitation,
        export_class=ExportClass(place.export_class),
        export_item=place.export_item,
    )


def scope(state: State, place: Place, number: int) -> Scope:
    return Scope.numbered(number, scope_terms(state, place))


def name(kind: str, identity: UUID) -> str:
    """A name that tells one from another."""
    return f"{kind}-{identity.int % 10**9:09d}"
