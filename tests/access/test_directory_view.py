"""Who may know of which people, organisations, projects and agreements."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from kiban.access.asker_of import anonymous, asker_of
from kiban.access.directory_view import DirectoryView, directory_view, speaks_for
from kiban.records.parties.directory import Directory
from kiban.records.parties.people import Group, Organisation, Person
from kiban.records.parties.right import READING, Role
from kiban.records.parties.terms import Agreement, Participant, Project, RoleGrant
from kiban.records.party import Act

NOW = datetime(2026, 4, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HOST, A, B, C = (uuid4() for _ in range(4))
"""The university, two companies that are parties to its agreement, and one that is not."""
PROJECT, OTHER, AGREEMENT, TEAM = (uuid4() for _ in range(4))
NAMES = ("owner", "student", "a_steward", "a_chemist", "b_steward", "b_chemist", "c_chemist", "operator", "guest")
ID = {name: uuid4() for name in NAMES}
OF = {"owner": HOST, "student": HOST, "a_steward": A, "a_chemist": A, "b_steward": B, "b_chemist": B, "c_chemist": C}


def _world(*, a: dict[str, object] | None = None, b: dict[str, object] | None = None) -> Directory:
    people = [
        Person(id=ID[n], login=n, name=n.title(), organisation=OF.get(n), is_operator=n == "operator") for n in NAMES
    ]
    in_force = {"accepted_at": NOW - DAY, "accepted_by": "somebody"}
    participants = tuple(
        Participant(party=party, rights=READING, since=NOW - 9 * DAY, **(in_force if given is None else given))  # type: ignore[arg-type]
        for party, given in ((A, a), (B, b))
    )
    grants = (
        RoleGrant(party=ID["owner"], role=Role.OWNER, since=NOW - DAY),
        RoleGrant(party=ID["guest"], role=Role.READER, since=NOW - 9 * DAY, until=NOW - DAY),
        RoleGrant(party=TEAM, role=Role.READER, since=NOW - DAY),
    )
    return Directory().with_entries(
        [
            *people,
            Organisation(id=HOST, name="University"),
            Organisation(id=A, name="Company A", stewards=frozenset({ID["a_steward"]})),
            Organisation(id=B, name="Company B", stewards=frozenset({ID["b_steward"]})),
            Organisation(id=C, name="Company C"),
            Group(id=TEAM, name="Team", organisation=HOST, members=frozenset({ID["student"]})),
            Project(id=PROJECT, name="Steel", organisation=HOST, grants=grants),
            Project(id=OTHER, name="Secret", organisation=C),
            Agreement(id=AGREEMENT, name="Partners", keeper=PROJECT, starts=NOW - 9 * DAY, participants=participants),
        ]
    )


def _view(name: str, directory: Directory, acts: frozenset[Act] = frozenset(Act)) -> DirectoryView:
    return directory_view(asker_of(directory, directory.people[ID[name]], NOW, acts=acts), directory)


def _parties(view: DirectoryView) -> list[UUID]:
    return [p.party for p in view.agreements[AGREEMENT].participants] if AGREEMENT in view.agreements else []


def test_an_outsider_learns_nothing_of_what_others_have() -> None:
    view = _view("c_chemist", _world())
    assert set(view.organisations) == {C}
    assert set(view.people) == {ID["c_chemist"]}
    assert not view.agreements
    assert not view.projects
    assert not view.groups
    assert not view.keepers


def test_anonymous_and_those_who_only_deliver_know_of_nothing() -> None:
    world = _world()
    assert directory_view(anonymous(world, NOW), world) == DirectoryView(
        organisations={}, people={}, groups={}, projects={}, agreements={}, keepers={}
    )
    assert _view("owner", world, frozenset({Act.DEPOSIT})) == DirectoryView()


def test_a_party_knows_the_other_parties_and_not_their_people() -> None:
    view = _view("a_chemist", _world())
    assert _parties(view) == [A, B]
    assert set(view.people) == {ID["a_chemist"], ID["a_steward"]}
    assert {view.organisations[i].name for i in view.organisations} == {"Company A", "Company B"}
    assert view.organisations[B].stewards == frozenset()
    assert view.keepers[AGREEMENT].project == "Steel"
    assert view.keepers[AGREEMENT].organisation == "University"
    assert not view.projects
    assert all(p.accepted_by == "" for p in view.agreements[AGREEMENT].participants)


def test_who_is_invited_knows_the_terms_and_itself() -> None:
    world = _world(b={})
    assert _parties(_view("b_steward", world)) == [B]
    assert A not in _view("b_steward", world).organisations
    assert not _view("b_chemist", world).agreements
    assert _parties(_view("a_chemist", world)) == [A]
    assert B not in _view("a_chemist", world).organisations


def test_who_has_left_knows_itself_and_its_people_nothing() -> None:
    world = _world(a={"accepted_at": NOW - 2 * DAY, "accepted_by": "x", "left_at": NOW})
    assert _parties(_view("a_steward", world)) == [A]
    assert not _view("a_chemist", world).agreements
    assert _parties(_view("b_chemist", world)) == [B]


def test_the_keepers_stewards_know_every_party_and_who_accepted() -> None:
    view = _view("owner", _world(b={}))
    assert _parties(view) == [A, B]
    assert [p.accepted_by for p in view.agreements[AGREEMENT].participants] == ["somebody", ""]
    assert _parties(_view("student", _world(b={}))) == [A]


def test_members_know_each_other_and_stewards_those_who_were() -> None:
    world = _world()
    assert set(_view("owner", world).people) == {ID["owner"], ID["student"], ID["guest"]}
    student = _view("student", world)
    assert {grant.party for grant in student.projects[PROJECT].grants} == {ID["owner"], TEAM}
    assert ID["guest"] not in student.people
    assert student.groups[TEAM].members == {ID["student"]}


def test_an_organisation_with_a_role_shows_its_people_to_those_beside_it() -> None:
    world = _world()
    steel = world.projects[PROJECT]
    grants = (*steel.grants, RoleGrant(party=C, role=Role.READER, since=NOW - DAY))
    world = world.with_entries([replace(steel, grants=grants)])
    assert ID["c_chemist"] in _view("student", world).people
    assert ID["student"] in _view("c_chemist", world).people


def test_an_operator_knows_all() -> None:
    world = _world()
    view = _view("operator", world)
    assert view.agreements == world.agreements
    assert view.people == world.people
    # A narrow token of an operator is no operator.
    assert not _view("operator", world, frozenset({Act.READ})).agreements


@pytest.mark.parametrize(
    ("name", "party", "expected"),
    [("a_steward", A, True), ("a_chemist", A, False), ("a_steward", B, False), ("guest", ID["guest"], True)],
)
def test_who_speaks_for_a_party(name: str, party: UUID, expected: bool) -> None:
    world = _world()
    assert speaks_for(asker_of(world, world.people[ID[name]], NOW), party, world) is expected
