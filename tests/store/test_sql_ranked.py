"""Ranking by each of the ways in which answers are come by."""

from __future__ import annotations

import pytest

from kiban.store import sql_ranked
from kiban.testing.catalog_ranked_suite import CatalogRankedSuite


class TestAmongTheNewest(CatalogRankedSuite):
    @pytest.fixture(autouse=True)
    def _use(self, sql_catalog):
        self._catalog = sql_catalog

    def make_catalog(self):
        return self._catalog


class TestLookedUp(TestAmongTheNewest):
    @pytest.fixture(autouse=True)
    def _nothing_is_tried(self, monkeypatch):
        monkeypatch.setattr(sql_ranked, "TRIED", 0)


class TestManyWithTheWords(TestLookedUp):
    @pytest.fixture(autouse=True)
    def _one_is_many(self, monkeypatch):
        monkeypatch.setattr(sql_ranked, "LOOKED_UP", 1)


class TestTriedFurther(TestAmongTheNewest):
    @pytest.fixture(autouse=True)
    def _one_is_tried_first(self, monkeypatch):
        monkeypatch.setattr(sql_ranked, "TRIED", 1)
