"""JDF: the real file with the figures read off it, each variant in small, and what another library reads."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence
from kiban.readers.jeol.units import unit
from kiban.readers.jeol_jdf import READER
from kiban.readers.nmr.nuclei import nucleus
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

REAL, TPPI, COMPLEX, REAL_COMPLEX, ENVELOPE = 1, 2, 3, 4, 5
ONE_D, TWO_D, SMALL_TWO_D = 1, 2, 12
NONE, SECOND, HERTZ, PPM = (b"\0\0", b"\x01\x1c", b"\x01\x0d", b"\x01\x1a")
EPOCH = datetime(1990, 1, 1)


@dataclass
class Dim:
    """One dimension, the direct one first."""

    n: int
    kind: int = COMPLEX
    unit: bytes = SECOND
    start: float = 0.0
    stop: float = 1.0
    stored: int | None = None
    first: int = 0
    listed: Sequence[float] | None = None
    title: str = "Proton"


@dataclass
class File:
    """What a file says; `build` writes it as the format lays it down."""

    dims: list[Dim]
    sections: list[np.ndarray[Any, Any]]
    layout: int = ONE_D
    little: bool = True
    item: int = 8
    parameters: list[tuple[str, object, bytes]] = field(default_factory=list)
    created: datetime | None = datetime(2021, 2, 22, 15, 25, 20)
    title: str = "film 7"
    context: bytes = b"\0\0\x10pulse\n    x_pulse, (OBS.GATE);\nend pulse;\0\0\xff\xfe\0"
    changes: dict[int, bytes] = field(default_factory=dict)

    def build(self) -> bytes:
        order = "<" if self.little else ">"
        parameters = self._parameters(order)
        lists = [struct.pack(f"{order}{len(d.listed)}d", *d.listed) if d.listed else b"" for d in self.dims]
        data = b"".join(s.astype(f"{order}f{self.item}").tobytes() for s in self.sections)
        at = 1360 + len(parameters)
        list_at = []
        for each in lists:
            list_at.append(at)
            at += len(each)
        h = bytearray(1360)
        h[0:8] = b"JEOL.NMR"
        h[8], h[9], h[11], h[12] = int(self.little), 1, 2, len(self.dims)
        h[13] = 0xFF << (8 - len(self.dims)) & 0xFF
        h[14] = (0 if self.item == 8 else 0x40) | self.layout
        h[15] = 25
        h[16:24] = bytes(range(1, 9))
        h[48 : 48 + len(self.title.encode())] = self.title.encode()
        h[552:557] = b"A. P."
        if self.created:
            t = self.created
            struct.pack_into(">H", h, 400, (t.year - 1990) << 9 | t.month << 5 | t.day)
            seconds = (t - datetime(t.year, t.month, t.day)).seconds
            struct.pack_into(">H", h, 402, seconds * 65536 // 86400)
        for i in range(8):
            struct.pack_into(">I", h, 176 + 4 * i, 1)
        for i, d in enumerate(self.dims):
            stored = d.stored or d.n
            h[24 + i] = d.kind
            h[32 + 2 * i : 34 + 2 * i] = d.unit
            if d.listed is not None:
                h[172 + i // 2] |= 2 << (0 if i % 2 else 4)
            struct.pack_into(">I", h, 176 + 4 * i, stored)
            struct.pack_into(">I", h, 208 + 4 * i, d.first)
            struct.pack_into(">I", h, 240 + 4 * i, d.first + d.n - 1)
            struct.pack_into(">d", h, 272 + 8 * i, d.start)
            struct.pack_into(">d", h, 336 + 8 * i, d.stop)
            h[808 + 32 * i : 808 + 32 * i + len(d.title)] = d.title.encode()
            struct.pack_into(">d", h, 1064 + 8 * i, 500.16)
            struct.pack_into(">II", h, 1220 + 4 * i, list_at[i], 0)
            struct.pack_into(">I", h, 1252 + 4 * i, len(lists[i]))
        struct.pack_into(">II", h, 1212, 1360, len(parameters))
        struct.pack_into(">IQQI", h, 1284, at, len(data), at + len(data), len(self.context))
        for place, value in self.changes.items():
            h[place : place + len(value)] = value
        return bytes(h) + parameters + b"".join(lists) + data + self.context

    def _parameters(self, order: str) -> bytes:
        records = []
        for name, value, units in self.parameters:
            record = bytearray(64)
            record[6 : 6 + len(units)] = units
            if isinstance(value, str):
                kind, raw = 0, value.encode().ljust(16)
            elif isinstance(value, int):
                kind, raw = 1, struct.pack(f"{order}i", value)
            elif isinstance(value, float):
                kind, raw = 2, struct.pack(f"{order}d", value)
            elif isinstance(value, complex):
                kind, raw = 3, struct.pack(f"{order}2d", value.real, value.imag)
            else:
                kind, raw = 4, b""
            record[16 : 16 + len(raw)] = raw
            struct.pack_into(f"{order}i", record, 32, kind)
            record[36:64] = name.encode().ljust(28)
            records.append(bytes(record))
        if not records:
            return b""
        return struct.pack(f"{order}4I", 64, 0, len(records) - 1, 64 * len(records)) + b"".join(records)


def numbers(n: int, *, offset: int = 0) -> np.ndarray[Any, Any]:
    return np.arange(n, dtype=np.float64) + offset


def tiled(matrix: np.ndarray[Any, Any], edge: int) -> np.ndarray[Any, Any]:
    rows, columns = matrix.shape
    return np.concatenate(
        [matrix[r : r + edge, c : c + edge].ravel() for r in range(0, rows, edge) for c in range(0, columns, edge)]
    )


PARAMETERS: list[tuple[str, object, bytes]] = [
    ("X_DOMAIN", "Carbon13", NONE),
    ("X_FREQ", 125.77e6, HERTZ),
    ("X_SWEEP", 31250.0, HERTZ),
    ("X_OFFSET", 100.0, PPM),
    ("Y_DOMAIN", "Proton", NONE),
    ("Y_FREQ", 500.16e6, HERTZ),
    ("Y_SWEEP", 5000.0, HERTZ),
    ("TOTAL_SCANS", 64, NONE),
    ("sample_id", "Zirconia 3Y", NONE),
    ("solvent", "CHLOROFORM-D", NONE),
    ("experiment", "carbon.jxp", NONE),
    ("temp_get", 21.5, b"\x01\x04"),
    ("field_strength", 11.7473579, b"\x01\x1f"),
    ("relaxation_delay", 2.0, SECOND),
    ("recvr_gain", 56.0, NONE),
    ("mas_spin_get", 12.0, b"\xf1\x0d"),
    ("mas_spin_status", "SPIN ON", NONE),
    ("x90", 8.1, b"\x21\x1c"),
    ("factor", 1 + 2j, NONE),
    ("limit", None, NONE),
    ("ACTUAL_START_TIME", int((datetime(2021, 2, 22, 15, 25, 22) - EPOCH).total_seconds()), NONE),
]


def fid(n: int = 16, **changes: Any) -> File:
    sections = [numbers(n), numbers(n, offset=100)]
    return File(**({"dims": [Dim(n, stop=0.15)], "sections": sections, "parameters": PARAMETERS} | changes))


def spectrum(n: int = 8) -> File:
    return File(dims=[Dim(n, REAL, PPM, start=10.0, stop=-1.0)], sections=[numbers(n)])


def plane(
    kinds: tuple[int, int], n_sections: int, *, small: bool = False, valid: tuple[int, int] = (5, 3)
) -> tuple[File, list[np.ndarray[Any, Any]]]:
    edge, layout = (4, SMALL_TWO_D) if small else (32, TWO_D)
    columns, rows = 2 * edge, edge if not small else 2 * edge
    whole = [numbers(rows * columns, offset=10000 * i).reshape(rows, columns) for i in range(n_sections)]
    made = File(
        dims=[
            Dim(valid[0], kinds[0], stop=0.4, stored=columns),
            Dim(valid[1], kinds[1], stop=0.02, stored=rows, title="Carbon13"),
        ],
        sections=[tiled(each, edge) for each in whole],
        layout=layout,
        parameters=PARAMETERS,
    )
    return made, [each[: valid[1], : valid[0]] for each in whole]


def of(content: bytes) -> Reading:
    (reading,) = READER.read(Source(content, name="a.jdf"))
    return reading


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "a decay, little-endian": fid().build(),
        "a decay, big-endian": fid(little=False).build(),
        "a decay of 32-bit floats": fid(item=4).build(),
        "a spectrum without imaginary part": spectrum().build(),
        "two dimensions, both complex": plane((COMPLEX, COMPLEX), 4, small=True)[0].build(),
        "two dimensions, large tiles": plane((COMPLEX, REAL), 2)[0].build(),
        "a listed axis": fid(dims=[Dim(16, listed=[2.0**-i for i in range(16)])]).build(),
        "no parameters": fid(parameters=[]).build(),
    }


def test_a_decay_is_read_with_all_that_is_stated() -> None:
    reading = of(fid().build())
    assert reading.technique == "nmr"
    assert reading.title == "Zirconia 3Y: 13C FID"
    assert [(v.name, v.role, v.dimensions) for v in reading.variables] == [
        ("time", Role.AXIS, ("time",)),
        ("fid_real", Role.SIGNAL, ("time",)),
        ("fid_imaginary", Role.AUXILIARY, ("time",)),
    ]
    np.testing.assert_allclose(reading["time"].values, np.arange(16) * 0.01)
    assert reading["time"].unit == "s"
    assert reading["fid_real"].unit == "arbitrary_unit"
    assert reading["fid_real"].uncertainty is None
    assert reading["fid_imaginary"].values.tolist() == list(range(100, 116))
    assert reading.sample_name == "Zirconia 3Y"
    assert reading.operator == "A. P."
    assert reading.started_at == datetime(2021, 2, 22, 15, 25, 22)
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "maker": "JEOL",
        "technique_name": "carbon.jxp",
        "solvent": "CHLOROFORM-D",
        "observe_frequency": Measured(125.77e6, "Hz"),
        "spectral_width": Measured(31250.0, "Hz"),
        "transmitter_offset": Measured(100.0, "ppm"),
        "temperature": Measured(21.5, "degC"),
        "magnetic_field": Measured(11.7473579, "T"),
        "relaxation_delay": Measured(2.0, "s"),
        "nucleus": "13C",
        "n_scans": 64,
        "receiver_gain": 56.0,
        "spinning_rate": Measured(12.0, "kHz"),
    }


def test_the_header_keeps_all_parameters_with_units_and_the_experiment_s_text() -> None:
    header = of(fid().build()).header
    parameters = header["parameters"]
    assert isinstance(parameters, dict)
    assert parameters["x90"] == {"value": 8.1, "unit": "us"}
    assert parameters["mas_spin_get"] == {"value": 12.0, "unit": "kHz"}
    assert parameters["factor"] == "(1+2j)"
    assert parameters["limit"] == "infinity"
    assert parameters["TOTAL_SCANS"] == 64
    assert header["context"] == ["pulse\n    x_pulse, (OBS.GATE);\nend pulse;"]
    file = header["file"]
    assert isinstance(file, dict)
    assert (file["title"], file["created"], file["instrument"]) == ("film 7", "2021-02-22T15:25:19", "ECA")


@pytest.mark.parametrize("little", [True, False])
@pytest.mark.parametrize("item", [4, 8])
def test_byte_order_and_width_make_no_difference(little: bool, item: int) -> None:
    reading = of(fid(little=little, item=item).build())
    assert reading["fid_real"].values.tolist() == list(range(16))
    assert reading["fid_real"].values.dtype == np.dtype(f"<f{item}")
    assert reading.metadata["observe_frequency"] == Measured(125.77e6, "Hz")


def test_only_valid_points_are_read() -> None:
    made = fid(24)
    made.dims = [Dim(10, stop=0.9, stored=24, first=3)]
    reading = of(made.build())
    assert reading["fid_real"].values.tolist() == list(range(3, 13))
    np.testing.assert_allclose(reading["time"].values, np.linspace(0, 0.9, 10))


def test_a_spectrum_is_drawn_over_its_chemical_shift() -> None:
    reading = of(spectrum().build())
    assert reading.title == "film 7: spectrum"
    assert [v.name for v in reading.variables] == ["chemical_shift", "intensity"]
    assert reading["chemical_shift"].unit == "ppm"
    assert reading["chemical_shift"].values[[0, -1]].tolist() == [10.0, -1.0]


@pytest.mark.parametrize("kind", [REAL, TPPI])
def test_one_section_is_one_signal(kind: int) -> None:
    made = File(dims=[Dim(4, kind)], sections=[numbers(4)])
    assert [v.name for v in of(made.build()).signals] == ["fid"]


def test_an_envelope_is_named_for_what_it_is() -> None:
    made = fid()
    made.dims[0].kind = ENVELOPE
    assert [v.name for v in of(made.build()).variables[1:]] == ["fid_minimum", "fid_maximum"]


@pytest.mark.parametrize("small", [True, False])
@pytest.mark.parametrize(
    ("kinds", "names"),
    [
        ((REAL, REAL), ["fid"]),
        ((COMPLEX, REAL), ["fid_real", "fid_imaginary"]),
        ((REAL, COMPLEX), ["fid_real_real", "fid_real_imaginary"]),
        ((REAL_COMPLEX, REAL_COMPLEX), ["fid_real", "fid_imaginary"]),
        (
            (COMPLEX, COMPLEX),
            ["fid_real_real", "fid_imaginary_real", "fid_real_imaginary", "fid_imaginary_imaginary"],
        ),
    ],
)
def test_two_dimensions_are_put_together_from_their_tiles(
    kinds: tuple[int, int], names: list[str], small: bool
) -> None:
    made, whole = plane(kinds, len(names), small=small)
    reading = of(made.build())
    assert [v.name for v in reading.variables[2:]] == names
    for name, expected in zip(names, whole, strict=True):
        assert np.array_equal(reading[name].values, expected)
    assert reading.signals[0].dimensions == ("time_indirect", "time")
    np.testing.assert_allclose(reading["time"].values, np.linspace(0, 0.4, 5))
    np.testing.assert_allclose(reading["time_indirect"].values, np.linspace(0, 0.02, 3))
    assert reading.metadata["indirect_nucleus"] == "1H"
    assert reading.metadata["indirect_frequency"] == Measured(500.16e6, "Hz")
    assert reading.metadata["indirect_spectral_width"] == Measured(5000.0, "Hz")
    assert reading.title == "Zirconia 3Y: 13C 2D FID"


def test_an_axis_without_ruler_is_counted() -> None:
    made, _ = plane((COMPLEX, REAL), 2, small=True)
    made.dims[1].start = made.dims[1].stop = 0.0
    assert of(made.build())["point_indirect"].values.tolist() == [0, 1, 2]


def test_a_listed_axis_comes_as_listed() -> None:
    gradients = [0.01, 0.05, 0.12, 0.3, 0.0, 0.0, 0.0, 0.0]
    made, _ = plane((COMPLEX, REAL), 2, small=True)
    made.dims[1].listed, made.dims[1].unit = gradients, b"\x01\x1f"
    reading = of(made.build())
    assert reading["magnetic_field_indirect"].values.tolist() == gradients[:3]
    assert reading["magnetic_field_indirect"].unit == "T"


def test_a_compound_unit_names_the_axis() -> None:
    made, _ = plane((COMPLEX, REAL), 2, small=True)
    made.changes = {1329: b"\x01", 1336: b"\0\0\x11\x1f\x0f\x13"}
    reading = of(made.build())
    assert reading["field_gradient_indirect"].unit == "mT/m"


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        (b"\x01\x1c", "s"),
        (b"\x21\x1c", "us"),
        (b"\xf1\x0d", "kHz"),
        (b"\xe1\x0d", "MHz"),
        (b"\x01\x1f\x0f\x13", "T/m"),
        (b"\x0f\x1a", "1/ppm"),
        (b"\x02\x13", "m**2"),
        (b"\x00\x00\x00\x00", ""),
        (b"\x01\x63", "unit99"),
    ],
)
def test_units_have_signed_prefixes_and_powers(pairs: bytes, expected: str) -> None:
    assert unit(pairs) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Proton", "1H"),
        ("Carbon13", "13C"),
        ("Phosphorus31", "31P"),
        ("Fluorine", "19F"),
        ("Li7", "7Li"),
        ("<13C>", "13C"),
        ("^31P", "31P"),
        ("29Si", "29Si"),
        ("H1", "1H"),
        ("off", "off"),
        ("", ""),
    ],
)
def test_nuclei_are_written_as_mass_number_and_symbol(written: str, expected: str) -> None:
    assert nucleus(written) == expected


def test_a_processed_file_keeps_the_measurement_s_start() -> None:
    later = fid(created=datetime(2022, 1, 1, 12))
    assert of(later.build()).started_at == datetime(2021, 2, 22, 15, 25, 22)
    without = fid(parameters=[])
    started = of(without.build()).started_at
    assert started is not None
    assert abs(started - datetime(2021, 2, 22, 15, 25, 20)) <= timedelta(seconds=2)


def test_a_start_after_the_file_was_made_is_a_doubt() -> None:
    reading = of(fid(created=datetime(2020, 1, 1)).build())
    assert reading.started_at is None
    assert "begun at 2021-02-22" in reading.doubts[0]


def test_a_parameter_may_be_scaled() -> None:
    content = fid(parameters=[("X_FREQ", 500.0, HERTZ)]).build()
    at = 1360 + 16 + 4
    scaled = content[:at] + struct.pack("<h", 6) + content[at + 2 :]
    assert of(scaled).metadata["observe_frequency"] == Measured(500e6, "Hz")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_refused(value: float) -> None:
    made = fid()
    made.sections[0][3] = value
    with pytest.raises(DamagedFile, match="1 of the recorded values"):
        of(made.build())


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({8: b"\x02"}, DamagedFile, "byte order"),
        ({12: b"\x02"}, DamagedFile, "2 dimensions"),
        ({14: b"\x03"}, UnsupportedVariant, "three_d"),
        ({14: b"\x09"}, UnsupportedVariant, "layout 9"),
        ({14: b"\x81"}, UnsupportedVariant, "reserved"),
        ({24: b"\x09"}, DamagedFile, "kind 9"),
        ({24: b"\x01"}, DamagedFile, "1 sections of 16 numbers take 128 bytes"),
        ({176: struct.pack(">I", 2**31)}, DamagedFile, "sections of 2147483648"),
        ({176: struct.pack(">I", 0)}, NothingMeasured, "no points"),
        ({240: struct.pack(">I", 16)}, DamagedFile, "from 0 to 16"),
        ({208: struct.pack(">I", 15), 240: struct.pack(">I", 3)}, DamagedFile, "from 15 to 3"),
        ({1288: struct.pack(">Q", 8)}, DamagedFile, "gives 8 bytes"),
        ({336: struct.pack(">d", 1e308)}, DamagedFile, "no finite"),
        ({336: struct.pack(">d", float("nan"))}, DamagedFile, "no finite"),
        ({1216: struct.pack(">I", 2**31)}, DamagedFile, "parameter section"),
        ({1216: struct.pack(">I", 1000)}, DamagedFile, "21 records of 64 bytes in 1000"),
        ({1284: struct.pack(">I", 2**31)}, DamagedFile, "promised from byte"),
        ({172: b"\x20"}, DamagedFile, "should list 16 positions"),
    ],
)
def test_a_contradiction_is_named(changes: dict[int, bytes], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        of(fid(changes=changes).build())


def test_a_cut_file_is_damaged() -> None:
    content = fid(context=b"").build()
    with pytest.raises(DamagedFile, match="256 bytes of data are promised"):
        of(content[:-8])


def test_tiles_must_be_whole() -> None:
    made, _ = plane((COMPLEX, REAL), 2, small=True)
    made.changes = {180: struct.pack(">I", 7)}
    with pytest.raises(DamagedFile, match="a multiple of 4"):
        of(made.build())


def test_kinds_that_go_together_must_be_alike() -> None:
    made, _ = plane((REAL_COMPLEX, REAL), 2, small=True)
    with pytest.raises(UnsupportedVariant, match="real_complex and real"):
        of(made.build())


@given(
    values=st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=1, max_size=40),
    little=st.booleans(),
    item=st.sampled_from([4, 8]),
)
def test_numbers_come_back_as_written(values: list[float], little: bool, item: int) -> None:
    array = np.array(values)
    made = File(dims=[Dim(len(values))], sections=[array, -array], little=little, item=item)
    reading = of(made.build())
    assert np.array_equal(reading["fid_real"].values, array)
    assert np.array_equal(reading["fid_imaginary"].values, -array)


@pytest.mark.parametrize(("kinds", "n"), [((COMPLEX, COMPLEX), 4), ((COMPLEX, REAL), 2)])
def test_nmrglue_reads_the_same_planes(kinds: tuple[int, int], n: int, tmp_path: Path) -> None:
    jeol = pytest.importorskip("nmrglue").jeol
    made, _ = plane(kinds, n, valid=(64, 32))
    path = tmp_path / "a.jdf"
    path.write_bytes(made.build())
    _, theirs = jeol.read(str(path))
    reading = of(made.build())
    if n == 2:
        assert np.array_equal(reading["fid_real"].values, theirs.real)
        assert np.array_equal(reading["fid_imaginary"].values, -theirs.imag)
        return
    assert np.array_equal(reading["fid_real_real"].values, theirs[::2].real)
    assert np.array_equal(reading["fid_imaginary_real"].values, -theirs[::2].imag)
    # They turn the sign of the second half.
    assert np.array_equal(reading["fid_real_imaginary"].values, -theirs[1::2].real)
    assert np.array_equal(reading["fid_imaginary_imaginary"].values, theirs[1::2].imag)


Shared = Callable[[str], Path]


def test_the_real_file_gives_what_it_says(shared: Shared) -> None:
    choice, (reading,) = read(Source(shared("nmr/SW20AP_proton.jdf.gz")))
    assert choice.reader.name == "jeol_jdf"
    claim = READER.recognise(choice.source)
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN
    assert reading.title == "SW20AP: 1H FID"
    assert reading["time"].shape == (65536,)
    assert reading["time"].values[-1] == 3.1666512
    # X_SWEEP, stated elsewhere in the file, is one over the distance of two points.
    assert 1 / (reading["time"].values[1] - reading["time"].values[0]) == pytest.approx(20695.364238410595, rel=1e-9)
    assert reading["fid_real"].values[1] == pytest.approx(1.12450091e-03, rel=1e-8)
    assert reading["fid_imaginary"].values[1] == pytest.approx(-1.04324835e-04, rel=1e-8)
    assert reading.started_at == datetime(2021, 2, 22, 15, 25, 22)
    assert reading.metadata["n_scans"] == 16
    assert reading.metadata["solvent"] == "D2O"
    assert reading.metadata["temperature"] == Measured(25.0, "degC")
    assert reading.metadata["nucleus"] == "1H"
    parameters = reading.header["parameters"]
    assert isinstance(parameters, dict)
    assert len(parameters) == 202
    assert parameters["filter_width"] == {"value": 166.0, "unit": "kHz"}
    assert parameters["orders"] == "2 54 73"
    assert reading.doubts == ()


def test_nmrglue_reads_the_same_decay(shared: Shared, tmp_path: Path) -> None:
    jeol = pytest.importorskip("nmrglue").jeol
    choice, (reading,) = read(Source(shared("nmr/SW20AP_proton.jdf.gz")))
    path = tmp_path / "a.jdf"
    path.write_bytes(choice.source.read())
    _, theirs = jeol.read(str(path))
    assert np.array_equal(reading["fid_real"].values, theirs.real)
    assert np.array_equal(reading["fid_imaginary"].values, -theirs.imag)
