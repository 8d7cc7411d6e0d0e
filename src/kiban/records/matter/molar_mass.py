"""Molar masses of formulas."""

from __future__ import annotations

from kiban.quantity.measured import Measured
from kiban.quantity.traced import Traced, total, trace
from kiban.records.matter.atomic_weights import UNIT, atomic_weight
from kiban.records.matter.elements import Atom
from kiban.records.matter.formula import Formula, formula_of

_ELECTRON = 5.485799e-4
"""Molar mass of the electron in g/mol (CODATA 2022), exact for our purpose."""


def molar_mass(formula: Formula | str) -> Measured:
    """Mass of one mole of formula units.

    Returns
    -------
    Measured, g/mol
        M = Σ ν_e A_e, less the mass of the electrons that a cation lost. Standard uncertainty √Σ (ν_e u(A_e))², since
        the atomic weights of different elements are independent, and all atoms of one element share theirs. The
        amounts in the formula count as exact.

    Raises
    ------
    InvalidValue
        If the text is no formula, or an element has no standard atomic weight.
    """
    return traced_molar_mass(formula_of(formula) if isinstance(formula, str) else formula).measured(UNIT)


def traced_molar_mass(formula: Formula) -> Traced:
    """Molar mass in g/mol that shares the doubt about its atomic weights with every other. Raises as `molar_mass`."""
    atoms = [traced_atomic_weight(atom) * amount for atom, amount in formula.atoms.items()]
    return total(atoms) - formula.charge * _ELECTRON


def traced_atomic_weight(atom: Atom) -> Traced:
    """Atomic weight in g/mol, with its doubt under the atom's name."""
    weight = atomic_weight(atom)
    # Carbon-12 is exact by definition, not unknown.
    return Traced(weight.value) if weight.uncertainty is None else trace(weight, f"atomic weight of {atom}")
