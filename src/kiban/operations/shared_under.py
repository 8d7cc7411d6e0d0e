"""What is shared under an agreement, as far as the asker may know; and what a party has taken with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kiban.access.directory_view import speaks_for
from kiban.errors import RecordNotFound, Refused
from kiban.operations.agreements import find_agreement
from kiban.operations.audited import reads, saw
from kiban.operations.directory_changes import party_named, view_of
from kiban.operations.resources import Resources, require_act
from kiban.query.question import EVERYTHING
from kiban.records.parties.right import Right, Role
from kiban.records.parties.terms import Project
from kiban.records.party import Act, Asker
from kiban.records.scope import Tier, Visible
from kiban.store.catalog import Facet

_MOST = 500
TAKING = ("export", "download", "fetch", "table made")
"""How the acts begin in the audit log by which somebody takes data along."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """What may be known of a record by who may only know that it exists. The title is there for who may read it."""

    id: str
    kind: str
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedUnder:
    """What is shared, as far as the asker may know."""

    kinds: Mapping[str, int]
    n_records: int
    records: tuple[Identified, ...]
    """The newest of them."""
    projects: tuple[str, ...]
    """Names of the asker's projects whose records go under it unless they say otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Something that somebody of a party took along under an agreement."""

    at: datetime
    by: str
    act: str
    subject: str


@reads("listed shared records")
def shared_under(asker: Asker, resources: Resources, agreement: str, *, limit: int = 50) -> SharedUnder:
    """Count and list what is shared under an agreement. Raises RecordNotFound, InvalidValue."""
    found = find_agreement(asker, resources, agreement)
    under = {s.number for s in resources.catalog.scopes() if s.tier is Tier.SHARED and s.agreement == found.id}
    exists = Visible(resources.visible(asker, Right.EXISTS).numbers & under, frozenset(), frozenset())
    described = resources.visible(asker).numbers
    kinds = dict(resources.catalog.facets(EVERYTHING, exists, Facet.KIND))
    page = resources.catalog.find(EVERYTHING, exists, limit=min(limit, _MOST))
    saw(scopes=(exists.numbers if kinds else ()), n=sum(kinds.values()))
    own = [p for p in view_of(asker, resources).projects.values() if p.agreement == found.id]
    return SharedUnder(
        kinds=kinds,
        n_records=sum(kinds.values()),
        records=tuple(
            Identified(id=r.pid, kind=r.kind.value, title=r.title if r.scope in described else None)
            for r in page.records
        ),
        projects=tuple(sorted(project.name for project in own)),
    )


def taken_under(asker: Asker, resources: Resources, agreement: str, party: str) -> tuple[Taken, ...]:
    """What people of a party exported and downloaded under an agreement, as far as the audit log knows, newest first.

    For the party's stewards, who see to it that it is deleted at the end, and for the keeper's.

    Parameters
    ----------
    party : str
        Identifier, or the name of one that the asker knows.

    Raises
    ------
    RecordNotFound
    Refused
        If the asker is neither.
    """
    require_act(asker, Act.READ)
    found, directory = find_agreement(asker, resources, agreement), resources.directory.load()
    whose = party_named(directory, view_of(asker, resources), party, "organisations", "people")
    if whose not in {each.party for each in found.participants}:
        raise RecordNotFound(party)
    if not (speaks_for(asker, whose, directory) or asker.has_role(found.keeper, Role.STEWARD)):
        raise Refused("The list is for stewards of the party, and of the project that keeps the agreement.",
                      mend="Ask one of them.")  # fmt: skip
    was_under = _was_under(resources, found.id)
    people = {str(p.id): p for p in directory.people.values() if whose in directory.parties_of(p)}
    taken = [
        Taken(at=line.at, by=people[line.actor].name, act=line.act, subject=line.subject)
        for _, line in resources.audit.read()
        if line.actor in people and line.act.startswith(TAKING) and any(was_under(n, line.at) for n in line.scopes)
    ]
    return tuple(reversed(taken))


def _was_under(resources: Resources, agreement: UUID) -> Callable[[int, datetime], bool]:
    """Gives a test whether a scope was shared under the agreement at a moment.

    A scope that follows its project has had whatever the project has had: its history says when.
    """
    scopes = {scope.number: scope for scope in resources.catalog.scopes()}
    histories: dict[UUID, list[tuple[datetime, UUID | None]]] = {}

    def at(project: UUID, moment: datetime) -> UUID | None:
        if project not in histories:
            versions = resources.directory.history(project)
            histories[project] = [(v.at, v.entry.agreement) for v in versions if isinstance(v.entry, Project)]
        return next((under for since, under in histories[project] if since <= moment), None)

    def test(number: int, moment: datetime) -> bool:
        scope = scopes.get(number)
        if scope is None:
            return False
        return (at(scope.project, moment) if scope.follows else scope.agreement) == agreement

    return test
