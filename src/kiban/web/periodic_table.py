"""Where the elements stand in the periodic table of a page: the lanthanides and actinides in two rows below."""

from __future__ import annotations

from dataclasses import dataclass

_ROWS = (
    "H . . . . . . . . . . . . . . . . He",
    "Li Be . . . . . . . . . . B C N O F Ne",
    "Na Mg . . . . . . . . . . Al Si P S Cl Ar",
    "K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr",
    "Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe",
    "Cs Ba . Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn",
    "Fr Ra . Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og",
    ". . La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu .",
    ". . Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr .",
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One element; rows and columns count from 1."""

    symbol: str
    row: int
    column: int


CELLS = tuple(
    Cell(symbol, row, column)
    for row, symbols in enumerate(_ROWS, 1)
    for column, symbol in enumerate(symbols.split(), 1)
    if symbol != "."
)
