"""TIA series: each variant in small, and ncempy as a second reader."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from kiban.errors import DamagedFile, LimitExceeded, NothingMeasured, UnsupportedVariant
from kiban.readers.fei_ser import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

CODES = {
    "uint8": 1,
    "uint16": 2,
    "uint32": 3,
    "int8": 4,
    "int16": 5,
    "int32": 6,
    "float32": 7,
    "float64": 8,
    "complex64": 9,
    "complex128": 10,
}
START = 1404924994


def element(values: NDArray[Any], *calibrations: tuple[float, float, int], code: int | None = None) -> bytes:
    """Calibrations (offset, delta, element), x before y."""
    given = calibrations or ((0.0, 1e-10, 0),) * values.ndim
    head = b"".join(struct.pack("<ddI", *each) for each in given)
    head += struct.pack("<H", CODES[values.dtype.name] if code is None else code)
    return head + struct.pack(f"<{values.ndim}I", *reversed(values.shape)) + values.tobytes()


def dimension(length: int, offset: float, delta: float, point: int, description: str, unit: str) -> bytes:
    texts = b"".join(struct.pack("<I", len(text)) + text.encode() for text in (description, unit))
    return struct.pack("<IddI", length, offset, delta, point) + texts


NUMBER = dimension(1, 0.0, 1.0, 0, "Number", "")


def file(
    *elements: bytes,
    dimensions: tuple[bytes, ...] = (NUMBER,),
    version: int = 0x0210,
    kind: int = 0x4122,
    tag_kind: int = 0x4152,
    total: int | None = None,
    valid: int | None = None,
    places: tuple[tuple[float, float], ...] = (),
) -> bytes:
    n = len(elements)
    total = n if total is None else total
    wide = "Q" if version == 0x0220 else "I"
    head_bytes = 6 + 16 + struct.calcsize(wide) + 4 + sum(map(len, dimensions))
    body, offsets, tag_offsets = b"", [], []
    for number, each in enumerate(elements):
        offsets.append(head_bytes + len(body))
        body += each
        tag_offsets.append(head_bytes + len(body))
        body += struct.pack("<II", tag_kind, START + number)
        if tag_kind == 0x4142:
            body += struct.pack("<dd", *(places[number] if places else (float(number), 0.0)))
    array_at = head_bytes + len(body)
    empty = [0] * (total - n)
    arrays = struct.pack(f"<{2 * total}{wide}", *offsets, *empty, *tag_offsets, *empty) if total >= n else b""
    head = struct.pack("<HHHIIII", 0x4949, 0x0197, version, kind, tag_kind, total, n if valid is None else valid)
    return head + struct.pack(f"<{wide}I", array_at, len(dimensions)) + b"".join(dimensions) + body + arrays


def of(content: bytes) -> list[Reading]:
    return READER.read(Source(content, name="a_1.ser"))


def only(content: bytes) -> Reading:
    (reading,) = of(content)
    return reading


PICTURE = np.arange(6, dtype=np.uint16).reshape(2, 3)
SPECTRUM = np.array([1.5, 2.5, 3.5, 4.5], np.float32)
EV = (-10.0, 0.5, 2)
LINE = (dimension(3, 1e-9, 2e-9, 1, "Position", "meters"),)
MAP = (*LINE, dimension(2, 5e-9, 4e-9, 0, "Position", "meters"))


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "picture": file(element(PICTURE)),
        "picture, 64-bit offsets": file(element(PICTURE), version=0x0220),
        "spectrum": file(element(SPECTRUM, EV), kind=0x4120),
        "map of spectra": file(*[element(SPECTRUM, EV)] * 6, kind=0x4120, dimensions=MAP, tag_kind=0x4142),
        "series of pictures": file(*[element(PICTURE)] * 3, dimensions=(dimension(3, 0, 1, 0, "Number", ""),)),
        "pictures that differ": file(element(PICTURE), element(PICTURE.T), dimensions=(dimension(2, 0, 1, 0, "", ""),)),
    }


@pytest.mark.parametrize("version", [0x0210, 0x0220])
@pytest.mark.parametrize("kind", CODES)
def test_every_type_in_both_versions(kind: str, version: int) -> None:
    values = np.array([[1, 0, 3], [4, 5, 100]]).astype(kind)
    reading = only(file(element(values), version=version))
    name = "complex_amplitude" if values.dtype.kind == "c" else "intensity"
    assert reading[name].values.dtype == values.dtype
    assert reading[name].values.tolist() == values.tolist()


@given(
    values=npst.arrays(
        dtype=st.sampled_from([np.uint8, np.int32, np.float32]),
        shape=npst.array_shapes(min_dims=3, max_dims=3, max_side=4),
        elements={"allow_nan": False},
    ),
    version=st.sampled_from([0x0210, 0x0220]),
)
def test_what_was_written_is_read(values: NDArray[Any], version: int) -> None:
    frames = (dimension(len(values), 0, 1, 0, "Number", ""),)
    reading = only(file(*map(element, values), dimensions=frames, version=version))
    assert np.array_equal(reading["intensity"].values, values if len(values) > 1 else values[0])


def test_a_picture() -> None:
    reading = only(file(element(PICTURE, (1e-9, 1e-10, 1), (5e-9, 2e-10, 0))))
    assert reading.technique == "electron_microscopy"
    assert [(v.name, v.role, v.dimensions) for v in reading.variables] == [
        ("y", Role.AXIS, ("y",)),
        ("x", Role.AXIS, ("x",)),
        ("intensity", Role.SIGNAL, ("y", "x")),
    ]
    assert reading["x"].unit == "m"
    assert reading["x"].values == pytest.approx([0.9e-9, 1e-9, 1.1e-9])
    assert reading["y"].values == pytest.approx([5e-9, 5.2e-9])
    assert reading["intensity"].values.tolist() == PICTURE.tolist()
    assert reading.started_at == datetime.fromtimestamp(START, UTC)
    assert reading.doubts == (
        "The file does not state the unit of the pictures' axes; m is taken, by the size of a step.",
    )
    assert reading.header["series_version"] == "0x0210"


@pytest.mark.parametrize(
    ("delta", "kind", "unit", "name", "technique"),
    [
        (1e-10, 0x4122, "m", "x", "electron_microscopy"),
        (1e8, 0x4122, "1/m", "k_x", "electron_diffraction"),
        (1.0, 0x4122, "pixel", "x", "electron_microscopy"),
        (7.0, 0x4122, "", "x", "electron_microscopy"),
        (0.3, 0x4120, "eV", "energy", "spectrum"),
        (1e-9, 0x4120, "m", "x", "spectrum"),
        (1e6, 0x4120, "", "channel", "spectrum"),
    ],
)
def test_the_unit_is_that_which_a_step_can_only_have(
    delta: float, kind: int, unit: str, name: str, technique: str
) -> None:
    values = PICTURE if kind == 0x4122 else SPECTRUM
    reading = only(file(element(values, *[(0.0, delta, 0)] * values.ndim), kind=kind))
    assert reading.technique == technique
    assert reading[name].unit == unit
    assert len(reading.doubts) == 1


def test_a_spectrum() -> None:
    reading = only(file(element(SPECTRUM, EV), kind=0x4120))
    assert reading["energy"].values.tolist() == [-11.0, -10.5, -10.0, -9.5]
    assert reading["intensity"].values.tolist() == SPECTRUM.tolist()


def test_a_map_of_spectra_runs_along_x_first() -> None:
    values = np.arange(24, dtype=np.float32).reshape(6, 4)
    elements = [element(each, EV) for each in values]
    places = tuple((1e-9 + 2e-9 * (n % 3), 5e-9 + 4e-9 * (n // 3)) for n in range(6))
    reading = only(file(*elements, kind=0x4120, dimensions=MAP, tag_kind=0x4142, places=places))
    assert reading.variables[-1].dimensions == ("y", "x", "energy")
    assert reading["intensity"].values.tolist() == values.reshape(2, 3, 4).tolist()
    assert reading["x"].values == pytest.approx([-1e-9, 1e-9, 3e-9])
    assert reading["y"].values == pytest.approx([5e-9, 9e-9])
    assert len(reading.doubts) == 1
    turned = tuple((y, x) for x, y in places)
    doubts = only(file(*elements, kind=0x4120, dimensions=MAP, tag_kind=0x4142, places=turned)).doubts
    assert "ran along y first" in doubts[1]


def test_scans_and_series_of_pictures() -> None:
    scan = only(file(*[element(PICTURE)] * 6, dimensions=MAP, tag_kind=0x4142))
    assert scan.variables[-1].dimensions == ("scan_y", "scan_x", "y", "x")
    series = only(file(*[element(PICTURE)] * 3, dimensions=(dimension(3, 0, 1, 0, "Number", "Number"),)))
    assert series.variables[-1].dimensions == ("frame", "y", "x")
    assert series["frame"].unit == "pixel"
    timed = only(file(*[element(PICTURE)] * 3, dimensions=(dimension(3, 0, 0.5, 0, "Time", "s"),)))
    assert timed["time"].values.tolist() == [0, 0.5, 1.0]
    without = only(file(*[element(PICTURE)] * 3, dimensions=()))
    assert without["intensity"].shape == (3, 2, 3)


def test_a_scan_that_was_stopped() -> None:
    elements = [element(SPECTRUM, EV)] * 3
    whole_row = only(file(*elements, kind=0x4120, dimensions=MAP, total=6))
    assert whole_row["intensity"].shape == (1, 3, 4)
    assert "3 of 6 elements were recorded" in whole_row.doubts[1]
    part = only(file(*elements[:2], kind=0x4120, dimensions=MAP, total=6))
    assert part.variables[-1].dimensions == ("point", "energy")
    line = only(file(*elements[:2], kind=0x4120, dimensions=LINE, total=3))
    assert line["intensity"].shape == (2, 4)
    assert line["x"].values == pytest.approx([-1e-9, 1e-9])


def test_elements_that_differ_are_readings_of_their_own() -> None:
    two = (dimension(2, 0, 1, 0, "Number", ""),)
    readings = of(file(element(PICTURE), element(PICTURE.T.copy()), dimensions=two))
    assert [r["intensity"].shape for r in readings] == [(2, 3), (3, 2)]
    assert [r.title for r in readings] == ["a_1.ser 1 of 2", "a_1.ser 2 of 2"]
    assert readings[1].started_at == datetime.fromtimestamp(START + 1, UTC)
    many = [element(PICTURE)] * 1000 + [element(PICTURE.T.copy())]
    with pytest.raises(LimitExceeded, match="1001 elements that differ"):
        of(file(*many, dimensions=(dimension(1001, 0, 1, 0, "Number", ""),)))


def test_tags_with_wrong_places_give_no_time() -> None:
    content = bytearray(file(element(PICTURE)))
    content[-4:] = struct.pack("<I", len(content) - 2)
    assert only(bytes(content)).started_at is None
    content[-4:] = struct.pack("<I", 0)
    assert only(bytes(content)).started_at is None
    assert only(bytes(content[:-4])).started_at is None


TWO = (dimension(2, 0, 1, 0, "Number", ""),)


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (file(element(PICTURE), version=0x0300), UnsupportedVariant, "version 0x0300"),
        (file(element(PICTURE), kind=0x4121), UnsupportedVariant, "type 0x4121"),
        (file(element(PICTURE, code=11)), UnsupportedVariant, "numbers of the type 11"),
        (file(element(PICTURE), dimensions=TWO), DamagedFile, "1 elements are promised in a scan of 2"),
        (file(element(PICTURE), valid=0), NothingMeasured, "holds no elements"),
        (file(element(PICTURE), valid=2), DamagedFile, "2 of 1 elements are said to be valid"),
        (file(element(PICTURE[:0])), NothingMeasured, "holds no points"),
        (
            file(element(PICTURE), total=5, valid=5, dimensions=()),
            DamagedFile,
            "element 2 was expected behind the header",
        ),
        (file(element(PICTURE))[:-8], DamagedFile, "the places of 1 elements were expected"),
        (file(element(PICTURE))[:40], DamagedFile, "bytes were expected at byte"),
        (b"II\x97\x01", DamagedFile, "bytes were expected at byte 0"),
        (b"", DamagedFile, "does not begin"),
    ],
)
def test_what_is_promised_and_not_found_is_an_error(content: bytes, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        of(content)


def test_elements_that_share_their_bytes_are_no_bomb() -> None:
    big = np.zeros((300, 300), np.uint8)
    content = bytearray(file(element(big), *[b""] * 99, dimensions=()))
    (array_at,) = struct.unpack_from("<I", content, 22)
    (first,) = struct.unpack_from("<I", content, array_at)
    struct.pack_into("<100I", content, array_at, *[first] * 100)
    with pytest.raises(DamagedFile, match="100 elements of 90000 bytes are promised"):
        of(bytes(content))
    other = bytearray(file(element(big), *[b""] * 98, element(big[:9]), dimensions=()))
    (array_at,) = struct.unpack_from("<I", other, 22)
    struct.pack_into("<99I", other, array_at, *struct.unpack_from("<I", other, array_at) * 99)
    with pytest.raises(DamagedFile, match="promise more than its"):
        of(bytes(other))
    huge = struct.pack("<ddIddIHII", 0, 1e-9, 0, 0, 1e-9, 0, 2, 2**31, 2**31)
    with pytest.raises(DamagedFile, match="promises 2147483648 × 2147483648 points"):
        of(file(huge))


def test_files_of_others_are_not_claimed() -> None:
    assert READER.recognise(Source(b"II*\0" + bytes(60))) is None
    assert READER.recognise(Source(b"II\x97\x01" + bytes(60))) is None


@pytest.mark.parametrize("version", [0x0210, 0x0220])
def test_ncempy_reads_the_same(tmp_path: Path, version: int) -> None:
    ser = pytest.importorskip("ncempy.io.ser")
    path = tmp_path / "a_1.ser"
    spectra = np.arange(24, dtype=np.float32).reshape(6, 4)
    content = file(*[element(each, EV) for each in spectra], kind=0x4120, dimensions=MAP, version=version)
    path.write_bytes(content)
    with ser.fileSER(str(path)) as other:
        theirs = [other.getDataset(n)[0] for n in range(6)]
        tag = other._getTag(0)
    reading = only(content)
    assert np.array_equal(reading["intensity"].values.reshape(6, 4), np.array(theirs))
    assert reading.started_at == datetime.fromtimestamp(int(tag["Time"]), UTC)
    path.write_bytes(file(element(PICTURE), version=version))
    with ser.fileSER(str(path)) as other:
        picture = other.getDataset(0)[0]
    # They turn pictures upside down, as they are shown; here the axis says where a row is.
    assert np.array_equal(np.flipud(picture), only(path.read_bytes())["intensity"].values)
