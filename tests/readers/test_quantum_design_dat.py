"""Quantum Design DAT: the real file of an MPMS3, and each kind of file in small, after published heads of such."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.quantity.unit import is_known
from kiban.readers.contract import Confidence
from kiban.readers.quantum_design.columns import read_columns
from kiban.readers.quantum_design_dat import READER
from kiban.readers.recognise import choose, read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

MPMS3 = """[Header]
; MPMS3 Data File (default extension .dat)
TITLE,
FILEOPENTIME,3907407619.14099,10/25/2023,3:00 pm
BYAPP,MPMS3,1.0,1.1
INFO,MPMS3 Measurement Release 1.1.16,APPNAME
INFO,0,MOMENT_UNITS
INFO,film A,SAMPLE_MATERIAL
INFO,on quartz, with varnish,SAMPLE_COMMENT
INFO,11.134,SAMPLE_MASS
INFO,,SAMPLE_VOLUME
INFO,Quartz,SAMPLE_HOLDER
DATATYPE,COMMENT,1
STARTUPAXIS,X,2
FIELDGROUP, VSM,2,3,4,5
[Data]
Comment,Time Stamp (sec),Temperature (K),Magnetic Field (Oe),Moment (emu),M. Std. Err. (emu),Mass (grams),Range,Map 01
,3907409041.2,2.0,0.5,-0.000155,1.9E-8,52.9,1,
,3907409052.3,2.1,1000.5,6.8E-6,7.3E-9,,1,
,3907409064.8,2.2,2000.5,0.000333,,52.7,10,
"""
ACMS = """[Header]
; ACMS Data File (default extension .dat)
TITLE,
FILEOPENTIME,35108593.23,02/11/2016,4:32 pm
BYAPP,ACMS,1.0,1.1
INFO,PPMS ACMS Option Version: 1.0.9 Build 14,APPNAME
INFO,HARMONICS,1
INFO,mass,53.10 mg
INFO,,
[Data]
Comment,Time Stamp (sec),Temperature (K),Magnetic Field (Oe),Frequency (Hz),Amplitude (Oe),M-DC (emu),\
M-Std.Dev. (emu),M' (emu),M'' (emu),Phase (deg),Bridge 1 Resistance (ohms),Pressure (),Map 20 ()
start,,,,,,,,,,,,,
,35108838.70,10.0,-0.567,10000,9.99,,0.111,2.4E-5,,0.4,,,10.0
,35111082.39,1.99,1999.3,10,4.0,0.0113,,2.5E-5,1.8E-7,0.5,,,1.99,,,
"""
RESISTIVITY = """[Header]
TITLE, wafer 7, Hall bar
FILEOPENTIME,30422650.78,12/18/2024,10:42 AM
BYAPP, Resistivity, 2.1, 1.0
INFO, APPNAME, PPMS MultiVu Application, 1.5.11
INFO, TMR, Sample1 Name
INFO, 1, Sample1 Cross Section
INFO, Hall, Sample2 Name
INFO, Ohm-m, Sample4 Units
[Data]
Comment,Time Stamp (sec),Status (code),Temperature (K),Magnetic Field (Oe),Sample Position (deg),\
Bridge 1 Resistivity (Ohm),Bridge 1 Excitation (uA),Bridge 2 Resistivity (Ohm-m),Bridge 1 Std. Dev. (Ohm),\
Bridge 1 Resistance (Ohms),Signal 1 Vin (V),Map 20 ()
,30423338.25,4385,2.0005,-10000.8,0,0.4665,19.98,,0.0142,0.4665,,
,30423386.59,4369,1.9998,-9899.8,0,0.4673,19.98,,0.0030,0.4673,,
,30423448.94,4369,1.9999,-9799.5,0,0.4674,19.98,,0.0026,0.4674
"""
TRANSPORT = """[Header]
; AC Transport Data File (default extension .dat)
TITLE,rotator
FILEOPENTIME,12212238.42,,1/10/2022 15:29:28
BYAPP,ACTRANSPORT,2.0,1.1
INFO,crystal 1,SAMPLE1_MATERIAL
INFO,crystal 1,SAMPLE2_MATERIAL
INFO,0.1393,SAMPLE1_LEAD_SEPARATION
[Data]
Comment,Time Stamp (sec),Status (code),Temperature (K),Magnetic Field (Oe),Volts ch1,Volts ch2,Res. ch1 (ohm-cm),\
Res. Std.Dev. ch1,Hall ch1 (cm^3/coul),2nd Harm. ch1 (dB),Quad.Error ch1 (ohm-cm-rad)
,12214921.77,4369,1.9989,10000.1,1.08E-6,,8.4E-6,1.4E-7,,-47.1,2.0E-10
,12214932.99,4369,1.9984,9999.9,,3.4E-6,,,1.5E-5,-31.9,
"""
HEAT_CAPACITY = """[Header]
TITLE,Heat Capacity Data
FILEOPENTIME,3515000000.0,22.05.2011,12:26
BYAPP,HeatCapacity,1.0,1.0
INFO,Heat Capacity - Release 3.7.0  Build 1,APPNAME
INFO,5.3,MASS:Sample Mass (mg)
INFO,172.896,MOLWGHT:Formula Weight (g/mole)
INFO,3,ATOMS:Atoms per Formula Unit
[Data]
Time Stamp (Seconds),Comment (),System Status (Code),Puck Temp (Kelvin),System Temp (Kelvin),Field (Oersted),\
Pressure (Torr),Sample Temp (Kelvin),Temp Rise (Kelvin),Samp HC (mJ/mole-K),Samp HC Err (mJ/mole-K),Addenda HC (µJ/K),\
Addenda HC Err (µJ/K),Fit Deviation (ChiSquare),Sample Coupling (Percent),Wire Cond (W/K),Temp Squared (K^2),\
Samp HC/Temp (mJ/mole-K/K)
3515000100.0,"first, cold",1,2.0,2.0,0.1,1E-5,2.02,0.04,32.4,0.04,1.5,0.01,0.2,99.1,1E-6,4.08,16.0
3515000200.0,,1,3.0,3.0,0.1,1E-5,3.02,0.06,41.5,0.06,1.7,0.02,0.2,99.2,1E-6,9.12,13.7
"""
OLD_MPMS = """[Header]
TITLE,
BYAPP,MPMS,
INFO,NAME,YBCO
INFO,WEIGHT,0.0123
INFO,COMMENT,ZFC
[Data]
Time,Comment,Field (Oe),Temperature (K),Long Moment (emu),Long Scan Std Dev,Long Algorithm,Long Reg Fit
1110469213.5,,100.0,5.0,-2.0E-5,1.0E-7,Iterative Regression,0.99
1110469313.5,,100.0,6.0,-1.9E-5,1.0E-7,Iterative Regression,0.99
"""
LOG = """[Header]
TITLE,PPMS log
FILEOPENTIME,1.0,02/11/2016,4:32 pm
BYAPP,DynacoolLog,1.0
[Data]
Time Stamp (sec),Helium Level (percent),Chamber Temp (K)
10.0,55.0,300.1
20.0,54.9,300.2
"""


def of(text: str, encoding: str = "utf-8") -> Reading:
    (reading,) = READER.read(Source(text.encode(encoding), name="a.dat"))
    return reading


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "MPMS3": MPMS3.encode(),
        "CRLF": MPMS3.replace("\n", "\r\n").encode(),
        "CR, byte-order mark": MPMS3.replace("\n", "\r").encode("utf-8-sig"),
        "ACMS": ACMS.encode(),
        "Resistivity": RESISTIVITY.encode(),
        "AC Transport": TRANSPORT.encode(),
        "Heat Capacity, CP1252": HEAT_CAPACITY.encode("cp1252"),
        "Heat Capacity, CP932": HEAT_CAPACITY.replace("µ", "μ").encode("cp932"),
        "old MPMS": OLD_MPMS.encode(),
        "log": LOG.encode(),
        "no BYAPP": HEAT_CAPACITY.replace("BYAPP,HeatCapacity,1.0,1.0\n", "").encode(),
    }


def test_an_mpms3_file_is_read_with_all_that_is_stated() -> None:
    reading = of(MPMS3)
    assert reading.technique == "magnetometry"
    assert reading.title == "film A: MPMS3"
    assert [(v.name, v.role, v.series.unit) for v in reading.variables] == [
        ("time", Role.AXIS, "s"),
        ("magnetic_moment", Role.SIGNAL, "emu"),
        ("temperature", Role.AUXILIARY, "K"),
        ("magnetic_field", Role.AUXILIARY, "oersted"),
        ("magnetic_moment_error", Role.AUXILIARY, "emu"),
        ("mass", Role.AUXILIARY, "g"),
        ("range", Role.AUXILIARY, ""),
    ]
    assert {v.dimensions for v in reading.variables} == {("time",)}
    assert reading["magnetic_moment"].values.tolist() == [-0.000155, 6.8e-6, 0.000333]
    doubt = reading["magnetic_moment"].uncertainty
    assert doubt is not None
    np.testing.assert_array_equal(doubt.values, [1.9e-8, 7.3e-9, np.nan])
    assert np.isnan(reading["mass"].values[1])
    assert reading.sample_name == "film A"
    assert reading.instrument == "Quantum Design MPMS3"
    assert reading.started_at == datetime(2023, 10, 25, 15, 0, 19, 140990)
    assert dict(reading.metadata) == {
        "maker": "Quantum Design",
        "model": "MPMS3",
        "technique_name": "MPMS3",
        "software": "MPMS3 Measurement Release 1.1.16",
        "comment": "on quartz, with varnish",
        "sample_holder": "Quartz",
        "sample_mass": Measured(11.134, "mg"),
    }
    assert reading.header["empty_columns"] == ["Map 01"]
    assert reading.doubts == ()


def test_a_susceptometer_has_both_parts_of_the_moment_and_its_comments() -> None:
    reading = of(ACMS)
    assert reading.technique == "magnetometry"
    assert [v.name for v in reading.signals] == ["dc_moment", "ac_moment_real", "ac_moment_imaginary"]
    assert reading["ac_moment_real"].values.tolist() == [2.4e-5, 2.5e-5]
    assert reading["dc_moment"].values[1] == 0.0113
    assert reading.header["comments"] == {"0": "start"}
    assert reading.header["info"]["mass"] == "53.10 mg"  # type: ignore[index,call-overload]
    assert reading.started_at == datetime(2016, 2, 11, 16, 32)
    assert reading["dc_moment"].uncertainty is None


def test_a_resistivity_file_has_rows_shorter_than_its_names() -> None:
    reading = of(RESISTIVITY)
    assert reading.technique == "electrical_transport"
    assert reading.title == "wafer 7, Hall bar"
    assert [v.name for v in reading.signals] == ["bridge_1_resistivity", "bridge_1_resistance"]
    assert reading["bridge_1_resistivity"].unit == "ohm"
    assert reading["bridge_1_resistance"].values.tolist() == [0.4665, 0.4673, 0.4674]
    assert reading.sample_name is None
    assert (reading.metadata["sample_1"], reading.metadata["sample_2"]) == ("TMR", "Hall")
    assert reading.metadata["software"] == "PPMS MultiVu Application, 1.5.11"
    assert reading.header["empty_columns"] == ["Bridge 2 Resistivity (Ohm-m)", "Signal 1 Vin (V)", "Map 20 ()"]
    assert reading.doubts == ()


def test_ac_transport_has_units_of_its_own_and_a_date_that_cannot_be_read() -> None:
    reading = of(TRANSPORT)
    units = {v.name: v.series.unit for v in reading.variables}
    assert units["hall_coefficient_1"] == "cm**3/coulomb"
    assert units["resistivity_1"] == "ohm*cm"
    assert units["quad_error_ch1"] == "ohm*cm*rad"
    assert units["column_2nd_harm_ch1"] == "dB"
    assert reading.sample_name == "crystal 1"
    assert reading.started_at is None
    assert "1/10/2022 15:29:28" in reading.doubts[0]


@pytest.mark.parametrize(
    ("text", "encoding"), [(HEAT_CAPACITY, "cp1252"), (HEAT_CAPACITY.replace("µ", "\ufffd"), "utf-8")]
)
def test_a_heat_capacity_has_the_errors_of_its_fits(text: str, encoding: str) -> None:
    reading = of(text, encoding)
    assert reading.technique == "heat_capacity"
    assert [v.name for v in reading.signals] == ["heat_capacity", "addenda_heat_capacity"]
    assert reading["heat_capacity"].unit == "mJ/mol/K"
    assert reading["addenda_heat_capacity"].unit == "uJ/K"
    for name, error in (("heat_capacity", [0.04, 0.06]), ("addenda_heat_capacity", [0.01, 0.02])):
        doubt = reading[name].uncertainty
        assert doubt is not None
        assert doubt.values.tolist() == error
    assert reading["temperature"].values.tolist() == [2.02, 3.02]
    assert reading["system_temperature"].values.tolist() == [2.0, 3.0]
    assert reading["heat_capacity_over_temperature"].unit == "mJ/mol/K/K"
    assert reading.metadata["sample_mass"] == Measured(5.3, "mg")
    assert reading.metadata["molar_mass"] == Measured(172.896, "g/mol")
    assert reading.metadata["atoms_per_formula_unit"] == 3.0
    assert reading.header["comments"] == {"0": "first, cold"}


def test_the_old_mpms_puts_keys_before_values_and_has_columns_of_words() -> None:
    reading = of(OLD_MPMS)
    assert reading.technique == "magnetometry"
    assert reading.sample_name == "YBCO"
    assert reading.metadata["comment"] == "ZFC"
    assert "sample_mass" not in reading.metadata  # its unit is stated nowhere
    assert reading.header["text_columns"] == {"Long Algorithm": "Iterative Regression"}
    assert reading["magnetic_moment"].values.tolist() == [-2.0e-5, -1.9e-5]


def test_a_log_without_a_sample_is_a_log() -> None:
    reading = of(LOG)
    assert reading.technique == "sensor_log"
    assert [v.name for v in reading.variables] == ["time", "helium_level", "chamber_temp"]


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("3643607460.5,06/16/2015,9:11 am", datetime(2015, 6, 16, 9, 11, 0, 500000)),
        ("3643607460.5,6/7/2015 19:11", datetime(2015, 6, 16, 9, 11, 0, 500000)),
        ("3643607460.5,02/11/2016,4:32 pm", datetime(2016, 2, 11, 16, 32)),
        ("30422650.78,12/18/2024,10:42 AM", datetime(2024, 12, 18, 10, 42)),
        ("1.0,12/11/2024,12:42 am", datetime(2024, 12, 11, 0, 42)),
        ("1.0,25/12/2024,1:42 p.m.", datetime(2024, 12, 25, 13, 42)),
        ("1.0,2024-12-25 13:42:01", datetime(2024, 12, 25, 13, 42, 1)),
        ("1.0,25.12.2024,13:42", datetime(2024, 12, 25, 13, 42)),
        ("1.0,99/99/2024,1:42 pm", None),
        ("1.0", None),
        ("", None),
    ],
)
def test_opening_times(line: str, date: datetime | None) -> None:
    reading = of(LOG.replace("FILEOPENTIME,1.0,02/11/2016,4:32 pm", f"FILEOPENTIME,{line}"))
    assert reading.started_at == date


def test_all_units_of_the_usual_columns_are_units() -> None:
    rows = [text.split("[Data]\n")[1].split("\n")[0] for text in (MPMS3, ACMS, RESISTIVITY, TRANSPORT, HEAT_CAPACITY)]
    units = {column.unit for row in rows for column in read_columns(row.split(","))}
    assert {unit for unit in units if not is_known(unit)} == {"dB"}
    assert [c.unit for c in read_columns(["Samp HC (µJ/mg-K)", "Seebeck Coef. (µV/K)", "Conductivity (W/K-m)"])] == [
        "uJ/mg/K",
        "uV/K",
        "W/K/m",
    ]


def test_rows_that_are_only_comments_are_kept_with_their_place() -> None:
    text = MPMS3.replace(",3907409052.3", "Ramp to 1 kOe,,,,\nthen wait,,,,\n,3907409052.3")
    reading = of(text)
    assert len(reading["time"]) == 3
    assert reading.header["comments"] == {"1": "Ramp to 1 kOe\nthen wait"}


def test_what_must_not_be_trusted_is_said() -> None:
    assert "runs backwards" in of(MPMS3.replace("3907409064.8", "3907409000.8")).doubts[0]
    without = of(MPMS3.replace(",3907409052.3", ","))
    assert "1 rows have no time" in without.doubts[0]
    assert without.axis is None
    wordy = of(MPMS3.replace("6.8E-6", "over"))
    assert "'over'" in wordy.doubts[0]
    assert np.isnan(wordy["magnetic_moment"].values[1])
    cut = of(MPMS3[: MPMS3.rindex(",52.7")])
    assert "may be cut" in cut.doubts[0]


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        (MPMS3.replace("[Data]", "Data"), DamagedFile, "a line [Data] was expected"),
        (MPMS3.partition("Comment,Time")[0], DamagedFile, "a row of column names was expected"),
        (MPMS3.partition(",3907409041")[0], NothingMeasured, "no rows of numbers"),
        (MPMS3 + MPMS3, UnsupportedVariant, "line 21: a second [Header]"),
        (MPMS3.replace(",52.7,10,", ",52.7,10,,1"), DamagedFile, "line 20: 9 columns have names"),
        (MPMS3.replace(",3907409064.8", "a, b, c,3907409064.8"), DamagedFile, "9 columns have names"),
    ],
)
def test_damage_is_named(text: str, error: type[DamagedFile], words: str) -> None:
    with pytest.raises(error) as caught:
        of(text)
    assert words in caught.value.fault
    assert caught.value.mend


def test_other_text_in_brackets_is_not_claimed() -> None:
    for text in (b"[Header]\nColumns=3\n[Data]\n1,2\n", b"[Data]\n1,2\n3,4\n", b"BYAPP,MPMS3\n"):
        assert READER.recognise(Source(text)) is None
    claim = READER.recognise(Source(MPMS3.replace("BYAPP", "X").replace("FILEOPENTIME", "Y").encode()))
    assert claim is not None
    assert claim.confidence is Confidence.LIKELY
    assert choose(Source(MPMS3.encode(), name="a.csv")).reader is READER


@given(st.lists(st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 3), min_size=1, max_size=20))
def test_every_number_comes_back(rows: list[tuple[float, float, float]]) -> None:
    head = MPMS3.partition("[Data]\n")[0] + "[Data]\nComment,Time Stamp (sec),Magnetic Field (Oe),Moment (emu)\n"
    reading = of(head + "".join(f",{a!r},{b!r},{c!r}\n" for a, b, c in rows))
    for name, column in zip(("time", "magnetic_field", "magnetic_moment"), zip(*rows, strict=True), strict=True):
        assert reading[name].values.tolist() == list(column)


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("transport/MPMS_test.dat")))
    assert choice.reader is READER
    assert reading.technique == "magnetometry"
    assert len(reading["magnetic_moment"]) == 1122
    assert reading["magnetic_moment"].values[0] == -0.000155412707237067
    assert reading["magnetic_moment"].values[-1] == 1.0137917830553
    assert reading["magnetic_field"].values[-1] == 69999.53125
    assert reading["temperature"].values[0] == 1.99978995323181
    doubt = reading["magnetic_moment"].uncertainty
    assert doubt is not None
    assert doubt.values[0] == 1.92153119484395e-08
    assert reading.started_at == datetime(2023, 10, 25, 15, 0, 19, 140990)
    assert reading.metadata["sample_mass"] == Measured(11.134, "mg")
    assert reading.doubts == ()


MPMS_2006 = """[Header]
TITLE,MPMS DC Measurement
BYAPP,MPMS Measurement,2.1,Summary
FILEOPENTIME, 1164777384.812000 11/28/2006, 9:16:24 PM
INFO, APPNAME, MPMS MultiVu Application, Revision 1.56,  Build 67
INFO, NAME, powder in capsule
INFO, WEIGHT, 0.000
INFO, SHAPE, 0
INFO, COMMENT, July 2006
INFO, SEQUENCE FILE: MvsT.seq
[Data]
Time,Comment,Field (Oe),Temperature (K),Long Moment (emu),Long Scan Std Dev,Long Algorithm,Scan Length (cm),
1164777384.812,,0.000000e+000,3.000338e+002,-5.667422e-006,9.850326e-008,3,4.0,
1164777958.562,,0.000000e+000,2.901106e+002,-5.845325e-006,6.889804e-008,3,4.0,
"""
HEAT_COMMENTS = """[Header]
TITLE,
BYAPP,HeatCapacity,3.9.11,1.7
INFO,7.76,MASS:Sample Mass (mg)
INFO,PPMS Heat Capacity Option 3.9.11 Build 2,APPNAME
DATATYPE,TIME,1
DATATYPE,COMMENT,2
[Data]
Time Stamp (Seconds),Comment (),Field (Oersted),Sample Temp (Kelvin),Samp HC (µJ/K),Samp HC Err (µJ/K)
3953264078.68511,Error: Warning: Current field is 999.96234 Oe;
3953264078.71455,Error: but addenda was obtained at -0.34084937 Oe.
3953265565.1074,,1000.1417,302.62869,8478.6208,20.45
3953266024.01004,,999.71118,302.62868,8489.0616,20.81
"""
RAW_SCANS = """[Header]
; DC Raw Data File (default extension .raw)
TITLE,Pd_std
FILEOPENTIME,3751797142.68777,11/19/2018,12:53 pm
BYAPP,SQUID AC,0.9.1.0
INFO,MPMS3 Option Release 1.1.16 Build 399,APPNAME
INFO,260.4,SAMPLE_MASS
DATATYPE,COMMENT,1
DATATYPE,TIME,2
[Data]
Comment,Time Stamp (sec),Raw Position (mm),Raw Voltage (V),Processed Voltage (V),Fixed C Fitted (V)
;low temp = 299.994964599609 K;high temp = 300.013000488281 K
,3751797133.29984,14.2768173217773,-0.0727851912379265,0.0449415445327759
,3751797133.31984,14.4515151977539,-0.0715460404753685,0.0461481027305126
;low temp = 299.9949 K
,3751797134.29984,14.2768173217773,-0.0727851912379265,0.0449415445327759
"""


class TestMoreVariants(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "MPMS of 2006": MPMS_2006.encode(),
        "comments with a time": HEAT_COMMENTS.encode("cp1252"),
        "raw scans": RAW_SCANS.encode(),
    }


def test_the_older_mpms_parts_stamp_and_date_by_a_blank_and_counts_seconds() -> None:
    reading = of(MPMS_2006)
    assert reading.started_at == datetime(2006, 11, 28, 21, 16, 24)
    assert reading["time"].in_unit("min")[1] - reading["time"].in_unit("min")[0] == pytest.approx(573.75 / 60)
    assert reading.technique == "magnetometry"
    assert "sample_shape" not in reading.metadata
    assert reading.doubts == ()


def test_a_comment_with_nothing_but_a_time_is_no_point() -> None:
    reading = of(HEAT_COMMENTS)
    assert reading.technique == "heat_capacity"
    assert reading["heat_capacity"].in_unit("uJ/K").tolist() == pytest.approx([8478.6208, 8489.0616])
    assert "addenda was obtained" in reading.header["comments"]["0"]
    assert "3953264078.68511" in reading.header["comments"]["0"]
    assert reading.started_at is not None
    assert reading.started_at.replace(microsecond=0) == datetime(2025, 4, 8, 9, 19, 25)


def test_raw_scans_are_magnetometry() -> None:
    reading = of(RAW_SCANS)
    assert reading.technique == "magnetometry"
    assert [v.name for v in reading.signals] == ["raw_voltage", "processed_voltage"]
    assert reading.header["comments"]["2"] == ";low temp = 299.9949 K"


def test_time_stamps_that_count_another_clock_than_the_date_are_a_doubt() -> None:
    reading = of(RAW_SCANS)
    assert reading.started_at == datetime(2018, 11, 19, 12, 53)
    assert reading.doubts == ("The file was opened at 12:53; its time stamps count from 13:52 on.",)


def test_dilatometer_with_a_bare_header() -> None:
    content = (
        b"[Header]\nTITLE,Cu expansion\nDATATYPE,TIME,1\nDATATYPE,COMMENT,2\n[Data]\n"
        b"TimeStamp (sec),Comment,System Temperature (K),Field (Oe),Dilation (ppm),Therm Exp Coeff (ppm/K)\n"
        b"3924947993.08362,BEGIN:PARAMS,,,,\n3924947993.08362,cell_constant=0.1688,,,,\n"
        b"3924947993.08362,END:PARAMS,,,,\n"
        b"3924948063.34094,,399.35,0.049,-19434.1,8.15\n3924948073.34568,,399.25,0.054,-19434.2,9.65\n"
    )
    source = Source(content, name="x.dat")
    assert choose(source).reader is READER
    (reading,) = READER.read(source)
    assert reading.title == "Cu expansion"
    assert reading.variables[0].name == "time"
    assert list(reading["dilation"].values) == [-19434.1, -19434.2]
    assert reading["therm_exp_coeff"].unit == "ppm/K"
    assert reading["magnetic_field"].unit == "oersted"
    assert "cell_constant=0.1688" in str(reading.header["comments"])
    assert reading.started_at == datetime(2024, 5, 15, 15, 21, 3, 340940)
