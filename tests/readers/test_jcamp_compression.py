"""The written forms of JCAMP-DX ordinates: whatever an encoder writes, the reader gives back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.errors import DamagedFile, LimitExceeded
from kiban.readers.jcamp.compression import Ordinates, decode

# An encoder of every written form, made from the standard's definition and independent of the reader.

SQUEEZED = "@ABCDEFGHI", "abcdefghi"
DIFFERENCES = "%JKLMNOPQR", "jklmnopqr"


def pseudo(number: int, letters: tuple[str, str]) -> str:
    digits = str(abs(number))
    first = letters[1][int(digits[0]) - 1] if number < 0 else letters[0][int(digits[0])]
    return first + digits[1:]


def repeat(count: int) -> str:
    digits = str(count)
    return "STUVWXYZs"[int(digits[0]) - 1] + digits[1:]


def with_repeats(tokens: Sequence[str]) -> str:
    out, i = "", 0
    while i < len(tokens):
        n = 1
        while i + n < len(tokens) and tokens[i + n] == tokens[i]:
            n += 1
        out += tokens[i] + (repeat(n) if n > 1 else "")
        i += n
    return out


def fix(line: Sequence[int]) -> str:
    return "".join(f" {n:9d}" for n in line)


def pac(line: Sequence[int]) -> str:
    return "".join(f"{n:+d}" for n in line)


def sqz(line: Sequence[int]) -> str:
    return "".join(pseudo(n, SQUEEZED) for n in line)


def sqzdup(line: Sequence[int]) -> str:
    return with_repeats([pseudo(n, SQUEEZED) for n in line])


def _differences(line: Sequence[int]) -> list[str]:
    return [pseudo(b - a, DIFFERENCES) for a, b in pairwise(line)]


def dif(line: Sequence[int]) -> str:
    return pseudo(line[0], SQUEEZED) + "".join(_differences(line))


def difdup(line: Sequence[int]) -> str:
    return pseudo(line[0], SQUEEZED) + with_repeats(_differences(line))


PLAIN: dict[str, Callable[[Sequence[int]], str]] = {"FIX": fix, "PAC": pac, "SQZ": sqz, "SQZDUP": sqzdup}
DIFFERING: dict[str, Callable[[Sequence[int]], str]] = {"DIF": dif, "DIFDUP": difdup}
FORMS = (*PLAIN, *DIFFERING)


def table(form: str, ordinates: Sequence[int], *, per_line: int = 10, first: int = 0, step: int = 1) -> str:
    """Write the lines of an (X++(Y..Y)) table; a DIF table repeats the last ordinate at the next line's beginning."""
    lines, i = [], 0
    if form in PLAIN:
        for i in range(0, len(ordinates), per_line):
            lines.append(f"{first + step * i}{PLAIN[form](ordinates[i : i + per_line])}")
        return "\n".join(lines) + "\n"
    while i < len(ordinates):
        piece = ordinates[i : i + per_line + 1]
        lines.append(f"{first + step * i}{DIFFERING[form](piece)}")
        i += len(piece) - 1
        if len(piece) == 1:
            break
    return "\n".join(lines) + "\n"


def read(text: str, promised: int | None = None, limit: int = 10_000) -> Ordinates:
    return decode(text, first_line=1, promised=promised, limit=limit, name="x.jdx")


def values(text: str, promised: int | None = None) -> list[float]:
    return read(text, promised).values.tolist()


ordinates = st.lists(
    st.one_of(st.integers(-3, 3), st.integers(-(10**6), 10**6), st.integers(-(10**14), 10**14)), min_size=1, max_size=60
)


@settings(max_examples=300, deadline=None)
@given(ordinates, st.sampled_from(FORMS), st.integers(1, 12), st.booleans())
def test_every_form_gives_back_what_was_written(numbers: list[int], form: str, per_line: int, promise: bool) -> None:
    text = table(form, numbers, per_line=per_line, first=100, step=3)
    got = read(text, len(numbers) if promise else None)
    assert got.values.tolist() == numbers
    assert got.are_integers
    assert not got.wrong_checks
    assert np.array_equal(got.line_x, 100 + 3 * got.line_points)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(FORMS), ordinates), min_size=1, max_size=6))
def test_forms_may_change_from_line_to_line(lines: list[tuple[str, list[int]]]) -> None:
    text, due, ends_in_a_difference = "", [], False
    for form, numbers in lines:
        # The line after one that ends in a difference begins with the check.
        is_check = ends_in_a_difference
        numbers = [due[-1], *numbers] if is_check else numbers
        body = PLAIN[form](numbers) if form in PLAIN else DIFFERING[form](numbers)
        text += f"{len(due) - is_check}{body}\n"
        due += numbers[1:] if is_check else numbers
        ends_in_a_difference = form in DIFFERING and len(numbers) > 1
    got = read(text, len(due))
    assert got.values.tolist() == due
    assert np.array_equal(got.line_x, got.line_points)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("400 1 2 3", [1, 2, 3]),
        ("400+1+2-3", [1, 2, -3]),
        ("400 +1.5-2.25+3.", [1.5, -2.25, 3.0]),
        ("400, 1, 2; 3", [1, 2, 3]),
        ("400\t1\t2", [1, 2]),
        ("400 1.5E+02 -1.5e-02", [150, -0.015]),
        ("400 1.5E2 2.5E2", [150, 250]),
        ("400 1.5D+02 2", [150, 2]),
        ("4.00E+02@A1b2", [0, 11, -22]),
        ("400E54E55", [554, 555]),
        ("400E54D55\n402e1", [554, 455, -51]),
        ("400 1 ? 3", [1, np.nan, 3]),
        ("400 1 NaN 3", [1, np.nan, 3]),
        ("400 1 -1.#IND 3", [1, np.nan, 3]),
        ("400A?J", None),
        ("400AT?B", [1, 1, np.nan, 2]),
        ("400?TB", [np.nan, np.nan, 2]),
        ("400A1 $$ a comment with numbers 1 2 3\n$$ and another\n401B2", [11, 22]),
        ("400 1 2 =\n402 3 4 =\n", [1, 2, 3, 4]),
        ("400AJTj", [1, 2, 3, 2]),
        ("400 AJT j", [1, 2, 3, 2]),
        ("400AV3", [1] * 43),
        ("400A%J%", [1, 1, 2, 2]),
        ("AB\nCD", [1, 2, 3, 4]),
        ("", []),
        ("   \n\n", []),
    ],
)
def test_forms_that_files_have(text: str, due: list[float] | None) -> None:
    if due is None:
        with pytest.raises(DamagedFile, match="difference follows no ordinate"):
            read(text)
    else:
        assert np.array_equal(values(text), due, equal_nan=True)


@pytest.mark.parametrize(
    "text",
    [
        "400 1 x 2",
        "400 1.2.3",
        "400 A5.3.2",
        "400 ^ 2",
        "400SA",
        "400\nS",
        "400AST",
        "400t",
        "400 1E+999",
        "400J",
        "40é",
    ],
)
def test_what_no_form_allows_is_refused(text: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        read(text)
    assert "x.jdx" in caught.value.fault


def test_a_strange_character_is_named_with_its_line() -> None:
    with pytest.raises(DamagedFile, match="line 3: '#' stands among the numbers"):
        read("400 1 2\n402 3 4\n404 5 # 6\n")


def test_repetitions_cannot_fill_the_memory() -> None:
    with pytest.raises(LimitExceeded):
        read("400As99999999999")


def test_a_wrong_check_is_told_with_its_line() -> None:
    got = read("0A0JJ\n2A3JJ\n4A5JJ\n6A7\n")
    assert got.wrong_checks == ((2, 12.0, 13.0),)
    assert got.values.tolist() == [10, 11, 12, 14, 15, 16, 17]


def test_a_writer_without_checks_is_recognised_by_the_number_of_points() -> None:
    got = read("0A0JJ\n3B3JJ\n6C5JJ\n", promised=9)
    assert got.values.tolist() == [10, 11, 12, 23, 24, 25, 35, 36, 37]
    assert got.checks == 0


def test_a_writer_without_checks_is_recognised_by_the_abscissas() -> None:
    got = read("0A0JJ\n3B3JJ\n6C5J\n8D0JJJ\n")
    assert got.values.size == 12
    assert got.line_points.tolist() == [0, 3, 6, 8]


def test_what_is_written_with_a_decimal_point_is_no_integer() -> None:
    assert read("400.5 1 2").are_integers
    assert not read("400 1.0 2").are_integers
    assert not read("400 1E+00 2").are_integers


def test_the_example_of_the_standard() -> None:
    # J. I. Baumbach et al., Pure Appl. Chem. 73, 1765 (2001): the same drift-time spectrum in FIX and in DIFDUP.
    text = "4@VKT%TLkj%J%KLJ%njKjL%kL%jJULJ%kLK1%lLMNPNPRLJ0QTOJ1P\n56A28\n"
    got = read(text, promised=53)
    assert got.values[:18].tolist() == [0, 0, 0, 0, 2, 4, 4, 4, 7, 5, 4, 4, 5, 5, 7, 10, 11, 11]
    assert got.values[-9:].tolist() == [66, 75, 78, 88, 96, 104, 110, 121, 128]
    assert got.values.size == 53
    assert got.line_points.tolist() == [0, 52]
