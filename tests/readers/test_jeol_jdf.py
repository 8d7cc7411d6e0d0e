from __future__ import annotations

import gzip
import struct
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.readers.jeol.units import unit
from kiban.readers.jeol_jdf import READER
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "nmr" / "SW20AP_proton.jdf.gz"
SECOND, PPM, HERTZ, CELSIUS = b"\x01\x1c", b"\x01\x1a", b"\x01\x0d", b"\x01\x04"
REAL, COMPLEX, REAL_COMPLEX = 1, 3, 4
# 2021-02-22, 15:25:20 to within a part of 1/65536 of a day.
CREATED = bytes.fromhex("3e56a481")


def parameter(name: bytes, value: float | int | bytes, order: str, of: bytes = b"\0\0", scale: int = 0) -> bytes:
    if isinstance(value, bytes):
        kind, packed = 0, value.ljust(16)
    elif isinstance(value, int):
        kind, packed = 1, struct.pack(f"{order}i12x", value)
    else:
        kind, packed = 2, struct.pack(f"{order}d8x", value)
    return (
        b"\0" * 4
        + struct.pack(f"{order}h", scale)
        + of.ljust(10, b"\0")
        + packed
        + struct.pack(f"{order}I", kind)
        + name.ljust(28)
    )


def jdf(
    sections: Sequence[np.ndarray[Any, Any]],
    *,
    kinds: Sequence[int] = (COMPLEX,),
    units: Sequence[bytes] = (SECOND,),
    points: Sequence[int] | None = None,
    measured: Sequence[tuple[int, int]] | None = None,
    ends: Sequence[tuple[float, float]] = ((0.0, 3.0), (0.0, 1.0)),
    order: str = "<",
    number: int = 0,
    layout: int | None = None,
    ranged: int = 0,
    **changes: Any,
) -> bytes:
    n = len(kinds)
    shape = list(reversed(sections[0].shape)) if points is None else list(points)
    measured = [(0, max(p, 1) - 1) for p in shape] if measured is None else list(measured)

    def eight(values: Sequence[Any], code: str) -> bytes:
        return struct.pack(f">8{code}", *values, *([1 if code == "I" else 0] * (8 - len(values))))

    records = [
        parameter(b"x_freq", 500.0, order, HERTZ, 6),
        parameter(b"total_scans", 16, order),
        parameter(b"solvent", b"D2O", order),
        parameter(b"temp_get", 25.0, order, CELSIUS),
        *changes.get("parameters", ()),
    ]
    block = struct.pack(f"{order}IIII", 64, 0, len(records) - 1, 64 * len(records)) + b"".join(records)
    data = b"".join(_stored(s).astype(f"{order}{'f4' if number else 'f8'}").tobytes() for s in sections)
    start = 1360 + len(block)
    head = b"JEOL.NMR" + struct.pack(">BBHB", order == "<", 1, 2, n) + bytes([0x80])
    head += bytes([number << 6 | (n if layout is None else layout)]) + b"\1" + bytes(range(1, 9))
    head += bytes([*kinds, *[0] * (8 - n)]) + b"".join(units).ljust(16, b"\0") + b"ethanol".ljust(124, b"\0")
    head += struct.pack(">I", ranged) + eight(shape, "I")
    head += struct.pack(">8I", *[m[0] for m in measured], *[0] * (8 - n))
    head += struct.pack(">8I", *[m[1] for m in measured], *[0] * (8 - n))
    head += eight([e[0] for e in ends[:n]], "d") + eight([e[1] for e in ends[:n]], "d")
    head += (
        CREATED * 2 + b"node".ljust(16, b"\0") + b"\0" * 128 + b"delta".ljust(128, b"\0") + b"note".ljust(128, b"\0")
    )
    head = head.ljust(808, b"\0") + b"Proton".ljust(256, b"\0")
    head = head.ljust(1212, b"\0") + struct.pack(">II", changes.get("param_start", 1360), len(block))
    head = head.ljust(1284, b"\0") + struct.pack(">IQ", start, changes.get("data_length", len(data)))
    return head.ljust(1360, b"\0") + block + data


def _stored(section: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if section.ndim == 1:
        return section
    rows, columns = section.shape
    return section.reshape(rows // 32, 32, columns // 32, 32).transpose(0, 2, 1, 3)


A, B = np.array([1.0, 2.0, 3.0, 4.0]), np.array([5.0, 6.0, 7.0, 8.0])
PLANE = np.arange(32.0 * 64).reshape(32, 64)


def one(content: bytes) -> Reading:
    [reading] = READER.read(Source(content, name="x.jdf"))
    return reading


class TestJeolJdf(ReaderSuite):
    reader = READER
    n_mutations = 150
    examples: ClassVar[Mapping[str, bytes]] = {
        "complex": jdf([A, B]),
        "big-endian": jdf([A, B], order=">"),
        "float32": jdf([A, B], number=1),
        "real spectrum": jdf([A], kinds=(REAL,), units=(PPM,), ends=((10.0, -2.0),)),
        "two dimensions": jdf([PLANE, -PLANE], kinds=(REAL_COMPLEX, REAL_COMPLEX), units=(PPM, PPM)),
        "hypercomplex": jdf([PLANE, PLANE + 1, PLANE + 2, PLANE + 3], kinds=(COMPLEX, COMPLEX), units=(SECOND, SECOND)),
    }


@pytest.mark.parametrize("variant", ["complex", "big-endian", "float32"])
def test_a_fid(variant: str) -> None:
    reading = one(TestJeolJdf.examples[variant])
    assert reading["time"].values.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert (reading["fid_real"].values.tolist(), reading["fid_imaginary"].values.tolist()) == (A.tolist(), B.tolist())
    assert (reading.title, reading.operator, reading.metadata["solvent"]) == ("ethanol", "delta", "D2O")
    assert reading.metadata["observe_frequency"].value == 500e6  # type: ignore[union-attr]
    assert reading.metadata["n_scans"] == 16
    assert abs((reading.started_at - datetime(2021, 2, 22, 15, 25, 20)).total_seconds()) < 2  # type: ignore[operator]


def test_a_spectrum_has_a_scale_of_shifts() -> None:
    reading = one(TestJeolJdf.examples["real spectrum"])
    assert reading["chemical_shift"].values.tolist() == [10.0, 6.0, 2.0, -2.0]
    assert reading["intensity"].values.tolist() == A.tolist()


def test_squares_are_put_together() -> None:
    reading = one(TestJeolJdf.examples["two dimensions"])
    assert reading["intensity"].values.tolist() == PLANE.tolist()
    assert reading["intensity_imaginary"].values.tolist() == (-PLANE).tolist()
    hyper = one(TestJeolJdf.examples["hypercomplex"])
    assert hyper["fid_imaginary_imaginary"].values.tolist() == (PLANE + 3).tolist()
    assert hyper["time_indirect"].shape == (32,)


def test_only_what_was_measured_is_given() -> None:
    reading = one(jdf([A, B], measured=[(1, 2)], ends=((0.0, 1.0),)))
    assert reading["fid_real"].values.tolist() == [2.0, 3.0]
    assert reading["time"].values.tolist() == [0.0, 1.0]


def test_the_time_of_the_start_is_that_of_the_parameters() -> None:
    start = parameter(b"actual_start_time", 982855522.0, "<", SECOND)
    assert one(jdf([A, B], parameters=[start])).started_at == datetime(2021, 2, 22, 15, 25, 22)
    far = parameter(b"actual_start_time", 1e300, "<", SECOND)
    assert one(jdf([A, B], parameters=[far])).started_at is not None


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (b"\x01\x1c", "s"),
        (b"\x11\x1c", "ms"),
        (b"\xe1\x0d", "MHz"),
        (b"\x0f\x1c", "1/s"),
        (b"\x01\x63", ""),
        (b"\x02\x1c", ""),
    ],
)
def test_units(code: bytes, text: str) -> None:
    assert unit(code[0], code[1]) == text


@pytest.mark.parametrize(
    "content",
    [
        jdf([A]),
        jdf([A, B], points=[5]),
        jdf([A, B], points=[2**31]),
        jdf([A, B], points=[0]),
        jdf([A, B], data_length=8),
        jdf([A, B], measured=[(0, 4)]),
        jdf([A, B], measured=[(3, 2)]),
        jdf([A, B], ends=((0.0, float("nan")),)),
        jdf([A, np.array([1.0, np.inf, 2.0, 3.0])]),
        jdf([A, B], param_start=10**6),
        jdf([A, B])[:-1],
        jdf([A, B])[:1000],
    ],
)
def test_what_contradicts_itself_is_refused(content: bytes) -> None:
    with pytest.raises(DamagedFile):
        one(content)


@pytest.mark.parametrize(
    "content", [jdf([A, B], layout=3), jdf([A, B], kinds=(5,)), jdf([A, B], number=2), jdf([A, B], ranged=0x10000000)]
)
def test_variants_that_are_not_read_are_named(content: bytes) -> None:
    with pytest.raises(UnsupportedVariant):
        one(content)


@pytest.mark.skipif(not FILE.is_file(), reason="waits for ../shared/data")
def test_a_real_file() -> None:
    choice, [reading] = read(Source(FILE))
    assert choice.reader.name == "jeol_jdf"
    assert reading["fid_real"].shape == (65536,)
    assert reading["time"].values[-1] == pytest.approx(3.1666512)
    assert reading.sample_name == "SW20AP"
    assert reading.started_at == datetime(2021, 2, 22, 15, 25, 22)


@pytest.mark.skipif(not FILE.is_file(), reason="waits for ../shared/data")
@pytest.mark.filterwarnings("ignore")
def test_another_program_reads_the_same(tmp_path: Path) -> None:
    jeol = pytest.importorskip("nmrglue").jeol
    plain = tmp_path / "x.jdf"
    plain.write_bytes(gzip.decompress(FILE.read_bytes()))
    _, other = jeol.read(str(plain))
    [reading] = READER.read(Source(plain))
    np.testing.assert_array_equal(reading["fid_real"].values - 1j * reading["fid_imaginary"].values, other)
