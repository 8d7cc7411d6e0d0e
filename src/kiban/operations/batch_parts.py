"""A large batch in parts, written one after the other in one transaction: so it can be told how far it has come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from kiban.records.event import Event
from kiban.records.link import Link, Predicate
from kiban.records.property import Fact
from kiban.records.record import Record, RecordKind
from kiban.store.catalog import Batch


@dataclass(slots=True)
class _Part:
    """What goes with some of the records."""

    records: list[Record] = field(default_factory=list)
    ids: set[UUID] = field(default_factory=set)

    def add(self, record: Record) -> None:
        self.records.append(record)
        self.ids.add(record.id)


def in_parts(batch: Batch, size: int) -> Iterator[Batch]:
    """Cut a batch into batches of about so many records, in their order.

    A new sample stays together with its processes and measurements: a link from a record that is there already would be
    looked at for cycles, which takes long. Blobs and files come with the first part.

    Parameters
    ----------
    size : int
        From 1; a part may have more where samples have many measurements.
    """
    made_of = {link.object: link.subject for link in batch.links if link.predicate is Predicate.MADE_BY}
    parts = [_Part()]
    for record in batch.records:
        sample = record.sample if record.kind is RecordKind.MEASUREMENT else made_of.get(record.id)
        if len(parts[-1].records) >= size and sample not in parts[-1].ids:
            parts.append(_Part())
        parts[-1].add(record)
    place: dict[UUID | None, int] = {record: at for at, part in enumerate(parts) for record in part.ids}
    links: list[list[Link]] = [[] for _ in parts]
    facts: list[list[Fact]] = [[] for _ in parts]
    events: list[list[Event]] = [[] for _ in parts]
    file_records: list[list[tuple[UUID, UUID]]] = [[] for _ in parts]
    for link in batch.links:
        links[place.get(link.subject, place.get(link.object, 0))].append(link)
    for fact in batch.facts:
        facts[place.get(fact.evidence, 0)].append(fact)
    for event in batch.events:
        events[place.get(event.subject, 0)].append(event)
    for file, measurement in batch.file_records:
        file_records[place.get(measurement, 0)].append((file, measurement))
    for at, part in enumerate(parts):
        first = at == 0
        yield replace(
            batch,
            blobs=batch.blobs if first else (),
            records=tuple(part.records),
            renewed=batch.renewed & part.ids,
            relinked=batch.relinked & part.ids,
            compositions={i: each for i, each in batch.compositions.items() if place.get(i, 0) == at},
            links=tuple(links[at]),
            facts=tuple(facts[at]),
            files=batch.files if first else (),
            file_records=tuple(file_records[at]),
            likenesses={i: each for i, each in batch.likenesses.items() if place.get(i, 0) == at},
            events=tuple(events[at]),
        )
