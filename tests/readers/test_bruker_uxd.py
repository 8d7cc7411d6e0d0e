"""Bruker UXD: each variant of the format in small."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.bruker_uxd import READER
from kiban.readers.contract import Confidence
from kiban.readers.recognise import choose
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

FILE = """; C:\\data\\quartz.raw(Diffrac Plus V1.01 file) converted by XCH V1.0
_FILEVERSION=2
_SAMPLE='Quartz'
_+SAMPLE='lot 7'
_USER='A. Person'
_GONIOMETER_CODE=1
; D5000 Theta/2Theta; Reflection Rotation
_GONIOMETER_RADIUS=200.500000
_DATEMEASURED='19-Oct-1998 15:41:22'
_WL_UNIT='A'
_WL1=1.540600
_WL2=1.544390
_WL3=1.392220
_WLRATIO=0.500000
_ANODE='Cu'
"""
RANGE = """; (Data for Range number 1)
_DRIVE='COUPLED'
_STEPTIME=20.000000
_STEPSIZE=0.010000
_STEPMODE='S'
_START=20.000000
_THETA=10.000000
_2THETA=20.000000
_PHI=12.500000
_KV=40
_MA=30
_COUNTS
       65        66
      570         0
       49
"""


def uxd_range(n: int = 1, **changes: str | None) -> str:
    """A range with some keys changed (`_` is put before them) or left out."""
    lines = RANGE.replace("number 1", f"number {n}").splitlines()
    for key, value in changes.items():
        name = f"_{key.removeprefix('two_')}" if not key.startswith("two_") else f"_2{key.removeprefix('two_')}"
        at = next((i for i, line in enumerate(lines) if line.startswith(f"{name}=")), None)
        new = [] if value is None else [f"{name}={value}"]
        if at is None:
            lines[2:2] = new
        else:
            lines[at : at + 1] = new
    return "\n".join(lines) + "\n"


def with_data(word: str, rows: str, text: str = RANGE) -> str:
    return text.partition("_COUNTS")[0] + f"{word}\n{rows}\n"


def of(text: str, encoding: str = "utf-8") -> list[Reading]:
    return READER.read(Source(text.encode(encoding), name="a.uxd"))


def only(text: str) -> Reading:
    (reading,) = of(text)
    return reading


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "counts, CRLF": (FILE + RANGE).replace("\n", "\r\n").encode("cp1252"),
        "two ranges": (FILE + uxd_range() + uxd_range(2, START="30.0")).encode(),
        "position and counts": (FILE + with_data("_2THETACOUNTS", "20.00 65\n20.01 66\n20.02 570")).encode(),
        "position and rate": (FILE + with_data("_2THETACPS", "20.00, 6.5\n20.01, 6.6\n")).encode(),
        "rates": (FILE + with_data("_CPS", "6.5 6.6 57.0")).encode(),
        "positions, counts and times": (FILE + with_data("_2THETACOUNTSTIME", "20.0 65 1\n20.1 66 2")).encode(),
        "without keys of a file": RANGE.encode(),
        "UTF-16": (FILE + RANGE).encode("utf-16"),
        "CP932": (FILE.replace("Quartz", "石英の試料") + RANGE).encode("cp932"),
    }


def test_counts_with_all_that_is_stated() -> None:
    reading = only(FILE + RANGE)
    assert reading.technique == "xrd"
    assert reading.title == "Quartz lot 7: COUPLED scan"
    np.testing.assert_allclose(reading["two_theta"].values, [20.0, 20.01, 20.02, 20.03, 20.04])
    assert reading["two_theta"].unit == "deg"
    assert reading["intensity"].values.tolist() == [65, 66, 570, 0, 49]
    assert reading["intensity"].unit == "count"
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    np.testing.assert_allclose(doubt.values, [65**0.5, 66**0.5, 570**0.5, 1, 7])
    assert reading.sample_name == "Quartz lot 7"
    assert reading.operator == "A. Person"
    assert reading.started_at == datetime(1998, 10, 19, 15, 41, 22)
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "maker": "Bruker",
        "anode": "Cu",
        "scan_axis": "COUPLED",
        "scan_mode": "step",
        "wavelength": Measured(1.5406, "angstrom"),
        "wavelength_kalpha2": Measured(1.54439, "angstrom"),
        "wavelength_kbeta": Measured(1.39222, "angstrom"),
        "kalpha2_to_kalpha1": 0.5,
        "goniometer_radius": Measured(200.5, "mm"),
        "tube_voltage": Measured(40.0, "kV"),
        "tube_current": Measured(30.0, "mA"),
        "step": Measured(0.01, "deg"),
        "count_time": Measured(20.0, "s"),
        "position_phi": Measured(12.5, "deg"),
    }
    assert reading.header["file"]["_+SAMPLE".removeprefix("_")] == "lot 7"  # type: ignore[index, call-overload]
    assert "D5000 Theta/2Theta; Reflection Rotation" in reading.header["comments"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("drive", "keys", "axis", "start", "unit"),
    [
        ("'COUPLED'", {}, "two_theta", 20.0, "deg"),
        ("COUPLED", {"START": None}, "two_theta", 20.0, "deg"),
        ("'2THETA'", {}, "two_theta", 20.0, "deg"),
        ("'THETA'", {"START": "10.0"}, "omega", 10.0, "deg"),
        ("'THETA'", {"START": None}, "omega", 10.0, "deg"),
        ("'PHI'", {"START": None}, "phi", 12.5, "deg"),
        ("'KHI'", {"START": "-5"}, "chi", -5.0, "deg"),
        ("'Z'", {"START": "-1.5"}, "z", -1.5, "mm"),
        ("'AUX1'", {"START": "3"}, "aux1", 3.0, ""),
    ],
)
def test_the_drive_says_what_was_scanned(
    drive: str, keys: dict[str, str | None], axis: str, start: float, unit: str
) -> None:
    reading = only(FILE + uxd_range(DRIVE=drive, **keys))
    assert reading.axis is not None
    assert reading.axis.name == axis
    assert reading[axis].unit == unit
    np.testing.assert_allclose(reading[axis].values, start + 0.01 * np.arange(5))
    assert reading.doubts == ()


def test_positions_of_a_rocking_curve() -> None:
    metadata = only(FILE + uxd_range(DRIVE="'THETA'", START="10.0")).metadata
    assert metadata["position_two_theta"] == Measured(20.0, "deg")
    assert "position_omega" not in metadata


def test_a_drive_that_is_not_known_numbers_the_points() -> None:
    reading = only(FILE + uxd_range(DRIVE="'WARP'"))
    assert reading["point_number"].values.tolist() == [1, 2, 3, 4, 5]
    assert "'WARP'" in reading.doubts[0]
    assert "step" not in reading.metadata


def test_a_drive_that_is_not_stated_is_doubted() -> None:
    reading = only(FILE + uxd_range(DRIVE=None))
    assert "two_theta" in reading
    assert "it is taken for 2θ" in reading.doubts[0]


@pytest.mark.parametrize(
    ("word", "rows", "unit", "expected"),
    [
        ("_2THETACOUNTS", "20.00 65\n20.01 66\n20.02 570", "count", [65, 66, 570]),
        ("_2thetacounts", "20.00 65\n20.01 66\n20.02 570", "count", [65, 66, 570]),
        ("_2THETACOUNTS", "20.00,65\n20.01,66\n20.02,570", "count", [65, 66, 570]),
        ("_2THETACOUNTS", "20.00, 65\n20.01, 66\n20.02, 570", "count", [65, 66, 570]),
        ("_2THETACOUNTS", "20.00 65 20.01 66\n20.02 570", "count", [65, 66, 570]),
        ("_2THETACOUNTS", "20,00 65\n20,01 66\n20,02 570", "count", [65, 66, 570]),
        ("_2THETACPS", "20,00 6,5\n20,01 6,6\n20,02 57,0", "count/s", [6.5, 6.6, 57.0]),
        ("_2THETACPS", "20.00\t6.5\n\n20.01\t6.6\n; remark\n20.02\t57.0", "count/s", [6.5, 6.6, 57.0]),
    ],
)
def test_positions_beside_intensities(word: str, rows: str, unit: str, expected: list[float]) -> None:
    reading = only(FILE + with_data(word, rows))
    assert reading["two_theta"].values.tolist() == [20.0, 20.01, 20.02]
    assert reading["intensity"].values.tolist() == expected
    assert reading["intensity"].unit == unit
    assert (reading["intensity"].uncertainty is None) == (unit != "count")
    assert reading.doubts == ()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("65 66 570 0 49", [65, 66, 570, 0, 49]),
        ("65, 66, 570,\n0, 49", [65, 66, 570, 0, 49]),
        ("65,66,570\n0 49", [65, 66, 570, 0, 49]),
        ("65\n66\n570\n0\n49", [65, 66, 570, 0, 49]),
        ("6.5e1 66.0,570.0\n0 49", [65, 66, 570, 0, 49]),
    ],
)
def test_any_number_of_counts_stands_on_a_line(rows: str, expected: list[float]) -> None:
    assert only(FILE + with_data("_COUNTS", rows))["intensity"].values.tolist() == expected


def test_times_beside_counts() -> None:
    reading = only(FILE + with_data("_2THETACOUNTSTIME", "20.0 65 1\n20.01 66 2"))
    assert reading["count_time"].values.tolist() == [1, 2]
    assert reading["count_time"].unit == "s"
    assert "count_time" not in reading.metadata
    reading = only(FILE + with_data("_2THETACOUNTSTIME", "20.0 65 2\n20.01 66 2"))
    assert reading.metadata["count_time"] == Measured(2.0, "s")


def test_other_drives_beside_counts() -> None:
    reading = only(FILE + with_data("_THETACOUNTS", "10.0 65\n10.01 66", uxd_range(DRIVE="'THETA'", START="10")))
    assert reading["omega"].values.tolist() == [10.0, 10.01]


@pytest.mark.parametrize(
    ("drive", "name", "n_doubts"),
    [
        ("THETA", "omega", 0),
        ("PHI", "phi", 0),
        ("2THETA", "two_theta", 0),
        ("COUPLED", "two_theta", 0),
        ("AUX1", "aux1", 0),
        ("Lift", "two_theta", 1),
    ],
)
def test_the_word_above_the_numbers_is_2theta_whichever_drive_was_moved(drive: str, name: str, n_doubts: int) -> None:
    one = uxd_range(DRIVE=f"'{drive}'", START="10.0", **{"2THETA": "69.1"})
    reading = only(FILE + with_data("_2THETACOUNTS", "10.00 65\n10.01 66\n10.02 67", one))
    assert reading.axis is not None
    assert reading.axis.name == name
    assert reading[name].values.tolist() == [10.0, 10.01, 10.02]
    assert len(reading.doubts) == n_doubts
    if drive == "THETA":
        assert reading.metadata["position_two_theta"] == Measured(69.1, "deg")


def test_positions_that_disagree_with_the_keys_are_doubted() -> None:
    reading = only(FILE + with_data("_2THETACOUNTS", "21.00 65\n21.05 66"))
    assert "starts at 20; the points start at 21" in reading.doubts[0]
    assert "steps of 0.01; the points are 0.05 apart" in reading.doubts[1]


def test_ranges_with_and_without_the_comment_that_begins_them() -> None:
    second = uxd_range(2, START="30.0", STEPSIZE="0.5", KV="20")
    for text in (second, second.partition("\n")[2]):
        first, other = of(FILE + RANGE + text)
        assert first.title == "Quartz lot 7: COUPLED scan 1 of 2"
        np.testing.assert_allclose(other["two_theta"].values, [30, 30.5, 31, 31.5, 32])
        assert other.metadata["tube_voltage"] == Measured(20.0, "kV")
        assert other.metadata["anode"] == "Cu"
        assert first.metadata["step"] == Measured(0.01, "deg")


def test_keys_of_one_range_do_not_hold_for_the_next() -> None:
    with pytest.raises(DamagedFile, match="range 2: _START \\(or _2THETA\\) and _STEPSIZE were expected"):
        of(FILE + RANGE + "_DRIVE='COUPLED'\n_START=30\n_COUNTS\n1 2 3\n")


def test_the_keys_of_a_file_may_hold_the_start() -> None:
    reading = only("_FILEVERSION=1\n_START=5.0\n_STEPSIZE=0.1\n_STEPTIME=8.0\n_COUNTS\n800 1600 2400\n")
    np.testing.assert_allclose(reading["two_theta"].values, [5.0, 5.1, 5.2])


def test_coupled_scans_with_stepped_theta_make_a_map() -> None:
    reading = only(FILE + "".join(uxd_range(n, THETA=f"{10 + 0.1 * n}") for n in range(3)))
    assert reading.technique == "xrd_map"
    np.testing.assert_allclose(reading["omega_start"].values, [10, 10.1, 10.2])
    ranges = "".join(uxd_range(n, THETA=f"{10 + 0.1 * n}", START=f"{20 + 0.2 * n}") for n in range(3))
    assert len(of(FILE + ranges)) == 3


def test_decimal_commas_in_keys() -> None:
    reading = only(FILE + uxd_range(START="20,000000", STEPSIZE="0,010000"))
    assert reading["two_theta"].values[0] == 20
    assert reading.metadata["step"] == Measured(0.01, "deg")


def test_texts_are_decoded() -> None:
    (reading,) = of(FILE.replace("Quartz", "石英の試料") + RANGE, "cp932")
    assert reading.sample_name == "石英の試料 lot 7"


def test_a_date_that_cannot_be_told_is_doubted() -> None:
    reading = only(FILE.replace("19-Oct-1998 15:41:22", "last week") + RANGE)
    assert reading.started_at is None
    assert "'last week' cannot be told" in reading.doubts[0]


def test_lists_of_peaks_are_passed_over() -> None:
    peaks = "_2THETA-I\n20.5 100\n26.6 1000\n"
    assert "1 lists of peaks" in only(FILE + RANGE + peaks).doubts[0]
    with pytest.raises(UnsupportedVariant, match="holds a list of peaks"):
        of(FILE + peaks)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=60), st.integers(1, 12))
def test_counts_come_back_however_they_are_laid_out(counts: list[int], per_line: int) -> None:
    lines = [" ".join(f"{n:10d}" for n in counts[i : i + per_line]) for i in range(0, len(counts), per_line)]
    assert only(FILE + with_data("_COUNTS", "\n".join(lines)))["intensity"].values.tolist() == counts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FILE + RANGE.replace("570", "5x7"), "a number was expected; '5x7' was found"),
        (FILE + RANGE.replace("570", "nan"), "'nan' was found"),
        (FILE + RANGE.replace("570", "1e999"), "'1e999' was found"),
        (FILE + RANGE.replace("570", "1_0"), "'1_0' was found"),
        (FILE + RANGE.replace("570", "1e300"), "intensities were expected"),
        (FILE + with_data("_2THETACOUNTS", "20.00 65\n20.01"), "rows of 2 numbers were expected; 3 numbers"),
        (FILE + with_data("_COUNTS", "65,66 570,1"), "'65,66' may be one number with a decimal comma or two"),
        (FILE + with_data("_CPS", "6,5 6,6"), "'6,5' may be one number"),
        (FILE + with_data("_2THETACPS", "20,00 6,5\n20,01"), "may be one number"),
        (FILE + uxd_range(STEPSIZE=None), "_STEPSIZE is missing"),
        (FILE + uxd_range(START=None, two_THETA=None), "_START is missing"),
        (FILE + uxd_range(STEPSIZE="1e9"), "an axis within"),
        (FILE + uxd_range(STEPCOUNT="9"), "_STEPCOUNT promises 9 points, 5 follow"),
        (FILE + with_data("_2THETACOUNTS", "1e7 65\n2e7 66"), "finite positions of 2THETA"),
        (FILE + "what is this\n" + RANGE, "line 16: a key or a comment was expected; 'what is this' was found"),
    ],
)
def test_damage_is_named(text: str, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(text)
    assert words in caught.value.fault
    assert caught.value.mend


def test_the_line_of_the_damage_is_right() -> None:
    text = FILE + RANGE.replace("570", "5x7")
    line = next(n for n, row in enumerate(text.split("\n"), 1) if "5x7" in row)
    with pytest.raises(DamagedFile, match=f"line {line}:"):
        of(text)


def test_a_number_of_steps_that_agrees() -> None:
    for count in ("5", "4"):
        assert only(FILE + uxd_range(STEPCOUNT=count)).doubts == ()


def test_no_points_are_nothing_measured() -> None:
    for text in (FILE, FILE + with_data("_COUNTS", ""), "_FILEVERSION=2\n"):
        with pytest.raises(NothingMeasured):
            of(text)


def test_an_empty_range_is_passed_over() -> None:
    assert len(only(FILE + RANGE + with_data("_COUNTS", "; nothing"))["intensity"]) == 5


def test_recognition() -> None:
    claim = READER.recognise(Source((FILE + RANGE).encode()))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN
    claim = READER.recognise(Source(RANGE.encode()))
    assert claim is not None
    assert claim.confidence is Confidence.LIKELY
    assert choose(Source(RANGE.encode(), name="a.txt")).reader is READER
    for text in (b"; comment\n1 2\n", b"_cell_length_a 5\n", b"_X=1\n_Y=2\n1 2\n", b"a _COUNTS\n", b"_DRIVE=1\n1 2\n"):
        assert READER.recognise(Source(text)) is None
