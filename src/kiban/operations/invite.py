"""Invite somebody to single records, for a time, and take that back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from kiban.errors import InvalidValue
from kiban.operations.chosen import Choice
from kiban.operations.directory_changes import party_named, view_of
from kiban.operations.rescope import Plan, Preview, Rescoped, carry_out, plan, preview
from kiban.operations.resources import Resources
from kiban.query.question import EVERYTHING
from kiban.records.identity import new_uuid
from kiban.records.parties.directory import Directory
from kiban.records.parties.right import Right
from kiban.records.parties.terms import Guest, Invitation
from kiban.records.party import Asker
from kiban.records.scope import Scope, Visible

INVITED = "invited"
UNINVITED = "invitation taken back"
RIGHTS = (Right.METADATA, Right.DATA, Right.USE)
"""What a guest can be given; each takes those before it along."""
PARTIES = ("people", "organisations", "groups")


def party_called(asker: Asker, resources: Resources, wanted: str) -> UUID:
    """A person, group or organisation that the asker knows, by its name, or any by its identifier.

    Raises
    ------
    RecordNotFound
    InvalidValue
        If several have that name.
    """
    return party_named(resources.directory.load(), view_of(asker, resources), wanted, *PARTIES)


def preview_invitation(
    asker: Asker,
    resources: Resources,
    choice: Choice,
    party: UUID,
    right: Right,
    until: datetime | None,
) -> Preview:
    """What it would change to invite somebody. Raises InvalidValue."""
    if right not in RIGHTS:
        raise InvalidValue(f"A guest cannot be given the right '{right}'.", mend=f"Give one of: {', '.join(RIGHTS)}.")
    if until is not None and until <= asker.at:
        raise InvalidValue("The invitation would end before it begins.", mend="Give a later day.")
    guest = Guest(party=party, rights=frozenset({right}), since=asker.at, until=until, by=asker.party)

    def with_guest(guests: tuple[Guest, ...]) -> tuple[Guest, ...]:
        return (*(each for each in guests if each.party != party), guest)

    return preview(asker, resources, _plan(resources, choice, INVITED, with_guest))


def invite(
    asker: Asker,
    resources: Resources,
    choice: Choice,
    party: UUID,
    right: Right,
    until: datetime | None,
    *,
    mark: str | None = None,
) -> Rescoped:
    """Let somebody see records whatever their tier, also during an embargo.

    Parameters
    ----------
    party : UUID
        A person, group or organisation.
    right : Right
        What the guest may do: `metadata`, `data` or `use`.
    until : datetime, optional
        When it ends by itself.

    Raises
    ------
    InvalidValue
    Conflict
        As `carry_out`.
    """
    return carry_out(asker, resources, preview_invitation(asker, resources, choice, party, right, until), mark)


def preview_uninviting(asker: Asker, resources: Resources, choice: Choice, party: UUID) -> Preview:
    """What it would change to take an invitation back. Raises InvalidValue where nobody of them is invited."""
    directory = resources.directory.load()
    there = {scope.number: scope for scope in resources.catalog.scopes()}
    invited = {s for r in choice.records if (s := there[r.scope].invitation) is not None}
    if not any(guest.party == party for each in invited for guest in directory.invitations[each].guests):
        raise InvalidValue(
            f"{directory.name_of(party)} is not invited to any of these records.", mend="Look at who can see them."
        )

    def without_guest(guests: tuple[Guest, ...]) -> tuple[Guest, ...]:
        return tuple(each for each in guests if each.party != party)

    return preview(asker, resources, _plan(resources, choice, UNINVITED, without_guest))


def uninvite(asker: Asker, resources: Resources, choice: Choice, party: UUID, *, mark: str | None = None) -> Rescoped:
    """Take an invitation back: it ends at once. Raises as `preview_uninviting` and `carry_out`."""
    return carry_out(asker, resources, preview_uninviting(asker, resources, choice, party), mark)


def _plan(
    resources: Resources, choice: Choice, action: str, change: Callable[[tuple[Guest, ...]], tuple[Guest, ...]]
) -> Plan:
    """An invitation that covers these records alone is changed; of any other they get a changed copy."""
    directory = resources.directory.load()
    there = {scope.number: scope for scope in resources.catalog.scopes()}
    entries: dict[tuple[UUID, UUID | None], Invitation | None] = {}
    for number in {record.scope for record in choice.records}:
        scope = there[number]
        key = (scope.project, scope.invitation)
        if key not in entries:
            entries[key] = _changed(resources, choice, directory, scope, change)

    def reshape(scope: Scope) -> Scope:
        invitation = entries[scope.project, scope.invitation]
        return replace(scope, invitation=invitation.id if invitation is not None else None)

    new = tuple(each for each in entries.values() if each is not None and each != directory.invitations.get(each.id))
    return plan(resources, choice, action, reshape, entries=new)


def _changed(
    resources: Resources,
    choice: Choice,
    directory: Directory,
    scope: Scope,
    change: Callable[[tuple[Guest, ...]], tuple[Guest, ...]],
) -> Invitation | None:
    before = directory.invitations[scope.invitation] if scope.invitation is not None else None
    guests = change(before.guests if before is not None else ())
    if before is not None and guests == before.guests:
        return before
    if before is not None and _covers_these_alone(resources, choice, before.id):
        return replace(before, guests=guests)
    return Invitation(id=new_uuid(), project=scope.project, guests=guests) if guests else None


def _covers_these_alone(resources: Resources, choice: Choice, invitation: UUID) -> bool:
    numbers = frozenset(scope.number for scope in resources.catalog.scopes() if scope.invitation == invitation)
    chosen = Counter(record.scope for record in choice.records)
    return resources.catalog.count(EVERYTHING, Visible(numbers)) == sum(chosen[number] for number in numbers)
