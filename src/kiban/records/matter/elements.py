"""Symbols of the chemical elements, and the atoms that formulas count."""

from __future__ import annotations

from dataclasses import dataclass

from kiban.errors import InvalidValue

_SYMBOLS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn "
    "Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd "
    "Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th "
    "Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og "
)
ELEMENTS = tuple(_SYMBOLS.split())
"""Symbols in order of atomic number."""
ATOMIC_NUMBERS = {symbol: number for number, symbol in enumerate(ELEMENTS, start=1)}


@dataclass(frozen=True, slots=True)
class Atom:
    """An element as nature mixes its isotopes or, with a mass number, one isotope of it."""

    element: str
    mass_number: int | None = None

    def __post_init__(self) -> None:
        if self.element not in ATOMIC_NUMBERS:
            raise InvalidValue(
                f"'{self.element[:20]}' is not the symbol of an element.", mend="Write it like Fe, with one capital."
            )
        if self.mass_number is not None and not ATOMIC_NUMBERS[self.element] <= self.mass_number <= 300:
            raise InvalidValue(
                f"There is no {self.element} with the mass number {self.mass_number}.",
                mend="A mass number counts protons and neutrons, like 13 for [13C].",
            )

    def __str__(self) -> str:
        return self.element if self.mass_number is None else f"[{self.mass_number}{self.element}]"
