"""d*TREK images: the real files with the figures read off them and fabio's reading, each variant in small."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence
from kiban.readers.recognise import read
from kiban.readers.rigaku_img import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

HEADER = {
    "DIM": "2",
    "BYTE_ORDER": "little_endian",
    "SIZE1": "3",
    "SIZE2": "2",
    "Data_type": "unsigned long int",
    "COMPRESSION": "None",
    "SATURATED_VALUE": "900000",
    "FILENAME": "C:\\data\\Al_chi35_0001.img",
    "COMMENT": "first try",
    "SOURCE_WAVELENGTH": "1.00000 1.5418",
    "SOURCE_AMPERAGE": "50.0 mA",
    "SOURCE_VOLTAGE": "40 kV",
    "CRYSTAL_GONIO_NUM_VALUES": "3",
    "CRYSTAL_GONIO_NAMES": "Omega Chi Phi",
    "CRYSTAL_GONIO_UNITS": "deg deg deg",
    "CRYSTAL_GONIO_VALUES": "20.0000 35.000 0.000",
    "CRYSTAL_GONIO_DESCRIPTION": "SmartLab",
    "DETECTOR_NUMBER": "1",
    "DETECTOR_NAMES": "PXD_",
    "PXD_DETECTOR_DIMENSIONS": "3 2",
    "PXD_DETECTOR_SIZE": "0.3 0.2",
    "PXD_SPATIAL_BEAM_POSITION": "1.5 0.5",
    "PXD_GONIO_NAMES": "RotZAboutBeam 2Theta RotX XShift YShift Distance",
    "PXD_GONIO_VALUES": "0.0000 40.0000 0.0000 0 0 99.47",
    "PXD_GONIO_UNITS": "deg deg deg mm mm mm",
    "PXD_DETECTOR_DESCRIPTION": "HyPix-3000",
    "PXD_CREATE_DATETIME": "2016/03/15 12:05:02.075",
    "ROTATION": "0.0000 0.0000 0.0 20.00 0.000 0.000 0.000 0.000 0.000 0.000",
    "ROTATION_AXIS_NAME": "Phi",
}
PIXELS = np.array([[0, 1, 2], [30, 40, 65000]])
TYPES = {
    "signed char": "i1",
    "unsigned char": "u1",
    "short int": "i2",
    "unsigned short int": "u2",
    "long int": "i4",
    "unsigned long int": "u4",
    "float IEEE": "f4",
}


def image(pixels: NDArray[Any] = PIXELS, *, dtype: str = "<u4", length: int = 2048, **changes: str | None) -> bytes:
    header = {"HEADER_BYTES": f"{length:5d}", **HEADER, **changes}
    lines = "".join(f"{key}={value};\n" for key, value in header.items() if value is not None)
    text = ("{\n" + lines + "}\n\f\n").encode("cp932")
    return text.ljust(length) + pixels.astype(dtype).tobytes()


def of(content: bytes) -> Reading:
    (reading,) = READER.read(Source(content, name="a.img"))
    return reading


ADSC: dict[str, str | None] = dict.fromkeys(HEADER) | {
    "DIM": "2",
    "BYTE_ORDER": "little_endian",
    "TYPE": "unsigned_short",
    "SIZE1": "3",
    "SIZE2": "2",
    "PIXEL_SIZE": "0.1024",
    "TIME": "5.00",
    "DISTANCE": "150.0",
    "TWOTHETA": "0.5",
    "WAVELENGTH": "0.9793",
    "BEAM_CENTER_X": "94.0",
    "BEAM_CENTER_Y": "95.0",
    "DETECTOR_SN": "445",
    "DATE": "Sat Jun  1 12:00:00 2002",
    "BEAMLINE": "BL-5A",
}


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        **{f"{written}": image(PIXELS % 100, dtype=f"<{kind}", Data_type=written) for written, kind in TYPES.items()},
        "big endian": image(dtype=">u4", BYTE_ORDER="big_endian"),
        "ratio": image(dtype="<u2", Data_type="unsigned short int", RAXIS_COMPRESSION_RATIO="32.0"),
        "stack": image(np.zeros((4, 2, 3)), DIM="3", SIZE3="4"),
        "ADSC": image(dtype="<u2", **ADSC),
        "Japanese": image(FILENAME="試験サンプル_0001.img"),
    }


def test_an_image_with_all_that_is_stated() -> None:
    reading = of(image())
    assert reading.technique == "xrd_image"
    assert reading.title == "Al_chi35_0001"
    assert [(v.name, v.dimensions) for v in reading.variables] == [
        ("y", ("y",)),
        ("x", ("x",)),
        ("intensity", ("y", "x")),
    ]
    np.testing.assert_allclose(reading["x"].values, [0, 0.1, 0.2])
    np.testing.assert_allclose(reading["y"].values, [0, 0.1])
    assert reading["x"].unit == "mm"
    assert reading["intensity"].values.tolist() == PIXELS.tolist()
    assert reading["intensity"].unit == "count"
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    np.testing.assert_allclose(doubt.values, np.sqrt(np.maximum(PIXELS, 1)))
    assert reading.instrument == "SmartLab"
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "maker": "Rigaku",
        "model": "SmartLab",
        "comment": "first try",
        "detector": "HyPix-3000",
        "wavelength": Measured(1.5418, "angstrom"),
        "tube_voltage": Measured(40.0, "kV"),
        "tube_current": Measured(50.0, "mA"),
        "beam_center_x": Measured(1.5, "pixel"),
        "beam_center_y": Measured(0.5, "pixel"),
        "x_pixel_size": Measured(0.1, "mm"),
        "y_pixel_size": Measured(0.1, "mm"),
        "position_omega": Measured(20.0, "deg"),
        "position_chi": Measured(35.0, "deg"),
        "position_phi": Measured(0.0, "deg"),
        "position_two_theta": Measured(40.0, "deg"),
        "detector_distance": Measured(99.47, "mm"),
        "count_time": Measured(20.0, "s"),
        "created_at": datetime(2016, 3, 15, 12, 5, 2, 75000),
    }
    assert reading.header["PXD_DETECTOR_SIZE"] == "0.3 0.2"
    assert len(reading.header) == len(HEADER) + 1


@pytest.mark.parametrize(("written", "kind"), list(TYPES.items()))
@pytest.mark.parametrize(("order", "sign"), [("little_endian", "<"), ("big_endian", ">")])
def test_every_type_and_byte_order(written: str, kind: str, order: str, sign: str) -> None:
    pixels = np.array([[0, 1, 2], [100, 5, 127]])
    reading = of(image(pixels, dtype=f"{sign}{kind}", Data_type=written, BYTE_ORDER=order))
    assert reading["intensity"].values.tolist() == pixels.tolist()
    assert reading["intensity"].values.dtype == np.dtype(kind)


@given(st.lists(st.integers(0, 2**32 - 1), min_size=6, max_size=6), st.sampled_from(["<", ">"]))
def test_pixels_come_back(pixels: list[int], sign: str) -> None:
    order = "little_endian" if sign == "<" else "big_endian"
    reading = of(image(np.array(pixels).reshape(2, 3), dtype=f"{sign}u4", BYTE_ORDER=order))
    assert reading["intensity"].values.ravel().tolist() == pixels


def test_large_values_are_unpacked_with_the_ratio() -> None:
    stored = np.array([[0, 1, 0x7FFF], [0x8000 + 1025, 0x8000, 0xFFFF]])
    reading = of(image(stored, dtype="<u2", Data_type="unsigned short int", RAXIS_COMPRESSION_RATIO="32.0"))
    assert reading["intensity"].values.tolist() == [[0, 1, 0x7FFF], [1025 * 32, 0, 0x7FFF * 32]]
    assert reading["intensity"].uncertainty is None
    assert "3 pixels above 32767 are stored divided by 32" in reading.doubts[0]


def test_without_a_ratio_16_bits_are_16_bits() -> None:
    stored = np.array([[0, 1, 0x7FFF], [0x8000, 5, 0xFFFF]])
    for ratio in (None, "1.0"):
        reading = of(image(stored, dtype="<u2", Data_type="unsigned short int", RAXIS_COMPRESSION_RATIO=ratio))
        assert reading["intensity"].values.tolist() == stored.tolist()


def test_negative_pixels_are_gaps() -> None:
    reading = of(image(np.array([[4, -1, -2], [0, 9, 1]]), dtype="<i4", Data_type="long int"))
    assert reading["intensity"].values.tolist() == [[4, -1, -2], [0, 9, 1]]
    assert reading["intensity"].uncertainty is not None
    np.testing.assert_array_equal(reading["intensity"].uncertainty.values, [[2, np.nan, np.nan], [1, 3, 1]])
    assert "2 pixels hold negative numbers" in reading.doubts[0]


def test_saturated_pixels_are_doubted() -> None:
    assert "1 pixels are saturated" in of(image(SATURATED_VALUE="60000")).doubts[0]


def test_no_pixel_reaches_a_number_beyond_its_type() -> None:
    content = image(dtype="<f4", Data_type="float IEEE", SATURATED_VALUE="1e300")
    assert of(content).doubts == ()


def test_detectors_that_do_not_count_photons_have_no_unit() -> None:
    reading = of(image(PXD_DETECTOR_DESCRIPTION="Saturn 944"))
    assert reading["intensity"].unit == ""
    assert reading["intensity"].uncertainty is None


def test_a_size_that_disagrees_is_no_size() -> None:
    reading = of(image(PXD_DETECTOR_DIMENSIONS="6 4"))
    assert reading["x"].unit == "pixel"
    assert reading["x"].values.tolist() == [0, 1, 2]
    assert "x_pixel_size" not in reading.metadata


def test_the_axis_that_turned_has_no_position() -> None:
    metadata = of(image(ROTATION="0.0 5.0 5.0 20.00 0 0 0 0 0 0")).metadata
    assert "position_phi" not in metadata
    assert metadata["position_omega"] == Measured(20.0, "deg")


def test_a_stack() -> None:
    frames = np.arange(24).reshape(4, 2, 3)
    reading = of(image(frames, DIM="3", SIZE3="4"))
    assert reading["intensity"].values.tolist() == frames.tolist()
    assert reading.variables[-1].dimensions == ("frame", "y", "x")


def test_adsc() -> None:
    reading = of(image(dtype="<u2", **ADSC))
    assert reading["intensity"].values.tolist() == PIXELS.tolist()
    assert reading["intensity"].unit == ""
    np.testing.assert_allclose(reading["x"].values, [0, 0.1024, 0.2048])
    assert reading.title == "X-ray diffraction image, 3 × 2 pixels"
    assert reading.instrument == "BL-5A"
    assert dict(reading.metadata) == {
        "detector_serial_number": "445",
        "wavelength": Measured(0.9793, "angstrom"),
        "beam_center_x": Measured(94.0, "mm"),
        "beam_center_y": Measured(95.0, "mm"),
        "x_pixel_size": Measured(0.1024, "mm"),
        "y_pixel_size": Measured(0.1024, "mm"),
        "detector_distance": Measured(150.0, "mm"),
        "position_two_theta": Measured(0.5, "deg"),
        "count_time": Measured(5.0, "s"),
        "created_at": datetime(2002, 6, 1, 12, 0),
    }


def test_keys_that_come_again_and_texts_in_japanese() -> None:
    content = image(FILENAME="試験サンプル_0001.img")
    content = content.replace(b"COMMENT=first try;\n", b"COMMENT=a;\nCOMMENT=b;\n")
    reading = of(content.replace(b"}\n\f\n   ", b"}\n\f\n"))
    assert reading.title == "試験サンプル_0001"
    assert reading.header["COMMENT"] == ["a", "b"]
    assert reading.metadata["comment"] == "a"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (image()[:-1], "2 × 3 pixels of 4 bytes were promised; 23 bytes follow"),
        (image(SIZE1="2000000000", SIZE2="2000000000"), "a whole number was expected as SIZE2; '2000000000'"),
        (image(SIZE1="200000000", SIZE2="200000000"), "200000000 × 200000000 pixels"),
        (image(SIZE2=None), "a whole number was expected as SIZE2; 'nothing'"),
        (image(SIZE2="-2"), "'-2' was found"),
        (image(BYTE_ORDER=None), "expected as BYTE_ORDER; 'nothing' was found"),
        (image(BYTE_ORDER="middle"), "expected as BYTE_ORDER; 'middle' was found"),
        (image().replace(b"HEADER_BYTES= 2048", b"HEADER_BYTES=99999"), "a header of 99999 bytes was promised"),
        (image().replace(b"HEADER_BYTES= 2048", b"HEADER_BYTES=    3"), "a header of 3 bytes was promised"),
        (image(np.full((2, 3), np.nan), dtype="<f4", Data_type="float IEEE"), "finite pixels were expected"),
        (b"{\nHEADER", "{ and HEADER_BYTES= were expected"),
    ],
)
def test_damage_is_named(content: bytes, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(content)
    assert words in caught.value.fault
    assert caught.value.mend


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (image(COMPRESSION="pck"), "compressed with 'pck'"),
        (image(Data_type="Compressed"), "Data_type 'Compressed'"),
        (image(Data_type="Other_type"), "Data_type 'Other_type'"),
        (image(Data_type=None), "TYPE '' and no Data_type"),
        (image(DIM="4"), "an image of 4 dimensions"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(content: bytes, words: str) -> None:
    with pytest.raises(UnsupportedVariant) as caught:
        of(content)
    assert words in caught.value.fault


def test_no_pixels_are_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of(image(SIZE1="0"))


def test_bytes_after_the_pixels_are_doubted() -> None:
    assert "5 bytes follow the promised pixels" in of(image() + b"12345").doubts[0]
    assert of(image() + bytes(5)).doubts == ()


def test_recognition() -> None:
    claim = READER.recognise(Source(image()))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN
    for content in (b'{"HEADER_BYTES": 5}', b"{\nHeaderID = EH:000001:000000:000000 ;\n", b"{ HEADER_BYTES;"):
        assert READER.recognise(Source(content)) is None


@pytest.mark.parametrize(
    ("name", "shape", "maximum", "total"),
    [
        ("xrd/Al_chi35_RIGAKU.img", (385, 775), 33, 150967),
        ("xrd/testsample_3dCpm_0001.img", (487, 195), 147, 1469305),
    ],
)
def test_the_real_files(
    shared: Callable[[str], Path], name: str, shape: tuple[int, int], maximum: int, total: int
) -> None:
    choice, (reading,) = read(Source(shared(name)))
    assert choice.reader is READER
    assert reading["intensity"].shape == shape
    assert reading["intensity"].values.max() == maximum
    assert reading["intensity"].values.sum() == total
    assert reading["intensity"].unit == "count"
    assert reading.instrument == "SmartLab"
    assert reading.doubts == ()


@pytest.mark.parametrize("name", ["xrd/Al_chi35_RIGAKU.img", "xrd/testsample_3dCpm_0001.img"])
def test_they_agree_with_fabio(shared: Callable[[str], Path], name: str) -> None:
    dtrekimage = pytest.importorskip("fabio.dtrekimage")
    path = shared(name)
    other = dtrekimage.DtrekImage()
    content = path.read_bytes()
    # fabio reads the header as ASCII; the name of one file is in Japanese.
    ascii_only = bytes(byte if byte < 0x80 else 0x3F for byte in content[:4096]) + content[4096:]
    (ours,) = READER.read(Source(content, name=path.name))
    other._open = lambda *_: __import__("io").BytesIO(ascii_only)
    other.read(str(path))
    np.testing.assert_array_equal(ours["intensity"].values, other.data)


@pytest.mark.parametrize(("written", "kind"), list(TYPES.items()))
def test_what_fabio_writes_comes_back(tmp_path: Path, written: str, kind: str) -> None:
    dtrekimage = pytest.importorskip("fabio.dtrekimage")
    pixels = np.arange(35).reshape(5, 7).astype(kind)
    path = tmp_path / "a.img"
    dtrekimage.DtrekImage(data=pixels, header={"Data_type": written}).write(str(path))
    reading = of(path.read_bytes())
    np.testing.assert_array_equal(reading["intensity"].values, pixels)
