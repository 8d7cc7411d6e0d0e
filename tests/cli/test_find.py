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


def test_what_may_be_a_slip_is_said_after_the_answers(kiban: Terminal) -> None:
    _, err = kiban.run("find", "hardnes >= 5 GPa")
    assert err.splitlines() == [
        "0 of 0",
        "'hardnes' is not in the vocabulary of properties. Did you mean hardness?",
    ]
    _, err = kiban.run("find", "hardness >= 5 GPa")
    assert err.splitlines() == ["0 of 0"]


def test_an_error_points_at_the_place(kiban: Terminal) -> None:
    # Japanese letters take two columns each.
    _, err = kiban.run("find", "硬さ >= 5 Gpa", exit_code=1)
    assert err.splitlines() == [
        "kiban find: 'Gpa' is not a unit that Kiban knows.",
        "    硬さ >= 5 Gpa",
        "              ↑",
        "  → Did you mean GPa?",
    ]
    [said] = kiban.lines("find", "硬さ >= 5 Gpa", exit_code=1)
    assert said["position"] == 8
    # Of a long question the part around the place.
    _, err = kiban.run("find", f"{'x ' * 200}AND kind = sampel", exit_code=1)
    _, line, arrow, _ = err.splitlines()
    assert len(line) < 120
    assert line[arrow.index("↑") :].startswith("sampel")
