"""What somebody has at a moment follows from the directory, to the microsecond."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from kiban.access.asker_of import anonymous, asker_of
from kiban.access.granted import granted_in
from kiban.records.parties.directory import Decision, Directory
from kiban.records.parties.export_control import Release, ReleaseRow, ReleaseTable, Residency
from kiban.records.parties.people import Group, Organisation, Person
from kiban.records.parties.right import READING, Right, Role
from kiban.records.parties.terms import Agreement, Guest, Invitation, Participant, Project, RoleGrant
from kiban.records.party import ANONYMOUS, EVERY_ACT, Act, Asker

START = datetime(2026, 4, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
AOI = Organisation(id=UUID(int=1), name="Aoi Steel", country="JP")
HANA = Person(id=UUID(int=2), login="hana", name="Hana", organisation=AOI.id, residency=Residency.RESIDENT)
TEAM = Group(id=UUID(int=3), name="Coatings", members=frozenset({HANA.id}))
OTHERS = Group(id=UUID(int=4), name="Furnaces", members=frozenset({UUID(int=99)}))
ALLOY, BRASS = (UUID(int=n) for n in (10, 11))
PACT, GUESTS = (UUID(int=n) for n in (20, 30))
PARTIES = [HANA.id, TEAM.id, AOI.id]


def directory(*more: object, person: Person = HANA) -> Directory:
    return Directory().with_entries([AOI, person, TEAM, OTHERS, *more])  # type: ignore[list-item]


def hana(found: Directory, at: datetime = START, **others: object) -> Asker:
    return asker_of(found, found.people[HANA.id], at, **others)  # type: ignore[arg-type]


def alloy(*grants: RoleGrant) -> Project:
    return Project(id=ALLOY, name="Alloy", grants=grants)


def grant(party: UUID, role: Role = Role.READER, since: datetime = START, until: datetime | None = None) -> RoleGrant:
    return RoleGrant(party=party, role=role, since=since, until=until)


def pact(*parts: Participant, starts: datetime = START, ends: datetime | None = None) -> Agreement:
    return Agreement(id=PACT, name="Pact", keeper=ALLOY, starts=starts, ends=ends, participants=parts)


def part(party: UUID, *rights: Right, **others: object) -> Participant:
    values = {"since": START, "accepted_at": START} | others
    return Participant(party=party, rights=frozenset(rights or (Right.DATA,)), **values)  # type: ignore[arg-type]


def test_somebody_is_of_the_groups_that_name_them_and_of_one_organisation() -> None:
    found = directory()
    assert found.parties_of(HANA) == granted_in(found).parties_of(HANA) == frozenset(PARTIES)
    alone = replace(HANA, id=UUID(int=5), organisation=None)
    assert found.parties_of(alone) == granted_in(found).parties_of(alone) == {alone.id}


@pytest.mark.parametrize("party", PARTIES)
def test_what_is_given_to_a_group_or_an_organisation_is_given_to_its_people(party: UUID) -> None:
    guests = Invitation(
        id=GUESTS, project=ALLOY, guests=(Guest(party=party, rights=frozenset({Right.METADATA}), since=START),)
    )
    decided = Decision(id=UUID(int=5), scope=7, party=party, allowed=True, ground="g", by="b")
    found = hana(directory(alloy(grant(party)), pact(part(party)), guests, decided))
    assert found.roles == {ALLOY: Role.READER}
    assert found.agreements[PACT].rights == {Right.EXISTS, Right.METADATA, Right.DATA}
    assert found.invitations[GUESTS].rights == {Right.EXISTS, Right.METADATA}
    assert found.decided == {7}


@pytest.mark.parametrize("party", [OTHERS.id, UUID(int=99), UUID(int=77)])
def test_what_is_given_to_others_is_not(party: UUID) -> None:
    guests = Invitation(id=GUESTS, project=ALLOY, guests=(Guest(party=party, rights=READING, since=START),))
    decided = Decision(id=UUID(int=5), scope=7, party=party, allowed=True, ground="g", by="b")
    found = hana(directory(alloy(grant(party)), pact(part(party)), guests, decided))
    assert (found.roles, found.agreements, found.invitations, found.decided) == ({}, {}, {}, frozenset())


def test_a_role_holds_from_its_beginning_until_its_end() -> None:
    found = directory(alloy(grant(HANA.id, since=START, until=START + DAY)))
    at = {START - TICK: {}, START: {ALLOY: Role.READER}, START + DAY - TICK: {ALLOY: Role.READER}, START + DAY: {}}
    assert {moment: dict(hana(found, moment).roles) for moment in at} == at


def test_the_highest_role_counts() -> None:
    for order in (Role.STEWARD, Role.READER, Role.CONTRIBUTOR), (Role.READER, Role.STEWARD, Role.CONTRIBUTOR):
        grants = [grant(party, role) for party, role in zip(PARTIES, order, strict=True)]
        assert hana(directory(alloy(*grants))).roles == {ALLOY: Role.STEWARD}
    ended = grant(HANA.id, Role.OWNER, until=START)
    assert hana(directory(alloy(ended, grant(AOI.id)))).roles == {ALLOY: Role.READER}


def test_an_agreement_holds_while_it_is_in_force() -> None:
    found = directory(pact(part(AOI.id, since=START - DAY, accepted_at=START - DAY), ends=START + DAY))
    holds = {START - TICK: False, START: True, START + DAY - TICK: True, START + DAY: False}
    assert {moment: PACT in hana(found, moment).agreements for moment in holds} == holds


def test_a_party_that_has_not_accepted_has_nothing() -> None:
    assert hana(directory(pact(part(AOI.id, accepted_at=None)))).agreements == {}
    found = directory(pact(part(AOI.id, accepted_at=START + DAY)))
    assert hana(found, START + DAY - TICK).agreements == {}
    assert PACT in hana(found, START + DAY).agreements
    early = directory(pact(part(AOI.id, since=START + DAY)))
    assert hana(early, START + DAY - TICK).agreements == {}
    assert PACT in hana(early, START + DAY).agreements


def test_who_leaves_has_nothing_from_that_moment() -> None:
    found = directory(pact(part(AOI.id, left_at=START + DAY)))
    assert PACT in hana(found, START + DAY - TICK).agreements
    assert hana(found, START + DAY).agreements == {}


def test_what_a_person_has_through_several_parties_is_joined_with_its_dates() -> None:
    first = part(AOI.id, Right.METADATA, left_at=START + 2 * DAY)
    second = part(HANA.id, Right.JOINT, since=START + DAY, left_at=START + 3 * DAY)
    found = directory(pact(first, second, ends=START + 5 * DAY))
    both = hana(found, START + DAY).agreements[PACT]
    assert both.rights == {Right.EXISTS, Right.METADATA, Right.JOINT}
    assert both.through == "Pact (Aoi Steel, Hana)"
    assert (both.since, both.until) == (START, START + 3 * DAY)
    assert hana(found, START + 2 * DAY).agreements[PACT].rights == {Right.EXISTS, Right.JOINT}
    assert hana(found, START).agreements[PACT].until == START + 2 * DAY


def test_an_agreement_that_ends_first_ends_what_it_gives() -> None:
    found = directory(pact(part(AOI.id, left_at=START + 2 * DAY), part(HANA.id), ends=START + DAY))
    assert hana(found).agreements[PACT].until == START + DAY
    endless = directory(pact(part(AOI.id, left_at=START + 2 * DAY), part(HANA.id)))
    assert hana(endless).agreements[PACT].until is None
    late = directory(pact(part(AOI.id, since=START - DAY, accepted_at=START + TICK)))
    assert hana(late, START + DAY).agreements[PACT].since == START + TICK


def test_guests_are_guests_for_a_time() -> None:
    def guest(party: UUID, right: Right, since: datetime, until: datetime | None) -> Guest:
        return Guest(party=party, rights=frozenset({right}), since=since, until=until)

    one = guest(HANA.id, Right.METADATA, START, START + DAY)
    other = guest(TEAM.id, Right.JOINT, START + TICK, None)
    found = directory(Invitation(id=GUESTS, project=ALLOY, guests=(one, other)))
    assert hana(found, START - TICK).invitations == {}
    alone = hana(found, START).invitations[GUESTS]
    assert (alone.rights, alone.since, alone.until) == ({Right.EXISTS, Right.METADATA}, START, START + DAY)
    both = hana(found, START + TICK).invitations[GUESTS]
    assert (both.rights, both.since, both.until) == ({Right.EXISTS, Right.METADATA, Right.JOINT}, START, None)
    assert "Coatings" in both.through
    assert hana(found, START + DAY).invitations[GUESTS].rights == {Right.EXISTS, Right.JOINT}


@pytest.mark.parametrize("change", [{"is_active": False}, {"until": START}, {"until": START - DAY}])
def test_an_account_that_is_not_in_force_has_what_everybody_has(change: dict[str, object]) -> None:
    gone = replace(HANA, is_operator=True, is_export_officer=True, **change)  # type: ignore[arg-type]
    found = directory(alloy(grant(HANA.id, Role.OWNER)), pact(part(AOI.id)), person=gone)
    asker = hana(found, address="10.0.0.1")
    assert asker == anonymous(found, START, address="10.0.0.1")
    assert (asker.party, asker.id, asker.acts) == (ANONYMOUS.party, None, {Act.READ})
    assert (asker.roles, asker.agreements, asker.is_operator, asker.address) == ({}, {}, False, "10.0.0.1")


def test_an_account_is_in_force_until_its_end() -> None:
    assert hana(directory(person=replace(HANA, until=START + TICK))).id == HANA.id


def test_where_somebody_is() -> None:
    assert hana(directory()).country == "JP"
    assert hana(directory(person=replace(HANA, country="DE"))).country == "DE"
    assert hana(directory(person=replace(HANA, organisation=None))).country is None
    assert hana(directory(person=replace(HANA, organisation=UUID(int=88)))).country is None
    assert hana(directory()).residency is Residency.RESIDENT
    assert anonymous(directory(), START).residency is Residency.UNKNOWN


def test_a_token_narrows_what_its_owner_is() -> None:
    chief = replace(HANA, is_operator=True, is_export_officer=True)
    found = directory(person=chief)
    whole = hana(found)
    assert (whole.acts, whole.is_operator, whole.is_export_officer) == (EVERY_ACT, True, True)
    narrow = hana(found, acts=frozenset({Act.WRITE}))
    assert (narrow.acts, narrow.is_operator, narrow.is_export_officer) == ({Act.WRITE}, False, False)
    plain = hana(directory())
    assert (plain.is_operator, plain.is_export_officer) == (False, False)


def test_a_refusal_of_a_release_counts_more_than_an_allowance() -> None:
    def decision(n: int, scope: int, party: UUID, *, allowed: bool) -> Decision:
        return Decision(id=UUID(int=n), scope=scope, party=party, allowed=allowed, ground="g", by="b")

    found = directory(
        decision(41, 7, AOI.id, allowed=True),
        decision(42, 7, HANA.id, allowed=False),
        decision(43, 8, HANA.id, allowed=False),
        decision(44, 9, TEAM.id, allowed=True),
        decision(45, 9, OTHERS.id, allowed=False),
    )
    assert hana(found).decided == {9}


def test_the_operators_table_is_the_one_that_counts() -> None:
    table = ReleaseTable((ReleaseRow(says=Release.REFUSE, reason="Nothing leaves."),))
    found = replace(directory(), releases=table)
    assert hana(found).releases is anonymous(found, START).releases is table


def test_what_somebody_adds_goes_where_they_may_add() -> None:
    brass = Project(id=BRASS, name="A brass project", grants=(grant(AOI.id, Role.CONTRIBUTOR),))
    assert hana(directory(alloy(grant(HANA.id, Role.CONTRIBUTOR)), brass)).project == BRASS  # first by name
    assert hana(directory(alloy(grant(HANA.id, Role.READER)), brass)).project == BRASS
    assert hana(directory(alloy(grant(HANA.id, Role.READER)))).project is None
    assert hana(directory(alloy(), brass), project=ALLOY).project == ALLOY
    assert anonymous(directory(brass), START).project is None


def test_who_asks_is_known_by_name_and_place() -> None:
    asker = hana(directory(), address="192.0.2.1")
    assert (asker.party, asker.name, asker.id) == (str(HANA.id), "Hana", HANA.id)
    assert (asker.at, asker.organisation, asker.address) == (START, AOI.id, "192.0.2.1")
    stranger = anonymous(directory(), START, address="192.0.2.1")
    assert (stranger.at, stranger.address, stranger.acts) == (START, "192.0.2.1", {Act.READ})
