"""The quick way of reading numbers gives what the careful way gives, and refuses what that refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiban.errors import DamagedFile
from kiban.readers import number_list
from kiban.readers.number_list import floats_of_lines, numbers, rows

_TOKENS = st.one_of(
    st.integers(-(2**70), 2**70).map(str),
    st.floats().map(repr),
    st.floats(width=32).map(lambda value: f"{value:.3f}"),
    st.sampled_from(
        [
            "1.5.5",
            "1_000",
            "0x10",
            "nan",
            "NaN",
            "inf",
            "1,5",
            "1d5",
            "１２",
            "1e400",
            "+5",
            "-3",
            ".5",
            "5.",
            "1e",
            "-",
            "+",
        ]
    ),
    st.sampled_from(["nan(1)", "--5", "1L", "007", "1e-400", "infinity", "9223372036854775807", "1\x003", "(1)", "x"]),
    st.text("0123456789.eE+-_nif(), ", max_size=6),
)
_BLANKS = st.sampled_from([" ", "  ", "\t", "\n", "\r\n", "\x0b", "\xa0", "\u3000"])


def _given(text: str) -> tuple[str, object]:
    try:
        found = numbers(text, what="counts", file="f")
    except DamagedFile as refusal:
        return "refused", refusal.fault
    return str(found.dtype), [repr(value) for value in found.tolist()]


@given(st.lists(st.tuples(_TOKENS, _BLANKS), max_size=8).map(lambda parts: "".join(t + b for t, b in parts)))
@example("")
@example("  \n")
@example("1 + 2")
@example("- 5")
@example("99999999999999999999 1")
@example("-9223372036854775808 1")
@example("1 2\x00")
def test_the_quick_way_gives_what_the_careful_way_gives(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        quick = _given(text)
        patch.setattr(number_list, "_quick_numbers", lambda text: None)
        assert quick == _given(text)


@given(st.lists(st.lists(_TOKENS, max_size=4).map(" ".join), max_size=6))
def test_rows_are_the_same_both_ways(lines: list[str]) -> None:
    def given_rows() -> tuple[str, object]:
        try:
            return "read", rows(lines, what="data", file="f").tolist()
        except DamagedFile as refusal:
            return "refused", refusal.fault

    with pytest.MonkeyPatch.context() as patch:
        quick = given_rows()
        patch.setattr(number_list, "_quick_numbers", lambda text: None)
        assert quick == given_rows()


@given(st.lists(st.lists(_TOKENS, max_size=2).map(" ".join), max_size=6) | st.lists(_TOKENS, max_size=6))
def test_lines_of_one_number_are_what_they_are_together(lines: list[str]) -> None:
    lines = [line for line in lines if line.isascii() and "_" not in line]
    alone = floats_of_lines(lines)
    if alone is not None:
        assert _given("\n".join(lines)) == (str(alone.dtype), [repr(value) for value in alone.tolist()])


def test_lines_that_may_hold_something_else_are_left() -> None:
    found = floats_of_lines(["1.5", "-2", " 1e3 ", "nan"])
    assert found is not None
    assert found.tolist()[:3] == [1.5, -2.0, 1000.0]
    for lines in (["1", "2"], ["1.5", "x"], ["1.5", ""], ["1.5 2"], ["1.5", "inf"], [], 60 * ["1"] + ["1.5"]):
        assert floats_of_lines(lines) is None


def test_whole_numbers_stay_whole_and_floats_exact() -> None:
    assert numbers("0 17 9007199254740993", what="counts", file="f").tolist() == [0, 17, 9007199254740993]
    assert numbers("-1 +2", what="counts", file="f").dtype == np.int64
    found = numbers("0.1 1e-310 NaN", what="counts", file="f")
    assert found[:2].tolist() == [0.1, 1e-310]
    assert np.isnan(found[2])
    assert rows(["1 2", "", "3 4.5"], what="data", file="f").tolist() == [[1, 2], [3, 4.5]]
    assert rows(["1,5 2", "3 4"], what="data", file="f").tolist() == [[1.5, 2], [3, 4]]


@pytest.mark.parametrize("line", ["nan 0,5", "1,5 inf", "1,5 x"])
def test_decimal_commas_hide_nothing(line: str) -> None:
    with pytest.raises(DamagedFile, match="a data number was expected"):
        rows([line], what="data", file="f")


@pytest.mark.parametrize("text", ["1 x", "1_0", "1e400", "1 inf", "5 -", "-", "1 - 2", "1\n-\t2", "--1", "3-2", "1 -x"])
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    with pytest.raises(DamagedFile, match="number"):
        numbers(text, what="counts", file="f")


@given(
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=20),
    st.sampled_from([" ", "\n", "\t", "\r\n", "  "]),
)
def test_whole_numbers_with_signs_stay_whole(values: list[int], between: str) -> None:
    found = numbers(between.join(map(str, values)), what="counts", file="f")
    assert found.dtype == np.int64
    assert found.tolist() == values
