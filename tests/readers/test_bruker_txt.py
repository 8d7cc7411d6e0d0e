"""Bruker TXT: each variant of the format in small."""

from __future__ import annotations

import re
from datetime import datetime
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.bruker_txt import READER
from kiban.readers.contract import Confidence
from kiban.readers.recognise import choose
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

FILE = """;RAW4.00
[MeasurementInfo]
USER=A. Person
SAMPLEID=Quartz
COMMENT=first try
Date=07/11/2018
Time=15:55:31
[HardwareConfiguration]
Alpha1=1.5406
Alpha2=1.54439
Anode=Cu
"""
RANGE = """[RangeHeader]
ScanType=Locked Coupled
Steps=4
TimePerStep=0.5
GeneratorVoltage=40
[Drive]
DriveName=2Theta
StartPosition=10
[Drive]
DriveName=Theta
StartPosition=5
[Drive]
DriveName=Phi
StartPosition=12.5
[Data]
      Angle,      Det1Disc1,
    10.0000,       557,
    10.0200,       602,
    10.0400,       625,
    10.0600,       600,
"""


def of(text: str) -> list[Reading]:
    return READER.read(Source(text.encode(), name="a.txt"))


def only(text: str) -> Reading:
    (reading,) = of(text)
    return reading


TWO_DETECTORS = re.sub(r"(?m)^(    1.*),$", r"\1, 1,", (FILE + RANGE).replace("Det1Disc1,", "Det1Disc1, Det2,"))


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "one range, CRLF": (FILE + RANGE).replace("\n", "\r\n").encode(),
        "two ranges, byte-order mark": (FILE + RANGE + RANGE).encode("utf-8-sig"),
        "two detectors": TWO_DETECTORS.encode(),
    }


def test_a_range_with_all_that_is_stated() -> None:
    reading = only(FILE + RANGE)
    assert reading.technique == "xrd"
    assert reading.title == "Quartz: Locked Coupled scan"
    assert reading["two_theta"].values.tolist() == [10, 10.02, 10.04, 10.06]
    assert reading["two_theta"].unit == "deg"
    assert reading["intensity"].values.tolist() == [557, 602, 625, 600]
    assert reading["intensity"].unit == ""
    assert reading["intensity"].uncertainty is None
    assert reading.started_at == datetime(2018, 7, 11, 15, 55, 31)
    assert reading.operator == "A. Person"
    assert reading.doubts == ("The file does not state the unit of the intensity.",)
    assert dict(reading.metadata) == {
        "maker": "Bruker",
        "anode": "Cu",
        "comment": "first try",
        "scan_axis": "Locked Coupled",
        "wavelength": Measured(1.5406, "angstrom"),
        "wavelength_kalpha2": Measured(1.54439, "angstrom"),
        "tube_voltage": Measured(40.0, "kV"),
        "count_time": Measured(0.5, "s"),
        "position_phi": Measured(12.5, "deg"),
    }


@pytest.mark.parametrize(
    ("scan_type", "starts", "axis", "unit"),
    [
        ("Unlocked Coupled", "10.0000", "two_theta", "deg"),
        ("Unlocked Coupled", "5.0000", "omega", "deg"),
        ("Rocking Curve", "5.0000", "omega", "deg"),
        ("Phi Scan", "12.5", "phi", "deg"),
        ("Something New", "10.0000", "angle", ""),
    ],
)
def test_the_type_of_scan_names_the_axis(scan_type: str, starts: str, axis: str, unit: str) -> None:
    text = RANGE.replace("Locked Coupled", scan_type).replace("    10.0000,", f"    {starts},", 1)
    reading = only(FILE + text)
    assert reading.axis is not None
    assert reading.axis.name == axis
    assert reading[axis].unit == unit
    assert ("is not known" in reading.doubts[-1]) == (axis == "angle")


def test_ranges_keep_the_keys_of_the_file() -> None:
    second = RANGE.replace("TimePerStep=0.5", "TimePerStep=2").replace("    10.", "    11.")
    first, other = of(FILE + RANGE + second)
    assert other.sample_name == "Quartz"
    assert other.metadata["count_time"] == Measured(2.0, "s")
    assert other["two_theta"].values[0] == 11
    assert first.metadata["count_time"] == Measured(0.5, "s")


def test_points_that_were_not_measured_are_missing() -> None:
    reading = only(FILE + RANGE.replace("602", "-9999"))
    np.testing.assert_array_equal(reading["intensity"].values, [557, np.nan, 625, 600])
    assert "1 of the 4 points were not measured" in reading.doubts[1]


def test_a_second_detector_stands_beside() -> None:
    assert only(TWO_DETECTORS)["det2"].values.tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FILE + RANGE.replace("Steps=4", "Steps=5"), "Steps promises 5 points, 4 follow"),
        (FILE + RANGE.replace("602,", "6o2,"), "'6o2' was found"),
        (FILE + RANGE.replace("10.0200,", ""), "2 numbers were expected as there are names; 1 numbers was found"),
        (FILE + RANGE.replace("10.0200", "1e9"), "finite positions of Angle"),
        (FILE + RANGE.replace("602", "1e300"), "numbers run off"),
        (";RAW4.00\nsomething\n[Data]\n", "line 2: a section was expected"),
    ],
)
def test_damage_is_named(text: str, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(text)
    assert words in caught.value.fault


def test_no_points_are_nothing_measured() -> None:
    for text in (FILE, FILE + RANGE.partition("    10.0000")[0]):
        with pytest.raises(NothingMeasured):
            of(text)


def test_recognition() -> None:
    claim = READER.recognise(Source((FILE + RANGE).encode()))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN
    assert choose(Source((FILE + RANGE).encode(), name="a.txt")).reader is READER
    for content in (b"; comment\n[Data]\n1,2\n", b"RAW4.00\0" + bytes(200), b";RAW4.00\n1,2\n"):
        assert READER.recognise(Source(content)) is None
