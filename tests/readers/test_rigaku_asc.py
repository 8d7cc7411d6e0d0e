"""Rigaku ASC: each variant of the format in small."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence
from kiban.readers.recognise import choose
from kiban.readers.rigaku_asc import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

FILE = """*TYPE           =  Raw
*CLASS          =  Standard measurement
*SAMPLE         =  Quartz
*COMMENT        =  first try
*FNAME          =  QUARTZ.DAT
*DATE           =  04-Mar-92 16:34

*GROUP_COUNT    =  {n}
*GONIO          =  RINT2000 Wide angle goniometer, 185
*SLIT_NAME      =  0, Divergence slit
*SLIT_NAME      =  1, Scattering slit
*COUNTER        =  Scintillation counter, 0
*SCAN_AXIS      =  2 Theta / Theta
*MEAS_MODE      =  FT
*TARGET         =  29
*WAVE_LENGTH1   =  1.54056
*WAVE_LENGTH2   =  1.5444
*SPEED_DIM      =  sec./step(FT)
*XUNIT          =  deg.
*YUNIT          =  counts
*MEMO           =  RS=0.15
"""
GROUP = """
*BEGIN
*GROUP          =  0
*START          =  4.0000
*STOP           =  4.0800
*STEP           =  0.0200
*OFFSET         =  0.0000
*SPEED          =  10
*KV             =  40
*MA             =  200
*COUNT          =  5
 2668, 0, 2525, 144
 7
*END
"""


def file(*groups: str, n: int | None = None, head: str = FILE, end: str = "*EOF\n", **changes: str | None) -> str:
    groups = groups or (GROUP,)
    lines = head.replace("{n}", str(len(groups) if n is None else n)).splitlines()
    for key, value in changes.items():
        at = next(i for i, line in enumerate(lines) if line.startswith(f"*{key} "))
        lines[at : at + 1] = [] if value is None else [f"*{key} = {value}"]
    return "\n".join(lines) + "".join(groups) + end


def group(text: str = GROUP, **changes: str | None) -> str:
    lines = text.splitlines()
    for key, value in changes.items():
        at = next(i for i, line in enumerate(lines) if line.startswith(f"*{key} "))
        lines[at : at + 1] = [] if value is None else [f"*{key} = {value}"]
    return "\n".join(lines) + "\n"


def of(text: str, encoding: str = "cp932") -> list[Reading]:
    return READER.read(Source(text.encode(encoding), name="a.asc"))


def only(text: str) -> Reading:
    (reading,) = of(text)
    return reading


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "one group, CRLF": file().replace("\n", "\r\n").encode(),
        "two groups": file(GROUP, group(START="10")).encode(),
        "Japanese": file(SAMPLE="石英の試料").encode("cp932"),
        "rates": file(group().replace("2525", "252.5"), YUNIT="cps").encode(),
    }


def test_a_group_with_all_that_is_stated() -> None:
    reading = only(file())
    assert reading.technique == "xrd"
    assert reading.title == "Quartz: 2 Theta / Theta scan"
    np.testing.assert_allclose(reading["two_theta"].values, [4, 4.02, 4.04, 4.06, 4.08])
    assert reading["two_theta"].unit == "deg"
    assert reading["intensity"].values.tolist() == [2668, 0, 2525, 144, 7]
    assert reading["intensity"].unit == "count"
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    np.testing.assert_allclose(doubt.values, [2668**0.5, 1, 2525**0.5, 12, 7**0.5])
    assert reading.sample_name == "Quartz"
    assert reading.instrument == "RINT2000 Wide angle goniometer"
    assert reading.started_at == datetime(1992, 3, 4, 16, 34)
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "maker": "Rigaku",
        "comment": "first try\nRS=0.15",
        "scan_axis": "2 Theta / Theta",
        "detector": "Scintillation counter",
        "anode": "Cu",
        "scan_mode": "step",
        "wavelength": Measured(1.54056, "angstrom"),
        "wavelength_kalpha2": Measured(1.5444, "angstrom"),
        "tube_voltage": Measured(40.0, "kV"),
        "tube_current": Measured(200.0, "mA"),
        "step": Measured(0.02, "deg"),
        "count_time": Measured(10.0, "s"),
    }
    assert reading.header["file"]["SLIT_NAME"] == ["0, Divergence slit", "1, Scattering slit"]  # type: ignore[index, call-overload]


@pytest.mark.parametrize(
    ("written", "axis"),
    [
        ("2 Theta / Theta", "two_theta"),
        ("2theta/theta", "two_theta"),
        ("2theta", "two_theta"),
        ("2θ/θ", "two_theta"),
        ("Omega", "omega"),
        ("Theta/2-Theta", "two_theta"),
        ("Beta", "beta"),
    ],
)
def test_the_scan_axis(written: str, axis: str) -> None:
    reading = only(file(SCAN_AXIS=written))
    assert reading.axis is not None
    assert reading.axis.name == axis


def test_groups_are_readings() -> None:
    first, second = of(file(GROUP, group(START="10", STOP="10.08", KV="30")))
    assert first.title == "Quartz: 2 Theta / Theta scan 1 of 2"
    assert second["two_theta"].values[0] == 10
    assert second.metadata["tube_voltage"] == Measured(30.0, "kV")


def test_a_speed_is_an_angle_in_a_time() -> None:
    metadata = only(file(SPEED_DIM="deg./min.", MEAS_MODE="Continuous Scanning")).metadata
    assert metadata["scan_speed"] == Measured(10.0, "deg/min")
    assert metadata["scan_mode"] == "continuous"
    assert "count_time" not in metadata


def test_rates_that_are_whole_are_doubted() -> None:
    reading = only(file(YUNIT="cps"))
    assert reading["intensity"].unit == "count/s"
    assert reading["intensity"].uncertainty is None
    assert "all are whole numbers, as counts are" in reading.doubts[0]
    assert only(file(GROUP.replace("2525", "252.5"), YUNIT="cps")).doubts == ()


def test_what_is_not_stated_is_doubted() -> None:
    doubts = only(file(SCAN_AXIS=None, YUNIT=None)).doubts
    assert "which axis was scanned" in doubts[0]
    assert "unit of the intensity" in doubts[1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (file(group(STOP="90")), "promises that the scan ends at 90; the points end at 4.08"),
        (file(group(OFFSET="0.05")), "an offset of 0.05"),
        (file(end=""), "ends without *EOF"),
        (file(DATE="last week"), "'last week' cannot be told"),
        (file(GROUP.replace("*END\n", "")), "The group ends without *END"),
    ],
)
def test_what_disagrees_is_doubted(text: str, words: str) -> None:
    assert any(words in doubt for doubt in only(text).doubts)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (file(group(COUNT="6")), "*COUNT promises 6 points, 5 follow"),
        (file(group(COUNT=None)), "*COUNT promises nothing points"),
        (file(n=2), "*GROUP_COUNT promises 2 groups, 1 follow"),
        (file(GROUP.replace("2525", "25x5")), "'25x5' was found"),
        (file(GROUP.replace("2525", "1e300")), "numbers run off"),
        (file(group(START=None)), "*START is missing"),
        (file(group(STEP=None)), "*STEP is missing"),
        (file(group(STEP="0")), "a step along the axis was expected"),
        (file(group(STEP="1e9")), "an axis within"),
        (file(head=FILE + "1 2 3\n"), "line 22: a key was expected; '1 2 3' was found"),
    ],
)
def test_damage_is_named(text: str, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(text)
    assert words in caught.value.fault
    assert caught.value.mend


def test_other_types_are_refused_by_name() -> None:
    with pytest.raises(UnsupportedVariant, match="the type 'Peak'"):
        of(file(TYPE="Peak"))


def test_no_points_are_nothing_measured() -> None:
    empty = group(COUNT="0").replace(" 2668, 0, 2525, 144\n 7\n", "")
    with pytest.raises(NothingMeasured):
        of(file(empty))
    assert len(of(file(GROUP, empty))) == 1


def test_recognition() -> None:
    claim = READER.recognise(Source(file().encode()))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN
    assert choose(Source(file().encode(), name="a.txt")).reader is READER
    for text in (b"*TYPE = x\n1 2\n", b"* TYPE\n*BEGIN\n", b"*RAS_DATA_START\n"):
        assert READER.recognise(Source(text)) is None


def test_a_single_group_without_its_beginning_is_read() -> None:
    text = (
        "*TYPE\t\t=  Raw\n*CLASS\t\t=  ASCII CLASS\n*SAMPLE\t\t= lime\n*COMMENT\t=\n\n*SCAN_AXIS\t=  2theta/theta\n"
        "*XUNIT\t\t=  deg\n*YUNIT\t\t=  cps\n*START\t\t=  10\n*STOP\t\t=  10.4\n*STEP\t\t=  0.1\n*COUNT\t\t=  5\n"
        "1.5, 2, 3\n4, 5\n*END\n*EOF\n"
    )
    [reading] = READER.read(Source(text.encode(), name="x.asc"))
    np.testing.assert_allclose(reading["two_theta"].values, [10, 10.1, 10.2, 10.3, 10.4])
    assert reading["intensity"].values.tolist() == [1.5, 2, 3, 4, 5]
    assert reading["intensity"].unit == "count/s"
    with pytest.raises(DamagedFile, match="a key was expected"):
        READER.read(Source(text.replace("*COUNT\t\t=  5\n", "").encode(), name="x.asc"))
