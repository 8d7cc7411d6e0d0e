"""OMNIC: each variant of the format in small; no real file is at hand."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence
from kiban.readers.source import Source
from kiban.readers.thermo_omnic import READER
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

SECONDS = 3_500_000_000
"""2010-11-28, 06:13:20 UTC: 3500000000 - 2209075200 seconds since 1970."""
Y = (0.5, 0.25, 1.5)
HISTORY = (
    b"Collect Sample\r\n\t Final format:\tAbsorbance\r\n\t Resolution:\t 4.000 from 400.1569 to 4000.1230\r\n"
    b"\t Bench Serial Number:ASB2211355;\0"
)


def header(
    n_points: int = 3, *, codes: tuple[int, int] = (1, 17), ends: tuple[float, float] = (4000.0, 1000.0)
) -> bytes:
    content = bytearray(152)
    struct.pack_into("<I", content, 4, n_points)
    content[8], content[12] = codes
    struct.pack_into("<ff", content, 16, *ends)
    struct.pack_into("<I", content, 36, 32)
    struct.pack_into("<I", content, 52, 16)
    struct.pack_into("<f", content, 80, 15798.0)
    struct.pack_into("<f", content, 96, 9394.5)
    return bytes(content)


def floats(values: Sequence[float]) -> bytes:
    return np.array(values, dtype="<f4").tobytes()


def omnic(
    *records: tuple[int, bytes] | tuple[int, bytes, int], title: bytes = b"film.spa", seconds: int = SECONDS
) -> bytes:
    head = bytearray(304)
    head[:18] = b"Spectral Data File"
    head[30 : 30 + len(title)] = title
    struct.pack_into("<HI", head, 294, len(records), seconds)
    place = 304 + 16 * len(records)
    table, body = b"", b""
    for key, content, *number in records:
        table += struct.pack("<BxIIHI", key, place + len(body), len(content), number[0] if number else 0, 0)
        body += content
    return bytes(head) + table + body


def spectrum(values: Sequence[float] = Y, **changes: Any) -> tuple[tuple[int, bytes], tuple[int, bytes]]:
    return (2, header(changes.pop("n_points", len(values)), **changes)), (3, floats(values))


def titled(words: bytes, seconds: int) -> bytes:
    return words.ljust(256, b"\0") + struct.pack("<I", seconds)


PLAIN = omnic(*spectrum(), (4, b"thin film\0"), (27, HISTORY))
GROUP = omnic(
    (2, header(), 1), (3, floats(Y), 1), (107, titled(b"first", SECONDS), 1),
    (2, header(2, ends=(900.0, 800.0)), 2), (3, floats((7.0, 8.0)), 2), (107, titled(b"second", SECONDS + 60), 2),
    title=b"a group",
)  # fmt: skip


def of(content: bytes) -> list[Reading]:
    return READER.read(Source(content, name="x.spa"))


def one(content: bytes) -> Reading:
    [reading] = of(content)
    return reading


class TestThermoOmnic(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "one spectrum": PLAIN,
        "with interferograms": omnic(*spectrum(), (102, floats((1, -2, 3))), (103, floats((4, 5)))),
        "Raman": omnic(*spectrum(codes=(32, 31), ends=(3500.0, 100.0))),
        "blanked": omnic(*spectrum((0.5, float("nan"), 1.5))),
        "group by number": GROUP,
        "group by order": omnic(*spectrum(), *spectrum((7.0, 8.0)), (107, titled(b"a", 0)), (107, titled(b"b", 0))),
    }


def test_a_spectrum_is_read_with_all_that_is_stated() -> None:
    reading = one(PLAIN)
    assert (reading.technique, reading.title) == ("ir", "film.spa")
    assert [(v.name, v.role, v.series.unit) for v in reading.variables] == [
        ("wavenumber", Role.AXIS, "1/cm"),
        ("absorbance", Role.SIGNAL, "absorbance"),
    ]
    assert reading["wavenumber"].values.tolist() == [4000.0, 2500.0, 1000.0]
    assert reading["absorbance"].values.tolist() == list(Y)
    assert reading.started_at == datetime(2010, 11, 28, 6, 13, 20, tzinfo=UTC)
    assert reading.metadata == {
        "maker": "Thermo Fisher Scientific",
        "n_scans": 32,
        "n_background_scans": 16,
        "resolution": Measured(4.0, "1/cm"),
        "serial_number": "ASB2211355",
        "comment": "thin film",
    }
    assert reading.doubts == ()
    stated = reading.header["spectrum"]
    assert isinstance(stated, dict)
    assert (stated["n_points"], stated["laser_per_cm"]) == (3, 15798.0)


@pytest.mark.parametrize(
    ("codes", "names", "unit", "technique"),
    [
        ((1, 16), ("wavenumber", "transmittance"), "percent_transmittance", "ir"),
        ((1, 11), ("wavenumber", "reflectance"), "percent", "ir"),
        ((1, 12), ("wavenumber", "log_reciprocal_reflectance"), "", "ir"),
        ((3, 20), ("wavelength", "kubelka_munk"), "kubelka_munk", "ir"),
        ((4, 26), ("wavelength", "photoacoustic_signal"), "arbitrary_unit", "ir"),
        ((2, 22), ("point", "detector_signal"), "V", "ir"),
        ((32, 31), ("raman_shift", "intensity"), "arbitrary_unit", "raman"),
        ((1, 15), ("wavenumber", "intensity"), "arbitrary_unit", "ir"),
    ],
)
def test_codes_say_what_it_is(codes: tuple[int, int], names: tuple[str, str], unit: str, technique: str) -> None:
    reading = one(omnic(*spectrum(codes=codes)))
    assert tuple(v.name for v in reading.variables) == names
    assert (reading[names[1]].unit, reading.technique, reading.doubts) == (unit, technique, ())


def test_unknown_codes_are_doubted() -> None:
    reading = one(omnic(*spectrum(codes=(99, 98))))
    assert reading["x"].unit == reading["intensity"].unit == "arbitrary_unit"
    assert len(reading.doubts) == 2


def test_raman_states_its_laser() -> None:
    reading = one(TestThermoOmnic.examples["Raman"])
    assert reading.metadata["laser_wavelength"] == Measured(1e7 / 9394.5, "nm")


def test_blanked_ranges_are_missing_values() -> None:
    reading = one(TestThermoOmnic.examples["blanked"])
    assert np.isnan(reading["absorbance"].values[1])
    assert reading.doubts == ("1 of 3 points have no value: ranges were blanked.",)


def test_interferograms_follow_their_spectrum() -> None:
    absorbance, sample, background = of(TestThermoOmnic.examples["with interferograms"])
    assert absorbance["absorbance"].values.tolist() == list(Y)
    assert sample["intensity"].values.tolist() == [1.0, -2.0, 3.0]
    assert background["point"].values.tolist() == [0.0, 1.0]
    assert background.title == "film.spa: interferogram of the background"


def test_a_group_has_its_spectra_by_number_or_order() -> None:
    first, second = of(GROUP)
    assert (first.title, second.title) == ("first", "second")
    assert second["wavenumber"].values.tolist() == [900.0, 800.0]
    assert second["absorbance"].values.tolist() == [7.0, 8.0]
    assert first.started_at is not None
    assert second.started_at is not None
    assert (second.started_at - first.started_at).total_seconds() == 60
    by_order = of(TestThermoOmnic.examples["group by order"])
    assert [(r.title, len(r["absorbance"].values), r.started_at) for r in by_order] == [("a", 3, None), ("b", 2, None)]


def test_without_a_time_there_is_none() -> None:
    assert one(omnic(*spectrum(), seconds=0)).started_at is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (omnic(*spectrum(n_points=4)), "4 points are promised, 3 numbers are stored"),
        (omnic(*spectrum(n_points=2**32 - 1)), "4294967295 points are promised"),
        (omnic(*spectrum(ends=(4000.0, 4000.0))), "3 points from 4000 to 4000"),
        (omnic(*spectrum(ends=(4000.0, float("nan")))), "3 points from 4000 to nan"),
        (omnic(*spectrum((1.0, float("inf"), 2.0))), "an intensity is infinite"),
        (omnic((2, header()), (2, header()), (3, floats(Y))), "2 spectra have 1 sets of intensities"),
        (omnic((2, header(), 1), (2, header(), 2), (3, floats(Y), 1)), "spectrum 2 has a header and no intensities"),
        (omnic((2, header())), "spectrum 1 has a header and no intensities"),
        (omnic((2, b"short"), (3, floats(Y))), "a header of a spectrum should have 100 bytes"),
        (PLAIN[:-10], "the record of key 27 should have"),
        (PLAIN[:330], "a table of 4 records was expected"),
        (PLAIN[:100], "a head of 304 bytes"),
    ],
)
def test_damage_is_named(content: bytes, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(content)
    assert words in caught.value.fault


def test_overlapping_numbers_are_refused() -> None:
    content = bytearray(omnic(*spectrum(), *spectrum()))
    struct.pack_into("<I", content, 304 + 3 * 16 + 2, struct.unpack_from("<I", content, 304 + 16 + 2)[0])
    with pytest.raises(DamagedFile, match="reach into"):
        of(bytes(content))


def test_longer_records_are_doubted() -> None:
    assert one(omnic(*spectrum(n_points=2))).doubts == ("3 numbers are stored for 2 points; the rest is left out.",)


def test_no_spectrum_is_nothing_measured_and_series_are_refused() -> None:
    for content in (omnic((27, HISTORY)), omnic(), omnic(*spectrum(n_points=0)), omnic(*spectrum([float("nan")] * 2))):
        with pytest.raises(NothingMeasured):
            of(content)
    series = b"Spectral Exte File" + PLAIN[18:]
    claim = READER.recognise(Source(series))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN
    with pytest.raises(UnsupportedVariant, match="SRS"):
        of(series)


@given(st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=2, max_size=50), st.floats(1.0, 1e5, width=32))
def test_what_is_written_is_read(values: list[float], first: float) -> None:
    reading = one(omnic(*spectrum(values, ends=(first, 2 * first))))
    np.testing.assert_array_equal(reading["absorbance"].values, values)
    np.testing.assert_allclose(reading["wavenumber"].values, np.linspace(first, 2 * first, len(values)), rtol=1e-6)
