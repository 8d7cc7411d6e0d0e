"""DryCal CSV files: one real file, the variants in small."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.drycal_csv import READER
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

PLAIN = """Product,Defender  530+
Serial Number,180849

Sample,DryCal smL/min ,DryCal Avg. smL/min ,Temp. Deg C,Pressure mBar ,Time,
1,14.5840,14.5950,24.3,971.000,23:59:33,
2,14.5780,,24.5,971.000,00:00:46,
"""
VOLUMES = """Product,Definer 220
Sample,DryCal mL/min,DryCal Avg mL/min,Temp. Deg F,Pressure mmHg,Time,
1,14.5,14.6,70.3,760,1:02:03 PM,
"""


def _read(text: str) -> Reading:
    (reading,) = READER.read(Source(text.encode(), name="a.csv"))
    return reading


class TestDryCalCsv(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "standard volumes": PLAIN.encode(),
        "carriage returns": PLAIN.replace("\n", "\r\n").encode(),
        "volumes at the conditions of the gas": VOLUMES.encode(),
    }


def test_standard_volumes_keep_their_unit_as_written() -> None:
    reading = _read(PLAIN)
    assert reading.technique == "sensor_log"
    assert (reading["time"].values.tolist(), reading["time"].unit) == ([0.0, 73.0], "s")
    assert reading.variables[0].role is Role.AXIS
    flow = reading.variables[2]
    assert (flow.name, flow.series.values.tolist()) == ("flow", [14.584, 14.578])
    assert (flow.series.unit, flow.unit_as_written) == ("", "smL/min")
    assert np.array_equal(reading["flow_mean"].values, [14.595, np.nan], equal_nan=True)
    assert (reading["temperature"].unit, reading["pressure"].unit) == ("degC", "mbar")
    assert reading["data_point"].values.tolist() == [1, 2]
    assert "which conditions" in reading.doubts[0]
    assert reading.metadata["model"] == "Defender 530+"
    assert reading.metadata["serial_number"] == "180849"
    assert reading.header["times"] == ["23:59:33", "00:00:46"]


def test_other_units() -> None:
    reading = _read(VOLUMES)
    assert [reading[name].unit for name in ("flow", "flow_mean", "temperature", "pressure")] == [
        "mL/min",
        "mL/min",
        "degF",
        "mmHg",
    ]
    assert reading.doubts == ()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("1,14.5840,", "1,", "line 5: 6 cells were expected, 5 are there"),
        ("14.5840", "x", "no number"),
        ("14.5840", "inf", "infinite"),
        ("23:59:33", "", "times of day"),
        ("23:59:33", "noon", "times of day"),
        ("DryCal Avg. smL", "DryCal smL", "or for two"),
        ("Time,", "Hour,", "no number"),
        ("Sample", "Sampl", "row of labels"),
    ],
)
def test_what_does_not_fit_is_refused(old: str, new: str, fault: str) -> None:
    with pytest.raises(DamagedFile, match=fault):
        _read(PLAIN.replace(old, new))


def test_no_measurements() -> None:
    with pytest.raises(NothingMeasured):
        _read(PLAIN.partition("1,14")[0])


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("transport/20211011_DryCal_out.csv")))
    assert choice.reader.name == "drycal_csv"
    assert reading["flow"].values.size == 29
    assert reading["flow"].values[[0, -1]].tolist() == [14.584, 14.848]
    assert reading["flow_mean"].values[[0, -1]].tolist() == [14.595, 14.682]
    assert reading["time"].values[-1] == 2027
    assert (reading["temperature"].unit, reading["pressure"].unit) == ("degC", "mbar")


def test_a_table_without_times_is_refused() -> None:
    with pytest.raises(DamagedFile, match="a column Time was expected"):
        _read("Sample,DryCal mL/min,\n1,14.5,\n")
