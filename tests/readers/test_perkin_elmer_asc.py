"""PEDS: the real files with the figures of the table, and each variant of the format in small."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence
from kiban.readers.perkin_elmer_asc import READER
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

ROWS = ((800.0, 12.5), (799.0, 13.0), (798.0, -0.01))


def peds(
    rows: Sequence[tuple[float, float]] = ROWS,
    *,
    kind: str = "UV",
    version: str = "4.00",
    units: tuple[str, str] = ("nm", "%T"),
    comment: Sequence[str] = ("",),
    **changes: str,
) -> str:
    first = f"PE {kind:<9}{'SUBTECH':<12}{'SPECTRUM':<12}{'ASCII':<12}{'PEDS':<12}{version:<12}"
    head = [
        "   -1",
        "SAMPLE.ASC",
        changes.get("date", "24/01/17"),
        "09:26:08.50",
        "24/01/18",
        "10:00:00.00",
        "A. Person",
        changes.get("sample", "glass"),
    ]
    lines = [first, *head, "798.0", "1"]
    if version == "4.00":
        lines += ["Lambda 1050", "1050L1611222", "PerkinElmer UV WinLab 6.3", *comment]
        lines += ["0"] * (75 + len(comment) - 1 - len(lines))
    x, y = [row[0] for row in rows] or [0.0], [row[1] for row in rows] or [0.0]
    step = x[1] - x[0] if len(x) > 1 else 0.0
    graph = {
        "points": str(len(rows)),
        "first": f"{x[0]:.6f}",
        "step": f"{step:.6f}",
        "largest": f"{max(y):.6f}",
        "least": f"{min(y):.6f}",
    } | changes
    lines += ["#HDR", "-1", "-1", "#GR", *units, "1.0", "0.0", graph["first"], graph["step"], graph["points"], "8"]
    lines += [graph["largest"], graph["least"], "#DATA", *(f"{a:.6f}\t{b:.6f}" for a, b in rows)]
    return "\r\n".join(lines) + "\r\n"


def of(text: str, encoding: str = "cp1252") -> Reading:
    [reading] = READER.read(Source(text.encode(encoding), name="x.asc"))
    return reading


class TestPerkinElmerAsc(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "4.00": peds().encode(),
        "1.60": peds(version="1.60", units=("NM", "A")).encode(),
        "infrared, LF": peds(kind="IR", units=("cm-1", "%T")).replace("\r\n", "\n").encode(),
        "fluorescence": peds(kind="FL", units=("nm", "INT")).encode(),
        "decimal commas, CP932": peds(sample="ガラス")
        .replace(".500000", ",500000")
        .replace(".0", ",0")
        .encode("cp932"),
        "UTF-8 with byte-order mark": peds(sample="verre trempé").encode("utf-8-sig"),
    }


def test_a_spectrum_is_read_with_all_that_is_stated() -> None:
    reading = of(peds(comment=("first line", "second line")))
    assert (reading.technique, reading.title, reading.sample_name) == ("uv_vis", "glass", "glass")
    assert [(v.name, v.role, v.series.unit) for v in reading.variables] == [
        ("wavelength", Role.AXIS, "nm"),
        ("transmittance", Role.SIGNAL, "percent_transmittance"),
    ]
    assert reading["wavelength"].values.tolist() == [800.0, 799.0, 798.0]
    assert reading["transmittance"].values.tolist() == [12.5, 13.0, -0.01]
    assert (reading.operator, reading.instrument) == ("A. Person", "Lambda 1050")
    assert reading.started_at == datetime(2024, 1, 17, 9, 26, 8, 500000)
    assert reading.metadata == {
        "maker": "PerkinElmer",
        "model": "Lambda 1050",
        "serial_number": "1050L1611222",
        "software": "PerkinElmer UV WinLab 6.3",
        "comment": "first line\nsecond line",
        "step": Measured(1.0, "nm"),
    }
    assert reading.doubts == ()
    stated = reading.header["#GR"]
    assert isinstance(stated, dict)
    assert stated["points"] == "3"


@pytest.mark.parametrize(
    ("kind", "units", "technique", "names", "unit"),
    [
        ("UV", ("NM", "A"), "uv_vis", ("wavelength", "absorbance"), "absorbance"),
        ("UV", ("nm", "%R"), "uv_vis", ("wavelength", "reflectance"), "percent"),
        ("IR", ("cm-1", "T"), "ir", ("wavenumber", "transmittance"), "transmittance"),
        ("FL", ("nm", "INT"), "photoluminescence", ("wavelength", "intensity"), "arbitrary_unit"),
        ("XX", ("nm", "A"), "uv_vis", ("wavelength", "absorbance"), "absorbance"),
        ("XX", ("min", "A"), "spectrum", ("time", "absorbance"), "absorbance"),
    ],
)
def test_the_first_line_and_the_units_say_what_it_is(
    kind: str, units: tuple[str, str], technique: str, names: tuple[str, str], unit: str
) -> None:
    reading = of(peds(kind=kind, units=units))
    assert (reading.technique, tuple(v.name for v in reading.variables)) == (technique, names)
    assert reading[names[1]].unit == unit


def test_an_old_version_has_fewer_known_lines() -> None:
    reading = of(peds(version="1.60", date="98/12/31"))
    assert reading.instrument is None
    assert reading.started_at == datetime(1998, 12, 31, 9, 26, 8, 500000)
    assert reading.sample_name == "glass"


def test_decimal_commas_and_japanese() -> None:
    [reading] = READER.read(Source(TestPerkinElmerAsc.examples["decimal commas, CP932"], name="x.asc"))
    assert reading["transmittance"].values.tolist() == [12.5, 13.0, -0.01]
    assert reading.sample_name == "ガラス"


def test_what_differs_from_the_promise_is_doubted() -> None:
    assert of(peds(step="-2.0")).doubts == ("#GR promises steps of -2; they run from -1 to -1.",)
    assert of(peds(largest="14.0")).doubts == ("#GR promises values from -0.01 to 14; they run from -0.01 to 13.",)
    assert of(peds(date="today")).started_at is None
    assert of(peds(date="24/13/45")).started_at is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (peds(points="4"), "#GR promises 4 points, 3 follow"),
        (peds(points="many"), "#GR promises many points"),
        (peds(first="700.0"), "promises 700 as first abscissa; it is 800"),
        (peds(((800.0, 1.0), (801.0, 2.0), (800.5, 3.0))), "neither ascend nor descend"),
        (peds().replace("799.000000\t13.0", "799.000000\tx13.0"), "'x13.000000' was found"),
        (peds().replace("799.000000\t13.000000", "799.000000\tnan"), "'nan' was found"),
        (peds().replace("799.000000\t", "799.000000"), "2 data columns were expected, 1 were found"),
        (peds().replace("#DATA", "#DATEN"), "a line #DATA was expected"),
        (peds().replace("#HDR", "#GR", 1), "a line #HDR was expected"),
        (peds().replace("nm\r\n%T\r\n1.0\r\n0.0\r\n", ""), "10 lines were expected after #GR; there are 6"),
        ("PE\r\n", "does not begin with a line of PEDS"),
        ("", "does not begin with a line of PEDS"),
    ],
)
def test_damage_is_named(text: str, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(text)
    assert words in caught.value.fault


def test_no_rows_are_nothing_measured_and_other_text_is_not_claimed() -> None:
    with pytest.raises(NothingMeasured):
        of(peds(()))
    for text in (b"PE lessons\n", b"PE UV SPECTRUM\n", b"a PE UV ASCII PEDS 4.00"):
        assert READER.recognise(Source(text)) is None
    claim = READER.recognise(Source(peds().encode()))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=40))
def test_what_is_written_is_read(values: list[float]) -> None:
    reading = of(peds([(200.0 + 0.5 * n, value) for n, value in enumerate(values)]))
    np.testing.assert_allclose(reading["transmittance"].values, values, atol=1e-6)
    assert reading.doubts == ()


REAL = [
    ("KTF-D.Probe.Raw.asc", 1001, (1200.0, 89.940565), (200.0, 0.040434), datetime(2024, 1, 17, 9, 26, 8)),
    ("3DM_test01.Probe.Raw.asc", 281, (1900.0, 99.999792), (500.0, 100.014483), datetime(2024, 2, 27, 16, 45, 12)),
]


@pytest.mark.parametrize(("name", "n", "first", "last", "started"), REAL, ids=[row[0] for row in REAL])
def test_the_real_files(
    shared: Callable[[str], Path],
    name: str,
    n: int,
    first: tuple[float, float],
    last: tuple[float, float],
    started: datetime,
) -> None:
    choice, [reading] = read(Source(shared(f"uvvis/{name}")))
    assert choice.reader is READER
    x, y = reading["wavelength"].values, reading["transmittance"].values
    assert (len(x), (x[0], y[0]), (x[-1], y[-1])) == (n, first, last)
    assert reading["transmittance"].unit == "percent_transmittance"
    assert (reading.instrument, reading.started_at, reading.doubts) == ("Lambda 1050", started, ())
