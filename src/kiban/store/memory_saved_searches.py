"""Saved searches in memory, for tests: the model that the SQL ones are compared with."""

from __future__ import annotations

import threading
from dataclasses import replace
from uuid import UUID

from kiban.records.saved_search import SavedSearch
from kiban.store.batch_rules import name_of_search_taken
from kiban.store.saved_searches import KEEP_REMOVED


class MemorySavedSearches:
    """See `kiban.store.saved_searches.SavedSearches`."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._searches: dict[UUID, SavedSearch] = {}

    def all_of(self, person: UUID) -> tuple[SavedSearch, ...]:
        """See `SavedSearches.all_of`."""
        own = [each for each in list(self._searches.values()) if each.person == person and each.removed_at is None]
        return tuple(sorted(own, key=lambda each: (each.name, each.id)))

    def get(self, person: UUID, search: UUID) -> SavedSearch | None:
        """See `SavedSearches.get`."""
        found = self._searches.get(search)
        return found if found is not None and found.person == person else None

    def keep(self, search: SavedSearch) -> None:
        """See `SavedSearches.keep`."""
        with self._mutex:
            known = self._searches.get(search.id)
            others = [each for each in self.all_of(search.person) if each.id != search.id]
            is_taken = search.removed_at is None and any(each.name == search.name for each in others)
            if is_taken or (known is not None and known.person != search.person):
                raise name_of_search_taken(search)
            self._searches[search.id] = search if known is None else replace(search, made_at=known.made_at)
            past = (search.removed_at or search.made_at) - KEEP_REMOVED
            self._searches = {
                i: each
                for i, each in self._searches.items()
                if each.person != search.person or each.removed_at is None or each.removed_at >= past
            }
