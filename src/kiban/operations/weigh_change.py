"""What a change of projects, agreements or groups would change: for which people, of which organisations, how much."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kiban.access.asker_of import asker_of
from kiban.access.verdict import rules, weigh
from kiban.access.who import Difference, Move, what_if
from kiban.operations.directory_changes import view_of
from kiban.operations.resources import Resources
from kiban.records.parties.directory import Directory, Entry
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What would change for people of one organisation who would get, or lose, the same.

    Parameters
    ----------
    organisation : str
        Its name; empty for people of none, and for the public.
    is_public : bool
        It would change for everybody, without logging in.
    people : tuple of str
        Names of those whom the asker may know.
    n_people : int
        How many they are in all.
    """

    organisation: str
    is_public: bool
    people: tuple[str, ...]
    n_people: int
    n_gained: int
    n_lost: int
    gained: frozenset[Right]
    lost: frozenset[Right]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """People who would see records if a rule did not refuse it."""

    rule: str
    reason: str
    n_people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """A change, weighed."""

    effects: tuple[Effect, ...]
    n_gaining: int
    """People who would see more records."""
    n_losing: int
    n_organisations: int
    """That these people are of."""
    most_gained: int
    """Records that one of them would see in addition, at most."""
    most_lost: int
    is_public: bool
    held_back: tuple[HeldBack, ...] = ()
    """Whom a rule keeps from seeing what the change would otherwise give: export control, or an embargo."""

    @property
    def is_empty(self) -> bool:
        """Nothing would change for anybody."""
        return not self.effects


def records_by_scope(asker: Asker, resources: Resources) -> dict[int, int]:
    """How many records there are in each scope, as far as the asker may see them."""
    return resources.catalog.count_by_scope(resources.visible(asker))


def weigh_entries(
    asker: Asker,
    resources: Resources,
    before: Directory,
    changed: Collection[Entry],
    *,
    agreement: UUID | None = None,
    projects: Collection[UUID] = (),
) -> Effects:
    """Weigh a change of entries alone, on the records that are shared under an agreement or are of some projects."""
    counts = records_by_scope(asker, resources)
    moves = [
        Move(before=scope, after=scope, n_records=counts[scope.number])
        for scope in resources.catalog.scopes()
        if scope.number in counts
        and (scope.project in projects or (agreement is not None and scope.agreement == agreement))
    ]
    return weigh_change(asker, resources, before, before.with_entries(changed), moves)


def weigh_change(
    asker: Asker,
    resources: Resources,
    before: Directory,
    after: Directory,
    moves: Sequence[Move],
    *,
    names_all: bool = False,
    named: frozenset[UUID] = frozenset(),
) -> Effects:
    """Compare what everybody may do before and after.

    Parameters
    ----------
    names_all : bool
        Name everybody who would see the asker's records, also those whom the asker would not otherwise know.
    named : frozenset of UUID
        People to name though the asker would not otherwise know them: who has agreed to see the asker's records.
    """
    moves = _together(moves, before, after, asker.at)
    found = what_if(before, after, moves, asker.at).differences
    known = view_of(asker, resources).people
    together: dict[tuple[object, ...], list[Difference]] = {}
    for each in found:
        organisation = after.name_of(each.person.organisation) if each.person and each.person.organisation else ""
        key = (organisation, each.person is None, each.n_gained, each.n_lost, each.gained, each.lost)
        together.setdefault(key, []).append(each)
    effects = []
    for differences in together.values():
        one = differences[0]
        people = [d.person for d in differences if d.person is not None]
        home = one.person.organisation if one.person is not None else None
        effects.append(
            Effect(
                organisation=after.name_of(home) if home is not None else "",
                is_public=one.person is None,
                people=tuple(person.name for person in people if names_all or person.id in named or person.id in known),
                n_people=len(people),
                n_gained=one.n_gained,
                n_lost=one.n_lost,
                gained=one.gained,
                lost=one.lost,
            )
        )
    people_of = {d.person.organisation for d in found if d.person is not None and d.person.organisation is not None}
    return Effects(
        effects=tuple(effects),
        n_gaining=sum(1 for d in found if d.person is not None and d.gained),
        n_losing=sum(1 for d in found if d.person is not None and d.lost),
        n_organisations=len(people_of),
        most_gained=max((d.n_gained for d in found), default=0),
        most_lost=max((d.n_lost for d in found), default=0),
        is_public=any(d.person is None and d.gained for d in found),
        held_back=_held_back(before, after, moves, asker.at),
    )


def _together(moves: Sequence[Move], before: Directory, after: Directory, at: datetime) -> Sequence[Move]:
    """Put moves together of which all rules say the same, so that each is judged once and not for each day of embargo.

    Of the end of an embargo our rules look at whether it is over, and of the number whether a release was decided.
    Rules of other packages may look at anything: then nothing is put together.
    """
    if any(not type(rule).__module__.startswith("kiban.access.rules.") for rule in rules()):
        return moves
    decided = {decision.scope for directory in (before, after) for decision in directory.decisions.values()}
    found: dict[tuple[object, ...], Move] = {}
    for move in moves:
        key = (*_judged_by(move.before, decided, at), *_judged_by(move.after, decided, at))
        known = found.get(key)
        found[key] = replace(known, n_records=known.n_records + move.n_records) if known is not None else move
    return list(found.values())


def _judged_by(scope: Scope, decided: set[int], at: datetime) -> tuple[object, ...]:
    """All of a scope that decides, besides the end of its embargo and its number."""
    number = scope.number if scope.number in decided else 0
    alike = replace(scope, number=number, closed_until=None)
    return alike, scope.is_embargoed_at(at), scope.number in decided


def _held_back(before: Directory, after: Directory, moves: Sequence[Move], at: datetime) -> tuple[HeldBack, ...]:
    """Whom the change would permit something that another rule refuses, and that nothing permits them now."""
    people: dict[tuple[str, str], set[UUID]] = {}
    for person in after.people.values():
        then, now = asker_of(before, before.people.get(person.id, person), at), asker_of(after, person, at)
        for move in moves:
            judgement = weigh(now, move.after)
            if judgement.rights or not judgement.permissions or weigh(then, move.before).permissions:
                continue
            for rule, verdict in judgement.refusals:
                # Of embargoes that end on different days one stands for all here.
                reason = "It is under embargo." if rule == "embargo" else verdict.reason
                people.setdefault((rule, reason), set()).add(person.id)
    return tuple(
        HeldBack(rule=rule, reason=reason, n_people=len(who)) for (rule, reason), who in sorted(people.items())
    )
