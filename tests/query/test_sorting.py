"""In which order answers come: how it is asked for, and marks of where it goes on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import InvalidQuestion, InvalidValue
from kiban.quantity.choices import _USUAL as OFFERED
from kiban.quantity.unit import si_unit
from kiban.query.answers import Number
from kiban.query.si_units import USUAL
from kiban.query.sorting import (
    LONGEST_MARK,
    Order,
    Place,
    group_of_unit,
    read_mark,
    read_order,
    unit_of_group,
    write_mark,
)
from kiban.query.vocabulary import with_terms
from kiban.records.identity import new_uuid
from kiban.records.property_term import PROPERTY_TERMS
from kiban.records.term import PropertyTerm

PRESSURE = "kg*m**-1*s**-2"


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("", None),
        (" ", None),
        ("title", Order(("title",))),
        ("題名", Order(("title",))),
        ("-started", Order(("started",), is_descending=True)),
        ("hardness", Order(("hardness",), unit=PRESSURE)),
        ("- 硬さ", Order(("hardness",), is_descending=True, unit=PRESSURE)),
        ("metadata.wavelength", Order(("metadata.wavelength",))),
        ("composition.Ti", Order(("composition.Ti",))),
        ("peak_position", Order(("peak_position",))),
        ("home_made", Order(("home_made",))),
    ],
)
def test_an_order_is_a_path_or_a_name_of_one(text: str, order: Order | None) -> None:
    assert read_order(text) == order


def test_terms_that_were_merged_are_sorted_by_together() -> None:
    known = with_terms((PropertyTerm(key="firmness", en="Firmness", unit="MPa", merged_into="hardness"),))
    for name in ("firmness", "hardness"):
        order = read_order(name, known)
        assert order is not None
        assert (order.path, set(order.paths)) == (name, {"firmness", "hardness"})


@pytest.mark.parametrize(
    "text", ["sample.hardness", "process.anneal.temperature", "elements", "licence", "id", "a b", "-", "x" * 400]
)
def test_what_answers_cannot_be_sorted_by_is_refused(text: str) -> None:
    if text == "-":
        assert read_order(text) is None
        return
    with pytest.raises(InvalidQuestion):
        read_order(text)


def test_the_usual_units_are_those_that_are_offered_and_those_of_the_terms() -> None:
    offered = {si_unit(unit) for unit in (*OFFERED, *(term.unit for term in PROPERTY_TERMS.values()))}
    assert offered <= set(USUAL)
    assert len(set(USUAL)) == len(USUAL) < 1000


@given(st.one_of(st.sampled_from(USUAL), st.sampled_from(("kg**3", "odd"))))
def test_a_group_says_its_unit(unit: str) -> None:
    assert unit_of_group(group_of_unit(unit)) == unit


@given(
    st.one_of(
        st.none(),
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=200),
        st.builds(Number, st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(USUAL)),
    )
)
def test_a_mark_is_read_as_it_was_written(key: Number | str | None) -> None:
    place = Place(key, new_uuid())
    written = write_mark(place)
    assert len(written) <= LONGEST_MARK
    assert written.isascii()
    assert read_mark(written, Order(("metadata.x",))) == place


def test_a_mark_of_a_time_fits_orders_by_time_alone() -> None:
    place = Place(datetime(2024, 5, 1, 12, 0, 0, 5, tzinfo=UTC), new_uuid())
    assert read_mark(write_mark(place), Order(("started",))) == place
    for order in (Order(("title",)), Order(("metadata.x",)), Order(("hardness",), unit=PRESSURE)):
        with pytest.raises(InvalidValue):
            read_mark(write_mark(place), order)
