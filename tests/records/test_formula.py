"""Formulas to amounts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import InvalidValue
from kiban.records.formula import ELEMENTS, amount_fractions, parse_formula


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("LiNi0.8Co0.1Mn0.1O2", {"Li": 1, "Ni": 0.8, "Co": 0.1, "Mn": 0.1, "O": 2}),
        ("Ca(OH)2", {"Ca": 1, "O": 2, "H": 2}),
        ("CuSO4·5H2O", {"Cu": 1, "S": 1, "O": 9, "H": 10}),
        ("C3 H6 O", {"C": 3, "H": 6, "O": 1}),
        ("[Co(NH3)6]Cl3", {"Co": 1, "N": 6, "H": 18, "Cl": 3}),
        ("TiO₂", {"Ti": 1, "O": 2}),
        ("D2O", {"H": 2, "O": 1}),
        ("Fe.5O", {"Fe": 0.5, "O": 1}),
    ],
)
def test_formulas_as_people_write_them(text: str, amounts: dict[str, float]) -> None:
    assert parse_formula(text) == amounts


@pytest.mark.parametrize(
    "text", ["", "2", "(", "H)2", "Xx2", "TiO2-x", "water", "h2o", "Ti O2 + C", "(" * 100, "C" * 501, "TiO2)"]
)
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="not a chemical formula"):
        parse_formula(text)


@given(st.dictionaries(st.sampled_from(ELEMENTS), st.integers(1, 99), min_size=1, max_size=6))
def test_a_written_formula_is_read_back(amounts: dict[str, int]) -> None:
    assert parse_formula("".join(f"{element}{n}" for element, n in amounts.items())) == amounts
    assert sum(amount_fractions("".join(f"{e}{n}" for e, n in amounts.items())).values()) == pytest.approx(1.0)


def test_there_are_118_elements() -> None:
    assert len(set(ELEMENTS)) == 118
    assert ELEMENTS[25] == "Fe"
    assert ELEMENTS[91] == "U"
