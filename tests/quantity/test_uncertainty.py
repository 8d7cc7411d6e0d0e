"""Kinds of uncertainty and the standard deviation that follows from each."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import OutOfRange
from kiban.quantity.uncertainty import Distribution, Kind, Origin, Uncertainty, standard_divisor


def test_a_standard_uncertainty_is_itself():
    assert Uncertainty(value=0.3, origin=Origin.CERTIFICATE).standard == 0.3


def test_a_certificate_with_k_2_is_halved():
    stated = Uncertainty(value=0.3, kind=Kind.EXPANDED, coverage_factor=2.0, origin=Origin.CERTIFICATE)
    assert stated.standard == pytest.approx(0.15)


@pytest.mark.parametrize(
    ("distribution", "standard"),
    [
        (Distribution.RECTANGULAR, 1 / math.sqrt(12)),
        (Distribution.TRIANGULAR, 1 / math.sqrt(24)),
        (Distribution.ARCSINE, 1 / math.sqrt(8)),
    ],
)
def test_a_resolution_is_the_full_width_of_its_interval(distribution, standard):
    """JCGM 100:2008, 4.3.7 (a²/3) and 4.3.9 (a²/6); JCGM 101:2008, 6.4.6 (a²/2), for the half width a."""
    shown = Uncertainty(value=1.0, kind=Kind.RESOLUTION, origin=Origin.FILE, distribution=distribution)
    assert shown.standard == pytest.approx(standard)


def test_a_resolution_without_a_width_has_no_standard_uncertainty():
    shown = Uncertainty(value=1.0, kind=Kind.RESOLUTION, origin=Origin.FILE)
    with pytest.raises(OutOfRange, match="no definite standard uncertainty"):
        _ = shown.standard


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
def test_impossible_uncertainties_are_refused(value):
    with pytest.raises(OutOfRange, match="Leave the uncertainty out"):
        Uncertainty(value=value, origin=Origin.FILE)


@pytest.mark.parametrize("k", [None, 0.0, -2.0, math.nan])
def test_an_expanded_uncertainty_needs_its_k(k):
    with pytest.raises(OutOfRange, match="coverage factor"):
        Uncertainty(value=1.0, kind=Kind.EXPANDED, coverage_factor=k, origin=Origin.FILE)


def test_the_divisor_of_an_expanded_uncertainty_needs_its_k():
    with pytest.raises(OutOfRange, match="without its coverage factor"):
        standard_divisor(Kind.EXPANDED, None, Distribution.NORMAL)


@given(st.floats(0, 1e12), st.floats(0.1, 100))
def test_standard_times_k_is_what_was_stated(value, k):
    stated = Uncertainty(value=value, kind=Kind.EXPANDED, coverage_factor=k, origin=Origin.CERTIFICATE)
    assert stated.standard * k == pytest.approx(value)
