from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Kind, Origin, Uncertainty
from kiban.web.number_text import concise, number_text, size_text
from kiban.web.show_values import instant, quantity, quantity_document
from kiban.web.unit_text import axis_title, unit_text, with_unit


@pytest.mark.parametrize(
    ("value", "uncertainty", "text"),
    [
        (3.1356, 0.0002, "3.1356(2)"),
        (3.13560, 0.00015, "3.13560(15)"),
        (25.3089382, 0.0012549, "25.3089(13)"),
        (1630.2, 1.0, "1630.2(1.0)"),
        (12.34, 1.5, "12.3(1.5)"),
        (144.0, 2.0, "144(2)"),
        (-0.0070361, 4.05e-6, "−0.007036(4)"),
        (2.43e2, 1.3e1, "243(13)"),
        (243.0, 31.0, "2.4(3)×10²"),
        (1.234567e-9, 2e-12, "1.235(2)×10⁻⁹"),
        (6.02214e23, 1e18, "6.022140(10)×10²³"),
        (0.0, 0.003, "0.000(3)"),
        (9.9999, 0.00097, "9.9999(10)"),
        (5.0, 0.0, "5(0)"),
        (5.0, math.nan, "5(NaN)"),
    ],
)
def test_an_uncertainty_stands_in_the_last_digits(value: float, uncertainty: float, text: str) -> None:
    assert concise(value, uncertainty) == text


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(min_value=0, allow_nan=False, allow_infinity=False))
def test_any_pair_can_be_written(value: float, uncertainty: float) -> None:
    text = concise(value, uncertainty)
    assert "(" in text
    assert len(text) < 700


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1.0, "1"),
        (1.5, "1.5"),
        (-1234.5678, "−1234.57"),
        (123456.7, "123457"),
        (1234567.0, "1.23457×10⁶"),
        (0.00012, "0.00012"),
        (1.2e-5, "1.2×10⁻⁵"),
        (99999999, "99999999"),
        (10**12, "1×10¹²"),
        (True, "true"),
        (math.nan, "NaN"),
        (-math.inf, "−∞"),
    ],
)
def test_a_number_is_written_shortly(value: float, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("", ""),
        ("angstrom", "Å"),
        ("1/cm", "cm⁻¹"),
        ("mA*h/g", "mA h/g"),
        ("count/s", "counts/s"),
        ("m**2", "m²"),
        ("1/m**3", "m⁻³"),
        ("kg/m/s", "kg m⁻¹ s⁻¹"),
        ("uV", "µV"),
        ("degC", "°C"),
        ("arbitrary_unit", "a.u."),
        ("at%", "at%"),
        ("log10_molar_absorptivity", "log₁₀ ε"),
        ("dalton/elementary_charge", "Da/e"),
        ("two words!", "two words!"),
        ("//", "//"),
    ],
)
def test_a_unit_is_written_as_its_field_does(unit: str, text: str) -> None:
    assert unit_text(unit) == text


def test_a_number_stands_beside_its_unit() -> None:
    assert with_unit("28.44", "deg") == "28.44°"
    assert with_unit("5", "percent") == "5 %"
    assert with_unit("5", "") == "5"
    assert axis_title("2θ", "deg") == "2θ / °"
    assert axis_title("capacity", "mA*h/g") == "capacity / (mA h/g)"
    assert axis_title("cycle", "") == "cycle"


def test_an_uncertainty_says_what_it_is() -> None:
    standard = Uncertainty(value=0.0002, origin=Origin.FIT)
    assert quantity(Measured(3.1356, "angstrom", standard)) == "3.1356(2) Å"
    expanded = Uncertainty(value=0.2, kind=Kind.EXPANDED, origin=Origin.CERTIFICATE, coverage_factor=2.0)
    assert quantity(Measured(5.0, "nm", expanded)) == "(5 ± 0.2) nm (k = 2)"
    assert quantity(Measured(40.0, "kV")) == "40 kV"
    assert quantity_document({"value": 40.0, "unit": "kV"}) == "40 kV"


@pytest.mark.parametrize(
    ("n_bytes", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (9030, "9.03 kB"), (999_600, "1 MB"), (2 * 10**12, "2 TB")],
)
def test_a_size_is_written_in_words(n_bytes: int, text: str) -> None:
    assert size_text(n_bytes) == text


def test_a_time_without_a_zone_stays_as_it_is() -> None:
    assert instant("2024-05-01T09:30:00") == '<time datetime="2024-05-01T09:30:00">2024-05-01 09:30</time>'
    assert "2024-05-01 00:30 UTC" in instant("2024-05-01T09:30:00+09:00")
    assert instant("<b>yesterday</b>") == "&lt;b&gt;yesterday&lt;/b&gt;"
    assert instant(None) == ""
