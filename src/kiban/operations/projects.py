"""Projects: the scope that owns records."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from kiban.records.event import Event
from kiban.records.identity import new_pid, new_uuid
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Tier, Visible
from kiban.store.catalog import Batch, Catalog

# A home's first project has an id of its own making, the same in every home, so that two commands that open a new home
# at the same moment agree on it without asking each other.
FIRST_PROJECT = UUID("0190a2d0-0000-7000-8000-000000000001")


def ensure_first_project(catalog: Catalog, *, owner: str) -> UUID:
    """Make the project of a new home, once. Safe when several do it at once."""
    scope = catalog.ensure_scope(project=FIRST_PROJECT, tier=Tier.CLOSED)
    everything = Visible(frozenset({scope.number}))
    with catalog.writing(everything, project=FIRST_PROJECT) as writing:
        if not writing.existing(RecordKind.PROJECT, ["first"]):
            now = datetime.now(UTC)
            record = Record(
                id=new_uuid(),
                pid=new_pid(),
                kind=RecordKind.PROJECT,
                title="My laboratory",
                project=FIRST_PROJECT,
                owner=owner,
                scope=scope.number,
                key="first",
                document={"name": "My laboratory"},
                created_at=now,
                created_by=owner,
            )
            made = Event(at=now, actor=owner, action="made project", subject=record.id, scope=scope.number)
            writing.add(Batch(records=(record,), events=(made,)))
    return FIRST_PROJECT
