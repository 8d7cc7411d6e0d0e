"""Walks on the provenance graph: which records one rests on, or came of it, and how far away each is."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from kiban.records.link import Link


class Direction(StrEnum):
    """Which way links are followed."""

    BACK = "back"
    """To what a record rests on: from subject to object."""
    FORWARD = "forward"
    """To what came of it: from object to subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """What a walk came by."""

    depths: Mapping[UUID, int]
    """Every record that was reached, with the number of links to the nearest start, which is 0."""
    links: tuple[Link, ...]
    """All links between two records that were reached."""
    is_cut: bool
    """There is more than was asked for; what is there is the nearest."""


def depths(start: Collection[UUID], links: Iterable[Link], direction: Direction) -> dict[UUID, int]:
    """The number of links from the nearest start to each record that can be reached, nearest first."""
    onward: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for link in links:
        here, there = ends(link, direction)
        onward[here].append(there)
    found = dict.fromkeys(start, 0)
    waiting = deque(found)
    while waiting:
        here = waiting.popleft()
        for there in onward[here]:
            if there not in found:
                found[there] = found[here] + 1
                waiting.append(there)
    return found


def ends(link: Link, direction: Direction) -> tuple[UUID, UUID]:
    """Where a link is come from, and where it leads."""
    return (link.subject, link.object) if direction is Direction.BACK else (link.object, link.subject)


def path(start: UUID, end: UUID, links: Iterable[Link]) -> list[UUID]:
    """The shortest way back from one record to another, both included; empty where there is none."""
    before: dict[UUID, UUID] = {}
    onward: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for link in links:
        onward[link.subject].append(link.object)
    waiting, seen = deque([start]), {start}
    while waiting:
        here = waiting.popleft()
        if here == end:
            way = [here]
            while way[-1] in before:
                way.append(before[way[-1]])
            return way[::-1]
        for there in onward[here]:
            if there not in seen:
                seen.add(there)
                before[there] = here
                waiting.append(there)
    return []


def cycle(links: Collection[Link]) -> list[UUID]:
    """Records that come from themselves by these links, as a way from one of them back to it; empty where none does."""
    n_into: defaultdict[UUID, int] = defaultdict(int)
    onward: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for link in links:
        n_into[link.object] += 1
        onward[link.subject].append(link.object)
    waiting = [record for record in onward if n_into[record] == 0]
    # What remains after everything is taken away that nothing leads to, again and again, has a cycle.
    left = set(onward)
    while waiting:
        here = waiting.pop()
        left.discard(here)
        for there in onward[here]:
            n_into[there] -= 1
            if n_into[there] == 0 and there in onward:
                waiting.append(there)
    for record in sorted(left):
        for there in onward[record]:
            if way := path(there, record, links):
                return [record, *way]
    return []
