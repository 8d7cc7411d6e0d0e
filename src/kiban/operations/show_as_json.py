"""A record and its surroundings as JSON: what `kiban show --json` prints and REST answers."""

from __future__ import annotations

from typing import Any

from kiban.operations.show import Shown
from kiban.records.document import to_json
from kiban.records.property import Fact
from kiban.records.record import Record


def shown_as_json(shown: Shown) -> dict[str, Any]:
    """Everything that `show` gathers, with short identifiers for other records."""
    record = shown.record
    return {
        **record_as_json(record),
        "tier": shown.scope.tier.value,
        "reason": shown.reason,
        "may": sorted(shown.held),
        "under": [
            {"rule": rule, "reason": verdict.reason, "until": verdict.until and verdict.until.isoformat()}
            for rule, verdict in shown.grounds
        ],
        "sample": _reference(shown.sample) if shown.sample is not None else None,
        "composition": shown.composition,
        "rights": shown.rights.as_json() if shown.rights is not None else None,
        "owed": shown.owed.as_json() if shown.owed is not None else None,
        "document": dict(record.document),
        "links": [
            {"predicate": tie.predicate, "outgoing": tie.outgoing, "record": _reference(tie.other)}
            for tie in shown.ties
        ],
        "properties": [_fact(fact, shown) for fact in shown.facts],
        "files": [
            {
                "path": entry.path,
                "sha256": entry.checksum,
                "size": entry.size,
                "media_type": entry.media_type,
                "deposited_at": entry.deposited_at.isoformat(),
                "deposited_by": entry.deposited_by,
            }
            for entry in shown.files
        ],
        "versions": [
            {"version": v.version, "created_at": v.created_at.isoformat(), "created_by": v.created_by}
            for v in shown.versions
        ],
        "events": [
            {"at": event.at.isoformat(), "actor": event.actor, "action": event.action, "details": dict(event.details)}
            for event in shown.events
        ],
    }


def record_as_json(record: Record) -> dict[str, Any]:
    """The envelope of a record."""
    return {
        "id": record.pid,
        "uuid": str(record.id),
        "kind": record.kind.value,
        "title": record.title,
        "version": record.version,
        "created_at": record.created_at.isoformat(),
        "created_by": record.created_by,
    }


def _reference(record: Record) -> dict[str, str]:
    return {"id": record.pid, "kind": record.kind.value, "title": record.title}


def _fact(fact: Fact, shown: Shown) -> dict[str, Any]:
    evidence = shown.evidence.get(fact.evidence)
    written: dict[str, Any] = to_json(fact.property)
    return {**written, "evidence": evidence.pid if evidence is not None else None}
