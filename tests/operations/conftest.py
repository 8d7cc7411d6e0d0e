"""A platform without a database server: the in-memory catalog, a real object folder and the real fence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiban.compute.fence import Fence
from kiban.operations.projects import FIRST_PROJECT
from kiban.operations.resources import Resources
from kiban.records.parties.right import Role
from kiban.records.party import Asker
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform


@pytest.fixture(scope="session", name="fence")
def _fence() -> Iterator[Fence]:
    fence = Fence(n_workers=1)
    yield fence
    fence.close()


@pytest.fixture(name="resources")
def _resources(tmp_path: Path, fence: Fence) -> Resources:
    return memory_platform(ObjectFolder(tmp_path / "home" / "objects"), fence)


@pytest.fixture(name="asker")
def _asker() -> Asker:
    return Asker(party="operator", roles={FIRST_PROJECT: Role.OWNER})


@pytest.fixture(name="inbox")
def _inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder
