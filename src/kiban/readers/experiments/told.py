"""What a header says of a column of numbers: that it was set, or found out; or else what its place says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from kiban.quantity.unit import is_compatible
from kiban.query.vocabulary import Vocabulary
from kiban.readers.experiments import header_words as words
from kiban.readers.experiments.columns import Column
from kiban.readers.experiments.meaning import Role
from kiban.records.term import PropertyTerm


class Sureness(StrEnum):
    """How much a proposal can be relied on."""

    SURE = "sure"
    LIKELY = "likely"
    GUESS = "guess"


class Reason(StrEnum):
    """Why a column is taken to mean something."""

    SAID = "said"
    """Its header says so."""
    KEPT = "kept"
    """A kept mapping says so."""
    GIVEN = "given"
    """Whoever imports says so."""
    TERM = "term"
    """Its header names a property that is known."""
    NO_UNIT = "no_unit"
    """Its header names a property that is known, and no unit."""
    SET = "set"
    """Its header speaks of what is set in an experiment."""
    FOUND = "found"
    """Its header speaks of what is found out."""
    FORMULAS = "formulas"
    """Its cells are formulas."""
    DATES = "dates"
    NAMES = "names"
    """Its cells are words that are all different, in the first column."""
    FEW_WORDS = "few_words"
    """Its cells are a few words, again and again."""
    MANY_WORDS = "many_words"
    ELEMENT = "element"
    """Its header is the symbol of an element, as those of other columns."""
    ADDS_UP = "adds_up"
    """The numbers of these columns add up to 1 or 100 in each row."""
    DOUBT = "doubt"
    """Its header speaks of the uncertainty of another column."""
    BESIDE = "beside"
    """Numbers beside what is found out."""
    LAST = "last"
    """It is the last column of numbers."""
    BEFORE = "before"
    """Numbers before those that are found out."""
    EMPTY = "empty"


def told_by_words(column: Column, known: Vocabulary) -> tuple[Role, Sureness, Reason, str] | None:
    bare = column.bare.strip()
    term = _term(column, known)
    if words.PARAMETER.search(bare) and not words.PROPERTY.search(bare) and (term is None or term in _SETTABLE):
        return Role.PARAMETER, Sureness.LIKELY, Reason.SET, ""
    if term is not None:
        expected = known.terms[term]
        if expected.has_any_unit or is_compatible(column.unit, expected.unit):
            return Role.PROPERTY, Sureness.SURE, Reason.TERM, term
        if not column.unit:
            if is_scale(column, known.terms[term]):
                return Role.PROPERTY, Sureness.SURE, Reason.TERM, term
            return Role.PROPERTY, Sureness.GUESS, Reason.NO_UNIT, term
    if words.PROPERTY.search(bare):
        return Role.PROPERTY, Sureness.LIKELY, Reason.FOUND, ""
    if words.PARAMETER.search(bare):
        return Role.PARAMETER, Sureness.LIKELY, Reason.SET, ""
    return None


_SETTABLE = frozenset({"thickness", "film_thickness", "particle_size", "retention_time"})
"""Terms whose names are also those of what is set."""


def _term(column: Column, known: Vocabulary) -> str | None:
    """The property term that the header names; without what it says in brackets, too."""
    bare = column.bare.strip()
    without = re.sub(r"\s*[(\[{（].*?[)\]}）]\s*", " ", bare).strip()
    named = _of_scale(column.header, without, known)
    if named is not None:
        return named
    for text in (bare, without, bare.replace("_", " "), column.said.name):
        path = known.path(text) if text else ""
        if path in known.terms:
            return known.root(path)
    return None


def _of_scale(header: str, words_of_it: str, known: Vocabulary) -> str | None:
    """The term whose sign stands in brackets behind a wider name of it: `硬さ (HV)` is a Vickers hardness."""
    signs = re.findall(r"[(\[（]\s*(\w+)\s*[)\]）]", header)
    path = known.path(signs[-1]) if signs else ""
    term = known.terms.get(path)
    wider = words_of_it.casefold()
    if term is None or not wider or not any(wider in label.casefold() for label in term.labels):
        return None
    return known.root(path)


def is_scale(column: Column, term: PropertyTerm) -> bool:
    """Whether the header has the sign of a scale in the place of a unit: `硬さ (HV)`."""
    said = re.findall(r"[(\[（]\s*(\w+)\s*[)\]）]", column.header)
    return bool(said) and said[-1] in {term.symbol, *term.synonyms}


def told_by_place(
    column: Column, numeric: Sequence[Column], first_found: int | None
) -> tuple[Role, Sureness, Reason, str]:
    if first_found is not None and column.place > first_found:
        return Role.PROPERTY, Sureness.GUESS, Reason.BESIDE, ""
    if first_found is None and column is numeric[-1]:
        return Role.PROPERTY, Sureness.GUESS, Reason.LAST, ""
    return Role.PARAMETER, Sureness.GUESS, Reason.BEFORE, ""


SENTENCES = {
    Reason.SAID: "Its header says so.",
    Reason.KEPT: "The kept mapping says so.",
    Reason.GIVEN: "You say so.",
    Reason.TERM: "Its header names a known property.",
    Reason.NO_UNIT: "Its header names a known property, and no unit.",
    Reason.SET: "Its header speaks of what is set.",
    Reason.FOUND: "Its header speaks of what is found out.",
    Reason.FORMULAS: "Its cells are formulas.",
    Reason.DATES: "Its cells are dates.",
    Reason.NAMES: "Its cells are words that are all different.",
    Reason.FEW_WORDS: "Its cells are a few words, again and again.",
    Reason.MANY_WORDS: "Its cells are words.",
    Reason.ELEMENT: "Its header is the symbol of an element, as others are.",
    Reason.ADDS_UP: "These columns add up to 1 or 100 in each row.",
    Reason.DOUBT: "Its header speaks of the uncertainty of another column.",
    Reason.BESIDE: "It holds numbers and stands behind what is found out.",
    Reason.LAST: "It is the last column of numbers.",
    Reason.BEFORE: "It holds numbers and stands before what is found out.",
    Reason.EMPTY: "It is empty.",
}
"""The reasons for people."""
