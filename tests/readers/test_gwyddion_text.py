"""Matrices of Gwyddion: each variant of the format in small."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.gwyddion_text import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

HEIGHT = (
    "# Channel: Height (measured)\n# Width: 6.000 µm\n# Height: 2.000 µm\n# Value units: m\n"
    "1.0e-9\t2.0e-9\t3.0e-9\n-1.1e-9\t2.1e-9\t3.1e-9\n"
)
PHASE = HEIGHT.replace("Height (measured)", "Phase").replace("units: m", "units: deg").replace(".", ",")


def of(text: str) -> Reading:
    [reading] = READER.read(Source(text.encode(), name="x.txt"))
    return reading


class TestGwyddionText(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "height": HEIGHT.encode(),
        "phase, decimal commas, CRLF": PHASE.replace("\n", "\r\n").encode(),
        "CP1252": HEIGHT.encode("cp1252"),
        "no unit": HEIGHT.replace("units: m", "units: ").encode(),
    }


def test_heights_lie_on_the_middles_of_pixels() -> None:
    reading = of(HEIGHT)
    assert reading.technique == "surface_topography"
    assert reading.title == "Height (measured)"
    assert reading["height"].values.tolist() == [[1.0e-9, 2.0e-9, 3.0e-9], [-1.1e-9, 2.1e-9, 3.1e-9]]
    assert reading["height"].unit == "m"
    np.testing.assert_allclose(reading["position_x"].values, [1, 3, 5])
    np.testing.assert_allclose(reading["position_y"].values, [0.5, 1.5])
    assert reading["position_x"].unit == "um"


def test_other_channels_keep_their_name_and_unit() -> None:
    reading = of(PHASE)
    assert reading.technique == "scanning_probe_microscopy"
    assert reading["phase"].unit == "deg"
    assert reading["phase"].values[1].tolist() == [-1.1e-9, 2.1e-9, 3.1e-9]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("\t3.1e-9", "", "3 data columns were expected, 2"),
        ("2.1e-9", "x", "'x' was found"),
        ("Width: 6.000 µm", "Width: wide", "a size with its unit"),
        ("Width: 6.000 µm", "Width: 0 µm", "a size with its unit"),
    ],
)
def test_damage_is_refused(old: str, new: str, fault: str) -> None:
    assert old in HEIGHT
    with pytest.raises(DamagedFile, match=fault):
        of(HEIGHT.replace(old, new))


def test_no_row_is_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of(HEIGHT.partition("1.0e-9")[0])
