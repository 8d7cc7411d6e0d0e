"""Where a record comes from, and what came of it: the records along the way, their links and the values."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kiban.operations.audited import reads, saw
from kiban.operations.changed_records import current
from kiban.operations.resources import Resources
from kiban.records.link import Link
from kiban.records.party import Asker
from kiban.records.property import Fact
from kiban.records.provenance import Direction
from kiban.records.record import Record, RecordKind

MOST = 1000
"""So many records of a provenance are given; where there are more, it says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A record on the way."""

    record: Record
    depth: int
    """Links from the start, which is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a record rests on, or what came of it."""

    direction: Direction
    steps: tuple[Step, ...]
    """Nearest first; the first is the start."""
    links: tuple[Link, ...]
    facts: tuple[Fact, ...]
    """Back: of the start alone, where it is a measurement. Forward: all that rest on measurements on the way."""
    is_cut: bool


@reads("read provenance", at_one_moment=True)
def provenance(
    asker: Asker, resources: Resources, identifier: str, *, direction: Direction, most: int = MOST
) -> Provenance:
    """Follow the links of a record to their ends.

    A value rests on its measurement: follow that one back.

    Raises
    ------
    RecordNotFound
        If there is none that the asker may see.
    InvalidIdentifier
    """
    start = current(asker, resources, identifier)
    visible = resources.visible(asker)
    walk = resources.catalog.walk([start.id], visible, direction=direction, most=most)
    records = resources.catalog.get_many(walk.depths, visible)
    # What was deleted since the walk is not there any more.
    steps = tuple(Step(record=records[i], depth=depth) for i, depth in walk.depths.items() if i in records)
    saw(*records.values(), subject=start.pid, n=len(records))
    return Provenance(
        direction=direction,
        steps=steps,
        links=tuple(link for link in walk.links if link.subject in records and link.object in records),
        facts=_facts(asker, resources, start, steps, direction),
        is_cut=walk.is_cut,
    )


def _facts(
    asker: Asker, resources: Resources, start: Record, steps: tuple[Step, ...], direction: Direction
) -> tuple[Fact, ...]:
    reached = steps if direction is Direction.FORWARD else steps[:1]
    evidence: list[UUID] = [s.record.id for s in reached if s.record.kind is RecordKind.MEASUREMENT]
    if direction is Direction.BACK and start.kind is not RecordKind.MEASUREMENT:
        return ()
    return resources.catalog.facts(resources.visible(asker), evidence=evidence) if evidence else ()
