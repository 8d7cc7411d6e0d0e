"""Deciding how far a project's records go: what would change for whom, then the change."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kiban.access.who import Move
from kiban.errors import InvalidValue
from kiban.operations.directory_changes import named, revision_of, view_of
from kiban.operations.project_changes import change_project, check_policy, find_project, require_steward
from kiban.operations.resources import Resources
from kiban.operations.weigh_change import Effects, records_by_scope, weigh_change
from kiban.records.parties.directory import Directory
from kiban.records.parties.standing import Standing, standing
from kiban.records.parties.terms import Agreement, Project
from kiban.records.party import Asker
from kiban.records.scope import Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What becomes of a project's records where they say nothing else. What is `None` stays as it is."""

    tier: Tier | None = None
    agreement: str | None = None
    """Identifier or name; for the shared tier."""
    allowed: frozenset[Tier] | None = None
    embargo_days: int | None = None
    """0 for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPreview:
    """What a change of policy would change."""

    before: Project
    after: Project
    agreement: str
    """Name of the agreement that it would be shared under; empty where there is none."""
    revision: int
    n_following: int
    """Records whose tier is the project's: they go along."""
    n_own: int
    """Records that have a tier of their own, and keep it."""
    n_own_wider: int
    """Of these, those that are open or shared all the same."""
    waiting: tuple[str, ...]
    """Parties that are invited and have not accepted: the effects are those once they have."""
    effects: Effects


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """How many of a project's records are where."""

    tier: Tier
    agreement: str
    """Its name, where the asker may know it."""
    follows: bool
    """They go where the project goes."""
    n_records: int


def where_records_are(asker: Asker, resources: Resources, project: UUID) -> tuple[Placed, ...]:
    """Count a project's records by tier and agreement, as far as the asker may see them."""
    counts, agreements = records_by_scope(asker, resources), view_of(asker, resources).agreements
    together: dict[tuple[Tier, str, bool], int] = {}
    for scope in resources.catalog.scopes():
        if scope.project == project and scope.number in counts:
            agreement = agreements.get(scope.agreement) if scope.agreement is not None else None
            key = (scope.tier, agreement.name if agreement is not None else "", scope.follows)
            together[key] = together.get(key, 0) + counts[scope.number]
    order = list(Tier)
    return tuple(
        Placed(tier=tier, agreement=agreement, follows=follows, n_records=n)
        for (tier, agreement, follows), n in sorted(together.items(), key=lambda i: (order.index(i[0][0]), i[0][1:]))
    )


def preview_policy(asker: Asker, resources: Resources, project: str, policy: Policy) -> PolicyPreview:
    """What `change_policy` would change, for each person. Changes nothing.

    Raises
    ------
    RecordNotFound, Refused, InvalidValue
        As `change_policy`.
    """
    before = find_project(asker, resources, project)
    require_steward(asker, before, "decide who sees its records")
    directory = resources.directory.load()
    after = _with(asker, resources, before, policy)
    check_policy(asker, directory, after)
    counts = records_by_scope(asker, resources)
    own = [scope for scope in resources.catalog.scopes() if scope.project == before.id]
    moves = [
        Move(
            before=scope,
            after=replace(scope, tier=after.tier, agreement=after.agreement) if scope.follows else scope,
            n_records=counts[scope.number],
        )
        for scope in own
        if scope.number in counts
    ]
    agreement = directory.agreements.get(after.agreement) if after.agreement is not None else None
    now, waiting = directory.with_entries([after]), tuple[UUID, ...]()
    both = [directory.agreements[i] for i in (before.agreement, after.agreement) if i is not None]
    accepted = (p.party for each in both for p in each.participants if p.holds_at(asker.at))
    consenting = _people_of(directory, accepted)
    if agreement is not None:
        waiting = tuple(p.party for p in agreement.participants if standing(p, agreement, asker.at) is Standing.INVITED)
        now = now.with_entries([_accepted(agreement, waiting, asker.at)])
    view = view_of(asker, resources)
    return PolicyPreview(
        before=before,
        after=after,
        agreement=agreement.name if agreement else "",
        revision=revision_of(resources, before.id),
        n_following=sum(move.n_records for move in moves if move.before.follows),
        n_own=sum(move.n_records for move in moves if not move.before.follows),
        n_own_wider=sum(
            move.n_records for move in moves if not move.before.follows and move.before.tier is not Tier.CLOSED
        ),
        waiting=tuple(sorted(view.name_of(party) or "…" for party in waiting)),
        effects=weigh_change(asker, resources, directory, now, moves, named=consenting),
    )


def _people_of(directory: Directory, parties: Iterable[UUID]) -> frozenset[UUID]:
    wanted = set(parties)
    return frozenset(person.id for person in directory.people.values() if directory.parties_of(person) & wanted)


def _accepted(agreement: Agreement, parties: Collection[UUID], moment: datetime) -> Agreement:
    """The agreement as it would be if these parties had accepted by now."""
    answered = tuple(
        replace(each, accepted_at=moment) if each.party in parties else each for each in agreement.participants
    )
    return replace(agreement, participants=answered)


def change_policy(
    asker: Asker, resources: Resources, project: str, policy: Policy, *, seen: int | None = None
) -> Project:
    """Say what becomes of a project's records. Those that follow the project go along at once, in one statement.

    Raises
    ------
    RecordNotFound
        If there is no such project or agreement that the asker may know of.
    Refused
        If the asker is no steward of the project.
    InvalidValue
        If the tier needs an agreement, the agreement has ended, or nothing would change.
    Conflict
        If the project has been changed since it was looked at.
    """
    found = find_project(asker, resources, project)
    after = _with(asker, resources, found, policy)
    return change_project(
        asker,
        resources,
        found.id,
        lambda before, _: _with(asker, resources, before, policy),
        act="changed policy of project",
        seen=seen,
        tier=after.tier.value,
        agreement=str(after.agreement or ""),
    )


def share_project(asker: Asker, resources: Resources, project: str, agreement: str, **given: int | None) -> Project:
    """Share a project's records under an agreement. Raises as `change_policy`."""
    return change_policy(asker, resources, project, sharing(agreement), **given)


def close_project(asker: Asker, resources: Resources, project: str, **given: int | None) -> Project:
    """Take a project's records back: nobody but its members sees them any more. Raises as `change_policy`."""
    return change_policy(asker, resources, project, CLOSING, **given)


def sharing(agreement: str) -> Policy:
    """The policy that shares under an agreement."""
    return Policy(tier=Tier.SHARED, agreement=agreement)


CLOSING = Policy(tier=Tier.CLOSED)


def _with(asker: Asker, resources: Resources, project: Project, policy: Policy) -> Project:
    tier = policy.tier or project.tier
    agreement: UUID | None = project.agreement if tier is Tier.SHARED else None
    if policy.agreement:
        agreement = named(view_of(asker, resources).agreements, policy.agreement, "name").id
    elif policy.tier is Tier.SHARED and agreement is None:
        raise InvalidValue(
            f"{project.name} was to be shared under no agreement.", mend="Name the agreement that it is shared under."
        )
    embargo = project.embargo_days if policy.embargo_days is None else policy.embargo_days or None
    # The tier that a project has is allowed: whoever names it means so.
    allowed = policy.allowed if policy.allowed is not None else project.allowed | {tier}
    return replace(project, tier=tier, agreement=agreement, allowed=allowed, embargo_days=embargo)
