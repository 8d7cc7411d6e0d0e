"""ZPlot Z: small files after four public ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.source import Source
from kiban.readers.zplot_text import READER
from kiban.testing.reader_suite import ReaderSuite

NEW = """ZPLOT2 ASCII
  Measured Data, ZPlot:       3.2c
  Experiment Type:            Sweep Frequency, Control Voltage
  Date:                       12-17-2019
  Time:                       11:04:34
  Open Circuit Potential (V): 0.0033
  Begin User Comments:        0
cell 7, 800 C
  End User Comments:          0
  Begin Information:          Cell Information
    Surface Area:             0.785
  End Information:            Cell Information
  Data Points:                2
  Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ'(a)\tZ''(b)\tGD\tErr\tRange
End Comments
3.000000E+05\t1.0000E-02\t0.0000E+00\t2.670000E+00\t1.4777E+02\t-1.1335E+01\t0.0000E+00\t0\t3
2.382985E+05\t1.0000E-02\t0.0000E+00\t3.370000E+00\t1.4893E+02\t-1.7302E+01\t0.0000E+00\t0\t3
"""
OLD = """"ZPlotW Data File: Version 3.2c"
"Raw Data"
"Sweep Frequency: Control Voltage"
Date: 12-17-2019    Time: 16:24:35
1.7 sccm CO, 1.50 sccm CO2, 800 C
"Open Circuit Potential (V):  0 "
"Frequency"
0,3,0,1,300000,0.005
2
"  Freq(Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range"
3.000000E+05, 1.0000E-02, 0.0000E+00, 2.580000E+00, 6.4262E+02, -8.5821E+01, 0.0000E+00, 0, 5
2.382985E+05, 1.0000E-02, 0.0000E+00, 3.280000E+00, 6.7477E+02, -1.1931E+02, 0.0000E+00, 0, 5
"""
BARE = (
    '"Z60W Data File: Version 1.1"\n' + '""\n' * 7 + "0,2,0,1,0.1,10000\n2\n"
    "\"  Freq (Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range\"\n"
    "10000,0,0,0,0.013785863964281,0.007191946305823,0,0,0\n7498.9,0,0,0,0.0134723009655836,-0.00523693489331553,0,0,0\n"
)
OTHER_PROGRAM = (
    "ZPLOT2 ASCII\n  Measured Data, Software:    1.0.0\n"
    "  Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ'(a)\tZ''(b)\tGD\tErr\tRange\nEnd Comments\n"
    "1.0E+04\t0.0\t0.0\t0.0\t1.090092E+02\t-2.655568E+01\t0.0\t0\t0\n"
)


class TestZPlotText(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "ZPlot 2": NEW.encode(),
        "ZPlotW, CRLF": OLD.replace("\n", "\r\n").encode(),
        "Z60W": BARE.encode(),
        "by another program": OTHER_PROGRAM.encode(),
    }


def read(text: str):
    [reading] = READER.read(Source(text.encode(), name="a.z"))
    return reading


@pytest.mark.parametrize("text", [NEW, OLD, BARE, OTHER_PROGRAM])
def test_all_are_impedance_along_frequency(text):
    reading = read(text)
    assert reading.technique == "impedance"
    assert reading.axis.name == "frequency"
    assert reading["frequency"].unit == "Hz"
    assert reading["impedance_real"].unit == "ohm"


def test_numbers_and_header_of_zplot():
    reading = read(NEW)
    assert reading["impedance_imaginary"].values.tolist() == [-11.335, -17.302]
    assert reading["time"].in_unit("s").tolist() == [2.67, 3.37]
    assert reading.title == "cell 7, 800 C"
    assert reading.metadata["electrode_area"].in_unit("cm**2").value == 0.785
    assert reading.started_at == datetime(2019, 12, 17, 11, 4, 34)
    assert reading.header["unused_columns"] == ["Bias", "GD", "Err"]


def test_comments_and_date_of_the_older_program():
    reading = read(OLD)
    assert reading.metadata["comment"] == "1.7 sccm CO, 1.50 sccm CO2, 800 C"
    assert reading.started_at == datetime(2019, 12, 17, 16, 24, 35)


def test_a_date_that_can_be_two_is_a_doubt():
    reading = read(NEW.replace("12-17-2019", "10-12-2018"))
    assert reading.started_at is None
    assert any("day and month" in doubt for doubt in reading.doubts)


def test_fewer_points_than_promised_are_a_doubt():
    assert "promises 79 points, 2 follow" in read(OLD.replace("\n2\n", "\n79\n")).doubts[0]


@pytest.mark.parametrize(
    ("text", "error", "fault"),
    [
        (NEW.replace("\t0\t3\n", "\t3\n"), DamagedFile, "9 numbers were expected, 8 found"),
        (OLD.replace("6.7477E+02", "n.a.x"), DamagedFile, "'n.a.x' was found"),
        (OLD.replace("Freq(Hz)", "F"), DamagedFile, "a row of names"),
        (NEW[: NEW.index("3.000000E+05")], NothingMeasured, "no points"),
    ],
)
def test_damage_is_refused(text, error, fault):
    with pytest.raises(error, match=fault):
        read(text)
