"""Where in a directory each party is named, so that an asker is made without looking through every project.

A directory is a snapshot that never changes, so this is worked out once for each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from kiban.records.parties.directory import Directory
from kiban.records.parties.people import Person

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
    )


def _places(named: Iterable[tuple[UUID, Iterable[UUID]]]) -> _Places:
    found: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for entry, parties in named:
        for party in dict.fromkeys(parties):
            found[party].append(entry)
    return {party: tuple(entries) for party, entries in found.items()}


def _of(places: _Places, parties: Iterable[UUID]) -> Iterable[UUID]:
    return dict.fromkeys(entry for party in parties for entry in places.get(party, ()))
