"""Hypothesis strategies for questions: sound ones only, over few words, so that many of them have answers.

Needs hypothesis, which Kiban itself does not.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from kiban.quantity.measured import Measured
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
    """Comparisons, matches, sets and the like: questions without parts."""
    operator = st.sampled_from(Operator)
    times = st.one_of(st.sampled_from(TIMES), st.sampled_from(DAYS))
    # Not empty: nothing can be found by no value.
    metadata_units = st.sampled_from(("", "angstrom", "nm", "deg"))
    return st.one_of(
        st.just(EVERYTHING),
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
            st.sampled_from((*TEXT_FIELDS, *NUMBER_ENTRIES, *TERMS, *CODES, "id", "elements", "started", "created")),
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
