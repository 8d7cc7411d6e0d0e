"""What mixing keeps: the mass of every element."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import IncompatibleUnit, InvalidValue, OutOfRange
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin, Uncertainty
from kiban.records.document import from_json, to_json
from kiban.records.matter.composition import Basis, Component, Composition, Constituent, Stated, component
from kiban.records.matter.composition_mixing import composition_from, element_amounts, mixed, normalised
from kiban.records.matter.composition_text import composition_of
from kiban.records.matter.fractions import Fractions, fractions_of

COMPOUNDS = ["TiO2", "BaCO3", "Al2O3", "Fe", "CuSO4·5H2O", "C", "LiCoO2"]


def element_masses(fractions: Fractions) -> dict[str, float]:
    return {name: x.value for name, x in fractions.elements().in_basis(Basis.MASS).measured.items()}


@st.composite
def batches(draw: st.DrawFn) -> tuple[Fractions, Measured]:
    names = draw(st.lists(st.sampled_from(COMPOUNDS), min_size=1, max_size=4, unique=True))
    parts = [draw(st.floats(0.01, 1.0)) for _ in names]
    made = Composition(
        components=tuple(component(n, Measured(x / sum(parts))) for n, x in zip(names, parts, strict=True)),
        basis=draw(st.sampled_from([Basis.MASS, Basis.AMOUNT])),
        stated=Stated.NOMINAL,
    )
    return fractions_of(made), Measured(draw(st.floats(0.1, 10.0)), "g")


@given(st.lists(batches(), min_size=1, max_size=4))
def test_mixing_conserves_the_mass_of_every_element(parts: list[tuple[Fractions, Measured]]) -> None:
    together = mixed(parts)
    whole = sum(mass.value for _, mass in parts)
    expected: dict[str, float] = {}
    for fractions, mass in parts:
        for element, share in element_masses(fractions).items():
            expected[element] = expected.get(element, 0.0) + share * mass.value
    assert sum(x.value for x in together.measured.values()) == pytest.approx(1.0)
    assert {e: share * whole for e, share in element_masses(together).items()} == pytest.approx(expected)


def test_barium_titanate_is_weighed_in() -> None:
    # 197.335 g of BaCO3 and 79.865 g of TiO2 are one mole of each.
    batch = mixed(
        [
            (fractions_of(composition_of("BaCO3")), Measured(197.335, "g")),
            (fractions_of(composition_of("TiO2")), Measured(0.079865, "kg")),
        ]
    )
    atoms = {name: x.value for name, x in batch.elements().measured.items()}
    assert atoms["Ba"] / atoms["Ti"] == pytest.approx(1.0, rel=2e-5)
    assert atoms["C"] == pytest.approx(1 / 8, rel=1e-4)


def test_the_doubt_of_a_mass_reaches_the_fractions() -> None:
    # w = m1 / (m1 + m2): u(w) = w (1-w) √((u1/m1)² + (u2/m2)²)
    def weighed(grams: float, standard: float) -> Measured:
        return Measured(grams, "g", Uncertainty(value=standard, origin=Origin.CERTIFICATE))

    exact = Uncertainty(value=0.0, origin=Origin.CERTIFICATE)
    pure = [
        fractions_of(
            Composition(
                components=(component(name, Measured(1.0, "", exact)),), basis=Basis.MASS, stated=Stated.NOMINAL
            )
        )
        for name in ("Cu", "Zn")
    ]
    brass = mixed([(pure[0], weighed(6.0, 0.01)), (pure[1], weighed(4.0, 0.02))]).measured["Cu"]
    assert brass.value == pytest.approx(0.6)
    assert brass.uncertainty is not None
    assert brass.uncertainty.standard == pytest.approx(0.24 * ((0.01 / 6) ** 2 + (0.02 / 4) ** 2) ** 0.5)


def test_portions_of_one_source_share_their_doubt() -> None:
    doubt = Uncertainty(value=0.1, origin=Origin.CERTIFICATE)
    stated = Composition(
        components=(component("Fe", "balance"), component("Cr", Measured(18.0, "%", doubt))),
        basis=Basis.MASS,
        stated=Stated.MEASURED,
    )
    mass = Measured(1.0, "g", Uncertainty(value=0.0, origin=Origin.CERTIFICATE))
    one_heat = fractions_of(stated, source="heat 1")
    same = mixed([(one_heat, mass), (fractions_of(stated, source="heat 1"), mass)]).measured["Cr"].uncertainty
    other = mixed([(fractions_of(stated), mass), (fractions_of(stated), mass)]).measured["Cr"].uncertainty
    assert same is not None
    assert other is not None
    assert same.standard == pytest.approx(0.001)
    assert other.standard == pytest.approx(0.001 / 2**0.5)


def test_what_cannot_be_mixed_is_refused() -> None:
    iron = fractions_of(composition_of("Fe"))
    with pytest.raises(InvalidValue, match="Nothing was given"):
        mixed([])
    with pytest.raises(OutOfRange, match="mass 0 g"):
        mixed([(iron, Measured(0.0, "g"))])
    with pytest.raises(IncompatibleUnit):
        mixed([(iron, Measured(1.0, "mol"))])

    def binder(formula: str) -> Fractions:
        part = Component(what="binder", amount=Measured(1.0), kind=Constituent.MATERIAL, formula=formula)
        return fractions_of(Composition(components=(part,), basis=Basis.MASS, stated=Stated.NOMINAL))

    with pytest.raises(InvalidValue, match="binder has two formulas"):
        mixed([(binder("C2H2F2"), Measured(1.0, "g")), (binder(""), Measured(1.0, "g"))])
    with pytest.raises(InvalidValue, match="density"):
        mixed([(fractions_of(composition_of("90ZrO2-10Al2O3 (vol%)")), Measured(1.0, "g"))])


def test_normalising_leaves_out_what_is_missing_and_says_so() -> None:
    analysis = Composition(
        components=(
            component("SiO2", Measured(60.0, "%", Uncertainty(value=0.3, origin=Origin.REPEAT))),
            Component(what="glass former", amount=Measured(38.0, "%"), kind=Constituent.MATERIAL, formula="B2O3"),
        ),
        basis=Basis.MASS,
        stated=Stated.MEASURED,
        method="EPMA",
        note="Mean of 9 spots.",
    )
    assert analysis.missing == pytest.approx(0.02)
    made = normalised(analysis)
    assert made.is_complete
    assert made.amounts["SiO2"].value == pytest.approx(60 / 98)
    assert made.note.startswith("Mean of 9 spots. Normalised from 98 %")
    assert made.method == "EPMA"
    assert made.components[1].kind is Constituent.MATERIAL
    assert made.components[1].formula == "B2O3"


def test_what_was_reckoned_can_be_kept() -> None:
    by_amount = fractions_of(composition_of("Cr 18.0 ± 0.2, Ni 8.0 ± 0.1, Fe bal. (mass%)")).in_basis(Basis.AMOUNT)
    kept = composition_from(by_amount, stated=Stated.MEASURED, method="XRF", note="Converted from mass fractions.")
    assert kept.basis is Basis.AMOUNT
    assert {c.kind for c in kept.components} == {Constituent.ELEMENT}
    doubt = kept.amounts["Cr"].uncertainty
    assert doubt is not None
    assert doubt.origin is Origin.PROPAGATED
    assert from_json(to_json(kept), Composition) == kept


def test_element_amounts_count_isotopes_as_their_element() -> None:
    assert element_amounts(composition_of("D2O")) == pytest.approx({"H": 2 / 3, "O": 1 / 3})
    assert element_amounts(composition_of("LiCoO2")) == pytest.approx({"Li": 0.25, "Co": 0.25, "O": 0.5})
    steel = element_amounts(composition_of("Fe-18Cr-8Ni (mass%)"))
    assert sum(steel.values()) == pytest.approx(1.0)
    assert steel["Cr"] == pytest.approx((18 / 51.9961) / (18 / 51.9961 + 8 / 58.6934 + 74 / 55.845))
