from __future__ import annotations

from kiban.store.memory_catalog import MemoryCatalog
from kiban.store.memory_directory import MemoryDirectory
from kiban.testing.directory_suite import DirectorySuite


class TestMemoryDirectory(DirectorySuite):
    def make_stores(self):
        catalog = MemoryCatalog()
        return catalog, MemoryDirectory(catalog.follow)
