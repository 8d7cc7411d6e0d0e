"""Uncertainties that remember their inputs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import OutOfRange
from kiban.quantity.measured import Measured
from kiban.quantity.propagation import propagate
from kiban.quantity.traced import Traced, covariance, total, trace
from kiban.quantity.uncertainty import Distribution, Kind, Origin, Uncertainty


def measured(value: float, standard: float) -> Measured:
    return Measured(value, "", Uncertainty(value=standard, origin=Origin.ESTIMATE))


numbers = st.floats(0.1, 10.0)


@given(numbers, numbers, numbers)
def test_it_agrees_with_the_law_of_propagation(a: float, b: float, c: float) -> None:
    inputs = [measured(a, 0.01), measured(b, 0.02), measured(c, 0.03)]
    expected = propagate(lambda x, y, z: (x * y - 2.0 * z) / (x + z) + 1.0 - y, inputs, unit="")
    x, y, z = (trace(one, label) for one, label in zip(inputs, "xyz", strict=True))
    found = ((x * y - 2.0 * z) / (x + z) + 1.0 - y).measured()
    assert found.value == pytest.approx(expected.value, abs=1e-9)
    assert found.uncertainty is not None
    assert expected.uncertainty is not None
    assert found.uncertainty.value == pytest.approx(expected.uncertainty.value, rel=1e-5, abs=1e-9)


def test_what_comes_in_and_goes_out_again_leaves_no_doubt() -> None:
    x, factor = trace(measured(2.0, 0.1), "x"), trace(measured(3.0, 1.0), "factor")
    there_and_back = x * factor / factor
    assert there_and_back.value == pytest.approx(2.0)
    assert there_and_back.standard_uncertainty == pytest.approx(0.1)
    assert (x - x).standard_uncertainty == pytest.approx(0.0, abs=1e-15)


def test_sums_and_differences_of_two_independent_inputs_covary_by_the_difference_of_variances() -> None:
    x, y = trace(measured(1.0, 0.3), "x"), trace(measured(1.0, 0.4), "y")
    assert covariance(x + y, x - y) == pytest.approx(0.3**2 - 0.4**2)
    assert total([x, y]).standard_uncertainty == pytest.approx(0.5)


def test_an_input_without_uncertainty_makes_the_result_unknown_and_a_constant_does_not() -> None:
    x, unknown = trace(measured(1.0, 0.3), "x"), trace(Measured(2.0), "u")
    assert (x * unknown).measured().uncertainty is None
    assert covariance(x, x + unknown) is None
    assert (2.0 * x + 1.0).standard_uncertainty == pytest.approx(0.6)
    assert Traced(5.0).measured().uncertainty is None
    assert (1.0 - x).value == 0.0


def test_every_kind_of_uncertainty_is_taken_by_its_standard() -> None:
    expanded = Uncertainty(value=0.4, kind=Kind.EXPANDED, coverage_factor=2.0, origin=Origin.CERTIFICATE)
    step = Uncertainty(value=0.1, kind=Kind.RESOLUTION, distribution=Distribution.RECTANGULAR, origin=Origin.ESTIMATE)
    assert trace(Measured(1.0, "", expanded), "x").standard_uncertainty == pytest.approx(0.2)
    assert trace(Measured(1.0, "", step), "x").standard_uncertainty == pytest.approx(0.1 / math.sqrt(12.0))


def test_a_division_by_nothing_is_refused() -> None:
    with pytest.raises(OutOfRange, match="divided by 0"):
        Traced(1.0) / Traced(0.0)


def test_it_agrees_with_monte_carlo_for_a_ratio_of_sums() -> None:
    generator = np.random.default_rng(4)
    draws = [generator.normal(value, 0.02 * value, 400_000) for value in (3.0, 5.0)]
    simulated = np.std(draws[0] / (draws[0] + draws[1]))
    x, y = trace(measured(3.0, 0.06), "x"), trace(measured(5.0, 0.1), "y")
    assert (x / (x + y)).standard_uncertainty == pytest.approx(simulated, rel=0.01)
