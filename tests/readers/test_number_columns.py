"""Cells to numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.readers.tables.number_columns import common_unit_text, kind_of, read_numbers, to_number


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1", 1.0),
        (" -1.5 ", -1.5),
        ("+.5", 0.5),
        ("1.", 1.0),
        ("1e5", 1e5),
        ("1.5D-3", 1.5e-3),
        ("3.82E+0002", 382.0),
        ("１２．５", 12.5),
        ("−3", -3.0),
        ("1,234", 1234.0),
        ("1,234,567.8", 1234567.8),
        ("1 234", None),
        ("1\u202f234", 1234.0),
        ("1,23", None),
        ("1_2", None),
        ("0x10", None),
        ("1.2.3", None),
        ("nan", None),
        ("-inf", -math.inf),
        ("R1", None),
    ],
)
def test_a_number_with_a_decimal_point(cell: str, number: float | None) -> None:
    assert to_number(cell) == number


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1,5", 1.5), ("-0,25e3", -250.0), ("1.234,5", 1234.5), ("1.5", 1.5), ("1.234", None), ("1.234.567,8", 1234567.8)],
)
def test_a_number_with_a_decimal_comma(cell: str, number: float | None) -> None:
    assert to_number(cell, ",") == number


@pytest.mark.parametrize("cell", ["", " ", "-", "---", "NA", "n/a", "NaN", "null", "n.d.", "####", "1.#IND", "未測定"])
def test_missing(cell: str) -> None:
    assert kind_of(cell) == "M"


@pytest.mark.parametrize(
    ("cell", "kind"),
    [("2024-01-01", "D"), ("12:45:33", "D"), ("50:50", "T"), ("1:2", "T"), ("25 °C", "T"), ("192.168.0.1", "T")],
)
def test_kinds(cell: str, kind: str) -> None:
    assert kind_of(cell) == kind


def test_texts_among_numbers_are_named_and_become_nan() -> None:
    column = read_numbers(["1", "<0.5", "", "3", "<0.5"])
    assert column.texts == {"<0.5": 2}
    assert np.array_equal(column.values, [1.0, math.nan, math.nan, 3.0, math.nan], equal_nan=True)


def test_sample_numbers_with_underscores_are_no_numbers() -> None:
    assert read_numbers(["1_2", "3"]).texts == {"1_2": 1}


def test_a_unit_behind_every_number_is_found() -> None:
    assert common_unit_text(["25 °C", "", "26.5 °C"]) == "°C"
    assert common_unit_text(["25 °C", "26 K"]) is None
    assert common_unit_text(["12%", "13 %"]) == "%"


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_every_float_comes_back_exactly(numbers: list[float]) -> None:
    assert read_numbers([repr(x) for x in numbers]).values.tolist() == numbers
    assert read_numbers([repr(x).replace(".", ",") for x in numbers], ",").values.tolist() == numbers
