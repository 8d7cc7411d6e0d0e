from __future__ import annotations

from kiban.store.memory_catalog import MemoryCatalog
from kiban.testing.catalog_suite import CatalogSuite


class TestMemoryCatalog(CatalogSuite):
    def make_catalog(self):
        return MemoryCatalog()
