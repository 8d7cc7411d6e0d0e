"""The free format of FullProf and DBWS: each variant in small."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile
from kiban.readers.contract import Confidence
from kiban.readers.fullprof_dat import READER
from kiban.readers.recognise import choose
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite


def rows(n: int, width: int = 10) -> str:
    values = [f"{100 + k:8d}" for k in range(n)]
    return "".join("".join(values[at : at + width]) + "\n" for at in range(0, n, width))


FILE = "   10.0000    0.0200   10.5000 lime 7, Cu\n" + rows(26)


def of(text: str) -> Reading:
    [reading] = READER.read(Source(text.encode(), name="x.dat"))
    return reading


class TestFullprofDat(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "with a title": FILE.encode(),
        "comments, CRLF, eight on a line": ("! made by\n# a converter\n10.0 0.02 10.5\n" + rows(26, 8))
        .replace("\n", "\r\n")
        .encode(),
        "longer than a head": ("5.0 0.01 105.0\n" + rows(10001)).encode(),
        "scaled": FILE.replace(" 101 ", " 10.5").encode(),
    }


def test_a_pattern() -> None:
    reading = of(FILE)
    assert reading.technique == "xrd"
    assert reading.title == "lime 7, Cu"
    np.testing.assert_allclose(reading["two_theta"].values, 10 + 0.02 * np.arange(26))
    assert reading["intensity"].values.tolist() == [100 + k for k in range(26)]
    assert reading["intensity"].unit == "arbitrary_unit"
    assert reading["intensity"].uncertainty is None
    assert reading.doubts == ("The file does not say whether the intensities are counts.",)


def test_the_claim_rests_on_the_number_of_intensities() -> None:
    claim = READER.recognise(Source(FILE.encode(), name="x"))
    assert claim is not None
    assert claim.confidence is Confidence.LIKELY
    assert "26 intensities" in claim.why


@pytest.mark.parametrize(
    "text",
    [
        FILE + "  1 2 3\n",
        "1 2 3\n" * 30,
        "10.0 0.02 10.5\n" + "1 2\n" * 13,
        "10.0 0.02 10.5\n" + "1 2 3 4 x\n" * 6,
        "2020 1 2045\n" + rows(26),
        "10.0 0.02 10.5 1 2 3 4 5 6 7\n" + "".join(f"{k} 1 2 3 4 5 6 7 8 9\n" for k in range(26)),
    ],
)
def test_tables_are_not_taken_for_patterns(text: str) -> None:
    assert READER.recognise(Source(text.encode(), name="x")) is None


def test_an_ordinary_table_goes_to_the_reader_of_tables() -> None:
    text = "".join(f"{10 + 0.02 * k:.2f} {100 + k} {k}\n" for k in range(40))
    assert choose(Source(text.encode(), name="x.dat")).reader.name == "delimited_text"


@pytest.mark.parametrize(
    ("old", "new", "fault"), [("     110", "", "make 26 points, 25"), ("     110", "     1x0", "'1x0' was found")]
)
def test_what_contradicts_itself_is_refused(old: str, new: str, fault: str) -> None:
    assert old in FILE
    with pytest.raises(DamagedFile, match=fault):
        of(FILE.replace(old, new))
