"""Projects: what owns records. A new home has one, which its operator owns."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from kiban.errors import Conflict
from kiban.operations.project_record import keep_project_record
from kiban.records.parties.people import Organisation
from kiban.records.parties.terms import Agreement, Project
from kiban.store.catalog import Catalog
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
    keep_project_record(catalog, project, by=owner)
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
