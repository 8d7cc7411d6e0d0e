"""EDF: each variant of the format in small, and what fabio writes."""

from __future__ import annotations

import bz2
import gzip
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kiban.errors import DamagedFile, LimitExceeded, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence
from kiban.readers.esrf_edf import READER
from kiban.readers.recognise import choose
from kiban.readers.source import Limits, Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

PIXELS = np.array([[0, 1, 2], [30, 40, 65000]])
TYPES = {
    "SignedByte": "i1",
    "UnsignedByte": "u1",
    "SignedShort": "i2",
    "UnsignedShort": "u2",
    "SignedInteger": "i4",
    "UnsignedInteger": "u4",
    "SignedLong": "i4",
    "UnsignedLong": "u4",
    "Signed64": "i8",
    "Unsigned64": "u8",
    "FloatValue": "f4",
    "Float": "f4",
    "FLOATVALUE": "f4",
    "DoubleValue": "f8",
}
HEADER = {
    "HeaderID": "EH:000001:000000:000000",
    "Image": "1",
    "ByteOrder": "LowByteFirst",
    "DataType": "UnsignedInteger",
    "Dim_1": "3",
    "Dim_2": "2",
    "Size": "24",
}
SCATTERING = {
    "Title": "silver behenate",
    "Time": "2011-04-08T12:30:05.25",
    "DetectorName": "PILATUS 1M",
    "Center_1": "487.5",
    "Center_2": "521.25",
    "PSize_1": "0.000172",
    "PSize_2": "0.000172",
    "SampleDistance": "1.5",
    "WaveLength": "1.0e-10",
    "ExposureTime": "10",
}


def block(
    pixels: NDArray[Any] | bytes = PIXELS,
    *,
    dtype: str = "<u4",
    newline: str = "\n",
    pad: int = 512,
    **changes: str | None,
) -> bytes:
    keys = {**HEADER, **changes}
    lines = "".join(f"{key} = {value} ;{newline}" for key, value in keys.items() if value is not None)
    text = f"{{{newline}{lines}".encode("cp1252")
    end = f"}}{newline}".encode()
    filling = b" " * (-(len(text) + len(end)) % pad)
    return text + filling + end + (pixels if isinstance(pixels, bytes) else pixels.astype(dtype).tobytes())


def of(content: bytes) -> list[Reading]:
    return READER.read(Source(content, name="a.edf"))


def only(content: bytes) -> Reading:
    (reading,) = of(content)
    return reading


GENERAL = b"{\nEDF_DataFormatVersion = 2.40 ;\nEDF_BinarySize = 0 ;\nDetectorName = PILATUS 300k ;\n}\n"
VERSION_2 = {
    "HeaderID": None,
    "Image": None,
    "Size": None,
    "EDF_DataBlockID": "1.Image.Psd",
    "EDF_BinarySize": "24",
}


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "one picture": block(**SCATTERING),
        "CRLF": block(newline="\r\n"),
        "big endian": block(dtype=">u4", ByteOrder="HighByteFirst"),
        "floats": block(dtype="<f4", DataType="FloatValue"),
        "two pictures": block() + block(PIXELS + 1, Image="2"),
        "two that differ": block() + block(PIXELS[:, :2], Dim_1="2", Size="16", Image="2"),
        "without a size": block(Size=None),
        "version 2": GENERAL + block(**VERSION_2),
        "gzip": block(gzip.compress(PIXELS.astype("<u4").tobytes()), Size=None, Compression="GzipCompression"),
    }


def test_a_scattering_picture_with_all_that_is_stated() -> None:
    reading = only(block(**SCATTERING))
    assert reading.technique == "xrd_image"
    assert reading.title == "silver behenate"
    assert reading.variables[-1].dimensions == ("y", "x")
    np.testing.assert_allclose(reading["x"].values, [0, 0.172, 0.344])
    assert reading["x"].unit == "mm"
    assert reading["intensity"].values.tolist() == PIXELS.tolist()
    assert reading["intensity"].unit == "count"
    assert reading["intensity"].uncertainty is not None
    assert reading.started_at == datetime(2011, 4, 8, 12, 30, 5, 250000)
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "detector": "PILATUS 1M",
        "wavelength": Measured(1e-10, "m"),
        "detector_distance": Measured(1.5, "m"),
        "x_pixel_size": Measured(0.000172, "m"),
        "y_pixel_size": Measured(0.000172, "m"),
        "count_time": Measured(10.0, "s"),
        "beam_center_x": Measured(487.5, "pixel"),
        "beam_center_y": Measured(521.25, "pixel"),
    }
    assert dict(reading.header) == {**HEADER, **SCATTERING}


def test_a_picture_of_which_nothing_is_stated_is_an_image() -> None:
    reading = only(block())
    assert reading.technique == "image"
    assert reading.title == "Picture of 3 × 2 pixels"
    assert reading["intensity"].unit == ""
    assert reading["intensity"].uncertainty is None
    assert reading["x"].unit == "pixel"


def test_units_that_follow_a_number() -> None:
    metadata = only(block(WaveLength="1.54_angstrom", SampleDistance="250 mm")).metadata
    assert metadata["wavelength"] == Measured(1.54, "angstrom")
    assert metadata["detector_distance"] == Measured(250.0, "mm")


@pytest.mark.parametrize(("written", "kind"), list(TYPES.items()))
@pytest.mark.parametrize(("order", "sign"), [("LowByteFirst", "<"), ("HighByteFirst", ">")])
def test_every_type_and_byte_order(written: str, kind: str, order: str, sign: str) -> None:
    pixels = np.array([[0, 1, 2], [100, 5, 127]])
    content = block(pixels, dtype=f"{sign}{kind}", DataType=written, ByteOrder=order, Size=str(6 * int(kind[1])))
    reading = only(content)
    assert reading["intensity"].values.tolist() == pixels.tolist()
    assert reading["intensity"].values.dtype == np.dtype(kind)


@given(st.lists(st.integers(0, 2**32 - 1), min_size=6, max_size=6), st.integers(1, 3), st.sampled_from([1, 512, 1024]))
def test_pixels_come_back(pixels: list[int], n_pictures: int, pad: int) -> None:
    values = np.array(pixels).reshape(2, 3)
    reading = only(b"".join(block(values, pad=pad, Image=str(n + 1)) for n in range(n_pictures)))
    for n in range(n_pictures):
        picture = reading["intensity"].values if n_pictures == 1 else reading["intensity"].values[n]
        assert picture.tolist() == values.tolist()


def test_pictures_that_are_alike_are_a_stack() -> None:
    reading = only(b"".join(block(PIXELS + n, Image=str(n), ExposureTime="2", count_time=str(n)) for n in range(3)))
    assert reading.variables[-1].dimensions == ("frame", "y", "x")
    assert reading["intensity"].values[:, 0, 0].tolist() == [0, 1, 2]
    assert reading.header["Image"] == {"#each": ["0", "1", "2"]}
    assert reading.header["Dim_1"] == "3"
    assert reading.metadata["count_time"] == Measured(2.0, "s")


def test_pictures_that_differ_are_readings() -> None:
    first, second = of(block() + block(PIXELS[:, :2], Dim_1="2", Size="16", Image="2"))
    assert first.title == "Picture of 3 × 2 pixels 1 of 2"
    assert second["intensity"].values.tolist() == PIXELS[:, :2].tolist()


def test_pictures_without_sizes_follow_each_other() -> None:
    reading = only(block(Size=None) + block(PIXELS + 1, Size=None, Image="2"))
    assert reading["intensity"].values[:, 0, 0].tolist() == [0, 1]


def test_version_2_has_keys_that_hold_for_all() -> None:
    reading = only(GENERAL + block(**VERSION_2) + block(PIXELS + 1, **VERSION_2 | {"EDF_DataBlockID": "2.Image.Psd"}))
    assert reading["intensity"].values[:, 0, 0].tolist() == [0, 1]
    assert reading["intensity"].unit == "count"
    assert "EDF_DataFormatVersion" not in reading.header


def test_blocks_of_errors_are_readings_of_their_own() -> None:
    picture, error = of(block(**VERSION_2) + block(**VERSION_2 | {"EDF_DataBlockID": "1.Image.Error"}))
    assert picture.doubts == ()
    assert "errors of another block" in error.doubts[0]


def test_a_header_may_be_longer_than_its_text() -> None:
    content = block(**VERSION_2, EDF_HeaderSize="1024")
    end = content.index(b"}\n") + 2
    reading = only(content[:end].ljust(1024) + content[end:])
    assert reading["intensity"].values.tolist() == PIXELS.tolist()


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("GzipCompression", gzip.compress),
        ("ZCompression", zlib.compress),
        ("BzipCompression", bz2.compress),
        ("None", bytes),
        ("NoCompression", bytes),
    ],
)
def test_compressions(name: str, pack: Any) -> None:
    packed = pack(PIXELS.astype("<u4").tobytes())
    for size in (None, str(len(packed))):
        reading = only(block(packed, Compression=name, Size=size))
        assert reading["intensity"].values.tolist() == PIXELS.tolist()


def test_more_than_two_dimensions() -> None:
    stack = np.arange(24).reshape(4, 2, 3)
    reading = only(block(stack, Dim_3="4", Size="96"))
    assert reading["intensity"].values.tolist() == stack.tolist()
    assert reading.variables[-1].dimensions == ("frame", "y", "x")
    assert only(block(PIXELS, Dim_3="1"))["intensity"].shape == (2, 3)
    assert only(block(PIXELS[0], Dim_2=None, Size="12"))["intensity"].values.tolist() == [[0, 1, 2]]


def test_four_dimensions() -> None:
    stack = np.arange(48).reshape(4, 2, 3, 2)
    reading = only(block(stack, Dim_1="2", Dim_2="3", Dim_3="2", Dim_4="4", Size="192"))
    assert reading["intensity"].values.tolist() == stack.tolist()
    assert reading.variables[-1].dimensions == ("frame_2", "frame", "y", "x")


def test_what_follows_the_last_block_is_doubted() -> None:
    assert "5 bytes after the last block" in only(block() + b"\n\nabcde").doubts[0]
    assert only(block() + b"\n \0").doubts == ()


def test_times() -> None:
    assert only(block(Time="2011/04/08 12:30:05")).started_at == datetime(2011, 4, 8, 12, 30, 5)
    assert only(block(Date="Fri Apr  8 12:30:05 2011")).started_at == datetime(2011, 4, 8, 12, 30, 5)
    reading = only(block(Time="soon"))
    assert reading.started_at is None
    assert "'soon' cannot be told" in reading.doubts[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (block()[:-1], "a block of 24 bytes was promised from byte 512; the file has 535 bytes"),
        (block(Size=None)[:-1], "a block of 24 bytes was promised"),
        (block(Size="20")[:-4], "2 × 3 pixels of 4 bytes were promised; 20 bytes follow"),
        (block(Size=None, Dim_1="4000000000", Dim_2="4000000000"), "a block of 64000000000000000000 bytes"),
        (block(Dim_1=None, Dim_2=None), "Dim_1 and Dim_2 were expected"),
        (block(Dim_1="three"), "a whole number was expected as Dim_1; 'three' was found"),
        (block(Dim_1="-3"), "a whole number was expected as Dim_1"),
        (block(Size="1.5"), "a whole number was expected as Size"),
        (block(ByteOrder=None), "expected as ByteOrder; 'nothing' was found"),
        (block(b"nonsense", Size=None, Compression="gzip"), "cannot be unpacked"),
        (block(gzip.compress(b"abc"), Size=None, Compression="gzip"), "2 × 3 pixels of 4 bytes were promised; 3 bytes"),
        (b"{\nHeaderID = 1 ;\n", "does not end with a brace"),
        (b"nothing", "a header in braces was expected at byte 0"),
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
        (block(DataType="QuadrupleValue"), "the DataType 'QuadrupleValue'"),
        (block(DataType=None), "the DataType 'nothing'"),
        (block(Compression="CbfByteOffset"), "compressed with 'cbfbyteoffset'"),
        (block(EDF_BinaryFileName="other.bin"), "its pixels lie in another file, 'other.bin'"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(content: bytes, words: str) -> None:
    with pytest.raises(UnsupportedVariant) as caught:
        of(content)
    assert words in caught.value.fault


def test_no_pixels_are_nothing_measured() -> None:
    for content in (block(b"", Dim_1="0", Size="0"), b"", GENERAL):
        with pytest.raises(NothingMeasured):
            of(content)


def test_more_than_allowed_is_refused() -> None:
    packed = gzip.compress(bytes(10**6))
    content = block(packed, Dim_1="1000", Dim_2="250", Size=None, Compression="gzip")
    with pytest.raises(LimitExceeded):
        READER.read(Source(content, name="a.edf", limits=Limits(expanded_bytes=10**5)))


def test_recognition() -> None:
    claim = READER.recognise(Source(block()))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN
    claim = READER.recognise(Source(block(HeaderID=None)))
    assert claim is not None
    assert claim.confidence is Confidence.LIKELY
    assert choose(Source(block(HeaderID=None), name="a.bin")).reader is READER
    for content in (b'{"Dim_1": 5}', b"{\nHEADER_BYTES= 512;\nDIM=2;\n}", b"ByteOrder = DataType = Dim_1 ="):
        assert READER.recognise(Source(content)) is None


@pytest.mark.parametrize("kind", ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"])
def test_what_fabio_writes_comes_back(tmp_path: Path, kind: str) -> None:
    edfimage = pytest.importorskip("fabio.edfimage")
    pixels = np.arange(35).reshape(5, 7).astype(kind)
    path = tmp_path / "a.edf"
    image = edfimage.EdfImage(data=pixels, header={"Title": "a title", "count_time": "1.5"})
    image.append_frame(data=pixels + 1, header={"Title": "a title"})
    image.write(str(path))
    reading = only(path.read_bytes())
    np.testing.assert_array_equal(reading["intensity"].values, np.stack([pixels, pixels + 1]))
    assert reading.title == "a title"


def test_what_we_read_fabio_reads(tmp_path: Path) -> None:
    edfimage = pytest.importorskip("fabio.edfimage")
    path = tmp_path / "a.edf"
    path.write_bytes(block(**SCATTERING) + block(PIXELS + 1, Image="2"))
    image = edfimage.EdfImage().read(str(path))
    reading = only(path.read_bytes())
    assert image.nframes == 2
    np.testing.assert_array_equal(reading["intensity"].values[0], image.data)
    np.testing.assert_array_equal(reading["intensity"].values[1], image.getframe(1).data)
