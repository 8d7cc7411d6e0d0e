"""Peaks of powder patterns: simulated ones with known peaks, real ones against their raw counts."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kiban.analysis.powder_xrd import ANALYSIS
from kiban.analysis.run import analyse
from kiban.errors import InvalidSetting, InvalidValue
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Distribution, Origin
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role, Variable

CU1, CU2 = 1.540598, 1.544426
SILICON_A = 5.431020511
"""Å, CODATA 2018."""
SILICON = {3: 100.0, 8: 55.0, 11: 30.0, 16: 6.0, 19: 11.0, 24: 12.0, 27: 6.0, 32: 3.0, 35: 8.0}
"""h² + k² + l² of each line: its relative intensity."""


def pseudo_voigt(x: np.ndarray, place: float, fwhm: float, eta: float = 0.5) -> np.ndarray:
    t2 = (2 * (x - place) / fwhm) ** 2
    return eta / (1 + t2) + (1 - eta) * np.exp(-math.log(2) * t2)


def angle(d: float, wavelength: float) -> float:
    return 2 * math.degrees(math.asin(wavelength / (2 * d)))


def pattern(
    peaks: list[tuple[float, float, float]], *, background: float = 100.0, seed: int = 0, stop: float = 120.0,
    step: float = 0.0167, second: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Counts of peaks (d, height, fwhm), drawn from the Poisson distribution."""
    x = np.arange(20.0, stop, step)
    y = np.full(x.size, background)
    for d, height, fwhm in peaks:
        y += height * pseudo_voigt(x, angle(d, CU1), fwhm)
        if second:
            y += second * height * pseudo_voigt(x, angle(d, CU2), fwhm)
    return x, np.random.default_rng(seed).poisson(y)


def reading(
    x: np.ndarray, y: np.ndarray, *, counted: bool = True, technique: str = "xrd", **metadata: object
) -> Reading:
    doubt = None
    if counted:
        doubt = Uncertainties(
            values=np.sqrt(np.maximum(y, 1)), origin=Origin.ESTIMATE, distribution=Distribution.POISSON
        )
    return Reading(
        technique=technique,
        title="simulated",
        variables=(
            Variable(name="two_theta", series=Series(x, "deg"), dimensions=("two_theta",), role=Role.AXIS),
            Variable(name="intensity", series=Series(y, "count", doubt), dimensions=("two_theta",)),
        ),
        metadata=metadata,  # type: ignore[arg-type]
    )


def silicon(*, second: float = 0.0, seed: int = 0, **metadata: object) -> Reading:
    peaks = [(SILICON_A / math.sqrt(n), 50.0 * height, 0.10) for n, height in SILICON.items()]
    return reading(*pattern(peaks, seed=seed, second=second), wavelength=Measured(CU1, "angstrom"), **metadata)


def table(finding) -> dict[str, list]:
    return {name: [row[i] for row in finding.rows] for i, name in enumerate(finding.columns)}


@pytest.mark.parametrize("second", [0.0, 0.5], ids=["Kα1 alone", "doublets"])
def test_silicon_comes_out_within_its_uncertainty(second):
    metadata = {"wavelength_kalpha2": Measured(CU2, "angstrom"), "kalpha2_to_kalpha1": second}
    finding = ANALYSIS.analyse(silicon(second=second, **metadata), options={"cubic": True})
    assert len(finding.rows) == 9
    cell = next(found for found in finding.properties if found.term == "lattice_parameter_a")
    assert cell.value.unit == "angstrom"
    assert cell.value.uncertainty is not None
    assert abs(cell.value.value - SILICON_A) < 2 * cell.value.uncertainty.standard
    assert cell.value.uncertainty.standard < 2e-4
    assert "diamond cubic, a = 5.43" in finding.summary
    first = table(finding)
    assert first["two_theta"][0] == pytest.approx(28.4419, abs=0.002)
    assert first["d"][0] == pytest.approx(3.13560, abs=2e-4)
    assert abs(first["two_theta"][0] - angle(3.1355996, CU1)) < 4 * first["u_two_theta"][0]


def test_areas_heights_and_widths_are_those_that_were_put_in():
    finding = ANALYSIS.analyse(silicon(second=0.0), options={})
    found = table(finding)
    np.testing.assert_allclose(found["fwhm"][:3], 0.10, rtol=0.05)
    np.testing.assert_allclose(found["height"][:3], [5000, 2750, 1500], rtol=0.06)
    area = 0.05 * (0.5 * math.pi + 0.5 * math.sqrt(math.pi / math.log(2)))
    np.testing.assert_allclose(found["area"][:3], [5000 * area, 2750 * area, 1500 * area], rtol=0.05)
    np.testing.assert_allclose(found["relative_area"], list(SILICON.values()), atol=3.0)
    assert max(found["relative_area"]) == 100.0
    assert finding.units[finding.columns.index("area")] == "count*deg"


def test_uncertainties_of_position_tell_how_far_results_scatter():
    """Over 40 patterns the deviations from the truth, in units of the stated uncertainty, have a spread near 1."""
    pulls = []
    for seed in range(40):
        found = table(ANALYSIS.analyse(silicon(seed=seed), options={}))
        truth = np.array([angle(SILICON_A / math.sqrt(n), CU1) for n in SILICON])
        for place, u in zip(found["two_theta"], found["u_two_theta"], strict=True):
            pulls.append((place - truth[np.argmin(np.abs(truth - place))]) / u)
    assert np.mean(pulls) == pytest.approx(0.0, abs=0.25)
    assert np.std(pulls) == pytest.approx(1.0, abs=0.25)


def test_overlapping_peaks_are_told_apart_and_marked():
    d = (3.20, 3.1833)  # 0.15° apart, 1.5 widths
    finding = ANALYSIS.analyse(
        reading(*pattern([(d[0], 4000, 0.1), (d[1], 3000, 0.1)]), wavelength=Measured(CU1, "angstrom")), options={}
    )
    found = table(finding)
    assert found["d"] == pytest.approx(d, abs=5e-4)
    assert found["overlaps"] == [True, True]


@pytest.mark.parametrize("seed", range(5))
def test_background_alone_has_no_peaks(seed):
    x = np.arange(10.0, 90.0, 0.02)
    y = np.random.default_rng(seed).poisson(400 * np.exp(-x / 20) + 50 + 100 * np.exp(-(((x - 25) / 8) ** 2)))
    finding = ANALYSIS.analyse(reading(x, y), options={})
    assert len(finding.rows) <= 1
    if not finding.rows:
        assert finding.summary == "No peak exceeds counting statistics."


def test_scaled_counts_without_uncertainty_give_the_same_peaks():
    x, y = pattern([(SILICON_A / math.sqrt(n), 50.0 * h, 0.10) for n, h in SILICON.items()])
    plain, scaled = (
        table(ANALYSIS.analyse(reading(x, values, counted=counted), options={}))
        for values, counted in ((y, True), (y * 0.137, False))
    )
    np.testing.assert_allclose(scaled["two_theta"][:3], plain["two_theta"][:3], atol=0.001)
    np.testing.assert_allclose(scaled["u_two_theta"][:3], plain["u_two_theta"][:3], rtol=0.3)


def test_the_direction_of_the_scan_and_missing_points_do_not_matter():
    x, y = pattern([(3.1356, 5000, 0.1)], stop=40.0)
    forward = ANALYSIS.analyse(reading(x, y), options={})
    assert ANALYSIS.analyse(reading(x[::-1].copy(), y[::-1].copy()), options={}).rows == forward.rows
    holes = y.astype(float)
    holes[::37] = np.nan
    finding = ANALYSIS.analyse(reading(x, holes, counted=False), options={})
    assert len(finding.rows) == 1
    assert finding.rows[0][1] == pytest.approx(forward.rows[0][1], abs=0.005)


def test_uneven_steps_are_taken_as_they_are():
    x, _ = pattern([(3.1356, 5000, 0.1)], stop=40.0)
    x = x + 0.006 * np.sin(np.arange(x.size))
    y = np.random.default_rng(3).poisson(100 + 5000 * pseudo_voigt(x, 28.4419, 0.1))
    finding = ANALYSIS.analyse(reading(x, y), options={})
    assert len(finding.rows) == 1
    assert finding.rows[0][1] == pytest.approx(28.4419, abs=0.003)


def test_properties_are_angle_and_spacing_of_the_twenty_strongest():
    d = 3.8 * 0.965 ** np.arange(30)
    peaks = [(spacing, 500.0 + 100.0 * i, 0.1) for i, spacing in enumerate(d)]
    finding = ANALYSIS.analyse(reading(*pattern(peaks), wavelength=Measured(CU1, "angstrom")), options={})
    assert len(finding.rows) == 30
    assert [found.term for found in finding.properties] == ["diffraction_angle", "d_spacing"] * 20
    assert {found.condition["peak"] for found in finding.properties} == set(range(11, 31))
    one = finding.properties[1]
    assert one.value.uncertainty is not None
    assert one.value.uncertainty.origin is Origin.PROPAGATED
    assert one.method == "powder_xrd/1"


def test_without_a_wavelength_there_are_angles_only():
    finding = ANALYSIS.analyse(reading(*pattern([(3.1356, 5000, 0.1)])), options={})
    assert {found.term for found in finding.properties} == {"diffraction_angle"}
    assert finding.rows[0][3] is None
    assert "neither wavelength nor anode" in finding.doubts[0]


def test_the_anode_gives_doublets_and_a_doubt():
    finding = ANALYSIS.analyse(reading(*pattern([(3.1356, 5000, 0.1)], second=0.5), anode="Cu"), options={})
    assert "doublets of Kα1 and Kα2 (0.5)" in finding.summary
    assert finding.rows[0][1] == pytest.approx(28.4419, abs=0.002)
    assert "anode, Cu" in finding.doubts[0]


def test_a_cell_that_cannot_be_found_is_refused_but_does_not_stop_the_rest():
    one_peak = reading(*pattern([(3.1356, 5000, 0.1)]), wavelength=Measured(CU1, "angstrom"))
    with pytest.raises(Exception, match="too few"):
        ANALYSIS.analyse(one_peak, options={"cubic": True})
    finding = analyse(one_peak, options={"powder_xrd": {"cubic": True}})[0]
    assert finding.summary == "Powder diffraction peaks gave no result."
    assert "too few" in finding.doubts[0]
    with pytest.raises(InvalidValue, match="neither wavelength nor anode"):
        ANALYSIS.analyse(reading(*pattern([(3.1356, 5000, 0.1)])), options={"cubic": True})


def test_options_are_checked():
    with pytest.raises(InvalidSetting, match="no option 'cubik'"):
        ANALYSIS.analyse(silicon(), options={"cubik": True})
    with pytest.raises(InvalidSetting, match="Give true or false"):
        ANALYSIS.analyse(silicon(), options={"cubic": "yes"})


def test_a_zero_error_is_fitted_when_asked_for():
    peaks = [(SILICON_A / math.sqrt(n), 50.0 * height, 0.10) for n, height in SILICON.items()]
    x, y = pattern(peaks)
    shifted = reading(x + 0.04, y, wavelength=Measured(CU1, "angstrom"))
    finding = ANALYSIS.analyse(shifted, options={"cubic": True, "offset": True})
    cell = finding.properties[-1].value
    assert cell.uncertainty is not None
    assert abs(cell.value - SILICON_A) < 2 * cell.uncertainty.standard


def test_it_applies_to_intensity_over_two_theta_only():
    assert ANALYSIS.applies(silicon())
    assert not ANALYSIS.applies(reading(*pattern([(3.1356, 5000, 0.1)], stop=40.0), technique="table"))
    omega = Variable(name="omega", series=Series([1.0, 2.0], "deg"), dimensions=("omega",))
    counts = Variable(name="intensity", series=Series([1, 2], "count"), dimensions=("omega",))
    assert not ANALYSIS.applies(Reading(technique="xrd", title="x", variables=(omega, counts)))
    surface = Variable(name="intensity", series=Series(np.ones((2, 2)), "count"), dimensions=("scan", "two_theta"))
    along = Variable(name="two_theta", series=Series([1.0, 2.0], "deg"), dimensions=("two_theta",))
    assert not ANALYSIS.applies(Reading(technique="xrd", title="x", variables=(surface, along)))
    unitless = Variable(name="two_theta", series=Series([1.0, 2.0]), dimensions=("two_theta",))
    flat = Variable(name="intensity", series=Series([1, 2], "count"), dimensions=("two_theta",))
    assert not ANALYSIS.applies(Reading(technique="xrd", title="x", variables=(unitless, flat)))


any_number = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-1e3, 1e3) | st.integers(0, 50).map(float)


@settings(max_examples=150)
@given(st.data())
def test_any_numbers_give_a_finding(data):
    n = data.draw(st.integers(1, 60))
    x = data.draw(arrays(np.float64, n, elements=any_number))
    y = data.draw(arrays(np.float64, n, elements=any_number))
    finding = ANALYSIS.analyse(reading(x, y, counted=False, wavelength=Measured(1.54, "angstrom")), options={})
    assert finding.summary


@settings(max_examples=80)
@given(
    n=st.sampled_from([1, 2, 3, 5, 17, 80, 400]),
    kind=st.sampled_from(["constant", "zero", "ramp", "step", "spikes", "negative", "noise", "huge"]),
    descending=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_odd_patterns_give_a_finding(n, kind, descending, seed):
    chance = np.random.default_rng(seed)
    x = np.linspace(5.0, 175.0, n)
    y = {
        "constant": np.full(n, 7.0),
        "zero": np.zeros(n),
        "ramp": np.arange(n, dtype=float),
        "step": np.where(np.arange(n) < n // 2, 0.0, 1e6),
        "spikes": np.where(chance.random(n) < 0.05, 1e4, 0.0),
        "negative": -chance.random(n) * 100,
        "noise": chance.normal(0, 1, n),
        "huge": chance.random(n) * 1e90,
    }[kind]
    order = slice(None, None, -1) if descending else slice(None)
    counted = kind in {"constant", "zero", "ramp", "step", "spikes"}
    finding = ANALYSIS.analyse(reading(x[order].copy(), y[order].copy(), counted=counted, anode="Cu"), options={})
    assert finding.summary


def maximum(real: Reading, low: float, high: float) -> float:
    """Where the raw counts are largest between two angles."""
    x, y = real["two_theta"].values, real["intensity"].values
    inside = (x > low) & (x < high)
    return float(x[inside][np.argmax(y[inside])])


def read(path: Path) -> Reading:
    from kiban.readers.panalytical_xrdml import READER as XRDML
    from kiban.readers.rigaku_ras import READER as RAS

    source = Source(path.read_bytes(), name=path.name)
    return (RAS if path.suffix == ".ras" else XRDML).read(source)[0]


@pytest.mark.parametrize(
    ("name", "windows"),
    [
        # Read off the raw counts: the angle of the largest count in each window.
        ("xrd/CG20396_jdb12-1.xrdml", [(16, 17), (33, 34), (35, 36), (36, 37), (41, 42), (58, 59), (62, 63)]),
        ("xrd/Scan_C1.xrdml", [(17, 18), (34, 35), (51, 53), (53.3, 54.3), (59, 60), (71, 73)]),
        ("xrd/XRD-918-16_10.xrdml", [(20.5, 21.2), (26, 27), (36, 37), (39, 40), (42, 43), (50, 50.5), (59.5, 60.2)]),
        ("xrd/XRD_RIGAKU.ras", [(27, 30), (46, 49), (55, 58)]),
    ],
)
def test_peaks_of_real_patterns_lie_where_the_counts_are_largest(shared, name, windows):
    real = read(shared(name))
    finding = analyse(real)[0]
    angles = np.array(table(finding)["two_theta"])
    for low, high in windows:
        assert np.min(np.abs(angles - maximum(real, low, high))) < 0.03
    assert finding.doubts == ()


def test_the_silicon_of_a_real_scan_has_silicons_lines_and_a_zero_error(shared):
    """111, 220 and 311 at 28.44°, 47.30° and 56.12° in the literature; this goniometer shows each 0.05° lower."""
    found = table(analyse(read(shared("xrd/XRD_RIGAKU.ras")))[0])
    assert len(found["two_theta"]) == 3
    expected = np.array([angle(SILICON_A / math.sqrt(n), 1.540593) for n in (3, 8, 11)])
    np.testing.assert_allclose(found["two_theta"] - expected, -0.047, atol=0.004)


def test_quartz_is_recognised_by_its_spacings(shared):
    """α-quartz 100, 101, 110, 102, 111, 200, 112: 4.255, 3.343, 2.457, 2.282, 2.237, 2.128, 1.818 Å."""
    found = table(analyse(read(shared("xrd/XRD-918-16_10.xrdml")))[0])
    for d in (4.255, 3.343, 2.457, 2.282, 2.237, 2.128, 1.818):
        assert min(abs(spacing / d - 1) for spacing in found["d"]) < 0.003
