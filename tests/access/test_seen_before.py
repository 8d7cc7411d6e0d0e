"""What is remembered of an asker, and of what it may see, is never other than what would be worked out again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.access import verdict
from kiban.access.asker_of import anonymous, asker_of
from kiban.access.granted import granted_in
from kiban.access.seen_before import SeenBefore
from kiban.access.verdict import Verdict, rule_giving, visible
from kiban.records.parties.directory import Decision, Directory
from kiban.records.parties.export_control import (
    CAUTIOUS,
    ExportClass,
    Release,
    ReleaseRow,
    ReleaseTable,
    Residency,
)
from kiban.records.parties.people import Group, Organisation, Person
from kiban.records.parties.right import Right, Role
from kiban.records.parties.terms import Agreement, Guest, Invitation, Participant, Project, RoleGrant
from kiban.records.party import EVERY_ACT, Act, Asker
from kiban.records.scope import Scope, Tier

START = datetime(2026, 4, 1, tzinfo=UTC)
MOMENTS = [START + timedelta(days=day) for day in range(5)]
CLOCK = sorted({moment + timedelta(microseconds=d) for moment in MOMENTS for d in (-1, 0, 1)})


def ids(kind: int, n: int) -> list[UUID]:
    return [UUID(int=kind << 64 | i) for i in range(n)]


PEOPLE, ORGANISATIONS, GROUPS, PROJECTS, AGREEMENTS, INVITATIONS = (ids(kind, 3) for kind in range(6))
moments = st.sampled_from(MOMENTS)
ends = st.one_of(st.none(), moments)
parties = st.sampled_from(PEOPLE + ORGANISATIONS + GROUPS)
rights = st.frozensets(st.sampled_from((Right.EXISTS, Right.METADATA, Right.DATA, Right.USE, Right.JOINT)), min_size=1)
people = st.builds(
    Person,
    id=st.sampled_from(PEOPLE),
    login=st.just("x"),
    name=st.just("x"),
    organisation=st.one_of(st.none(), st.sampled_from(ORGANISATIONS)),
    residency=st.sampled_from(Residency),
    is_active=st.sampled_from((True, True, True, False)),
    until=ends,
)
organisations = st.builds(
    Organisation, id=st.sampled_from(ORGANISATIONS), name=st.just("x"), country=st.sampled_from(("JP", "DE", None))
)
groups = st.builds(Group, id=st.sampled_from(GROUPS), name=st.just("x"), members=st.frozensets(st.sampled_from(PEOPLE)))
grants = st.lists(
    st.builds(RoleGrant, party=parties, role=st.sampled_from(Role), since=moments, until=ends), max_size=4
)
projects = st.builds(Project, id=st.sampled_from(PROJECTS), name=st.text("ab", min_size=1), grants=grants.map(tuple))
participants = st.lists(
    st.builds(Participant, party=parties, rights=rights, since=moments, accepted_at=ends, left_at=ends), max_size=4
)
agreements = st.builds(
    Agreement,
    id=st.sampled_from(AGREEMENTS),
    name=st.just("x"),
    keeper=st.just(PROJECTS[0]),
    starts=st.sampled_from(MOMENTS[:2]),
    ends=st.one_of(st.none(), st.sampled_from(MOMENTS[2:])),
    participants=participants.map(tuple),
)
guests = st.lists(st.builds(Guest, party=parties, rights=rights, since=moments, until=ends), max_size=3).map(tuple)
invitations = st.builds(Invitation, id=st.sampled_from(INVITATIONS), project=st.just(PROJECTS[0]), guests=guests)
decisions = st.builds(
    Decision,
    id=st.sampled_from(ids(6, 2)),
    scope=st.integers(0, 5),
    party=parties,
    allowed=st.booleans(),
    ground=st.just("x"),
    by=st.just("x"),
)
LENIENT = ReleaseTable((ReleaseRow(says=Release.ALLOW, reason="All of it."),))


@st.composite
def scopes(draw: st.DrawFn) -> list[Scope]:
    found = []
    for number in range(draw(st.integers(1, 6))):
        tier = draw(st.sampled_from(Tier))
        export_class = draw(st.sampled_from(ExportClass))
        found.append(
            Scope(
                number=number,
                project=draw(st.sampled_from(PROJECTS)),
                tier=tier,
                agreement=draw(st.sampled_from(AGREEMENTS)) if tier is Tier.SHARED else None,
                closed_until=draw(ends),
                invitation=draw(st.one_of(st.none(), st.sampled_from(INVITATIONS))),
                export_class=export_class,
                export_item="EAR 3A" if export_class is ExportClass.LISTED else None,
            )
        )
    return found


changes = st.one_of(
    st.one_of(people, organisations, groups, projects, agreements, invitations, decisions).map(lambda e: ("entry", e)),
    st.sampled_from((CAUTIOUS, LENIENT)).map(lambda table: ("table", table)),
    scopes().map(lambda some: ("scopes", some)),
    st.just(("nothing", None)),
)
acts = st.sampled_from((EVERY_ACT, frozenset({Act.READ}), frozenset({Act.DEPOSIT})))
steps = st.tuples(changes, st.sampled_from(CLOCK), st.sampled_from((None, *PEOPLE)), acts, st.sampled_from(Right))


def again(directory: Directory, person: Person | None, at: datetime, allowed: frozenset[Act]) -> Asker:
    """The asker, of a directory that nobody has asked before, so that nothing is remembered of it."""
    copy = replace(directory, people=MappingProxyType(dict(directory.people)))
    return anonymous(copy, at) if person is None else asker_of(copy, person, at, acts=allowed)


def plainly(directory: Directory, person: Person, at: datetime) -> tuple[object, ...]:
    """What is granted to a person, looked for everywhere."""
    own = directory.parties_of(person)
    roles = {p.id: grant.role for p in directory.projects.values() if (grant := p.role_of(own, at)) is not None}
    signed = {
        a.id
        for a in directory.agreements.values()
        if a.holds_at(at) and any(each.party in own and each.holds_at(at) for each in a.participants)
    }
    invited = {i.id for i in directory.invitations.values() if any(g.party in own and g.holds_at(at) for g in i.guests)}
    # Of two decisions about one scope, one for the person and one for a group, the refusal counts.
    decided = {d.scope for d in directory.decisions.values() if d.party in own and d.allowed}
    decided -= {d.scope for d in directory.decisions.values() if d.party in own and not d.allowed}
    return roles, signed, invited, decided


@given(first=st.lists(changes, max_size=12), then=st.lists(steps, min_size=3, max_size=12))
@settings(deadline=None, max_examples=200)
def test_it_is_never_stale_whatever_changes_and_wherever_the_clock_stands(first: list, then: list) -> None:
    directory, all_scopes, seen = Directory(), (), SeenBefore()

    def change(what: str, value: object) -> None:
        nonlocal directory, all_scopes
        if what == "entry":
            directory = replace(directory.with_entries([value]), revision=directory.revision + 1)
        elif what == "table":
            directory = replace(directory, releases=value)
        elif what == "scopes":
            all_scopes = tuple(value)

    for what, value in first:
        change(what, value)
    for (what, value), at, person_id, allowed, right in then:
        change(what, value)
        # The moment itself, and those that the sequence comes back to, so that what was remembered is asked for.
        for moment in (at, MOMENTS[2], at):
            person = directory.people.get(person_id) if person_id is not None else None
            if person is None:
                asker = anonymous(directory, moment)
            else:
                asker = asker_of(directory, person, moment, acts=allowed)
                assert granted_in(directory).parties_of(person) == directory.parties_of(person)
                if person.acts_at(moment):
                    has = (dict(asker.roles), set(asker.agreements), set(asker.invitations), set(asker.decided))
                    assert has == plainly(directory, person, moment)
            assert asker == again(directory, person, moment, allowed)
            assert seen.visible(asker, all_scopes, right) == visible(asker, all_scopes, right)
            for scope in all_scopes:
                assert seen.rules_giving(asker, all_scopes, [scope], right) == {rule_giving(asker, scope, right)}
            giving = {rule_giving(asker, scope, right) for scope in all_scopes}
            assert seen.rules_giving(asker, all_scopes, all_scopes, right) == giving


def asker(**changes: object) -> Asker:
    return Asker(**{"party": "p", "at": START, "roles": {PROJECTS[0]: Role.READER}, **changes})


OPEN = tuple(
    Scope(number=n, project=PROJECTS[0], tier=tier, export_class=ExportClass.NOT_LISTED)
    for n, tier in enumerate((Tier.OPEN, Tier.CLOSED))
)


def count_questions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    asked: list[int] = []
    rule = verdict.rules()[0]

    class Counting:
        name = rule.name
        is_steady = True

        def judge(self, asker: Asker, scope: Scope) -> Verdict | None:
            asked.append(scope.number)
            return rule.judge(asker, scope)

    known = (Counting(), *verdict.rules()[1:])
    for module in ("verdict", "seen_before"):
        monkeypatch.setattr(f"kiban.access.{module}.rules", lambda: known)
    return asked


def test_the_rules_are_asked_once_for_the_same_asker(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, seen = count_questions(monkeypatch), SeenBefore()
    for n in range(3):
        moment = START + timedelta(hours=n)
        said_by_the_way = {"address": f"10.0.0.{n}", "project": PROJECTS[n], "token_project": PROJECTS[n]}
        whoever = asker(at=moment, token_ends=moment + timedelta(days=1), **said_by_the_way)
        seen.visible(whoever, OPEN, Right.METADATA)
    assert len(asked) == 2
    seen.visible(asker(roles={PROJECTS[0]: Role.OWNER}), OPEN, Right.METADATA)
    seen.visible(asker(), tuple(OPEN[:1]), Right.METADATA)
    seen.visible(asker(), tuple(OPEN[:1]), Right.DATA)
    assert len(asked) == 6


def test_the_rules_are_asked_once_which_of_them_gives_a_right(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, seen = count_questions(monkeypatch), SeenBefore()
    seen.visible(asker(), OPEN, Right.METADATA)
    for n in range(3):
        given = seen.rules_giving(asker(at=START + timedelta(hours=n)), OPEN, OPEN[1:], Right.METADATA)
        assert given == {"project_member"}
    assert asked == [0, 1, 1]


def test_a_rule_that_is_not_steady_is_asked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = SeenBefore()
    hour = {"now": 12}

    class OfficeHours:
        name = "office_hours"

        def judge(self, asker: Asker, scope: Scope) -> Verdict | None:
            return Verdict(True, "It is day.") if hour["now"] < 18 else Verdict(False, "It is evening.")

    known = (OfficeHours(), *verdict.rules())
    for module in ("verdict", "seen_before"):
        monkeypatch.setattr(f"kiban.access.{module}.rules", lambda: known)
    assert seen.visible(asker(), OPEN, Right.METADATA).numbers == {0, 1}
    assert seen.rules_giving(asker(), OPEN, OPEN[1:], Right.METADATA) == {"office_hours"}
    hour["now"] = 19
    assert seen.visible(asker(), OPEN, Right.METADATA).numbers == set()
    assert seen.rules_giving(asker(), OPEN, OPEN[1:], Right.METADATA) == {"project_member"}


def test_rules_that_come_or_go_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, known = SeenBefore(), verdict.rules()
    assert seen.visible(asker(), OPEN, Right.METADATA).numbers == {0, 1}
    fewer = tuple(rule for rule in known if rule.name != "project_member")
    for module in ("verdict", "seen_before"):
        monkeypatch.setattr(f"kiban.access.{module}.rules", lambda: fewer)
    assert seen.visible(asker(), OPEN, Right.METADATA).numbers == {0}


def test_all_rules_of_ours_are_steady() -> None:
    assert all(getattr(rule, "is_steady", False) for rule in verdict.rules())


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiban.access.seen_before._REMEMBERED", 2)
    asked, seen = count_questions(monkeypatch), SeenBefore()
    told = []
    for party in ("a", "b", "c", "c", "a", "c", "a", "b", "a"):
        before = len(asked)
        seen.visible(asker(party=party), OPEN, Right.METADATA)
        told.append(len(asked) > before)
    # The newest two are kept, and of these the one that was asked for last.
    assert told == [True, True, True, False, True, False, False, True, False]


def dense_directory() -> tuple[Directory, Person]:
    """A person whose every right begins or ends at another moment."""
    person = Person(
        id=PEOPLE[0], login="sato", name="Sato", organisation=ORGANISATIONS[0], residency=Residency.RESIDENT
    )
    use = frozenset({Right.USE})
    early, one, two, three, late = MOMENTS
    grants = (
        RoleGrant(party=person.id, role=Role.READER, since=one, until=three),
        RoleGrant(party=GROUPS[0], role=Role.OWNER, since=two, until=late),
    )
    signed = (
        Participant(party=ORGANISATIONS[0], rights=use, since=early, accepted_at=one, left_at=two),
        Participant(party=person.id, rights=frozenset({Right.EXISTS}), since=three, accepted_at=early),
    )
    guest = Guest(party=person.id, rights=use, since=one, until=two)
    entries = (
        person,
        Organisation(id=ORGANISATIONS[0], name="University", country="JP"),
        Group(id=GROUPS[0], name="Team", members=frozenset({person.id})),
        Project(id=PROJECTS[0], name="Batteries", grants=grants),
        Agreement(id=AGREEMENTS[0], name="Partners", keeper=PROJECTS[0], starts=early, ends=late, participants=signed),
        Invitation(id=INVITATIONS[0], project=PROJECTS[0], guests=(guest,)),
    )
    return Directory().with_entries(entries), person


def test_each_begin_and_end_is_noticed_whichever_way_the_clock_goes() -> None:
    directory, person = dense_directory()
    all_scopes = (
        Scope(number=0, project=PROJECTS[0], tier=Tier.CLOSED),
        Scope(number=1, project=PROJECTS[1], tier=Tier.SHARED, agreement=AGREEMENTS[0]),
        Scope(number=2, project=PROJECTS[1], tier=Tier.CLOSED, invitation=INVITATIONS[0]),
        *(
            Scope(number=3 + n, project=PROJECTS[1], tier=Tier.OPEN, closed_until=moment)
            for n, moment in enumerate(MOMENTS)
        ),
    )
    seen, answers = SeenBefore(), set()
    for at in (*CLOCK, *reversed(CLOCK), *CLOCK):
        asker = asker_of(directory, person, at)
        assert asker == again(directory, person, at, EVERY_ACT)
        answer = seen.visible(asker, all_scopes, Right.METADATA)
        assert answer == visible(asker, all_scopes, Right.METADATA)
        answers.add(answer)
        nobody = anonymous(directory, at)
        assert seen.visible(nobody, all_scopes, Right.METADATA) == visible(nobody, all_scopes, Right.METADATA)
    assert len(answers) == len(MOMENTS) + 1


def test_another_release_table_or_other_scopes_are_noticed() -> None:
    seen = SeenBefore()
    listed = tuple(replace(scope, export_class=ExportClass.LISTED, export_item="EAR 3A") for scope in OPEN)
    for _ in range(2):
        for all_scopes in (OPEN, listed):
            for table in (CAUTIOUS, LENIENT):
                whoever = asker(releases=table)
                assert seen.visible(whoever, all_scopes, Right.USE) == visible(whoever, all_scopes, Right.USE)
    assert seen.visible(asker(releases=LENIENT), listed, Right.USE).numbers == {0, 1}
    assert seen.visible(asker(), listed, Right.USE).numbers == set()


def test_a_release_that_was_refused_to_a_group_is_not_given_to_its_member() -> None:
    person, group = PEOPLE[0], GROUPS[0]
    directory = Directory().with_entries(
        [
            Person(id=person, login="x", name="x", organisation=ORGANISATIONS[0]),
            Group(id=group, name="x", members=frozenset({person})),
            *(
                Decision(id=each, scope=3, party=party, allowed=allowed, ground="x", by="x")
                for each, party, allowed in zip(ids(6, 2), (person, group), (True, False), strict=True)
            ),
        ]
    )
    assert asker_of(directory, directory.people[person], START).decided == frozenset()
    assert plainly(directory, directory.people[person], START)[3] == set()
