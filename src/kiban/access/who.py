"""Who can see this, and why; what can this person see; and what a change would change. Pure: all is handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kiban.access.asker_of import anonymous, asker_of
from kiban.access.verdict import Judgement, rights, weigh
from kiban.records.parties.directory import Directory
from kiban.records.parties.people import Person
from kiban.records.parties.right import NO_RIGHTS, Right
from kiban.records.party import Asker
from kiban.records.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one party may do with records of a scope, and what gives or refuses it.

    Parameters
    ----------
    person : Person, optional
        `None` for everybody who has not logged in.
    """

    person: Person | None
    rights: frozenset[Right]
    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Some records whose scope would be another one; for a change of the directory alone, the same one."""

    before: Scope
    after: Scope
    n_records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a change would give to one party, or take from it.

    Parameters
    ----------
    person : Person, optional
        `None` for everybody who has not logged in.
    n_gained, n_lost : int
        Records that it would see in addition, and no longer: what describes them.
    gained, lost : frozenset of Right
        All rights that it would have, or have no longer, on some of the records.
    """

    person: Person | None
    n_gained: int
    n_lost: int
    gained: frozenset[Right]
    lost: frozenset[Right]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a change would change, for each party that it would change something for."""

    differences: tuple[Difference, ...]
    """Those who gain most first."""

    @property
    def gaining(self) -> tuple[Difference, ...]:
        """Those who would get rights."""
        return tuple(each for each in self.differences if each.gained)

    @property
    def losing(self) -> tuple[Difference, ...]:
        """Those who would lose rights."""
        return tuple(each for each in self.differences if each.lost)

    @property
    def is_public(self) -> bool:
        """Whether everybody would get rights, without logging in."""
        return any(each.person is None for each in self.gaining)


def who_can_see(directory: Directory, scope: Scope, at: datetime) -> tuple[Sight, ...]:
    """Everybody who has a right on records of the scope at that moment: the public first, then people by name."""
    return tuple(sight for sight in sights(directory, scope, at) if sight.rights)


def sights(directory: Directory, scope: Scope, at: datetime) -> tuple[Sight, ...]:
    """What everybody has on records of the scope, also where it is nothing: then the refusals say why."""
    found = []
    for person, asker in _askers(directory, at):
        judgement = weigh(asker, scope)
        found.append(Sight(person=person, rights=judgement.rights, judgement=judgement))
    return tuple(found)


def what_they_see(
    directory: Directory, person: Person | None, scopes: Iterable[Scope], at: datetime
) -> tuple[tuple[Scope, Judgement], ...]:
    """The scopes in which a person, or the public, has rights, and what gives them."""
    asker = anonymous(directory, at) if person is None else asker_of(directory, person, at)
    judged = ((scope, weigh(asker, scope)) for scope in scopes)
    return tuple((scope, judgement) for scope, judgement in judged if judgement.rights)


def what_if(
    before: Directory, after: Directory, moves: Sequence[Move], at: datetime, *, party: UUID | None = None
) -> WhatIf:
    """Compare what everybody may do before and after a change.

    Parameters
    ----------
    before, after : Directory
        The same one where only records would move.
    moves : sequence of Move
        Scopes of the records that the change touches.
    party : UUID, optional
        A person to leave out: whoever asks.
    """
    then = {person.id if person else None: asker for person, asker in _askers(before, at)}
    found = []
    for person, asker in _askers(after, at):
        key = person.id if person else None
        if key is not None and key == party:
            continue
        was = then.get(key) or anonymous(before, at)
        difference = _difference(person, was, asker, moves)
        if difference.gained or difference.lost:
            found.append(difference)
    found.sort(key=lambda d: (-d.n_gained, d.person is not None, -d.n_lost, d.person.name if d.person else ""))
    return WhatIf(tuple(found))


def _difference(person: Person | None, was: Asker, becomes: Asker, moves: Sequence[Move]) -> Difference:
    n_gained = n_lost = 0
    gained, lost = NO_RIGHTS, NO_RIGHTS
    for move in moves:
        old, new = rights(was, move.before), rights(becomes, move.after)
        gained, lost = gained | (new - old), lost | (old - new)
        n_gained += move.n_records if Right.METADATA in new - old else 0
        n_lost += move.n_records if Right.METADATA in old - new else 0
    return Difference(person=person, n_gained=n_gained, n_lost=n_lost, gained=gained, lost=lost)


def _askers(directory: Directory, at: datetime) -> Iterable[tuple[Person | None, Asker]]:
    yield None, anonymous(directory, at)
    for person in sorted(directory.people.values(), key=lambda p: (p.name, p.id)):
        yield person, asker_of(directory, person, at)


def by_organisation(people: Iterable[Person], directory: Directory) -> Mapping[UUID | None, tuple[Person, ...]]:
    """People by their organisation, organisations by name; those without one last."""
    found: dict[UUID | None, list[Person]] = {}
    for person in people:
        found.setdefault(person.organisation, []).append(person)
    ordered = sorted(found, key=lambda o: (o is None, directory.name_of(o) if o else ""))
    return {organisation: tuple(found[organisation]) for organisation in ordered}
