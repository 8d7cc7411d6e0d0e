"""The words for what percents are percents of: `mass%`, `wt.%`, `at%`, `mol%`, `vol%`, 質量%, 原子%."""

from __future__ import annotations

import re

from kiban.errors import InvalidValue
from kiban.records.matter.composition import Basis, Composition

_BASES = {
    Basis.MASS: r"mass|weight|wt|質量|重量",
    Basis.AMOUNT: r"atomic|atom|at|mole|mol|原子|モル",
    Basis.VOLUME: r"volume|vol|体積",
}
_OF_ATOMS = re.compile(r"atomic|atom|at|原子", re.IGNORECASE)
PERCENT = r"\.?[\s-]?(?:%|percent|パーセント)"
ANY_BASIS = "|".join(f"(?:{words})" for words in _BASES.values())
_AT_THE_END = re.compile(rf"[\s,]*\(?\s*(?:in\s+)?(?P<basis>{ANY_BASIS}){PERCENT}\s*\)?$", re.IGNORECASE)


def without_basis(plain: str) -> tuple[str, Basis | None]:
    """Take the basis off the end of a text."""
    found = _AT_THE_END.search(plain)
    if found is None or not found.start():
        return plain, None
    return plain[: found.start()].strip(), basis_of(found["basis"])


def basis_of(word: str) -> Basis:
    """Basis that a word means, matched by `ANY_BASIS`."""
    return next(basis for basis, words in _BASES.items() if re.fullmatch(words, word, re.IGNORECASE))


def needed_basis(basis: Basis | None, text: str) -> Basis:
    """Refuse to go on without one."""
    if basis is None:
        raise InvalidValue(
            f"'{text[:60]}' does not say whether its numbers are percents of mass, of atoms or of volume.",
            mend=f"Write '{text[:40].strip()} (mass%)'; or (at%) for elements, (mol%) for compounds.",
        )
    return basis


def refuse_atoms_of_compounds(composition: Composition, plain: str, text: str) -> Composition:
    """Refuse `TeO2` in atom percent: is it a compound, or are its atoms meant?"""
    found = _AT_THE_END.search(plain)
    read = [(c.what, c.read_formula()) for c in composition.components]
    compounds = [what for what, formula in read if formula is None or formula.n_atoms > 1.0]
    if found is not None and _OF_ATOMS.fullmatch(found["basis"]) and compounds:
        raise InvalidValue(
            f"'{text[:60]}' states atom percents of the compound {compounds[0]}.",
            mend="Write mol% for moles of compounds, or the elements for atom percents.",
        )
    return composition
