"""All values of the samples and measurements that answer a question, one part after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from kiban.operations.audited import reads
from kiban.operations.find import understood
from kiban.operations.resources import Resources
from kiban.operations.stream_records import Streamed, allowed_now, pages
from kiban.query.question import And, Comparison, Operator, Or, Question
from kiban.records.document import to_json
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.property import Fact
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Visible
from kiban.standards.row_stream import Field, Kind

PART = 500
"""So many values are in one part, and so many measurements are looked up at a time."""
FIELDS = (
    Field("id"),
    Field("sample"),
    Field("sample_id"),
    Field("term"),
    Field("value", Kind.NUMBER),
    Field("unit"),
    Field("standard_uncertainty", Kind.NUMBER),
    Field("si_value", Kind.NUMBER),
    Field("si_unit"),
    Field("condition", Kind.JSON),
    Field("method"),
    Field("evidence"),
)


@reads("exported")
def stream_facts(asker: Asker, resources: Resources, text: str) -> Streamed:
    """Take along the values that the asker may use: of samples all, of measurements those that rest on them.

    Each value comes once. Audit log and changes meanwhile: see `stream_records`.

    Raises
    ------
    InvalidQuestion
    """
    question = understood(asker, resources, text)
    allowed, n_left_out = allowed_now(asker, resources, question, Right.USE, text)
    parts = _parts(resources, question, pages(asker, resources, question, Right.USE, allowed))
    return Streamed(fields=FIELDS, parts=parts, n_left_out=n_left_out)


def _parts(
    resources: Resources, question: Question, found: Iterator[tuple[tuple[Record, ...], Visible]]
) -> Iterator[list[tuple[Any, ...]]]:
    for records, visible in found:
        # One sample after another: of a sample that was measured for years there are many values.
        for record in records:
            if record.kind is RecordKind.SAMPLE:
                facts = resources.catalog.facts(visible, subjects=[record.id])
                for some in _slices(facts):
                    yield _rows(resources, _not_given_otherwise(resources, question, some, visible), visible)
        measurements = [record.id for record in records if record.kind is RecordKind.MEASUREMENT]
        if measurements:
            for some in _slices(resources.catalog.facts(visible, evidence=measurements)):
                yield _rows(resources, some, visible)


def _slices(facts: tuple[Fact, ...]) -> Iterator[tuple[Fact, ...]]:
    for begin in range(0, len(facts), PART):
        yield facts[begin : begin + PART]


def _not_given_otherwise(
    resources: Resources, question: Question, facts: Iterable[Fact], visible: Visible
) -> tuple[Fact, ...]:
    """Without those that rest on a measurement that answers by itself: these come with it."""
    facts = tuple(facts)
    pids = [record.pid for record in resources.catalog.get_many({f.evidence for f in facts}, visible).values()]
    if not pids:
        return facts
    these = Or(tuple(Comparison("id", Operator.EQUAL, pid) for pid in pids))
    answering = resources.catalog.find(And((question, these)), visible, limit=len(pids)).records
    ids = {record.id for record in answering}
    return tuple(fact for fact in facts if fact.evidence not in ids)


def _rows(resources: Resources, facts: Iterable[Fact], visible: Visible) -> list[tuple[Any, ...]]:
    facts = tuple(facts)
    named = {f.evidence for f in facts} | {f.subject for f in facts if f.subject is not None}
    others = resources.catalog.get_many(named, visible)
    return [_row(fact, others) for fact in facts]


def _row(fact: Fact, others: dict[UUID, Record]) -> tuple[Any, ...]:
    claim, evidence = fact.property, others.get(fact.evidence)
    sample = others.get(fact.subject) if fact.subject is not None else None
    si = claim.value.in_si()
    return (
        str(fact.id),
        sample.title if sample is not None else None,
        sample.pid if sample is not None else None,
        claim.term,
        claim.value.value,
        claim.value.unit,
        claim.value.uncertainty.standard if claim.value.uncertainty is not None else None,
        si.value,
        si.unit,
        to_json(claim)["condition"],
        claim.method,
        evidence.pid if evidence is not None else None,
    )
