"""Real JCAMP-DX files. Numbers were read off the files by hand: their headers, first and last lines, and checks."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from kiban.errors import DamagedFile
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence
from kiban.readers.jcamp_dx import READER
from kiban.readers.recognise import choose
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import check_sound

Shared = Callable[[str], Path]


def read(path: Path) -> list[Reading]:
    return READER.read(Source(path))


@pytest.mark.parametrize(
    ("file", "technique", "axis", "first", "last", "signal", "low", "high", "n"),
    [
        ("ftir/acetone.jdx", "ir", "wavenumber", 574.928, 3975.077, "absorptivity", -2.29852e-07, 0.000516258, 14106),
        ("ftir/dupdec1.jdx", "ir", "wavenumber", 4400, 450, "transmittance", 0.02, 87.1, 3951),
        ("ftir/dupinc2.jdx", "ir", "wavenumber", 400.172, 3999.792, "transmittance", -0.23, 79.45, 3734),
        ("ftir/ethanol.jdx", "ir", "wavenumber", 461.563, 3807.5, "transmittance", 0.142, 1.024, 3570),
        (
            "ftir/example_multiline_datasets.jdx",
            "ir",
            "wavenumber",
            401.127686,
            7798.848633,
            "transmittance",
            0.948091,
            1.019141,
            1919,
        ),
        ("ftir/fixinc1.jdx", "ir", "wavenumber", 399.263973, 4001.31938, "transmittance", -0.19871, 112.8906, 3736),
        ("ftir/fixinc2.jdx", "ir", "wavenumber", 400, 4000, "absorbance", 0.0999, 3.0, 3601),
        ("ftir/pacdec1.jdx", "ir", "wavenumber", 4000, 700, "transmittance", 86.31, 101.89, 3301),
        ("ftir/sqzdec1.jdx", "nmr", "frequency", 24038.5, 0, "intensity", -27593530, 972201806, 16384),
        ("nmr/13c.jdx", "nmr", "frequency", 24037.7279428335, 0, "intensity", -1501402, 408938548, 32768),
        ("nmr/1h.dx", "nmr", "frequency", 6410.06078475563, 0, "intensity", -230707, 507213296, 32768),
        ("nmr/jcamp-difdup.dx", "nmr", "frequency", 5592.84116331095, 0, "intensity", -156586, 408687150, 16384),
        ("nmr/jcamp-fix.dx", "nmr", "frequency", 5592.84116331095, 0, "intensity", -156586, 408687150, 16384),
        ("nmr/jcamp-packed.dx", "nmr", "frequency", 5592.84116331095, 0, "intensity", -156586, 408687150, 16384),
        ("nmr/jcamp-squeezed.dx", "nmr", "frequency", 5592.84116331095, 0, "intensity", -156586, 408687150, 16384),
        ("nmr/o01.jdx", "nmr", "frequency", 2391.297363, -402.202637, "intensity", -332.060364, 40556.992188, 8192),
        ("raman/tannic_acid.jdx", "raman", "raman_shift", 100.595, 2854.713, "intensity", 4.667, 300.889, 1949),
        ("tga/ethanol_ms.jdx", "mass_spectrometry", "mass_to_charge", 14, 47, "intensity", 5, 999, 12),
        ("tga/pktab1.jdx", "mass_spectrometry", "mass_to_charge", 0, 386, "intensity", 0, 1000, 46),
        ("uvvis/dupinc1.jdx", "uv_vis", "wavelength", 250, 469.5, "absorbance", 0.0769, 3.3747, 440),
        (
            "uvvis/toluene.jdx",
            "uv_vis",
            "wavelength",
            274.9571,
            233.8172,
            "log10_molar_absorptivity",
            1.058566,
            2.431453,
            335,
        ),
    ],
)
def test_one_spectrum(
    shared: Shared,
    file: str,
    technique: str,
    axis: str,
    first: float,
    last: float,
    signal: str,
    low: float,
    high: float,
    n: int,
) -> None:
    (reading,) = read(shared(file))
    check_sound(reading)
    assert reading.technique == technique
    assert reading[axis].shape == reading[signal].shape == (n,)
    assert reading[axis].values[0] == pytest.approx(first, rel=1e-9)
    assert reading[axis].values[-1] == pytest.approx(last, rel=1e-9, abs=1e-6)
    assert reading[signal].values.min() == pytest.approx(low, rel=1e-5)
    assert reading[signal].values.max() == pytest.approx(high, rel=1e-5)


def test_every_compression_of_the_same_nmr_spectrum_gives_the_same_numbers(shared: Shared) -> None:
    forms = ("difdup", "fix", "packed", "squeezed")
    one, *others = (read(shared(f"nmr/jcamp-{form}.dx"))[0] for form in forms)
    for other in others:
        assert np.array_equal(one["intensity"].values, other["intensity"].values)
        assert np.array_equal(one["frequency"].values, other["frequency"].values)
    assert one["intensity"].values[:4].tolist() == [-10247, 1201, -5196, 7245]
    assert one["intensity"].values[-4:].tolist() == [6717, 13966, 11920, 14967]


@pytest.mark.parametrize(
    ("form", "n", "last_y"), [("fix", 8, -3100), ("packed", 30, -1613), ("difdup", 30, -1613), ("squeezed", 38, -4816)]
)
def test_the_first_two_lines_of_each_compression(shared: Shared, form: str, n: int, last_y: float) -> None:
    # NPOINTS and LASTX are not stated; two lines hold 2 x 4, 14 + 16, 13 + 17 (a check and a T within), 18 + 20 points.
    (reading,) = read(shared(f"ftir/jcamp-{form}.dx"))
    assert reading["intensity"].shape == (n,)
    assert reading["intensity"].values[:8].tolist() == [-10247, 1201, -5196, 7245, -5777, 5015, -8583, -3100]
    assert reading["intensity"].values[-1] == last_y
    assert reading["x"].values[0] == 5592.84116331095
    assert reading["x"].values[-1] == pytest.approx(5592.84116331095 - 0.341380770512785 * (n - 1), rel=1e-12)
    assert reading.technique == "spectrum"
    assert "The file does not state its DATA TYPE." in reading.doubts


def test_nmr_pages(shared: Shared) -> None:
    (reading,) = read(shared("nmr/o06.jdx"))
    assert [v.name for v in reading.variables] == ["frequency", "intensity_real", "intensity_imaginary"]
    assert reading["frequency"].shape == (8192,)
    assert reading["intensity_real"].values[:4] == pytest.approx(1.267406 * np.array([37, -2, -2, 2]))
    assert reading["intensity_imaginary"].values[:4] == pytest.approx(2.492281 * np.array([27, 24, 21, 24]))
    assert reading["intensity_real"].values.max() == pytest.approx(40556.9922)
    assert reading["intensity_imaginary"].values.min() == pytest.approx(-56953.6055)
    assert reading["intensity_imaginary"].values.max() == pytest.approx(79752.9922)
    assert reading["intensity_imaginary"].uncertainty.values.tolist() == [2.492281]
    # The lines' frequencies run up to a third of a step away from those that FIRST and LAST make.
    assert any("disagree with the header" in doubt for doubt in reading.doubts)


def test_bruker_parameters_become_metadata(shared: Shared) -> None:
    (reading,) = read(shared("nmr/1h.dx"))
    assert reading.metadata["observe_frequency"] == Measured(400.4224, "MHz")
    assert reading.metadata["nucleus"] == "1H"
    assert reading.metadata["solvent"] == "CDCl3"
    assert reading.metadata["n_scans"] == 40
    assert reading.metadata["temperature"] == Measured(293.3, "K")
    assert reading.started_at == datetime(2009, 1, 25, 2, 13, 48, tzinfo=UTC)
    assert reading.header["$OFFSET"] == "13.99587"
    # 6410.06 Hz at 400.420000900331 MHz are 16.00834 ppm.
    assert reading["chemical_shift"].values[[0, -1]] == pytest.approx([13.99587, 13.99587 - 16.0083432], abs=1e-6)
    assert reading.doubts == ()


def test_compound_uv_vis_spectra(shared: Shared) -> None:
    readings = read(shared("ftir/blckpac1.jdx"))
    assert [r.title[-4:] for r in readings] == ["(t1)", "(t2)", "(t3)", "(t4)", "(t5)"]
    for reading in readings:
        assert reading.technique == "uv_vis"
        assert reading["wavelength"].values[[0, -1]].tolist() == [700, 350]
        assert reading["wavelength"].unit == "nm"
        # YUNITS= A is absorbance here, not ampere.
        assert reading["absorbance"].unit == "absorbance"
        assert reading["absorbance"].shape == (176,)
        assert any("first ordinate is stated as 0.1" in doubt for doubt in reading.doubts)
        assert reading.header["enclosing blocks"][0]["BLOCKS"] == "5"
    assert readings[0]["absorbance"].values[0] == pytest.approx(-51473 * 1.1920928955078e-7)
    assert readings[4]["absorbance"].values[-1] == pytest.approx(1483643 * 1.1920928955078e-7)
    assert readings[0].started_at == datetime(1996, 11, 4, 18, 7, 10)


def test_compound_infrared_spectra(shared: Shared) -> None:
    readings = read(shared("ftir/compound.jdx"))
    assert [r["wavenumber"].shape for r in readings] == [(1976,), (1976,), (3951,), (1976,), (3951,)]
    assert [r["transmittance"].values[0] for r in readings] == pytest.approx([0.0467, 0.0554, 0.5607, 0.378, 0.5385])
    assert all(r["wavenumber"].values[[0, -1]].tolist() == [4400, 450] for r in readings)
    # The highest and lowest ordinates are stated in percent, the ordinates themselves are fractions.
    assert all(any("from 2.11 to 49.32" in d for d in r.doubts) for r in readings[:1])
    first, second = read(shared("ftir/example_compound_file.jdx"))
    for reading, y in ((first, [0.032112, 0.52175]), (second, [0.193928, 1.173816])):
        assert reading.title == "INFRARED SPECTRUM"
        assert reading["wavenumber"].values[[0, -1]].tolist() == [11995.21, 3999.691]
        assert reading["absorbance"].values[[0, -1]] == pytest.approx(y)
        assert reading["absorbance"].shape == (2074,)


def test_a_file_whose_middle_was_overwritten_is_refused(shared: Shared) -> None:
    # 512 bytes of another spectrum stand in the middle; programs that read on give 350 ordinates for 298 abscissas.
    with pytest.raises(DamagedFile, match="promises 298 points, 350 follow; line 35 begins with X 28 where 2814"):
        read(shared("ftir/xyinc2.jdx"))


def test_metadata_of_a_gas_spectrum(shared: Shared) -> None:
    (reading,) = read(shared("ftir/acetone.jdx"))
    assert reading["absorptivity"].unit == "1/(umol/mol)/m"
    assert reading["absorptivity"].values[[0, -1]] == pytest.approx([90078 * 4.5474e-13, 2449966 * 4.5474e-13])
    assert reading["absorptivity"].uncertainty.values.tolist() == [4.5474e-13]
    assert (reading.sample_name, reading.instrument) == ("2-Propanone", "IFS66V (Bruker)")
    assert reading.metadata["cas_number"] == "67-64-1"
    assert reading.metadata["pressure"] == Measured(101.3, "kPa")
    assert reading.metadata["temperature"] == Measured(23.0, "degC")
    assert reading.metadata["resolution"] == Measured(0.482, "1/cm")
    # From the second line on the abscissas lag one step behind FIRSTX + i (LASTX - FIRSTX) / (NPOINTS - 1).
    assert any("2350 of 2351 lines disagree" in doubt for doubt in reading.doubts)


def test_transmittance_in_percent_is_doubted(shared: Shared) -> None:
    for file in ("dupdec1", "dupinc2", "fixinc1", "pacdec1"):
        (reading,) = read(shared(f"ftir/{file}.jdx"))
        assert any("looks like percent" in doubt for doubt in reading.doubts)


def test_time_zones(shared: Shared) -> None:
    (reading,) = read(shared("nmr/o01.jdx"))
    assert reading.started_at == datetime(1997, 8, 29, 16, 47, 44, tzinfo=timezone(timedelta(hours=5)))


def test_columns_without_a_label(shared: Shared) -> None:
    (reading,) = read(shared("ftir/[FTIRText]020.txt"))
    assert reading.technique == "ir"
    assert reading["wavenumber"].shape == reading["transmittance"].shape == (27,)
    assert reading["wavenumber"].values[[0, -1]].tolist() == [399.264912, 449.414128]
    assert reading["transmittance"].values[[0, -1]].tolist() == [81.708257, 90.973063]
    assert reading["transmittance"].unit == "percent_transmittance"


def test_all_of_them_are_recognised_and_nothing_else_is(shared: Shared) -> None:
    data = shared("README.md").parent
    ours = [p for p in data.rglob("*") if p.suffix in {".jdx", ".dx"} or p.name == "[FTIRText]020.txt"]
    assert len(ours) == 31
    for path in ours:
        assert choose(Source(path)).reader.name == "jcamp_dx", path.name
    for path in data.rglob("*"):
        if path.is_file() and path not in ours:
            claim = READER.recognise(Source(path))
            assert claim is None or claim.confidence < Confidence.LIKELY, path.name


def test_a_large_spectrum_is_read_quickly(shared: Shared) -> None:
    source = Source(shared("nmr/13c.jdx"))
    started = time.process_time()
    for _ in range(3):
        READER.read(source)
    # About 40 ms each; the limit leaves room for a slow machine.
    assert (time.process_time() - started) / 3 < 0.3
