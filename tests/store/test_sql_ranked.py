"""Ranking where the records with the words are not looked up, but come across newest first."""

from __future__ import annotations

import pytest

from kiban.store import sql_ranked
from kiban.testing.catalog_ranked_suite import CatalogRankedSuite


class TestManyWithTheWords(CatalogRankedSuite):
    @pytest.fixture(autouse=True)
    def _shared(self, sql_catalog, monkeypatch):
        self.catalog = sql_catalog
        monkeypatch.setattr(sql_ranked, "LOOKED_UP", 1)

    def make_catalog(self):
        return self.catalog
