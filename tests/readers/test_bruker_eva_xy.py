"""XY of DIFFRAC.EVA: the real file, and each variant of the format in small."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.bruker_eva_xy import READER
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

HEAD = '\'Id: "lime 7" Comment: "dried" Operator: "Meyer" Anode: "Cu" Scantype: "{}" TimePerStep: "96" \n'
FILE = HEAD.format("Coupled TwoTheta/Theta") + "10.0000 100\n10.0200 101.5\n10.0400 99\n"


def of(text: str) -> Reading:
    [reading] = READER.read(Source(text.encode(), name="x.xy"))
    return reading


class TestBrukerEvaXy(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "coupled": FILE.encode(),
        "rocking curve, CRLF": FILE.replace("Coupled TwoTheta/Theta", "Rocking Curve").replace("\n", "\r\n").encode(),
        "decimal commas, tabs": FILE.replace(" 1", "\t1").replace("0.", "0,").replace("101.5", "101,5").encode(),
    }


def test_a_coupled_scan() -> None:
    reading = of(FILE)
    assert reading.technique == "xrd"
    assert reading["two_theta"].values.tolist() == [10.0, 10.02, 10.04]
    assert reading["intensity"].values.tolist() == [100.0, 101.5, 99.0]
    assert reading["intensity"].unit == "arbitrary_unit"
    assert reading.sample_name == "lime 7"
    assert reading.operator == "Meyer"
    assert reading.metadata["anode"] == "Cu"
    assert reading.metadata["count_time"] == Measured(96.0, "s")
    assert len(reading.doubts) == 1


@pytest.mark.parametrize(
    ("scan_type", "name"), [("Rocking Curve", "omega"), ("Phi Scan", "phi"), ("Detector Scan", "two_theta")]
)
def test_the_axis_is_that_of_the_scan(scan_type: str, name: str) -> None:
    reading = of(FILE.replace("Coupled TwoTheta/Theta", scan_type))
    assert reading[name].unit == "deg"
    assert len(reading.doubts) == 1


def test_an_unknown_scan_is_taken_for_two_theta_with_a_doubt() -> None:
    reading = of(FILE.replace("Coupled TwoTheta/Theta", "Mystery"))
    assert "Mystery" in reading.doubts[1]
    assert "two_theta" in reading


@pytest.mark.parametrize(
    ("old", "new", "fault"), [("101.5", "1x", "'1x' was found"), (" 99", " 99 1", "2 data columns")]
)
def test_damage_is_refused(old: str, new: str, fault: str) -> None:
    with pytest.raises(DamagedFile, match=fault):
        of(FILE.replace(old, new))


def test_no_row_is_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of(HEAD.format("Coupled TwoTheta/Theta"))


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, [reading] = read(Source(shared("xrd/example_evadiffract.xy")))
    assert choice.reader is READER
    assert reading.operator == "Emmy Noether"
    assert len(reading["two_theta"]) == 28
    assert reading["two_theta"].values[[0, -1]].tolist() == [5.0001, 5.2743]
    assert reading["intensity"].values[[0, -1]].tolist() == [4.852, 4.324]
