"""The terms that come with Kiban, and what a term may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import InvalidQuestion, InvalidValue
from kiban.quantity.measured import Measured
from kiban.query.parse import parse
from kiban.query.question import Comparison, Operator
from kiban.query.vocabulary import SHIPPED, Vocabulary, as_label, with_terms
from kiban.query.write import write
from kiban.records.document import from_json, to_json
from kiban.records.property_term import PROPERTY_TERMS
from kiban.records.term import PropertyTerm

# One of each dimension that laboratories write differently, with the factor of a handbook: 1 kgf = 9.80665 N,
# 1 eV = 1.602176634e-19 J (SI Brochure), 1 emu/g = 1 A m²/kg, 1 angstrom = 0.1 nm.
PUBLISHED = [
    ("vickers_hardness", 300.0, "GPa", 2.941995),
    ("fracture_toughness", 5.0, "Pa*m**0.5", 5e6),
    ("glass_transition_temperature", 100.0, "K", 373.15),
    ("thermal_expansion_coefficient", 17.0, "1/K", 17e-6),
    ("band_gap", 1.12, "J", 1.12 * 1.602176634e-19),
    ("saturation_magnetization", 90.0, "emu/g", 90.0),
    ("electrical_resistivity", 1.0, "ohm*m", 0.01),
    ("carrier_mobility", 1400.0, "m**2/(V*s)", 0.14),
    ("melt_mass_flow_rate", 12.0, "g/min", 1.2),
    ("gravimetric_energy_density", 250.0, "J/kg", 900_000.0),
    ("intrinsic_viscosity", 1.0, "m**3/kg", 0.1),
    ("unit_cell_volume", 160.0, "nm**3", 0.16),
]


def test_each_name_stands_for_one_term() -> None:
    owners: dict[str, str] = {}
    for term in PROPERTY_TERMS.values():
        for label in {as_label(name) for name in (term.key, *term.labels)}:
            assert owners.setdefault(label, term.key) == term.key, label
            # Not for a field either: `owner_of` would name that.
            assert SHIPPED.owner_of(label) == term.key


@pytest.mark.parametrize("term", PROPERTY_TERMS.values(), ids=PROPERTY_TERMS)
def test_a_question_understands_every_name_and_its_usual_unit(term: PropertyTerm) -> None:
    for name in (term.key, *term.labels):
        asked = parse(f"{name} >= 5 {term.unit}")
        assert asked == Comparison(term.key, Operator.GREATER_OR_EQUAL, Measured(5.0, term.unit)), name
        assert parse(f"NOT (  {name.upper()} IS KNOWN)" if name not in PROPERTY_TERMS else f"NOT {name} IS KNOWN")
    if not term.has_any_unit:
        with pytest.raises(InvalidQuestion):
            parse(f"{term.key} > 5 mol*cd")


@pytest.mark.parametrize(("key", "value", "unit", "expected"), PUBLISHED)
def test_usual_units_convert_as_published(key: str, value: float, unit: str, expected: float) -> None:
    converted = Measured(value, PROPERTY_TERMS[key].unit).in_unit(unit)
    assert converted.value == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("key", PROPERTY_TERMS)
def test_a_value_in_the_usual_unit_survives_the_way_to_si_and_back(key: str) -> None:
    from kiban.quantity.unit import si_unit

    unit = PROPERTY_TERMS[key].unit
    there = Measured(3.25, unit).in_unit(si_unit(unit))
    assert there.in_unit(unit).value == pytest.approx(3.25, rel=1e-9)


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "Upper"},
        {"key": "a-b"},
        {"key": "x" * 65},
        {"en": ""},
        {"en": " "},
        {"en": 'the "best"'},
        {"en": "p < q"},
        {"en": "hot AND cold"},
        {"en": "(a)"},
        {"en": "x" * 101},
        {"synonyms": ("",) * 51},
        {"synonyms": tuple(map(str, range(51)))},
        {"unit": "GPa", "has_any_unit": True},
        {"merged_into": "good"},
    ],
)
def test_what_cannot_be_a_term_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        PropertyTerm(**{"key": "good", "en": "Good", **changed})


LABELS = st.text(alphabet="aB ４５%'硬 さ.°-μ", min_size=1, max_size=12).filter(lambda text: bool(text.strip()))
TERMS = st.builds(
    PropertyTerm,
    key=st.from_regex(r"own_[a-z0-9_]{0,5}", fullmatch=True),
    en=LABELS.map(lambda label: f"own{label}"),
    ja=st.one_of(st.just(""), LABELS.map(lambda label: f"量{label}")),
    unit=st.sampled_from(("", "GPa", "degC", "mA*h/g")),
    synonyms=st.lists(LABELS.map(lambda label: f"also{label}"), max_size=2).map(tuple),
    merged_into=st.sampled_from(("", "hardness", "other")),
)


@given(TERMS)
def test_a_term_survives_the_trip_to_json(term: PropertyTerm) -> None:
    assert from_json(to_json(term), PropertyTerm) == term


@given(TERMS, st.sampled_from(("{} > 5", "{}>5", " {}  IS KNOWN", "technique = xrd AND NOT ({} != 5)")))
def test_any_name_of_an_own_term_is_understood(term: PropertyTerm, form: str) -> None:
    known = with_terms((term,))
    for label in term.labels:
        asked = parse(form.format(label), known)
        assert f"{term.key} " in write(asked)
        assert parse(write(asked), known) == asked


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdefx"), max_size=6))
def test_merges_make_groups_whatever_their_shape(arrows: dict[str, str]) -> None:
    """Circles among them: two people may merge at the same time."""
    into = {key: other for key, other in arrows.items() if other != key}
    terms = (PropertyTerm(key=key, en=f"term {key}", merged_into=into.get(key, "")) for key in "abcdef")
    known = Vocabulary({term.key: term for term in terms})
    for key in "abcdef":
        assert key in known.same_as(key)
        assert known.root(key) in known.same_as(key)
        assert known.root(known.root(key)) == known.root(key)
        for other in known.same_as(key):
            assert known.same_as(other) == known.same_as(key)
            assert known.root(other) == known.root(key)
        assert into.get(key, key) in {*known.same_as(key), "x"}
