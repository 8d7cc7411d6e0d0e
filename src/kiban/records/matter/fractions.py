"""Reckoning with compositions: between bases, to elements, and of mixtures.

Derivation. Let component i have the fraction x_i on one basis, and f_i be the mass of one unit of that basis: 1 for
mass fractions, the molar mass M_i for amount fractions, the density ρ_i for volume fractions (volumes count as
additive). On another basis, with g_i likewise, the fractions are

    y_i = z_i / Σ_j z_j,    z_j = x_j f_j / g_j.

The independent inputs are the fractions as stated (a balance is none: x_b = 1 − Σ x_j), the atomic weights A_e, from
which M_i = Σ_e ν_ie A_e, and the densities. From d ln z_j = dx_j/x_j + df_j/f_j − dg_j/g_j follows

    dy_i = y_i (d ln z_i − Σ_j y_j d ln z_j),

so all y_i depend on all inputs, and cov(y_i, y_k) = Σ_inputs (∂y_i/∂q u(q)) (∂y_k/∂q u(q)). The fractions add up to
1, hence every row of the covariance adds up to 0. `Traced` numbers carry the terms of that sum through each step of
the arithmetic, which gives the same derivatives by the chain rule; an atomic weight that enters on the way to amounts
leaves on the way back. Fractions that are all stated, and miss 1 by rounding or error, are first divided by their
sum.

Reference: JCGM 102:2011 (GUM supplement 2), 6.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import uuid4

from kiban.errors import InvalidValue, OutOfRange
from kiban.quantity.measured import Measured
from kiban.quantity.traced import Traced, covariance, total, trace
from kiban.records.matter.composition import Basis, Composition
from kiban.records.matter.elements import Atom
from kiban.records.matter.formula import Formula, formula_of
from kiban.records.matter.molar_mass import traced_molar_mass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fractions:
    """Fractions that add up to 1 and remember how they depend on one another."""

    basis: Basis
    names: tuple[str, ...]
    formulas: tuple[Formula | None, ...]
    traced: tuple[Traced, ...]

    @property
    def measured(self) -> dict[str, Measured]:
        """Fraction of each component with its standard uncertainty; none where an input has none."""
        return {name: number.measured() for name, number in zip(self.names, self.traced, strict=True)}

    def covariances(self) -> tuple[tuple[float | None, ...], ...]:
        """Covariance matrix in the order of `names`; `None` where an input has no uncertainty."""
        return tuple(tuple(covariance(one, other) for other in self.traced) for one in self.traced)

    def in_basis(self, basis: Basis, densities: Mapping[str, Measured] | None = None) -> Fractions:
        """Say the same on another basis.

        Parameters
        ----------
        basis : Basis
        densities : mapping of component to Measured, mass density; optional
            Of every component, for volume fractions, which take volumes as additive (no shrinking, no pores).

        Raises
        ------
        InvalidValue
            If a formula or density that it takes is not known, or an element has no standard atomic weight.
        """
        if basis is self.basis:
            return self
        had = self._mass_per_unit(self.basis, densities or {})
        wanted = self._mass_per_unit(basis, densities or {})
        shares = [x * f / g for x, f, g in zip(self.traced, had, wanted, strict=True)]
        return Fractions(basis=basis, names=self.names, formulas=self.formulas, traced=normalised_numbers(shares))

    def elements(self) -> Fractions:
        """Amount fractions of the atoms, in order of first appearance; isotopes that are named stay apart.

        Raises
        ------
        InvalidValue
            If a component has no formula, or the fractions are by volume.
        """
        counted: dict[Atom, Traced] = {}
        amounts = self.in_basis(Basis.AMOUNT)
        for name, formula, amount in zip(amounts.names, amounts.formulas, amounts.traced, strict=True):
            for atom, n in required_formula(formula, name).atoms.items():
                counted[atom] = counted.get(atom, Traced(0.0)) + amount * n
        names = tuple(str(atom) for atom in counted)
        return Fractions(
            basis=Basis.AMOUNT,
            names=names,
            formulas=tuple(formula_of(name) for name in names),
            traced=normalised_numbers(list(counted.values())),
        )

    def _mass_per_unit(self, basis: Basis, densities: Mapping[str, Measured]) -> list[Traced]:
        if basis is Basis.MASS:
            return [Traced(1.0) for _ in self.names]
        if basis is Basis.AMOUNT:
            return [
                traced_molar_mass(required_formula(formula, name))
                for name, formula in zip(self.names, self.formulas, strict=True)
            ]
        return [_density(name, densities) for name in self.names]


def fractions_of(composition: Composition, *, source: str = "") -> Fractions:
    """Take a stated composition to reckon with it, on its own basis.

    Parameters
    ----------
    composition : Composition
        Its stated fractions count as independent of one another.
    source : str
        Names what the composition is of. The doubts of equal sources are the same doubt, which matters when two are
        mixed; left out, they are independent of all else.

    Raises
    ------
    InvalidValue
        If the composition is incomplete: what is missing has no formula. `normalised` leaves it out.
    """
    if not composition.is_complete:
        raise InvalidValue(
            f"{100 * composition.missing:.3g} % of the composition are not accounted for.",
            mend="Add what is missing, or normalise the composition, which leaves it out.",
        )
    return taken(composition, source)


def taken(composition: Composition, source: str) -> Fractions:
    """As `fractions_of`, with what is missing left out."""
    run = source or uuid4().hex
    given = {what: trace(amount.in_unit(""), f"{what} of {run}") for what, amount in composition.amounts.items()}
    rest = Traced(1.0) - total(given.values())
    # Percents made fractions may come to a rounding error more than 1.
    rest = replace(rest, value=max(rest.value, 0.0))
    numbers = [given.get(c.what, rest) for c in composition.components]
    return Fractions(
        basis=composition.basis,
        names=tuple(c.what for c in composition.components),
        formulas=tuple(c.read_formula() for c in composition.components),
        traced=tuple(numbers) if composition.has_balance else normalised_numbers(numbers),
    )


def normalised_numbers(numbers: list[Traced]) -> tuple[Traced, ...]:
    """Divide by the sum. Raises OutOfRange where that is 0."""
    added = total(numbers)
    if added.value <= 0.0:
        raise OutOfRange("All fractions are 0.", mend="State how much there is of each component.")
    return tuple(number / added for number in numbers)


def required_formula(formula: Formula | None, name: str) -> Formula:
    """Refuse a material of which no formula is known."""
    if formula is None:
        raise InvalidValue(f"{name} has no formula.", mend="Give the material its formula, or reckon by mass.")
    return formula


def _density(name: str, densities: Mapping[str, Measured]) -> Traced:
    if name not in densities:
        raise InvalidValue(
            f"The density of {name} was not given.", mend="Volume fractions need one for every component."
        )
    density = densities[name]
    density.require("kg/m**3")
    if density.value <= 0.0:
        raise OutOfRange(f"The density of {name} is {density}.", mend="Give a density above 0.")
    # Densities are one number each, whichever way they are used: their label names the component alone.
    return trace(density.in_unit("kg/m**3"), f"density of {name}")
