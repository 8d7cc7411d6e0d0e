"""What a record answers of the structure that it holds itself: a crystal, or the composition of a sample.

`elements` and the like ask of the record's sample. The paths here, `structure.nsites`, ask of the record: they are what
OPTIMADE's `structures` are found by, have its names and its meaning, and compare texts letter by letter (`CO` is not
`Co`). They are values, so that who may read the description alone gets no answer.

References
----------
OPTIMADE API specification 1.2.0, section "Structures Entries".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from kiban.errors import InvalidValue
from kiban.records.matter.crystal import Crystal
from kiban.records.matter.crystal_rows import crystal_in
from kiban.records.matter.elements import Atom
from kiban.records.matter.formula import Formula, formula_of
from kiban.records.matter.formula_writing import anonymous_formula, hill_formula, reduced_formula
from kiban.records.record import Record, RecordKind

PREFIX = "structure."
TYPE = "structures"
"""What `structure.type` answers: where there is a structure."""
_SAME = 1e-6
_SIMPLE = 100
"""The largest denominator of an amount in a cell whose places are partly occupied."""


def is_of_structure(path: str) -> bool:
    """Say whether the path asks of the structure that a record holds itself."""
    return path.startswith(PREFIX)


def structure_answers(record: Record) -> dict[str, tuple[str | float, ...]]:
    """Gather them by path; empty for what holds no structure."""
    document = record.document
    if record.kind is RecordKind.MEASUREMENT and document.get("technique") == "crystal_structure":
        crystal = crystal_in(document)
        return _named(record, _of_crystal(crystal)) if crystal is not None else {}
    if record.kind is RecordKind.SAMPLE and document.get("composition"):
        return _named(record, _of_composition(document["composition"], document.get("formula") or ""))
    return {}


def formula_of_crystal(crystal: Crystal) -> Formula:
    """Count its atoms, or take the formula as stated where some of them have no place. Raises InvalidValue."""
    if crystal.has_unplaced_atoms:
        return formula_of(crystal.formula)
    # Occupancies of 0.3333 are refined, or rounded; formulas are made of the nearest simple fractions.
    amounts = {e: float(Fraction(n).limit_denominator(_SIMPLE)) or n for e, n in sorted(crystal.contents.items())}
    return _of_amounts(amounts)


def features(crystal: Crystal) -> tuple[str, ...]:
    """OPTIMADE's `structure_features`, in order."""
    found = {"disorder"} if crystal.is_disordered else set()
    if crystal.has_unplaced_atoms:
        found.add("implicit_atoms")
    return tuple(sorted(found))


def _of_crystal(crystal: Crystal) -> dict[str, tuple[str | float, ...]]:
    found: dict[str, tuple[str | float, ...]] = {
        "nsites": (float(len(crystal.sites)),),
        "nperiodic_dimensions": (3.0,),
        "structure_features": features(crystal),
        "n_structure_features": (float(len(features(crystal))),),
    }
    try:
        return found | formulas(formula_of_crystal(crystal), formula_of(crystal.formula) if crystal.formula else None)
    except InvalidValue:
        return found


def _of_composition(composition: Mapping[str, Any], formula: str) -> dict[str, tuple[str | float, ...]]:
    stated = _same(composition, formula)
    return formulas(stated or _of_amounts(composition), stated)


def _same(composition: Mapping[str, Any], written: str) -> Formula | None:
    """The formula, where it says the same as the composition, which may have been measured since."""
    try:
        stated = formula_of(written)
    except InvalidValue:
        return None  # an alloy by its name, or none
    total = sum(stated.elements.values())
    if stated.elements.keys() != composition.keys():
        return None
    agree = all(abs(n / total - composition[e]) < _SAME for e, n in stated.elements.items())
    return stated if agree else None


def _of_amounts(amounts: Mapping[str, float]) -> Formula:
    return formula_of("".join(f"{element}{amount:.12f}" for element, amount in sorted(amounts.items())))


def formulas(formula: Formula, stated: Formula | None) -> dict[str, tuple[str | float, ...]]:
    """The elements and the four formulas that OPTIMADE has; those that cannot be written are left out.

    Parameters
    ----------
    stated : Formula, optional
        As people wrote it, where it says the same.
    """
    elements = tuple(sorted(formula.elements))
    total = sum(formula.elements.values())
    found: dict[str, tuple[str | float, ...]] = {
        "elements": elements,
        "nelements": (float(len(elements)),),
        "elements_ratios": tuple(formula.elements[element] / total for element in elements),
    }
    if stated is not None:
        found["chemical_formula_descriptive"] = (in_one_spelling(stated.text),)
    if (wholes := _wholes(formula.text)) is not None:
        reduced, anonymous, hill = wholes
        if stated is not None and all(float(n).is_integer() for n in stated.elements.values()):
            hill = _hill(stated)
        found["chemical_formula_reduced"], found["chemical_formula_anonymous"] = (reduced,), (anonymous,)
        found["chemical_formula_hill"] = (hill,)
        found.setdefault("chemical_formula_descriptive", (hill,))
    return found


def in_one_spelling(formula: str) -> str:
    """A formula as people wrote it, in characters of one width and on one line: `ＴｉＯ₂ ` is `TiO2`."""
    return unicodedata.normalize("NFKC", formula).strip()


@lru_cache(256)
def _wholes(written: str) -> tuple[str, str, str] | None:
    """The reduced and the anonymous formula, and Hill's of whole numbers."""
    formula = formula_of(written)
    try:
        return reduced_formula(formula), anonymous_formula(formula), _hill(formula_of(reduced_formula(formula)))
    except InvalidValue:
        return None  # no small whole numbers, or nothing but a name to our eyes


def _hill(formula: Formula) -> str:
    """By elements: OPTIMADE knows neither isotopes nor charges in a formula."""
    return hill_formula(Formula(formula.text, {Atom(element): n for element, n in formula.elements.items()}))


def _named(record: Record, found: Mapping[str, tuple[str | float, ...]]) -> dict[str, tuple[str | float, ...]]:
    found = {"id": (record.pid,), "type": (TYPE,), "n_structure_features": (0.0,), **found}
    return {f"{PREFIX}{name}": values for name, values in found.items()}
