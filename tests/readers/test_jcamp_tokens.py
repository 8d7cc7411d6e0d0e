"""Cutting a JCAMP-DX table into numbers: the same as a regular expression and `float` give, one token at a time."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kiban.readers.jcamp import tokens as jcamp_tokens
from kiban.readers.jcamp.characters import Kind
from kiban.readers.jcamp.tokens import cut, written

TOKEN = re.compile(
    r"(?:[@%A-Za-s][0-9]*(?:\.[0-9]*)?|[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:\^[+-]?[0-9]{1,3})?)(?![0-9.^])|\?|\n"
)
FORMS = {
    Kind.SQUEEZED: {"@": "0"}
    | {c: str(i) for i, c in enumerate("ABCDEFGHI", 1)}
    | {c: f"-{i}" for i, c in enumerate("abcdefghi", 1)},
    Kind.DIFFERENCE: {"%": "0"}
    | {c: str(i) for i, c in enumerate("JKLMNOPQR", 1)}
    | {c: f"-{i}" for i, c in enumerate("jklmnopqr", 1)},
    Kind.DUPLICATE: {c: str(i) for i, c in enumerate("STUVWXYZs", 1)},
    Kind.MISSING: {"?": "nan"},
}

Reference = list[tuple[int, float, bool, int, int]]


def one_by_one(text: str) -> Reference | None:
    """Kind, number, whether it has a point or an exponent, place and line of each token."""
    found: Reference = []
    line = place = 0
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None:
            if text[place] not in " \t,;=":
                return None
            place += 1
            continue
        token = match[0]
        if token == "\n":
            line += 1
        else:
            kind = next((kind for kind, letters in FORMS.items() if token[0] in letters), Kind.NUMBER)
            plain = FORMS.get(kind, {}).get(token[0], token[0]) + token[1:]
            found.append((kind, float(plain.replace("^", "e")), "." in token or "^" in token, place, line))
        place = match.end()
    return found


def assert_same(text: str) -> None:
    due, found = one_by_one(text), cut(text)
    assert (found is None) == (due is None)
    if found is None or due is None:
        return
    assert found.kinds.tolist() == [kind for kind, *_ in due]
    # The bytes tell 0 from -0 and let NaN be equal to itself.
    numbers = np.array([number for _, number, *_ in due], dtype=np.float64)
    assert np.isnan(found.numbers).tolist() == np.isnan(numbers).tolist()
    assert np.nan_to_num(found.numbers).tobytes() == np.nan_to_num(numbers).tobytes()
    assert found.are_fractions.tolist() == [fraction for _, _, fraction, _, _ in due]
    assert found.begins.tolist() == [place for *_, place, _ in due]
    assert found.lines.tolist() == [line for *_, line in due]
    assert all(written(text, place) == TOKEN.match(text, place)[0] for *_, place, _ in due)  # type: ignore[index]


@settings(max_examples=500)
@given(st.text("0123456789.+-^?@%AIaiJRjrSsEeDd \t,;=\n", max_size=40) | st.text("05.+^ A?\n", max_size=12))
@example("")
@example("\n\n")
@example("1.5^-3+2.^4.5")
@example("A.5%-3?.5")
def test_any_text_is_cut_as_by_a_regular_expression(text: str) -> None:
    assert_same(text)


@pytest.mark.parametrize(
    "text", ["tuv", "1 & 2", "1\x00", "1２", "é", "+", "1 +", "^5", "1^", "1^+", "1..2", ".", "-?", "1^1234"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    assert cut(text) is None
    assert one_by_one(text) is None


_numbers = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.floats(-1e6, 1e6).map(lambda x: f"{x:.6f}"),
    st.floats(-1e6, 1e6).map(lambda x: f"{x:.5e}"),
    st.integers().map(str),
    st.from_regex(r"[+-]?[0-9]{1,20}\.[0-9]{0,20}", fullmatch=True),
    st.from_regex(r"[+-]?[0-9]{1,17}\^[+-]?[0-9]{1,2}", fullmatch=True),
)


@settings(max_examples=500)
@given(st.lists(_numbers, min_size=1, max_size=20))
def test_every_number_is_the_one_that_float_reads(numbers: list[str]) -> None:
    assert_same(" ".join(numbers).replace("e", "^").replace("E", "^"))


def test_a_number_too_large_is_infinite_for_the_caller_to_refuse() -> None:
    found = cut("1^400 1" + 400 * "0")
    assert found is not None
    assert all(map(math.isinf, found.numbers))


@given(st.lists(st.text("0123456789.+- AJS", max_size=10), min_size=3, max_size=30))
def test_pieces_are_put_together_as_if_they_had_been_one(lines: list[str]) -> None:
    text = "\n".join(lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jcamp_tokens, "_PIECE", 7)
        assert_same(text)
