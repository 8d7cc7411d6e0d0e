"""The values that rest on the records of a data set, as one CSV table: a row for each value."""

from __future__ import annotations

import csv
import io

from kiban.standards.dataset_contract import DatasetExportable

NAME = "values.csv"
COLUMNS = (
    ("sample", "Text", "Short identifier of the sample."),
    ("sample_name", "Text", "What the laboratory calls it."),
    ("term", "Text", "The property, by the key of its term."),
    ("value", "Float", "The number, in `unit`."),
    ("unit", "Text", "Empty for a number of dimension one."),
    ("standard_uncertainty", "Text", "In `unit`; empty where none is known."),
    ("condition", "Text", "What makes it different from others of the same term and sample."),
    ("method", "Text", "The analysis that gave it, with its version."),
    ("measurement", "Text", "Short identifier of the measurement that it rests on."),
)
"""Name, type in schema.org and meaning of each."""


def values_table(given: DatasetExportable) -> bytes:
    """Write it (RFC 4180, UTF-8), in the order of the facts' identifiers."""
    records = {held.record.id: held.record for held in given.members}
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([name for name, _, _ in COLUMNS])
    for fact in given.facts:
        sample = records.get(fact.subject) if fact.subject is not None else None
        value = fact.property.value
        doubt = value.uncertainty
        standard = doubt.standard if doubt is not None else None
        condition = "; ".join(f"{name}={one}" for name, one in sorted(fact.property.condition.items()))
        writer.writerow(
            [
                sample.pid if sample is not None else "",
                _safe(sample.title) if sample is not None else "",
                fact.property.term,
                repr(float(value.value)),
                value.unit,
                "" if standard is None else repr(float(standard)),
                _safe(condition),
                fact.property.method,
                records[fact.evidence].pid,
            ]
        )
    return out.getvalue().encode()


def _safe(text: str) -> str:
    """Texts that begin like a formula are shown by spreadsheets as what they calculate."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
