"""The object store in memory passes what the others have to pass."""

from __future__ import annotations

from pathlib import Path

from kiban.store.objects import MemoryObjects, ObjectStore
from kiban.testing.object_store_suite import ObjectStoreSuite, spoil_in_memory


class TestMemoryObjects(ObjectStoreSuite):
    def make_store(self, folder: Path) -> ObjectStore:
        return MemoryObjects()

    def spoil(self, store: ObjectStore, checksum: str, content: bytes | None) -> None:
        assert isinstance(store, MemoryObjects)
        spoil_in_memory(store, checksum, content)
