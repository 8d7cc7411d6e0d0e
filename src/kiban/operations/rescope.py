"""Records on their way to other scopes: what it would change for whom, and the doing of it, with the way back kept."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kiban.access.asker_of import anonymous, asker_of
from kiban.access.verdict import rights
from kiban.access.who import Difference, Move, what_if
from kiban.errors import Conflict, InvalidValue
from kiban.operations.chosen import Choice, Chosen
from kiban.operations.export_gate import check_publication
from kiban.operations.resources import Resources
from kiban.operations.weigh_change import Effects, weigh_change
from kiban.records.event import Event
from kiban.records.identity import new_uuid
from kiban.records.parties.directory import Directory
from kiban.records.parties.right import Right
from kiban.records.parties.terms import Invitation
from kiban.records.party import Asker
from kiban.records.record import Record
from kiban.records.scope import MAX_SCOPES, Scope, ScopeTerms, Tier
from kiban.store.catalog import Batch

_PAGE = 1000
_MOST_NAMED = 20
_UNMADE = MAX_SCOPES - 1
"""The number of a scope that is not there yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to become of some records.

    Parameters
    ----------
    action : str
        For their history: `tier changed`.
    after : mapping
        By the number of the scope that they are in, the one that they would be in.
    entries : tuple of Invitation
        What changes in the directory with it: invitations and their guests, in the projects of the records.
    single : mapping, optional
        Of single records, where those of one scope go to different ones: the way back.
    """

    action: str
    choice: Choice
    scopes: Mapping[int, Scope]
    after: Mapping[int, Scope]
    directory: Directory
    entries: tuple[Invitation, ...] = ()
    single: Mapping[UUID, Scope] = field(default_factory=dict)

    def target(self, chosen: Chosen) -> Scope:
        """Where one record would go."""
        return self.single.get(chosen.id) or self.after[chosen.scope]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A record beside one that would be seen by more people, which some of them would not see."""

    record: Chosen
    other: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A plan and what it would change for whom."""

    plan: Plan
    effects: Effects
    hidden: tuple[Hidden, ...]
    """At most 20 are named."""
    n_hidden: int
    mark: str
    """Tells this preview from any other: what is confirmed is what was seen."""

    @property
    def n_records(self) -> int:
        """How many records it is about."""
        return len(self.plan.choice.records)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescoped:
    """What was done."""

    change: UUID
    """By which it is taken back."""
    preview: Preview


def plan(
    resources: Resources,
    choice: Choice,
    action: str,
    reshape: Callable[[Scope], Scope],
    *,
    entries: tuple[Invitation, ...] = (),
) -> Plan:
    """Work out where records would go.

    Parameters
    ----------
    reshape : callable
        What becomes of a scope; its number is left as it is.
    """
    there = {scope.number: scope for scope in resources.catalog.scopes()}
    wanted = {record.scope for record in choice.records}
    return Plan(
        action=action,
        choice=choice,
        scopes=there,
        after={number: _numbered(reshape(there[number]), there) for number in wanted},
        directory=resources.directory.load(),
        entries=entries,
    )


def plan_of_undoing(resources: Resources, choice: Choice, action: str, before: Mapping[UUID, int]) -> Plan:
    """Work out where records would go that are brought back to the scopes that they were in."""
    there = {scope.number: scope for scope in resources.catalog.scopes()}
    return Plan(
        action=action,
        choice=choice,
        scopes=there,
        after={},
        directory=resources.directory.load(),
        single={record.id: there[before[record.id]] for record in choice.records},
    )


def _numbered(wanted: Scope, there: Mapping[int, Scope]) -> Scope:
    """The scope that is like this one, whatever its number; of those that follow their project there is one."""
    of_tier = (lambda s: (s.tier, s.agreement)) if not wanted.follows else (lambda _: None)

    def likeness(scope: Scope) -> tuple[Any, ...]:
        return (scope.project, scope.follows, of_tier(scope), scope.closed_until, scope.invitation,
                scope.export_class, scope.export_item)  # fmt: skip

    found = next((scope for scope in there.values() if likeness(scope) == likeness(wanted)), None)
    return found or replace(wanted, number=_UNMADE)


def preview(asker: Asker, resources: Resources, made: Plan) -> Preview:
    """Look at what a plan would change. Raises Refused if records would be open that export control holds back."""
    for target in {made.target(record) for record in made.choice.records}:
        check_publication(resources, target)
    counts = Counter((record.scope, made.target(record)) for record in made.choice.records)
    moves = [Move(before=made.scopes[b], after=a, n_records=n) for (b, a), n in counts.items()]
    after = made.directory.with_entries(made.entries)
    # Whoever decides about a record may know everybody who would see it.
    effects = weigh_change(asker, resources, made.directory, after, moves, names_all=True)
    gaining = what_if(made.directory, after, moves, asker.at, party=asker.id).gaining
    hidden, n_hidden = _hidden(asker, resources, made, gaining, after)
    return Preview(plan=made, effects=effects, hidden=hidden, n_hidden=n_hidden, mark=_mark(made))


def _mark(made: Plan) -> str:
    new = {each.id for each in made.entries}
    told = [f"{made.directory.revision} {made.action}"]
    for one in made.entries:
        # Not its identifier or beginning, which are drawn anew each time.
        told += sorted(f"{guest.party} {sorted(guest.rights)} {guest.until}" for guest in one.guests)
    for record in sorted(made.choice.records, key=lambda each: each.id):
        to = made.target(record)
        is_new = to.invitation in new
        told.append(f"{record.id} {record.scope} {is_new} {replace(to, number=0, invitation=None) if is_new else to}")
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]


def _hidden(
    asker: Asker, resources: Resources, made: Plan, gaining: Iterable[Difference], after: Directory
) -> tuple[tuple[Hidden, ...], int]:
    """What hangs together with the records, stays where it is, and is not seen by somebody who would see them."""
    askers = [asker_of(after, each.person, asker.at) if each.person else anonymous(after, asker.at) for each in gaining]
    if not askers:
        return (), 0
    blind = {n for n, scope in made.scopes.items() if any(Right.METADATA not in rights(one, scope) for one in askers)}
    going = {record.id: record for record in made.choice.records}
    visible, n_hidden = resources.visible(asker), 0
    found: list[Hidden] = []
    for page in _pages(made.choice.records):
        links = resources.catalog.links([record.id for record in page], visible)
        pairs = {(a, b) for link in links for a, b in ((link.subject, link.object), (link.object, link.subject))}
        away = {(a, b) for a, b in pairs if a in going and b not in going}
        others = resources.catalog.get_many({b for _, b in away}, visible)
        for one, other in sorted(away):
            if other in others and others[other].scope in blind:
                n_hidden += 1
                if len(found) < _MOST_NAMED:
                    found.append(Hidden(record=going[one], other=others[other]))
    return tuple(found), n_hidden


def carry_out(asker: Asker, resources: Resources, seen: Preview, mark: str | None) -> Rescoped:
    """Do what a preview shows, in one transaction for each project.

    Parameters
    ----------
    mark : str, optional
        The mark of the preview that was confirmed; without one, whatever this one shows is confirmed.

    Raises
    ------
    InvalidValue
        If nothing would change.
    Conflict
        If something has changed since it was looked at.
    RecordNotFound, Refused
        If the asker may not write to a record, or not where it would go.
    """
    made = seen.plan
    if mark is not None and mark != seen.mark:
        raise Conflict("Something has changed since the preview.", mend="Look at it again, then confirm it.")
    if not made.entries and all(made.target(r).number == r.scope for r in made.choice.records):
        raise InvalidValue("Everything is as it would be.", mend="Choose another tier, agreement or day.")
    change, revision = new_uuid(), made.directory.revision
    targets = _made(resources, made)
    by_project: dict[UUID, list[Chosen]] = {}
    for record in made.choice.records:
        by_project.setdefault(record.project, []).append(record)
    for project, records in by_project.items():
        # Their history is the project's business: it says where they came from.
        own = resources.catalog.ensure_scope(ScopeTerms(project=project, tier=Tier.CLOSED))
        with resources.catalog.writing(resources.visible(asker), project=project) as writing:
            for page in _pages(records):
                _check_still_there(asker, resources, page)
                going = {r.id: targets[made.target(r)].number for r in page}
                writing.move({r.id: going[r.id] for r in page if going[r.id] != r.scope})
                writing.add(Batch(events=tuple(_events(asker, page, made, going, change, own.number))))
            entries = [each for each in made.entries if each.project == project]
            if entries:
                # In the transaction that moves the records, so that nobody is a guest of half of them.
                revision = resources.directory.change(entries, by=asker.party, expected=revision).revision
    return Rescoped(change=change, preview=seen)


def _made(resources: Resources, made: Plan) -> dict[Scope, Scope]:
    """The scopes that records go to, as they are in the catalog."""
    targets = {made.target(record) for record in made.choice.records}
    return {scope: scope if scope.number != _UNMADE else resources.catalog.ensure_scope(scope) for scope in targets}


def _check_still_there(asker: Asker, resources: Resources, page: list[Chosen]) -> None:
    """Nobody else can move them while the project is written to; before that somebody could."""
    now = resources.catalog.get_many([record.id for record in page], resources.visible(asker))
    if any(record.id not in now or now[record.id].scope != record.scope for record in page):
        raise Conflict("Somebody else has moved some of these records.", mend="Look at them again.")


def _events(
    asker: Asker, page: list[Chosen], made: Plan, going: Mapping[UUID, int], change: UUID, scope: int
) -> Iterator[Event]:
    at = datetime.now(UTC)
    for record in page:
        details = {"change": str(change), **_told(made.scopes[record.scope], made.target(record))}
        yield Event(at=at, actor=asker.party, action=made.action, subject=record.id, scope=scope, details=details)
    back = [[str(record.id), record.scope, going[record.id]] for record in page]
    # Under the change itself as its subject: how it is taken back.
    yield Event(at=at, actor=asker.party, action=made.action, subject=change, scope=scope, details={"records": back})


def _told(before: Scope, after: Scope) -> dict[str, str]:
    """What is different, in the words that the audit log keeps."""
    told: dict[str, str] = {}
    for name in ("tier", "agreement", "closed_until", "invitation"):
        was, becomes = getattr(before, name), getattr(after, name)
        if was != becomes:
            told |= {f"was_{name}": str(was)} if was is not None and name != "invitation" else {}
            told |= {name: str(becomes)} if becomes is not None else {}
    return told


def _pages(records: Iterable[Chosen]) -> Iterator[list[Chosen]]:
    waiting = list(records)
    for start in range(0, len(waiting), _PAGE):
        yield waiting[start : start + _PAGE]
