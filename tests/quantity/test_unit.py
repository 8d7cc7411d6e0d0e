"""What unit texts mean, and that hostile ones are refused at once."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import IncompatibleUnit, UnknownUnit
from kiban.quantity.unit import (
    conversion,
    convert,
    counts_turns,
    dimension,
    is_compatible,
    is_known,
    si_unit,
    spelled_out,
    to_si,
)

NAMES = ("m", "nm", "angstrom", "um", "g", "mg", "kg", "s", "min", "h", "A", "mA", "V", "mV", "K", "mol", "Pa", "GPa",
         "J", "eV", "W", "Hz", "ohm", "T", "gauss", "oersted", "emu", "deg", "rad", "count", "percent", "absorbance",
         "arbitrary_unit", "coulomb", "farad", "siemens", "dalton")  # fmt: skip


@st.composite
def units(draw):
    """Products and quotients of up to three units with small exponents, as files and people write them."""
    text = ""
    for i in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(NAMES))
        power = draw(st.sampled_from(("", "", "", "**2", "**3", "**-1")))
        sign = draw(st.sampled_from("*/")) if i else ""
        text += sign + name + power
    return text


@given(units(), st.floats(-1e9, 1e9).filter(lambda x: x == 0 or abs(x) > 1e-9))
def test_to_si_and_back_is_the_same_number(unit, value):
    si = si_unit(unit)
    assert convert(convert(value, unit, si), si, unit) == pytest.approx(value, rel=1e-12)


@given(units())
def test_si_units_are_known_coherent_and_final(unit):
    si = si_unit(unit)
    assert is_known(si)
    assert is_compatible(unit, si)
    assert si_unit(si) == si
    assert to_si(si).factor == 1.0


@given(units(), units())
def test_compatible_units_and_only_those_are_converted(one, other):
    if is_compatible(one, other):
        there, back = conversion(one, other), conversion(other, one)
        assert there.factor * back.factor == pytest.approx(1.0, rel=1e-12)
    else:
        with pytest.raises(IncompatibleUnit):
            conversion(one, other)


@given(st.text(max_size=60))
def test_any_text_is_a_unit_or_refused_with_a_mend(text):
    if is_known(text):
        assert is_compatible(text, si_unit(text))
    else:
        with pytest.raises(UnknownUnit) as refused:
            dimension(text)
        assert refused.value.mend


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9",
        "m**9**9**9",
        "(" * 5000,
        "((((((((((1))))))))))" * 400,
        "m" + "*m" * 4000,
        "m**999999999",
        "Ym99",
        "Ym20*Ym20",
        "ym99",
        "m**(9**9)",
        "__import__('os').system('x')",
        "m; import os",
        "lambda: 1",
        "1e308",
        "3",
        "m +",
        "m ** ",
        "/",
        "m\0",
        "メートル毎秒毎秒" * 20,
    ],
)
def test_hostile_and_unfinished_texts_are_refused(text):
    with pytest.raises(UnknownUnit) as refused:
        dimension(text)
    assert len(refused.value.fault) < 250


@pytest.mark.parametrize(
    ("given_value", "unit", "wanted", "value"),
    [
        (1.0, "mA*h/g", "coulomb/kg", 3600.0),
        (25.0, "degC", "K", 298.15),
        (300.0, "K", "degC", 26.85),
        (212.0, "degF", "degC", 100.0),
        (180.0, "deg", "rad", math.pi),
        (1.0, "angstrom", "m", 1e-10),
        (1.0, "1/cm", "1/m", 100.0),
        (1.0, "eV", "J", 1.602176634e-19),
        (1.0, "gauss", "T", 1e-4),
        (1.0, "oersted", "A/m", 1000 / (4 * math.pi)),
        (1.0, "emu", "A*m**2", 1e-3),
        (5.0, "kOe", "A/m", 5e6 / (4 * math.pi)),
        (5.0, "kOe", "oersted", 5000.0),
        (2.0, "kG", "T", 0.2),
        (3.0, "mG", "T", 3e-7),
        (3.0, "µG", "T", 3e-10),
        (1.0, "kgauss", "gauss", 1000.0),
        (4.0, "memu/g", "A*m**2/kg", 4e-3),
        (1.0, "Mx", "Wb", 1e-8),
        (50.0, "MGOe", "kJ/m**3", 5000 / (4 * math.pi)),
        (5.0, "mTorr", "Pa", 5e-3 * 101325 / 760),
        (1.0, "ppb", "ppm", 1e-3),
        (5.0, "vol%", "%", 5.0),
        (5.0, "℃/min", "K/s", 5 / 60),
        (25.0, "ºC", "K", 298.15),
        (25.0, "° C", "K", 298.15),
        (212.0, "℉", "degC", 100.0),
        (3.0, "µΩcm", "ohm*m", 3e-8),
        (2.0, "S·cm⁻¹", "S/m", 200.0),
        (1.0, "cm²V⁻¹s⁻¹", "m**2/(V*s)", 1e-4),
        (300.0, "min⁻¹", "1/s", 5.0),
        (4.0, "MPa√m", "Pa*m**0.5", 4e6),
        (4.0, "MPa m1/2", "MPa*m**0.5", 4.0),
        (50.0, "percent", "", 0.5),
        (50.0, "percent_transmittance", "transmittance", 0.5),
        (1.0, "W/(m K)", "kg*m/s**3/K", 1.0),
        (1.0, "mA/cm2", "A/m**2", 10.0),
        (2.0, "kg m-3", "g/cm^3", 0.002),
        (1.0, "mA.h", "coulomb", 3.6),
    ],
)
def test_conversions_known_by_definition(given_value, unit, wanted, value):
    assert convert(given_value, unit, wanted) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("unit", "coherent"),
    [("deg", "rad"), ("count", ""), ("percent", ""), ("absorbance", ""), ("degC", "K"), ("mA*h", "A*s"), ("nm", "m")],
)
def test_coherent_units(unit, coherent):
    assert si_unit(unit) == coherent


def test_arbitrary_units_are_not_compared_with_physical_ones():
    assert not is_compatible("arbitrary_unit", "count")
    assert not is_compatible("arbitrary_unit", "")
    assert is_compatible("a.u.", "arbitrary units")


def test_differences_of_temperature_are_not_shifted():
    assert conversion("degC", "K").offset == pytest.approx(273.15)
    assert conversion("degC", "K").factor == 1.0
    assert conversion("W/(m degC)", "W/(m K)") == conversion("1/degC", "1/K")
    assert conversion("1/degC", "1/K").factor == 1.0


@pytest.mark.parametrize("text", ["dB", "dBm", "dB/s", "decade", "neper", "degRe"])
def test_scales_that_no_factor_converts_are_refused(text):
    with pytest.raises(UnknownUnit):
        conversion(text, "")
    assert not is_known(text)


def test_the_order_of_factors_does_not_matter():
    assert is_compatible("V*farad", "A*s")
    assert dimension("V*farad") == dimension("A*s") == "[current] * [time]"


def test_the_logarithm_of_an_absorptivity_is_a_unit_of_its_own():
    assert si_unit("log10_molar_absorptivity")
    assert not is_compatible("log10_molar_absorptivity", "")


@pytest.mark.parametrize(
    ("unit", "names"),
    [("h", "hour"), ("degC", "degree_Celsius"), ("mA*h/g", "hour * milliampere / gram"), ("", "dimensionless")],
)
def test_units_are_spelled_out(unit, names):
    assert spelled_out(unit) == names
    if unit:
        assert convert(1.5, unit, names) == pytest.approx(1.5, rel=1e-15)


@pytest.mark.parametrize(
    ("unit", "counts"),
    [
        ("rpm", True),
        ("rad/s", True),
        ("deg/min", True),
        ("turn/s", True),
        ("1/min", False),
        ("Hz", False),
        ("degC", False),
    ],
)
def test_units_of_rotation_say_what_they_count(unit, counts):
    assert counts_turns(unit) == counts
