"""Who can see a record and why, what a person can see, and what a change would change."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from kiban.access.who import (
    Move,
    by_organisation,
    sights,
    what_if,
    what_they_see,
    who_can_see,
)
from kiban.records.parties.directory import Directory
from kiban.records.parties.export_control import ExportClass
from kiban.records.parties.people import Organisation, Person
from kiban.records.parties.right import NO_RIGHTS, READING, Right, Role
from kiban.records.parties.terms import Agreement, Participant, Project, RoleGrant
from kiban.records.scope import Scope, Tier

from . import as_entries, plain_rights
from .plain_history import State
from .random_history import Chronicle

NOW = datetime(2026, 4, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
AOI, BAIKA = (Organisation(id=UUID(int=n), name=name) for n, name in ((1, "Baika"), (2, "Aoi")))
ANA, BEN, EVE = (
    Person(id=UUID(int=n), login=name.lower(), name=name, organisation=of.id if of else None)
    for n, name, of in ((5, "Ana", AOI), (6, "Ben", BAIKA), (7, "Eve", None))
)
PROJECT, PACT = UUID(int=10), UUID(int=20)
PARTNER = Participant(party=BAIKA.id, rights=frozenset({Right.DATA}), since=NOW, accepted_at=NOW)
LAB = Project(id=PROJECT, name="Lab", grants=(RoleGrant(party=ANA.id, role=Role.STEWARD, since=NOW),))
AGREEMENT = Agreement(id=PACT, name="Pact", keeper=PROJECT, starts=NOW, participants=(PARTNER,))
DIRECTORY = Directory().with_entries([AOI, BAIKA, EVE, BEN, ANA, LAB, AGREEMENT])


def scope(number: int, tier: Tier, **others: object) -> Scope:
    values = {"agreement": PACT if tier is Tier.SHARED else None, "export_class": ExportClass.NOT_LISTED} | others
    return Scope(number=number, project=PROJECT, tier=tier, **values)  # type: ignore[arg-type]


CLOSED, SHARED, OPEN = (scope(n, tier) for n, tier in enumerate((Tier.CLOSED, Tier.SHARED, Tier.OPEN)))


def test_everybody_who_can_see_a_record_is_listed_with_the_reason_and_nobody_else() -> None:
    assert [sight.person for sight in who_can_see(DIRECTORY, CLOSED, NOW)] == [ANA]
    shared = who_can_see(DIRECTORY, SHARED, NOW)
    assert [sight.person for sight in shared] == [ANA, BEN]
    assert shared[1].rights == {Right.EXISTS, Right.METADATA, Right.DATA}
    [(rule, said)] = shared[1].judgement.deciding
    assert (rule, said.details["through"]) == ("shared_tier", "Pact (Aoi)")
    public = who_can_see(DIRECTORY, OPEN, NOW)
    assert [sight.person for sight in public] == [None, ANA, BEN, EVE]


def test_those_who_cannot_are_told_why_where_something_refuses_it() -> None:
    held = scope(3, Tier.SHARED, closed_until=LATER)
    by_person = {sight.person: sight for sight in sights(DIRECTORY, held, NOW)}
    assert set(by_person) == {None, ANA, BEN, EVE}
    assert by_person[BEN].rights == NO_RIGHTS
    [(rule, said)] = by_person[BEN].judgement.deciding
    assert (rule, said.until) == ("embargo", LATER)
    assert [sight.person for sight in who_can_see(DIRECTORY, held, LATER)] == [ANA, BEN]


def test_what_a_person_sees_is_listed_by_scope() -> None:
    def seen(person: Person | None) -> list[int]:
        return [each.number for each, _ in what_they_see(DIRECTORY, person, [CLOSED, SHARED, OPEN], NOW)]

    assert (seen(ANA), seen(BEN), seen(EVE), seen(None)) == ([0, 1, 2], [1, 2], [2], [2])
    [(_, judgement), _] = what_they_see(DIRECTORY, BEN, [SHARED, OPEN], NOW)
    assert judgement.rights == {Right.EXISTS, Right.METADATA, Right.DATA}


def test_a_move_gives_and_takes_the_records_that_move() -> None:
    moves = [Move(before=CLOSED, after=SHARED, n_records=12), Move(before=OPEN, after=CLOSED, n_records=5)]
    found = what_if(DIRECTORY, DIRECTORY, moves, NOW)
    by_person = {each.person: each for each in found.differences}
    assert set(by_person) == {None, BEN, EVE}  # nothing changes for Ana
    assert (by_person[BEN].n_gained, by_person[BEN].n_lost) == (12, 5)
    assert (by_person[EVE].n_gained, by_person[EVE].n_lost) == (0, 5)
    assert by_person[BEN].gained == {Right.EXISTS, Right.METADATA, Right.DATA}
    assert by_person[None].lost == READING | {Right.RESHARE}
    assert [each.person for each in found.differences] == [BEN, None, EVE]  # who gains most first, then the public
    assert [each.person for each in found.gaining] == [BEN]
    assert [each.person for each in found.losing] == [BEN, None, EVE]
    assert not found.is_public


def test_what_several_moves_give_and_take_is_told_together_in_whatever_order() -> None:
    moves = [Move(before=CLOSED, after=SHARED, n_records=12), Move(before=OPEN, after=CLOSED, n_records=5)]
    there = what_if(DIRECTORY, DIRECTORY, moves, NOW)
    back = what_if(DIRECTORY, DIRECTORY, moves[::-1], NOW)
    assert there == back
    [ben] = [each for each in back.differences if each.person == BEN]
    assert ben.gained == {Right.EXISTS, Right.METADATA, Right.DATA}
    assert ben.lost == READING | {Right.RESHARE}


def test_opening_is_called_public() -> None:
    found = what_if(DIRECTORY, DIRECTORY, [Move(before=SHARED, after=OPEN, n_records=3)], NOW)
    assert found.is_public
    assert found.losing == ()
    by_person = {each.person: each for each in found.differences}
    assert (by_person[BEN].n_gained, by_person[BEN].n_lost) == (0, 0)  # Ben saw them before, and may now do more
    assert by_person[BEN].gained == {Right.USE, Right.JOINT, Right.RESHARE}
    assert by_person[None].n_gained == 3
    closing = what_if(DIRECTORY, DIRECTORY, [Move(before=OPEN, after=SHARED, n_records=3)], NOW)
    assert not closing.is_public


def test_a_change_of_terms_counts_what_it_touches() -> None:
    gone = AGREEMENT.with_participant(replace(PARTNER, left_at=NOW))
    stays = Move(before=SHARED, after=SHARED, n_records=40)
    [ben] = what_if(DIRECTORY, DIRECTORY.with_entries([gone]), [stays], NOW).differences
    assert (ben.person, ben.n_gained, ben.n_lost) == (BEN, 0, 40)
    assert what_if(DIRECTORY, DIRECTORY, [stays], NOW).differences == ()


def test_people_who_come_with_the_change_are_counted_from_what_everybody_sees() -> None:
    new = Person(id=UUID(int=8), login="new", name="New", organisation=BAIKA.id)
    stays = [Move(before=each, after=each, n_records=2) for each in (SHARED, OPEN)]
    [found] = what_if(DIRECTORY, DIRECTORY.with_entries([new]), stays, NOW).differences
    assert (found.person, found.n_gained) == (new, 2)


def test_whoever_asks_can_be_left_out() -> None:
    moves = [Move(before=CLOSED, after=SHARED, n_records=1)]
    assert what_if(DIRECTORY, DIRECTORY, moves, NOW, party=BEN.id).differences == ()
    assert len(what_if(DIRECTORY, DIRECTORY, moves, NOW, party=ANA.id).differences) == 1


def test_people_are_shown_by_organisation() -> None:
    found = by_organisation([EVE, ANA, BEN], DIRECTORY)
    assert list(found) == [BAIKA.id, AOI.id, None]
    assert found[None] == (EVE,)


@pytest.mark.parametrize("seed", range(20))
def test_after_any_history_the_lists_are_those_of_the_model(seed: int) -> None:
    chronicle = Chronicle(random.Random(f"who/{seed}"))
    history = list(chronicle.founding())
    place, other = chronicle.place(), chronicle.place()
    for _ in range(10):
        history += chronicle.deed()
    early = State.after(history)
    for _ in range(5):
        history += chronicle.deed()
    state, now = State.after(history), chronicle.now()
    numbers = {place: 4, other: 5}
    before, after = as_entries.directory(early, numbers), as_entries.directory(state, numbers)

    def promised(of: State, at: object, who: UUID | None) -> frozenset[str]:
        return plain_rights.rights(of, who, at, now)  # type: ignore[arg-type]

    everybody = [None, *state.people]
    listed = {
        s.person.id if s.person else None: s.rights for s in who_can_see(after, as_entries.scope(state, place, 4), now)
    }
    assert listed == {who: held for who in everybody if (held := promised(state, place, who))}
    moves = [Move(before=as_entries.scope(early, place, 4), after=as_entries.scope(state, other, 5), n_records=9)]
    found = {d.person.id if d.person else None: d for d in what_if(before, after, moves, now).differences}
    for who in everybody:
        was, becomes = promised(early, place, who), promised(state, other, who)
        difference = found.pop(who, None)
        assert (difference.gained if difference else set()) == becomes - was
        assert (difference.lost if difference else set()) == was - becomes
        if difference is not None:
            assert difference.n_gained == (9 if "metadata" in becomes - was else 0)
            assert difference.n_lost == (9 if "metadata" in was - becomes else 0)
    assert not found
