"""JEOL's X-ray spectra: the real file and small ones."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence
from kiban.readers.jeol_eds import READER
from kiban.readers.recognise import choose, read
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

COUNTS = np.array([0, 1, 9, 100], np.int32)
DAY = 43276.59364583333  # 25 June 2018, 14:14:51


def parameters(n_elements: int = 0, n_results: int = 0) -> bytes:
    element = struct.pack("<iH2i2H14s4d32si", 2, 29, 1, 0, 780, 820, b"", 8.0, 0, 0, 0, b"Cu", 0)
    line = struct.pack("<idH", 1, 8.04, 29) + b"\x02Cu\x02Ka" + struct.pack("<i", 1)
    result = struct.pack("<iH2i5d16s5d2id", 2, 29, 1, 0, *[1.0] * 5, b"Cu", *[1.0] * 5, 0, 0, 1.0)
    raw = struct.pack("<i", 0) + struct.pack("<iH", 1, 6)
    raw += struct.pack("<i", n_elements) + (element + struct.pack("<i", 1) + line) * n_elements
    raw += struct.pack("<i", n_results) + (bytes(28) if n_results else b"") + result * n_results
    raw += struct.pack("<i", 5) + struct.pack("<16s16s16sdd38s", b"EX24", b"JEM-2100F", b"0", 200.0, 2.5, b"")
    raw += struct.pack("<6did10s5d", 133.0, 5.5, 0, 0, 20.0, 90.0, 0, 178.0, b"", 0, 90.0, 0, 22.3, 100.0)
    return raw + bytes(40)


def file(
    values: NDArray[Any] = COUNTS, *, behind: bytes | None = None, n: int | None = None, **changes: float
) -> bytes:
    numbers = {"date": DAY, "live": 30.0, "real": 35.0, "step": 0.01, "offset": -0.002} | changes
    head = bytearray(458)
    struct.pack_into("<i", head, 0, 2)
    struct.pack_into("<d", head, 10, numbers["date"])
    head[18:24] = b"film 7"
    head[98:103] = b"gatan"
    struct.pack_into("<i", head, 130, 1)
    struct.pack_into("<i", head, 214, 7)
    struct.pack_into("<2d", head, 258, numbers["live"], numbers["real"])
    struct.pack_into("<2d", head, 362, numbers["step"], numbers["offset"])
    head[378:387] = b"Live Time"
    struct.pack_into("<i", head, 454, len(values) if n is None else n)
    return bytes(head) + values.astype("<i4").tobytes() + (parameters() if behind is None else behind)


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "spectrum": file(),
        "with elements and results": file(behind=parameters(2, 1)),
        "nothing behind": file(behind=b""),
    }


def only(content: bytes) -> Reading:
    (reading,) = READER.read(Source(content, name="a.eds"))
    return reading


def test_a_spectrum_with_all_that_is_stated() -> None:
    reading = only(file(behind=parameters(2, 1)))
    assert reading.technique == "energy_dispersive_x_ray"
    assert reading.title == "film 7"
    assert reading["energy"].unit == "keV"
    assert reading["energy"].values == pytest.approx([-0.002, 0.008, 0.018, 0.028])
    assert reading["intensity"].unit == "count"
    assert reading["intensity"].values.tolist() == COUNTS.tolist()
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    assert doubt.values.tolist() == [1, 1, 3, 10]
    assert reading.operator == "gatan"
    assert reading.instrument == "JEM-2100F"
    assert reading.started_at == datetime(2018, 6, 25, 14, 14, 51)
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "maker": "JEOL",
        "live_time": Measured(30.0, "s"),
        "real_time": Measured(35.0, "s"),
        "acceleration_voltage": Measured(200.0, "kV"),
        "probe_current": Measured(2.5, "nA"),
        "working_distance": Measured(5.5, "mm"),
        "elevation_angle": Measured(22.3, "deg"),
        "azimuth_angle": Measured(90.0, "deg"),
        "detector": "EX24",
    }


@given(st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=50))
def test_what_was_written_is_read(counts: list[int]) -> None:
    assert only(file(np.array(counts)))["intensity"].values.tolist() == counts


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (file(behind=b""), "arranged in a way that is not known"),
        (file(behind=struct.pack("<2i", 0, 2**30)), "arranged in a way that is not known"),
        (file(behind=struct.pack("<5i", 0, 0, 0, 0, 6)), "arranged in a way that is not known"),
        (file(step=0.0), "is no calibration"),
        (file(step=float("nan")), "is no calibration"),
        (file(COUNTS - 5), "Some counts are negative"),
    ],
)
def test_what_cannot_be_trusted_is_doubted(content: bytes, words: str) -> None:
    reading = only(content)
    assert any(words in doubt for doubt in reading.doubts)
    assert len(reading["intensity"]) == 4


def test_dates_that_are_none() -> None:
    assert only(file(date=0.0)).started_at is None
    assert only(file(date=float("inf"))).started_at is None


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (file(n=5000), DamagedFile, "5000 channels are promised"),
        (file(n=-1), DamagedFile, "-1 channels are promised"),
        (file(n=0), NothingMeasured, "no channels"),
        (file()[:400], DamagedFile, "does not begin as a spectrum"),
        (b"", DamagedFile, "does not begin as a spectrum"),
    ],
)
def test_what_is_promised_and_not_found_is_an_error(content: bytes, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        only(content)


def test_files_of_others_are_not_claimed() -> None:
    claim = READER.recognise(Source(file()))
    assert claim is not None
    assert claim.confidence is Confidence.LIKELY
    assert choose(Source(file(), name="a.bin")).reader is READER
    for other in (b"\x02\0\0\0" + bytes(600), file(date=0.0), file(n=5000), file(step=5.0)):
        assert READER.recognise(Source(other)) is None


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("microscopy/met03.EDS")))
    assert choice.reader is READER
    assert reading["intensity"].shape == (2048,)
    assert reading["intensity"].values.max() == 4539
    assert reading["energy"].values[:2] == pytest.approx([-0.00176612, -0.00176612 + 0.0100004])
    assert reading.started_at == datetime(2018, 6, 25, 14, 14, 51)
    assert reading.metadata["live_time"] == Measured(30.0, "s")
    assert reading.metadata["acceleration_voltage"] == Measured(200.0, "kV")
    assert reading.instrument == "JEM-2100F(UHR)"
    assert reading.doubts == ()
