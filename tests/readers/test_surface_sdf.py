"""SDF: text and binary, each variant in small."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.source import Source
from kiban.readers.surface_sdf import READER
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

TEXT = (
    "aISO-1.0\nManufacID   = gauge\nCreateDate  = 260320191011\nModDate     = 260320191012\nNumPoints   = 3\n"
    "NumProfiles = 2\nXscale      = 1.0E-6\nYscale      = 2.0E-6\nZscale      = 1.0E-9\nZresolution = -1\n"
    "Compression = 0\nDataType    = 7\nCheckType   = 0\n*\n1 2.5 3\n4 BAD 6\n*\nOperatorName = Meyer\n"
)
PROFILE = (
    TEXT.replace("NumProfiles = 2", "NumProfiles = 1")
    .replace("4 BAD 6\n", "")
    .replace("Zresolution = -1", "Zresolution = 1E-10")
)
HEAD = struct.Struct("<8s10s12s12sHHddddBBB")


def binary(kind: int, code: str, values: list[float], version: bytes = b"bISO-1.0") -> bytes:
    dates = (b"260320191011", b"260320191012")
    head = HEAD.pack(version, b"gauge", *dates, 3, 2, 1e-6, 2e-6, 1e-9, -1.0, 0, kind, 0)
    return head + struct.pack(f"<{len(values)}{code}", *values)


def of(content: bytes | str) -> Reading:
    [reading] = READER.read(Source(content.encode() if isinstance(content, str) else content, name="x.sdf"))
    return reading


class TestSurfaceSdf(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "text, CRLF": TEXT.replace("\n", "\r\n").encode(),
        "text, BCR, profile": PROFILE.replace("aISO", "aBCR").encode(),
        "int16": binary(5, "h", [1, 2, 3, 4, -32768, 6]),
        "double": binary(7, "d", [1.0, 2.5, 3.0, 4.0, 1.7e308, 6.0]),
        "BCR, uint16": binary(1, "H", [1, 2, 3, 4, 5, 6], version=b"bBCR-1.0"),
    }


@pytest.mark.parametrize("content", [TEXT, binary(7, "d", [1.0, 2.5, 3.0, 4.0, 1.7e308, 6.0])])
def test_heights_are_scaled_and_bad_points_are_not_numbers(content: bytes | str) -> None:
    reading = of(content)
    assert reading.technique == "surface_topography"
    np.testing.assert_allclose(reading["height"].values, [[1e-9, 2.5e-9, 3e-9], [4e-9, np.nan, 6e-9]])
    assert reading["height"].unit == "m"
    np.testing.assert_allclose(reading["position_x"].values, [0, 1e-6, 2e-6])
    np.testing.assert_allclose(reading["position_y"].values, [0, 2e-6])
    assert reading.metadata["maker"] == "gauge"
    assert reading.started_at is not None
    assert reading.started_at.isoformat() == "2019-03-26T10:11:00"
    assert "1 of 6 points" in reading.doubts[0]


def test_the_trailer_is_kept() -> None:
    assert of(TEXT).header["trailer"] == "OperatorName = Meyer"


def test_a_single_profile_has_one_dimension() -> None:
    reading = of(PROFILE)
    assert reading["height"].shape == (3,)
    assert reading.metadata["resolution"] == Measured(1e-10, "m")
    assert reading.doubts == ()


def test_the_least_integer_stands_for_a_missing_point() -> None:
    heights = of(binary(5, "h", [1, 2, 3, 4, -32768, 6]))["height"].values
    np.testing.assert_allclose(heights, [[1e-9, 2e-9, 3e-9], [4e-9, np.nan, 6e-9]])


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("4 BAD 6", "4 BAD", "2 profiles of 3 points, 5 numbers"),
        ("2.5", "2x5", "'2x5' was found"),
        ("NumPoints   = 3", "NumPoints   = 0", "numbers of points and profiles"),
        ("NumPoints   = 3\n", "", "NumPoints; nothing was found"),
        ("Xscale      = 1.0E-6", "Xscale      = 0", "scales above 0"),
        ("Xscale      = 1.0E-6", "Xscale      = 1.0E308", "larger than all numbers"),
        ("Zscale      = 1.0E-9", "Zscale      = 1.0E308", "larger than all numbers"),
    ],
)
def test_what_contradicts_itself_is_refused(old: str, new: str, fault: str) -> None:
    assert old in TEXT
    with pytest.raises(DamagedFile, match=fault):
        of(TEXT.replace(old, new))


def test_a_cut_binary_is_refused() -> None:
    with pytest.raises(DamagedFile, match="take 12 bytes, 10 follow"):
        of(binary(5, "h", [1, 2, 3, 4, 5]))


def test_other_versions_and_types_are_not_guessed_at() -> None:
    with pytest.raises(UnsupportedVariant):
        of(binary(5, "h", [1, 2, 3, 4, 5, 6], version=b"bISO-2.0"))
    with pytest.raises(UnsupportedVariant):
        of(binary(9, "h", [1, 2, 3, 4, 5, 6]))


def test_bad_points_alone_are_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of(TEXT.replace("1 2.5 3\n4 BAD 6", "BAD BAD BAD\nBAD BAD BAD"))
