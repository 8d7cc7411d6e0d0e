"""Units to choose from."""

from __future__ import annotations

import pytest

from kiban.quantity.choices import units_like
from kiban.quantity.unit import is_compatible
from kiban.records.property_term import PROPERTY_TERMS


@pytest.mark.parametrize("unit", sorted({term.unit for term in PROPERTY_TERMS.values()} - {""}))
def test_what_is_offered_is_of_the_same_dimension_and_the_usual_unit_among_it(unit):
    offered = units_like(unit)
    assert unit in offered
    assert all(is_compatible(each, unit) for each in offered)
    assert len(set(offered)) == len(offered)


def test_they_come_from_small_to_large():
    assert [each for each in units_like("GPa") if each.endswith("Pa")] == ["Pa", "hPa", "kPa", "MPa", "GPa", "TPa"]
    assert units_like("") == units_like("no unit") == ()
