"""Where in a directory each party is named, so that an asker is made without looking through every project.

A directory is a snapshot that never changes, so this is worked out once for each, and so is each asker: again only when
something that names it begins or ends by itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from kiban.records.parties.directory import Directory
from kiban.records.parties.people import Person
from kiban.records.party import Act, Asker

_ASKERS = 2000
"""So many are remembered for a directory."""
_Places = Mapping[UUID, tuple[UUID, ...]]
_REMEMBERED = 4
"""Directories: the newest, and those of what-ifs and of requests that are under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """Party to the entries that name it, in force or not, in the directory's order."""

    groups: _Places
    projects: _Places
    agreements: _Places
    invitations: _Places
    decisions: _Places
    moments: Mapping[UUID, tuple[datetime, ...]]
    """When something begins or ends by itself for each party, unordered."""
    _spans: dict[Person, tuple[datetime, ...]] = field(default_factory=dict)
    _askers: dict[Hashable, Asker] = field(default_factory=dict)

    def asker(self, person: Person, acts: frozenset[Act], project: UUID | None, at: datetime) -> Asker | None:
        """The asker that was remembered for the person, if nothing begins or ends between its moment and this one."""
        return self._askers.get((person, acts, project, self._span(person, at)))

    def remember(self, asker: Asker, person: Person, acts: frozenset[Act], project: UUID | None, at: datetime) -> None:
        """Remember an asker. `acts` and `project` are what it was made with."""
        if len(self._askers) >= _ASKERS:
            self._askers.clear()
        self._askers[person, acts, project, self._span(person, at)] = asker

    def _span(self, person: Person, at: datetime) -> int:
        moments = self._spans.get(person)
        if moments is None:
            of = (self.moments.get(party, ()) for party in self.parties_of(person))
            moments = self._spans[person] = tuple(sorted({moment for some in of for moment in some}))
        return bisect_right(moments, at)

    def parties_of(self, person: Person) -> frozenset[UUID]:
        """The person, their groups and their organisation, as `Directory.parties_of`."""
        own = {person.id} | ({person.organisation} if person.organisation else set())
        return frozenset(own.union(self.groups.get(person.id, ())))

    def projects_of(self, parties: Iterable[UUID]) -> Iterable[UUID]:
        """Projects in which one of the parties has or had a role."""
        return _of(self.projects, parties)

    def agreements_of(self, parties: Iterable[UUID]) -> Iterable[UUID]:
        """Agreements in which one of the parties takes or took part."""
        return _of(self.agreements, parties)

    def invitations_of(self, parties: Iterable[UUID]) -> Iterable[UUID]:
        """Invitations of one of the parties."""
        return _of(self.invitations, parties)

    def decisions_of(self, parties: Iterable[UUID]) -> Iterable[UUID]:
        """Decisions about releases to one of the parties."""
        return _of(self.decisions, parties)


def granted_in(directory: Directory) -> Granted:
    """What the directory grants, by party."""
    return _granted(_Same(directory))


class _Same:
    """A directory compared by identity, which keeps it in memory: nothing else takes its place there."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.directory is other.directory

    def __hash__(self) -> int:
        return id(self.directory)


@lru_cache(_REMEMBERED)
def _granted(same: _Same) -> Granted:
    directory = same.directory
    return Granted(
        groups=_places((g.id, g.members) for g in directory.groups.values()),
        projects=_places((p.id, (grant.party for grant in p.grants)) for p in directory.projects.values()),
        agreements=_places((a.id, (each.party for each in a.participants)) for a in directory.agreements.values()),
        invitations=_places((i.id, (each.party for each in i.guests)) for i in directory.invitations.values()),
        decisions=_places((d.id, (d.party,)) for d in directory.decisions.values()),
        moments=_moments(directory),
    )


def _moments(directory: Directory) -> Mapping[UUID, tuple[datetime, ...]]:
    found: defaultdict[UUID, set[datetime]] = defaultdict(set)

    def note(party: UUID, *moments: datetime | None) -> None:
        found[party].update(moment for moment in moments if moment is not None)

    for project in directory.projects.values():
        for grant in project.grants:
            note(grant.party, grant.since, grant.until)
    for agreement in directory.agreements.values():
        for each in agreement.participants:
            note(each.party, agreement.starts, agreement.ends, each.since, each.accepted_at, each.left_at)
    for invitation in directory.invitations.values():
        for guest in invitation.guests:
            note(guest.party, guest.since, guest.until)
    return {party: tuple(moments) for party, moments in found.items()}


def _places(named: Iterable[tuple[UUID, Iterable[UUID]]]) -> _Places:
    found: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for entry, parties in named:
        for party in dict.fromkeys(parties):
            found[party].append(entry)
    return {party: tuple(entries) for party, entries in found.items()}


def _of(places: _Places, parties: Iterable[UUID]) -> Iterable[UUID]:
    return dict.fromkeys(entry for party in parties for entry in places.get(party, ()))
