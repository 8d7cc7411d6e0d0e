"""Formulas of the record's sample, by the names that OPTIMADE has for them: what its `structure.*` answers.

`kiban.query.structure_answers` says what a formula is made of. Here is how the one that somebody asks for is spelled.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from kiban.errors import InvalidValue
from kiban.query.structure_answers import PREFIX, formulas, in_one_spelling
from kiban.records.matter.formula import formula_of

DESCRIPTIVE = "chemical_formula_descriptive"
FORMULA_PATHS = ("chemical_formula_reduced", "chemical_formula_anonymous", "chemical_formula_hill", DESCRIPTIVE)


def of_structure(path: str) -> str:
    """What answers for the path, asked of the sample itself."""
    return f"{PREFIX}{path}"


def normal_formula(path: str, text: str) -> str:
    """How a formula is spelled where the path is answered: for `TiO2` the reduced one is `O2Ti`, the anonymous `A2B`.

    What is no formula, or has no such spelling, stays as it stands.
    """
    plain = in_one_spelling(text)
    return plain if path == DESCRIPTIVE else _spelled(plain).get(path, plain)


@lru_cache(maxsize=256)
def _spelled(text: str) -> Mapping[str, str]:
    try:
        read = formula_of(text)
        said = formulas(read, read)
    except InvalidValue:
        return {}
    return {path: str(said[path][0]) for path in FORMULA_PATHS if path in said}
