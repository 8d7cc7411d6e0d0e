"""JEOL's pictures and element maps: the real files and small ones."""

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
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from kiban.errors import DamagedFile, LimitExceeded, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.jeol_jed_image import READER
from kiban.readers.recognise import choose, read
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

ARRAYS = {"uint8": 6, "uint16": 7, "int32": 8, "float32": 9, "float64": 10}
PICTURE = np.arange(6, dtype=np.uint8).reshape(2, 3)


def node(name: str, value: Any = None, below: dict[str, Any] | None = None) -> bytes:
    match value:
        case None:
            kind, raw = 0, b""
        case str():
            kind, raw = 12, value.encode() + b"\0"
        case np.ndarray():
            kind, raw = ARRAYS[value.dtype.name], value.tobytes()
        case int():
            kind, raw = 3, struct.pack("<i", value)
        case np.float32():
            kind, raw = 4, struct.pack("<f", value)
        case float():
            kind, raw = 5, struct.pack("<d", value)
    text = name.encode() + b"\0"
    head = b"\x01" + struct.pack("<i", len(text)) + text + struct.pack("<2i", kind, len(raw)) + raw
    return head + b"".join(listed(below or {})) + b"\xff"


def listed(tree: dict[str, Any]) -> list[bytes]:
    return [node(name, None, each) if isinstance(each, dict) else node(name, each) for name, each in tree.items()]


def file(values: NDArray[Any] = PICTURE, kind: str = "JED-2200:IMG", **changes: Any) -> bytes:
    size = np.array(changes.pop("size", values.shape[::-1]), np.int32)
    instrument = {
        "ScanSize": np.float32(178.0),
        "Name": "JEM-2100F",
        "AccV": np.float32(200.0),
        "Mag": 40000,
        "WorkD": np.float32(6.0),
    }
    picture = {"Created": 42832.75561342593, "Memo": "film", "Title": "IMG1", "Size": size, "Bits": values}
    tree = {"Instrument": instrument | changes, "FileType": kind, "Image": picture, "Map": {"SweepCount": 14}}
    head = b"\x34\0\0\0" + b"JED-2200:LibJxImageForm".ljust(32, b"\0") + struct.pack("<3I", 64, 0, 80)
    return head.ljust(92, b"\0") + b"".join(listed(tree))


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "picture": file(),
        "map": file(PICTURE.astype(np.uint16), "JED-2200:MAP2"),
    }


def only(content: bytes) -> Reading:
    (reading,) = READER.read(Source(content, name="a.img"))
    return reading


def test_a_picture_with_all_that_is_stated() -> None:
    reading = only(file())
    assert reading.technique == "electron_microscopy"
    assert reading.title == "IMG1"
    assert reading.variables[-1].dimensions == ("y", "x")
    assert reading["intensity"].values.tolist() == PICTURE.tolist()
    assert reading["x"].unit == "um"
    # 178 mm on the screen at 40,000 times are 4.45 µm.
    assert reading["x"].values == pytest.approx([0, 4.45 / 3, 8.9 / 3])
    assert reading.instrument == "JEM-2100F"
    assert reading.started_at == datetime(2017, 4, 7, 18, 8, 5)
    assert dict(reading.metadata) == {
        "maker": "JEOL",
        "acceleration_voltage": Measured(200.0, "kV"),
        "magnification": Measured(40000.0),
        "working_distance": Measured(6.0, "mm"),
        "comment": "film",
        "n_scans": 14,
    }
    header: Any = reading.header["values"]
    assert header["Instrument"]["ScanSize"] == 178.0
    assert "Bits" not in header["Image"]


def test_a_map() -> None:
    assert only(file(kind="JED-2200:MAP2")).technique == "energy_dispersive_x_ray"


def test_without_a_magnification_pixels_are_counted() -> None:
    assert only(file(Mag=0))["x"].unit == "pixel"
    assert only(file(ScanSize=np.float32(np.nan)))["x"].unit == "pixel"


@given(
    values=npst.arrays(
        dtype=st.sampled_from(list(ARRAYS)),
        shape=npst.array_shapes(min_dims=2, max_dims=2, max_side=5),
        elements={"allow_nan": False},
    )
)
def test_every_type(values: NDArray[Any]) -> None:
    reading = only(file(values))
    assert np.array_equal(reading["intensity"].values, values)
    assert reading["intensity"].values.dtype == values.dtype


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (file(size=(4, 4)), DamagedFile, "4 × 4 points are promised; 6 follow"),
        (file(size=(0, 4)), NothingMeasured, "holds no points"),
        (file(size=(-1, -6)), DamagedFile, "one is missing"),
        (file()[:-20], DamagedFile, "promises more than the file has|with . open"),
        (file()[:60], DamagedFile, "ends at byte"),
        (file()[:40], DamagedFile, "does not begin as a picture"),
        (b"", DamagedFile, "does not begin as a picture"),
    ],
)
def test_what_is_promised_and_not_found_is_an_error(content: bytes, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        only(content)


def test_hostile_trees_end_soon() -> None:
    head = file()[:92]
    with pytest.raises(LimitExceeded, match="nested too deep"):
        only(head + (b"\x01" + struct.pack("<i", 2) + b"a\0" + bytes(8)) * 50)
    with pytest.raises(DamagedFile, match="7 was found"):
        only(head + b"\x07")
    with pytest.raises(DamagedFile, match="promises more"):
        only(head + b"\x01" + struct.pack("<i", 2**30))
    with pytest.raises(DamagedFile, match="promises more"):
        only(head + b"\x01" + struct.pack("<i", 2) + b"a\0" + struct.pack("<2i", 6, -5) + bytes(20))


def test_it_is_recognised_by_its_name() -> None:
    assert choose(Source(file(), name="a.bin")).reader is READER
    assert READER.recognise(Source(b"\x34\0\0\0JED-3000")) is None


@pytest.mark.parametrize(
    ("name", "technique", "highest", "title"),
    [
        ("View000_0000000.img", "electron_microscopy", 52, "IMG1"),
        ("View000_0000005.map", "energy_dispersive_x_ray", 4, "Cu K"),
    ],
)
def test_the_real_files(shared: Callable[[str], Path], name: str, technique: str, highest: int, title: str) -> None:
    choice, (reading,) = read(Source(shared(f"microscopy/{name}")))
    assert choice.reader is READER
    assert reading.technique == technique
    assert reading.title == title
    assert reading["intensity"].shape == (512, 512)
    assert reading["intensity"].values.dtype == np.uint8
    assert reading["intensity"].values.max() == highest
    assert np.diff(reading["x"].values) == pytest.approx(0.00869141, rel=1e-5)
    assert reading.started_at is not None
    assert reading.started_at.date() == datetime(2017, 4, 7).date()
    assert reading.doubts == ()
