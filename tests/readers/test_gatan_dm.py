"""DM3 and DM4: the real files with their figures, each variant in small, and ncempy as a second reader."""

from __future__ import annotations

import struct
from collections.abc import Callable
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
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence
from kiban.readers.gatan_dm import READER
from kiban.readers.recognise import choose, read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

CODES = {
    "int16": (1, 2),
    "float32": (2, 6),
    "uint8": (6, 10),
    "int32": (7, 3),
    "int8": (9, 9),
    "uint16": (10, 4),
    "uint32": (11, 5),
    "float64": (12, 7),
    "int64": (39, 11),
    "uint64": (40, 12),
}
LETTERS = {2: "h", 3: "i", 4: "H", 5: "I", 6: "f", 7: "d", 8: "B", 9: "b", 10: "B", 11: "q", 12: "Q"}


class Raw:
    """An array with the type codes that describe its elements."""

    def __init__(self, array: NDArray[Any], *description: int) -> None:
        self.array, self.description = array, description


class Builder:
    """Writes tag trees: dictionaries and lists are directories, the rest are values."""

    def __init__(self, version: int = 3, order: str = "<") -> None:
        self.version, self.order = version, order

    def number(self, value: int) -> bytes:
        return struct.pack(">Q" if self.version == 4 else ">I", value)

    def file(self, root: dict[str, Any]) -> bytes:
        body = self.directory(root)
        tail = bytes(8)
        little = int(self.order == "<")
        length = self.number(len(body) + (8 if self.version == 3 else 0))
        return struct.pack(">I", self.version) + length + struct.pack(">I", little) + body + tail

    def directory(self, entries: dict[str, Any] | list[Any]) -> bytes:
        named = list(entries.items()) if isinstance(entries, dict) else [("", value) for value in entries]
        return b"\1\0" + self.number(len(named)) + b"".join(self.entry(*each) for each in named)

    def entry(self, name: str, value: Any) -> bytes:
        is_directory = isinstance(value, dict | list)
        content = self.directory(value) if is_directory else self.value(value)
        raw = name.encode("cp1252")
        length = self.number(len(content)) if self.version == 4 else b""
        return struct.pack(">BH", 20 if is_directory else 21, len(raw)) + raw + length + content

    def value(self, value: Any) -> bytes:
        match value:
            case Raw():
                array = value.array
                content = array.astype(array.dtype.newbyteorder(self.order)).tobytes()
                return self.described((20, *value.description), content)
            case str():
                text = value.encode("utf-16-le" if self.order == "<" else "utf-16-be")
                return self.described((20, 4, len(value)), text)
            case bool():
                return self.described((8,), bytes([value]))
            case int():
                return self.described((5,), struct.pack(self.order + "I", value))
            case np.float32():
                return self.described((6,), struct.pack(self.order + "f", value))
            case float():
                return self.described((7,), struct.pack(self.order + "d", value))
            case tuple():
                content = struct.pack(self.order + "f" * len(value), *value)
                return self.described((15, 0, len(value), *(0, 6) * len(value)), content)
        raise TypeError(value)

    def described(self, description: tuple[int, ...], content: bytes) -> bytes:
        numbers = b"".join(map(self.number, description))
        return b"%%%%" + self.number(len(description)) + numbers + content


def data(values: NDArray[Any]) -> tuple[int, int, Raw]:
    """Data type, bytes of a point and the array."""
    if values.dtype.kind == "c":
        part = 6 if values.dtype.itemsize == 8 else 7
        code = 3 if part == 6 else 13
        return code, values.dtype.itemsize, Raw(values, 15, 0, 2, 0, part, 0, part, values.size)
    if values.dtype.kind == "b":
        return 14, 1, Raw(values.view(np.uint8), 8, values.size)
    code, element = CODES[values.dtype.name]
    return code, values.dtype.itemsize, Raw(values, element, values.size)


def image(
    values: NDArray[Any],
    *calibrations: tuple[float, float, str],
    tags: dict[str, Any] | None = None,
    name: str = "picture",
    brightness: tuple[float, float, str] = (0.0, 1.0, ""),
    **changes: Any,
) -> dict[str, Any]:
    """One entry of the image list; calibrations are (origin, scale, unit), the fastest axis first."""
    code, depth, array = data(values)
    keys = ("Origin", "Scale", "Units")

    def calibration(each: tuple[float, float, str]) -> dict[str, Any]:
        return dict(zip(keys, (np.float32(each[0]), np.float32(each[1]), each[2]), strict=True))

    content = {
        "Calibrations": {
            "Brightness": calibration(brightness),
            "Dimension": [calibration(each) for each in calibrations],
            "DisplayCalibratedUnits": True,
        },
        "Data": array,
        "DataType": code,
        "Dimensions": list(reversed(values.shape)),
        "PixelDepth": depth,
    } | changes
    return {"ImageData": content, "ImageTags": tags or {}, "Name": name, "UniqueID": [1, 2, 3, 4]}


THUMBNAIL = {
    "ImageData": {
        "Calibrations": {"Dimension": []},
        "Data": Raw(np.zeros(16, np.int32), 3, 16),
        "DataType": 23,
        "Dimensions": [4, 4],
        "PixelDepth": 4,
    },
    "Name": "Image Of picture",
}


def root(*images: dict[str, Any], thumbnail: bool = True) -> dict[str, Any]:
    shown = [{"ClassName": "ImageSource:Simple", "ImageRef": n + thumbnail} for n in range(len(images))]
    entries: dict[str, Any] = {"ApplicationBounds": (0.0, 0.0, 830.0, 1410.0), "ImageList": list(images)}
    entries["ImageSourceList"] = shown
    if thumbnail:
        entries["ImageList"] = [THUMBNAIL, *images]
        entries["Thumbnails"] = [{"ImageIndex": 0, "SourceSize_Pixels": (2.0, 2.0)}]
    return entries


def file(*images: dict[str, Any], version: int = 3, order: str = "<", thumbnail: bool = True) -> bytes:
    return Builder(version, order).file(root(*images, thumbnail=thumbnail))


def of(content: bytes) -> list[Reading]:
    return READER.read(Source(content, name="a.dm3"))


def only(content: bytes) -> Reading:
    (reading,) = of(content)
    return reading


MICROSCOPE = {
    "Voltage": 200000.0,
    "Indicated Magnification": 320000.0,
    "STEM Camera Length": 135.0,
    "Cs(mm)": 1.2,
    "Emission Current (µA)": 50.0,
    "Probe Current (nA)": 0.0,
    "Operation Mode": "IMAGING",
    "Imaging Mode": "IMAGING",
    "Illumination Mode": "TEM",
    "Name": "FEI Titan Remote",
    "Specimen": "Al 6061",
    "Operator": "A. Person",
}
PICTURE = np.arange(6, dtype=np.int16).reshape(2, 3)
NM = ((0.0, 0.5, "nm"), (-2.0, 0.5, "nm"))
EELS = {
    "Meta Data": {"Signal": "EELS", "Format": "Spectrum"},
    "EELS": {
        "Acquisition": {"Exposure (s)": 0.5, "Number of frames": 4, "Date": "8/13/2016", "Start time": "7:35:17 PM"}
    },
}
EDS = {
    "Meta Data": {"Signal": "X-ray", "Format": "Spectrum"},
    "EDS": {"Live time": 3.8, "Real time": 4.2, "Detector Info": {"Elevation angle": 18.0, "Detector type": "SDD"}},
}
COUNTS = np.array([0, 1, 9, 100], np.uint32)


def spectrum(**changes: Any) -> dict[str, Any]:
    return image(COUNTS, (95.6, 0.005, "keV"), tags=EDS, brightness=(0.0, 1.0, "Counts"), name="EDS", **changes)


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "DM3, little endian": file(image(PICTURE, *NM, tags={"Microscope Info": MICROSCOPE})),
        "DM3, big endian": file(image(PICTURE, *NM), order=">"),
        "DM4, little endian": file(image(PICTURE, *NM), version=4),
        "DM4, big endian, no thumbnail": file(image(PICTURE, *NM), version=4, order=">", thumbnail=False),
        "spectrum": file(spectrum()),
        "complex stack": file(image(np.ones((2, 2, 3), np.complex64)), version=4),
        "loss spectrum": file(image(COUNTS.astype(np.float32), (200.0, 0.5, "eV"), tags=EELS)),
        "two images": file(image(PICTURE), spectrum()),
    }


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [*CODES, "complex64", "complex128", "bool"])
def test_every_type_in_both_versions_and_byte_orders(kind: str, order: str, version: int) -> None:
    values = np.array([[1, 0, 3], [4, 5, 100]]).astype(kind)
    reading = only(file(image(values), order=order, version=version))
    name = "complex_amplitude" if values.dtype.kind == "c" else "intensity"
    assert reading[name].values.dtype == values.dtype
    assert reading[name].values.tolist() == values.tolist()
    assert [v.name for v in reading.variables] == ["y", "x", name]


@given(
    values=npst.arrays(
        dtype=st.sampled_from([np.int16, np.uint32, np.float32, np.complex64]),
        shape=npst.array_shapes(min_dims=1, max_dims=4, max_side=4),
        elements={"allow_nan": False},
    ),
    version=st.sampled_from([3, 4]),
    order=st.sampled_from(["<", ">"]),
)
def test_what_was_written_is_read(values: NDArray[Any], version: int, order: str) -> None:
    reading = only(file(image(values), version=version, order=order))
    assert np.array_equal(reading.signals[0].series.values, values)


def test_a_picture_with_all_that_is_stated() -> None:
    tags = {
        "Microscope Info": MICROSCOPE,
        "Session Info": {"Microscope": "Titan 3", "Specimen": ""},
        "DataBar": {"Acquisition Date": "21/10/2014", "Acquisition Time": "13:12:04", "Device Name": "Orius"},
        "GMS Version": {"Created": "2.31.734.0"},
    }
    reading = only(file(image(PICTURE, *NM, tags=tags, name="HR 01")))
    assert reading.technique == "electron_microscopy"
    assert reading.title == "HR 01"
    assert [(v.name, v.role, v.dimensions) for v in reading.variables] == [
        ("y", Role.AXIS, ("y",)),
        ("x", Role.AXIS, ("x",)),
        ("intensity", Role.SIGNAL, ("y", "x")),
    ]
    assert reading["x"].unit == reading["y"].unit == "nm"
    assert reading["x"].values.tolist() == [0.0, 0.5, 1.0]
    assert reading["y"].values.tolist() == [1.0, 1.5]
    assert reading["intensity"].values.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert reading["intensity"].uncertainty is None
    assert reading.sample_name == "Al 6061"
    assert reading.operator == "A. Person"
    assert reading.instrument == "Titan 3"
    assert reading.started_at == datetime(2014, 10, 21, 13, 12, 4)
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "maker": "Gatan",
        "software": "DigitalMicrograph 2.31.734.0",
        "acceleration_voltage": Measured(200000.0, "V"),
        "magnification": Measured(320000.0),
        "camera_length": Measured(135.0, "mm"),
        "spherical_aberration": Measured(1.2, "mm"),
        "emission_current": Measured(50.0, "uA"),
        "imaging_mode": "IMAGING",
        "operation_mode": "IMAGING",
        "illumination_mode": "TEM",
        "detector": "Orius",
    }
    header: Any = reading.header
    assert header["version"] == 3
    assert header["Image"]["ImageTags"]["Microscope Info"]["Emission Current (µA)"] == 50.0
    assert header["ApplicationBounds"] == [0.0, 0.0, 830.0, 1410.0]
    assert "Data" not in header["Image"]["ImageData"]


def test_a_spectrum_in_counts_has_the_uncertainty_of_counting() -> None:
    reading = only(file(spectrum()))
    assert reading.technique == "energy_dispersive_x_ray"
    assert reading["energy"].unit == "keV"
    np.testing.assert_allclose(reading["energy"].values, [-0.478, -0.473, -0.468, -0.463])
    assert reading["intensity"].unit == "count"
    assert reading["intensity"].uncertainty is not None
    assert reading["intensity"].uncertainty.values.tolist() == [1, 1, 3, 10]
    assert reading.metadata["live_time"] == Measured(3.8, "s")
    assert reading.metadata["elevation_angle"] == Measured(18.0, "deg")


def test_a_loss_spectrum_keeps_its_numbers_and_states_how_they_are_calibrated() -> None:
    values = np.array([0.5, -1.0, 3.0], np.float32)
    reading = only(file(image(values, (200.0, 0.5, "eV"), tags=EELS, brightness=(2.0, 0.125, "e-"))))
    assert reading.technique == "electron_energy_loss"
    assert reading["energy_loss"].values.tolist() == [-100.0, -99.5, -99.0]
    assert reading["intensity"].values.tolist() == [0.5, -1.0, 3.0]
    assert reading["intensity"].unit == ""
    assert reading.metadata["intensity_step"] == 0.125
    assert reading.metadata["intensity_origin"] == 2.0
    assert reading.metadata["intensity_unit"] == "e-"
    assert reading.metadata["n_scans"] == 4
    assert reading.started_at == datetime(2016, 8, 13, 19, 35, 17)


def test_a_spectrum_image_has_its_energy_last() -> None:
    values = np.arange(24, dtype=np.float32).reshape(4, 2, 3)
    reading = only(file(image(values, *NM, (0.0, 1.0, "eV"), tags=EELS)))
    assert [v.name for v in reading.variables] == ["y", "x", "energy_loss", "intensity"]
    assert reading["intensity"].shape == (2, 3, 4)
    assert reading["intensity"].values[1, 2].tolist() == values[:, 1, 2].tolist()


@pytest.mark.parametrize(
    ("third", "name", "unit"),
    [((0.0, 1.0, ""), "frame", "pixel"), ((0.0, 0.5, "s"), "time", "s"), ((0.0, 2.0, "nm"), "z", "nm")],
)
def test_stacks(third: tuple[float, float, str], name: str, unit: str) -> None:
    reading = only(file(image(np.zeros((4, 2, 3), np.uint8), *NM, third)))
    assert reading["intensity"].shape == (4, 2, 3)
    assert reading.variables[-1].dimensions == (name, "y", "x")
    assert reading[name].unit == unit


def test_four_dimensional_diffraction() -> None:
    k = (2.0, 0.1, "1/nm")
    values = np.zeros((5, 4, 3, 2), np.uint16)
    reading = only(file(image(values, k, k, *NM, tags={"Microscope Info": MICROSCOPE}), version=4))
    assert reading.technique == "electron_diffraction"
    assert reading.variables[-1].dimensions == ("y", "x", "k_y", "k_x")


def test_colours_of_both_byte_orders() -> None:
    # 0x00RRGGBB
    values = np.array([[0x00102030, 0x00FF0001]], np.uint32)
    for order in "<>":
        reading = only(file(image(values, DataType=23), order=order))
        assert reading["intensity"].values.tolist() == [[[0x10, 0x20, 0x30], [0xFF, 0, 1]]]
        assert reading.variables[-1].dimensions == ("y", "x", "colour")
        assert reading.metadata["colours"] == "red, green, blue"


@pytest.mark.parametrize(
    ("mode", "unit", "technique"),
    [
        ({"Operation Mode": "DIFFRACTION"}, "", "electron_diffraction"),
        ({"Operation Mode": "SCANNING", "Imaging Mode": "DIFFRACTION"}, "nm", "electron_microscopy"),
        ({"Operation Mode": "IMAGING"}, "1/nm", "electron_diffraction"),
        ({"Operation Mode": "IMAGING"}, "mrad", "electron_diffraction"),
        ({"Operation Mode": "IMAGING"}, "µm", "electron_microscopy"),
    ],
)
def test_the_technique_is_that_of_the_tags(mode: dict[str, str], unit: str, technique: str) -> None:
    calibration = (0.0, 1.0, unit)
    tags = {"Microscope Info": MICROSCOPE | mode}
    assert only(file(image(PICTURE, calibration, calibration, tags=tags))).technique == technique


def test_without_tags_no_technique_is_made_up() -> None:
    assert only(file(image(PICTURE))).technique == "image"
    assert only(file(image(COUNTS))).technique == "spectrum"
    cathodoluminescence = {"Meta Data": {"Signal": "CL"}}
    assert only(file(image(COUNTS, (0.0, 1.0, "eV"), tags=cathodoluminescence))).technique == "cathodoluminescence"


def test_images_of_one_file_are_readings_and_the_thumbnail_is_none() -> None:
    readings = of(file(image(PICTURE, name="survey"), spectrum()))
    assert [r.title for r in readings] == ["survey", "EDS"]
    with_none = of(file(image(PICTURE), thumbnail=False))
    assert with_none[0]["intensity"].shape == (2, 3)
    entries = root()
    with pytest.raises(NothingMeasured):
        of(Builder().file(entries))


@pytest.mark.parametrize(
    ("date", "time", "more", "expected"),
    [
        ("8/8/2016", "7:35:17 PM", {}, datetime(2016, 8, 8, 19, 35, 17)),
        ("2016-08-09", "07:35:17", {}, datetime(2016, 8, 9, 7, 35, 17)),
        ("10/21/2014", "12:05:00 AM", {}, datetime(2014, 10, 21, 0, 5)),
        ("21.10.2014", "3:05", {}, datetime(2014, 10, 21, 3, 5)),
        ("7/9/2014", "6:56:37 PM", {}, None),
        ("7/9/14", "6:56:37 PM", {}, None),
        ("soon", "", {}, None),
        # 9 July: 131 days of 100 ns ... since 1601, and the same as milliseconds since 1970.
        ("7/9/2014", "6:56:37 PM", {"OS": 130493985948000000.0}, datetime(2014, 7, 9, 18, 56, 37)),
        ("9/7/2014", "6:56:37 PM", {"OS": 130493985948000000.0}, datetime(2014, 7, 9, 18, 56, 37)),
        ("1/2/2003", "6:56:37 PM", {"OS": 130493985948000000.0}, datetime(2014, 7, 9, 16, 56, 34, tzinfo=UTC)),
        ("7/9/2014", "6:56:37 PM", {"OS": 1e300}, None),
    ],
)
def test_dates(date: str, time: str, more: dict[str, float], expected: datetime | None) -> None:
    bar: dict[str, Any] = {"Acquisition Date": date, "Acquisition Time": time}
    bar |= {f"Acquisition Time ({key})": value for key, value in more.items()}
    reading = only(file(image(PICTURE, tags={"DataBar": bar})))
    assert reading.started_at == expected
    assert bool(reading.doubts) == (expected is None)


@pytest.mark.parametrize("calibration", [(1e6, 0.0, "nm"), (-1e25, 1.0, "nm"), (-3e38, 3e38, "nm")])
def test_a_calibration_that_is_none_is_doubted(calibration: tuple[float, float, str]) -> None:
    reading = only(file(image(PICTURE, calibration, NM[1])))
    assert reading["x"].unit == "pixel"
    assert reading["x"].values.tolist() == [0, 1, 2]
    assert "is no calibration" in reading.doubts[0]
    nothing = only(file(image(PICTURE, (float("nan"), float("nan"), "nm"), NM[1])))
    assert np.isfinite(nothing["x"].values).all()


@pytest.mark.parametrize("code", [0, 4, 5, 17, 24, 28, 99])
def test_types_that_are_not_read_are_refused_by_name(code: int) -> None:
    with pytest.raises(UnsupportedVariant, match="which is not read"):
        of(file(image(PICTURE, DataType=code)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Dimensions": [3, 3]}, "promise 9 points of 2 bytes; 12 bytes follow"),
        ({"Dimensions": [2**31, 2**31]}, "promise 4611686018427387904 points"),
        ({"Dimensions": []}, "lengths of its axes were expected"),
        ({"DataType": 2}, "promise 6 points of 4 bytes; 12 bytes follow"),
        ({"DataType": 2, "Dimensions": [3]}, "its data type says float32, the array holds int16"),
        ({"Data": 5}, "a data type and an array were expected"),
        ({"DataType": "x"}, "a data type and an array were expected"),
    ],
)
def test_what_is_promised_and_not_found_is_an_error(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(DamagedFile, match=words):
        of(file(image(PICTURE, **changes)))


def test_an_empty_image_is_an_error() -> None:
    with pytest.raises(NothingMeasured):
        of(file(image(np.zeros((0, 3), np.int16))))


def test_another_depth_is_doubted() -> None:
    (doubt,) = only(file(image(PICTURE, PixelDepth=4))).doubts
    assert "PixelDepth says 4 bytes" in doubt


def test_hostile_trees_end_soon() -> None:
    builder = Builder(4)
    head = struct.pack(">IQI", 4, 10, 1)
    nested: list[Any] = []
    for _ in range(80):
        nested = [nested]
    with pytest.raises(LimitExceeded, match="nested"):
        of(head + builder.directory({"a": nested}))
    with pytest.raises(DamagedFile, match="needs 3 bytes"):
        of(head + b"\0\0" + struct.pack(">Q", 2**60))
    many = b"\0\0" + struct.pack(">Q", 500_000) + (b"\x14\0\0" + bytes(8) + b"\0\0" + bytes(8)) * 400_001
    with pytest.raises(LimitExceeded, match="more than 400000 tags"):
        of(head + many)
    array = b"%%%%" + b"".join(struct.pack(">Q", n) for n in (3, 20, 7, 2**62))
    with pytest.raises(DamagedFile, match=f"needs {2**65} bytes"):
        of(head + b"\0\0" + struct.pack(">Q", 1) + b"\x15\0\1a" + bytes(8) + array)
    unknown = b"%%%%" + b"".join(struct.pack(">Q", n) for n in (1, 77))
    with pytest.raises(UnsupportedVariant, match="77"):
        of(head + b"\0\0" + struct.pack(">Q", 1) + b"\x15\0\1a" + bytes(8) + unknown)


def test_files_of_others_are_not_claimed() -> None:
    for head in (b"\0\0\0\3" + bytes(40), b"\0\0\0\4" + b"\xff" * 40, struct.pack(">IIIBBI", 3, 9, 1, 1, 1, 0)):
        assert READER.recognise(Source(head)) is None
    whole = file(image(PICTURE))
    claim = READER.recognise(Source(whole[:-40]))
    assert claim is not None
    assert claim.confidence is Confidence.LIKELY
    assert choose(Source(whole, name="a.bin")).reader is READER


REAL = [
    ("test-1.dm4", (2, 2), "int16", 4),
    ("test-EDS_spectrum.dm3", (4096,), "uint32", 3525),
    ("test-EELS_spectrum.dm3", (2048,), "float32", 305.02),
    ("test_STEM_image.dm3", (68, 68), "uint32", 36106),
    ("test_diffraction_pattern.dm3", (87, 87), "int32", 2974),
]


@pytest.mark.parametrize(("name", "shape", "kind", "highest"), REAL)
def test_real_files(
    shared: Callable[[str], Path], name: str, shape: tuple[int, ...], kind: str, highest: float
) -> None:
    choice, (reading,) = read(Source(shared(f"microscopy/{name}")))
    assert choice.reader is READER
    assert reading["intensity"].shape == shape
    assert reading["intensity"].values.dtype == kind
    assert reading["intensity"].values.max() == pytest.approx(highest, rel=1e-5)
    assert reading.doubts == ()


def test_axes_of_the_real_files(shared: Callable[[str], Path]) -> None:
    def reading(name: str) -> Reading:
        return only(shared(f"microscopy/{name}").read_bytes())

    eds = reading("test-EDS_spectrum.dm3")
    assert eds["energy"].values[:2] == pytest.approx([-0.478, -0.473], abs=1e-6)
    assert eds["intensity"].unit == "count"
    assert eds.started_at == datetime(2016, 8, 8, 21, 46, 19)
    eels = reading("test-EELS_spectrum.dm3")
    assert eels["energy_loss"].values[:2].tolist() == [-100, -99.5]
    stem = reading("test_STEM_image.dm3")
    assert stem["x"].values[:2] == pytest.approx([51.4474, 51.4474 + 0.248538], abs=1e-4)
    assert stem["y"].values[0] == pytest.approx(42.5, abs=1e-4)
    pattern = reading("test_diffraction_pattern.dm3")
    assert pattern["k_y"].values[:2] == pytest.approx([131.871, 131.871 + 0.174433], abs=1e-3)
    assert pattern["k_x"].values[0] == pytest.approx(137.104, abs=1e-3)
    # The date alone, 7/9/2014, could be two days; milliseconds since 1970 beside it tell.
    assert pattern.started_at == datetime(2014, 7, 9, 18, 56, 37)


@pytest.mark.parametrize("name", [name for name, *_ in REAL])
def test_ncempy_reads_the_same(shared: Callable[[str], Path], name: str) -> None:
    dm = pytest.importorskip("ncempy.io.dm")
    path = shared(f"microscopy/{name}")
    with dm.fileDM(str(path)) as other:
        theirs = other.getDataset(0)["data"]
    (reading,) = read(Source(path))[1]
    assert np.array_equal(reading["intensity"].values, np.squeeze(theirs))


@pytest.mark.parametrize("version", [3, 4])
def test_ncempy_reads_what_the_tests_write(tmp_path: Path, version: int) -> None:
    dm = pytest.importorskip("ncempy.io.dm")
    path = tmp_path / "a.dm4"
    values = np.arange(24, dtype=np.float32).reshape(4, 2, 3)
    path.write_bytes(file(image(values, *NM, (0.0, 1.0, "s")), version=version, thumbnail=False))
    with dm.fileDM(str(path)) as other:
        found = other.getDataset(0)
    assert np.array_equal(found["data"], values)
    assert np.allclose(found["pixelSize"], [1.0, 0.5, 0.5])
