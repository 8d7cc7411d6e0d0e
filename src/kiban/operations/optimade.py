"""What an OPTIMADE server answers with: structures and references, inside what the asker may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kiban.errors import InvalidIdentifier, RecordNotFound
from kiban.learning.table import in_order_of_rank
from kiban.operations.audited import reads, saw
from kiban.operations.resources import Resources
from kiban.operations.rights_of import effective_rights
from kiban.query.optimade_filter import Field, read_filter
from kiban.query.question import EVERYTHING, And, Comparison, Extent, Has, Known, Operator, Or, Question
from kiban.query.structure_answers import TYPE
from kiban.records.identity import parse_pid
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.property import Fact
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Visible
from kiban.standards.optimade.properties import PREFIX, REFERENCES, structure_properties
from kiban.standards.optimade.references import has_reference, reference_attributes
from kiban.standards.optimade.structures import structure_attributes

_STRUCTURES = Has("structure.type", Extent.ALL, (TYPE,))
_REFERENCES = And((Comparison("technique", Operator.EQUAL, "crystal_structure"), Or(tuple(
    Known(f"metadata.publication_{name}", True) for name in ("doi", "title", "journal", "year", "authors")
)), _STRUCTURES))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One structure or reference."""

    id: str
    attributes: Mapping[str, Any]
    references: tuple[str, ...] = ()
    """Identifiers of the references that it cites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Part of an answer; `next` starts the part after it."""

    entries: tuple[Entry, ...]
    n_answers: int
    n_all: int
    next: str | None


@reads("searched", at_one_moment=True)
def optimade_structures(
    asker: Asker, resources: Resources, text: str, *, limit: int, after: str | None = None
) -> Entries:
    """Structures that answer a filter, newest first.

    Raises
    ------
    InvalidQuestion
        As `kiban.query.optimade_filter.read_filter`.
    """
    fields = {name: each.field for name, each in structure_properties().items()}
    return _entries(asker, resources, _STRUCTURES, text, fields, limit, after)


@reads("searched", at_one_moment=True)
def optimade_references(
    asker: Asker, resources: Resources, text: str, *, limit: int, after: str | None = None
) -> Entries:
    """References that answer a filter, newest first. Raises as `optimade_structures`."""
    fields = {name: each.field for name, each in REFERENCES.items()}
    return _entries(asker, resources, _REFERENCES, text, fields, limit, after)


@reads("read record", at_one_moment=True)
def optimade_structure(asker: Asker, resources: Resources, identifier: str) -> Entry:
    """One structure. Raises RecordNotFound."""
    return _one(asker, resources, identifier, _STRUCTURES)


@reads("read record", at_one_moment=True)
def optimade_reference(asker: Asker, resources: Resources, identifier: str) -> Entry:
    """One reference. Raises RecordNotFound."""
    return _one(asker, resources, identifier, _REFERENCES)


def _one(asker: Asker, resources: Resources, identifier: str, among: Question) -> Entry:
    try:
        pid = parse_pid(identifier)
    except InvalidIdentifier as e:
        raise RecordNotFound(identifier) from e
    visible = resources.visible(asker, Right.DATA)
    same = And((Comparison("structure.id", Operator.EQUAL, pid), among))
    records = resources.catalog.find(same, visible, limit=1).records
    if not records:
        raise RecordNotFound(identifier)
    saw(*records)
    return _dressed(resources, visible, records, among)[0]


def _entries(
    asker: Asker, resources: Resources, among: Question, text: str, fields: Mapping[str, Field], limit: int,
    after: str | None,
) -> Entries:  # fmt: skip
    visible = resources.visible(asker, Right.DATA)
    asked = read_filter(text, fields, prefix=PREFIX) if text.strip() else EVERYTHING
    question = among if asked == EVERYTHING else And((among, asked))
    page = resources.catalog.find(question, visible, limit=limit, after=after)
    n_all = resources.catalog.count(among, visible)
    n_answers = n_all if question is among else resources.catalog.count(question, visible)
    saw(*page.records, n=n_answers, details={"filter": text} if text.strip() else {})
    return Entries(
        entries=_dressed(resources, visible, page.records, among), n_answers=n_answers, n_all=n_all, next=page.next
    )


def _dressed(resources: Resources, visible: Visible, records: tuple[Record, ...], among: Question) -> tuple[Entry, ...]:
    if among is _REFERENCES:
        return tuple(Entry(id=record.pid, attributes=reference_attributes(record)) for record in records)
    facts = _facts(resources, visible, records)
    evidence = resources.catalog.get_many({f.evidence for each in facts.values() for f in each}, visible)
    pids = {i: record.pid for i, record in evidence.items()}
    rights = effective_rights(resources, visible, records)
    return tuple(
        Entry(
            id=record.pid,
            attributes=structure_attributes(
                record,
                in_order_of_rank(facts.get(record.id, ())),
                pids,
                licence=(rights[record.id].licence or None) if record.id in rights else None,
            ),
            references=(record.pid,) if has_reference(record) else (),
        )
        for record in records
    )


def _facts(resources: Resources, visible: Visible, records: tuple[Record, ...]) -> dict[UUID, list[Fact]]:
    found: dict[UUID, list[Fact]] = {}
    samples = [r.id for r in records if r.kind is RecordKind.SAMPLE]
    measurements = [r.id for r in records if r.kind is RecordKind.MEASUREMENT]
    for fact in resources.catalog.facts(visible, subjects=samples) if samples else ():
        if fact.subject is not None:
            found.setdefault(fact.subject, []).append(fact)
    for fact in resources.catalog.facts(visible, evidence=measurements) if measurements else ():
        found.setdefault(fact.evidence, []).append(fact)
    return found
