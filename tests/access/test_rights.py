"""The words that rights are made of, and the sets that every search is given."""

from __future__ import annotations

from dataclasses import MISSING, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import InvalidValue, Refused
from kiban.operations.resources import Resources, may_act, require_act
from kiban.records.parties.export_control import ExportClass
from kiban.records.parties.right import READING, Right, Role, with_implied
from kiban.records.parties.terms import Agreement, Guest, Participant, Project, RoleGrant
from kiban.records.party import ANONYMOUS, EVERY_ACT, Act, Asker
from kiban.records.scope import MAX_SCOPES, Scope, ScopeTerms, Tier, Visible, bits
from kiban.store.memory_catalog import MemoryCatalog

START = datetime(2026, 4, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
PARTY, PROJECT, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
LADDER = (Right.EXISTS, Right.METADATA, Right.DATA, Right.USE)


def test_each_right_takes_along_what_it_needs() -> None:
    for n, right in enumerate(LADDER):
        assert with_implied({right}) == set(LADDER[: n + 1])
    assert with_implied({Right.JOINT}) == {Right.JOINT, Right.EXISTS}
    assert with_implied({Right.JOINT, Right.METADATA}) == {Right.JOINT, Right.EXISTS, Right.METADATA}
    for right in (Right.RESHARE, Right.WRITE, Right.DECIDE):
        assert with_implied({right}) == {*LADDER, Right.JOINT, right}
    assert with_implied(()) == frozenset()
    assert {*LADDER, Right.JOINT} == READING


def test_each_role_may_do_what_those_before_it_may() -> None:
    expected = {
        Role.READER: READING,
        Role.CONTRIBUTOR: READING | {Right.WRITE},
        Role.STEWARD: frozenset(Right),
        Role.OWNER: frozenset(Right),
    }
    assert {role: role.rights for role in Role} == expected
    assert [role.rank for role in Role] == [0, 1, 2, 3]
    for role in Role:
        assert [other for other in Role if role.is_at_least(other)] == list(Role)[: role.rank + 1]


@pytest.mark.parametrize("kind", [RoleGrant, Guest, Participant, Agreement])
def test_what_is_given_for_a_time_is_given_from_its_beginning_until_its_end(kind: type) -> None:
    end = START + DAY
    made = {
        RoleGrant: lambda until: RoleGrant(party=PARTY, role=Role.READER, since=START, until=until),
        Guest: lambda until: Guest(party=PARTY, rights=READING, since=START, until=until),
        Participant: lambda until: Participant(
            party=PARTY, rights=READING, since=START, accepted_at=START, left_at=until
        ),
        Agreement: lambda until: Agreement(id=OTHER, name="A", keeper=PROJECT, starts=START, ends=until),
    }[kind]
    moments = {START - TICK: False, START: True, end - TICK: True, end: False, end + DAY: False}
    assert {moment: made(end).holds_at(moment) for moment in moments} == moments
    assert {moment: made(None).holds_at(moment) for moment in moments} == {m: m >= START for m in moments}


def test_a_party_holds_from_the_later_of_its_date_and_its_acceptance() -> None:
    part = Participant(party=PARTY, rights=READING, since=START, accepted_at=START + DAY)
    assert (part.holds_at(START + DAY - TICK), part.holds_at(START + DAY)) == (False, True)
    part = replace(part, since=START + DAY, accepted_at=START)
    assert (part.holds_at(START + DAY - TICK), part.holds_at(START + DAY)) == (False, True)
    assert not replace(part, accepted_at=None).holds_at(START + 9 * DAY)


def test_agreements_and_invitations_never_give_more_than_reading_and_passing_on() -> None:
    for right in Right:
        for kind, refused in (
            (Participant, {Right.WRITE, Right.DECIDE}),
            (Guest, {Right.WRITE, Right.DECIDE, Right.RESHARE}),
        ):
            if right in refused:
                with pytest.raises(InvalidValue):
                    kind(party=PARTY, rights=frozenset({right, Right.DATA}), since=START)
            else:
                made = kind(party=PARTY, rights=frozenset({right}), since=START)
                assert made.rights == with_implied({right})


def test_the_highest_role_in_force_counts_and_of_two_that_which_lasts() -> None:
    def grant(party: UUID, role: Role, **others: datetime) -> RoleGrant:
        return RoleGrant(party=party, role=role, **({"since": START} | others))

    low, high = grant(PARTY, Role.READER), grant(OTHER, Role.OWNER)
    ended = grant(PARTY, Role.STEWARD, until=START)
    project = Project(id=PROJECT, name="P", grants=(low, high, ended))
    assert project.role_of([PARTY, OTHER], START) == high
    assert project.role_of([PARTY], START) == low
    assert project.role_of([PROJECT], START) is None
    assert project.role_of([PARTY, OTHER], START - TICK) is None
    short, long = grant(PARTY, Role.READER, until=START + DAY), grant(OTHER, Role.READER)
    for order in ((short, long), (long, short)):
        assert replace(project, grants=order).role_of([PARTY, OTHER], START) == long


def scope(number: int, tier: Tier = Tier.CLOSED, **others: object) -> Scope:
    return Scope(**({"number": number, "project": PROJECT, "tier": tier} | others))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": -1},
        {"number": MAX_SCOPES},
        {"tier": Tier.SHARED},
        {"tier": Tier.CLOSED, "agreement": OTHER},
        {"tier": Tier.OPEN, "agreement": OTHER},
        {"closed_until": datetime(2026, 1, 1)},
        {"export_class": ExportClass.LISTED},
        {"export_item": "EAR 3A001"},
        {"export_class": ExportClass.NOT_LISTED, "export_item": "EAR 3A001"},
    ],
)
def test_scopes_that_contradict_themselves_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        scope(**({"number": 1} | wrong))  # type: ignore[arg-type]


def test_scopes_at_the_ends_are_good() -> None:
    assert scope(0).number == 0
    assert scope(MAX_SCOPES - 1, Tier.SHARED, agreement=OTHER, closed_until=START).agreement == OTHER
    assert scope(1, export_class=ExportClass.LISTED, export_item="EAR 3A001").export_item == "EAR 3A001"


def test_an_embargo_ends_at_its_end() -> None:
    held = scope(1, closed_until=START)
    assert (held.is_embargoed_at(START - TICK), held.is_embargoed_at(START)) == (True, False)
    assert not scope(1).is_embargoed_at(START - 99 * DAY)


@given(numbers=st.frozensets(st.integers(0, 70)))
def test_bits_say_which_scopes_are_in_a_set(numbers: frozenset[int]) -> None:
    text = bits(numbers)
    assert {n for n, bit in enumerate(text) if bit == "1"} == numbers
    assert set(text) <= {"0", "1"}
    assert len(text) == max(numbers, default=0) + 1
    assert Visible(numbers).bits() == text


@given(*(st.frozensets(st.integers(0, 9)) for _ in range(3)))
def test_values_and_writing_never_go_beyond_what_is_seen(
    numbers: frozenset[int], data: frozenset[int], writable: frozenset[int]
) -> None:
    seen = Visible(numbers, data, writable)
    assert (seen.numbers, seen.data, seen.writable) == (numbers, data & numbers, writable & numbers)
    assert {n for n in range(10) if n in seen} == numbers
    whole = Visible(numbers)
    assert (whole.data, whole.writable) == (numbers, numbers)
    assert Visible.of([scope(n) for n in numbers]) == whole


def test_roles_of_an_asker() -> None:
    who = Asker(party="p", roles={PROJECT: Role.CONTRIBUTOR})
    assert [role for role in Role if who.has_role(PROJECT, role)] == [Role.READER, Role.CONTRIBUTOR]
    assert not who.has_role(OTHER, Role.READER)
    assert who.projects == {PROJECT}
    assert ANONYMOUS.acts == {Act.READ}
    assert (ANONYMOUS.roles, ANONYMOUS.is_operator, ANONYMOUS.id) == ({}, False, None)
    assert set(Act) == EVERY_ACT


ALLOWS = {
    Act.READ: {Act.READ},
    Act.DEPOSIT: {Act.DEPOSIT},
    Act.WRITE: {Act.READ, Act.DEPOSIT, Act.WRITE},
    Act.ADMINISTER: set(Act),
}


@pytest.mark.parametrize("given_act", Act)
@pytest.mark.parametrize("act", Act)
def test_what_a_token_allows(given_act: Act, act: Act) -> None:
    who = Asker(party="p", acts=frozenset({given_act}))
    assert may_act(who, act) == (act in ALLOWS[given_act])
    if act in ALLOWS[given_act]:
        require_act(who, act)
    else:
        with pytest.raises(Refused):
            require_act(who, act)
    assert not may_act(replace(who, acts=frozenset()), act)


@pytest.fixture(name="resources")
def _resources(tmp_path: Path) -> Resources:
    catalog = MemoryCatalog()
    for tier in (Tier.CLOSED, Tier.OPEN):
        catalog.ensure_scope(ScopeTerms(project=PROJECT, tier=tier))
    anything = SimpleNamespace()
    needed = {f.name for f in fields(Resources) if f.default is f.default_factory is MISSING} - {"catalog", "project"}
    return Resources(catalog=catalog, project=PROJECT, **dict.fromkeys(needed, anything))  # type: ignore[arg-type]


def test_the_filter_is_for_the_act_and_the_right(resources: Resources) -> None:
    closed, is_open = (
        next(s.number for s in resources.catalog.scopes() if s.tier is tier) for tier in (Tier.CLOSED, Tier.OPEN)
    )
    owner = Asker(party="p", roles={PROJECT: Role.OWNER})
    assert resources.visible(owner).numbers == {closed, is_open}
    assert resources.visible(ANONYMOUS).numbers == {is_open}
    assert resources.visible(ANONYMOUS, Right.WRITE).numbers == frozenset()
    instrument = replace(owner, acts=frozenset({Act.DEPOSIT}))
    assert resources.visible(instrument).numbers == frozenset()
    assert resources.visible(instrument, act=Act.DEPOSIT).writable == {closed, is_open}
    assert resources.visible(ANONYMOUS, act=Act.DEPOSIT).numbers == frozenset()
    assert resources.visible(owner, Right.EXISTS).data == frozenset()


def test_what_is_added_goes_to_the_project_that_one_works_in(resources: Resources) -> None:
    def project_of(**others: object) -> UUID:
        return resources.project_of(Asker(party="p", **others))  # type: ignore[arg-type]

    assert project_of(roles={PROJECT: Role.CONTRIBUTOR}) == PROJECT
    assert project_of(roles={OTHER: Role.OWNER}, project=OTHER) == OTHER
    assert project_of(roles={OTHER: Role.CONTRIBUTOR, PROJECT: Role.READER}, project=OTHER) == OTHER
    reader = "You may read in this project, not add to it."
    nobody = "You may add to no project here."
    for who, said in (
        ({"roles": {PROJECT: Role.READER}}, reader),
        ({"roles": {OTHER: Role.READER}, "project": OTHER}, reader),
        ({"roles": {PROJECT: Role.OWNER}, "project": OTHER}, nobody),
        ({"roles": {OTHER: Role.OWNER}}, nobody),
        ({}, nobody),
    ):
        with pytest.raises(Refused) as refused:
            project_of(**who)
        assert refused.value.fault == said
