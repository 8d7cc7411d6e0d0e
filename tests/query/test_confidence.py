from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution, Kind, Origin, Uncertainty
from kiban.query.condition import Interval
from kiban.query.confidence import Doubt, doubt_of, lies_in, quantiles

SHAPES = {
    Distribution.NORMAL: stats.norm(),
    Distribution.UNKNOWN: stats.norm(),
    Distribution.POISSON: stats.norm(),
    Distribution.RECTANGULAR: stats.uniform(-math.sqrt(3), 2 * math.sqrt(3)),
    Distribution.TRIANGULAR: stats.triang(0.5, -math.sqrt(6), 2 * math.sqrt(6)),
    Distribution.ARCSINE: stats.arcsine(-math.sqrt(2), 2 * math.sqrt(2)),
}
CONFIDENCES = st.floats(min_value=0.001, max_value=0.999)


@given(
    value=st.floats(-10, 10),
    bound=st.floats(-10, 10),
    u=st.floats(0.01, 5),
    confidence=CONFIDENCES,
    shape=st.sampled_from(tuple(SHAPES)),
)
def test_a_value_lies_beyond_a_bound_with_the_probability_that_its_distribution_gives(
    value: float, bound: float, u: float, confidence: float, shape: Distribution
) -> None:
    doubt = Doubt(u, shape, None)
    above = float(SHAPES[shape].sf((bound - value) / u))
    if abs(above - confidence) > 1e-6:
        assert lies_in(value, doubt, Interval(low=bound), confidence) == (above > confidence)
    below = 1.0 - above
    if abs(below - confidence) > 1e-6:
        assert lies_in(value, doubt, Interval(high=bound), confidence) == (below > confidence)


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_has_a_standard_deviation_of_one(shape: Distribution) -> None:
    assert SHAPES[shape].std() == pytest.approx(1.0)


@given(confidence=st.floats(0.01, 0.99), freedom=st.floats(3, 200))
def test_degrees_of_freedom_widen_it_as_students_t_does(confidence: float, freedom: float) -> None:
    found = quantiles(confidence).of(Doubt(1.0, Distribution.NORMAL, freedom))
    # At most 0.4 % from it, at three degrees of freedom and 99 %; 3 % at 99.9 %.
    assert found == pytest.approx(float(stats.t(freedom).ppf(confidence)), rel=0.005, abs=1e-6)


def test_with_fewer_than_three_degrees_of_freedom_nothing_is_said() -> None:
    assert quantiles(0.95).of(Doubt(1.0, Distribution.NORMAL, 2.9)) is None
    assert not lies_in(1e6, Doubt(1.0, Distribution.NORMAL, 2.0), Interval(low=0.0), 0.95)


def test_the_standard_uncertainty_is_what_counts_whatever_was_stated() -> None:
    expanded = Uncertainty(value=0.4, kind=Kind.EXPANDED, coverage_factor=2.0, origin=Origin.CERTIFICATE)
    assert doubt_of(Measured(5.0, "GPa", expanded)) == Doubt(0.2e9, Distribution.NORMAL, None)
    step = Uncertainty(value=1.2, kind=Kind.RESOLUTION, distribution=Distribution.RECTANGULAR, origin=Origin.FILE)
    found = doubt_of(Measured(20.0, "degC", step))
    assert found is not None
    assert found.standard == pytest.approx(1.2 / math.sqrt(12))


@pytest.mark.parametrize(
    "value",
    [
        Measured(5.0, "GPa"),
        Measured(5.0, "GPa", Uncertainty(value=0.1, kind=Kind.RESOLUTION, origin=Origin.FILE)),
        Measured(5.0, "no_such_unit", Uncertainty(value=0.1, origin=Origin.FILE)),
    ],
)
def test_an_uncertainty_that_is_not_known_is_none(value: Measured) -> None:
    assert doubt_of(value) is None


def test_no_doubt_at_all_leaves_the_value() -> None:
    doubt = Doubt(0.0, Distribution.NORMAL, None)
    assert lies_in(5.0, doubt, Interval(low=5.0), 0.999)
    assert not lies_in(5.0, doubt, Interval(low=5.0, low_open=True), 0.001)
