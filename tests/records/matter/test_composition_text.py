"""Compositions as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import InvalidValue
from kiban.records.matter.composition import Basis, Composition, Constituent, Stated
from kiban.records.matter.composition_text import composition_of
from kiban.records.matter.elements import ELEMENTS


def shares(composition: Composition) -> dict[str, float | str]:
    """Fractions by component, or `balance`."""
    return {
        c.what: c.amount if isinstance(c.amount, str) else c.amount.in_unit("").value for c in composition.components
    }


@pytest.mark.parametrize(
    ("text", "values", "basis", "parts"),
    [
        ("Ti-6Al-4V (mass%)", {}, Basis.MASS, {"Ti": "balance", "Al": 0.06, "V": 0.04}),
        ("Ti–6Al–4V（質量％）", {}, Basis.MASS, {"Ti": "balance", "Al": 0.06, "V": 0.04}),
        ("Fe-0.2C-1.5Mn wt.%", {}, Basis.MASS, {"Fe": "balance", "C": 0.002, "Mn": 0.015}),
        ("63Sn-37Pb weight percent", {}, Basis.MASS, {"Sn": 0.63, "Pb": 0.37}),
        ("Ni50Ti50 at%", {}, Basis.AMOUNT, {"Ni": 0.5, "Ti": 0.5}),
        ("Zr41.2Ti13.8Cu12.5Ni10Be22.5 (at.%)", {}, Basis.AMOUNT,
         {"Zr": 0.412, "Ti": 0.138, "Cu": 0.125, "Ni": 0.1, "Be": 0.225}),
        ("Fe64Ni36 mass%", {}, Basis.MASS, {"Fe": 0.64, "Ni": 0.36}),
        ("70TeO2-20ZnO-10Na2O (mol%)", {}, Basis.AMOUNT, {"TeO2": 0.7, "ZnO": 0.2, "Na2O": 0.1}),
        ("0.7PbTiO3-0.3Bi(Mg0.5Ti0.5)O3", {}, Basis.AMOUNT, {"PbTiO3": 0.7, "Bi(Mg0.5Ti0.5)O3": 0.3}),
        ("(1-x)PbTiO3-xBiFeO3", {"x": 0.3}, Basis.AMOUNT, {"PbTiO3": 0.7, "BiFeO3": 0.3}),
        ("(1-x)PbTiO3-xBiFeO3", {"x": 0.0}, Basis.AMOUNT, {"PbTiO3": 1.0}),
        ("x(Ba0.7Ca0.3)TiO3-(1-x)Ba(Zr0.2Ti0.8)O3", {"x": 0.5}, Basis.AMOUNT,
         {"(Ba0.7Ca0.3)TiO3": 0.5, "Ba(Zr0.2Ti0.8)O3": 0.5}),
        ("0.5LiNi1-xMnxO2-0.5Li2MnO3", {"x": 0.2}, Basis.AMOUNT, {"LiNi0.8Mn0.2O2": 0.5, "Li2MnO3": 0.5}),
        ("LiNi1-xMnxO2", {"x": 0.5}, Basis.AMOUNT, {"LiNi0.5Mn0.5O2": 1.0}),
        ("CuSO4·5H2O", {}, Basis.AMOUNT, {"CuSO4·5H2O": 1.0}),
        ("Cr 18.0, Ni 8.0, Fe bal. (mass%)", {}, Basis.MASS, {"Cr": 0.18, "Ni": 0.08, "Fe": "balance"}),
        ("Cr 18.0、Ni 8.0、Fe 残部 質量%", {}, Basis.MASS, {"Cr": 0.18, "Ni": 0.08, "Fe": "balance"}),
        ("SiO2 70; Na2O 20; CaO 10 mol%", {}, Basis.AMOUNT, {"SiO2": 0.7, "Na2O": 0.2, "CaO": 0.1}),
        ("Al2O3 + 5 wt% ZrO2 (of total)", {}, Basis.MASS, {"Al2O3": "balance", "ZrO2": 0.05}),
        ("Al2O3 + 5 wt% ZrO2 (on top)", {}, Basis.MASS, {"Al2O3": 100 / 105, "ZrO2": 5 / 105}),
        ("Al2O3+5mol%Y2O3+1mol%MgO 外割", {}, Basis.AMOUNT, {"Al2O3": 100 / 106, "Y2O3": 5 / 106, "MgO": 1 / 106}),
    ],
)  # fmt: skip
def test_what_people_write_is_read(
    text: str, values: dict[str, float], basis: Basis, parts: dict[str, float | str]
) -> None:
    found = composition_of(text, variables=values)
    assert found.basis is basis
    assert found.stated is Stated.NOMINAL
    assert list(shares(found)) == list(parts)
    for what, share in parts.items():
        assert shares(found)[what] == (share if isinstance(share, str) else pytest.approx(share))


@pytest.mark.parametrize(
    ("text", "fault", "mend"),
    [
        ("Fe-0.2C-1.5Mn", "percents of mass, of atoms or of volume", "mass%"),
        ("70TeO2-20ZnO-10Na2O", "percents of mass, of atoms or of volume", "mol%"),
        ("0.5Fe-0.5Co", "percents of mass, of atoms or of volume", "at%"),
        ("Cr 18, Fe bal.", "percents of mass, of atoms or of volume", "mass%"),
        ("Al2O3 + 5 wt% ZrO2", "of the whole or on top of 100", "on top"),
        ("Al2O3 + 5 wt% ZrO2 + 1 mol% MgO (on top)", "mixes additions", "one basis"),
        ("Al2O3 + 5 wt% ZrO2 + 3 wt% ZrO2 (on top)", "ZrO2 is there twice", "Add"),
        ("70TeO2-30ZnO at%", "atom percents of the compound TeO2", "mol%"),
        ("70Cu-20Zn mass%", "add up to 90", "rest"),
        ("Cu-110Zn mass%", "add up to 110", "Correct"),
        ("0.7PbTiO3-0.2BiFeO3", "add up to 0.9", "Correct"),
        ("Ni50Ti40 at%", "add up to 90", "balance"),
        ("0.9Al2O3-0.1ZrO2 vol%", "not to 100 %", "Correct"),
        ("0.7PbTiO3", "what the rest is", "without a number"),
        ("SUS304", "grade", "named material"),
        ("Ti6Al4V mass%", "not a chemical formula", "1 too"),
        ("LiNi1-xMnxO2", "x has no value", "value of x"),
        ("Cr 18, 8.0, Fe bal. mass%", "'8.0' in", "Cr 18.0"),
        ("Fe-1 8Cr mass%", "space in the number", "without spaces"),
        ("Cr 18 cm, Fe bal. mass%", "cm", "''"),
        ("", "not a composition", "Ti-6Al-4V"),
        ("stainless steel", "not a chemical formula", "LiCoO2"),
        ("-".join(f"1{e}" for e in ELEMENTS[:15]) + " at%", "more than 12", "commas"),
    ],
)
def test_what_is_open_or_wrong_is_refused_with_the_way_out(text: str, fault: str, mend: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        composition_of(text)
    assert fault in refusal.value.fault
    assert mend in refusal.value.mend


def test_a_basis_given_beside_the_text_settles_what_the_text_leaves_open() -> None:
    steel = composition_of("Fe-0.2C-1.5Mn", basis=Basis.MASS, stated=Stated.MEASURED)
    assert shares(steel) == pytest.approx({"Fe": "balance", "C": 0.002, "Mn": 0.015})
    assert steel.stated is Stated.MEASURED
    assert shares(composition_of("0.5Fe-0.5Co", basis=Basis.AMOUNT)) == {"Fe": 0.5, "Co": 0.5}
    with pytest.raises(InvalidValue, match="by mass, not by amount"):
        composition_of("Fe-0.2C (mass%)", basis=Basis.AMOUNT)


def test_values_for_variables_that_are_not_there_are_refused() -> None:
    with pytest.raises(InvalidValue, match="no variable y"):
        composition_of("(1-x)PbTiO3-xBiFeO3", variables={"x": 0.1, "y": 0.2})


def test_uncertainties_of_a_list_are_kept() -> None:
    steel = composition_of("Cr 18.0 ± 0.4 (k=2), Ni 8.05(5), Fe bal. (mass%)", stated=Stated.MEASURED)
    chromium, nickel = steel.amounts["Cr"].uncertainty, steel.amounts["Ni"].uncertainty
    assert chromium is not None
    assert chromium.standard == pytest.approx(0.2)
    assert nickel is not None
    assert nickel.standard == pytest.approx(0.05)


def test_elements_and_compounds_are_told_apart() -> None:
    kinds = {c.what: c.kind for c in composition_of("95Fe-5TiC mol%").components}
    assert kinds == {"Fe": Constituent.ELEMENT, "TiC": Constituent.COMPOUND}


@given(
    st.lists(st.sampled_from(ELEMENTS[:90]), min_size=2, max_size=6, unique=True),
    st.lists(st.integers(1, 150), min_size=5, max_size=5),
)
def test_any_alloy_that_is_written_is_read_back(elements: list[str], tenths: list[int]) -> None:
    main, *others = elements
    amounts = {e: n / 10 for e, n in zip(others, tenths, strict=False)}
    text = "-".join([main, *(f"{amount}{e}" for e, amount in amounts.items())])
    found = shares(composition_of(f"{text} (mass%)"))
    assert found.pop(main) == "balance"
    assert found == pytest.approx({e: amount / 100 for e, amount in amounts.items()})


@given(st.text("FeTiAlO0123456789.-+%() masxt,b±", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = composition_of(text, variables={})
    except InvalidValue:
        return
    assert found.components
