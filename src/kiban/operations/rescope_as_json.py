"""A change of who may see records as JSON: what REST answers and the terminal prints with --json."""

from __future__ import annotations

from typing import Any

from kiban.operations.directory_as_json import effects_as_json
from kiban.operations.rescope import Preview, Rescoped
from kiban.records.scope import Scope


def preview_as_json(preview: Preview) -> dict[str, Any]:
    """What it would change, with the mark by which it is confirmed."""
    plan = preview.plan
    targets = {plan.target(record) for record in plan.choice.records}
    return {
        "n_records": preview.n_records,
        "n_left": plan.choice.n_left,
        "to": [_scope(scope) for scope in sorted(targets, key=str)],
        "effects": effects_as_json(preview.effects),
        "n_hidden": preview.n_hidden,
        "hidden": [
            {"id": each.record.pid, "beside": each.other.pid, "kind": each.other.kind.value, "title": each.other.title}
            for each in preview.hidden
        ],
        "mark": preview.mark,
    }


def rescoped_as_json(done: Rescoped) -> dict[str, Any]:
    """What was done, and by which it is taken back."""
    return {"change": str(done.change), **preview_as_json(done.preview)}


def _scope(scope: Scope) -> dict[str, Any]:
    return {
        "tier": scope.tier.value,
        "agreement": str(scope.agreement) if scope.agreement is not None else None,
        "follows_project": scope.follows,
        "closed_until": scope.closed_until.isoformat() if scope.closed_until is not None else None,
    }
