"""CPI: each variant of the format in small."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.sietronics_cpi import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

FILE = (
    "SIETRONICS XRD SCAN\n10.00\n10.04\n0.010\nCu\n1.54056\n29-4-2002\n0.600\nlime 7\nSCANDATA\n"
    "8992\n9077\n9017\n9018\n9129\n"
)


def of(text: str) -> Reading:
    [reading] = READER.read(Source(text.encode(), name="x.cpi"))
    return reading


class TestSietronicsCpi(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "LF": FILE.encode(),
        "CRLF, scaled, no date": FILE.replace("9077", "90.5")
        .replace("29-4-2002", "1-1-1900")
        .replace("\n", "\r\n")
        .encode(),
        "the end is that of the last step": FILE.replace("10.04", "10.05").encode(),
    }


def test_a_scan() -> None:
    reading = of(FILE)
    assert reading.technique == "xrd"
    np.testing.assert_allclose(reading["two_theta"].values, [10.0, 10.01, 10.02, 10.03, 10.04])
    assert reading["intensity"].values.tolist() == [8992, 9077, 9017, 9018, 9129]
    assert reading["intensity"].uncertainty is not None
    assert reading.sample_name == "lime 7"
    assert reading.metadata == {
        "wavelength": Measured(1.54056, "angstrom"),
        "step": Measured(0.01, "deg"),
        "anode": "Cu",
    }
    assert reading.started_at is not None
    assert reading.started_at.isoformat() == "2002-04-29T00:00:00"


def test_scaled_intensities_have_no_uncertainty() -> None:
    reading = of(FILE.replace("9077", "90.5"))
    assert reading["intensity"].uncertainty is None
    assert "not whole" in reading.doubts[0]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("9017\n9018\n9129\n", "", "5.0 points; 2 follow"),
        ("9017", "90x7", "'90x7' was found"),
        ("\n0.010\n", "\n\n", "a number was expected as step"),
        ("SCANDATA\n", "", "a line SCANDATA"),
        ("\n0.010\n", "\n0\n", "steps of 0"),
    ],
)
def test_what_contradicts_itself_is_refused(old: str, new: str, fault: str) -> None:
    assert old in FILE
    with pytest.raises(DamagedFile, match=fault):
        of(FILE.replace(old, new))


def test_no_intensity_is_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of(FILE.partition("SCANDATA")[0] + "SCANDATA\n")
