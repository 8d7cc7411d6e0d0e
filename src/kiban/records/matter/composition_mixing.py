"""Compositions made of others: mixed by mass, normalised, counted by element, and turned into statements again."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from kiban.errors import InvalidValue, OutOfRange
from kiban.quantity.measured import Measured
from kiban.quantity.traced import Traced, trace
from kiban.records.matter.composition import Basis, Component, Composition, Constituent, Stated, component
from kiban.records.matter.formula import Formula
from kiban.records.matter.fractions import Fractions, fractions_of, normalised_numbers, required_formula, taken


def mixed(parts: Sequence[tuple[Fractions, Measured]]) -> Fractions:
    """Combine what was mixed, by mass.

    Parameters
    ----------
    parts : sequence of (Fractions, mass)
        Masses count as independent of one another. Nothing is taken to react, evaporate or stay in the mortar.

    Returns
    -------
    Fractions
        By mass, over all components; equal names are one component.

    Raises
    ------
    InvalidValue
        If there is nothing to mix, a mass is no mass above 0, or one name stands for two formulas.
    """
    if not parts:
        raise InvalidValue("Nothing was given to mix.", mend="Give each part with its mass.")
    run = uuid4().hex
    formulas: dict[str, Formula | None] = {}
    masses: dict[str, Traced] = {}
    for i, (fractions, mass) in enumerate(parts):
        mass.require("kg")
        if mass.value <= 0.0:
            raise OutOfRange(f"A part of the mixture has the mass {mass}.", mend="Leave out parts of no mass.")
        weighed = trace(mass.in_unit("kg"), f"mass {run} {i}")
        by_mass = fractions.in_basis(Basis.MASS)
        for name, formula, fraction in zip(by_mass.names, by_mass.formulas, by_mass.traced, strict=True):
            if not _is_same(formulas.setdefault(name, formula), formula):
                raise InvalidValue(f"{name} has two formulas.", mend="Give the two materials different names.")
            masses[name] = masses.get(name, Traced(0.0)) + fraction * weighed
    return Fractions(
        basis=Basis.MASS,
        names=tuple(masses),
        formulas=tuple(formulas.values()),
        traced=normalised_numbers(list(masses.values())),
    )


def composition_from(
    fractions: Fractions, *, stated: Stated, method: str = "", note: str = "", like: Composition | None = None
) -> Composition:
    """Make a statement of fractions, to be kept.

    The standard uncertainties go along; how the fractions depend on one another does not: reckon on with the
    `Fractions`. `like` names the composition they came from, whose components keep their kind.
    """
    known = {c.what: c for c in like.components} if like else {}
    return Composition(
        components=tuple(
            _stated(known.get(name), name, formula, number.measured())
            for name, formula, number in zip(fractions.names, fractions.formulas, fractions.traced, strict=True)
        ),
        basis=fractions.basis,
        stated=stated,
        method=method,
        note=note,
    )


def normalised(composition: Composition) -> Composition:
    """Divide the stated fractions by their sum: what is missing is taken to be like the rest.

    The uncertainties become those of the ratios. The note says what the sum was.
    """
    added = 1.0 if composition.has_balance else sum(x.in_unit("").value for x in composition.amounts.values())
    note = f"Normalised from {100 * added:.6g} %."
    return composition_from(
        taken(composition, ""),
        stated=composition.stated,
        method=composition.method,
        note=f"{composition.note} {note}".strip(),
        like=composition,
    )


def element_amounts(composition: Composition) -> dict[str, float]:
    """Amount fractions of the elements, isotopes counted as their element; they add up to 1.

    Raises as `fractions_of` and `Fractions.elements`.
    """
    found: dict[str, float] = {}
    atoms = fractions_of(composition).elements()
    for formula, number in zip(atoms.formulas, atoms.traced, strict=True):
        (element,) = required_formula(formula, "").elements
        found[element] = found.get(element, 0.0) + number.value
    return {element: amount for element, amount in found.items() if amount > 0.0}


def _stated(known: Component | None, name: str, formula: Formula | None, amount: Measured) -> Component:
    if known is not None:
        return Component(what=name, amount=amount, kind=known.kind, formula=known.formula)
    if formula is not None and formula.text == name:
        return component(name, amount)
    return Component(
        what=name, amount=amount, kind=Constituent.MATERIAL, formula=formula.text if formula is not None else ""
    )


def _is_same(one: Formula | None, other: Formula | None) -> bool:
    if one is None or other is None:
        return one is other
    return (dict(one.atoms), one.charge) == (dict(other.atoms), other.charge)
