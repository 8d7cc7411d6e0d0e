"""What the threat model promises is shown by tests that are there."""

from __future__ import annotations

import re

import pytest

from .pages import ROOT

_PAGE = ROOT / "docs" / "explanation" / "threat-model.md"
_NAMED = sorted(set(re.findall(r"`(tests/[^`]+)`", _PAGE.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("path", _NAMED)
def test_a_test_that_is_named_is_there(path: str) -> None:
    assert "def test_" in (ROOT / path).read_text(encoding="utf-8")


def test_every_promise_in_a_table_names_a_test() -> None:
    rows = [line for line in _PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    promises = [row for row in rows if not row.startswith("| what |")]
    assert len(promises) > 15
    assert [row for row in promises if "`tests/" not in row] == []
