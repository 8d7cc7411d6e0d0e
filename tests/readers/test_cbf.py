"""CBF: each variant of the format in small, what fabio writes, and the compression by byte offsets."""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, LimitExceeded, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.cbf import READER
from kiban.readers.cif import READER as CIF
from kiban.readers.contract import Confidence
from kiban.readers.imgcif.byte_offset import differences
from kiban.readers.recognise import choose
from kiban.readers.source import Limits, Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

PIXELS = [0, 1, 200, -1, 70000, 3]

DECTRIS = """_array_data.header_convention "PILATUS_1.2"
_array_data.header_contents
;
# Detector: PILATUS 2M, S/N 24-0107
# 2009-10-08T12:34:56.123
# Pixel_size 172e-6 m x 172e-6 m
# Silicon sensor, thickness 0.000320 m
# Exposure_time 0.0970000 s
# Tau = 0 s
# Count_cutoff 60000 counts
# Threshold_setting: 5000 eV
# Wavelength 1.0 A
# Energy_range (0, 0) eV
# Detector_distance 0.2 m
# Beam_xy (243.12, 309.5) pixels
# Start_angle 90.0 deg.
# Angle_increment 0.1 deg.
# Detector_2theta 2.5 deg.
# Chi 1.5 deg.
# Omega 90.0 deg.
# Oscillation_axis omega
;
"""
OTHER = '_array_data.header_convention "SLS_1.0"\n'


def packed(pixels: Sequence[int]) -> bytes:
    """The differences as the description of the format says, one by one."""
    content, before = b"", 0
    for pixel in pixels:
        step, before = pixel - before, pixel
        if -0x80 < step < 0x80:
            content += struct.pack("<b", step)
        elif -0x8000 < step < 0x8000:
            content += b"\x80" + struct.pack("<h", step)
        elif -0x80000000 < step < 0x80000000:
            content += b"\x80\x00\x80" + struct.pack("<i", step)
        else:
            content += b"\x80\x00\x80\x00\x00\x00\x80" + struct.pack("<q", step)
    return content


def section(
    stored: bytes | None = None,
    *,
    shape: tuple[int, ...] = (2, 3),
    kind: str = "signed 32-bit integer",
    conversion: str | None = "x-CBF_BYTE_OFFSET",
    encoding: str = "BINARY",
    order: str = "LITTLE_ENDIAN",
    checksum: str | None = "",
    newline: str = "\r\n",
    size: int | None = None,
    n: int | None = None,
) -> bytes:
    stored = packed(PIXELS) if stored is None else stored
    if checksum == "":
        checksum = base64.b64encode(hashlib.md5(stored, usedforsecurity=False).digest()).decode()
    lines = ["--CIF-BINARY-FORMAT-SECTION--", "Content-Type: application/octet-stream;"]
    if conversion is not None:
        lines.append(f'     conversions="{conversion}"')
    lines += [
        f"Content-Transfer-Encoding: {encoding}",
        f"X-Binary-Size: {len(stored) if size is None else size}",
        "X-Binary-ID: 1",
        f'X-Binary-Element-Type: "{kind}"',
        f"X-Binary-Element-Byte-Order: {order}",
    ]
    if checksum is not None:
        lines.append(f"Content-MD5: {checksum}")
    lines.append(f"X-Binary-Number-of-Elements: {int(np.prod(shape)) if n is None else n}")
    names = ("Fastest", "Second", "Third")
    lines += [f"X-Binary-Size-{name}-Dimension: {x}" for name, x in zip(names, reversed(shape), strict=False)]
    body = base64.encodebytes(stored) if encoding == "BASE64" else b"\x0c\x1a\x04\xd5" + stored
    return (newline.join(lines) + newline * 2).encode() + body + f"{newline}--CIF-BINARY-FORMAT-SECTION----".encode()


def cbf(*sections: bytes, text: str = DECTRIS, start: str = "###CBF: VERSION 1.5\n") -> bytes:
    found = sections or (section(),)
    data = b"".join(b"_array_data.data\n;\n" + one + b"\n;\n" for one in found)
    return f"{start}data_image_1\n{text}".encode() + data


def of(content: bytes) -> list[Reading]:
    return READER.read(Source(content, name="a.cbf"))


def only(content: bytes) -> Reading:
    (reading,) = of(content)
    return reading


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "miniCBF": cbf(),
        "LF": cbf(section(newline="\n")),
        "without a header": cbf(text=OTHER),
        "not compressed": cbf(section(np.array(PIXELS, "<i4").tobytes(), conversion=None)),
        "BASE64": cbf(section(encoding="BASE64")),
        "two sections": cbf(section(), section()),
        "without the signature": cbf(start=""),
    }


def test_a_minicbf_with_all_that_is_stated() -> None:
    reading = only(cbf())
    assert reading.technique == "xrd_image"
    assert reading.title == "PILATUS 2M image, 3 × 2 pixels"
    assert reading.variables[-1].dimensions == ("y", "x")
    np.testing.assert_allclose(reading["x"].values, [0, 0.172, 0.344])
    assert reading["intensity"].values.tolist() == [[0, 1, 200], [-1, 70000, 3]]
    assert reading["intensity"].values.dtype == np.int32
    assert reading["intensity"].unit == "count"
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    np.testing.assert_allclose(doubt.values, [[1, 1, 200**0.5], [np.nan, 70000**0.5, 3**0.5]])
    assert reading.started_at == datetime(2009, 10, 8, 12, 34, 56, 123000)
    assert "1 pixels hold negative numbers" in reading.doubts[0]
    assert "1 pixels are saturated: the file says so of numbers from 60000 on" in reading.doubts[1]
    assert dict(reading.metadata) == {
        "detector": "PILATUS 2M",
        "detector_serial_number": "24-0107",
        "wavelength": Measured(1.0, "angstrom"),
        "detector_distance": Measured(0.2, "m"),
        "count_time": Measured(0.097, "s"),
        "beam_center_x": Measured(243.12, "pixel"),
        "beam_center_y": Measured(309.5, "pixel"),
        "x_pixel_size": Measured(0.172, "mm"),
        "y_pixel_size": Measured(0.172, "mm"),
        # ω turned during the exposure.
        "position_chi": Measured(1.5, "deg"),
        "position_two_theta": Measured(2.5, "deg"),
    }
    assert reading.header["section"]["conversions"] == "x-CBF_BYTE_OFFSET"  # type: ignore[index, call-overload]
    assert "# Exposure_time 0.0970000 s" in reading.header["cif"]  # type: ignore[operator]


def test_nothing_is_stated() -> None:
    reading = only(cbf(text=OTHER))
    assert reading.title == "X-ray diffraction image, 3 × 2 pixels"
    assert reading["x"].unit == "pixel"
    assert reading["intensity"].unit == ""
    assert reading["intensity"].uncertainty is None
    assert dict(reading.metadata) == {}
    assert reading.doubts == ()


@given(
    st.lists(
        st.one_of(st.integers(-300, 300), st.integers(-(2**17), 2**17), st.integers(-(2**31), 2**31 - 1)),
        min_size=1,
        max_size=80,
    )
)
def test_byte_offsets_come_back(pixels: list[int]) -> None:
    reading = only(cbf(section(packed(pixels), shape=(1, len(pixels)))))
    assert reading["intensity"].values.ravel().tolist() == pixels


def _one_by_one(stored: bytes, n: int) -> list[int] | None:
    """The differences as the description of the format says, one by one; nothing where they are fewer than n."""
    found: list[int] = []
    at = 0
    while len(found) < n:
        for width, kind in ((1, "<b"), (2, "<h"), (4, "<i"), (8, "<q")):
            if at + width > len(stored):
                return None
            (step,) = struct.unpack_from(kind, stored, at)
            at += width
            if width == 8 or step != -(1 << (8 * width - 1)):
                break
        found.append(step)
    return found


@given(st.lists(st.sampled_from([0x80, 0x80, 0, 0, 1, 0xFF]) | st.integers(0, 255), min_size=1, max_size=60), st.data())
def test_any_bytes_are_unpacked_as_described(codes: list[int], data: st.DataObject) -> None:
    n = data.draw(st.integers(1, len(codes)))
    expected = _one_by_one(bytes(codes), n)
    wide, narrow = differences(bytes(codes), n, np.int64), differences(memoryview(bytes(codes)), n, np.int32)
    if expected is None or wide is None or narrow is None:
        assert wide is None
        assert narrow is None
        assert expected is None
        return
    assert wide.tolist() == expected
    assert narrow.tolist() == np.array(expected, np.int64).astype(np.int32).tolist()


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=30))
def test_byte_offsets_of_64_bits_come_back(pixels: list[int]) -> None:
    if any(abs(b - a) >= 2**63 for a, b in zip([0, *pixels], pixels, strict=False)):
        return  # such a difference has no place in the format
    reading = only(cbf(section(packed(pixels), shape=(1, len(pixels)), kind="signed 64-bit integer")))
    assert reading["intensity"].values.ravel().tolist() == pixels


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [
        ("signed 8-bit integer", "i1"),
        ("unsigned 8-bit integer", "u1"),
        ("signed 16-bit integer", "i2"),
        ("unsigned 16-bit integer", "u2"),
        ("signed 32-bit integer", "i4"),
        ("unsigned 32-bit integer", "u4"),
        ("signed 64-bit integer", "i8"),
        ("unsigned 64-bit integer", "u8"),
        ("signed 32-bit real IEEE", "f4"),
        ("signed 64-bit real IEEE", "f8"),
    ],
)
@pytest.mark.parametrize(("order", "sign"), [("LITTLE_ENDIAN", "<"), ("BIG_ENDIAN", ">")])
@pytest.mark.parametrize("encoding", ["BINARY", "BASE64"])
def test_every_type_uncompressed(kind: str, dtype: str, order: str, sign: str, encoding: str) -> None:
    pixels = np.array([[0, 1, 2], [100, 5, 127]], f"{sign}{dtype}")
    reading = only(cbf(section(pixels.tobytes(), kind=kind, order=order, conversion=None, encoding=encoding)))
    assert reading["intensity"].values.tolist() == pixels.tolist()
    assert reading["intensity"].values.dtype == np.dtype(dtype)


def test_sections_are_readings() -> None:
    other = section(packed([9] * 4), shape=(2, 2))
    first, second = of(cbf(section(), other))
    assert first.title == "PILATUS 2M image, 3 × 2 pixels 1 of 2"
    assert second["intensity"].values.tolist() == [[9, 9], [9, 9]]


def test_three_dimensions() -> None:
    reading = only(cbf(section(packed(range(12)), shape=(2, 2, 3))))
    assert reading.variables[-1].dimensions == ("frame", "y", "x")
    assert reading["intensity"].values.ravel().tolist() == list(range(12))


def test_pixels_may_hold_what_looks_like_a_boundary() -> None:
    boundary = list(b"--CIF-BINARY-FORMAT-SECTION----")
    pixels = np.cumsum(boundary).tolist()
    assert only(cbf(section(packed(pixels), shape=(1, 31))))["intensity"].values.ravel().tolist() == pixels


def test_times_with_names_of_months() -> None:
    text = DECTRIS.replace("2009-10-08T12:34:56.123", "2007/Jun/17 15:12:36.928")
    assert only(cbf(text=text)).started_at == datetime(2007, 6, 17, 15, 12, 36, 928000)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (cbf(section(checksum="AAAAAAAAAAAAAAAAAAAAAA==")), "its pixels were changed"),
        (cbf(section(packed(PIXELS[:5]))), "6 pixels were promised; 15 bytes hold fewer"),
        (cbf(section(packed(PIXELS)[:-2])), "6 pixels were promised"),
        (cbf(section(b"\x80" * 6)), "6 pixels were promised"),
        (cbf(section(b"\0" * 5)), "6 pixels were promised; 5 bytes hold fewer"),
        (cbf(section(b"\0" * 20, conversion=None)), "6 pixels of 4 bytes were promised; 20 bytes follow"),
        (cbf(section(packed([300, 0, 0, 0, 0, 0]), kind="unsigned 8-bit integer")), "pixels from 0 to 255"),
        (cbf(section(packed([-1, 0, 0, 0, 0, 0]), kind="unsigned 16-bit integer")), "pixels from 0 to 65535"),
        (cbf(section(size=10**6)), "1000000 bytes of pixels were promised"),
        (cbf(section(size=-1)), "expected as X-Binary-Size; '-1' was found"),
        (cbf(section(n=7)), "7 pixels were promised, and dimensions of 3 × 2"),
        (cbf(section(shape=())), "expected as X-Binary-Size-Fastest-Dimension; 'nothing'"),
        (cbf(section().replace(b"\x0c\x1a\x04\xd5", b"    ")), "the bytes that begin the pixels"),
        (cbf(section(encoding="BASE64").replace(b"==", b"!!")), "BASE64"),
        (cbf()[:700], "does not end"),
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
        (cbf(section(conversion="x-CBF_PACKED")), "compressed with 'x-cbf_packed'"),
        (cbf(section(encoding="QUOTED-PRINTABLE")), "encoded as 'quoted-printable'"),
        (cbf(section(kind="signed 32-bit complex IEEE")), "the type 'signed 32-bit complex ieee'"),
        (cbf(section(kind="signed 32-bit real IEEE")), "real numbers compressed by byte offsets"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(content: bytes, words: str) -> None:
    with pytest.raises(UnsupportedVariant) as caught:
        of(content)
    assert words in caught.value.fault


def test_no_pixels_are_nothing_measured() -> None:
    for content in (cbf(section(b"", shape=(0, 0))), b"###CBF: VERSION 1.5\ndata_a\n"):
        with pytest.raises(NothingMeasured):
            of(content)


def test_more_than_allowed_is_refused() -> None:
    with pytest.raises(LimitExceeded):
        of(cbf(section(shape=(30000, 30000), n=None)))
    with pytest.raises(LimitExceeded):
        READER.read(Source(cbf(), name="a.cbf", limits=Limits(expanded_bytes=40)))


def test_recognition() -> None:
    for content in (cbf(), cbf(start=""), cbf(start="# made by hand\n")):
        claim = READER.recognise(Source(content))
        assert claim is not None
        assert claim.confidence is Confidence.CERTAIN
        assert CIF.recognise(Source(content)) is None
        assert choose(Source(content, name="a.cif")).reader is READER
    assert READER.recognise(Source(b"data_a\n_cell_length_a 5\n")) is None


@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "u2", "i4", "u4"])
def test_what_fabio_writes_comes_back(tmp_path: Path, dtype: str) -> None:
    cbfimage = pytest.importorskip("fabio.cbfimage")
    chance = np.random.default_rng(20261122)
    pixels = chance.poisson(50, (40, 30)).astype(dtype)
    pixels[chance.random((40, 30)) < 0.05] = np.iinfo(dtype).max
    path = tmp_path / "a.cbf"
    cbfimage.CbfImage(data=pixels).write(str(path))
    np.testing.assert_array_equal(only(path.read_bytes())["intensity"].values, pixels)


def test_what_we_read_fabio_reads(tmp_path: Path) -> None:
    cbfimage = pytest.importorskip("fabio.cbfimage")
    path = tmp_path / "a.cbf"
    path.write_bytes(cbf())
    image = cbfimage.CbfImage().read(str(path))
    np.testing.assert_array_equal(only(path.read_bytes())["intensity"].values, image.data)
