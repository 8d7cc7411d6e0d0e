"""Labels of columns: what is the name, what is the unit."""

from __future__ import annotations

import pytest

from kiban.readers.tables.column_headers import read_label, slug, unique


@pytest.mark.parametrize(
    ("label", "name", "unit"),
    [
        ("Temperature (K)", "temperature", "K"),
        ("T/K", "temperature", "K"),
        ("T / °C", "temperature", "degC"),
        ("T (C)", "temperature", "degC"),
        ("Motor Temp. (C)", "motor_temp", "degC"),
        ("I [mA]", "current", "mA"),
        ("<I>/mA", "current", "mA"),
        ("Ewe/V", "potential", "V"),
        ("time_s", "time", "s"),
        ("wavelength_nm", "wavelength", "nm"),
        ("Test Time / s", "test_time", "s"),
        ("Time(s)", "time", "s"),
        ("RT [min]", "rt", "min"),
        ("Conductivity (measured) (S/cm)", "conductivity_measured", "siemens/cm"),
        ("P3HT content (%)", "p3ht_content", "percent"),
        ("Temp. Deg C", "temperature", "degC"),
        ("Pressure mBar", "pressure", "mbar"),
        ("Scan rate mV/s", "scan_rate", "mV/s"),
        ("DSC/(mV/mg)", "dsc", "mV/mg"),
        ("F/N", "force", "N"),
        ("m/g", "mass", "g"),
        ("Time, s", "time", "s"),
        ("2Theta", "two_theta", ""),
        ("2θ (°)", "two_theta", "deg"),
        ("Pos. [°2Th.]", "two_theta", "deg"),
        ("Intensity (counts)", "intensity", "count"),
        ("counts/s", "intensity", "count/s"),
        ("cm-1", "wavenumber", "1/cm"),
        ("%T", "transmittance", "percent_transmittance"),
        ("Raman shift /cm-1", "raman_shift", "1/cm"),
        ("Z'(Ω)", "impedance_real", "ohm"),
        ("-Im(Z)/Ohm", "impedance_imaginary_negative", "ohm"),
        ("温度(℃)", "temperature", "degC"),
        ("硬さ [GPa]", "hardness", "GPa"),
        ("測定時間（秒）", "measuring_time", "s"),
        ("回折角 2θ (deg)", "two_theta", "deg"),
        ("Fe量(at%)", "fe_content", "percent"),
        ("Young's modulus (GPa)", "youngs_modulus", "GPa"),
        ("Größe [µm]", "grosse", "um"),
        ("Cycle Count / 1", "cycle_count", ""),
    ],
)
def test_name_and_unit(label: str, name: str, unit: str) -> None:
    header = read_label(label)
    assert (header.name, header.unit) == (name, unit)
    assert header.label == label


@pytest.mark.parametrize(
    "label",
    [
        *("dV/dt", "dQ/dV", "N/P", "H/C", "Si/Al", "S/N", "I/I0", "Fe/C", "DryCal smL/min", "Ratio H/C", "H2", "n/a"),
        *("Sample(s)", "Sample (A)", "SQUID Status (code)", "Strength (10E7 Cycles)", "T_min", "C", "V", "Test_ID"),
    ],
)
def test_no_unit_is_read_where_none_is_meant(label: str) -> None:
    assert read_label(label).unit == ""
    assert read_label(label).unit_as_written == ""


@pytest.mark.parametrize(
    "label", ["Potential (V vs. Ag/AgCl)", "E / V vs. Ag/AgCl", "E vs. Ag/AgCl (V)", "Potential(V) vs Ag/AgCl"]
)
def test_a_reference_electrode_is_set_apart(label: str) -> None:
    header = read_label(label)
    assert (header.name, header.unit, header.reference) == ("potential", "V", "Ag/AgCl")


def test_a_row_of_units_goes_before_the_label() -> None:
    header = read_label("Wave", unit_text="[nm]")
    assert (header.name, header.unit, header.unit_as_written) == ("wave", "nm", "nm")
    assert read_label("T (K)", unit_text="K").name == "temperature"


def test_an_unknown_unit_row_is_kept_out_of_the_unit() -> None:
    assert read_label("flow", unit_text="[smL/min]").unit == ""


def test_japanese_that_cannot_be_translated_gives_no_name() -> None:
    assert slug("粉砕") == ""
    assert [h.name for h in unique([read_label("粉砕"), read_label("温度")])] == ["column_1", "temperature"]


def test_names_become_unique_without_taking_anothers() -> None:
    labels = ["T", "T", "T_2", "", "column_4"]
    assert [h.name for h in unique([read_label(label) for label in labels])] == [
        "t",
        "t_3",
        "t_2",
        "column_4_2",
        "column_4",
    ]
