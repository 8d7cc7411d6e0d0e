"""Channel files of ChemStation: each version in small, and one real file of version 179."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, KibanError, NothingMeasured, UnsupportedVariant
from kiban.readers.agilent.channel_header import started_at
from kiban.readers.agilent_ch import READER
from kiban.readers.recognise import choose, read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

NARROW, WIDE = ("8", "30", "81"), ("130", "179", "181")


def _put(buffer: bytearray, at: int, text: str, *, wide: bool) -> None:
    raw = text.encode("utf-16-le" if wide else "cp1252")
    buffer[at : at + 1 + len(raw)] = bytes([len(text)]) + raw


def _header(version: str, *, unit: str = "mAU", slope: float = 0.5, kind: int = 0, count: int = 0) -> bytes:
    wide = version in WIDE
    buffer = bytearray(6144 if wide else 1024)
    _put(buffer, 0, version, wide=False)
    places = (347, 858, 2391, 2574, 4172, 4213) if wide else (4, 24, 178, 228, 580, 596)
    texts = ("LC DATA FILE", "blank 2", "12-Nov-21, 11:39:03", "A.M", unit, "DAD1A, Sig=215")
    for at, text in zip(places, texts, strict=True):
        _put(buffer, at, text, wide=wide)
    if wide:
        _put(buffer, 326, version, wide=True)
    struct.pack_into(">i", buffer, 264, len(buffer) // 512 + 1)
    struct.pack_into(">I", buffer, 278, count)
    struct.pack_into(">2f" if version in {"81", "179", "181"} else ">2i", buffer, 282, 0, 60_000)
    struct.pack_into(">i", buffer, 4134 if wide else 542, kind)
    struct.pack_into(">2d", buffer, 4724 if wide else 636, 10.0, slope)
    return bytes(buffer)


def _differences(values: Sequence[int], *, end: bytes = b"\0\0") -> bytes:
    out, previous = b"", 0
    for i in range(0, len(values), 255):
        segment = values[i : i + 255]
        out += struct.pack(">H", 0x1000 + len(segment))
        for value in segment:
            step = value - previous
            out += struct.pack(">h", step) if -32768 < step < 32768 else struct.pack(">hi", -32768, value)
            previous = value
    return out + end


def _second_differences(values: Sequence[int]) -> bytes:
    out, previous, slope = b"", 0, 0
    for value in values:
        bend = value - previous - slope
        if -32768 <= bend < 32767:
            out += struct.pack(">h", bend)
            slope += bend
        else:
            out += struct.pack(">hhI", 32767, value >> 32, value & 0xFFFFFFFF)
            slope = 0
        previous = value
    return out


VALUES = [5, 3, 40_000, 39_990, -70_000, 0, 1, 2]


def _file(version: str, values: Sequence[int] = VALUES, **header: object) -> bytes:
    if version in {"8", "30", "130"}:
        body = _differences(values)
    elif version == "179":
        body = struct.pack(f"<{len(values)}d", *values)
        header.setdefault("count", len(values))
    else:
        body = _second_differences(values)
    return _header(version, **header) + body  # type: ignore[arg-type]


def _read(content: bytes) -> Reading:
    (reading,) = READER.read(Source(content, name="DAD1A.ch"))
    return reading


class TestAgilentCh(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {version: _file(version) for version in (*NARROW, *WIDE)}


@pytest.mark.parametrize("version", [*NARROW, *WIDE])
def test_the_signal_is_the_stored_numbers_times_the_factor(version: str) -> None:
    reading = _read(_file(version))
    assert reading.technique == "chromatography"
    assert reading["detector_signal"].values == pytest.approx(np.array(VALUES) * 0.5 + 10.0)
    assert reading["detector_signal"].unit == "mAU"
    assert reading["time"].values == pytest.approx(np.linspace(0, 1, 8))
    assert reading["time"].unit == "min"
    assert reading.variables[0].role is Role.AXIS
    assert reading.doubts == ()
    assert (reading.sample_name, reading.title) == ("blank 2", "blank 2 DAD1A, Sig=215")
    assert reading.started_at == datetime(2021, 11, 12, 11, 39, 3)
    assert reading.metadata["method"] == "A.M"
    assert reading.metadata["format_version"] == version
    assert reading.header["slope"] == 0.5


@given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=600))
def test_what_is_packed_comes_out(values: list[int]) -> None:
    for version in ("130", "181", "179"):
        assert _read(_file(version, values, slope=1.0))["detector_signal"].values.tolist() == [v + 10 for v in values]


def test_numbers_of_48_bits() -> None:
    values = [3_000_000_000_000, 3_000_000_000_001, -3_000_000_000_000]
    assert _read(_file("81", values, slope=1.0))["detector_signal"].values.tolist() == [v + 10 for v in values]


def test_version_179_packed_as_differences_of_differences() -> None:
    content = _header("179") + _second_differences([70_000, 70_001, 70_003])
    assert _read(content)["detector_signal"].values.tolist() == [35_010.0, 35_010.5, 35_011.5]


def test_units() -> None:
    assert _read(_file("130", unit="nRIU"))["detector_signal"].unit == "nRIU"
    stepped = _read(_file("8", [1, 2], unit="25 \u00b5V", slope=1.0))["detector_signal"]
    assert stepped.unit == "uV"
    assert stepped.values.tolist() == [275.0, 300.0]
    odd = _read(_file("130", unit="furlongs"))
    assert odd["detector_signal"].unit == ""
    assert odd.variables[1].unit_as_written == "furlongs"
    assert "furlongs" in odd.doubts[0]


def test_early_files_state_no_factor() -> None:
    reading = _read(_file("8", kind=2))
    assert reading["detector_signal"].values.tolist() == VALUES
    assert reading["detector_signal"].unit == ""
    assert "no factor" in reading.doubts[0]
    assert "slope" not in reading.header


def test_a_number_of_points_that_is_too_small_is_doubted_and_one_too_large_refused() -> None:
    assert "states 3 points; the file has 8" in _read(_file("179", count=3)).doubts[0]
    with pytest.raises(DamagedFile, match="8 points are promised, 7 follow"):
        _read(_file("179")[:-8])


def test_cut_files() -> None:
    for cut in (1, 2):
        with pytest.raises(DamagedFile, match="no end after 8 points"):
            _read(_file("130")[:-cut])
    for version in ("8", "30", "130"):
        with pytest.raises(DamagedFile, match="ends within a segment"):
            _read(_file(version)[:-6])
    assert _read(_header("8") + _differences(VALUES, end=b""))["time"].values.size == 8
    with pytest.raises(DamagedFile, match="8 bytes were expected"):
        _read(_file("179")[:-3])
    for cut, fault in ((1, "odd number of bytes"), (2, "ends within a number")):
        with pytest.raises(DamagedFile, match=fault):
            _read(_file("181", [70_000])[:-cut])
    with pytest.raises(NothingMeasured):
        _read(_header("130") + b"\0\0")


def test_headers_that_cannot_be() -> None:
    with pytest.raises(DamagedFile, match="too short"):
        _read(_header("130")[:600])
    content = bytearray(_file("130"))
    struct.pack_into(">i", content, 264, 2**31 - 1)
    with pytest.raises(DamagedFile, match="should begin at byte"):
        _read(bytes(content))
    content = bytearray(_file("130"))
    struct.pack_into(">2i", content, 282, 60_000, 0)
    with pytest.raises(DamagedFile, match="do not rise"):
        _read(bytes(content))
    with pytest.raises(UnsupportedVariant, match="neither doubles nor"):
        _read(_header("179") + b"\xff" * 80)


def test_dates() -> None:
    assert started_at("17 Dec 19  10:04 am") == datetime(2019, 12, 17, 10, 4)
    assert started_at("3-Jan-98, 12:00:01") == datetime(1998, 1, 3, 12, 0, 1)
    assert started_at("31-Feb-98, 12:00:01") is None
    assert started_at("3/4/98 1:00:00 PM") is None


def test_spectra_of_the_same_family_are_not_claimed() -> None:
    content = bytearray(_file("130"))
    content[1:4] = b"131"
    with pytest.raises(KibanError):
        choose(Source(bytes(content), name="DAD1.uv"))


def test_a_real_file_of_openlab(shared: Callable[[str], Path]) -> None:
    source = Source(shared("chromatography/extracted-3487d194-9155-4f79-8f11-dbd18ce53187.CH"))
    choice, (reading,) = read(source)
    assert choice.reader.name == "agilent_ch"
    signal, time = reading["detector_signal"], reading["time"]
    assert (signal.values.size, signal.unit, time.unit) == (10_000, "nRIU", "min")
    assert time.values[[0, -1]] == pytest.approx([0.001125, 36.0])
    stored = np.frombuffer(source.read()[6144:], dtype="<f8")
    assert np.array_equal(signal.values, stored * 0.01)
    assert signal.values.max() == pytest.approx(3956.53, abs=0.005)
    assert reading.sample_name == "STD_1_1mM-1MKHCO3"
    assert reading.operator == "SYSTEM"
    assert reading.started_at == datetime(2021, 11, 12, 11, 39, 3)
    assert reading.metadata["detector"] == "RID1A,Refractive Index Signal"
    assert reading.header["vial"] == "D1B-B2"
    assert "states 167 points; the file has 10000" in reading.doubts[0]
