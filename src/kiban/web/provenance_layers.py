"""Where the boxes of a provenance go: columns by what rests on what, and an order in which few arrows cross."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

from kiban.records.link import Link, Predicate
from kiban.records.record import Record
from kiban.web.provenance_graph import MOST_BOXES, Graph, Node

_SWEEPS = 4


def layers(records: Iterable[UUID], links: Sequence[Link]) -> dict[UUID, int]:
    """A column for each record, from 0: to the right of all that it rests on, and as far left as that allows."""
    rests_on: defaultdict[UUID, list[UUID]] = defaultdict(list)
    came_of_it: defaultdict[UUID, list[UUID]] = defaultdict(list)
    n_left: Counter[UUID] = Counter()
    for link in links:
        rests_on[link.subject].append(link.object)
        came_of_it[link.object].append(link.subject)
        n_left[link.subject] += 1
    found: dict[UUID, int] = {}
    waiting = [record for record in records if n_left[record] == 0]
    while waiting:
        here = waiting.pop()
        found[here] = 1 + max((found[earlier] for earlier in rests_on[here]), default=-1)
        for later in came_of_it[here]:
            n_left[later] -= 1
            if n_left[later] == 0:
                waiting.append(later)
    return found


def arranged(
    records: Mapping[UUID, Record],
    links: Sequence[Link],
    node_of: Callable[[Record], Node],
    rest_of: Callable[[str, int], Node],
    here: UUID,
) -> Graph:
    """Arrange records as a picture, earlier ones to the left.

    Parameters
    ----------
    rest_of : callable
        Makes the box that stands for records of one kind in one column which there is no room for, given the kind and
        their number.
    here : UUID
        The record that is always shown.
    """
    columns: defaultdict[int, list[UUID]] = defaultdict(list)
    for record, column in layers(records, links).items():
        columns[column].append(record)
    _order(columns, links)
    n_ties = Counter(end for link in links for end in (link.subject, link.object))
    boxes: dict[UUID, Node] = {}
    shown = []
    for number in sorted(columns):
        kept = _with_room(columns[number], records, here, n_ties)
        left_out = [record for record in columns[number] if record not in set(kept)]
        nodes = [node_of(records[record]) for record in kept]
        boxes |= dict(zip(kept, nodes, strict=True))
        for kind, n in Counter(records[record].kind.value for record in left_out).items():
            rest = rest_of(kind, n)
            nodes.append(rest)
            boxes |= {record: rest for record in left_out if records[record].kind.value == kind}
        shown.append(tuple(dict.fromkeys(nodes)))
    edges = dict.fromkeys((boxes[link.object], boxes[link.subject]) for link in _told_once(links))
    return Graph(columns=tuple(shown), edges=tuple(edges))


def _told_once(links: Sequence[Link]) -> list[Link]:
    """Without the links from a sample to its source that a process between them tells as well."""
    used: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for link in links:
        if link.predicate is Predicate.USED:
            used[link.subject].add(link.object)
    told = {
        (link.subject, source) for link in links if link.predicate is Predicate.MADE_BY for source in used[link.object]
    }
    return [x for x in links if x.predicate is not Predicate.DERIVED_FROM or (x.subject, x.object) not in told]


def _with_room(column: list[UUID], records: Mapping[UUID, Record], here: UUID, n_ties: Counter[UUID]) -> list[UUID]:
    """Those of a column that get a box of their own: a fair part of each kind, of these what most hangs on."""
    if len(column) <= MOST_BOXES:
        return column
    kinds = Counter(records[record].kind for record in column)
    room = max(1, (MOST_BOXES - len(kinds)) // len(kinds))
    taken: Counter[object] = Counter()
    kept = []
    for record in sorted(column, key=lambda r: (r != here, -n_ties[r])):
        kind = records[record].kind
        if taken[kind] < room:
            taken[kind] += 1
            kept.append(record)
    wanted = set(kept)
    return [record for record in column if record in wanted]


def _order(columns: dict[int, list[UUID]], links: Sequence[Link]) -> None:
    """Put boxes near the middle of those they are tied to (the barycentre method), to and fro a few times."""
    tied: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for link in links:
        tied[link.subject].append(link.object)
        tied[link.object].append(link.subject)
    places = {r: (i - len(column) / 2) for column in columns.values() for i, r in enumerate(column)}
    for sweep in range(_SWEEPS):
        for number in sorted(columns, reverse=bool(sweep % 2)):
            column = columns[number]
            middle = {r: sum(places[o] for o in tied[r]) / len(tied[r]) if tied[r] else places[r] for r in column}
            column.sort(key=lambda r, middle=middle: middle[r])  # type: ignore[misc]
            places |= {r: i - len(column) / 2 for i, r in enumerate(column)}
