"""Orders in which databases write formulas."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import InvalidValue
from kiban.records.matter.elements import ELEMENTS
from kiban.records.matter.formula import formula_of
from kiban.records.matter.formula_writing import (
    anonymous_formula,
    hill_formula,
    plain_formula,
    reduced_formula,
    whole_amounts,
    with_values,
)


@pytest.mark.parametrize(
    ("text", "hill"),
    [
        ("CaCO3", "CCaO3"),
        ("C2H5OH", "C2H6O"),
        ("CBr3H", "CHBr3"),
        ("BaC2O4", "C2BaO4"),
        ("B2H6", "B2H6"),
        ("H2SO4", "H2O4S"),
        ("NaCl", "ClNa"),
        ("CuSO4·5H2O", "CuH10O9S"),
        ("SO4^2-", "O4S^2-"),
        ("NH4^+", "H4N^+"),
        ("[13C]C5D6", "C5[13C][2H]6"),
        ("LiNi0.8Co0.1Mn0.1O2", "Co0.1LiMn0.1Ni0.8O2"),
    ],
)
def test_hill_order(text: str, hill: str) -> None:
    assert hill_formula(formula_of(text)) == hill
    assert dict(formula_of(hill).atoms) == dict(formula_of(text).atoms)
    assert formula_of(hill).charge == formula_of(text).charge


@pytest.mark.parametrize(
    ("text", "reduced", "anonymous"),
    [
        ("H2O", "H2O", "A2B"),
        ("H2O2", "HO", "AB"),
        ("Na4Cl4", "ClNa", "AB"),
        ("Ca(OH)2", "CaH2O2", "A2B2C"),
        ("LiNi0.8Co0.1Mn0.1O2", "CoLi10MnNi8O20", "A20B10C8DE"),
        ("Fe0.95O", "Fe19O20", "A20B19"),
        ("D2O", "H2O", "A2B"),
        ("Li0.333Fe", "Fe1000Li333", "A1000B333"),
    ],
)
def test_reduced_and_anonymous_formulas_as_optimade_defines_them(text: str, reduced: str, anonymous: str) -> None:
    assert reduced_formula(formula_of(text)) == reduced
    assert anonymous_formula(formula_of(text)) == anonymous


def test_sums_of_variables_do_not_spoil_whole_numbers() -> None:
    assert reduced_formula(formula_of("LiNi1-x-yMnxCoyO2", {"x": 0.1, "y": 0.2})) == "Co2Li10MnNi7O20"


def test_amounts_without_small_ratios_are_refused() -> None:
    with pytest.raises(InvalidValue, match="no small whole numbers"):
        reduced_formula(formula_of("Fe0.12345678O"))


def test_more_than_26_elements_go_on_with_two_letters() -> None:
    text = "".join(f"{element}{n}" for n, element in enumerate(ELEMENTS[:28], start=1))
    assert anonymous_formula(formula_of(text)).endswith("Y4Z3Aa2Ba")


@given(st.dictionaries(st.sampled_from(ELEMENTS), st.integers(1, 40), min_size=2, max_size=5), st.integers(1, 7))
def test_reducing_forgets_the_scale_and_nothing_else(amounts: dict[str, int], scale: int) -> None:
    one = formula_of("".join(f"{element}{n}" for element, n in amounts.items()))
    many = formula_of("".join(f"{element}{n * scale}" for element, n in sorted(amounts.items(), reverse=True)))
    assert whole_amounts(one) == whole_amounts(many)
    assert math.gcd(*whole_amounts(one).values()) == 1
    assert dict(formula_of(plain_formula(one)).atoms) == dict(one.atoms)


@given(st.dictionaries(st.sampled_from(ELEMENTS), st.decimals("0.001", "99", places=4), min_size=1, max_size=5))
def test_what_is_written_plainly_is_read_back(amounts: dict[str, object]) -> None:
    one = formula_of("".join(f"{element}{n}" for element, n in amounts.items()))
    assert dict(formula_of(plain_formula(one)).atoms) == pytest.approx(dict(one.atoms))


def test_values_take_the_place_of_variables() -> None:
    assert with_values("LiNi1-xMnxO2", {"x": 0.2, "y": 3.0}) == "LiNi0.8Mn0.2O2"
    assert with_values("Ca(OH)2", {"x": 0.2}) == "Ca(OH)2"
    assert with_values("KxNO", {"x": 1.0}) == "K1N1O1"
