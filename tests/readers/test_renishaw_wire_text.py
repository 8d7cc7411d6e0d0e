"""WiRE text: the real file with the figures of the table, and each variant of the format in small."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.recognise import read
from kiban.readers.renishaw_wire_text import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

SINGLE = "#Wave\t\t#Intensity\r\n3200.263672\t1003.922974\r\n3198.679688\t983.402527\r\n3197.1\t-2.5\r\n"
WAVES = (1808.2, 1807.2, 1806.3)


def table(head: str, places: list[tuple[float, ...]]) -> str:
    lines = [head]
    for n, place in enumerate(places):
        lines += ["\t".join(f"{v:.6f}" for v in (*place, wave, 100.0 * n + k)) for k, wave in enumerate(WAVES)]
    return "\r\n".join(lines) + "\r\n"


MAP = table("#X\t\t#Y\t\t#Wave\t\t#Intensity", [(x, y) for y in (-3.0, -1.0) for x in (0.0, 2.0, 4.0)])
COLUMNS = table("#X\t\t#Y\t\t#Wave\t\t#Intensity", [(x, y) for x in (0.0, 2.0, 4.0) for y in (-3.0, -1.0)])
LINE = table("#X\t\t#Y\t\t#Wave\t\t#Intensity", [(0.0, 0.0), (1.0, 0.5), (2.5, 1.5)])
DEPTH = table("#Z\t\t#Wave\t\t#Intensity", [(-2.0,), (0.0,), (2.0,)])
TIMES = table("#Time\t\t#Wave\t\t#Intensity", [(0.0,), (10.0,)])


def of(text: str) -> Reading:
    [reading] = READER.read(Source(text.encode(), name="x.txt"))
    return reading


class TestRenishawWireText(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "single": SINGLE.encode(),
        "map": MAP.encode(),
        "map by columns": COLUMNS.encode(),
        "line": LINE.encode(),
        "depth, LF": DEPTH.replace("\r\n", "\n").encode(),
        "series": TIMES.encode(),
    }


def test_a_spectrum_has_its_shift_with_a_doubt_about_the_unit() -> None:
    reading = of(SINGLE)
    assert reading.technique == "raman"
    assert reading["raman_shift"].unit == "1/cm"
    assert reading["raman_shift"].values.tolist() == [3200.263672, 3198.679688, 3197.1]
    assert reading["intensity"].values.tolist() == [1003.922974, 983.402527, -2.5]
    assert len(reading.doubts) == 1
    assert "#Wave" in reading.doubts[0]


@pytest.mark.parametrize("text", [MAP, COLUMNS])
def test_a_map_is_folded_whichever_way_it_ran(text: str) -> None:
    reading = of(text)
    assert reading["intensity"].shape == (2, 3, 3)
    assert reading["position_x"].values.tolist() == [0.0, 2.0, 4.0]
    assert reading["position_y"].values.tolist() == [-3.0, -1.0]
    assert reading["position_y"].unit == "um"
    # The second place to the right in the lower row: spectrum 1 by rows, 2 by columns.
    assert reading["intensity"].values[0, 1].tolist() in ([100, 101, 102], [200, 201, 202])
    assert reading["intensity"].values[0, 1, 0] == (100 if text is MAP else 200)


def test_a_line_keeps_its_places() -> None:
    reading = of(LINE)
    assert reading["intensity"].shape == (3, 3)
    assert reading["position_x"].values.tolist() == [0.0, 1.0, 2.5]
    assert reading["position_y"].values.tolist() == [0.0, 0.5, 1.5]


def test_depths_and_times_are_axes() -> None:
    assert of(DEPTH)["position_z"].values.tolist() == [-2.0, 0.0, 2.0]
    reading = of(TIMES)
    assert reading["time"].unit == "s"
    assert reading["intensity"].values.tolist() == [[0, 1, 2], [100, 101, 102]]


@pytest.mark.parametrize(
    ("text", "old", "new", "fault"),
    [
        (SINGLE, "3198.679688\t", "", "2 data columns were expected, 1"),
        (MAP, "4.000000\t-1.000000\t1806.300000\t502.000000\r\n", "", "17 rows are no multiple"),
        (MAP, "4.000000\t-1.000000\t1806.300000", "4.000000\t-1.000000\t1806.400000", "same 3 points"),
        (MAP, "4.000000\t-1.000000\t1806.300000", "4.000000\t-1.500000\t1806.300000", "same 3 points"),
        (SINGLE, "#Wave\t\t#Intensity", "#Wave\t\t#Intensity\t#Intensity", "a first line"),
    ],
)
def test_what_contradicts_itself_is_refused(text: str, old: str, new: str, fault: str) -> None:
    assert old in text
    with pytest.raises(DamagedFile, match=fault):
        of(text.replace(old, new))


def test_no_row_is_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of("#Wave\t\t#Intensity\r\n")


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, [reading] = read(Source(shared("raman/raman_example.txt")))
    assert choice.reader is READER
    assert len(reading["raman_shift"]) == 1011
    assert reading["raman_shift"].values[[0, -1]].tolist() == [1879.449219, 0.380859]
    assert reading["intensity"].values[[0, -1]].tolist() == [381.030365, 137.074356]
