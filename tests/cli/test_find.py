"""kiban find: how many answer."""

from __future__ import annotations

import pytest

from kiban.store.catalog import Count
from kiban.store.memory_catalog import MemoryCatalog

from .conftest import Terminal


def test_an_estimate_is_told_as_one_and_all_are_counted_on_request(
    kiban: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiban.run("sample", "new", "S-1")
    _, err = kiban.run("find", "kind = sample")
    assert err.strip() == "1 of 1"
    monkeypatch.setattr(MemoryCatalog, "count_about", lambda *_: Count(27_000, is_estimate=True))
    _, err = kiban.run("find", "kind = sample")
    assert err.strip() == "1 of about 27000"
    _, err = kiban.run("find", "kind = sample", "--exact")
    assert err.strip() == "1 of 1"
