"""Formulas to amounts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import InvalidValue
from kiban.records.matter.elements import Atom
from kiban.records.matter.formula import ELEMENTS, Formula, amount_fractions, formula_of, parse_formula


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


def counted(formula: Formula) -> dict[str, float]:
    return {str(atom): amount for atom, amount in formula.atoms.items()}


@pytest.mark.parametrize(
    ("text", "atoms", "charge"),
    [
        ("SO4^2-", {"S": 1, "O": 4}, -2),
        ("SO4²⁻", {"S": 1, "O": 4}, -2),
        ("SO_4^{2-}", {"S": 1, "O": 4}, -2),
        ("SO4 2-", {"S": 1, "O": 4}, -2),
        ("Fe+3", {"Fe": 1}, 3),
        ("Fe^3+", {"Fe": 1}, 3),
        ("Cl-", {"Cl": 1}, -1),
        ("NH4^+", {"N": 1, "H": 4}, 1),
        ("[Fe(CN)6]^{3-}", {"Fe": 1, "C": 6, "N": 6}, -3),
        ("[13C]O2", {"[13C]": 1, "O": 2}, 0),
        ("^{57}Fe2O3", {"[57Fe]": 2, "O": 3}, 0),
        ("⁵⁷Fe2O3", {"[57Fe]": 2, "O": 3}, 0),
        ("D2O", {"[2H]": 2, "O": 1}, 0),
        ("T2O", {"[3H]": 2, "O": 1}, 0),
        ("CuSO4・5H2O", {"Cu": 1, "S": 1, "O": 9, "H": 10}, 0),
        ("CuSO4*5H2O", {"Cu": 1, "S": 1, "O": 9, "H": 10}, 0),
        ("CuSO₄⋅5H₂O", {"Cu": 1, "S": 1, "O": 9, "H": 10}, 0),
        ("Ｆｅ２Ｏ３", {"Fe": 2, "O": 3}, 0),
        ("Pb(Zr_{0.52}Ti_{0.48})O_3", {"Pb": 1, "Zr": 0.52, "Ti": 0.48, "O": 3}, 0),
        ("K4[Ni(C{N}2)3]2", {"K": 4, "Ni": 2, "C": 6, "N": 12}, 0),
        ("Li3Fe2((PO4)3(CO3)5)2", {"Li": 3, "Fe": 2, "P": 6, "O": 54, "C": 10}, 0),
        ("C60", {"C": 60}, 0),
        ("C240", {"C": 240}, 0),
        ("K Na 2", {"K": 1, "Na": 2}, 0),
        ("Fe 3+", {"Fe": 1}, 3),
        ("KOH", {"K": 1, "O": 1, "H": 1}, 0),
        ("Ti6Al4V1", {"Ti": 6, "Al": 4, "V": 1}, 0),
        ("Fe1O0", {"Fe": 1}, 0),
    ],
)
def test_charges_isotopes_and_spellings(text: str, atoms: dict[str, float], charge: int) -> None:
    formula = formula_of(text)
    assert counted(formula) == atoms
    assert formula.charge == charge


@pytest.mark.parametrize(
    ("text", "values", "atoms"),
    [
        ("LiNi1-xMnxO2", {"x": 0.2}, {"Li": 1, "Ni": 0.8, "Mn": 0.2, "O": 2}),
        ("LiNi1-x-yMnxCoyO2", {"x": 0.1, "y": 0.2}, {"Li": 1, "Ni": 0.7, "Mn": 0.1, "Co": 0.2, "O": 2}),
        ("LaMnO3-d", {"d": 0.1}, {"La": 1, "Mn": 1, "O": 2.9}),
        ("LaMnO3−δ", {"δ": 0.1}, {"La": 1, "Mn": 1, "O": 2.9}),
        ("LaMnO_{3+\\delta}", {"δ": 0.1}, {"La": 1, "Mn": 1, "O": 3.1}),
        ("La1-xSrxMnO3-x/2", {"x": 0.2}, {"La": 0.8, "Sr": 0.2, "Mn": 1, "O": 2.9}),
        ("La2-2xSr2xO3", {"x": 0.25}, {"La": 1.5, "Sr": 0.5, "O": 3}),
        ("(Ba1-xSrx)TiO3", {"x": 0.0}, {"Ba": 1, "Ti": 1, "O": 3}),
        ("Li1-xCoO2", {"x": 1.0}, {"Co": 1, "O": 2}),
        ("LaFeAsO1-xFx", {"x": 0.1}, {"La": 1, "Fe": 1, "As": 1, "O": 0.9, "F": 0.1}),
        ("TiO2·nH2O", {"n": 2}, {"Ti": 1, "O": 4, "H": 4}),
        ("NixO", {"x": 0.98}, {"Ni": 0.98, "O": 1}),
        ("Ox", {"x": 2}, {"O": 2}),
    ],
)
def test_amounts_with_variables(text: str, values: dict[str, float], atoms: dict[str, float]) -> None:
    assert counted(formula_of(text, values)) == pytest.approx(atoms)


@pytest.mark.parametrize(
    ("text", "values", "fault"),
    [
        ("LiNi1-xMnxO2", {}, "as long as x has no value"),
        ("LaMnO3-δ", {"x": 1.0}, "as long as δ has no value"),
        ("LiCoO2", {"x": 1.0}, "no variable x"),
        ("CoO", {"o": 1.0}, "no variable o"),
        ("Li1-xCoO2", {"x": 1.5}, "comes to -0.5"),
        ("Ox/0", {"x": 1.0}, "divides by 0"),
        ("Ox", {"x": float("nan")}, "counts no atoms"),
        ("Ox", {"x": float("inf")}, "counts no atoms"),
        ("PbTiO3-xBiFeO3", {"x": 0.3}, "or the share of what follows"),
    ],
)
def test_variables_need_values_that_make_sense(text: str, values: dict[str, float], fault: str) -> None:
    with pytest.raises(InvalidValue, match=fault):
        formula_of(text, values)


@pytest.mark.parametrize(
    ("text", "fault", "mend"),
    [
        ("Fe3+", "3\\+ or 1\\+", "Fe\\^3\\+, or Fe3\\^1\\+"),
        ("SO42-", "2- or 1-", "SO4\\^2-"),
        ("CuSO4.5H2O", "dot", "CuSO4·5H2O"),
        ("O3-0.1", "may be a sum", "worked out"),
        ("0.7PbTiO3-0.3BiFeO3", "next item of a list", "list"),
        ("Fe-0.2C-1.5Mn", "list joined by '-'", "mass%"),
        ("TiO+C", "list joined by '\\+'", "composition"),
        ("(Mg,Fe)2SiO4", "how much", "\\(Mg0.9Fe0.1\\)2SiO4"),
        ("Ni50Ti50 at%", "percents", "composition"),
        ("SUS304", "grade", "named material"),
        ("SUS 316L", "grade", "named material"),
        ("S45C", "grade", "named material"),
        ("C1020", "grade", "named material"),
        ("PVDF", "abbreviation", "named material"),
        ("YBCO", "abbreviation", "named material"),
        ("PP", "abbreviation", "named material"),
        ("Ti6Al4V", "mass percent", "1 too"),
        ("(TiO2]", "brackets", "Ca"),
        ("Ti()2", "empty bracket", "Ca"),
        ("O0", "counts no atoms", "Ca"),
        ("InGaAs", "without the amounts", "named material"),
        ("NdFeB", "without the amounts", "named material"),
        ("S355", "grade", "named material"),
        ("N719", "grade", "named material"),
        ("P3HT", "abbreviation", "named material"),
        ("Fe2O3 1", "space in '3 1'", "Ca"),
        ("C o", "space in 'C o'", "Ca"),
        ("Nickel", "'ckel' is neither", "Ca"),
        ("Iron", "'on' is neither", "Ca"),
        ("Fe\n2?O", "cannot stand there", "Ca"),
    ],
)
def test_what_has_two_meanings_or_none_is_refused_with_the_way_out(text: str, fault: str, mend: str) -> None:
    with pytest.raises(InvalidValue, match=fault) as refusal:
        formula_of(text)
    assert "not a chemical formula" in refusal.value.fault
    import re

    assert re.search(mend, refusal.value.mend)


@given(st.text("CHONaFeTiSUx0123456789.-+^(){}[]·δ %,/_", max_size=25), st.booleans())
def test_any_text_is_read_or_refused(text: str, with_value: bool) -> None:
    try:
        formula = formula_of(text, {"x": 0.5} if with_value else None)
    except InvalidValue:
        return
    assert all(0.0 < amount < float("inf") for amount in formula.atoms.values())
    assert sum(amount_fractions(text).values() if not with_value else [1.0]) == pytest.approx(1.0)


def test_isotopes_are_atoms_of_their_own() -> None:
    formula = formula_of("[13C]C5H6D6")
    assert formula.atoms[Atom("C", 13)] == 1.0
    assert formula.elements == {"C": 6, "H": 12}
    assert formula.n_atoms == 18
