"""MRC and CCP4: the real file, each mode and variant in small, and ncempy and gemmi as second readers."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence
from kiban.readers.mrc import READER
from kiban.readers.recognise import choose, read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

MODES = {"int8": 0, "int16": 1, "float32": 2, "complex64": 4, "uint16": 6, "float16": 12}


def header(
    shape: tuple[int, int, int],
    mode: int,
    *,
    order: str = "<",
    cell: tuple[float, ...] = (6.0, 4.0, 0.0),
    angles: tuple[float, ...] = (90.0, 90.0, 90.0),
    starts: tuple[int, ...] = (0, 0, 0),
    intervals: tuple[int, ...] | None = None,
    axes: tuple[int, ...] = (1, 2, 3),
    limits: tuple[float, ...] = (0.0, -1.0, -2.0),
    group: int = 0,
    extended: bytes = b"",
    kind: bytes = b"",
    mark: bytes = b"MAP ",
    stamp: bytes | None = None,
    version: int = 20141,
    imod: int | None = None,
    labels: tuple[str, ...] = ("written by a test",),
) -> bytes:
    head = bytearray(1024)
    struct.pack_into(order + "10i", head, 0, *shape, mode, *starts, *(intervals or shape))
    struct.pack_into(order + "6f3i3f2i", head, 40, *cell, *angles, *axes, *limits, group, len(extended))
    head[104 : 104 + len(kind)] = kind
    struct.pack_into(order + "i", head, 108, version)
    if imod is not None:
        struct.pack_into(order + "2i", head, 152, 1146047817, imod)
    head[208:212] = mark
    head[212:216] = stamp if stamp is not None else (b"\x44\x44\0\0" if order == "<" else b"\x11\x11\0\0")
    struct.pack_into(order + "f", head, 216, -1.0)
    struct.pack_into(order + "i", head, 220, len(labels))
    for n, label in enumerate(labels):
        head[224 + 80 * n : 224 + 80 * n + len(label)] = label.encode()
    return bytes(head) + extended


def file(values: NDArray[Any], *, order: str = "<", mode: int | None = None, **changes: Any) -> bytes:
    """Shape of the values: (sections, rows, columns)."""
    nz, ny, nx = values.shape
    head = header((nx, ny, nz), MODES[values.dtype.name] if mode is None else mode, order=order, **changes)
    return head + values.astype(values.dtype.newbyteorder(order)).tobytes()


def of(content: bytes, name: str = "a.mrc") -> Reading:
    (reading,) = READER.read(Source(content, name=name))
    return reading


PICTURE = np.arange(6, dtype=np.int16).reshape(1, 2, 3)
STACK = np.arange(24, dtype=np.float32).reshape(4, 2, 3)


def fei_record(alpha: float, **changes: Any) -> bytes:
    record = bytearray(768)
    struct.pack_into("<3I", record, 0, 768, 0, 0xFFFFFFFF & ~(1 << 6))
    record[20:29] = b"TITAN52337"[:9]
    record[52:56] = b"Tomo"
    record[68:73] = b"5.2.0"
    struct.pack_into("<d", record, 84, 300000.0)
    struct.pack_into("<d", record, 100, alpha)
    struct.pack_into("<2d", record, 156, changes.get("pixel", 2e-10), 2e-10)
    struct.pack_into("<d", record, 220, -2e-6)
    struct.pack_into("<2i", record, 244, 1, changes.get("projection", 2))
    struct.pack_into("<d", record, 289, 53000.0)
    struct.pack_into("<I", record, 297, 1 << 16 | 1 << 19)
    struct.pack_into("<d", record, 419, 0.5)
    record[435:444] = b"BM-Falcon"
    return bytes(record)


FEI = b"".join(fei_record(-60.0 + 3 * n) for n in range(4))


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "picture": file(PICTURE),
        "stack, big endian": file(STACK, order=">"),
        "volume": file(STACK, group=1, cell=(6.0, 4.0, 8.0)),
        "tilt series of FEI": file(STACK, extended=FEI, kind=b"FEI1"),
        "before 2014, without mark": file(PICTURE, mark=bytes(4), stamp=bytes(4), version=0),
        "4-bit": header((3, 2, 1), 101) + bytes([0x21, 0x03, 0x54, 0x06]),
        "colours": header((2, 1, 1), 16) + bytes(range(6)),
    }


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", MODES)
def test_every_mode_in_both_byte_orders(kind: str, order: str) -> None:
    values = np.array([[[1, 0, 3], [4, 5, 100]]]).astype(kind)
    reading = of(file(values, order=order))
    name = "complex_amplitude" if kind == "complex64" else "intensity"
    assert reading[name].values.dtype == values.dtype
    assert reading[name].values.tolist() == values[0].tolist()
    assert reading.doubts == ()


@given(
    values=npst.arrays(
        dtype=st.sampled_from([np.int8, np.int16, np.float32, np.uint16, np.complex64]),
        shape=npst.array_shapes(min_dims=3, max_dims=3, max_side=4),
        elements={"allow_nan": False},
    ),
    order=st.sampled_from(["<", ">"]),
)
def test_what_was_written_is_read(values: NDArray[Any], order: str) -> None:
    reading = of(file(values, order=order))
    assert np.array_equal(reading.signals[0].series.values, values[0] if len(values) == 1 else values)


def test_a_picture() -> None:
    reading = of(file(PICTURE, cell=(6.0, 4.0, 0.0), starts=(10, 0, 0)), name="grid 3.mrc")
    assert reading.technique == "electron_microscopy"
    assert reading.title == "grid 3.mrc"
    assert [(v.name, v.role, v.dimensions) for v in reading.variables] == [
        ("y", Role.AXIS, ("y",)),
        ("x", Role.AXIS, ("x",)),
        ("intensity", Role.SIGNAL, ("y", "x")),
    ]
    assert reading["x"].unit == "angstrom"
    assert reading["x"].values.tolist() == [20.0, 22.0, 24.0]
    assert reading["y"].values.tolist() == [0.0, 2.0]
    assert reading["intensity"].uncertainty is None
    assert reading.header["labels"] == ["written by a test"]
    assert reading.header["nxstart"] == 10


@pytest.mark.parametrize(
    ("changes", "dimensions"),
    [
        ({"group": 0}, ("frame", "y", "x")),
        ({"group": 1}, ("z", "y", "x")),
        ({"group": 401, "intervals": (3, 2, 2)}, ("volume", "z", "y", "x")),
        ({"group": 1, "axes": (3, 2, 1)}, ("x", "y", "z")),
        ({"group": 1, "axes": (2, 1, 3)}, ("z", "x", "y")),
    ],
)
def test_sections_are_frames_or_depths(changes: dict[str, Any], dimensions: tuple[str, ...]) -> None:
    reading = of(file(STACK, cell=(6.0, 4.0, 8.0), **changes))
    assert reading.variables[-1].dimensions == dimensions
    assert reading["intensity"].values.reshape(4, 2, 3).tolist() == STACK.tolist()


def test_axes_follow_the_edges_that_they_run_along() -> None:
    # Columns along z (8 Å in 3 intervals), rows along x, sections along y.
    reading = of(file(STACK, group=1, axes=(3, 1, 2), intervals=(2, 4, 3), cell=(6.0, 4.0, 9.0)))
    assert reading.variables[-1].dimensions == ("y", "x", "z")
    assert reading["z"].values.tolist() == [0, 3, 6]
    assert reading["x"].values.tolist() == [0, 3]
    assert reading["y"].values.tolist() == [0, 1, 2, 3]


def test_volumes_that_do_not_fit_are_an_error() -> None:
    with pytest.raises(DamagedFile, match=r"4 sections cannot be volumes of 3 \(mz\); 1 are left over"):
        of(file(STACK, group=401, intervals=(3, 2, 3)))


def test_a_crystal_states_its_cell() -> None:
    reading = of(file(STACK, group=19, cell=(60.0, 40.0, 80.0), angles=(90.0, 90.0, 120.0)))
    assert reading.technique == "image"
    assert reading.metadata["space_group_number"] == 19
    assert reading.metadata["a"] == Measured(60.0, "angstrom")
    assert reading.metadata["gamma"] == Measured(120.0, "deg")


def test_four_bits_lower_half_first_and_rows_that_end_in_half_a_byte() -> None:
    reading = of(header((3, 2, 1), 101) + bytes([0x21, 0xF3, 0x54, 0x06]))
    assert reading["intensity"].values.tolist() == [[1, 2, 3], [4, 5, 6]]
    even = of(header((4, 1, 1), 101) + bytes([0x21, 0xF3]))
    assert even["intensity"].values.tolist() == [[1, 2, 3, 15]]


def test_complex_integers_and_colours() -> None:
    reading = of(header((2, 1, 1), 3) + struct.pack("<4h", 1, -2, 3, 4))
    assert reading["complex_amplitude"].values.tolist() == [[1 - 2j, 3 + 4j]]
    picture = of(header((2, 1, 1), 16) + bytes(range(6)))
    assert picture["intensity"].values.tolist() == [[[0, 1, 2], [3, 4, 5]]]
    assert picture.variables[-1].dimensions == ("y", "x", "colour")


@pytest.mark.parametrize(
    ("changes", "first", "is_doubted"),
    [
        ({}, -1, False),
        ({"version": 0, "imod": 0}, 255, False),
        ({"version": 0, "imod": 1}, -1, False),
        ({"version": 0}, -1, True),
        ({"version": 0, "limits": (0.0, 255.0, 9.0)}, 255, False),
        ({"version": 0, "limits": (-1.0, 5.0, 9.0)}, -1, False),
    ],
)
def test_the_sign_of_bytes(changes: dict[str, Any], first: int, is_doubted: bool) -> None:
    values = np.array([[[-1, 5]]], np.int8)
    reading = of(file(values, **changes))
    assert reading["intensity"].values.tolist() == [[first, 5]]
    assert bool(reading.doubts) == is_doubted


def test_a_tilt_series_of_fei() -> None:
    reading = of(file(STACK, extended=FEI, kind=b"FEI1"))
    assert reading["intensity"].values.tolist() == STACK.tolist()
    assert reading["tilt_alpha"].values.tolist() == [-60, -57, -54, -51]
    assert reading["tilt_alpha"].unit == "deg"
    assert reading.instrument == "TITAN5233"
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "maker": "Thermo Fisher Scientific (FEI)",
        "acceleration_voltage": Measured(300000.0, "V"),
        "magnification": Measured(53000.0),
        "defocus": Measured(-2e-6, "m"),
        "exposure_time": Measured(0.5, "s"),
        "position_alpha": Measured(-60.0, "deg"),
        "model": "TITAN5233",
        "detector": "BM-Falcon",
        "software": "Tomo 5.2.0",
    }
    pattern = of(file(PICTURE, extended=fei_record(0.0, projection=1), kind=b"FEI1"))
    assert pattern.technique == "electron_diffraction"
    (doubt,) = of(file(PICTURE, extended=fei_record(0.0, pixel=3e-10), kind=b"FEI2")).doubts
    assert doubt == "A pixel is 2 Å wide by the cell and 3 Å by the extended header."


@pytest.mark.parametrize("kind", [b"SERI", b"AGAR", b"CCP4", b"FEI1", b"\xff\xff\xff\xff"])
def test_extended_headers_of_any_kind_keep_their_length(kind: bytes) -> None:
    reading = of(file(PICTURE, extended=bytes(1600), kind=kind))
    assert reading["intensity"].values.tolist() == PICTURE[0].tolist()
    assert reading.header["nsymbt"] == 1600


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (file(PICTURE, stamp=b"\x11\x11\0\0"), "names another byte order than little-endian"),
        (file(PICTURE, order=">", stamp=b"\x44\x44\0\0"), "names another byte order than big-endian"),
        (file(PICTURE, cell=(-6.0, 4.0, 0.0)), "impossible lengths"),
        (file(PICTURE, cell=(float("nan"), 4.0, 0.0)), "impossible lengths"),
        (file(PICTURE, axes=(0, 0, 0)), "x, y, z are assumed"),
        (file(PICTURE, limits=(0.0, 2.0, 1.0)), "run from 0 to 2; they run from 0 to 5"),
        (file(PICTURE) + b"12", "2 bytes follow the last number"),
    ],
)
def test_conflicts_are_doubted(content: bytes, words: str) -> None:
    reading = of(content)
    assert reading["intensity"].values.tolist() == PICTURE[0].tolist()
    (doubt,) = reading.doubts
    assert words in doubt


def test_without_a_stamp_the_order_is_the_one_that_makes_sense() -> None:
    for order in "<>":
        assert of(file(PICTURE, order=order, stamp=bytes(4)))["intensity"].values.tolist() == PICTURE[0].tolist()


def test_pictures_of_nothing_but_nan() -> None:
    values = np.full((1, 2, 2), np.nan, np.float32)
    assert of(file(values, limits=(0.0, 1.0, 0.5))).doubts != ()


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (file(PICTURE)[:-1], DamagedFile, "3 × 2 × 1 points of mode 1 take 12 bytes; 11 follow"),
        (header((2**29, 2**29, 2**29), 2), DamagedFile, "bytes; 0 follow the header"),
        (header((3, 2, 1), 5) + bytes(99), UnsupportedVariant, "mode 5"),
        (header((3, 0, 1), 2), DamagedFile, "make sense in no byte order"),
        (header((3, 2, 1), 2, axes=(1, 1, 3)), DamagedFile, "make sense in no byte order"),
        (bytes(1024), DamagedFile, "make sense in no byte order"),
        (b"", DamagedFile, "make sense in no byte order"),
    ],
)
def test_what_is_promised_and_not_found_is_an_error(content: bytes, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        of(content)


def test_files_of_others_are_not_claimed() -> None:
    assert READER.recognise(Source(bytes(4096))) is None
    assert READER.recognise(Source(file(PICTURE, mark=bytes(4)) + b"1")) is None
    old = file(PICTURE, mark=bytes(4))
    claim = READER.recognise(Source(old))
    assert claim is not None
    assert claim.confidence is Confidence.LIKELY
    assert choose(Source(old, name="a.bin")).reader is READER


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("microscopy/20241021_00405_movie.mrc")))
    assert choice.reader is READER
    # 4 × 8 patterns of 4 × 8 pixels; that they were a scan stands in a companion file only.
    assert reading["intensity"].shape == (32, 4, 8)
    assert reading["intensity"].values.dtype == np.uint16
    assert reading["intensity"].values.max() == 31
    assert reading["intensity"].values[:, 0, 0].tolist() == list(range(32))
    assert reading["x"].unit == "pixel"
    assert "impossible lengths (-80, -40, 0 Å)" in reading.doubts[0]


@pytest.mark.parametrize("kind", ["int16", "float32", "uint16"])
def test_ncempy_reads_the_same(tmp_path: Path, kind: str) -> None:
    mrc = pytest.importorskip("ncempy.io.mrc")
    path = tmp_path / "a.mrc"
    content = file(STACK.astype(kind), cell=(6.0, 4.0, 8.0), group=1)
    path.write_bytes(content)
    theirs = mrc.mrcReader(str(path))
    ours = of(content)
    assert np.array_equal(ours["intensity"].values, theirs["data"])
    assert np.allclose(theirs["pixelSize"], [np.diff(ours[axis].values)[0] for axis in "zyx"])


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("axes", [(1, 2, 3), (3, 1, 2), (2, 1, 3)])
def test_gemmi_reads_the_same(tmp_path: Path, order: str, axes: tuple[int, int, int]) -> None:
    import gemmi

    path = tmp_path / "a.ccp4"
    lengths = dict(zip(axes, (3, 2, 4), strict=True))
    intervals = (lengths[1], lengths[2], lengths[3])
    content = file(STACK, order=order, axes=axes, intervals=intervals, cell=(6.0, 4.0, 8.0), group=1, version=0)
    path.write_bytes(content)
    theirs = gemmi.read_ccp4_map(str(path), setup=True)
    ours = of(content)
    turned = np.transpose(ours["intensity"].values, [ours.variables[-1].dimensions.index(name) for name in "xyz"])
    assert np.array_equal(turned, np.array(theirs.grid))
    spacing = [float(np.diff(ours[name].values)[0]) for name in "xyz"]
    assert spacing == pytest.approx([length / n for length, n in zip((6.0, 4.0, 8.0), intervals, strict=True)])
