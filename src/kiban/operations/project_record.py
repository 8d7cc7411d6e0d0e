"""The record of a project: what its name leads to in searches."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from kiban.records.event import Event
from kiban.records.identity import new_pid, new_uuid
from kiban.records.parties.terms import Project
from kiban.records.record import Record, RecordKind
from kiban.records.scope import ScopeTerms, Tier, Visible
from kiban.store.catalog import Batch, Catalog

KEY = "first"
"""Of the record of every project: there is one in each."""


def keep_project_record(catalog: Catalog, project: Project, *, by: str) -> Record:
    """Make the project's record, or give the one that there is the project's name. Safe when several do it at once."""
    # Its own record is the project's business, whatever becomes of the tier of what it holds.
    scope = catalog.ensure_scope(ScopeTerms(project=project.id, tier=Tier.CLOSED))
    own = Visible.of(each for each in catalog.scopes() if each.project == project.id)
    with catalog.writing(own, project=project.id) as writing:
        known = writing.existing(RecordKind.PROJECT, [KEY]).get(KEY)
        if known is not None and known.title == project.name:
            return known
        now = datetime.now(UTC)
        document = {"name": project.name}
        if known is not None:
            record = replace(
                known,
                version=known.version + 1,
                title=project.name,
                document={**known.document, **document},
                created_at=now,
                created_by=by,
            )
        else:
            record = Record(
                id=new_uuid(),
                pid=new_pid(),
                kind=RecordKind.PROJECT,
                title=project.name,
                project=project.id,
                owner=by,
                scope=scope.number,
                key=KEY,
                document=document,
                created_at=now,
                created_by=by,
            )
        action = "made project" if known is None else "renamed project"
        made = Event(at=now, actor=by, action=action, subject=record.id, scope=record.scope)
        writing.add(Batch(records=(record,), events=(made,)))
        return record
