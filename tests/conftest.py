"""Fixtures for all tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says nothing about the code on a machine that others use too.
settings.register_profile("kiban", deadline=None)
settings.load_profile("kiban")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Find a real file by its path under shared/data, or skip the test and say which file it waits for."""

    def find(name: str) -> Path:
        path = SHARED_DATA / name
        if not path.exists():
            pytest.skip(f"waits for the real file shared/data/{name}, which is not here")
        return path

    return find
