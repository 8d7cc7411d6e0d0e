"""Atomic weights with their uncertainties.

What is stated as "value ± uncertainty" is an interval in which the atomic weight of any normal material lies, by
consensus of experts and not as a standard deviation. Nothing prefers a place in it, so it is taken as a rectangular
distribution, as IUPAC's guide does (A. Possolo et al., Pure Appl. Chem. 90, 395 (2018)): the standard uncertainty is
the half-width over √3.

Elements whose weight varies from source to source (H, Li, B, C, N, O, Mg, Si, S, Cl, Ar, Br, Tl, Pb) have the abridged
value, which is the one that laboratories use, with the half-width of the abridged table. The guide takes the middle
of the interval for them instead: that is 0.4 % from what commercial lithium weighs by convention (6.94).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from kiban.errors import InvalidValue
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution, Origin, Uncertainty
from kiban.records.matter.atomic_weight_table import TABLE as WEIGHTS
from kiban.records.matter.elements import ELEMENTS, Atom
from kiban.records.matter.nuclide_mass_table import TABLE as NUCLIDES

UNIT = "g/mol"
"""The molar mass constant is taken as 1 g/mol: it is that within 2e-9 of itself (CODATA 2022)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardAtomicWeight:
    """One line of the table: the interval `value` ± `half_width` holds every normal material."""

    element: str
    value: float
    half_width: float
    interval: tuple[float, float] | None
    """Lowest and highest weight of normal materials, where the weight varies from source to source."""


@cache
def standard_atomic_weights() -> dict[str, StandardAtomicWeight]:
    """All elements that have one, by symbol."""
    found = {}
    for line in WEIGHTS.strip().splitlines():
        element, value, half_width, *ends = line.split()
        found[element] = StandardAtomicWeight(
            element=element,
            value=float(value),
            half_width=float(half_width),
            interval=(float(ends[0]), float(ends[1])) if ends else None,
        )
    return found


@cache
def _nuclide_masses() -> dict[Atom, tuple[float, float]]:
    found = {}
    for line in NUCLIDES.strip().splitlines():
        element, mass_number, mass, standard = line.split()
        found[Atom(element, int(mass_number))] = (float(mass), float(standard))
    return found


def atomic_weight(atom: Atom | str) -> Measured:
    """Mass of one mole of atoms.

    Parameters
    ----------
    atom : Atom or str
        An element, or one isotope: `Atom("C", 13)`.

    Returns
    -------
    Measured, g/mol
        For an element the standard atomic weight, rectangular; for an isotope its mass, normal. No uncertainty for
        carbon-12, whose relative mass is 12 by definition.

    Raises
    ------
    InvalidValue
        If the element has no standard atomic weight (Tc, Pm, most of what follows Bi), or the isotope is not in the
        table.
    """
    atom = Atom(atom) if isinstance(atom, str) else atom
    if atom.mass_number is not None:
        return _nuclide_mass(atom)
    weight = standard_atomic_weights().get(atom.element)
    if weight is None:
        known = [a for a in _nuclide_masses() if a.element == atom.element]
        raise InvalidValue(
            f"{atom.element} has no standard atomic weight: no mixture of its isotopes is normal on Earth.",
            mend=f"Name the isotope, for example {known[-1]}." if known else "Leave it out: its isotopes live seconds.",
        )
    doubt = Uncertainty(
        value=weight.half_width / math.sqrt(3.0), origin=Origin.ESTIMATE, distribution=Distribution.RECTANGULAR
    )
    return Measured(weight.value, UNIT, doubt)


def _nuclide_mass(atom: Atom) -> Measured:
    if atom not in _nuclide_masses():
        known = ", ".join(str(a) for a in _nuclide_masses() if a.element == atom.element)
        raise InvalidValue(
            f"The mass of {atom} is not in the table of isotopes.",
            mend=f"Check the mass number; known are {known}." if known else f"{atom.element} has no isotope there.",
        )
    mass, standard = _nuclide_masses()[atom]
    return Measured(mass, UNIT, Uncertainty(value=standard, origin=Origin.ESTIMATE) if standard else None)


def has_atomic_weight(element: str) -> bool:
    """Whether the element has a standard atomic weight."""
    return element in ELEMENTS and element in standard_atomic_weights()
