"""Chemical formulas as people write them, to amounts of atoms.

What can be read in two ways is refused, with both ways named: a wrong composition is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from kiban.errors import InvalidValue
from kiban.records.matter.elements import ELEMENTS, Atom
from kiban.records.matter.formula_amount import variables_in, without_symbols
from kiban.records.matter.formula_parser import count_atoms, not_a_formula
from kiban.records.matter.formula_spelling import spelled_plainly
from kiban.records.matter.material_names import reason_for_a_name

__all__ = ["ELEMENTS", "Formula", "amount_fractions", "formula_of", "parse_formula"]

_MAX_LENGTH = 500
_CHARGES = (
    re.compile(r"\^\{(?P<size>\d*)(?P<sign>[+-])\}$"),  # SO4^2-
    re.compile(r"\^\{(?P<sign>[+-])(?P<size>\d+)\}$"),  # Fe^+3
    re.compile(r"\s(?P<size>\d?)(?P<sign>[+-])$"),  # SO4 2-
    re.compile(r"(?<=[A-Za-z0-9)\]}])(?P<sign>[+-])(?P<size>\d)$"),  # Fe+3
    re.compile(r"(?<=[A-Za-z)\]}])(?P<size>)(?P<sign>[+-])$"),  # Cl-
)
_UNCLEAR_CHARGE = re.compile(r"(?P<rest>.*?)(?P<digit>\d)(?P<sign>[+-])")
_UNCLEAR_DOT = re.compile(r"(?P<salt>.*[\d)])\.(?P<count>\d*)H2O")
_UNCLEAR_MIX = re.compile(r"(?P<anion>O|S|Se|Te|N|F|Cl|Br|I)\d+\.?\d*-(?P<variable>[a-zα-ω])(?=[A-Z(\[])")
_TELLING_SPACE = re.compile(r"[\d.]\s+[\d.]|[A-Za-z\d]\s+[a-zα-ω]")
_WORD = re.compile(r"[a-zα-ω]{2,}")
_PERCENT = re.compile(r"%|[‰]|\b(ppm|ppb)\b")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read.

    Parameters
    ----------
    text : str
        As it was written.
    atoms : mapping of Atom to amount
        In the formula's own scale, in order of first appearance; every amount above 0.
    charge : int
        In elementary charges.
    """

    text: str
    atoms: Mapping[Atom, float]
    charge: int = 0

    @property
    def elements(self) -> dict[str, float]:
        """Amounts by element; isotopes count as their element."""
        found: dict[str, float] = {}
        for atom, amount in self.atoms.items():
            found[atom.element] = found.get(atom.element, 0.0) + amount
        return found

    @property
    def n_atoms(self) -> float:
        """Atoms in one formula unit."""
        return sum(self.atoms.values())


def formula_of(text: str, variables: Mapping[str, float] | None = None) -> Formula:
    """Read a chemical formula.

    Parameters
    ----------
    text : str
        `LiNi0.8Co0.1Mn0.1O2`, `CuSO4·5H2O`, `[Co(NH3)6]Cl3`, `SO4^2-`, `Fe+3`, `[13C]O2`, `^{57}Fe2O3`, `D2O`, `TiO₂`,
        `LiNi1-xMnxO2`, `LaMnO3-δ`, `(Ba1-xSrx)TiO3`.
    variables : mapping of one letter to its value, optional
        For example `{"x": 0.2}`.

    Returns
    -------
    Formula

    Raises
    ------
    InvalidValue
        If it is no formula; if a variable has no value, or a value no variable; if it is the name of a material
        (`SUS304`, `PVDF`); or if it can be read in two ways: `Fe3+` (Fe3 or 3+), `CuSO4.5H2O` (O4.5 or ·5H2O).
    """
    if len(text) > _MAX_LENGTH:
        raise not_a_formula(text, f"it has more than {_MAX_LENGTH} characters")
    return _read(text, tuple(sorted((variables or {}).items())))


# The same few elements and compounds stand in every record of a laboratory; what was read of them does not change.
@lru_cache(maxsize=4096)
def _read(text: str, variables: tuple[tuple[str, float], ...]) -> Formula:
    values = dict(variables)
    plain = spelled_plainly(text)
    if not plain:
        raise not_a_formula(text, "it is empty")
    _refuse_names(plain, text)
    plain, charge = _without_charge(plain)
    compact = _without_spaces(plain, text)
    _refuse_two_ways(compact, text)
    _refuse_mixes(compact, text)
    atoms: dict[Atom, float] = {}
    for part in compact.split("·"):
        for atom, amount in count_atoms(part, values, text).items():
            atoms[atom] = atoms.get(atom, 0.0) + amount
    _refuse_unused(compact, values, text)
    atoms = {atom: amount for atom, amount in atoms.items() if amount > 0.0}
    if not atoms:
        raise not_a_formula(text, "it counts no atoms")
    return Formula(text, MappingProxyType(atoms), charge)


def parse_formula(text: str) -> dict[str, float]:
    """Count the atoms of a formula by element, in its own scale. Reads and raises as `formula_of`."""
    return formula_of(text).elements


def amount_fractions(text: str) -> dict[str, float]:
    """Amount fractions of the atoms of a formula; they add up to 1. Reads and raises as `formula_of`."""
    elements = formula_of(text).elements
    total = sum(elements.values())
    return {element: amount / total for element, amount in elements.items()}


def _without_spaces(plain: str, text: str) -> str:
    """Join what spaces may stand between: symbols. `Fe2O3 1` is not Fe2O31, nor `C o` cobalt."""
    if found := _TELLING_SPACE.search(plain):
        raise not_a_formula(text, f"there is a space in '{found[0]}'")
    compact = re.sub(r"\s+", "", plain)
    if found := _WORD.search(without_symbols(compact)):
        raise not_a_formula(text, f"'{found[0]}' is neither symbol nor amount")
    return compact


def _without_charge(plain: str) -> tuple[str, int]:
    for pattern in _CHARGES:
        if found := pattern.search(plain):
            size = int(found["size"] or 1)
            return plain[: found.start()], -size if found["sign"] == "-" else size
    return plain, 0


def _refuse_names(plain: str, text: str) -> None:
    if why := reason_for_a_name(re.sub(r"\s+", "", plain)):
        raise InvalidValue(
            f"'{text[:60]}' is not a chemical formula: {why}.",
            mend="Give it as a named material with its formula or composition; in a formula write every amount, 1 too.",
        )
    if _PERCENT.search(plain):
        raise InvalidValue(
            f"'{text[:60]}' is not a chemical formula: it states percents.", mend="Read it as a composition."
        )


def _refuse_two_ways(compact: str, text: str) -> None:
    if found := _UNCLEAR_CHARGE.fullmatch(compact):
        rest, digit, sign = found["rest"], found["digit"], found["sign"]
        raise InvalidValue(
            f"'{text[:60]}' is not a chemical formula with one meaning: the charge may be {digit}{sign} or 1{sign}.",
            mend=f"Write {rest}^{digit}{sign}, or {rest}{digit}^1{sign}.",
        )
    if found := _UNCLEAR_DOT.fullmatch(compact):
        raise InvalidValue(
            f"'{text[:60]}' is not a chemical formula with one meaning: the dot may be decimal, or begin the water.",
            mend=f"Write {found['salt']}·{found['count']}H2O for a hydrate.",
        )


def _refuse_mixes(compact: str, text: str) -> None:
    """`Li1-xCoO2` lacks lithium, but `PbTiO3-xBiFeO3` is a mix that does not say how much of the first is there."""
    for found in _UNCLEAR_MIX.finditer(compact):
        if without_symbols(compact).count(found["variable"]) == 1:
            raise InvalidValue(
                f"'{text[:60]}' is not a chemical formula with one meaning: {found['variable']} may be missing from "
                f"the {found['anion']}, or the share of what follows.",
                mend="Write a mix like (1-x)PbTiO3-xBiFeO3, and a formula with what is missing at its end.",
            )


def _refuse_unused(compact: str, values: Mapping[str, float], text: str) -> None:
    if unused := sorted(set(values) - variables_in(compact)):
        raise InvalidValue(
            f"'{text[:60]}' has no variable {', '.join(unused)}.",
            mend="Give values only for its own variables.",
        )
