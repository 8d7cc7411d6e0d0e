from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.contract import Confidence
from kiban.readers.galactic_spc import READER
from kiban.readers.recognise import choose, read
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "ftir"
Y = [0.25, 0.5, -0.125, 1.0]
DATE = 1995 << 20 | 4 << 16 | 18 << 11 | 9 << 6 | 20


def stored(y: Sequence[float], exponent: int, width: int, order: str = "<") -> bytes:
    if exponent == -128:
        return np.array(y, f"{order}f4").tobytes()
    whole = np.rint(np.array(y) * 2.0 ** (8 * width - exponent))
    return whole.astype(f"{order}i{width}").tobytes()


def sub(y: Sequence[float], *, exponent: int = 2, z: float = 0.0, width: int = 4, order: str = "<", x: bytes = b"",
        n: int = 0) -> bytes:  # fmt: skip
    head = struct.pack(f"{order}BbHfffIIf4x", 0, exponent, 0, z, z, 0.0, n, 0, 0.0)
    return head + x + stored(y, exponent, width, order)


def spc(
    *subfiles: bytes,
    flags: int = 0,
    exponent: int = 2,
    n: int = 4,
    ends: tuple[float, float] = (4000.0, 1000.0),
    codes: tuple[int, int, int] = (1, 2, 0),
    version: int = 0x4B,
    experiment: int = 0,
    x: bytes = b"",
    count: int | None = None,
    comment: bytes = b"a comment",
    labels: bytes = b"",
    z_step: float = 0.0,
    log: bytes = b"",
) -> bytes:
    order = ">" if version == 0x4C else "<"
    body = x + b"".join(subfiles)
    n_subfiles = len(subfiles) if count is None else count
    head = struct.pack(f"{order}BBBbIddIBBBB", flags, version, experiment, exponent, n, *ends, n_subfiles, *codes, 0)
    head += struct.pack(f"{order}I9s9sH8f130s30sI", DATE, b"4 cm-1", b"IR-7", 0, *[0.0] * 8, comment, labels,
                        512 + len(body) if log else 0)  # fmt: skip
    head += struct.pack(f"{order}IBBHf48sfIfB", 0, 0, 0, 0, 0.0, b"", z_step, 0, 0.0, 0)
    if log:
        log = struct.pack(f"{order}IIIII44x", 64 + len(log), 4096, 64, 0, 0) + log
    return head.ljust(512, b"\0") + body + log


def old(*ys: Sequence[float], exponent: int = 5, flags: int = 0, year: int = 5 << 12 | 92) -> bytes:
    head = struct.pack("<BBhfffBB", flags, 0x4D, exponent, float(len(ys[0])), 4000.0, 1000.0, 1, 2)
    head += struct.pack("<HBBBB8s", year, 5, 14, 20, 19, b"8 cm-1")
    head = head.ljust(64, b"\0") + b"old comment".ljust(130, b"\0")
    parts = [head.ljust(224, b"\0")]
    for i, y in enumerate(ys):
        whole = np.rint(np.array(y) * 2.0 ** (32 - exponent)).astype("<i4").view("<u4")
        words = np.stack([whole >> 16, whole & 0xFFFF], axis=1).astype("<u2")
        parts.append(struct.pack("<BbHfffIIf4x", 0, exponent, i, float(i), float(i), 0.0, 0, 0, 0.0) + words.tobytes())
    return b"".join(parts)


def own_x(order: str = "<") -> bytes:
    version = 0x4C if order == ">" else 0x4B
    subs = [sub(Y[:n], x=np.arange(n, dtype=f"{order}f4").tobytes(), n=n, order=order, exponent=-128) for n in (4, 3)]
    places = (512, 512 + len(subs[0]))
    directory = b"".join(struct.pack(f"{order}IIf", at, len(s), 0.0) for at, s in zip(places, subs, strict=True))
    return (
        spc(*subs, flags=0xC4, exponent=-128, n=512 + sum(map(len, subs)), version=version, codes=(9, 0, 0)) + directory
    )


def one(content: bytes) -> Reading:
    [reading] = READER.read(Source(content, name="x.spc"))
    return reading


class TestGalacticSpc(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "32-bit integers": spc(sub(Y)),
        "16-bit integers": spc(sub(Y, width=2), flags=0x01),
        "floats": spc(sub(Y, exponent=-128), exponent=-128),
        "big-endian": spc(sub(Y, order=">"), version=0x4C),
        "x values": spc(sub(Y), flags=0x80, x=np.array([1, 2, 4, 8], "<f4").tobytes()),
        "several": spc(sub(Y, z=1.0), sub(Y, z=3.0, exponent=4), flags=0x14, codes=(3, 2, 4)),
        "own x values": own_x(),
        "own x values, big-endian": own_x(">"),
        "labels and log": spc(
            sub(Y), flags=0x20, labels=b"Shift\0Signal\0", codes=(13, 4, 0), log=b"A=1\r\nB = x\r\nnote\r\n"
        ),
        "old": old(Y),
        "old, several": old(Y, Y, flags=0x14),
    }


@pytest.mark.parametrize("variant", ["32-bit integers", "16-bit integers", "floats", "big-endian", "old"])
def test_every_way_to_store_numbers_gives_the_same(variant: str) -> None:
    reading = one(TestGalacticSpc.examples[variant])
    assert reading["absorbance"].values.tolist() == Y
    assert reading["wavenumber"].values.tolist() == [4000.0, 3000.0, 2000.0, 1000.0]
    assert reading.technique == "ir"


def test_the_header_becomes_metadata() -> None:
    reading = one(spc(sub(Y)))
    assert (reading.title, reading.instrument, reading.metadata["resolution"]) == ("a comment", "IR-7", "4 cm-1")
    assert reading.started_at == datetime(1995, 4, 18, 9, 20)
    assert one(old(Y)).started_at == datetime(1992, 5, 14, 20, 19)
    assert one(old(Y, year=1996)).started_at == datetime(1996, 5, 14, 20, 19)
    assert one(old(Y, year=0)).started_at is None


def test_several_subfiles_keep_their_own_exponents_and_z() -> None:
    reading = one(TestGalacticSpc.examples["several"])
    assert reading["absorbance"].values.tolist() == [Y, Y]
    assert (reading["z_time"].values.tolist(), reading["z_time"].unit) == ([1.0, 3.0], "s")
    even = one(spc(sub(Y), sub(Y), flags=0x04, codes=(3, 2, 4), z_step=0.5))
    assert even["z_time"].values.tolist() == [0.0, 0.5]


@pytest.mark.parametrize("order", ["<", ">"])
def test_subfiles_with_x_values_of_their_own_are_readings_of_their_own(order: str) -> None:
    first, second = READER.read(Source(own_x(order), name="x.spc"))
    assert first["mass_to_charge"].values.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert second["intensity"].values.tolist() == Y[:3]
    assert (first.technique, second.title) == ("mass_spectrometry", "a comment, 2 of 2")


def test_labels_and_log_are_kept() -> None:
    reading = one(TestGalacticSpc.examples["labels and log"])
    assert [v.label for v in reading.variables] == ["Shift", "Signal"]
    assert reading.header["log"] == {"A": "1", "B": "x", "#lines": ["note"]}
    assert reading.technique == "raman"
    assert one(TestGalacticSpc.examples["labels and log"][:-80]).doubts != ()


@pytest.mark.parametrize(("top", "unit"), [(1.0, "transmittance"), (100.0, "percent_transmittance")])
def test_transmission_in_percent_is_told_by_its_size(top: float, unit: str) -> None:
    reading = one(spc(sub([top, 0.5, 0.25, 0.0], exponent=-128), exponent=-128, codes=(1, 128, 0)))
    assert reading["transmittance"].unit == unit
    assert bool(reading.doubts) == (top > 1.0)


@pytest.mark.parametrize(
    ("experiment", "codes", "ends", "technique"),
    [
        (0, (1, 1, 0), (4000.0, 400.0), "ir"),
        (0, (3, 2, 0), (200.0, 800.0), "uv_vis"),
        (0, (3, 3, 0), (1100.0, 2500.0), "ir"),
        (7, (3, 4, 0), (200.0, 800.0), "uv_vis"),
        (0, (10, 24, 0), (0.0, 10.0), "nmr"),
        (4, (13, 4, 0), (0.0, 3000.0), "raman"),
        (0, (0, 0, 0), (0.0, 1.0), "spectrum"),
        (0, (3, 4, 0), (300.0, 900.0), "spectrum"),
    ],
)
def test_the_technique_is_what_codes_say(
    experiment: int, codes: tuple[int, int, int], ends: tuple[float, float], technique: str
) -> None:
    assert one(spc(sub(Y), experiment=experiment, codes=codes, ends=ends)).technique == technique


@given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=2, max_size=20), st.integers(-60, 60))
def test_integers_come_back_exactly(whole: list[int], exponent: int) -> None:
    y = [n * 2.0 ** (exponent - 32) for n in whole]
    assert one(spc(sub(y, exponent=exponent), exponent=exponent, n=len(y)))["absorbance"].values.tolist() == y


@pytest.mark.parametrize(
    "content",
    [
        spc(sub(Y), n=5),
        spc(sub(Y), n=2**32 - 1),
        spc(sub(Y), count=2),
        spc(sub(Y), count=2**32 - 1),
        spc(sub(Y), ends=(float("nan"), 1.0)),
        spc(sub(Y), flags=0x80, x=np.array([1, 2, float("nan"), 4], "<f4").tobytes()),
        spc(sub(Y, x=b"\0" * 16, n=2**31, exponent=-128), flags=0xC4, n=0),
        own_x()[:-30],
        old(Y)[:-1],
        old(Y, Y, flags=0x04) + b"\0",
        spc(sub(Y))[:300],
    ],
)
def test_what_contradicts_itself_is_refused(content: bytes) -> None:
    with pytest.raises(DamagedFile):
        one(content)


def test_nothing_measured() -> None:
    for content in (spc(sub([]), n=0), spc(count=0)):
        with pytest.raises(NothingMeasured):
            one(content)


@pytest.mark.parametrize(
    ("content", "confidence"),
    [
        (spc(sub(Y)), Confidence.CERTAIN),
        (spc(sub(Y), log=b"a=b"), Confidence.CERTAIN),
        (spc(sub(Y), version=0x4C), Confidence.CERTAIN),
        (spc(sub(Y, width=2), sub(Y, width=2), flags=0x05), Confidence.CERTAIN),
        (spc(sub(Y), flags=0x80, x=np.arange(4, dtype="<f4").tobytes()), Confidence.CERTAIN),
        (spc(sub(Y)) + b"\0", Confidence.LIKELY),
        (own_x(), Confidence.LIKELY),
        (old(Y), Confidence.LIKELY),
        (spc(sub(Y))[:-1], Confidence.LIKELY),
    ],
)
def test_only_numbers_that_end_where_the_file_or_its_log_says_are_certain(
    content: bytes, confidence: Confidence
) -> None:
    claim = READER.recognise(Source(content, name="x.dat"))
    assert claim is not None
    assert claim.confidence is confidence


def test_a_zip_archive_is_none_though_its_second_byte_is_that_of_a_version() -> None:
    assert READER.recognise(Source(b"PK\x03\x04" + b"\0" * 600, name="x.spc")) is None
    assert choose(Source(spc(sub(Y)), name="x.bin")).reader.name == "galactic_spc"


# Of the table: shape, axis and its ends, signal, and its ends in the first subfile.
REAL = [
    ("Ft-ir.spc", (1776,), "wavenumber", (4000.0, 450.0), "transmittance", (3.30727, 100.0)),
    ("RAMAN.SPC", (3632,), "raman_shift", (3996.82, -3005.96), "intensity", (0.00047636, 137.453)),
    ("m_evenz.spc", (32, 171), "wavelength", (200.0, 800.0), "absorbance", (-0.000299949, 0.129525)),
    ("nir.spc", (20, 700), "wavelength", (1100.0, 2498.0), "kubelka_munk", (0.000200484, 4.04198)),
    ("s_xy.spc", (512,), "time", (1.08667, 6.01717), "intensity", (22761.0, 673534.0)),
]


@pytest.mark.skipif(not DATA.is_dir(), reason="waits for ../shared/data")
@pytest.mark.parametrize(("name", "shape", "axis", "ends", "signal", "limits"), REAL, ids=[row[0] for row in REAL])
def test_real_files(
    name: str, shape: tuple[int, ...], axis: str, ends: tuple[float, float], signal: str, limits: tuple[float, float]
) -> None:
    choice, [reading] = read(Source(DATA / name))
    assert choice.reader.name == "galactic_spc"
    assert reading[signal].shape == shape
    assert (reading[axis].values[0], reading[axis].values[-1]) == pytest.approx(ends, rel=1e-5)
    first = np.atleast_2d(reading[signal].values)[0]
    assert (first.min(), first.max()) == pytest.approx(limits, rel=1e-5)


@pytest.mark.skipif(not DATA.is_dir(), reason="waits for ../shared/data")
def test_a_real_old_file_has_ten_smooth_spectra() -> None:
    _, [reading] = read(Source(DATA / "m_ordz.spc"))
    assert reading["absorbance"].shape == (10, 857)
    assert reading["z_time"].values[0] == pytest.approx(18.9772)
    assert reading["wavenumber"].values[[0, -1]] == pytest.approx([698.2297, 4000.3547])
    # Halves of words in the wrong order would make noise as large as the signal.
    spectra = reading["absorbance"].values
    assert np.median(np.abs(np.diff(spectra, axis=1))) < 0.01 * np.ptp(spectra)


@pytest.mark.skipif(not DATA.is_dir(), reason="waits for ../shared/data")
@pytest.mark.parametrize("name", [row[0] for row in REAL])
def test_another_program_reads_the_same(name: str) -> None:
    spc_io: Any = pytest.importorskip("spc_io")
    with (DATA / name).open("rb") as stream:
        other = spc_io.SPC.from_bytes_io(stream)
    _, [reading] = read(Source(DATA / name))
    ours = np.atleast_2d(reading.signals[0].series.values)
    assert len(other) == len(ours)
    for subfile, y in zip(other, ours, strict=True):
        np.testing.assert_allclose(subfile.yarray, y, rtol=1e-6)
        axis = reading.axis
        assert axis is not None
        np.testing.assert_allclose(subfile.xarray, axis.series.values, rtol=1e-6)


@pytest.mark.parametrize("mark", [b"MM\x00*", b"MM\x00+"])
def test_a_tiff_of_the_other_byte_order_is_not_taken_for_an_old_spc_file(mark: bytes) -> None:
    # Whatever follows: codes of axes and a number of points that an SPC file could have.
    head = mark + struct.pack("<f", 1e9)[:4] + bytes(8) + bytes([1, 1]) + bytes(400)
    assert READER.recognise(Source(head + bytes(60_000), name="file.tif")) is None
