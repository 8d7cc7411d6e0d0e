"""The contract of the store of saved searches: the questions of people, each of one person and for nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol
from uuid import UUID

from kiban.records.saved_search import SavedSearch

KEEP_REMOVED = timedelta(days=30)
"""What is removed can be brought back for so long."""


class SavedSearches(Protocol):
    """Keeps saved searches. Safe to use from several threads and processes."""

    def all_of(self, person: UUID) -> tuple[SavedSearch, ...]:
        """Those of one person that are not removed, by name and then by identifier."""
        ...

    def get(self, person: UUID, search: UUID) -> SavedSearch | None:
        """One of this person, removed or not; `None` also where it is another person's."""
        ...

    def keep(self, search: SavedSearch) -> None:
        """Add it, or put it in place of what was there; what stays the same is whose it is and when it was made.

        Those of the person that were removed long ago (`KEEP_REMOVED` before this one was made or removed) go for good.

        Raises
        ------
        Conflict
            If the person has another one of that name that is not removed, or the identifier is somebody else's.
        """
        ...
