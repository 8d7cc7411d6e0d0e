"""Hypothesis strategies for questions: sound ones only, over few words, so that many of them have answers.

Needs hypothesis, which Kiban itself does not.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from kiban.quantity.measured import Measured
from kiban.query.formula_paths import FORMULA_PATHS
from kiban.query.question import (
    EVERYTHING,
    And,
    Comparison,
    Extent,
    Has,
    Known,
    Manner,
    Match,
    Not,
    Operator,
    Or,
    Question,
    Words,
)

TEXTS = (
    "LTO-7",
    "ＬＴＯ-7",
    "lto",
    "TiO2 annealed",
    "電池 試料",
    "鋼板",
    "50% a_b\\c",
    'the "best"',
    "Å",
    "Straße",
    " x ",
)
"""Texts that make trouble: widths, cases, signs that SQL and the language of questions treat specially."""
TEXT_FIELDS = (
    *("title", "sample", "reader", "file", "instrument", "operator", "metadata.anode", "metadata.scan.mode"),
    *("licence", "rights_holder", "contributor", "funder", "award"),
    *("structure.elements", "structure.chemical_formula_reduced", "structure.structure_features"),
)
LICENCES = ("CC-BY-4.0", "CC0-1.0 OR MIT", "LicenseRef-AllRightsReserved")
NUMBER_ENTRIES = ("metadata.wavelength", "metadata.steps", "metadata.scan.step", "structure.nelements")
TERMS = {
    "d_spacing": ("angstrom", "nm"),
    "charge_capacity": ("mA*h", "A*h"),
    "hardness": ("GPa", "MPa"),
    "firmness": ("GPa", "MPa"),
    "ratio": ("",),
}
"""Property terms, in and outside the vocabulary, with units to give them in."""
ELEMENTS = ("Ti", "O", "Li", "Fe")
FRACTIONS = (0.25, 0.5, 1.0 / 3.0)
FORMULAS = (
    "TiO2",
    "ＴｉＯ₂",
    "O2Ti",
    "LiNi0.8Co0.2O2",
    "Ti-6Al-4V (mass%)",
    "Li1-xCoO2",
    "C2H6O",
    "A2B",
    "CO",
    "co",
    "",
)
BEGINNINGS = ("sample.", "sample.parents.", "measurement.")
PROCESSES = ("heat_treatment", "milling", "anneal", "film", "電池")
PARAMETERS = {"temperature": ("degC", "K"), "steps.hold": ("h", "min"), "speed": ("",)}
CONFIDENCES = (0.05, 0.5, 0.6, 0.95, 0.999)
NUMBERS = (0.0, 1.0, 1.5, -2.0, 3.3, 1e-7, 1e200)
TIMES = tuple(
    datetime(2024, 1, 31, 23, 30, 0, 5, tzinfo=zone) + timedelta(hours=h)
    for zone in (UTC, timezone(timedelta(hours=9)))
    for h in (0, 12, 24 * 40)
)
DAYS = ("2024", "2024-01", "2024-01-31", "2024-02-01", "2024-12", "9999-12-31")
CODES = {
    "kind": ("project", "sample", "measurement"),
    "tier": ("open", "shared", "closed"),
    "technique": ("xrd", "ir", "table"),
}


def texts() -> st.SearchStrategy[str]:
    """Texts, mostly the troublesome ones above and their parts."""
    return st.one_of(
        st.sampled_from(TEXTS),
        st.sampled_from(("lt", "7", "試", "a_", "%", "", "ss", "Ti", "cc", "MIT", "CO", "Co", "O2Ti", *LICENCES)),
        st.text(),
    )


def numbers(unit: str) -> st.SearchStrategy[Measured]:
    """Values in a unit."""
    any_number = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e200, max_value=1e200)
    return st.builds(Measured, st.one_of(st.sampled_from(NUMBERS), any_number), st.just(unit))


def comparisons() -> st.SearchStrategy[Question]:
    """Comparisons, matches, sets and the like: questions without parts, of a record or of others that belong to it."""
    own = own_comparisons()
    elsewhere = own.filter(lambda question: hasattr(question, "path")).flatmap(
        lambda question: st.sampled_from(BEGINNINGS).map(lambda b: _led(question, b))
    )
    return st.one_of(own, own, elsewhere, of_processes(), of_processes())


def _led(question: Any, beginning: str) -> Question:
    led: Question = replace(question, path=f"{beginning}{question.path}")
    return led


def of_processes() -> st.SearchStrategy[Question]:
    """What is asked of the processes that a sample came out of."""
    operator, name = st.sampled_from(Operator), st.sampled_from(PROCESSES)
    text = st.sampled_from(("argon", "Ar", "film"))
    parameter = st.sampled_from(("gas", *PARAMETERS, "title", "operator"))
    return st.one_of(
        *(
            st.builds(
                lambda n, o, v, path=path: Comparison(f"process.{n}.{path}", o, v),
                name,
                operator,
                st.sampled_from(units).flatmap(numbers),
            )
            for path, units in PARAMETERS.items()
        ),
        st.builds(lambda n, o, t: Comparison(f"process.{n}.gas", o, t), name, operator, text),
        st.builds(lambda n, p, k: Known(f"process.{n}.{p}", k), name, parameter, st.booleans()),
        st.builds(lambda n, k: Known(f"process.{n}", k), name, st.booleans()),
        st.builds(lambda n, m, t: Match(f"process.{n}.title", m, t), name, st.sampled_from(Manner), texts()),
        st.builds(lambda n, o, t: Comparison(f"process.{n}.started", o, t), name, operator, st.sampled_from(TIMES)),
    )


def fractions() -> st.SearchStrategy[Question]:
    """What is asked of the composition of a record's sample."""
    operator = st.sampled_from((Operator.LESS, Operator.GREATER, Operator.GREATER_OR_EQUAL, Operator.NOT_EQUAL))
    paths = tuple(f"{part}.{element}" for part in ("composition", "mass_fraction") for element in ELEMENTS)
    return st.one_of(
        st.builds(
            Comparison,
            st.sampled_from(paths),
            operator,
            st.builds(Measured, st.sampled_from((*FRACTIONS, 0.4, 0.7)), st.sampled_from(("", "%"))),
        ),
        st.builds(
            Comparison,
            st.just("nelements"),
            st.sampled_from(Operator),
            st.builds(Measured, st.sampled_from((0.0, 1.0, 2.0, 2.5))),
        ),
        st.builds(Known, st.sampled_from((*paths, "nelements")), st.booleans()),
    )


def formulas() -> st.SearchStrategy[Question]:
    """What is asked of the formula of a record's sample."""
    path, text = st.sampled_from(FORMULA_PATHS), st.sampled_from(FORMULAS)
    return st.one_of(
        st.builds(Comparison, path, st.sampled_from(Operator), text),
        st.builds(Match, path, st.sampled_from(Manner), st.sampled_from(("Ti", "O2", "o", ""))),
        st.builds(Has, path, st.sampled_from(Extent), st.lists(text, min_size=1, max_size=2).map(tuple)),
        st.builds(Known, path, st.booleans()),
    )


def sure() -> st.SearchStrategy[Question]:
    """Comparisons with confidence."""
    operator = st.sampled_from((Operator.LESS, Operator.LESS_OR_EQUAL, Operator.GREATER, Operator.GREATER_OR_EQUAL))
    confidence = st.one_of(
        st.sampled_from(CONFIDENCES), st.floats(min_value=0, max_value=1, exclude_min=True, exclude_max=True)
    )
    return st.one_of(
        *(
            st.builds(Comparison, st.just(term), operator, st.sampled_from(units).flatmap(numbers), confidence)
            for term, units in TERMS.items()
        )
    )


def own_comparisons() -> st.SearchStrategy[Question]:
    """What is asked of a record itself."""
    operator = st.sampled_from(Operator)
    times = st.one_of(st.sampled_from(TIMES), st.sampled_from(DAYS))
    # Not empty: nothing can be found by no value.
    metadata_units = st.sampled_from(("", "angstrom", "nm", "deg"))
    return st.one_of(
        st.just(EVERYTHING),
        fractions(),
        formulas(),
        sure(),
        st.builds(Comparison, st.sampled_from(("project", "agreement", "owner", "created_by")), operator, texts()),
        st.builds(Comparison, st.sampled_from(("owner", "created_by")), operator, st.just("test")),
        st.builds(Comparison, st.sampled_from(TEXT_FIELDS), operator, texts()),
        st.builds(Comparison, st.sampled_from(("started", "created")), operator, times),
        metadata_units.flatmap(lambda u: st.builds(Comparison, st.sampled_from(NUMBER_ENTRIES), operator, numbers(u))),
        *(
            st.builds(Comparison, st.just(term), operator, st.sampled_from(units).flatmap(numbers))
            for term, units in TERMS.items()
        ),
        *(st.builds(Comparison, st.just(path), operator, st.sampled_from(values)) for path, values in CODES.items()),
        *(
            st.builds(
                Has, st.just(path), st.sampled_from(Extent), st.lists(st.sampled_from(values), min_size=1).map(tuple)
            )
            for path, values in CODES.items()
        ),
        st.builds(Match, st.sampled_from((*TEXT_FIELDS, *CODES)), st.sampled_from(Manner), texts()),
        st.builds(
            Has,
            st.just("elements"),
            st.sampled_from(Extent),
            st.lists(st.sampled_from(ELEMENTS), min_size=1).map(tuple),
        ),
        st.builds(
            Has,
            st.sampled_from(TEXT_FIELDS),
            st.sampled_from(Extent),
            st.lists(texts(), min_size=1, max_size=3).map(tuple),
        ),
        st.builds(
            Known,
            st.sampled_from(
                (
                    *TEXT_FIELDS,
                    *NUMBER_ENTRIES,
                    *TERMS,
                    *CODES,
                    "id",
                    "owner",
                    "agreement",
                    "project",
                    "elements",
                    "started",
                    "created",
                )
            ),
            st.booleans(),
        ),
        st.builds(
            Words, st.sampled_from(("lto", "LTO-7", "電池", "池", "鋼板 xrd", "anode", "ti02 tio2", "best scan"))
        ),
    )


def questions(max_leaves: int = 6) -> st.SearchStrategy[Question]:
    """Sound questions in the form that `parse` gives them: no AND or OR of fewer than two parts."""
    return st.recursive(
        comparisons(),
        lambda parts: st.one_of(
            st.builds(Not, parts),
            st.builds(And, st.lists(parts, min_size=2, max_size=3).map(tuple)),
            st.builds(Or, st.lists(parts, min_size=2, max_size=3).map(tuple)),
        ),
        max_leaves=max_leaves,
    )
