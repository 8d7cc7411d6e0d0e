"""Measurements as JCAMP-DX: three readers, one of them ours, read the same numbers."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kiban.errors import NotExportable
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Distribution, Kind, Origin
from kiban.readers.jcamp_dx import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role, Variable
from kiban.records.technique import TECHNIQUES
from kiban.standards.jcamp_dx import EXPORT
from kiban.standards.jcamp_words import _UNITS, unit_text
from kiban.testing.export_examples import decay, diffraction_map, exportable, pattern, spectrum
from kiban.testing.export_suite import ExportSuite
from kiban.testing.reading_strategies import readings


class TestJcampDx(ExportSuite):
    export = EXPORT


def curve(
    x: Any, y: Any, *, x_unit: str = "nm", y_unit: str = "absorbance", technique: str = "uv_vis", **more: Any
) -> Reading:
    return Reading(
        technique=technique,
        title="curve",
        variables=(
            Variable(name="wavelength", series=Series(x, x_unit), dimensions=("wavelength",), role=Role.AXIS),
            Variable(name="absorbance", series=Series(y, y_unit), dimensions=("wavelength",)),
        ),
        **more,
    )


def written(reading: Reading) -> str:
    return EXPORT.export(exportable(reading)).content.decode()


def read_back(reading: Reading) -> Reading:
    [back] = READER.read(Source(EXPORT.export(exportable(reading)).content, name="x.jdx"))
    return back


def same(found: NDArray[Any], expected: NDArray[Any]) -> None:
    """What a file of decimal numbers can tell: a float of 32 bits has the shortest text that gives it again."""
    if expected.dtype == np.float32:
        found = found.astype(np.float32)
    np.testing.assert_array_equal(found, expected)


def test_counts_are_differences_of_whole_numbers() -> None:
    text = written(pattern())
    assert "##XYDATA= (X++(Y..Y))\r\n20B00qK3j" in text
    assert "##NPOINTS= 300\r\n" in text
    assert all(len(line) <= 80 for line in text.partition("##XYDATA=")[2].split("\r\n"))
    back = read_back(pattern())
    same(back["intensity"].values, pattern()["intensity"].values)
    np.testing.assert_allclose(back["two_theta"].values, pattern()["two_theta"].values, rtol=1e-15)


def test_floats_are_written_in_full() -> None:
    text = written(spectrum())
    assert "##YFACTOR= 1\r\n" in text
    back = read_back(spectrum())
    same(back["transmittance"].values, spectrum()["transmittance"].values)
    same(back["wavenumber"].values, spectrum()["wavenumber"].values)
    # A factor would be taken for the resolution of the instrument.
    assert back["transmittance"].uncertainty is None


def test_a_known_step_comes_back() -> None:
    step = 2.0**-12
    steps = Uncertainties(
        values=np.array([step]), kind=Kind.RESOLUTION, origin=Origin.FILE, distribution=Distribution.RECTANGULAR
    )
    reading = curve(np.arange(50.0), np.array([7, 7, 7, 8, -3] * 10) * step)
    signal = replace(reading.variables[1], series=Series(reading["absorbance"].values, "absorbance", steps))
    reading = replace(reading, variables=(reading.variables[0], signal))
    assert not any("uncertaint" in loss for loss in EXPORT.export(exportable(reading)).losses)
    doubt = read_back(reading)["absorbance"].uncertainty
    assert doubt is not None
    assert (doubt.kind, doubt.values.tolist()) == (Kind.RESOLUTION, [step])


def test_an_uneven_axis_has_every_point() -> None:
    reading = curve(np.array([200.0, 201.5, 205.25, 400.0]), np.array([0.1, np.nan, 1e-30, 3e12]))
    text = written(reading)
    assert "##XYPOINTS= (XY..XY)\r\n200, 0.1\r\n201.5, ?\r\n" in text
    back = read_back(reading)
    same(back["wavelength"].values, reading["wavelength"].values)
    same(back["absorbance"].values, reading["absorbance"].values)
    assert back.doubts == ()


def test_sticks_of_a_mass_spectrum_are_a_peak_table() -> None:
    reading = curve([18.0, 28.5, 44.25], [10, 100, 5], x_unit="dalton/elementary_charge", technique="mass_spectrometry")
    assert "##PEAK TABLE= (XY..XY)" in written(reading)
    same(read_back(reading)["wavelength"].values, reading["wavelength"].values)


def test_complex_numbers_are_two_pages() -> None:
    exported = EXPORT.export(exportable(decay()))
    assert any("two columns" in loss for loss in exported.losses)
    back = read_back(decay())
    expected = decay()["signal"].values
    same(back["intensity_real"].values, expected.real)
    same(back["intensity_imaginary"].values, expected.imag)
    np.testing.assert_allclose(back["time"].values, decay()["time"].values, rtol=1e-14)
    assert back.doubts == ()


def test_complex_numbers_along_an_uneven_axis() -> None:
    reading = curve(np.array([1.0, 2.5, 7.0]), np.array([1 + 2j, -3.5j, 4e-9]), x_unit="s", y_unit="V", technique="nmr")
    back = read_back(reading)
    same(back["potential_real"].values, np.array([1.0, 0.0, 4e-9]))
    same(back["potential_imaginary"].values, np.array([2.0, -3.5, 0.0]))


def test_several_signals_are_linked_blocks() -> None:
    one = curve(np.arange(5.0), np.arange(5))
    second = Variable(name="baseline", series=Series([0.5, 0.25, 0.125, 1.5, 0.75], "V"), dimensions=("wavelength",))
    flag = Variable(name="flag", series=Series([1, 0, 1, 0, 1]), dimensions=("wavelength",), role=Role.AUXILIARY)
    exported = EXPORT.export(exportable(replace(one, variables=(*one.variables, second, flag))))
    assert "These variables are not in the file: flag." in exported.losses
    first, other = READER.read(Source(exported.content, name="x.jdx"))
    assert (first.variables[1].name, other.variables[1].name) == ("absorbance", "baseline")
    same(other["baseline"].values, second.series.values)
    assert exported.content.decode().count("##END=") == 3


def test_maps_are_refused() -> None:
    assert EXPORT.obstacle(exportable(diffraction_map()).measurement) is not None
    gaps = curve(np.array([1.0, np.nan, 3.0]), np.arange(3))
    with pytest.raises(NotExportable, match="gaps"):
        EXPORT.export(exportable(gaps))


def test_infinite_numbers_are_told() -> None:
    exported = EXPORT.export(exportable(curve(np.arange(3.0), [1.0, np.inf, 2.5])))
    assert "1 infinite numbers of absorbance are given as missing." in exported.losses


def test_metadata_go_under_the_standards_labels() -> None:
    reading = replace(
        spectrum(),
        metadata={
            "resolution": Measured(4.0, "1/cm"),
            "temperature": Measured(25.5, "degC"),
            "comment": "two\nlines ##END= and $$ more",
            "n_scans": 32,
            "molecular_formula": "C8H8",
            "cas_number": "9003-53-6",
            "state": "film",
            "laser_power": Measured(0.1, "W"),
        },
        instrument="Vertex 70",
        operator="Sato",
        sample_name="PS 1",
        started_at=datetime(2026, 5, 4, 10, 0, 0, 250000, tzinfo=timezone(timedelta(hours=9))),
    )
    text = written(reading)
    for line in (
        "##RESOLUTION= 4.0",
        "##TEMPERATURE= 25.5 C",
        "##COMMENTS= two lines # #END= and $ $ more",
        "##.AVERAGES= 32",
        "##$LASER_POWER= 0.1 W",
        "##OWNER= Sato",
        "##LONG DATE= 2026/05/04 10:00:00.250000 +09:00",
        "##DATE= 26/05/04",
    ):
        assert f"\r\n{line}\r\n" in text
    back = read_back(reading)
    for name in ("resolution", "temperature", "n_scans", "molecular_formula", "cas_number", "state"):
        assert back.metadata[name] == reading.metadata[name], name
    for name in ("instrument", "sample_name", "started_at", "technique", "title"):
        assert getattr(back, name) == getattr(reading, name), name


@pytest.mark.parametrize("zone", [None, UTC, timezone(-timedelta(hours=3, minutes=30))])
def test_times_come_back(zone: timezone | None) -> None:
    started = datetime(826, 2, 3, 4, 5, 6, 7, tzinfo=zone)
    assert read_back(replace(spectrum(), started_at=started)).started_at == started


@pytest.mark.parametrize("text", ["##END=", "a\n##XYDATA=\n1 2", "$$ gone", "=", "a =", "<b>", " x ", "\r##TITLE=x"])
def test_no_text_breaks_out_of_its_label(text: str) -> None:
    reading = replace(spectrum(), title=f"t{text}", sample_name=f"s{text}", metadata={"comment": f"c{text}"})
    reading = replace(reading, doubts=(text,), operator=text, instrument=text)
    back = read_back(reading)
    same(back["transmittance"].values, spectrum()["transmittance"].values)
    assert back.title.startswith("t")


@pytest.mark.parametrize(
    "unit", [*_UNITS, "mA*h/g", "eV", "mV", "K", "degC", "ms", "count/s", "angstrom", "mg", "W/m**2"]
)
def test_units_come_back(unit: str) -> None:
    from kiban.readers.jcamp import words

    assert words.unit(unit_text(unit), "ir")[0] == unit


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_techniques_and_names_come_back(technique: str) -> None:
    back = read_back(replace(curve([1.0, 2.0, 3.0], [1, 2, 4]), technique=technique))
    assert (back.technique, [v.name for v in back.variables]) == (technique, ["wavelength", "absorbance"])


def _others(reading: Reading) -> tuple[NDArray[Any], NDArray[Any]]:
    """What the library jcamp reads."""
    jcamp = pytest.importorskip("jcamp")
    found = jcamp.read(io.BytesIO(EXPORT.export(exportable(reading)).content))
    return found["x"], found["y"]


@pytest.mark.parametrize(
    "reading",
    [
        pattern(),
        spectrum(),
        curve(np.arange(2000.0), np.random.default_rng(2).integers(-999, 10**6, 2000)),
        curve(np.arange(300.0), [5] * 150 + [-7] * 150),
        curve(np.arange(300.0), list(range(300))),
        curve(np.linspace(400, 800, 401), np.random.default_rng(2).normal(size=401)),
        curve(np.array([1.0, 2.5, 7.0]), np.array([1.5, -2.25, 0.0])),
    ],
    ids=["counts", "floats", "large steps", "repetitions", "slope", "noise", "pairs"],
)
def test_other_programs_read_the_same(reading: Reading, tmp_path: Path) -> None:
    x, y = _others(reading)
    axis, signal = reading.variables[0].series.values, reading.variables[1].series.values
    np.testing.assert_allclose(x, axis, rtol=1e-14)
    np.testing.assert_allclose(y, signal.astype(np.float64), rtol=1e-6 if signal.dtype == np.float32 else 0, atol=0)
    if len(axis) > 3:
        # nmrglue reads evenly spaced spectra and decays of NMR only.
        nmrglue = pytest.importorskip("nmrglue")
        path = tmp_path / "x.jdx"
        path.write_bytes(EXPORT.export(exportable(replace(reading, technique="nmr"))).content)
        _, data = nmrglue.fileio.jcampdx.read(str(path))
        np.testing.assert_array_equal(data.astype(signal.dtype), signal)


def test_nmrglue_reads_both_pages(tmp_path: Path) -> None:
    nmrglue = pytest.importorskip("nmrglue")
    path = tmp_path / "fid.jdx"
    path.write_bytes(EXPORT.export(exportable(decay())).content)
    _, (real, imaginary) = nmrglue.fileio.jcampdx.read(str(path))
    np.testing.assert_array_equal(real, decay()["signal"].values.real)
    np.testing.assert_array_equal(imaginary, decay()["signal"].values.imag)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(reading=readings())
def test_any_reading_that_is_exported_comes_back(reading: Reading) -> None:
    given_ = exportable(reading)
    assume(EXPORT.obstacle(given_.measurement) is None)
    try:
        exported = EXPORT.export(given_)
    except NotExportable:
        return
    axis = next(v for v in reading.variables if v.role is Role.AXIS and v.series.values.ndim == 1)
    signals = [v for v in reading.signals if v.dimensions == axis.dimensions]
    back = READER.read(Source(exported.content, name="x.jdx"))
    assert len(back) == len(signals)
    for signal, found in zip(signals, back, strict=True):
        _check_signal(signal, found, axis)


def _check_signal(signal: Variable, found: Reading, axis: Variable) -> None:
    values = signal.series.values.astype(signal.series.values.dtype.newbyteorder("="))
    values = np.where(np.isfinite(values), values, np.nan).astype(values.dtype) if values.dtype.kind in "fc" else values
    x = axis.series.values.astype(np.float64)
    span = float(np.ptp(x)) or 1.0
    np.testing.assert_allclose(found.variables[0].series.values, x, rtol=1e-12, atol=1e-6 * span)
    if values.dtype.kind == "c":
        single = values.dtype == np.complex64
        for part, column in zip((values.real, values.imag), found.variables[1:], strict=False):
            same(column.series.values, part.astype(np.float32) if single else part)
    elif values.dtype.kind in "iu":
        # Our numbers come back as doubles.
        np.testing.assert_array_equal(found.variables[1].series.values, values.astype(np.float64))
    else:
        same(found.variables[1].series.values, values)


@settings(max_examples=200, deadline=None)
@given(
    whole=st.lists(st.integers(-(2**52), 2**52), min_size=2, max_size=60),
    runs=st.lists(st.integers(1, 40), min_size=1, max_size=8),
)
def test_any_whole_numbers_and_runs_come_back(whole: list[int], runs: list[int]) -> None:
    values = [value for value, run in zip(whole, runs * 60, strict=False) for _ in range(run)]
    reading = curve(np.arange(float(len(values))), values)
    same(read_back(reading)["absorbance"].values, np.array(values, dtype=np.float64))


@pytest.mark.parametrize("size", [2.0**52 - 1, 2.0**52, 2.0**53 - 1, 8e15, 2.0**53])
def test_large_whole_numbers_of_both_signs_come_back(size: float) -> None:
    values = np.array([size, -size + 1, size - 2, -3.0, size])
    found = read_back(curve(np.arange(5.0), values, technique="spectrum"))["absorbance"].values
    np.testing.assert_array_equal(found, values)


@settings(max_examples=200, deadline=None)
@given(values=st.lists(st.floats(allow_infinity=False), min_size=2, max_size=40), is_even=st.booleans())
def test_any_doubles_come_back(values: list[float], is_even: bool) -> None:
    x = np.arange(float(len(values))) * 0.1 if is_even else np.cumsum(np.arange(1.0, len(values) + 1.0) ** 2)
    reading = curve(x, np.array(values), technique="spectrum")
    found = read_back(reading)["absorbance"].values
    np.testing.assert_array_equal(found, np.array(values))
