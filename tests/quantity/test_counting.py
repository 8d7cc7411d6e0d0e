"""Uncertainties of counts that are made when somebody asks for them."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from kiban.errors import InvalidValue
from kiban.quantity.counting import CountingUncertainties
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Distribution, Kind, Origin

counts = st.sampled_from(["u1", "u2", "u4", "i2", "i4", "i8"]).flatmap(
    lambda kind: arrays(np.dtype(kind), array_shapes(max_dims=3, max_side=6))
)


@given(counts)
def test_they_are_those_that_are_made_at_once(numbers: np.ndarray) -> None:
    series = Series(numbers, "count", CountingUncertainties(numbers))
    expected = np.sqrt(np.maximum(numbers.astype(np.float64), 1))
    expected[numbers < 0] = np.nan
    assert series.uncertainty is not None
    assert series.uncertainty.shape == numbers.shape
    assert series.uncertainty.values.dtype == np.float64
    np.testing.assert_array_equal(series.uncertainty.values, expected)
    np.testing.assert_array_equal(series.uncertainty.standard, expected)


def test_they_say_what_they_are() -> None:
    doubt = CountingUncertainties(np.array([4, 0, -1]))
    assert isinstance(doubt, Uncertainties)
    assert (doubt.kind, doubt.origin, doubt.distribution) == (Kind.STANDARD, Origin.ESTIMATE, Distribution.POISSON)
    assert doubt.coverage_factor is None
    np.testing.assert_array_equal(doubt.values, [2.0, 1.0, np.nan])
    assert doubt.values is doubt.values


def test_they_go_along_to_another_process_and_another_unit() -> None:
    doubt = CountingUncertainties(np.array([4, 9]))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(doubt)).values, [2.0, 3.0])  # noqa: S301  our own bytes
    converted = Series(np.array([4, 9]), "m", doubt).to("mm").uncertainty
    assert converted is not None
    np.testing.assert_allclose(converted.values, [2000.0, 3000.0])


def test_uncertainties_of_another_shape_are_refused() -> None:
    with pytest.raises(InvalidValue, match=r"\(2,\) values came with \(3,\) uncertainties"):
        Series(np.array([1, 2]), "count", CountingUncertainties(np.array([1, 2, 3])))


@pytest.mark.parametrize("numbers", [np.array([1.0]), np.array([True]), np.array(3)])
def test_only_arrays_of_whole_numbers_are_counts(numbers: np.ndarray) -> None:
    with pytest.raises(InvalidValue, match="whole numbers"):
        CountingUncertainties(numbers)
