"""Igor binary waves: the real files against another library, and each variant of the format in small."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence
from kiban.readers.igor_ibw import READER
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

CODES = {
    "f4": 2,
    "f8": 4,
    "i1": 8,
    "i2": 0x10,
    "i4": 0x20,
    "i8": 0x80,
    "u1": 0x48,
    "u2": 0x50,
    "u4": 0x60,
    "u8": 0xC0,
    "c8": 3,
    "c16": 5,
}
SES = (
    "[SES]\rVersion=1.2.5\rRegion Name=Ag3d\rLens Mode=Transmission\rPass Energy=50\rNumber of Sweeps=2\r"
    "Excitation Energy=520\rEnergy Scale=Kinetic\rAcquisition Mode=Swept\rEnergy Step=0.05\r"
    "Instrument=R3000\rLocation=Lab\rUser=A. Person\rSample=Ag\rComments=;\rDate=2023-03-08\rTime=15:24:35\r"
    "Time per Spectrum Channel=45.066\rDetectorMode={mode}\r[Run Mode Information]\rName=Add\rrow 1\r"
)
ASYLUM = (
    "VerDate:160212\rVersion:16.11.212\rXOPVersion:16.6\rScanSize: 1e-06\rFastScanSize: 1e-06\rSlowScanSize: 5e-07\r"
    "ScanRate: 3.7\rScanAngle: 0\rImagingMode:AC Mode\rInvOLS: 4.5e-08\rSpringConstant: 1.1841\rUserIn0Unit: V\r"
    "UserIn1Unit: A\rMicroscopeModel:MFP3D\rForceNote:first\rIndexes: 0,2,4\rDirection: NaN,1,-1,\rDate:2020-02-05\r"
    "Time:10:47:31\rDate:2020-02-05\r"
)


def padded(text: str, length: int) -> bytes:
    return text.encode("utf-8")[: length - 1].ljust(length, b"\0")


def with_checksum(content: bytes, order: str, at: int, length: int) -> bytes:
    words = np.frombuffer(content[:length], f"{order}i2").sum(dtype=np.int64)
    check = struct.pack(f"{order}h", int(-words + 2**15) % 2**16 - 2**15)
    return content[:at] + check + content[at + 2 :]


def version_5(
    values: NDArray[Any],
    *,
    order: str = "<",
    name: str = "wave0",
    scale: Sequence[tuple[float, float]] = (),
    unit: str = "",
    units: Sequence[str] = (),
    labels: Sequence[Sequence[str]] = (),
    note: str = "",
    formula: str = "",
    code: int | None = None,
    sizes: Sequence[int] | None = None,
    n_points: int | None = None,
    wave_bytes: int | None = None,
) -> bytes:
    """A wave with rows first: `values` of shape (rows, columns, layers, chunks)."""
    kind = values.dtype.str[1:]
    body = values.astype(order + kind).tobytes(order="F")
    shape = list(sizes or values.shape)
    long_unit = unit if len(unit) > 3 else ""
    long_units = [u if len(u) > 3 else "" for u in (*units, "", "", "", "")[:4]]
    label_parts = [b"".join(padded(label, 32) for label in ("", *of)) if of else b"" for of in (*labels, *[()] * 4)[:4]]
    steps = [*scale, *[(1.0, 0.0)] * 4][:4]
    head = struct.pack(
        f"{order}hh4i4i4i3i",
        5,
        0,
        320 + len(body) if wave_bytes is None else wave_bytes,
        len(formula),
        len(note.encode()),
        len(long_unit.encode()),
        *(len(u.encode()) for u in long_units),
        *(len(part) for part in label_parts),
        0,
        0,
        0,
    )
    n = int(np.prod(shape)) if n_points is None else n_points
    wave = struct.pack(f"{order}IIIihh6xh", 0, 3663744449, 3663744451, n, CODES[kind] if code is None else code, 0, 1)
    wave += padded(name, 32) + bytes(8) + struct.pack(f"{order}4i", *[*shape, 0, 0, 0, 0][:4])
    wave += struct.pack(f"{order}8d", *(step for step, _ in steps), *(first for _, first in steps))
    wave += padded(unit if not long_unit else "", 4)
    wave += b"".join(padded(u if len(u) < 4 else "", 4) for u in (*units, "", "", "", "")[:4])
    content = with_checksum(head + wave.ljust(320, b"\0"), order, 2, 384)
    tail = formula.encode() + note.encode() + long_unit.encode() + b"".join(u.encode() for u in long_units)
    return content + body + tail + b"".join(label_parts)


def earlier(
    values: NDArray[Any],
    version: int,
    *,
    order: str = "<",
    scale: tuple[float, float] = (1.0, 0.0),
    unit: str = "",
    x_unit: str = "",
    note: str = "",
    formula: str = "",
    with_numbers: bool = True,
) -> bytes:
    kind = values.dtype.str[1:]
    body = values.astype(order + kind).tobytes() if with_numbers else b""
    size = 110 + len(body) + 16
    head = {
        1: struct.pack(f"{order}hih", 1, size, 0),
        2: struct.pack(f"{order}hiiih", 2, size, len(note), 0, 0),
        3: struct.pack(f"{order}hiiiih", 3, size, len(note), len(formula), 0, 0),
    }[version]
    wave = struct.pack(f"{order}hI", CODES[kind], 0) + padded("wave0", 20) + bytes(8)
    wave += padded(unit, 4) + padded(x_unit, 4) + struct.pack(f"{order}ih2d", len(values), 0, *scale)
    content = head + wave.ljust(110, b"\0") + body + bytes(16)
    content = with_checksum(content, order, len(head) - 2, len(head) + 126)
    return content + note.encode() + formula.encode()


def of(content: bytes) -> list[Reading]:
    return READER.read(Source(content, name="a.ibw"))


def only(content: bytes) -> Reading:
    (reading,) = of(content)
    return reading


LINE = np.array([1.5, 2.5, 3.5, 4.5])
IMAGE = np.arange(24, dtype="f4").reshape(4, 3, 2)
CURVE = np.arange(15, dtype="f4").reshape(5, 3)
CURVE_WAVE = version_5(
    CURVE, scale=[(0.5, 0.0)], unit="m", units=["s"], labels=[(), ("Raw", "Defl", "ZSnsr")], note=ASYLUM, name="curve"
)
IMAGE_WAVE = version_5(
    IMAGE,
    scale=[(1e-7, 0.0), (2e-7, 0.0)],
    unit="m",
    units=["m", "m"],
    labels=[(), (), ("HeightRetrace", "PhaseTrace")],
    note=ASYLUM,
)
SES_WAVE = version_5(
    np.array([[13.0, 1], [0, 2], [144, 3], [7, 4]]),
    scale=[(0.05, 138.0), (0.5, -1.0)],
    unit="Counts",
    units=["Kinetic Energy [eV]", "Y-Scale [deg]"],
    note=SES.format(mode="Pulse Counting"),
)


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "version 5": version_5(LINE, scale=[(0.5, 10.0)], units=["s"], unit="V", note="hello"),
        "version 5, big endian": version_5(LINE, order=">", units=["s"]),
        "version 3": earlier(LINE, 3, note="hello", formula="sin(x)"),
        "version 2, big endian": earlier(LINE, 2, order=">", note="hello"),
        "version 1": earlier(LINE.astype("f4"), 1),
        "complex": version_5(LINE + 1j),
        "four dimensions": version_5(np.arange(120, dtype="i2").reshape(5, 4, 3, 2)),
        "labels": version_5(CURVE, labels=[(), ("a", "b", "c")]),
        "Scienta": SES_WAVE,
        "force curve": CURVE_WAVE,
        "image": IMAGE_WAVE,
    }


def test_a_line_has_its_scaling_units_and_note() -> None:
    reading = only(TestSuite.examples["version 5"])
    assert reading.technique == "table"
    assert reading.title == "wave0"
    assert [(v.name, v.role, v.dimensions) for v in reading.variables] == [
        ("time", Role.AXIS, ("time",)),
        ("wave0", Role.SIGNAL, ("time",)),
    ]
    assert reading["time"].values.tolist() == [10, 10.5, 11, 11.5]
    assert reading["time"].unit == "s"
    assert reading["wave0"].values.tolist() == LINE.tolist()
    assert reading["wave0"].unit == "V"
    assert reading.metadata["comment"] == "hello"
    assert reading.header["note"] == "hello"
    assert reading.header["created"] == 3663744449
    assert reading.doubts == ()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", sorted(CODES))
def test_all_types_of_numbers(kind: str, order: str) -> None:
    values = np.array([1, 0, 100, 7]).astype(kind)
    if kind.startswith("c"):
        values = values + 2j * values
        values = values.astype(kind)
    reading = only(version_5(values, order=order))
    assert reading["wave0"].values.dtype == np.dtype(kind)
    assert reading["wave0"].values.tolist() == values.tolist()
    assert only(earlier(values, 2, order=order))["wave0"].values.tolist() == values.tolist()


@pytest.mark.parametrize(("kind", "found"), [("i1", "c8"), ("i2", "c8"), ("u2", "c8"), ("i4", "c16"), ("u4", "c16")])
def test_complex_whole_numbers_become_complex_floats_that_hold_them(kind: str, found: str) -> None:
    parts = np.array([1, -2, 100, 7], dtype="i8").astype(kind)
    content = version_5(parts, code=CODES[kind] | 1, sizes=[2])
    values = only(content)["wave0"].values
    assert values.dtype == np.dtype(found)
    assert values.tolist() == [complex(parts[0], parts[1]), complex(parts[2], parts[3])]


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("order", ["<", ">"])
def test_earlier_versions(version: int, order: str) -> None:
    note = "hello" if version > 1 else ""
    reading = only(earlier(LINE, version, order=order, scale=(0.5, 10.0), unit="V", x_unit="s", note=note))
    assert reading["time"].values.tolist() == [10, 10.5, 11, 11.5]
    assert reading["wave0"].values.tolist() == LINE.tolist()
    assert reading["wave0"].unit == "V"
    assert reading.metadata == ({"comment": "hello"} if note else {})
    assert reading.header["version"] == version


def test_rows_run_fastest_and_come_last() -> None:
    values = np.arange(24, dtype="f8").reshape(4, 3, 2)
    reading = only(version_5(values, scale=[(0.1, 0), (1, 5), (2, 0)], units=["eV", "deg", "K"]))
    assert [v.name for v in reading.variables] == ["energy", "angle_x", "axis_3", "wave0"]
    assert reading.variables[-1].dimensions == ("axis_3", "angle_x", "energy")
    np.testing.assert_array_equal(reading["wave0"].values, values.T)
    assert reading["angle_x"].values.tolist() == [5, 6, 7]


def test_a_matrix_over_two_lengths_is_an_image() -> None:
    reading = only(version_5(np.ones((3, 2)), scale=[(1e-9, 0), (2e-9, 0)], units=["m", "m"]))
    assert reading.technique == "image"
    assert reading.variables[-1].dimensions == ("y", "x")


def test_labels_of_columns_make_variables() -> None:
    reading = only(version_5(CURVE, labels=[(), ("First one", "b", "c")]))
    assert [v.name for v in reading.variables] == ["channel", "first_one", "b", "c"]
    assert reading["b"].values.tolist() == CURVE[:, 1].tolist()
    incomplete = only(version_5(CURVE, labels=[(), ("a", "", "c")]))
    assert [v.name for v in incomplete.variables] == ["x", "y", "wave0"]


def test_long_units_and_words() -> None:
    reading = only(version_5(LINE, units=["Binding Energy [eV]"], unit="Counts [a.u.]", scale=[(-0.05, 382.0)]))
    assert reading["binding_energy"].values[:2].tolist() == [382.0, 381.95]
    assert reading["counts"].unit == "arbitrary_unit"
    odd = only(version_5(LINE, unit="blobs"))
    assert "'blobs' of the wave is not known" in odd.doubts[0]


@pytest.mark.parametrize("scale", [(0.0, 1.0), (np.nan, 1.0), (np.inf, 0.0), (1.0, np.nan), (1e-20, 1.0)])
def test_a_scaling_that_is_none_is_doubted(scale: tuple[float, float]) -> None:
    reading = only(version_5(LINE, scale=[scale], units=["s"]))
    assert reading.variables[0].series.values.tolist() == [0, 1, 2, 3]
    assert "is no calibration" in reading.doubts[0]


def test_one_point_needs_no_step() -> None:
    reading = only(version_5(LINE[:1], scale=[(0.0, 7.0)], units=["s"]))
    assert reading["time"].values.tolist() == [7]
    assert reading.doubts == ()


def test_a_spectrum_of_scienta() -> None:
    reading = only(SES_WAVE)
    assert reading.technique == "photoemission"
    assert reading.title == "Ag: Ag3d"
    assert [(v.name, v.dimensions, v.series.unit) for v in reading.variables] == [
        ("kinetic_energy", ("kinetic_energy",), "eV"),
        ("y_scale", ("y_scale",), "deg"),
        ("intensity", ("y_scale", "kinetic_energy"), "count"),
    ]
    assert reading["intensity"].values.tolist() == [[13, 0, 144, 7], [1, 2, 3, 4]]
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    np.testing.assert_allclose(doubt.values[0], [13**0.5, 1, 12, 7**0.5])
    assert (reading.sample_name, reading.operator, reading.instrument) == ("Ag", "A. Person", "R3000")
    assert reading.started_at == datetime(2023, 3, 8, 15, 24, 35)
    assert dict(reading.metadata) == {
        "maker": "Scienta Omicron",
        "software": "SES 1.2.5",
        "model": "R3000",
        "institution": "Lab",
        "species": "Ag3d",
        "lens_mode": "Transmission",
        "scan_mode": "Swept",
        "signal_mode": "Pulse Counting",
        "energy_scale": "Kinetic",
        "pass_energy": Measured(50.0, "eV"),
        "incident_energy": Measured(520.0, "eV"),
        "step": Measured(0.05, "eV"),
        "count_time": Measured(45.066, "s"),
        "n_scans": 2,
    }
    note = reading.header["note"]
    assert isinstance(note, dict)
    assert note["Run Mode Information"] == {"Name": "Add", "#text": ["row 1"]}


def test_an_energy_without_words_is_the_one_of_the_note() -> None:
    reading = only(version_5(LINE, units=["eV"], scale=[(0.05, 138.0)], note=SES.format(mode="ADC")))
    assert reading.axis is not None
    assert reading.axis.name == "kinetic_energy"
    assert reading["intensity"].uncertainty is None


def test_grey_values_are_no_counts() -> None:
    content = version_5(np.array([13.0, 0, 144, 7]), unit="Counts", units=["eV"], note=SES.format(mode="ADC"))
    assert only(content)["intensity"].uncertainty is None


def test_a_force_curve() -> None:
    reading = only(CURVE_WAVE)
    assert reading.technique == "force_spectroscopy"
    assert reading.title == "curve"
    assert [(v.name, v.role, v.series.unit) for v in reading.variables] == [
        ("time", Role.AXIS, "s"),
        ("raw", Role.SIGNAL, "m"),
        ("deflection", Role.SIGNAL, "m"),
        ("z_sensor", Role.SIGNAL, "m"),
        ("direction", Role.AUXILIARY, ""),
    ]
    assert reading["deflection"].values.tolist() == CURVE[:, 1].tolist()
    assert reading["direction"].values.tolist() == [1, 1, -1, -1, -1]
    assert reading.metadata["spring_constant"] == Measured(1.1841, "N/m")
    assert reading.metadata["deflection_sensitivity"] == Measured(4.5e-8, "m/V")
    assert reading.metadata["comment"] == "first"
    assert reading.started_at == datetime(2020, 2, 5, 10, 47, 31)
    note = reading.header["note"]
    assert isinstance(note, dict)
    assert note["Date"] == ["2020-02-05", "2020-02-05"]


@pytest.mark.parametrize("indexes", ["0,2", "0,2,9", "1,2,4", "0,4,4", "0,x,4", ""])
def test_directions_that_do_not_fit_are_left_out(indexes: str) -> None:
    note = ASYLUM.replace("Indexes: 0,2,4", f"Indexes: {indexes}")
    reading = only(version_5(CURVE, units=["s"], labels=[(), ("Raw", "Defl", "ZSnsr")], note=note))
    assert "direction" not in reading


def test_an_image_of_a_microscope() -> None:
    reading = only(IMAGE_WAVE)
    assert reading.technique == "scanning_probe_microscopy"
    assert [(v.name, v.dimensions, v.series.unit) for v in reading.variables] == [
        ("x", ("x",), "m"),
        ("y", ("y",), "m"),
        ("height_retrace", ("y", "x"), "m"),
        ("phase_trace", ("y", "x"), "deg"),
    ]
    np.testing.assert_array_equal(reading["height_retrace"].values, IMAGE[:, :, 0].T)
    assert reading.metadata["scan_size_x"] == Measured(1e-6, "m")
    assert reading.metadata["scan_rate"] == Measured(3.7, "Hz")


def test_channels_of_the_user_have_the_units_of_the_note() -> None:
    labels = ("UserIn1Retrace", "UserIn0Trace", "Odd")
    reading = only(version_5(CURVE, units=["m"], labels=[(), labels], unit="V", note=ASYLUM))
    found = [(v.name, v.series.unit) for v in reading.variables[1:]]
    assert found == [("user_input_1_retrace", "A"), ("user_input_0_trace", "V"), ("odd", "V")]


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (version_5(LINE)[:-1], DamagedFile, "32 bytes of numbers are promised"),
        (version_5(LINE, note="hello")[:-1], DamagedFile, "5 bytes of note are promised"),
        (version_5(LINE, wave_bytes=320 + 31), DamagedFile, "are promised in 31 bytes"),
        (version_5(LINE, sizes=[2**15, 2**15, 2**15, 2**15], n_points=4), DamagedFile, "points are promised and 4"),
        (version_5(LINE, sizes=[2**28], wave_bytes=2**31 - 1), DamagedFile, "are promised in"),
        (version_5(LINE, sizes=[-4], n_points=-4), DamagedFile, "-4 points are promised"),
        (version_5(LINE, sizes=[5], n_points=4), DamagedFile, "5 points are promised and 4 in all"),
        (version_5(LINE, code=0), UnsupportedVariant, "this is one of texts"),
        (version_5(LINE, code=0x100), UnsupportedVariant, "this is one of type 0x100"),
        (version_5(LINE, sizes=[0], n_points=0), NothingMeasured, "holds no points"),
        (earlier(LINE, 3, formula="sin(x)", with_numbers=False), NothingMeasured, "depends on a formula"),
        (earlier(LINE, 2, note="hello")[:-2], DamagedFile, "5 bytes of note"),
        (earlier(LINE, 1)[:-30], DamagedFile, "bytes of numbers"),
        (b"\7\0" + version_5(LINE)[2:], UnsupportedVariant, "begins with 07 00"),
        (version_5(LINE)[:200], DamagedFile, "checksum"),
        (b"", UnsupportedVariant, "version 1, 2, 3 or 5"),
    ],
)
def test_damage_is_named(content: bytes, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        of(content)
    assert getattr(caught.value, "mend", "")


@pytest.mark.parametrize("at", [16, 40, 100, 148, 200, 383])
def test_a_header_that_changed_is_found_by_its_checksum(at: int) -> None:
    content = bytearray(version_5(LINE))
    content[at] ^= 0x55
    with pytest.raises(DamagedFile, match="checksum"):
        of(bytes(content))


def test_a_wave_with_a_wrong_checksum_is_still_known_for_one() -> None:
    for content in (version_5(LINE), earlier(np.arange(40.0), 2, order=">")):
        damaged = bytearray(content)
        damaged[90] ^= 0x55
        claim = READER.recognise(Source(bytes(damaged)))
        assert claim is not None
        assert claim.confidence is Confidence.LIKELY
    assert READER.recognise(Source(b"\5\0" + bytes(1000))) is None
    assert READER.recognise(Source(b"\1\0" + bytes(range(256)) * 4)) is None


_KINDS = st.sampled_from(["f4", "f8", "i2", "u1", "c8"])


@given(
    values=_KINDS.flatmap(lambda kind: arrays.arrays(kind, arrays.array_shapes(max_dims=4, max_side=4))),
    order=st.sampled_from("<>"),
    note=st.text(alphabet="abc\r", max_size=10),
)
def test_what_is_written_is_read_as_by_another_library(values: NDArray[Any], order: str, note: str) -> None:
    igor2 = pytest.importorskip("igor2.binarywave")
    content = version_5(values, order=order, note=note)
    reading = only(content)
    ours = reading.variables[-1].series.values
    np.testing.assert_array_equal(ours, values.T)
    theirs = igor2.load(io.BytesIO(content))["wave"]
    np.testing.assert_array_equal(ours, theirs["wData"].T)
    assert theirs["note"] == note.encode()


@pytest.mark.parametrize("name", ["xps/Ag_0001Ag__001.ibw", "xps/Ag_0002Ag__002.ibw"])
def test_the_real_spectra_are_as_another_library_reads_them(shared: Callable[[str], Path], name: str) -> None:
    igor2 = pytest.importorskip("igor2.binarywave")
    choice, (reading,) = read(Source(shared(name)))
    assert choice.reader is READER
    theirs = igor2.load(str(shared(name)))["wave"]
    np.testing.assert_array_equal(reading["intensity"].values, theirs["wData"])
    head = theirs["wave_header"]
    expected = head["sfB"][0] + head["sfA"][0] * np.arange(len(theirs["wData"]))
    np.testing.assert_allclose(reading["binding_energy"].values, expected)
    assert reading.header["name"] == head["bname"].decode()
    assert reading["intensity"].unit == "arbitrary_unit"
    assert reading.metadata["pass_energy"] == Measured(50.0, "eV")
    assert reading.doubts == ()


def test_the_real_spectrum(shared: Callable[[str], Path]) -> None:
    _, (reading,) = read(Source(shared("xps/Ag_0001Ag__001.ibw")))
    assert reading.title == "Ag: Ag3d"
    energy = reading["binding_energy"].values
    assert (len(energy), energy[0], energy[1]) == (361, 382.0, 381.95)
    assert reading["intensity"].values[0] == pytest.approx(15.7494897842407)
    assert reading.started_at == datetime(2023, 3, 8, 15, 24, 35)


def test_the_real_force_curve(shared: Callable[[str], Path]) -> None:
    _, (reading,) = read(Source(shared("microscopy/fmt-igor-fd_SiN_FD_plot.ibw")))
    assert reading.technique == "force_spectroscopy"
    assert reading["time"].values[[0, 1, -1]].tolist() == [0, 0.0005, 1.0075]
    assert reading["deflection"].shape == (2016,)
    assert reading["deflection"].values[0] == pytest.approx(-3.2724854e-09)
    assert reading["z_sensor"].values[0] == pytest.approx(1.1956912e-06)
    assert reading["direction"].values[[0, 1007, 1009, 2015]].tolist() == [1, 1, -1, -1]
    assert reading.metadata["spring_constant"] == Measured(1.1841, "N/m")
    assert reading.doubts == ()
