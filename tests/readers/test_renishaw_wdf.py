from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.readers.recognise import read
from kiban.readers.renishaw_wdf import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "raman"
AXIS = (300.0, 200.0, 100.0)
PRIMARY = 0x80000000
FILETIME_2024 = 133_485_408_000_000_000  # 2024-01-01, 00:00 UTC


def block(letters: bytes, content: bytes) -> bytes:
    return struct.pack("<4sIQ", letters, 0, 16 + len(content)) + content


def wdf(
    spectra: Sequence[Sequence[float]],
    *,
    axis: Sequence[float] = AXIS,
    unit: int = 1,
    data_unit: int = 6,
    kind: int = 1,
    capacity: int | None = None,
    origins: Sequence[tuple[int, int, Sequence[float]]] = (),
    wmap: bytes | None = None,
    laser: float = 20000.0,
    start: int = FILETIME_2024,
    **changes: Any,
) -> bytes:
    capacity = len(spectra) if capacity is None else capacity
    n_points = changes.get("n_points", len(axis))
    head = bytearray(512)
    struct.pack_into("<4sIQ", head, 0, b"WDF1", 1, 512)
    struct.pack_into(
        "<IQQIIII24s4H2I2Q", head, 0x3C, n_points, capacity, changes.get("n_spectra", len(spectra)), 2,
        changes.get("y_length", 1), len(axis), changes.get("n_origins", len(origins)), b"WiRE", 5, 5, 0, 1, 1, kind,
        start, start and start + 20_000_000,
    )  # fmt: skip
    struct.pack_into("<If", head, 0x98, data_unit, laser)
    head[0xD0:0xD4], head[0xF0:0xF6] = b"user", b"title!"
    parts = [bytes(head), block(b"DATA", np.array(spectra, dtype="<f4").tobytes())]
    parts += [block(b"YLST", struct.pack("<IIf", 4, 16, 25.0))]
    parts += [block(b"XLST", struct.pack("<II", 1, unit) + np.array(axis, dtype="<f4").tobytes())]
    if origins:
        content = struct.pack("<I", len(origins))
        for code, of, values in origins:
            dtype = "<u8" if code & 0xFFFF in {11, 16, 17, 18} else "<f8"
            padded = [*values, *[0] * (capacity - len(values))]
            content += struct.pack("<II16s", code, of, b"name") + np.array(padded, dtype=dtype).tobytes()
        parts.append(block(b"ORGN", content))
    if wmap is not None:
        parts.append(block(b"WMAP", wmap))
    return b"".join([*parts, block(b"TEXT", b"a comment\0"), *changes.get("more", ())])


def grid(n_x: int, n_y: int, flag: int = 0) -> bytes:
    return struct.pack("<II3f3f3II", flag, 0, -1.0, 5.0, 0.0, 2.0, -1.0, 1.0, n_x, n_y, 1, 0)


# Three columns from x = -1 in steps of 2, two rows from y = 5 in steps of -1, there and back.
X, Y = (-1.0, 1.0, 3.0, 3.0, 1.0, -1.0), (5.0, 5.0, 5.0, 4.0, 4.0, 4.0)
SPECTRA = [[10.0 * i, 10.0 * i + 1, 10.0 * i + 2] for i in range(6)]
PLACES = ((3 | PRIMARY, 5, X), (4 | PRIMARY, 5, Y), (17, 0, [0] * 6))
MAP = wdf(SPECTRA, kind=3, origins=PLACES, wmap=grid(3, 2))
TIMES = (11 | PRIMARY, 24, [FILETIME_2024 + 10_000_000 * i for i in range(6)])


def one(content: bytes) -> Reading:
    [reading] = READER.read(Source(content, name="x.wdf"))
    return reading


class TestRenishawWdf(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "single": wdf([[1.0, 2.0, 3.0]]),
        "map": MAP,
        "interrupted map": wdf(SPECTRA[:4], kind=3, capacity=6, origins=PLACES[:2], wmap=grid(3, 2)),
        "line": wdf(SPECTRA, kind=3, origins=PLACES, wmap=grid(6, 1, flag=128)),
        "time series": wdf(SPECTRA, kind=2, origins=(TIMES,)),
        "depth series in nm": wdf(SPECTRA, kind=2, unit=3, origins=((5 | PRIMARY, 5, range(6)),)),
        "of another program": wdf(SPECTRA, unit=0, data_unit=0, kind=0, laser=0.0, start=0),
    }


def test_a_single_spectrum_keeps_its_order() -> None:
    reading = one(wdf([[1.0, 2.0, 3.0]]))
    assert reading.technique == "raman"
    assert reading["raman_shift"].values.tolist() == list(AXIS)
    assert reading["intensity"].values.tolist() == [1.0, 2.0, 3.0]
    assert (reading["raman_shift"].unit, reading["intensity"].unit) == ("1/cm", "count")
    assert reading.metadata["laser_wavelength"].value == 500.0  # type: ignore[union-attr]
    assert (reading.operator, reading.title, reading.metadata["software"]) == ("user", "title!", "WiRE 5.5.0.1")
    assert reading.started_at == datetime(2024, 1, 1, tzinfo=UTC)
    assert reading.metadata["comment"] == "a comment"


def test_a_map_puts_each_spectrum_at_its_place() -> None:
    reading = one(MAP)
    assert reading["intensity"].shape == (2, 3, 3)
    assert reading["position_x"].values.tolist() == [-1.0, 1.0, 3.0]
    assert reading["position_y"].values.tolist() == [5.0, 4.0]
    assert reading["intensity"].values[:, :, 0].tolist() == [[0.0, 10.0, 20.0], [50.0, 40.0, 30.0]]
    assert reading.doubts == ()


def test_an_interrupted_map_has_gaps_and_a_doubt() -> None:
    reading = one(TestRenishawWdf.examples["interrupted map"])
    first = reading["intensity"].values[:, :, 0]
    assert first[0].tolist() == [0.0, 10.0, 20.0]
    assert first[1, 2] == 30.0
    assert np.isnan(first[1, :2]).all()
    assert reading.doubts == ("6 spectra were planned, 4 were measured: it was interrupted.",)


@pytest.mark.parametrize("wmap", [grid(6, 1, flag=128), grid(2, 2), grid(2, 3), None, b"short"])
def test_places_that_fit_no_grid_stay_with_their_spectra(wmap: bytes | None) -> None:
    reading = one(wdf(SPECTRA, kind=3, origins=PLACES, wmap=wmap))
    assert reading["intensity"].values.tolist() == SPECTRA
    assert reading["position_x"].values.tolist() == list(X)
    assert reading["position_x"].unit == "um"


def test_times_of_a_series_are_seconds_since_the_first() -> None:
    reading = one(wdf(SPECTRA, kind=2, origins=(TIMES,)))
    assert reading["time"].values.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert next(v.role for v in reading.variables if v.name == "time") is Role.AXIS


@pytest.mark.parametrize(
    ("unit", "name", "ours", "technique"),
    [
        (1, "raman_shift", "1/cm", "raman"),
        (2, "wavenumber", "1/cm", "spectrum"),
        (3, "wavelength", "nm", "spectrum"),
        (4, "photon_energy", "eV", "spectrum"),
        (0, "spectral_axis", "arbitrary_unit", "spectrum"),
    ],
)
def test_the_axis_is_what_its_unit_says(unit: int, name: str, ours: str, technique: str) -> None:
    reading = one(wdf([[1.0, 2.0, 3.0]], unit=unit))
    assert (reading[name].unit, reading.technique) == (ours, technique)


def test_intensities_in_the_unit_of_an_axis_are_doubted() -> None:
    reading = one(wdf([[1.0, 2.0, 3.0]], data_unit=1, start=0))
    assert reading["intensity"].unit == "arbitrary_unit"
    assert len(reading.doubts) == 1
    assert reading.started_at is None


@pytest.mark.parametrize(
    "content",
    [
        wdf([[1.0, 2.0, 3.0]], n_spectra=2),
        wdf([[1.0, 2.0, 3.0]], n_points=4),
        wdf([[1.0, 2.0, 3.0]], n_points=2**31),
        wdf([[1.0, 2.0, 3.0]], axis=(1.0, 3.0, 2.0)),
        wdf([[1.0, 2.0, 3.0]], axis=(1.0, 2.0, float("nan"))),
        wdf([[1.0, 2.0, 3.0]], capacity=2**60, n_spectra=2**59),
        wdf(SPECTRA, kind=2, origins=(TIMES,), n_origins=2),
        wdf(SPECTRA, kind=2, origins=(TIMES,), capacity=6)[:-60],
        wdf([[1.0, 2.0, 3.0]], more=[struct.pack("<4sIQ", b"LAST", 0, 0)]),
        wdf([[1.0, 2.0, 3.0]], more=[b"rest"]),
        wdf([[1.0, 2.0, 3.0]])[:512],
    ],
)
def test_what_contradicts_itself_is_refused(content: bytes) -> None:
    with pytest.raises(DamagedFile):
        one(content)


def test_no_spectrum_is_no_reading_and_pictures_are_not_read() -> None:
    with pytest.raises(NothingMeasured):
        one(wdf([[1.0, 2.0, 3.0]], n_spectra=0))
    with pytest.raises(UnsupportedVariant):
        one(wdf([[1.0, 2.0, 3.0]], y_length=20))


# Of the table: shape of the intensity, its largest value, the axis, its ends.
REAL = [
    ("raman_example.wdf", (1011,), 5556.5, "raman_shift", (0.380859, 1879.45)),
    ("renishaw_test_linescan.wdf", (5, 40), 2.95764, "wavelength", (361.313, 364.642)),
    ("renishaw_test_map.wdf", (3, 3, 47), 4.12717, "wavelength", (346.773, 350.677)),
    ("renishaw_test_spectrum.wdf", (36,), 272.714, "wavelength", (326.016, 328.981)),
    ("renishaw_test_timeseries.wdf", (3, 1007), 5502.45, "raman_shift", (-1069.99, 1847.22)),
    ("renishaw_test_undefined.wdf", (2, 1015), 349.548, "spectral_axis", (1170.95, 2742.59)),
]


@pytest.mark.skipif(not DATA.is_dir(), reason="waits for ../shared/data")
@pytest.mark.parametrize(("name", "shape", "largest", "axis", "ends"), REAL, ids=[row[0] for row in REAL])
def test_real_files(name: str, shape: tuple[int, ...], largest: float, axis: str, ends: tuple[float, float]) -> None:
    choice, [reading] = read(Source(DATA / name))
    assert choice.reader.name == "renishaw_wdf"
    assert reading["intensity"].shape == shape
    assert reading["intensity"].values.max() == pytest.approx(largest, rel=1e-5)
    assert sorted((reading[axis].values[0], reading[axis].values[-1])) == pytest.approx(ends, rel=1e-5)


@pytest.mark.skipif(not DATA.is_dir(), reason="waits for ../shared/data")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [row[0] for row in REAL])
def test_another_program_reads_the_same(name: str) -> None:
    wire = pytest.importorskip("renishawWiRE")
    other = wire.WDFReader(str(DATA / name))
    [reading] = READER.read(Source(DATA / name))
    axis = reading.axis
    assert axis is not None
    np.testing.assert_array_equal(axis.series.values, other.xdata)
    np.testing.assert_array_equal(reading["intensity"].values.reshape(-1), np.asarray(other.spectra).reshape(-1))
    other.close()
