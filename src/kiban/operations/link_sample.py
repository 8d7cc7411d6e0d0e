"""Say of which sample a measurement is, where nothing on its file decided, or where it was wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiban.errors import InvalidValue
from kiban.operations.audited import reads, saw
from kiban.operations.changed_records import check_version, commit, current, event_of, next_version
from kiban.operations.resources import Resources
from kiban.query.question import Known
from kiban.records.identity import new_uuid
from kiban.records.link import Link, Predicate
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Visible
from kiban.store.catalog import Batch

_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """A measurement of which it is not known whose it is, and the samples it may be of."""

    measurement: Record
    samples: tuple[Record, ...]


def link_sample(
    asker: Asker, resources: Resources, identifier: str, sample: str | None, *, expected: int | None = None
) -> Record:
    """Say that a measurement is of this sample; `None` says that it is not known of which.

    The values that rest on it go along. What was said before stays in the measurement's earlier version.

    Raises
    ------
    RecordNotFound
        If there is no such measurement or sample that the asker may see.
    Conflict
        If somebody else changed the measurement first.
    InvalidValue
        If it is of that sample already.
    """
    record = current(asker, resources, identifier, RecordKind.MEASUREMENT)
    check_version(record, expected)
    of = current(asker, resources, sample, RecordKind.SAMPLE) if sample is not None else None
    document = {**record.document, "candidates": (), "linked_by": f"{asker.party} said so." if of is not None else ""}
    if record.sample == (of.id if of is not None else None) and not record.document.get("candidates"):
        raise InvalidValue(
            f"{record.title} is of {of.title if of is not None else 'no sample'} already.", mend="Choose another one."
        )
    visible = resources.visible(asker)
    new = next_version(asker, record, sample=of.id if of is not None else None, document=document)
    facts = resources.catalog.facts(visible, evidence=[record.id])
    kept = [link for link in resources.catalog.links([record.id], visible) if link.subject == record.id]
    links = [link for link in kept if link.predicate is not Predicate.MEASURED]
    if of is not None:
        links.append(Link(subject=record.id, predicate=Predicate.MEASURED, object=of.id, scope=record.scope))
    batch = Batch(
        records=(new,),
        renewed=frozenset({record.id}),
        relinked=frozenset({record.id}),
        links=tuple(links),
        facts=tuple(replace(fact, id=new_uuid(), subject=new.sample) for fact in facts),
        events=(event_of(asker, new, "linked to sample", {"sample": of.pid if of is not None else None}),),
    )
    return commit(asker, resources, batch).records[0]


@reads("listed undecided")
def undecided(asker: Asker, resources: Resources) -> tuple[Undecided, ...]:
    """The measurements that may be of several samples, newest first; at most 500 at once."""
    visible = resources.visible(asker)
    found, samples = _undecided(resources, visible)
    saw(*found, *samples.values(), n=len(found))
    return tuple(
        Undecided(
            measurement=record,
            samples=tuple(samples[pid] for pid in record.document["candidates"] if pid in samples),
        )
        for record in found
    )


def n_undecided(resources: Resources, visible: Visible) -> int:
    """How many there are for somebody, at most as many as are listed at once."""
    return len(_undecided(resources, visible)[0])


def _undecided(resources: Resources, visible: Visible) -> tuple[list[Record], dict[str, Record]]:
    """The measurements that may be of samples which are seen, and these samples by their identifiers.

    One whose samples are all hidden is of no sample for whoever asks, and says no more than any other without one.
    """
    page = resources.catalog.find(Known("candidates", known=True), visible, limit=_PAGE)
    wanted = {pid for record in page.records for pid in record.document["candidates"]}
    samples = {sample.pid: sample for sample in resources.catalog.get_many(wanted, visible).values()}
    return [r for r in page.records if not samples.keys().isdisjoint(r.document["candidates"])], samples
