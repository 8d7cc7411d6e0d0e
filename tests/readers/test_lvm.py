"""LVM: small files after five public ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.lvm import READER
from kiban.readers.source import Source
from kiban.testing.reader_suite import ReaderSuite

TOP = (
    "LabVIEW Measurement\t\nWriter_Version\t2\nReader_Version\t2\nSeparator\tTab\n{mark}Multi_Headings\tYes\n"
    "X_Columns\t{x}\nTime_Pref\tAbsolute\nOperator\tJS\nDate\t2013/02/19\nTime\t09:51:39.19705101249\n"
    "***End_of_Header***\t\n\t\n"
)


def top(x: str, mark: str = "Decimal_Separator\t.\n") -> str:
    return TOP.format(x=x, mark=mark)


ONE = (
    top("One")
    + "Channels\t3\t\t\t\nSamples\t3\t3\t0\t\nDate\t2013/02/19\t2013/02/19\t2013/02/19\t\n"
    + "Time\t09:51:40.5\t09:51:40.5\t09:51:40.5\t\nY_Unit_Label\tPSI\tDeg C\tVolts\t\nX_Dimension\tTime\tTime\tTime\t\n"
    + "X0\t0.0000000000000000E+0\t0.0000000000000000E+0\t0.0E+0\t\nDelta_X\t0.001000\t0.001000\t1.0\t\n"
    + "***End_of_Header***\t\t\t\t\nX_Value\tChamber Pressure\tThermocouple 1\tUntitled\tComment\n"
    + "0.000000\t0.568622\t20.5\t\tStandby\n0.001000\t0.568700\t20.6\n0.002000\t0.57\t20.7\t\n"
)
NO_X = (
    top("No", "Decimal_Separator\t,\n")
    + "Channels\t2\t\t\nSamples\t3\t3\t\nDate\t2013/02/19\t2013/02/19\t\n"
    + "Time\t09:51:40,7271890640258789063\t09:51:40,72718\t\n"
    + "Y_Unit_Label\tNewtons\tm/s^2\t\nX_Dimension\tTime\tTime\t\nX0\t0,5000000000000000E+0\t0,5E+0\t\n"
    + "Delta_X\t3,906250E-5\t3,906250E-5\t\n***End_of_Header***\t\t\t\n"
    + "X_Value\tExcitation (Trigger)\tResponse\tComment\n"
    + "\t0,914018\t1,204792\n\t0,537321\t1,208403\n\t0,616905\t1,213915\n"
)
MULTI = (
    top("Multi", "")
    + "Channels\t2\t\t\t\nSamples\t2\t\t2\t\nDate\t2016/08/23\t\t2016/08/23\t\n"
    + "Time\t10:45:47.03525\t\t10:45:47.03525\t\n"
    + "Y_Unit_Label\tVolts\t\tg\t\nX_Dimension\tTime\t\tTime\t\nX0\t0.0E+0\t\t0.0E+0\t\nDelta_X\t0.5\t\t0.25\t\n"
    + "***End_of_Header***\t\t\t\t\nX_Value\tVoltage\tX_Value\tAcceleration\tComment\n"
    + "0.000000\t-0.035229\t0.000000\t0.532608\n0.5\t-0.034882\t0.25\t0.502991\n"
)
SEGMENT = (
    "Channels\t1\t\nSamples\t2\t\nDate\t2020/01/01\t\nTime\t10:00:{s:02d}\t\nX_Dimension\tTime\t\nX0\t0.0E+0\t\n"
    "Delta_X\t0.5\t\n***End_of_Header***\t\t\nX_Value\tForce (N)\tComment\n0.0\t{a}\n0.5\t{b}\n\t\n"
)
TWO = top("One") + SEGMENT.format(s=0, a=1.5, b=2.5) + SEGMENT.format(s=10, a=3.5, b=4.5)
COMMAS = (
    "LabVIEW Measurement,\nWriter_Version,2\nSeparator,Comma\nX_Columns,One\n***End_of_Header***,\n\n"
    "Channels,1\nSamples,2\nX_Dimension,Frequency\nX0,0\nDelta_X,10\n***End_of_Header***\nX_Value,Amplitude,Comment\n"
    "0,1.25\n10,2.5\n"
)


class TestLvm(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "one X": ONE.encode(),
        "no X, decimal commas, CRLF": NO_X.replace("\n", "\r\n").encode(),
        "an X for each": MULTI.encode(),
        "two segments": TWO.encode(),
        "commas": COMMAS.encode(),
    }


def read(text: str):
    return READER.read(Source(text.encode(), name="run.lvm"))


def test_channels_run_along_the_one_x():
    [reading] = read(ONE)
    assert reading.technique == "sensor_log"
    assert reading["time"].in_unit("ms").tolist() == pytest.approx([0, 1, 2])
    assert reading["chamber_pressure"].in_unit("kPa")[0] == pytest.approx(3.92051, abs=1e-5)
    assert reading["thermocouple_1"].in_unit("K")[2] == pytest.approx(293.85)
    assert reading.operator == "JS"
    assert reading.started_at == datetime(2013, 2, 19, 9, 51, 40, 500000)
    assert reading.header["comments"] == {"0": "Standby"}
    assert reading.header["empty_columns"] == ["Untitled"]


def test_x_is_counted_where_it_is_not_written():
    [reading] = read(NO_X)
    assert reading["time"].values.tolist() == pytest.approx([0.5, 0.5 + 3.90625e-5, 0.5 + 7.8125e-5], abs=1e-12)
    assert reading["excitation_trigger"].in_unit("N").tolist() == [0.914018, 0.537321, 0.616905]
    assert reading["response"].in_unit("m/s**2")[0] == 1.204792
    assert reading.started_at == datetime(2013, 2, 19, 9, 51, 40, 727189)


def test_each_x_that_differs_is_a_reading():
    voltage, acceleration = read(MULTI)
    assert voltage["voltage"].in_unit("mV")[0] == pytest.approx(-35.229)
    assert voltage["time"].values.tolist() == [0, 0.5]
    assert acceleration["time"].values.tolist() == [0, 0.25]
    assert acceleration["acceleration"].unit == ""
    assert any("standard gravity" in doubt for doubt in acceleration.doubts)


def test_segments_follow_one_another_in_time():
    [reading] = read(TWO)
    assert reading["time"].values.tolist() == [0, 0.5, 10, 10.5]
    assert reading["force"].in_unit("N").tolist() == [1.5, 2.5, 3.5, 4.5]
    assert reading["segment"].values.tolist() == [1, 1, 2, 2]


def test_a_spectrum_runs_along_frequency():
    [reading] = read(COMMAS)
    assert reading.axis.name == "frequency"
    assert reading["frequency"].in_unit("kHz").tolist() == [0, 0.01]


@pytest.mark.parametrize(
    ("text", "error", "fault"),
    [
        (ONE.replace("0.568700", "0.5x"), DamagedFile, "'0.5x' was found"),
        (ONE.replace("20.7\t", "20.7\t1\t\t5"), DamagedFile, "at most 5 cells"),
        (ONE.replace("***End_of_Header***", "***"), DamagedFile, "was expected; there is none"),
        (NO_X.replace("Delta_X\t3,906250E-5\t3,906250E-5\t\n", ""), DamagedFile, "X_Value or Delta_X"),
        (ONE[: ONE.index("0.000000\t")], NothingMeasured, "no segment"),
    ],
)
def test_damage_is_refused(text, error, fault):
    with pytest.raises(error, match=fault):
        read(text)
