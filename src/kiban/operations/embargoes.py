"""Embargoes: announced before they end, and written down once they have ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from kiban.operations.resources import Resources
from kiban.records.event import Event
from kiban.records.parties.directory import Directory
from kiban.records.parties.right import Role
from kiban.records.party import Asker
from kiban.records.scope import Scope, ScopeTerms, Tier, Visible
from kiban.store.catalog import Batch

AHEAD = timedelta(days=60)
"""So long before its end an embargo is announced to the project's members."""
ENDED = "embargo ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Records whose embargo ends soon, and what happens to them then."""

    scope: Scope
    project: str
    agreement: str
    """Name of the agreement that they are shared under then."""
    n_records: int
    ends_at: datetime
    may_decide: bool
    """Whether the asker may lengthen or end it."""

    @property
    def changes_something(self) -> bool:
        """Others will see them then; closed records stay closed."""
        return self.scope.tier is not Tier.CLOSED


def endings(asker: Asker, resources: Resources) -> tuple[Ending, ...]:
    """The embargoes in the asker's projects that end within the next 60 days, the next one first."""
    directory, visible = resources.directory.load(), resources.visible(asker)
    soon = [scope for scope in resources.catalog.scopes() if scope.number in visible and _ends_soon(scope, asker)]
    counts = resources.catalog.count_by_scope(Visible(frozenset(scope.number for scope in soon)))
    found = [_ending(asker, directory, scope, counts.get(scope.number, 0)) for scope in soon]
    return tuple(sorted((each for each in found if each.n_records), key=lambda each: (each.ends_at, each.scope.number)))


def ending_of(asker: Asker, resources: Resources, scope: Scope) -> Ending | None:
    """The end of one scope's embargo, where it is announced to the asker."""
    if not _ends_soon(scope, asker):
        return None
    counts = resources.catalog.count_by_scope(Visible(frozenset({scope.number})))
    return _ending(asker, resources.directory.load(), scope, counts.get(scope.number, 0))


def _ends_soon(scope: Scope, asker: Asker) -> bool:
    end = scope.closed_until
    return end is not None and scope.project in asker.projects and asker.at < end <= asker.at + AHEAD


def _ending(asker: Asker, directory: Directory, scope: Scope, n_records: int) -> Ending:
    assert scope.closed_until is not None  # noqa: S101  asked for scopes under embargo alone
    agreement = directory.agreements.get(scope.agreement) if scope.agreement is not None else None
    project = directory.projects.get(scope.project)
    return Ending(
        scope=scope,
        project=project.name if project is not None else "",
        agreement=agreement.name if agreement is not None else "",
        n_records=n_records,
        ends_at=scope.closed_until,
        may_decide=asker.has_role(scope.project, Role.STEWARD),
    )


def note_ended(resources: Resources, at: datetime) -> int:
    """Write down, once, which embargoes have ended since this was last asked; whoever comes first does it.

    Nothing is moved by it: an embargo is judged by its date. Gives how many lines were written.
    """
    ended: dict[UUID, list[Scope]] = {}
    for scope in resources.catalog.scopes():
        if scope.closed_until is not None and scope.closed_until <= at:
            ended.setdefault(scope.project, []).append(scope)
    return sum(_note(resources, project, scopes, at) for project, scopes in ended.items())


def _note(resources: Resources, project: UUID, scopes: list[Scope], at: datetime) -> int:
    own = resources.catalog.ensure_scope(ScopeTerms(project=project, tier=Tier.CLOSED))
    everything = Visible(frozenset({own.number}))
    subject = uuid5(NAMESPACE_URL, f"kiban:embargoes:{project}")
    if not _unnoted(resources, scopes, everything, subject):
        return 0
    with resources.catalog.writing(everything, project=project) as writing:
        # Somebody may have been faster while this one waited for its turn.
        new = _unnoted(resources, scopes, everything, subject)
        counts = resources.catalog.count_by_scope(Visible(frozenset(scope.number for scope in new)))
        events = tuple(_event(scope, subject, own.number, counts.get(scope.number, 0), at) for scope in new)
        if events:
            writing.add(Batch(events=events))
    return len(events)


def _unnoted(resources: Resources, scopes: list[Scope], visible: Visible, subject: UUID) -> list[Scope]:
    told = resources.catalog.events(visible, subject=subject, limit=len(scopes) + 1000)
    known = {(event.details["of_scope"], event.details["closed_until"]) for event in told}
    return [scope for scope in scopes if (scope.number, str(scope.closed_until)) not in known]


def _event(scope: Scope, subject: UUID, number: int, n_records: int, at: datetime) -> Event:
    details = {"of_scope": scope.number, "closed_until": str(scope.closed_until), "n_records": n_records}
    details |= {"tier": scope.tier.value}
    return Event(at=at.astimezone(UTC), actor="kiban", action=ENDED, subject=subject, scope=number, details=details)
