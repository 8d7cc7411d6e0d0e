"""A real PostgreSQL for the world of many people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiban.store.embedded_postgres import EmbeddedPostgres


@pytest.fixture(scope="package")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A running server without Kiban's tables."""
    folder: Path = tmp_path_factory.mktemp("postgres") / "home"
    with EmbeddedPostgres(folder) as server:
        yield server
