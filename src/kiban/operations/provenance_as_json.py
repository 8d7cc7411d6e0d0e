"""A provenance as JSON: what `kiban provenance --json` prints and REST answers."""

from __future__ import annotations

from typing import Any

from kiban.operations.provenance import Provenance
from kiban.records.document import to_json


def provenance_as_json(found: Provenance) -> dict[str, Any]:
    """Records nearest first, links by short identifiers, and values."""
    pids = {step.record.id: step.record.pid for step in found.steps}
    return {
        "direction": found.direction.value,
        "is_cut": found.is_cut,
        "records": [
            {
                "id": step.record.pid,
                "kind": step.record.kind.value,
                "title": step.record.title,
                "version": step.record.version,
                "depth": step.depth,
            }
            for step in found.steps
        ],
        "links": [
            {"subject": pids[link.subject], "predicate": link.predicate.value, "object": pids[link.object]}
            for link in found.links
        ],
        "properties": [{**to_json(fact.property), "evidence": pids[fact.evidence]} for fact in found.facts],
    }
