"""Arrays with unit and uncertainty."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import IncompatibleUnit, InvalidValue, OutOfRange
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Distribution, Kind, Origin

numbers = st.lists(st.floats(-1e9, 1e9).filter(lambda x: x == 0 or abs(x) > 1e-9), min_size=1, max_size=30)


@given(numbers, st.sampled_from([("nm", "angstrom"), ("deg", "rad"), ("mA", "A"), ("degC", "K")]))
def test_another_unit_and_back_keeps_the_numbers(values, pair):
    there = Series(values, pair[0]).to(pair[1])
    assert there.unit == pair[1]
    np.testing.assert_allclose(there.in_unit(pair[0]), values, rtol=1e-12, atol=1e-9)


def test_integers_stay_integers_until_converted():
    counts = Series(np.array([1, 2, 3], dtype=np.int32), "count")
    assert counts.values.dtype == np.int32
    assert counts.in_unit("count").dtype == np.float64


def test_missing_values_stay_missing():
    assert np.isnan(Series([1.0, np.nan], "nm").in_unit("m")[1])


def test_uncertainties_are_scaled_but_not_shifted():
    doubt = Uncertainties(values=np.array([0.1, 0.2]), origin=Origin.FILE)
    kelvin = Series([20.0, 30.0], "degC", doubt).to("K")
    assert kelvin.uncertainty is not None
    np.testing.assert_allclose(kelvin.values, [293.15, 303.15])
    np.testing.assert_allclose(kelvin.uncertainty.values, [0.1, 0.2])


def test_one_uncertainty_may_stand_for_all():
    doubt = Uncertainties(values=np.array([0.01]), kind=Kind.RESOLUTION, origin=Origin.FILE,
                          distribution=Distribution.RECTANGULAR)  # fmt: skip
    series = Series(np.zeros((2, 3)), "V", doubt)
    assert series.shape == (2, 3)
    assert doubt.standard[0] == pytest.approx(0.01 / np.sqrt(12))


def test_counting_uncertainties_become_standard_ones_as_they_are():
    doubt = Uncertainties(values=np.array([3.0, 4.0]), origin=Origin.ESTIMATE, distribution=Distribution.POISSON)
    np.testing.assert_array_equal(doubt.standard, [3.0, 4.0])


def test_text_is_not_a_series():
    with pytest.raises(InvalidValue, match="series of numbers"):
        Series(np.array(["a", "b"]))


def test_uncertainties_must_fit_the_values():
    with pytest.raises(InvalidValue, match="one for all"):
        Series([1.0, 2.0, 3.0], "V", Uncertainties(values=np.array([0.1, 0.2]), origin=Origin.FILE))


@pytest.mark.parametrize("bad", [[-0.1], [np.inf]])
def test_impossible_uncertainties_are_refused(bad):
    with pytest.raises(OutOfRange, match="NaN"):
        Uncertainties(values=np.array(bad), origin=Origin.FILE)


def test_another_dimension_is_refused():
    angles = Series([1.0], "deg")
    angles.require("rad")
    with pytest.raises(IncompatibleUnit):
        angles.require("nm")
    with pytest.raises(IncompatibleUnit):
        angles.in_unit("nm")


@given(st.lists(st.floats() | st.sampled_from([0.0, -0.0, np.nan, np.inf, -np.inf, -1e-310]), max_size=6))
def test_uncertainties_are_neither_negative_nor_infinite(values):
    if any(value < 0 or value == np.inf for value in values):
        with pytest.raises(OutOfRange):
            Uncertainties(values=np.array(values), origin=Origin.FILE)
    else:
        assert Uncertainties(values=np.array(values), origin=Origin.FILE).values.size == len(values)
