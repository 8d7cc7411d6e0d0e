"""Single values with unit and uncertainty."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import IncompatibleUnit, OutOfRange, UnknownUnit
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution, Kind, Origin, Uncertainty

finite = st.floats(-1e12, 1e12).filter(lambda x: x == 0 or abs(x) > 1e-12)
PAIRS = [("nm", "angstrom"), ("mA*h", "coulomb"), ("deg", "rad"), ("eV", "J"), ("1/cm", "1/m"), ("oersted", "A/m")]


@given(finite, st.floats(0, 1e6), st.sampled_from(PAIRS))
def test_another_unit_and_back_keeps_value_and_uncertainty(value, u, pair):
    stated = Measured(value, pair[0], Uncertainty(value=u, origin=Origin.FILE, degrees_of_freedom=7.0))
    back = stated.in_unit(pair[1]).in_unit(pair[0])
    assert back.value == pytest.approx(value, rel=1e-12)
    assert back.uncertainty is not None
    assert back.uncertainty.value == pytest.approx(u, rel=1e-12)
    assert back.uncertainty.degrees_of_freedom == 7.0


@given(finite, st.sampled_from(PAIRS))
def test_in_si_is_final(value, pair):
    once = Measured(value, pair[0]).in_si()
    assert once.in_si() == once


def test_temperature_differences_carry_no_offset():
    """25.00 °C ± 0.10 °C is 298.15 K ± 0.10 K."""
    kelvin = Measured(25.0, "degC", Uncertainty(value=0.1, origin=Origin.CERTIFICATE)).in_si()
    assert kelvin.value == pytest.approx(298.15)
    assert kelvin.unit == "K"
    assert kelvin.uncertainty is not None
    assert kelvin.uncertainty.value == pytest.approx(0.1)
    fahrenheit = Measured(25.0, "degC", Uncertainty(value=0.1, origin=Origin.CERTIFICATE)).in_unit("degF")
    assert fahrenheit.value == pytest.approx(77.0)
    assert fahrenheit.uncertainty is not None
    assert fahrenheit.uncertainty.value == pytest.approx(0.18)


def test_kind_k_and_distribution_go_along():
    doubt = Uncertainty(
        value=2.0, kind=Kind.EXPANDED, coverage_factor=2.0, origin=Origin.CERTIFICATE, distribution=Distribution.NORMAL
    )
    metres = Measured(100.0, "nm", doubt).in_si()
    assert metres.uncertainty is not None
    assert (metres.uncertainty.kind, metres.uncertainty.coverage_factor) == (Kind.EXPANDED, 2.0)
    assert metres.uncertainty.standard == pytest.approx(1e-9)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_a_number_is_not_a_value(value):
    with pytest.raises(OutOfRange, match="finite"):
        Measured(value, "nm")


def test_another_dimension_is_refused():
    length = Measured(1.0, "nm")
    length.require("angstrom")
    with pytest.raises(IncompatibleUnit, match="'nm' was given where one in 's'"):
        length.require("s")
    with pytest.raises(IncompatibleUnit):
        length.in_unit("s")
    with pytest.raises(UnknownUnit):
        Measured(1.0, "9**9**9").in_si()


def test_it_says_itself_with_its_uncertainty():
    assert str(Measured(5.43102, "angstrom", Uncertainty(value=0.00021, origin=Origin.FIT))) == (
        "5.43102 ± 0.00021 angstrom"
    )
    assert str(Measured(3.0)) == "3"


@pytest.mark.parametrize(
    ("value", "doubt", "said"),
    [
        (26.0494, 0.25, "26.05 ± 0.25"),
        (298.0, 2.0, "298 ± 2"),
        (1234567.0, 100.0, "1.23457e+06 ± 100"),
        (-3.14159, 0.012, "-3.142 ± 0.012"),
        (0.001, 5.0, "0.001 ± 5"),
        (0.0, 0.1, "0 ± 0.1"),
        (1e-20, 1e-22, "1e-20 ± 1e-22"),
    ],
)
def test_no_digit_below_the_second_of_its_uncertainty_is_said(value: float, doubt: float, said: str) -> None:
    assert str(Measured(value, uncertainty=Uncertainty(value=doubt, origin=Origin.FIT))) == said
