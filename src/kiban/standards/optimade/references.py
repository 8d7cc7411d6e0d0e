"""The attributes of a reference: where a structure was published, as its file states it."""

from __future__ import annotations

from typing import Any

from kiban.records.record import Record
from kiban.standards.optimade.properties import REFERENCES
from kiban.standards.optimade.times import timestamp


def reference_attributes(record: Record) -> dict[str, Any]:
    """All attributes; `None` where the file does not state it."""
    metadata = record.document.get("metadata", {})
    found: dict[str, Any] = dict.fromkeys(name for name in REFERENCES if name not in {"id", "type"})
    for name, entry in (
        ("doi", "publication_doi"),
        ("title", "publication_title"),
        ("journal", "publication_journal"),
        ("year", "publication_year"),
    ):
        if isinstance(text := metadata.get(entry), str):
            found[name] = text
    if isinstance(names := metadata.get("publication_authors"), str):
        found["authors"] = [{"name": name} for name in names.split("; ")]
    return found | {"last_modified": timestamp(record.created_at)}


def has_reference(record: Record) -> bool:
    """Say whether the file states where it was published."""
    return any(name.startswith("publication_") for name in record.document.get("metadata", {}))
