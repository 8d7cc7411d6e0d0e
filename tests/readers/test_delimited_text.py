"""Tables in text: small ones written here in each way that programs write them."""

from __future__ import annotations

import contextlib
import math
import random
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.errors import DamagedFile, KibanError, UnsupportedVariant
from kiban.quantity.uncertainty import Origin
from kiban.readers.delimited_text import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite, check_sound

XRD = "2Theta (deg),Intensity (counts)\n10.00,120\n10.02,118\n10.04,131\n10.06,125\n"


def read(text: str | bytes, name: str = "file.bin") -> list[Reading]:
    content = text if isinstance(text, bytes) else text.encode()
    readings = READER.read(Source(content, name=name))
    for reading in readings:
        check_sound(reading)
    return readings


def only(text: str | bytes) -> Reading:
    readings = read(text)
    assert len(readings) == 1
    return readings[0]


def is_claimed(text: str | bytes) -> bool:
    return READER.recognise(Source(text if isinstance(text, bytes) else text.encode(), name="file.bin")) is not None


class TestDelimitedText(ReaderSuite):
    reader = READER
    examples = {  # noqa: RUF012
        "commas": XRD.encode(),
        "semicolons and decimal commas": "T/K;R/Ω\r\n300,0;1,25\r\n310,0;1,31\r\n320,0;1,38\r\n".encode(),
        "tabs, UTF-16": "Time (s)\tT (°C)\n0\t25\n1\t26\n2\t28\n".encode("utf-16"),
        "Japanese, CP932": "試料名,高張力鋼板\n温度(℃),硬さ [GPa]\n25,3.1\n100,2.9\n200,2.5\n".encode("cp932"),
        "blanks, no names": b"# made by hand\n  1.0  2.0  0.1\n  2.0  4.1  0.1\n  3.0  5.9  0.2\n",
        "words and numbers": b"formula,T,Cp\nBaO,900.0,134.892\nMgO,800.0,130.834\nSiO2,700.0,120.1\n",
        "two blocks": b"# scan 1\n# x y\n1 2\n2 3\n3 4\n# scan 2\n# x y\n1 5\n2 6\n3 7\n",
        "dates": b"date,T [K]\n2024-01-01 00:00:00,300\n2024-01-01 00:00:10,301\n",
        "cross table": b",10,20,30\n1,2,3,4\n2,3,4,5\n3,4,5,6\n",
        "bars": b"| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n",
    }


def test_names_units_roles_and_technique() -> None:
    reading = only(XRD)
    assert reading.technique == "xrd"
    assert [(v.name, v.series.unit, v.role) for v in reading.variables] == [
        ("two_theta", "deg", Role.AXIS),
        ("intensity", "count", Role.SIGNAL),
    ]
    assert reading["two_theta"].values.tolist() == [10.0, 10.02, 10.04, 10.06]
    assert reading["intensity"].values.tolist() == [120.0, 118.0, 131.0, 125.0]
    assert reading.variables[1].dimensions == ("two_theta",)
    assert any("inferred" in doubt for doubt in reading.doubts)
    assert reading.header["columns"] == ["2Theta (deg)", "Intensity (counts)"]


@pytest.mark.parametrize(
    ("header", "technique"),
    [
        ("2θ (°)\tIntensity (cps)", "xrd"),
        ("Wavenumber (cm-1)\tAbsorbance", "ir"),
        ("cm-1\t%T", "ir"),
        ("波数 [cm-1]\t透過率 [%]", "ir"),
        ("Raman shift (cm-1)\tCounts", "raman"),
        ("Wavelength (nm)\tAbsorbance", "uv_vis"),
        ("波長(nm)\t吸光度", "uv_vis"),
        ("Wavelength (nm)\tIntensity (counts)", "spectrum"),
        ("Binding Energy (eV)\tIntensity (cps)", "spectrum"),
        ("Position (mm)\tHeight (um)", "table"),
        ("Temperature (K)\tResistance (ohm)", "table"),
    ],
)
def test_the_technique_follows_from_words_in_the_header(header: str, technique: str) -> None:
    assert only(header + "\n1.0\t2\n2.0\t3\n3.0\t3\n").technique == technique


def test_electrochemistry_needs_potential_current_and_time() -> None:
    rows = "\n0,3.1,0.5\n1,3.2,0.5\n2,3.3,0.4\n"
    assert only("time/s,Ewe/V,I/mA" + rows).technique == "electrochemistry"
    assert only("x,Ewe/V,I/mA" + rows).technique == "table"


@pytest.mark.parametrize(
    ("header", "technique"),
    [
        ("Time (s),Extension (mm),Load (kN)", "mechanical_test"),
        ("No.,Tensile strain (%),Tensile stress (MPa)", "mechanical_test"),
        ("Time (s),Load (%),Extension (mm)", "table"),
        ("Time (s),Load (N),Angle (deg)", "table"),
        ("Shear Rate (1/s),Viscosity (Pa.s),Shear Stress (Pa)", "rheometry"),
        ("Angular Frequency (rad/s),Storage Modulus (Pa),Shear Strain (%)", "rheometry"),
        ("Temperature (K),Viscosity (Pa.s),Density (g/cm3)", "table"),
        ("Step,Field [Oe],Moment (m) [emu]", "magnetometry"),
        ("Field (T),Moment (A m^2),Temperature (K)", "magnetometry"),
        ("Time (s),Moment (N m),Field (T)", "table"),
    ],
)
def test_mechanical_rheometric_and_magnetic_tables(header: str, technique: str) -> None:
    assert only(header + "\n0,3.1,0.5\n1,3.2,0.5\n2,3.3,0.4\n").technique == technique


def test_a_count_between_names_and_rows() -> None:
    rows = " 1.0e+04\t 109\t 26.5\t\n 7.1e+03\t 112\t 35.1\t\n 5.1e+03\t 116\t 46.4\t\n"
    for names in (" f/Hz  \t Z'/Ohm \t -Z''/Ohm \t", "Frequency\t Zre\t Zimg\t"):
        reading = only("Procedure : Some title\n" + names + "\n 3 \n" + rows)
        assert reading.technique == "impedance"
        assert list(reading["frequency"].values) == [1e4, 7.1e3, 5.1e3]
    with pytest.raises(DamagedFile, match="says 4, 3 rows"):
        only("f/Hz\tb/Ohm\tc/V\n 4 \n" + rows)


def test_rows_behind_other_lines_are_told() -> None:
    reading = only("a,b,c\n1,2,x\n3,4,x\n#Mean,3,\n5,6,x\n#Mean,6,\n")
    assert list(reading["a"].values) == [1, 3]
    assert any(doubt.startswith("1 row of numbers below the table stand") for doubt in reading.doubts)
    assert "5,6,x" in reading.header["lines_below"]  # type: ignore[operator]
    assert not only("a,b\n1,2\n3,4\n5,6\nMean,6\nEnd of file\n").doubts


def test_impedance_and_thermogravimetry() -> None:
    assert only("freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm\n10,1,2\n5,2,3\n1,3,4\n").technique == "impedance"
    assert only("Temp./°C;Time/min;Mass/%\n30,1;0,0;100,00\n31,2;0,1;99,98\n").technique == "thermogravimetry"


def test_the_suffix_is_no_evidence() -> None:
    reading = read("10.00 120\n10.02 118\n10.04 131\n", name="scan.xy")[0]
    assert reading.technique == "table"
    assert [v.name for v in reading.variables] == ["column_1", "column_2"]
    assert reading.title == "scan.xy"


def test_a_third_column_without_a_name_is_no_uncertainty() -> None:
    reading = only("0.5 662.4 37.7\n0.6 644.7 37.1\n0.7 621.6 36.5\n")
    assert all(v.series.uncertainty is None for v in reading.variables)


def test_a_column_of_standard_errors_belongs_to_the_one_before() -> None:
    reading = only("Field (Oe),Moment (emu),M. Std. Err. (emu)\n0,1.5,0.1\n10,1.6,0.2\n20,1.7,0.1\n")
    doubt = reading["moment"].uncertainty
    assert doubt is not None
    assert doubt.values.tolist() == [0.1, 0.2, 0.1]
    assert doubt.origin is Origin.FILE
    assert reading["m_std_err"].values.tolist() == [0.1, 0.2, 0.1]


def test_a_row_of_units_below_the_names() -> None:
    reading = only("Wave;Sample;Dark\n[nm];[counts];[counts]\n\n400,5;10;1\n401,0;11;1\n401,5;12;2\n")
    assert [(v.name, v.series.unit) for v in reading.variables] == [
        ("wave", "nm"),
        ("sample", "count"),
        ("dark", "count"),
    ]
    assert reading["wave"].values.tolist() == [400.5, 401.0, 401.5]


def test_bare_units_below_names() -> None:
    reading = only("Temperature,Resistance\nK,Ohm\n300,5.1\n310,5.2\n")
    assert [(v.name, v.series.unit) for v in reading.variables] == [("temperature", "K"), ("resistance", "ohm")]


def test_elements_are_not_taken_for_units() -> None:
    reading = only("alloy,C,N,V,S\nA1,0.1,0.2,0.3,0.4\nA2,0.2,0.2,0.1,0.4\n")
    assert [(v.name, v.series.unit) for v in reading.variables] == [("c", ""), ("n", ""), ("v", ""), ("s", "")]


def test_units_that_stand_under_their_names_by_place() -> None:
    text = (
        "   Index        t       Ts    Value\n            [s]     [°C]     [mg]\n"
        "       0        0     21.0     4.17\n       1        1     21.1     4.16\n"
        "       2        2     21.3     4.15\n"
    )
    reading = only(text)
    assert [(v.name, v.series.unit, v.role.value) for v in reading.variables] == [
        ("time", "s", "axis"),
        ("index", "", "auxiliary"),
        ("ts", "degC", "signal"),
        ("value", "mg", "signal"),
    ]


def test_a_group_row_above_repeated_names() -> None:
    reading = only("Sample A,,Sample B,\nT (K),R (ohm),T (K),R (ohm)\n1,2,1,3\n2,2,2,3\n")
    assert [v.name for v in reading.variables] == [
        "sample_a_temperature",
        "sample_a_resistance",
        "sample_b_temperature",
        "sample_b_resistance",
    ]
    assert [v.label for v in reading.variables][3] == "Sample B R (ohm)"
    assert reading.variables[3].series.unit == "ohm"


@pytest.mark.parametrize("header", ["# x y", "#x\t\t#y", "% x, y", "! x; y", "// ColumnLabels: x y", "# Columns: x  y"])
def test_a_comment_that_names_the_columns(header: str) -> None:
    assert [v.name for v in only(header + "\n1.0 2.0\n1.5 2.5\n2.0 3.0\n").variables] == ["x", "y"]


@pytest.mark.parametrize(
    "preamble",
    [
        *("# Start = 5\n# Step = 3\n", "#Unit[1]=\t1/cm\n", "[Data 1]\n", "Laser: 532\n\n", "# made here\n"),
        *('\'Id: "" Anode: "Cu" x\n', "/* made here\n# Run no. = 3\n# */\n", "; a remark\n", "* a remark\n"),
        "Operator,Taro\nSample,Alloy 7\n\n",
    ],
)
def test_lines_above_that_name_no_columns(preamble: str) -> None:
    delimiter = "," if "," in preamble else " "
    rows = "".join(f"{x}.0{delimiter}{y}\n" for x, y in ((1, 2), (2, 3), (3, 5), (4, 6)))
    reading = only(preamble + rows)
    assert [v.name for v in reading.variables] == ["column_1", "column_2"]
    assert reading["column_2"].values.tolist() == [2.0, 3.0, 5.0, 6.0]
    assert "".join(reading.header["lines_above"]) == "".join(preamble.splitlines())  # type: ignore[arg-type]


def test_what_lines_above_state_is_kept_and_used() -> None:
    text = (
        "[Measurement conditions]\nSample name,Alloy 7\nOperator,Yamada\nTube current, 40\nTube current, 41\n"
        'Comment,"a, b"\nDate,2024-01-31 12:00:00\n[Scan points]\nAngle,Intensity\n5.0,1719\n5.1,1766\n5.2,1688\n'
    )
    reading = only(text)
    assert reading.sample_name == "Alloy 7"
    assert reading.operator == "Yamada"
    assert reading.started_at == datetime(2024, 1, 31, 12)
    assert reading.title == "Alloy 7"
    assert reading.header["fields"] == {
        "Sample name": "Alloy 7",
        "Operator": "Yamada",
        "Tube current": ["40", "41"],
        "Comment": "a, b",
        "Date": "2024-01-31 12:00:00",
    }
    assert [v.name for v in reading.variables] == ["angle", "intensity"]
    assert reading.technique == "table"


def test_units_of_two_axes_stated_above() -> None:
    reading = only(
        "TITLE\tfilm\nXUNITS\tNANOMETERS\nYUNITS\tABSORBANCE\nXYDATA\n400.0\t0.12\n401.0\t0.13\n402.0\t0.15\n"
    )
    assert [(v.name, v.series.unit) for v in reading.variables] == [("wavelength", "nm"), ("absorbance", "absorbance")]
    assert reading.technique == "uv_vis"
    assert reading.title == "film"


def test_axes_as_mdac_states_them() -> None:
    text = "#title,survey\n#x,Binding Energy,eV,reverse\n#y,Intensity,cps\n##comment,SPECTRUM\n\n3.0,5\n2.0,6\n1.0,7\n"
    reading = only(text)
    assert [(v.name, v.series.unit) for v in reading.variables] == [("binding_energy", "eV"), ("intensity", "count/s")]
    assert reading.title == "survey"


@pytest.mark.parametrize("missing", ["", "NA", "NaN", "nan", "-", "null", "---", "n.d.", "N/A"])
def test_missing_cells_are_nan(missing: str) -> None:
    values = only(f"a,b,c\n1,2,3\n2,{missing},4\n3,4,5\n")["b"].values
    assert np.array_equal(values, [2.0, math.nan, 4.0], equal_nan=True)


def test_texts_among_numbers_are_nan_with_a_doubt_and_kept() -> None:
    reading = only("x,y,z\n1,2,3\n2,<0.5,4\n3,4,5\n4,5,6\n")
    assert np.array_equal(reading["y"].values, [2.0, math.nan, 4.0, 5.0], equal_nan=True)
    assert any("'<0.5'" in doubt for doubt in reading.doubts)
    assert reading.header["text_columns"] == {"y": ["2", "<0.5", "4", "5"]}


def test_columns_of_words_stand_in_the_header() -> None:
    reading = only("formula,T,Cp\nBaO,900.0,134.892\nMgO,800.0,130.834\n")
    assert [v.name for v in reading.variables] == ["t", "cp"]
    assert reading.header["text_columns"] == {"formula": ["BaO", "MgO"]}


def test_words_and_numbers_between_blanks_need_names_above() -> None:
    rows = "A1  300  0.5\nB2  310  0.6\nC3  320  0.7\n"
    reading = only("Measured by hand\n\nalloy  T(K)  x\n" + rows)
    assert reading["temperature"].values.tolist() == [300.0, 310.0, 320.0]
    assert reading.header["text_columns"] == {"alloy": ["A1", "B2", "C3"]}
    assert not is_claimed(rows)


def test_columns_of_words_in_large_tables_become_categories() -> None:
    rows = "".join(f"{i},{'RCD'[i % 3]},{i / 2}\n" for i in range(40_000))
    reading = only("n,state,x\n" + rows)
    assert reading.header["categories"] == {"state": ["R", "C", "D"]}
    assert reading["state"].values[:4].tolist() == [0, 1, 2, 0]
    assert reading["x"].values[-1] == 19_999.5


def test_names_of_samples_that_are_sometimes_numbers() -> None:
    reading = only("id,x,y\n1,0.5,3\n2,0.6,4\n3b,0.7,5\n4,0.8,6\n")
    assert reading["x"].values.tolist() == [0.5, 0.6, 0.7, 0.8]
    assert reading.header["text_columns"] == {"id": ["1", "2", "3b", "4"]}


def test_remarks_in_a_column_that_is_mostly_empty() -> None:
    reading = only("t,note,T\n0,start,25\n1,,26\n2,,27\n3,valve, 28\n4,,29\n")
    assert reading["t"].values.tolist() == [0, 1, 2, 3, 4]
    assert reading.header["text_columns"] == {"note": ["start", "", "", "valve", ""]}


def test_a_line_of_statistics_below_is_not_a_row() -> None:
    reading = only("id,x,y\n1,10,1.0\n2,20,2.0\n3,30,3.0\nMean,20,2.0\n")
    assert len(reading["x"]) == 3
    assert reading.header["lines_below"] == ["Mean,20,2.0"]


def test_dates_become_seconds() -> None:
    reading = only("Time,T (K)\n2024/1/31 23:59:30,300\n2024/2/1 0:00:00,301\n2024/2/1 0:00:30,302\n")
    assert reading["time"].values.tolist() == [0.0, 30.0, 60.0]
    assert reading["time"].unit == "s"
    assert reading.started_at == datetime(2024, 1, 31, 23, 59, 30)
    assert reading.header["time_columns"] == {"Time": "2024/1/31 23:59:30"}


def test_date_and_time_in_two_columns() -> None:
    reading = only("Date\tTime\tT (K)\n2024-01-31\t23:59:30\t300\n2024-02-01\t00:00:30\t301\n")
    assert reading["date"].values.tolist() == [0.0, 60.0]
    assert "time" not in reading


def test_dates_that_can_be_read_in_two_ways_stay_text() -> None:
    reading = only("Date,T (K)\n1/2/2024,300\n3/4/2024,301\n")
    assert [v.name for v in reading.variables] == ["temperature"]
    assert any("day and month" in doubt for doubt in reading.doubts)
    assert reading.header["text_columns"] == {"Date": ["1/2/2024", "3/4/2024"]}


def test_a_unit_behind_every_number() -> None:
    reading = only("sample,temperature,load\na,25 °C,1\nb,30 °C,2\n")
    assert reading["temperature"].values.tolist() == [25.0, 30.0]
    assert reading["temperature"].unit == "degC"


def test_quoted_cells_with_delimiters_line_ends_and_marks() -> None:
    reading = only('"T (K)","note, or\nremark",y\n1,"a ""b"", c",2\n2,"two\nlines",3\n')
    assert reading["temperature"].values.tolist() == [1.0, 2.0]
    assert reading.header["text_columns"] == {"note, or remark": ['a "b", c', "two\nlines"]}


def test_inch_marks_open_no_quotation() -> None:
    reading = only('# 3" wafer\nx,pipe,y\n1,3.5" steel,2\n2,4" steel,3\n3,5" steel,4\n# 4" wafer\n')
    assert reading["x"].values.tolist() == [1.0, 2.0, 3.0]


def test_several_tables_give_several_readings() -> None:
    first, second = read("x,y\n1,2\n2,3\n\nname,a,b,c\nfirst,1,2,3\n\nu,v,w\n1,2,3\n2,3,4\n")
    assert [v.name for v in first.variables] == ["x", "y"]
    assert [v.name for v in second.variables] == ["u", "v", "w"]
    assert first.title == "file.bin, table 1"


def test_an_empty_line_parts_tables_only_where_the_axis_starts_over() -> None:
    assert len(read("1 5\n2 6\n3 7\n\n4 8\n5 9\n")) == 1
    assert len(read("1 5\n2 6\n3 7\n\n1 8\n2 9\n")) == 2
    assert len(read("1 1 5\n1 2 6\n\n2 1 8\n2 2 9\n")) == 1


def test_headings_repeated_between_rows_part_tables() -> None:
    one, two = read("n,what,x\n1,acid,2\n2,acid,3\nn,what,x\n1,base,5\n2,base,6\n")
    assert one["x"].values.tolist() == [2.0, 3.0]
    assert two["x"].values.tolist() == [5.0, 6.0]
    assert two.header["text_columns"] == {"what": ["base", "base"]}


def test_a_cross_table_is_two_dimensional() -> None:
    reading = only(",10,20,30\n1.0,2,3,4\n1.5,3,4,5\n")
    assert reading["column_1"].values.tolist() == [1.0, 1.5]
    assert reading["first_row"].values.tolist() == [10.0, 20.0, 30.0]
    assert reading["values"].values.tolist() == [[2.0, 3.0, 4.0], [3.0, 4.0, 5.0]]
    assert reading.variables[2].dimensions == ("column_1", "first_row")


def test_a_cross_table_with_a_word_in_its_corner() -> None:
    assert only("nm,10,20,30\n1.0,2,3,4\n1.5,3,4,5\n")["values"].shape == (2, 3)


def test_a_lone_count_above_the_rows_is_checked() -> None:
    assert len(only("3\n1.0 2.0\n2.0 3.0\n3.0 4.0\n")["column_1"]) == 3
    with pytest.raises(DamagedFile, match="says 4"):
        read("4\n1.0 2.0\n2.0 3.0\n3.0 4.0\n")


def test_a_row_of_another_width_is_damage() -> None:
    rows = "".join(f"{i},{i + 1}\n" for i in range(10))
    with pytest.raises(DamagedFile, match="line 12 has 3 columns"):
        read("x,y\n" + rows + "10,11,12\n" + rows)


def test_a_file_cut_inside_its_last_line_is_damage() -> None:
    rows = "".join(f"{i}.00,{i + 1}.25\n" for i in range(25))
    with pytest.raises(DamagedFile, match="line 27"):
        read("x,y\n" + rows + "10.0")
    with pytest.raises(DamagedFile, match="last number"):
        read("x,y\n" + rows + "10.00,11.2")
    assert len(only("x,y\n" + rows + "10.00,11.25")["x"]) == 26


def test_rows_behind_the_first_lines_are_checked_too() -> None:
    rows = "".join(f"{i} {i + 1}\n" for i in range(1000))
    with pytest.raises(DamagedFile, match="line 1001"):
        read(rows + "1000 1001 5\n" + rows)
    assert np.isnan(only(rows + "1000 NaN\n")["column_2"].values[-1])


def test_decimal_commas_between_commas_are_refused() -> None:
    with pytest.raises(UnsupportedVariant, match="decimal"):
        read("2Theta,Intensity\n5,008,1719,5\n5,025,1766,5\n5,041,1688,0\n")


@pytest.mark.parametrize("text", ["x\ty\n1,234\t5\n2,345\t6\n", 'x,y\n"1,234",5\n"2,345",6\n'])
def test_thousands_or_decimals_that_nothing_tells_apart_are_refused(text: str) -> None:
    with pytest.raises(UnsupportedVariant, match="1,234"):
        read(text)


def test_thousands_are_read_where_something_tells() -> None:
    assert only('x,y\n"1,234.5",5\n"2,345.5",6\n')["x"].values.tolist() == [1234.5, 2345.5]
    assert only("x\ty\n1.234,5\t0,5\n2.345,5\t0,6\n")["x"].values.tolist() == [1234.5, 2345.5]
    assert only("x;y\n1,234;5\n2,345;6\n")["x"].values.tolist() == [1.234, 2.345]


def test_a_heading_that_could_be_a_row_is_refused_in_a_short_table() -> None:
    with pytest.raises(UnsupportedVariant, match="line 1"):
        read("Laser,532\n100,1\n200,2\n")
    rows = "".join(f"{i},{i * i}\n" for i in range(20))
    assert len(only("Laser,532\n" + rows)["column_1"]) == 20


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_every_line_end(end: str) -> None:
    assert only(XRD.replace("\n", end))["intensity"].values.tolist() == [120.0, 118.0, 131.0, 125.0]


def test_a_single_row_with_names() -> None:
    assert only("T (K),rho (ohm cm),d (nm)\n300,5.5,12\n")["resistivity"].values.tolist() == [5.5]


@pytest.mark.parametrize(
    "foreign",
    [
        b"",
        b"hello world\n" * 20,
        b"<xml><a>1 2</a></xml>\n1 2\n2 3\n3 4\n",
        b'{"a": [1, 2],\n"b": 1,\n"c": 2}\n',
        b"[[1, 2],\n[3, 4],\n[5, 6]]\n",
        b"%PDF-1.7\n1 2\n2 3\n3 4\n",
        b"##TITLE=x\n##JCAMP-DX=4.24\n##XYDATA=(X++(Y..Y))\n1 2 3\n4 5 6\n",
        b"data_x\nloop_\n_a\n_b\n1 2\n3 4\n",
        b"2024-01-01 12:00:00,123 INFO started\n2024-01-01 12:00:01,500 INFO done\n" * 5,
        b"import numpy as np\nx = np.array([\n    1, 2,\n    3, 4,\n])\nprint(x)\n",
        b"sample\nBANK 1 30 3 CONST 500 2 0 0 STD\n 1 2 3 4 5 6 7 8 9 10\n 1 2 3 4 5 6 7 8 9 10\n",
        b"5.00 0.02 90.00\n" + b"12 13 14 15 16 17 18 19\n" * 30,
        b"_COUNTS\n" + b"12 13 14 15 16 17 18 19\n" * 30,
        b"P2\n4 4\n255\n" + b"1 2 3 4\n" * 4,
        b"1932\n3999.4\n400.6\n1\n2\n4\n0.0086\n0.0088\n0.0087\n",
        b"from a import b\nx = [[1, 2], [3, 4]]\ny = 1, 2\n1, 2\n3, 4\n",
        b"12, 1001\nHenderson\n1, 1\nt\n1\n1\n-9999\nx\n0\n0\nt, x\n1, 2\n2, 3\n3, 4\n",
        b"- 1\n- 2\n- 3\n",
        b"v 0.1 0.2 0.3\nv 0.2 0.3 0.4\nf 1 2 3\n",
        b"1 2\n2 3\n\x00\x00\x01\x02" * 20,
        b"An essay on numbers: there were 3 of them, and 4 came later, which makes 7.\n" * 10,
    ],
)
def test_what_is_no_table_is_left_to_others(foreign: bytes) -> None:
    assert not is_claimed(foreign)


def test_numbers_that_fill_one_column_only_are_no_table() -> None:
    with pytest.raises(DamagedFile):
        read("a\tb\n10.0\t10.0\n6781\t6781\n" + "17416\n17502\n17511\n" * 20)


def test_a_long_preamble_is_read_through() -> None:
    preamble = "".join(f"Parameter {i} = {i % 7}\n" for i in range(500))
    text = preamble + "\n" + "".join(f"{i}.5\t{i * i}\n" for i in range(50))
    assert is_claimed(text)
    reading = only(text)
    assert len(reading["column_1"]) == 50
    assert reading.header["fields"]["Parameter 499"] == "2"  # type: ignore[index,call-overload]


def test_the_head_may_be_cut_inside_a_japanese_character() -> None:
    rows = "".join(f"{i}\t試料の名前{i}\t{i / 4}\n" for i in range(9000))
    content = ("温度(℃)\t備考\t硬さ(GPa)\n" + rows).encode("cp932")
    for extra in (0, 1, 2):
        assert is_claimed(b"#" * extra + b"\n" + content)


def test_reading_a_hundred_thousand_clean_rows_takes_a_fraction_of_a_second() -> None:
    import time

    x = np.arange(100_000) * 0.01
    text = "x (mm),y (N)\n" + "".join(f"{a:.2f},{b:.4f}\n" for a, b in zip(x.tolist(), np.sin(x).tolist(), strict=True))
    source = Source(text.encode())
    start = time.process_time()
    (reading,) = READER.read(source)
    assert time.process_time() - start < 0.3
    assert np.array_equal(reading["x"].values, np.round(x, 2))


_NUMBERS = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False).map(lambda x: float(f"{x:.9g}"))


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[float]], bytes]:
    """A table of random numbers, written with a random delimiter, decimal mark, encoding and line end."""
    n_columns = draw(st.integers(2, 6))
    rows = draw(st.lists(st.lists(_NUMBERS, min_size=n_columns, max_size=n_columns), min_size=3, max_size=30))
    delimiter = draw(st.sampled_from([",", ";", "\t", " ", "   ", "|", ", "]))
    decimal = draw(st.sampled_from([".", ","])) if "," not in delimiter else "."
    end = draw(st.sampled_from(["\n", "\r\n"]))
    header = draw(st.sampled_from(["names", "comment", "none"]))
    # Numbers with five decimals cannot be mistaken for thousands.
    lines = [delimiter.join(f"{x:.5f}".replace(".", decimal) for x in row) for row in rows]
    names = [f"温度{i}" for i in range(n_columns)] if draw(st.booleans()) else [f"col{i}" for i in range(n_columns)]
    if header != "none":
        lines.insert(0, ("# " if header == "comment" else "") + delimiter.join(names))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp932"]))
    return [[float(f"{x:.5f}") for x in row] for row in rows], (end.join(lines) + end).encode(encoding)


@settings(max_examples=150, deadline=None)
@given(tables())
def test_any_table_comes_back_as_it_was_written(case: tuple[list[list[float]], bytes]) -> None:
    rows, content = case
    assert is_claimed(content)
    reading = only(content)
    first_row = "first_row" in reading
    assert not first_row
    read_back = {v.name: v.series.values for v in reading.variables}
    named = sorted(read_back, key=lambda name: int("".join(c for c in name if c.isdigit()) or 0))
    assert np.array_equal(np.column_stack([read_back[name] for name in named]), np.array(rows))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='0123456789.,;\t\n -+eE"ab#[]|:/', max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    source = Source(text.encode(), name="strange")
    READER.recognise(source)
    with contextlib.suppress(KibanError):
        for reading in READER.read(source):
            check_sound(reading)


def test_a_loggers_units_below_japanese_names() -> None:
    text = (
        "メーカ,GRAPHTEC\n番号,日付 時間,ms,CH1,CH2\nNO.,Time,ms,degC,degC\n"
        "1,2024/01/05 10:00:00,0,+   25.1,+   24.9\n2,2024/01/05 10:00:01,0,+   25.2,BURNOUT\n"
        "3,2024/01/05 10:00:02,0,-    5.3,+   24.8\n"
    )
    reading = only(text.encode("cp932"))
    assert {v.name: v.series.unit for v in reading.variables} == {
        "date_time": "s",
        "number": "",
        "ms": "ms",
        "ch1": "degC",
        "ch2": "degC",
    }
    assert reading["ch1"].values.tolist() == [25.1, 25.2, -5.3]
    assert math.isnan(reading["ch2"].values[1])
    assert reading.header["fields"] == {"メーカ": "GRAPHTEC"}


def test_quoted_units_in_brackets_below_quoted_names() -> None:
    reading = only('"Time","Force"\n"(s)","(N)"\n"0.000","0.1"\n"0.100","0.2"\n')
    assert {v.name: v.series.unit for v in reading.variables} == {"time": "s", "force": "N"}


def test_names_units_and_remarks_in_three_rows() -> None:
    text = "Temperature\tResistance\tResistance\nK\tOhm\tOhm\n\tfilm\tfoil\n300\t1.0\t1.1\n310\t1.2\t1.3\n"
    reading = only(text)
    assert {v.name: v.label for v in reading.variables} == {
        "temperature": "Temperature",
        "resistance_film": "Resistance film",
        "resistance_foil": "Resistance foil",
    }


def test_a_potentiostats_table_behind_tabs() -> None:
    text = (
        "EXPLAIN\nCURVE1\tTABLE\t3\n\tPt\tT\tVf\tIm\tOver\n\t#\ts\tV vs. Ref.\tA\tbits\n"
        "\t0\t0.1\t0.001\t1.0E-6\t....\n\t1\t0.2\t0.002\t1.1E-6\t....\n\t2\t0.3\t0.003\t1.2E-6\t....\n"
    )
    reading = only(text)
    assert {v.name: v.series.unit for v in reading.variables} == {"pt": "", "t": "s", "vf": "V", "im": "A"}
    assert reading["im"].values.tolist() == [1.0e-6, 1.1e-6, 1.2e-6]


def test_a_map_with_two_columns_of_places() -> None:
    reading = only("\t\t100.0\t101.0\t102.0\n0\t0\t5\t6\t7\n0\t1\t5\t6\t8\n1\t0\t5\t6\t9\n")
    assert reading["column_2"].values.tolist() == [0.0, 1.0, 0.0]
    assert reading["values"].values[:, 2].tolist() == [7.0, 8.0, 9.0]
    assert reading["first_row"].values.tolist() == [100.0, 101.0, 102.0]


def test_a_table_that_lies_on_its_side() -> None:
    reading = only("Temperature (K),300,310,320\nResistance (ohm),1,2,3\n")
    assert {v.name: v.series.values.tolist() for v in reading.variables} == {
        "temperature": [300.0, 310.0, 320.0],
        "resistance": [1.0, 2.0, 3.0],
    }


def test_numbers_that_name_columns() -> None:
    reading = only("Sample,2019,2020,2021\nA,1,2,3\nB,2,3,5\n")
    assert [v.label for v in reading.variables] == ["2019", "2020", "2021"]
    assert reading.variables[2].series.values.tolist() == [3.0, 5.0]


def test_names_for_all_columns_but_the_first() -> None:
    assert [v.name for v in only('"x" "y"\n"1" 0.5 2\n"2" 0.6 3\n"3" 0.7 4\n').variables] == ["x", "column_1", "y"]
    assert [v.name for v in only(",a,b\n0,0.5,2\n1,0.6,3\n2,0.7,4\n").variables] == ["a", "column_1", "b"]


def test_a_comment_behind_a_row() -> None:
    assert only("1 2 # first\n2 3\n3 4 # last\n")["column_1"].values.tolist() == [1.0, 2.0, 3.0]


def test_words_behind_the_first_row_are_damage() -> None:
    with pytest.raises(DamagedFile, match="line 2"):
        read("x y\n1 2 start\n2 3\n3 4\n4 5\n")


def test_later_tables_know_what_stands_above_the_first() -> None:
    one, two = read("Sample name: A\nOperator: Sato\n\nx,y\n1,2\n2,3\n\n[step]\nx,y\n1,3\n2,4\n")
    assert (one.sample_name, two.sample_name, two.operator) == ("A", "A", "Sato")


def test_a_voltammogram_that_says_so() -> None:
    text = "Cyclic Voltammetry\n\nPotential/V, Current/A\n\n0.000, 1.2e-6\n0.001, 1.3e-6\n0.000, 1.1e-6\n"
    assert only(text).technique == "cyclic_voltammetry"


def test_a_file_of_intensities_with_their_uncertainty() -> None:
    reading = only("# 2theta intensity su\n 10.00 167.00 12.60\n 10.05 157.00 12.50\n 10.10 187.00 13.30\n")
    assert reading.technique == "xrd"
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    assert doubt.values.tolist() == [12.6, 12.5, 13.3]


def _messy_table(chance: random.Random) -> tuple[bytes, list[list[float]]]:
    """A table as laboratories have them: lines above, names or not, words, gaps, any delimiter; and its numbers."""
    width, n_rows = chance.randint(2, 7), chance.choice([3, 5, 12, 40, 150])
    delimiter = chance.choice([",", ";", "\t", " ", "   ", "|", ", "])
    is_blank = not delimiter.strip() and delimiter != "\t"
    decimal = "," if "," not in delimiter and chance.random() < 0.35 else "."
    is_word = [not is_blank and width > 2 and chance.random() < 0.2 for _ in range(width)]
    if all(is_word):
        is_word[-1] = False
    gaps, gap = (0.0 if is_blank else chance.choice([0, 0, 0.2])), chance.choice(["", "NA", "NaN", "-"])
    spelled = chance.choice(["{:.4f}", "{:.6g}", "{:.3e}", "{!r}"])
    texts: list[list[str]] = []
    columns: list[list[float]] = [[] for word in is_word if not word]
    for i in range(n_rows):
        cells: list[str] = []
        numbers: list[float] = []
        for j in range(width):
            value = 5.0 + 0.02 * i if j == 0 else chance.choice([chance.gauss(0, 1e3), chance.gauss(0, 1), 1e-7, 4.0])
            if is_word[j]:
                cells.append(chance.choice(["A1", "Fe2O3", "R1_0", "試料"]))
            elif j and chance.random() < gaps:
                cells.append(gap)
                numbers.append(math.nan)
            else:
                cells.append(spelled.format(value).replace(".", decimal))
                numbers.append(float(spelled.format(value)))
        texts.append(cells)
        for column, number in zip(columns, numbers, strict=True):
            column.append(number)
    names = ["Time", "T", "Voltage", "粘度", "Mass", "alpha", "Force"][:width]
    units = ["s", "K", "V", "Pa*s", "mg", "deg", "N"][:width]
    heading = chance.choice(["names", "units", "units below"] if any(is_word) else ["", "names", "units", "comment"])
    lines = {
        "": [],
        "names": [delimiter.join(names)],
        "comment": ["# " + delimiter.join(names)],
        "units": [delimiter.join(f"{name}({unit})" for name, unit in zip(names, units, strict=True))],
        "units below": [delimiter.join(names), delimiter.join(f"[{unit}]" for unit in units)],
    }[heading]
    mark = ": " if is_blank else delimiter
    above = chance.choice(
        [
            [],
            [f"Sample{mark}A1", f"Date{mark}2024-01-05", f"Power{mark}40", ""],
            ["# Sample: A1", "# Power: 40"],
            ["[Header]", f"Power{mark}40", "[Data]"],
            ["made by a program", "", ""],
        ]
    )
    end = chance.choice(["\n", "\r\n"])
    text = end.join([*above, *lines, *(delimiter.join(cells) for cells in texts)]) + chance.choice([end, end * 2, ""])
    present = [column for column in columns if not all(math.isnan(x) for x in column)]
    return text.encode(chance.choice(["utf-8", "cp932", "utf-16"])), present


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32))
def test_a_messy_table_comes_back_as_it_was_written(seed: int) -> None:
    content, columns = _messy_table(random.Random(seed))
    assert is_claimed(content)
    found = [v.series.values for v in only(content).variables]
    assert len(found) == len(columns)
    for column in columns:
        assert any(np.array_equal(values, np.array(column), equal_nan=True) for values in found)
