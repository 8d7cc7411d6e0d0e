"""The rights that count for a record: its own, or where it has none those of its project."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kiban.operations.resources import Resources
from kiban.query.question import Comparison, Operator
from kiban.records.document import from_json
from kiban.records.record import Record, RecordKind
from kiban.records.rights.json_text import short_json
from kiban.records.rights.rights import Rights
from kiban.records.scope import Visible

_PAGE = 200


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
    found = resources.catalog.project_rights(visible).get(record.project)
    if found is None:
        return None
    return StatedRights(rights=found, is_own=False, project=project_record(resources, visible, record.project))


def effective_rights(resources: Resources, visible: Visible, records: Iterable[Record]) -> dict[UUID, Rights]:
    """The rights that count for each of many records; those for which none are stated are left out."""
    found: dict[UUID, Rights] = {}
    of_projects: dict[UUID, Rights] | None = None
    for record in records:
        rights = own_rights(record)
        if rights is None:
            of_projects = resources.catalog.project_rights(visible) if of_projects is None else of_projects
            rights = of_projects.get(record.project)
        if rights is not None:
            found[record.id] = rights
    return found


def own_rights(record: Record) -> Rights | None:
    """What the record itself states."""
    stated = record.document.get("rights")
    return from_json(stated, Rights) if stated else None


def project_record(resources: Resources, visible: Visible, project: UUID) -> Record | None:
    """The record of a project, where the asker may see it."""
    question, after = Comparison("kind", Operator.EQUAL, RecordKind.PROJECT.value), None
    while True:
        page = resources.catalog.find(question, visible, limit=_PAGE, after=after)
        for record in page.records:
            if record.project == project:
                return record
        if (after := page.next) is None:
            return None
