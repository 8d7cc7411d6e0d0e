"""Compositions as stated: what may be said, and what may not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import IncompatibleUnit, InvalidValue, OutOfRange
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Kind, Origin, Uncertainty
from kiban.records.document import from_json, to_json
from kiban.records.matter.composition import BALANCE, Basis, Component, Composition, Constituent, Stated, component
from kiban.records.matter.elements import ELEMENTS
from kiban.records.matter.molar_mass import molar_mass


def percent(value: float, standard: float | None = None) -> Measured:
    doubt = None if standard is None else Uncertainty(value=standard, origin=Origin.REPEAT)
    return Measured(value, "%", doubt)


def composition(amounts: dict[str, Measured | str], *, stated: Stated = Stated.NOMINAL) -> Composition:
    return Composition(
        components=tuple(component(what, amount) for what, amount in amounts.items()),  # type: ignore[arg-type]
        basis=Basis.MASS,
        stated=stated,
    )


def test_an_alloy_with_a_balance_is_complete() -> None:
    alloy = composition({"Ti": BALANCE, "Al": percent(6.0), "V": percent(4.0)})
    assert alloy.is_complete
    assert alloy.missing == 0.0
    assert [c.is_balance for c in alloy.components] == [True, False, False]


@pytest.mark.parametrize(
    "amounts",
    [
        {"Fe": percent(33.3), "Co": percent(33.3), "Ni": percent(33.3)},  # rounded to a tenth
        {"Fe": percent(33), "Co": percent(33), "Ni": percent(33)},
        {"Fe": Measured(0.667), "Co": Measured(0.334)},
        {"Fe": percent(70.0, 0.4), "Co": percent(29.5, 0.3)},  # 99.5 ± 0.5
        {"Fe": percent(70.4, 0.4), "Co": percent(30.3, 0.3)},
        {"Fe": Measured(1.0)},
        {"Fe": percent(99.99), "C": Measured(100.0, "ppm")},
    ],
)
def test_sums_that_rounding_or_uncertainty_explain_are_complete(amounts: dict[str, Measured | str]) -> None:
    assert composition(amounts).is_complete
    assert composition(amounts, stated=Stated.MEASURED).missing == 0.0


@pytest.mark.parametrize(
    ("amounts", "missing"),
    [
        (
            {
                "SiO2": percent(69.5),
                "Na2O": percent(18.2),
                "CaO": percent(8.1),
                "MgO": percent(2.0),
                "K2O": percent(1.0),
            },
            0.012,
        ),
        ({"Fe": percent(69.3, 0.1), "Co": percent(30.0, 0.1)}, 0.007),
        ({"Fe": percent(99.3)}, 0.007),
        # 8.0, 2.0 and 1.0 are floats without their zero: the list is in tenths all the same.
        (
            {"Fe": percent(70.1), "Cr": percent(18.2), "Ni": percent(8.0), "Mn": percent(2.0), "Si": percent(1.0)},
            0.007,
        ),
        ({"Cu": percent(69.5), "Zn": percent(30.0)}, 0.005),
        # Rounding to whole percents explains 1 %, however many components there are.
        (
            {
                e: percent(n)
                for e, n in zip(("Fe", "Cr", "Ni", "Mn", "Si", "Mo", "Co", "W"), [14] * 7 + [0], strict=True)
            },
            0.02,
        ),
    ],
)
def test_a_measured_sum_below_1_says_what_is_missing_and_a_nominal_one_is_refused(
    amounts: dict[str, Measured | str], missing: float
) -> None:
    found = composition(amounts, stated=Stated.MEASURED)
    assert not found.is_complete
    assert found.missing == pytest.approx(missing)
    with pytest.raises(OutOfRange, match=r"% are missing") as refusal:
        composition(amounts)
    assert "balance" in refusal.value.mend


@pytest.mark.parametrize("stated", list(Stated))
def test_more_than_all_is_refused(stated: Stated) -> None:
    with pytest.raises(OutOfRange, match=r"add up to 101\.8 %"):
        composition({"Fe": percent(70.9), "Co": percent(30.9)}, stated=stated)
    with pytest.raises(OutOfRange, match=r"add up to 100\.1") as refusal:
        composition({"Ti": BALANCE, "Al": percent(100.1)}, stated=stated)
    assert "balance" in refusal.value.mend


def test_two_balances_nothing_at_all_and_what_is_there_twice_are_refused() -> None:
    with pytest.raises(InvalidValue, match="Ti and Al are both the balance"):
        composition({"Ti": BALANCE, "Al": BALANCE})
    with pytest.raises(InvalidValue, match="no components"):
        composition({})
    with pytest.raises(InvalidValue, match="O2Ti is there twice, once as TiO₂"):
        composition({"TiO₂": percent(50), "O2Ti": percent(50)})
    with pytest.raises(InvalidValue, match="Fe is there twice"):
        Composition(
            components=(component("Fe", percent(50)), component("Fe", percent(50))),
            basis=Basis.AMOUNT,
            stated=Stated.NOMINAL,
        )


def test_phases_of_one_formula_are_two_materials() -> None:
    phases = tuple(
        Component(what=name, amount=percent(50), kind=Constituent.MATERIAL, formula="TiO2")
        for name in ("anatase", "rutile")
    )
    powder = Composition(components=phases, basis=Basis.MASS, stated=Stated.MEASURED, method="Rietveld")
    assert [c.read_formula().elements for c in powder.components if c.read_formula()] == [{"Ti": 1, "O": 2}] * 2  # type: ignore[union-attr]


def test_components_are_checked() -> None:
    with pytest.raises(OutOfRange, match="must not be negative"):
        component("Fe", percent(-1.0))
    with pytest.raises(IncompatibleUnit):
        component("Fe", Measured(1.0, "g"))
    with pytest.raises(InvalidValue, match="not a chemical formula"):
        component("SUS304", percent(50))
    with pytest.raises(InvalidValue, match="x has no value"):
        component("Li1-xCoO2", percent(50))
    with pytest.raises(InvalidValue, match="no name"):
        Component(what=" ", amount=BALANCE, kind=Constituent.MATERIAL)
    with pytest.raises(InvalidValue, match="not the symbol"):
        Component(what="CoO", amount=BALANCE, kind=Constituent.ELEMENT)
    with pytest.raises(InvalidValue, match="its own formula"):
        Component(what="CoO", amount=BALANCE, kind=Constituent.COMPOUND, formula="CoO")
    assert Component(what="SUS304", amount=BALANCE, kind=Constituent.MATERIAL).read_formula() is None


uncertainties = st.none() | st.builds(
    Uncertainty,
    value=st.floats(0.0, 0.1),
    kind=st.just(Kind.EXPANDED),
    coverage_factor=st.just(2.0),
    origin=st.sampled_from(Origin),
)


@given(
    st.lists(st.sampled_from(ELEMENTS), min_size=2, max_size=6, unique=True),
    st.lists(uncertainties, min_size=6, max_size=6),
    st.sampled_from(Basis),
    st.sampled_from(Stated),
    st.text(max_size=20),
)
def test_a_composition_survives_the_trip_to_json_and_back(
    elements: list[str], doubts: list[Uncertainty | None], basis: Basis, stated: Stated, note: str
) -> None:
    import json

    parts = tuple(
        component(element, BALANCE if i == 0 else Measured(0.1 / i, "", doubts[i]))
        for i, element in enumerate(elements)
    )
    made = Composition(components=parts, basis=basis, stated=stated, method="ICP-OES", note=note)
    assert from_json(json.loads(json.dumps(to_json(made))), Composition) == made


def test_a_document_that_breaks_the_rules_is_refused() -> None:
    document = to_json(composition({"Ti": BALANCE, "Al": percent(6.0)}))
    document["components"][1]["amount"]["value"] = -6.0
    with pytest.raises(InvalidValue):
        from_json(document, Composition)
    document["components"][1]["amount"] = "rest"
    with pytest.raises(InvalidValue, match="not a Composition"):
        from_json(document, Composition)


@pytest.mark.parametrize(
    ("text", "mass"),
    [
        ("H2O", 18.015),  # CRC Handbook of Chemistry and Physics, and every label
        ("CuSO4·5H2O", 249.68),
        ("D2O", 20.027),
        ("NaCl", 58.44),
        ("C6H12O6", 180.156),
        ("SiO2", 60.08),
        ("Al2O3", 101.96),
        ("Fe2O3", 159.69),
        ("K2Cr2O7", 294.18),
        ("LiCoO2", 97.87),
    ],
)
def test_published_molar_masses(text: str, mass: float) -> None:
    found = molar_mass(text)
    decimals = len(str(mass).partition(".")[2])
    assert found.unit == "g/mol"
    assert found.value == pytest.approx(mass, abs=0.6 * 10.0**-decimals)


def test_the_uncertainty_of_a_molar_mass_counts_the_atoms_of_one_element_together() -> None:
    # u² = (2 × 0.0002/√3)² + (0.001/√3)²: the atoms of one element share their weight.
    water = molar_mass("H2O").uncertainty
    assert water is not None
    assert water.value == pytest.approx(((2 * 0.0002) ** 2 / 3 + 0.001**2 / 3) ** 0.5)
    assert water.origin is Origin.PROPAGATED


def test_an_ion_lacks_the_electrons_that_it_lost() -> None:
    # Molar mass of the electron: 5.485 799 10 × 10⁻⁴ g/mol, CODATA 2022.
    assert molar_mass("Fe").value - molar_mass("Fe^3+").value == pytest.approx(3 * 5.4857991e-4)
    assert molar_mass("Cl-").value > molar_mass("Cl").value
