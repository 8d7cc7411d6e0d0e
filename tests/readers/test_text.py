"""The encoding is decided by evidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.readers.text import decode, may_mention


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("plain ASCII", "utf-8"),
        ("2θ (°), λ = 1.5406 Å", "utf-8"),
        ("試料名: 酸化チタン", "cp932"),
        ("温度 25 ℃", "cp932"),
        ("角度(°) 強度", "cp932"),
        ("ｻﾝﾌﾟﾙ 1", "cp932"),
        ("Sample: Größe µm, 25 °C", "cp1252"),
        ("Längd; Höjd; Åsa", "cp1252"),
        ("Température (°C); Énergie", "cp1252"),
    ],
)
def test_text_comes_back_as_it_was_written(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == (text, encoding)


def test_byte_order_marks_decide() -> None:
    assert decode("µ".encode("utf-16")) == ("µ", "utf-16")
    assert decode("µ".encode("utf-8-sig")) == ("µ", "utf-8-sig")


def test_utf_8_cut_inside_a_character_is_utf_8_all_the_same() -> None:
    assert decode("強度".encode()[:-1])[1] == "utf-8"


@given(st.lists(st.sampled_from(["# 温度/℃", "1 2 3", "", "角度,強度(ｃｏｕｎｔｓ)", "x"]), min_size=1, max_size=12))
def test_few_japanese_lines_among_numbers_tell_the_encoding(lines: list[str]) -> None:
    text = "\n".join([*lines, "# 温度/℃"])
    assert decode(text.encode("cp932")) == (text, "cp932")


@given(st.lists(st.sampled_from(["# 25 °C", "1 2 3", "", "µm"]), min_size=1, max_size=12))
def test_few_western_lines_among_numbers_are_not_japanese(lines: list[str]) -> None:
    text = "\n".join([*lines, "# Größe: 5 µm, naïve"])
    assert decode(text.encode("cp1252")) == (text, "cp1252")


def test_nothing_raises_on_any_bytes() -> None:
    assert decode(bytes(range(256)))[1] in {"cp1252", "latin-1", "cp932"}


_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-32", "cp932", "cp1252")


@given(st.text("aN sig\r\n強度é", max_size=30), st.text("aN sig\r\n強度é", max_size=30), st.sampled_from(_ENCODINGS))
def test_a_word_of_the_text_may_always_be_mentioned(before: str, after: str, encoding: str) -> None:
    assert may_mention((before + "Nsig" + after).encode(encoding, "replace"), "Other", "Nsig")


@given(st.binary(max_size=60) | st.text("aNsig é", max_size=20).map(str.encode))
def test_what_may_not_be_mentioned_is_not_in_the_text(content: bytes) -> None:
    assert may_mention(content, "Ns") or "Ns" not in decode(content)[0]
