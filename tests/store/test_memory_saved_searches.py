"""The model passes the suite of its contract."""

from __future__ import annotations

import pytest

from kiban.store.memory_saved_searches import MemorySavedSearches
from kiban.testing.saved_searches_suite import SavedSearchesSuite


class TestMemorySavedSearches(SavedSearchesSuite):
    @pytest.fixture
    def store(self):
        return MemorySavedSearches()
