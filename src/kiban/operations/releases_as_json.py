"""Export control as JSON: what REST answers and `kiban export-control --json` prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kiban.access.release import HeldBack
from kiban.access.who import Difference, WhatIf
from kiban.errors import InvalidValue
from kiban.operations.judge_export import ExportJudgement, Judged
from kiban.operations.releases import Releases
from kiban.records.document import from_json
from kiban.records.parties.directory import Decision
from kiban.records.parties.export_control import ReleaseRow


def judgement_as_json(judgement: ExportJudgement) -> dict[str, Any]:
    """What a record is taken to be."""
    return {
        "class": judgement.export_class.value,
        "item": judgement.item,
        "ground": judgement.ground,
        "by": judgement.by,
        "at": judgement.at.isoformat() if judgement.at else None,
    }


def judged_as_json(judged: Judged) -> dict[str, Any]:
    """What came of a judgement."""
    return {
        "records": judged.n_records,
        "changed": judged.n_changed,
        "held_back": [held_as_json(each) for each in judged.held_back],
    }


def held_as_json(held: HeldBack) -> dict[str, Any]:
    """Somebody from whom something is kept."""
    return {
        "person": str(held.person.id),
        "name": held.person.name,
        "scope": held.scope.number,
        "project": str(held.scope.project),
        "class": held.scope.export_class.value,
        "item": held.scope.export_item,
        "waits": held.waits,
        "reason": held.row.reason,
        "reason_ja": held.row.reason_ja,
        "through": held.through,
    }


def releases_as_json(releases: Releases) -> dict[str, Any]:
    """The table, what waits and what was decided."""
    return {
        "revision": releases.revision,
        "is_shipped": releases.is_shipped,
        "rows": [row_as_json(row) for row in releases.table.rows],
        "held_back": [held_as_json(each) for each in releases.held_back],
        "decisions": [decision_as_json(each) for each in releases.decisions],
    }


def decision_as_json(decision: Decision) -> dict[str, Any]:
    """One decision."""
    return {
        "id": str(decision.id),
        "scope": decision.scope,
        "party": str(decision.party),
        "allowed": decision.allowed,
        "ground": decision.ground,
        "by": decision.by,
    }


def row_as_json(row: ReleaseRow) -> dict[str, Any]:
    """One row; a condition that is not there holds always."""
    conditions = {
        "classes": [each.value for each in row.classes],
        "items": list(row.items),
        "relations": [each.value for each in row.relations],
        "residencies": [each.value for each in row.residencies],
        "countries": list(row.countries),
    }
    return {
        **{name: sorted(values) for name, values in conditions.items() if values},
        "says": row.says.value,
        "reason": row.reason,
        **({"reason_ja": row.reason_ja} if row.reason_ja else {}),
    }


def rows_of_json(documents: Iterable[Mapping[str, Any]]) -> tuple[ReleaseRow, ...]:
    """Rows as they came. Raises InvalidValue, which names the row."""
    rows = []
    for n, document in enumerate(documents, 1):
        try:
            rows.append(from_json(dict(document), ReleaseRow))
        except InvalidValue as e:
            raise InvalidValue(f"Row {n} of the release table: {e.fault}", mend=e.mend) from e
    return tuple(rows)


def what_if_as_json(change: WhatIf) -> dict[str, Any]:
    """Whom a change would give something, and from whom it would take."""
    return {
        "is_public": change.is_public,
        "differences": [_difference(each) for each in change.differences],
    }


def _difference(difference: Difference) -> dict[str, Any]:
    person = difference.person
    return {
        "person": str(person.id) if person else None,
        "name": person.name if person else "everybody",
        "n_gained": difference.n_gained,
        "n_lost": difference.n_lost,
        "gained": sorted(difference.gained),
        "lost": sorted(difference.lost),
    }
