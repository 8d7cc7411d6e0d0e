"""Which texts read as units, and how they are spelled."""

from __future__ import annotations

import pytest

from kiban.quantity.measured import Measured
from kiban.quantity.unit import is_known
from kiban.readers.words import unit_words
from kiban.readers.words.unit_words import read_unit
from kiban.records.property_term import PROPERTY_TERMS


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("K", "K"),
        ("(K)", "K"),
        ("[mA.h/g]", "mA*h/g"),
        ("mAh/g", "mA*h/g"),
        ("Ω cm", "ohm*cm"),
        ("Ω·cm", "ohm*cm"),
        ("ohm-cm", "ohm*cm"),
        ("W/(m K)", "W/m/K"),
        ("(J/(g*K))", "J/g/K"),
        ("W m-1 K-1", "W/m/K"),
        ("W m⁻¹ K⁻¹", "W/m/K"),
        ("cm⁻¹", "1/cm"),
        ("1/CM", "1/cm"),
        ("℃", "degC"),
        ("Deg C", "degC"),
        ("Deg F", "degF"),
        ("mmHg", "mmHg"),
        ("µS", "usiemens"),
        ("μS", "usiemens"),
        ("µs", "us"),
        ("mS", "msiemens"),
        ("Milliseconds", "ms"),
        ("°C/min", "K/min"),
        ("mA/cm²", "mA/cm**2"),
        ("mA cm−2", "mA/cm**2"),
        ("S/cm", "siemens/cm"),
        ("cps", "count/s"),
        ("a.u.", "arbitrary_unit"),
        ("wt.%", "percent"),
        ("％", "percent"),
        ("°2θ", "deg"),
        ("°2Th.", "deg"),
        ("Å", "angstrom"),
        ("μm", "um"),
        ("µm", "um"),
        ("ｍｍ", "mm"),
        ("mPa・s", "mPa*s"),
        ("μW/(cm·K²)", "uW/cm/K**2"),
        ("µmol m−2 s−1", "umol/m**2/s"),
        ("memu", "uA*m**2"),
        ("kOe", "koersted"),
        ("秒", "s"),
        ("(-)", ""),
        ("grams", "g"),
        ("mBar", "mbar"),
        ("m/z", "dalton/elementary_charge"),
    ],
)
def test_a_unit_is_spelled_our_way(written: str, spelled: str) -> None:
    assert read_unit(written) == spelled


@pytest.mark.parametrize(
    "text",
    ["", "code", "measured", "dt", "dV", "I0", "x", "smL/min", "10^-3 emu", "1e-6 K", "Sample", "H2", "N2", "as", "in"],
)
def test_other_words_are_no_units(text: str) -> None:
    assert read_unit(text) is None


def test_every_symbol_with_every_prefix_is_known_to_the_unit_library() -> None:
    texts = {p + symbol for symbol, (_, prefixes) in unit_words._SYMBOLS.items() for p in ("", *prefixes)}
    texts |= set(unit_words._WHOLE) | set(unit_words._PHRASES)
    unknown = [t for t in sorted(texts) if (unit := read_unit(t)) is not None and not is_known(unit)]
    assert unknown == []
    assert all(read_unit(t) is not None for t in texts if t)


@pytest.mark.parametrize("unit", sorted({term.unit for term in PROPERTY_TERMS.values() if term.unit}))
def test_every_unit_that_our_own_tables_write_is_read_again(unit: str) -> None:
    spelled = read_unit(f"({unit})")
    assert spelled is not None
    assert Measured(1.0, unit).in_unit(spelled or "").value == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("written", ["cm**3/min", "cm^3/min", "cm3/min", "cm³/min"])
def test_powers_as_programs_and_people_write_them(written: str) -> None:
    assert read_unit(written) == "cm**3/min"


@pytest.mark.parametrize("written", ["MPa·m^0.5", "MPa m^1/2", "MPa·m1/2", "MPa√m", "MPa*m**0.5"])
def test_the_root_of_fracture_toughness(written: str) -> None:
    assert read_unit(written) == "MPa*m**0.5"
