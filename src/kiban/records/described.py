"""What describes a record, without its values: for those who may read the one and not the other.

What describes it: title, sample, technique, instrument, times, operator, metadata, what people said of it in the fields
of its template, the nominal formula, which variables there are. Its values: numbers, previews made of numbers, ranges,
what analyses found, compositions, the experiments of a campaign, and the files with their checksums.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kiban.records.record import Record, RecordKind

_WITHHELD: Mapping[RecordKind, Mapping[str, Any]] = {
    RecordKind.MEASUREMENT: {
        "file_checksum": "",
        "normalised": "",
        "analyses": (),
        "preview": (),
        "companions": {},
        "extra": {},
    },
    RecordKind.SAMPLE: {"composition": {}, "nominal": None, "measured": ()},
    RecordKind.CAMPAIGN: {"experiments": [], "standstill": None},
}
"""By kind, the parts of a document that are values, and what stands there without them."""


def without_values(record: Record) -> Record:
    """The record as those see it who may read what describes it, and not its values."""
    withheld = _WITHHELD.get(record.kind)
    if withheld is None:
        return record
    document = {name: withheld.get(name, value) for name, value in record.document.items()}
    if "variables" in document:
        document["variables"] = [{**v, "minimum": None, "maximum": None} for v in document["variables"]]
    if record.kind is RecordKind.CAMPAIGN and "batches" in document:
        # How much an earlier study counted follows from values.
        document["batches"] = [{k: v for k, v in batch.items() if k != "studies"} for batch in document["batches"]]
    return replace(record, document=document)
