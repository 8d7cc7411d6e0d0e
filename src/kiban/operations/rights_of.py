"""The rights that count for a record: its own, or where it has none those of its project."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kiban.operations.resources import Resources
from kiban.records.document import from_json
from kiban.records.record import Record
from kiban.records.rights.json_text import short_json
from kiban.records.rights.rights import Rights
from kiban.records.scope import Visible


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedRights:
    """What counts for a record, and where it is stated."""

    rights: Rights
    is_own: bool
    """The record states it; otherwise its project does."""
    project: Record | None = None
    """The project's record, where it is that which states them and the asker may see it."""

    def as_json(self) -> dict[str, Any]:
        """As programs are told: what is not stated is left out, and `stated_by` is `record` or `project`."""
        return {"stated_by": "record" if self.is_own else "project", **short_json(self.rights)}


def stated_rights(resources: Resources, visible: Visible, record: Record) -> StatedRights | None:
    """The rights that count for a record, of any version of it, that the asker may see."""
    if (own := own_rights(record)) is not None:
        return StatedRights(rights=own, is_own=True)
    found = resources.catalog.project_rights(visible, projects=[record.project]).get(record.project)
    if found is None:
        return None
    project = resources.catalog.get_many([found.record], visible).get(found.record)
    return StatedRights(rights=found.rights, is_own=False, project=project)


def effective_rights(resources: Resources, visible: Visible, records: Iterable[Record]) -> dict[UUID, Rights]:
    """The rights that count for each of many records; those for which none are stated are left out."""
    records = tuple(records)
    own = {record.id: own_rights(record) for record in records}
    projects = {record.project for record in records if own[record.id] is None}
    others = resources.catalog.project_rights(visible, projects=projects) if projects else {}
    found: dict[UUID, Rights] = {}
    for record in records:
        stated = own[record.id]
        if stated is not None:
            found[record.id] = stated
        elif record.project in others:
            found[record.id] = others[record.project].rights
    return found


def own_rights(record: Record) -> Rights | None:
    """What the record itself states."""
    stated = record.document.get("rights")
    return from_json(stated, Rights) if stated else None
