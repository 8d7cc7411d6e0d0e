"""Templates, their changes and the library as JSON: what `kiban template --json` prints and REST answers."""

from __future__ import annotations

from typing import Any

from kiban.operations.standard_structures import Structure
from kiban.operations.templates import Kept
from kiban.records.template import Template
from kiban.records.template_change import Change
from kiban.records.template_file import template_as_json


def kept_as_json(kept: Kept) -> dict[str, Any]:
    """A template with its record."""
    record = kept.record
    return {
        "id": record.pid,
        "version": record.version,
        "created_at": record.created_at.isoformat(),
        "created_by": record.created_by,
        "template": template_as_json(kept.template),
    }


def listed_as_json(kept: Kept) -> dict[str, Any]:
    """A template as a list shows it."""
    return {"id": kept.record.pid, "version": kept.record.version, **_about(kept.template)}


def change_as_json(change: Change) -> dict[str, Any]:
    """One difference between two versions."""
    return {
        "what": change.what.value,
        "path": list(change.path),
        "before": change.before,
        "after": change.after,
        "is_compatible": change.is_compatible,
        "loses": change.loses,
    }


def structure_as_json(structure: Structure) -> dict[str, Any]:
    """A structure of the library as a list shows it."""
    kept = structure.kept
    return {
        "standing": structure.standing.value,
        "id": kept.record.pid if kept is not None else None,
        "version": kept.record.version if kept is not None else None,
        **_about(structure.template),
        "changes": [change_as_json(change) for change in structure.changes],
    }


def _about(template: Template) -> dict[str, Any]:
    return {
        "name": template.name,
        "label": {"en": template.label.en, "ja": template.label.ja},
        "applies_to": template.applies_to.value,
        "techniques": list(template.techniques),
        "n_fields": len(template.fields),
    }
