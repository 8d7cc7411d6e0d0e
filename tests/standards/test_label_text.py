"""Texts that must fit: broken where a reader would break them, shortened in the middle, never lost."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.standards.label_text import ELLIPSIS, broken, shortened


def wide(text: str) -> float:
    """Letters are one wide, kanji two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@pytest.mark.parametrize(
    ("text", "room", "rows"),
    [
        ("TiO2 film annealed", 9, ("TiO2 film", "annealed")),
        ("batch 2026-11-03", 10, ("batch", "2026-11-03")),
        ("ab 2026-11-03", 9, ("ab 2026-", "11-03")),
        ("furnace_3_run", 8, ("furnace_", "3_run")),
        ("チタン酸ストロンチウム", 10, ("チタン酸ス", "トロンチウ", "ム")),
        ("酸化チタン、焼成", 10, ("酸化チタ", "ン、焼成")),
        ("酸化（焼成）", 6, ("酸化", "（焼", "成）")),
        ("abcdefghij", 4, ("abcd", "efgh", "ij")),
        ("annealed 900 °C, Ar", 12, ("annealed", "900 °C, Ar")),
        ("one", 10, ("one",)),
    ],
)
def test_lines_end_where_a_reader_expects(text: str, room: float, rows: tuple[str, ...]) -> None:
    assert broken(text, wide, room, 5) == rows


def test_what_does_not_fit_is_not_cut() -> None:
    assert broken("one two three", wide, 5, 2) is None
    assert broken("漢字", wide, 1, 9) is None


letters = st.sampled_from([*"abc -_/漢字チタ、。（）ー₂", "e\u0301"])
texts = st.lists(letters, min_size=1, max_size=60).map(lambda found: "".join(found).strip()).filter(bool)


@given(text=texts, room=st.integers(3, 30), n_lines=st.integers(1, 6))
def test_no_letter_is_lost_and_no_line_is_too_long(text: str, room: int, n_lines: int) -> None:
    rows = broken(text, wide, room, n_lines)
    if rows is None:
        assert wide(text) > room
        return
    assert len(rows) <= n_lines
    assert all(wide(row) <= room and row == row.strip() for row in rows)
    assert "".join("".join(rows).split()) == "".join(text.split())
    assert not any(row[:1] and unicodedata.combining(row[0]) and row is not rows[0] for row in rows)


@given(text=texts, room=st.integers(1, 30))
def test_a_short_form_is_a_beginning_and_an_end_and_the_longest_that_fits(text: str, room: int) -> None:
    short = shortened(text, lambda candidate: wide(candidate) <= room)
    if short is None:
        assert len(text) < 3 or room < 6
        return
    head, tail = short.split(ELLIPSIS)
    assert wide(short) <= room
    assert text.startswith(head)
    assert text.endswith(tail)
    assert len(head) + len(tail) < len(text)
    assert not (tail and unicodedata.combining(tail[0]))


def test_names_that_differ_at_the_end_differ_when_shortened() -> None:
    names = [f"2026-11-20_furnace-3_run-17_position-{letter}" for letter in "ABC"]
    assert [shortened(name, lambda text: len(text) <= 15) for name in names] == [
        "2026-11…ition-A",
        "2026-11…ition-B",
        "2026-11…ition-C",
    ]
