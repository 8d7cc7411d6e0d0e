"""Projects: what owns records. A new home has one, which its operator owns."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from kiban.errors import Conflict
from kiban.records.event import Event
from kiban.records.identity import new_pid, new_uuid
from kiban.records.parties.people import Organisation
from kiban.records.parties.terms import Agreement, Project
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Tier, Visible
from kiban.store.catalog import Batch, Catalog
from kiban.store.directory_store import DirectoryStore

# A home's first entries have ids of their own making, the same in every home, so that two commands that open a new home
# at the same moment agree on them without asking each other.
FIRST_PROJECT = UUID("0190a2d0-0000-7000-8000-000000000001")
FIRST_ORGANISATION = UUID("0190a2d0-0000-7000-8000-000000000003")
FIRST_AGREEMENT = UUID("0190a2d0-0000-7000-8000-000000000004")
"""What the first project shares under, so that its records can be shared before anybody has been invited."""


def ensure_first_project(catalog: Catalog, directory: DirectoryStore, *, owner: str) -> UUID:
    """Make the project of a new home, once. Safe when several do it at once."""
    _ensure_entries(directory, owner)
    project = directory.load().project(FIRST_PROJECT)
    # Its own record is the project's business, whatever becomes of the tier of what it holds.
    scope = catalog.ensure_scope(project=FIRST_PROJECT, tier=Tier.CLOSED)
    everything = Visible(frozenset({scope.number}))
    with catalog.writing(everything, project=FIRST_PROJECT) as writing:
        if not writing.existing(RecordKind.PROJECT, ["first"]):
            now = datetime.now(UTC)
            record = Record(
                id=new_uuid(),
                pid=new_pid(),
                kind=RecordKind.PROJECT,
                title=project.name,
                project=FIRST_PROJECT,
                owner=owner,
                scope=scope.number,
                key="first",
                document={"name": project.name},
                created_at=now,
                created_by=owner,
            )
            made = Event(at=now, actor=owner, action="made project", subject=record.id, scope=scope.number)
            writing.add(Batch(records=(record,), events=(made,)))
    return FIRST_PROJECT


def _ensure_entries(directory: DirectoryStore, owner: str) -> None:
    while FIRST_PROJECT not in (found := directory.load()).projects:
        name = "My laboratory"
        entries = (
            Organisation(id=FIRST_ORGANISATION, name="My organisation"),
            Project(id=FIRST_PROJECT, name=name, organisation=FIRST_ORGANISATION),
            Agreement(
                id=FIRST_AGREEMENT,
                name=f"Partners of {name}",
                keeper=FIRST_PROJECT,
                starts=datetime.now(UTC),
            ),
        )
        try:
            directory.change(entries, by=owner, expected=found.revision)
        except Conflict:
            continue  # another command was faster; what it made is looked at again
