"""Count rates: whole counts behind them are found, corrected rates are not taken for counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.readers.diffraction.scan import counting_uncertainty
from kiban.readers.spectra.count_rates import rate_uncertainty

TIMES = st.sampled_from([0.02, 0.08, 0.1, 0.163636, 0.251496, 0.64, 1.0, 12.5])


@given(counts=st.lists(st.integers(0, 10**4), min_size=5, max_size=50), time=TIMES)
def test_counts_are_found_behind_rates(counts: list[int], time: float) -> None:
    rates = (np.array(counts) / time).astype(np.float32)
    doubt = rate_uncertainty(rates, time, relative_precision=1e-6)
    if sum(c > 0 for c in counts) < 3:
        assert doubt is None
        return
    assert doubt is not None
    np.testing.assert_allclose(doubt.values, np.sqrt(np.maximum(counts, 1)) / time, rtol=1e-5)


@given(counts=st.lists(st.integers(5, 10**4), min_size=5, max_size=50), time=TIMES, factor=st.floats(1.01, 1.09))
def test_corrected_rates_are_not_taken_for_counts(counts: list[int], time: float, factor: float) -> None:
    rates = np.array(counts) * factor / time
    whole = np.abs(rates * time - np.rint(rates * time)) < 3e-2
    if not whole.all():
        assert rate_uncertainty(rates, time, relative_precision=1e-6) is None


@pytest.mark.parametrize("time", [None, 0.0, -1.0, np.nan, np.inf])
def test_without_a_time_nothing_is_known(time: float | None) -> None:
    assert rate_uncertainty(np.arange(10.0), time, relative_precision=1e-6) is None


@pytest.mark.parametrize(
    "rates", [[-1.0, 2.0, 3.0, 4.0], [1e308, 1.0, 2.0, 3.0], [1e9 + 1, 1e9 + 2, 1e9 + 3], [0.0, 0.0, 0.0]]
)
def test_what_cannot_be_told_is_not_told(rates: list[float]) -> None:
    assert rate_uncertainty(np.array(rates), 10.0, relative_precision=1e-6) is None


def test_missing_values_stay_missing() -> None:
    doubt = rate_uncertainty(np.array([2.0, np.nan, 4.0, 6.0]), 0.5, relative_precision=1e-6)
    assert doubt is not None
    assert np.isnan(doubt.values).tolist() == [False, True, False, False]


@given(
    st.lists(
        st.floats(0, 1e6) | st.integers(0, 10**6).map(float) | st.sampled_from([np.nan, -0.0, 1e-310, 1e300]),
        max_size=6,
    )
)
def test_only_whole_numbers_are_counts(values: list[float]) -> None:
    doubt = counting_uncertainty(np.array(values))
    are_whole = all(np.isnan(value) or value.is_integer() for value in values)
    assert (doubt is not None) == are_whole
