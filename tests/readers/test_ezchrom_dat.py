"""Data files of EZChrom: one real file, which must agree with its text export, and the variants in small."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.readers import ezchrom_asc
from kiban.readers.ezchrom_dat import READER
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.compound_files import compound
from kiban.testing.reader_suite import ReaderSuite


def _text(text: str) -> bytes:
    raw = text.encode("cp1252")
    return bytes([len(raw)]) + raw if len(raw) < 255 else b"\xff" + struct.pack("<H", len(raw)) + raw


def _points(values: Sequence[int], *, step: float = 0.1, factor: float = 0.5, n: int | None = None) -> bytes:
    head = struct.pack("<5I", 3, len(values) if n is None else n, len(values), 1, 0)
    return head + struct.pack(f"<{len(values)}i", *values) + bytes(16) + struct.pack("<2f2d", step, factor, 0, 1)


def _described(number: str, name: str, unit: str, *, step: float = 0.1, factor: float = 0.5) -> bytes:
    begin = struct.pack("<2I", 9, 0x01000000) + _text(number) + struct.pack("<I", 1) + _text(name)
    return begin + struct.pack("<f", step) + _text(unit) + struct.pack("<f", factor) + bytes(20) + _text("TST")


def _head(*, days: float = 45106.67200231481, sample: str = "blank 2") -> bytes:
    texts = (_text("Z:\\methods\\a.met"), _text(sample), _text("Version 3.3.2 SP1"), _text("System"))
    return struct.pack("<2Id", 9, 0, days) + b"".join(texts) + bytes(20)


def _file(version: int = 3, **changed: bytes) -> bytes:
    streams = {
        ("Chrom Header",): _head(),
        ("Detector Data", "Detector 0 Trace"): _points([17416, -17502, 3]),
        ("Detector Data", "Detector 100 Trace"): _points(range(1000, 4000), step=1.0, factor=2.0),
        ("Detector Trace Handler",): _described("0", "Front Signal", "pA")
        + _described("100", "Back Signal", "25 \u00b5V", step=1.0, factor=2.0),
    }
    names = {"head": 0, "front": 1, "back": 2, "handler": 3}
    paths = list(streams)
    for name, content in changed.items():
        streams[paths[names[name]]] = content
    return compound({path: content for path, content in streams.items() if content}, version=version)


def _read(content: bytes) -> list[Reading]:
    return READER.read(Source(content, name="a.dat"))


class TestEzChromDat(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "two detectors": _file(),
        "large sectors": _file(4),
        "one detector without a head": _file(back=b"", head=b""),
    }


def test_detectors() -> None:
    front, back = _read(_file())
    assert front["time"].values == pytest.approx([0, 0.1, 0.2], rel=1e-15)
    assert front["time"].unit == "s"
    assert front.variables[0].role is Role.AXIS
    assert (front["detector_signal"].values.tolist(), front["detector_signal"].unit) == ([8708.0, -8751.0, 1.5], "pA")
    assert back["detector_signal"].values.tolist() == [50.0 * n for n in range(1000, 4000)]
    assert back["detector_signal"].unit == "uV"
    assert "multiplied by 25" in back.doubts[0]
    assert front.doubts == ()
    assert (front.title, back.title) == ("blank 2 Front Signal", "blank 2 Back Signal")
    assert front.sample_name == "blank 2"
    assert front.operator == "System"
    assert front.started_at == datetime(2023, 6, 29, 16, 7, 41)
    assert front.metadata["software"] == "EZChrom 3.3.2 SP1"
    assert front.metadata["method"] == "Z:\\methods\\a.met"


def test_long_texts() -> None:
    (front, _) = _read(_file(head=_head(sample="s" * 300)))
    assert front.sample_name == "s" * 300


def test_what_is_said_of_another_detector_is_not_believed() -> None:
    for handler in (_described("0", "Front", "pA", factor=0.25), _described("1", "Front", "pA"), b"\x010\0"):
        front, _ = _read(_file(handler=handler))
        assert front["detector_signal"].values.tolist() == [8708.0, -8751.0, 1.5]
        assert front["detector_signal"].unit == ""
        assert "was not found" in front.doubts[0]
        assert front.title == "blank 2 Detector 0 Trace"


def test_no_time_of_the_start() -> None:
    assert _read(_file(head=_head(days=float("nan"))))[0].started_at is None
    assert _read(_file(head=b"\0" * 8))[0].started_at is None


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(DamagedFile, match="4000000000 points are promised"):
        _read(_file(front=_points([1, 2], n=4_000_000_000)))
    with pytest.raises(DamagedFile, match="too few"):
        _read(_file(front=b"abc"))
    for step, factor in ((0.0, 1.0), (0.1, 0.0), (float("nan"), 1.0)):
        with pytest.raises(DamagedFile, match="are none"):
            _read(_file(front=_points([1], step=step, factor=factor)))
    with pytest.raises(NothingMeasured):
        _read(_file(front=_points([]), back=_points([])))
    with pytest.raises(UnsupportedVariant, match="no traces"):
        _read(compound({("Detector Trace Handler",): b"abc"}))


def test_other_compound_files_are_not_claimed() -> None:
    assert READER.recognise(Source(compound({("WordDocument",): b"abc"}), name="a.doc")) is None


def test_the_real_file_agrees_with_its_text_export(shared: Callable[[str], Path]) -> None:
    choice, readings = read(Source(shared("chromatography/2023-06-29-007.dat")))
    assert choice.reader.name == "ezchrom_dat"
    exported = ezchrom_asc.READER.read(Source(shared("chromatography/2023-06-29-007.dat.asc")))
    assert len(readings) == len(exported) == 2
    for one, other, unit in zip(readings, exported, ("pA", "uV"), strict=True):
        assert one["detector_signal"].unit == other["detector_signal"].unit == unit
        assert one["detector_signal"].values.size == 6781
        # The export rounds the factor to six digits.
        assert np.allclose(one["detector_signal"].values, other["detector_signal"].values, rtol=5e-6)
        assert np.allclose(one["time"].values / 60, other["time"].values, rtol=1e-14)
        assert one.started_at == other.started_at
        assert one.sample_name == other.sample_name
        assert one.operator == other.operator
    assert [reading.metadata["detector"] for reading in readings] == ["Front Signal", "Back Signal"]
