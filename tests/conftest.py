"""Fixtures for all tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# How long an example takes says nothing about the code on a machine that others use too.
settings.register_profile("kiban", deadline=None)
settings.load_profile("kiban")

# Beside the checkout; the run against the wheel, which copies the tests elsewhere, says where.
SHARED_DATA = Path(os.environ.get("KIBAN_TEST_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")


# Each takes a worker more than a minute: begun last, one of them would keep a worker busy while the others wait.
_LONGEST = (
    "access/test_world.py", "store/test_sql_catalog.py", "journeys/test_forbidden.py", "docs/test_examples.py",
    "store/test_sql_newest.py", "web/test_any_input.py", "journeys/test_standing_runs.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the longest files to the front; `--no-loadscope-reorder` has workers take files in this order."""
    here = Path(__file__).parent
    order = {here / name: i for i, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: order.get(item.path, len(order)))


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Write half characters as escapes: a report with one cannot be sent by a worker, and ends the whole run."""
    return _sendable((yield))


def _sendable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_sendable(key): _sendable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_sendable(inner) for inner in value)
    return value


@pytest.fixture
def packages(tmp_path: Path) -> Packages:
    """A folder for packages of other people."""
    return Packages(tmp_path / "packages")


class Packages:
    """Packages of other people, as pip leaves them in a folder that stands in the search path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def install(self, package: str, *, group: str, entries: str, **modules: str) -> None:
        """Write modules, by their names, and the metadata with lines of an entry-point group."""
        for name, source in modules.items():
            (self.folder / f"{name}.py").write_text(source, encoding="utf-8")
        info = self.folder / f"{package.replace('-', '_')}-1.5.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.5\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[{group}]\n{entries}\n", encoding="utf-8")


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Find a real file by its path under shared/data, or skip the test and say which file it waits for."""

    def find(name: str) -> Path:
        path = SHARED_DATA / name
        if not path.exists():
            pytest.skip(f"waits for the real file shared/data/{name}, which is not here")
        return path

    return find
