"""Vendors' spellings of units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.quantity import spelling
from kiban.quantity.spelling import respell
from kiban.quantity.unit import convert, is_known

KNOWN = sorted({*spelling._CANONICAL, *spelling._EXACT})


@given(st.text(max_size=40) | st.sampled_from(KNOWN).map(lambda word: f" ({word}) "))
def test_a_second_respelling_changes_nothing(text):
    assert respell(respell(text)) == respell(text)


@pytest.mark.parametrize("word", KNOWN)
def test_every_spelling_of_the_table_is_a_unit(word):
    assert is_known(respell(word))


@pytest.mark.parametrize("word", KNOWN)
def test_brackets_and_blanks_do_not_matter(word):
    if word and not set("()[]") & set(word):
        assert respell(f" [{word}] ") == respell(word)


@pytest.mark.parametrize(
    ("written", "ours"),
    [
        ("1/CM", "1/cm"),
        ("cm-1", "1/cm"),
        ("(°2θ)", "deg"),
        ("mA.h", "mA*h"),
        ("mA.h/g", "mA*h/g"),
        ("℃", "degC"),
        ("ＧＰａ", "GPa"),
        ("㎚", "nm"),
        ("㎛", "um"),
        ("［％］", "percent"),
        ("counts", "count"),
        ("cps", "count/s"),
        ("ARBITRARY UNITS", "arbitrary_unit"),
        ("% Transmittance", "percent_transmittance"),
        ("ohm.cm", "ohm*cm"),
        ("nanometers", "nm"),
        ("  1 / furlong ", "1 / furlong"),
    ],
)
def test_spellings_of_real_headers(written, ours):
    assert respell(written) == ours


@pytest.mark.parametrize(
    ("small", "large", "ratio"), [("mPa", "MPa", 1e9), ("mW", "MW", 1e9), ("mOhm", "MOhm", 1e9), ("mHz", "MHz", 1e9)]
)
def test_case_tells_milli_from_mega(small, large, ratio):
    assert convert(1.0, large, small) == pytest.approx(ratio)


def test_case_tells_seconds_from_siemens_and_kelvin_from_kilo():
    assert respell("s") == "s"
    assert respell("S") == "siemens"
    assert respell("K") == "K"


@pytest.mark.parametrize("unit", ["at%", "at %", "wt %", "mol %", "vol%", "vol.%", "体積%", "mass %"])
def test_percents_of_something_are_percents_however_they_are_written(unit):
    assert convert(50.0, respell(unit), "percent") == pytest.approx(50.0)
