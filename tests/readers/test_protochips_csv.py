"""Logs of Protochips holders: one real file, the variants in small."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.protochips_csv import READER
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

THERMAL = """Time, Notes, Channel A Temperature
0, Calibration file = E:\\AD21013_8.cal, 25
0, Date (yyyy.mm.dd) = 2014.12.03, 25
0, Time (hh:mm:ss.ms) = 17:15:37.192, 25
0, Time units = Milliseconds, 25
0, Temperature units = Degrees C, 25
0, Current units = Amps, 25
0, Voltage units = Volts, 25
0, Resistance units = Ohms, 25
0, User agreeing to terms = user, 25
0, , 25
49, T = 30, soon, 30
149, , 40
"""
OLD = """Time,Notes,Channel A Current,Channel B Current,Channel A Resistance,Channel A Field
0,Date (yyyy.mm.dd) = 2012.01.31,0,0,0,0
0,Time (hh:mm:ss.ms) = noon,0,0,0,0
0,Time units = Seconds,0,0,0,0
0,Current units = Amps,0,0,0,0
0,Resistance units = Ohms,0,0,0,0
2,,1e-3,0.5,,1
1,,2e-3,0.25,3,2
"""


def _read(text: str) -> Reading:
    (reading,) = READER.read(Source(text.encode(), name="a.csv"))
    return reading


class TestProtochipsCsv(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "heating": THERMAL.encode(),
        "carriage returns": THERMAL.replace("\n", "\r\n").encode(),
        "biasing, without a user": OLD.encode(),
    }


def test_heating() -> None:
    reading = _read(THERMAL)
    assert reading.technique == "sensor_log"
    assert (reading["time"].values.tolist(), reading["time"].unit) == ([0, 49, 149], "ms")
    assert reading.variables[0].role is Role.AXIS
    assert (reading["temperature"].values.tolist(), reading["temperature"].unit) == ([25, 30, 40], "degC")
    assert reading.variables[1].label == "Channel A Temperature"
    assert reading.header["notes"] == [[49.0, "T = 30, soon"]]
    assert reading.header["Calibration file"] == "E:\\AD21013_8.cal"
    assert reading.operator == "user"
    assert reading.started_at == datetime(2014, 12, 3, 17, 15, 37, 192_000)
    assert reading.doubts == ()


def test_several_channels() -> None:
    reading = _read(OLD)
    assert [variable.name for variable in reading.variables] == ["time", "current", "current_2", "resistance", "signal"]
    assert [variable.series.unit for variable in reading.variables] == ["s", "A", "A", "ohm", ""]
    assert np.array_equal(reading["resistance"].values, [np.nan, 3], equal_nan=True)
    assert reading["current_2"].values.tolist() == [0.5, 0.25]
    assert (reading.operator, reading.started_at) == (None, None)
    assert reading.doubts == ("The header states no known unit for Channel A Field.", "Times do not always rise.")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("149, , 40", "149, 40", "3 cells were expected, 2"),
        ("149, , 40", "149, , x", "no number"),
        ("149, , 40", ", , 40", "time is missing"),
        ("149, , 40", "149, , 1e999", "infinite"),
        ("Milliseconds", "Degrees C", "should be a unit of time"),
        ("Time, Notes", "Time, Note", "labels of time, notes"),
    ],
)
def test_what_does_not_fit_is_refused(old: str, new: str, fault: str) -> None:
    with pytest.raises(DamagedFile, match=fault):
        _read(THERMAL.replace(old, new))


def test_no_points() -> None:
    with pytest.raises(NothingMeasured):
        _read(THERMAL.partition("0, , 25")[0])


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("microscopy/protochips_thermal.csv")))
    assert choice.reader.name == "protochips_csv"
    assert (reading["temperature"].values.size, reading["temperature"].values.max()) == (2578, 120)
    assert (reading["time"].values[0], reading["time"].values[-1], reading["time"].unit) == (0, 257649, "ms")
    assert reading.started_at == datetime(2014, 12, 3, 17, 15, 37, 192_000)
