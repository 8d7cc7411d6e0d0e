"""Fixtures for all tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says nothing about the code on a machine that others use too.
settings.register_profile("kiban", deadline=None)
settings.load_profile("kiban")

# Beside the checkout; the run against the wheel, which copies the tests elsewhere, says where.
SHARED_DATA = Path(os.environ.get("KIBAN_TEST_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Find a real file by its path under shared/data, or skip the test and say which file it waits for."""

    def find(name: str) -> Path:
        path = SHARED_DATA / name
        if not path.exists():
            pytest.skip(f"waits for the real file shared/data/{name}, which is not here")
        return path

    return find
