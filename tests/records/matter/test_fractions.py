"""Conversions between bases, against published figures and Monte Carlo."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import IncompatibleUnit, InvalidValue, OutOfRange
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Kind, Origin, Uncertainty
from kiban.records.matter.atomic_weights import atomic_weight, standard_atomic_weights
from kiban.records.matter.composition import BALANCE, Basis, Component, Composition, Constituent, Stated, component
from kiban.records.matter.composition_text import composition_of
from kiban.records.matter.fractions import Fractions, fractions_of


def certificate(value: float, standard: float) -> Measured:
    return Measured(value, "%", Uncertainty(value=standard, origin=Origin.CERTIFICATE))


def values(fractions: Fractions) -> dict[str, float]:
    return {name: amount.value for name, amount in fractions.measured.items()}


def standards(fractions: Fractions) -> list[float]:
    found = [amount.uncertainty for amount in fractions.measured.values()]
    assert None not in found
    return [doubt.standard for doubt in found if doubt is not None]


@pytest.mark.parametrize(
    ("text", "percents"),
    [
        ("Ti-4Al-6V (mass%)", {"Ti": 87.6, "Al": 6.9, "V": 5.5}),  # pymatgen's tests of weight fractions
        ("Ni60Ti40 (mass%)", {"Ni": 55.02, "Ti": 44.98}),
        (
            "Ti-6Al-4V (mass%)",
            {"Ti": 86.2, "Al": 10.2, "V": 3.6},
        ),  # 90/47.867 : 6/26.982 : 4/50.942
    ],
)
def test_mass_percents_become_the_published_atom_percents(text: str, percents: dict[str, float]) -> None:
    found = values(fractions_of(composition_of(text)).in_basis(Basis.AMOUNT))
    assert {name: 100 * x for name, x in found.items()} == pytest.approx(percents, abs=0.1)


def test_an_aluminium_alloy_agrees_with_another_program() -> None:
    # Aluminium 2219 as Geant4 reports it: 91.68 % Al, 6.80 % Cu and 0.30 % Fe by mass are 96.13, 3.03 and 0.15 % of
    # atoms. The remaining 1.22 % by mass (Mg, Mn, Si, Ti, V, Zn, Zr) are 0.69 % of atoms, here all as one element.
    alloy = composition_of("Al 91.68, Cu 6.80, Fe 0.30, Mn bal. (mass%)")
    found = values(fractions_of(alloy).in_basis(Basis.AMOUNT))
    assert found["Al"] / found["Cu"] == pytest.approx(96.13 / 3.03, rel=2e-3)
    assert 100 * found["Fe"] == pytest.approx(0.15, abs=0.006)


@pytest.mark.parametrize(
    ("oxide", "element", "factor"),
    [  # factors from element to oxide by mass, as geochemists tabulate them
        ("SiO2", "Si", 2.1393),
        ("Al2O3", "Al", 1.8895),
        ("Fe2O3", "Fe", 1.4297),
        ("MgO", "Mg", 1.6583),
        ("CaO", "Ca", 1.3992),
        ("Na2O", "Na", 1.3480),
        ("K2O", "K", 1.2046),
        ("P2O5", "P", 2.2914),
    ],
)
def test_oxides_hold_the_published_share_of_their_element(oxide: str, element: str, factor: float) -> None:
    by_mass = fractions_of(composition_of(oxide)).elements().in_basis(Basis.MASS)
    assert 1.0 / values(by_mass)[element] == pytest.approx(factor, abs=1.5e-4)


ALLOY = Composition(
    components=(
        component("Fe", BALANCE),
        component("C", certificate(1.5, 0.1)),
        component("B2O3", certificate(10.0, 0.6)),
        component("PbO", certificate(30.0, 1.0)),
    ),
    basis=Basis.MASS,
    stated=Stated.MEASURED,
)
GLASS = Composition(
    components=(
        component("SiO2", certificate(70.2, 0.9)),
        component("B2O3", certificate(19.5, 0.6)),
        component("Li2O", certificate(9.8, 0.5)),
    ),
    basis=Basis.AMOUNT,
    stated=Stated.MEASURED,
)


def simulated(composition: Composition, basis: Basis, n_trials: int = 400_000) -> np.ndarray:
    """The same conversion on draws of every input: shape (n_components, n_trials)."""
    generator = np.random.default_rng(7)
    weights: dict[str, np.ndarray] = {}

    def weight(element: str) -> np.ndarray:
        if element not in weights:
            table = standard_atomic_weights()[element]
            weights[element] = generator.uniform(
                table.value - table.half_width, table.value + table.half_width, n_trials
            )
        return weights[element]

    stated = {
        what: generator.normal(amount.value / 100, amount.uncertainty.standard / 100, n_trials)  # type: ignore[union-attr]
        for what, amount in composition.amounts.items()
    }
    rest = 1.0 - sum(stated.values())
    rows = []
    for one in composition.components:
        formula = one.read_formula()
        assert formula is not None
        mass = sum(n * weight(element) for element, n in formula.elements.items())
        x = stated.get(one.what, rest)
        rows.append(x / mass if composition.basis is Basis.MASS else x * mass)
    drawn = np.array(rows)
    assert basis is not composition.basis
    return np.asarray(drawn / drawn.sum(axis=0))


@pytest.mark.parametrize(("composition", "basis"), [(ALLOY, Basis.AMOUNT), (GLASS, Basis.MASS)])
def test_covariances_agree_with_monte_carlo(composition: Composition, basis: Basis) -> None:
    drawn = simulated(composition, basis)
    converted = fractions_of(composition).in_basis(basis)
    assert list(values(converted).values()) == pytest.approx(list(drawn.mean(axis=1)), rel=5e-3)
    assert standards(converted) == pytest.approx(list(drawn.std(axis=1)), rel=0.015)
    found = np.array(converted.covariances(), dtype=np.float64)
    scale = np.sqrt(np.outer(np.diag(found), np.diag(found)))
    assert found / scale == pytest.approx(np.corrcoef(drawn), abs=0.02)
    assert found.sum(axis=0) == pytest.approx(np.zeros(len(found)), abs=1e-12)


def test_taking_the_correlation_apart_would_give_another_uncertainty() -> None:
    # With two components the fractions are one number: u(x1) = u(x2), and they are fully anticorrelated.
    pair = Composition(
        components=(component("Cu", certificate(60.0, 0.5)), component("Zn", BALANCE)),
        basis=Basis.MASS,
        stated=Stated.MEASURED,
    )
    amounts = fractions_of(pair).in_basis(Basis.AMOUNT)
    copper, zinc = standards(amounts)
    assert copper == pytest.approx(zinc)
    assert amounts.covariances()[0][1] == pytest.approx(-(copper**2))


def test_two_components_follow_the_closed_formula() -> None:
    # n = (w/A) / (w/A + (1-w)/B): dn = n (1-n) [dw / (w (1-w)) - dA/A + dB/B].
    pair = Composition(
        components=(component("Cu", certificate(60.0, 0.5)), component("Zn", BALANCE)),
        basis=Basis.MASS,
        stated=Stated.MEASURED,
    )
    found = fractions_of(pair).in_basis(Basis.AMOUNT)
    a, b = atomic_weight("Cu"), atomic_weight("Zn")
    assert a.uncertainty is not None
    assert b.uncertainty is not None
    n = (0.6 / a.value) / (0.6 / a.value + 0.4 / b.value)
    relative = [0.005 / (0.6 * 0.4), a.uncertainty.standard / a.value, b.uncertainty.standard / b.value]
    assert values(found)["Cu"] == pytest.approx(n)
    assert standards(found)[0] == pytest.approx(n * (1 - n) * np.sqrt(np.sum(np.square(relative))))


def test_the_way_there_and_back_brings_values_and_uncertainties_back() -> None:
    for composition, other in ((ALLOY, Basis.AMOUNT), (GLASS, Basis.MASS)):
        start = fractions_of(composition)
        back = start.in_basis(other).in_basis(composition.basis)
        assert values(back) == pytest.approx(values(start), rel=1e-12)
        assert standards(back) == pytest.approx(standards(start), rel=1e-9)


def test_what_is_stated_in_full_is_divided_by_its_sum() -> None:
    found = fractions_of(GLASS)
    assert sum(values(found).values()) == pytest.approx(1.0)
    assert values(found)["SiO2"] == pytest.approx(70.2 / 99.5)


def test_expanded_uncertainties_are_divided_by_their_factor() -> None:
    doubt = Uncertainty(value=0.4, kind=Kind.EXPANDED, coverage_factor=2.0, origin=Origin.CERTIFICATE)
    steel = Composition(
        components=(component("Fe", BALANCE), component("Cr", Measured(18.0, "%", doubt))),
        basis=Basis.MASS,
        stated=Stated.MEASURED,
    )
    assert standards(fractions_of(steel)) == pytest.approx([0.002, 0.002])


def test_a_fraction_without_uncertainty_leaves_all_unknown() -> None:
    amounts = fractions_of(composition_of("Ti-6Al-4V (mass%)")).in_basis(Basis.AMOUNT)
    assert [amount.uncertainty for amount in amounts.measured.values()] == [None, None, None]
    assert amounts.covariances()[0][1] is None


shares = st.lists(st.floats(0.001, 1.0), min_size=2, max_size=6)
weighed = sorted(standard_atomic_weights())


@given(shares, st.lists(st.sampled_from(weighed), min_size=6, max_size=6, unique=True), st.sampled_from(Basis))
def test_fractions_add_up_to_1_and_come_back(parts: list[float], elements: list[str], first: Basis) -> None:
    whole = sum(parts)
    densities = {e: Measured(1.0 + i, "g/cm**3") for i, e in enumerate(elements)}
    start = fractions_of(
        Composition(
            components=tuple(component(e, Measured(x / whole)) for e, x in zip(elements, parts, strict=False)),
            basis=first,
            stated=Stated.NOMINAL,
        )
    )
    for basis in Basis:
        there = start.in_basis(basis, densities)
        assert sum(values(there).values()) == pytest.approx(1.0)
        assert values(there.in_basis(first, densities)) == pytest.approx(values(start), rel=1e-9)


def test_volume_fractions_follow_from_densities() -> None:
    # 10 % by volume of Al2O3 (3.987) in ZrO2 (6.05 g/cm³): w = 0.1 × 3.987 / (0.1 × 3.987 + 0.9 × 6.05) = 0.0682.
    by_volume = fractions_of(composition_of("90ZrO2-10Al2O3 (vol%)"))
    densities = {"ZrO2": Measured(6.05, "g/cm**3"), "Al2O3": Measured(3987.0, "kg/m**3")}
    assert values(by_volume.in_basis(Basis.MASS, densities))["Al2O3"] == pytest.approx(0.06823, abs=1e-5)
    with pytest.raises(InvalidValue, match="density of ZrO2 was not given"):
        by_volume.in_basis(Basis.MASS, {})
    with pytest.raises(InvalidValue, match="density of ZrO2"):
        by_volume.elements()
    with pytest.raises(IncompatibleUnit):
        by_volume.in_basis(Basis.MASS, densities | {"ZrO2": Measured(6.05, "g")})
    with pytest.raises(OutOfRange, match="above 0"):
        by_volume.in_basis(Basis.MASS, densities | {"ZrO2": Measured(0.0, "g/cm**3")})


def test_a_solid_solution_has_the_atoms_of_its_parts() -> None:
    mix = fractions_of(composition_of("0.7PbTiO3-0.3Bi(Mg0.5Ti0.5)O3")).elements()
    assert values(mix) == pytest.approx({"Pb": 0.14, "Ti": 0.17, "O": 0.6, "Bi": 0.06, "Mg": 0.03})
    assert mix.basis is Basis.AMOUNT


def test_isotopes_stay_apart_so_that_their_mass_is_right() -> None:
    by_mass = fractions_of(composition_of("D2O")).elements().in_basis(Basis.MASS)
    assert values(by_mass)["[2H]"] == pytest.approx(2 * 2.0141017778 / 20.02720, rel=1e-5)


def test_an_electrode_with_a_polymer_needs_the_polymers_formula_for_atoms_only() -> None:
    def electrode(formula: str) -> Fractions:
        binder = Component(what="PVDF", amount=Measured(5.0, "%"), kind=Constituent.MATERIAL, formula=formula)
        active, carbon = component("LiCoO2", Measured(90.0, "%")), component("C", Measured(5.0, "%"))
        return fractions_of(Composition(components=(active, carbon, binder), basis=Basis.MASS, stated=Stated.NOMINAL))

    assert values(electrode(""))["PVDF"] == pytest.approx(0.05)
    with pytest.raises(InvalidValue, match="PVDF has no formula"):
        electrode("").elements()
    fluorine = values(electrode("C2H2F2").elements().in_basis(Basis.MASS))["F"]
    assert fluorine == pytest.approx(0.05 * 2 * 18.998 / 64.035, rel=1e-4)


def test_an_incomplete_composition_is_not_reckoned_with() -> None:
    partly = Composition(components=(component("Fe", Measured(99.3, "%")),), basis=Basis.MASS, stated=Stated.MEASURED)
    with pytest.raises(InvalidValue, match=r"0.7 % of the composition") as refusal:
        fractions_of(partly)
    assert "normalise" in refusal.value.mend


def test_elements_without_a_weight_stop_mass_and_not_amounts() -> None:
    mix = fractions_of(composition_of("Tc50Re50 at%"))
    assert values(mix.elements()) == pytest.approx({"Tc": 0.5, "Re": 0.5})
    with pytest.raises(InvalidValue, match="no standard atomic weight"):
        mix.in_basis(Basis.MASS)
    labelled = fractions_of(composition_of("[99Tc]50Re50 at%"))
    assert values(labelled.in_basis(Basis.MASS))["[99Tc]"] == pytest.approx(98.9062 / (98.9062 + 186.207), rel=1e-5)
