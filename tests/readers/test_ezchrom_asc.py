"""Text exports of EZChrom: one real file, the variants in small."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.ezchrom_asc import READER
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

TWO = """Version:\t3
Maxchannels:\t2
Sample ID:\tblank: 2
Data File:\tz:\\results\\blank-007.dat
Method:\tZ:\\methods\\TCD.met
User Name:\tSystem
Acquisition Date and Time:\t6/29/2023 4:07:41 PM
Sampling Rate:\t10.000000\t5.000000\tHz
Total Data Points:\t3\t2\tPts.
X Axis Title:\tMinutes\tMinutes
Y Axis Title:\tpA\t25 \u00b5V
X Axis Multiplier:\t0.016667\t0.016667
Y Axis Multiplier:\t0.5\t2
17416
-17502
3
527000
527137
"""
ONE = """Version:\t3
Maxchannels:\t1
Sample ID:\t
Acquisition Date and Time:\t4/5/2023 16:07:41
Sampling Rate:\t1,000000\tHz
Total Data Points:\t2\tPts.
X Axis Title:\tSeconds
Y Axis Title:\tmAU
X Axis Multiplier:\t1,000000
Y Axis Multiplier:\t0,001
1,5
2,25
"""


def _read(text: str) -> list[Reading]:
    return READER.read(Source(text.encode("cp1252"), name="a.dat.asc"))


class TestEzChromAsc(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "two channels": TWO.encode("cp1252"),
        "utf-8 with carriage returns": TWO.replace("\n", "\r\n").encode(),
        "decimal commas": ONE.encode(),
    }


def test_channels() -> None:
    first, second = _read(TWO)
    assert first["time"].values.tolist() == pytest.approx([0, 1 / 600, 2 / 600], rel=1e-15)
    assert second["time"].values.tolist() == pytest.approx([0, 1 / 300], rel=1e-15)
    assert first["time"].unit == "min"
    assert first.variables[0].role is Role.AXIS
    assert (first["detector_signal"].values.tolist(), first["detector_signal"].unit) == ([8708.0, -8751.0, 1.5], "pA")
    assert second["detector_signal"].values.tolist() == [527000 * 50.0, 527137 * 50.0]
    assert second["detector_signal"].unit == "uV"
    assert second.variables[1].unit_as_written == "\u00b5V"
    assert first.doubts == ()
    assert "multiplied by 25" in second.doubts[0]
    assert (first.title, second.title) == ("blank: 2 channel 1", "blank: 2 channel 2")
    assert first.operator == "System"
    assert first.started_at == datetime(2023, 6, 29, 16, 7, 41)
    assert first.metadata["method"] == "Z:\\methods\\TCD.met"
    assert first.header["Sampling Rate"] == "10.000000\t5.000000\tHz"


def test_decimal_commas_and_seconds() -> None:
    (reading,) = _read(ONE)
    assert (reading["time"].values.tolist(), reading["time"].unit) == ([0, 1], "s")
    assert reading["detector_signal"].values == pytest.approx([0.0015, 0.00225])
    assert reading["detector_signal"].unit == "mAU"
    assert (reading.sample_name, reading.title, reading.started_at) == (None, "channel 1", None)


def test_titles_that_are_no_units() -> None:
    (reading,) = _read(ONE.replace("Seconds", "Volume").replace("mAU", "Counts?"))
    assert (reading["time"].unit, reading["detector_signal"].unit) == ("", "")
    assert len(reading.doubts) == 2


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("\t3\t2\tPts.", "\t3\t3\tPts.", "6 points are promised, 5 follow"),
        ("\t3\t2\tPts.", "\t3\t1\tPts.", "4 points are promised, 5 follow"),
        ("\t3\t2\tPts.", "\t3\tPts.", "one value for each channel"),
        ("\t3\t2\tPts.", "\t3\t1e30\tPts.", "Total Data Points should be"),
        ("10.000000\t5.0", "0\t5.0", "Sampling Rate should be"),
        ("\t0.5\t2", "\t0.5\tx", "Y Axis Multiplier should be"),
        ("17416", "17416x", "number 1 of the points"),
        ("17416", "nan", "not a finite number"),
    ],
)
def test_conflicts_are_refused(old: str, new: str, fault: str) -> None:
    with pytest.raises(DamagedFile, match=fault):
        _read(TWO.replace(old, new))


def test_channels_without_points() -> None:
    (reading,) = _read(TWO.replace("\t3\t2\tPts.", "\t5\t0\tPts."))
    assert reading["time"].values.size == 5
    with pytest.raises(NothingMeasured):
        _read(TWO.replace("\t3\t2\tPts.", "\t0\t0\tPts.").partition("17416")[0])


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, (fid, tcd) = read(Source(shared("chromatography/2023-06-29-007.dat.asc")))
    assert choice.reader.name == "ezchrom_asc"
    assert fid["time"].values.size == tcd["time"].values.size == 6781
    assert fid["time"].values[-1] == pytest.approx(11.3, rel=1e-15)
    assert (fid["detector_signal"].unit, tcd["detector_signal"].unit) == ("pA", "uV")
    factor = 0.000130208
    assert fid["detector_signal"].values[:2] == pytest.approx(np.array([17416, 17502]) * factor)
    assert tcd["detector_signal"].values[-3:] == pytest.approx(np.array([527000, 527137, 527234]) * factor * 25)
    assert fid.started_at == datetime(2023, 6, 29, 16, 7, 41)
    assert fid.sample_name == "2023-06-29-Ni5silica-methanation"
