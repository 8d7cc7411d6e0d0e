"""What one record in memory is counted by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC

from kiban.query.answers import TEMPLATE, answers, started, text_of
from kiban.query.evaluate import Described, sample_name
from kiban.query.words import fold
from kiban.store.catalog import Facet


def facet_values(described: Described, facet: Facet) -> Iterator[tuple[str, str]]:
    """Each value that the record has of a facet, as it is compared and as it is written."""
    for value in _values(described, facet):
        if value:
            yield (fold(value), value.strip()) if facet in {Facet.INSTRUMENT, Facet.OPERATOR} else (value, value)


def _values(described: Described, facet: Facet) -> Iterator[str]:
    record = described.record
    match facet:
        case Facet.KIND:
            yield record.kind.value
        case Facet.TECHNIQUE:
            yield text_of(record, "technique") or ""
        case Facet.TIER:
            yield described.tier.value
        case Facet.PROJECT:
            yield str(record.project)
        case Facet.SAMPLE:
            yield sample_name(described) or ""
        case Facet.INSTRUMENT | Facet.OPERATOR:
            text = text_of(record, facet.value) or ""
            yield text if fold(text) and not described.hides(fold(text)) else ""
        case Facet.YEAR:
            at = started(record)
            yield "" if at is None else str(at.astimezone(UTC).year)
        case Facet.ELEMENTS:
            yield from described.composition
        case Facet.TEMPLATE:
            use = answers(record).get(TEMPLATE) if described.sees_template else None
            yield str(use[-1]) if use else ""
        case Facet.PROPERTY:
            yield from {fact.property.term for fact in described.facts}
