"""A platform without a database server: the in-memory catalog, a real object folder and the real fence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiban.compute.fence import Fence
from kiban.operations.projects import FIRST_PROJECT, ensure_first_project
from kiban.operations.resources import Resources
from kiban.records.party import Asker
from kiban.store.memory_catalog import MemoryCatalog
from kiban.store.object_folder import ObjectFolder


@pytest.fixture(scope="session", name="fence")
def _fence() -> Iterator[Fence]:
    fence = Fence(n_workers=1)
    yield fence
    fence.close()


@pytest.fixture(name="resources")
def _resources(tmp_path: Path, fence: Fence) -> Resources:
    catalog = MemoryCatalog()
    project = ensure_first_project(catalog, owner="operator")
    objects = ObjectFolder(tmp_path / "home" / "objects")
    return Resources(catalog=catalog, objects=objects, fence=fence, project=project, revive=lambda: None)


@pytest.fixture(name="asker")
def _asker() -> Asker:
    return Asker(party="operator", projects=frozenset({FIRST_PROJECT}))


@pytest.fixture(name="inbox")
def _inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder
