"""Bands of spectra: simulated ones with known positions, real ones against published positions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kiban.analysis.peaks.bands import prominent
from kiban.analysis.run import analyse
from kiban.analysis.spectrum_peaks import ANALYSIS
from kiban.errors import InvalidSetting
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.quantity.uncertainty import Origin
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role, Variable

AXES = {"ir": ("wavenumber", "1/cm"), "raman": ("raman_shift", "1/cm"), "uv_vis": ("wavelength", "nm")}


def spectrum(
    x: np.ndarray, y: np.ndarray, *, technique: str = "ir", unit: str = "absorbance", axis_unit: str = "",
    **metadata: object,
) -> Reading:  # fmt: skip
    name, usual = AXES[technique]
    return Reading(
        technique=technique,
        title="simulated",
        variables=(
            Variable(name=name, series=Series(x, axis_unit or usual), dimensions=(name,), role=Role.AXIS),
            Variable(name="signal", series=Series(y, unit), dimensions=(name,)),
        ),
        metadata=metadata,  # type: ignore[arg-type]
    )


def lorentzian(x: np.ndarray, place: float, fwhm: float) -> np.ndarray:
    return 1 / (1 + (2 * (x - place) / fwhm) ** 2)


def places(finding) -> list[float]:
    return [row[1] for row in finding.rows]


X = np.arange(400.0, 4000.0, 1.0)
BANDS = ((700.3, 8.0, 0.8), (1105.7, 12.0, 0.3), (1741.25, 15.0, 1.0), (2950.6, 30.0, 0.5), (3400.1, 200.0, 0.4))


def simulated(noise: float, seed: int = 0) -> np.ndarray:
    y = 0.05 + sum(height * lorentzian(X, place, fwhm) for place, fwhm, height in BANDS)
    return y + np.random.default_rng(seed).normal(0.0, noise, X.size)


def test_positions_heights_and_widths_are_those_that_were_put_in():
    finding = ANALYSIS.analyse(spectrum(X, simulated(0.001)), options={})
    assert len(finding.rows) == 5
    for row, (place, fwhm, height) in zip(finding.rows, BANDS, strict=True):
        assert abs(row[1] - place) < max(5 * row[2], 0.3 if fwhm < 100 else 5.0)
        assert row[3] == pytest.approx(height + 0.05, abs=0.06)
        assert row[6] == pytest.approx(fwhm, rel=0.15)


def test_uncertainties_of_position_tell_how_far_results_scatter():
    pulls = []
    for seed in range(60):
        finding = ANALYSIS.analyse(spectrum(X, simulated(0.005, seed)), options={})
        for row in finding.rows:
            nearest = min(BANDS, key=lambda band: abs(band[0] - row[1]))
            if nearest[1] < 100:
                pulls.append((row[1] - nearest[0]) / row[2])
    assert np.std(pulls) < 1.6
    assert np.mean(pulls) == pytest.approx(0.0, abs=0.4)


def test_of_transmittance_the_minima_are_the_bands():
    transmittance = 10 ** -simulated(0.0005)
    finding = ANALYSIS.analyse(spectrum(X, transmittance, unit="transmittance"), options={})
    np.testing.assert_allclose(places(finding)[:4], [band[0] for band in BANDS[:4]], atol=0.5)
    assert finding.rows[2][3] < 0.15
    assert "minima" in finding.summary
    percent = ANALYSIS.analyse(spectrum(X, 100 * transmittance, unit="percent_transmittance"), options={})
    np.testing.assert_allclose(places(percent), places(finding), rtol=1e-12)


def test_a_broad_uv_band_is_found():
    x = np.arange(200.0, 800.0, 1.0)
    y = 0.9 * np.exp(-(((x - 512.4) / 60) ** 2)) + np.random.default_rng(1).normal(0, 0.002, x.size)
    finding = ANALYSIS.analyse(spectrum(x, y, technique="uv_vis"), options={})
    assert len(finding.rows) == 1
    assert abs(finding.rows[0][1] - 512.4) < 4 * finding.rows[0][2]
    assert finding.rows[0][2] < 1.0
    assert finding.properties[0].term == "absorption_wavelength"
    assert finding.properties[0].value.unit == "nm"


def test_a_saturated_band_is_one_band_with_an_uncertainty_as_wide_as_its_bottom():
    rng = np.random.default_rng(4)
    y = np.clip(10 ** -(6 * lorentzian(X, 1700.0, 40.0)), 0.0, None) + rng.normal(0, 0.001, X.size)
    finding = ANALYSIS.analyse(spectrum(X, y, unit="transmittance"), options={})
    assert len(finding.rows) == 1
    assert abs(finding.rows[0][1] - 1700.0) < 4 * finding.rows[0][2]
    assert 0.3 < finding.rows[0][2] < 30


def test_noise_alone_has_no_bands():
    y = np.random.default_rng(0).normal(0.5, 0.01, X.size)
    assert ANALYSIS.analyse(spectrum(X, y), options={"prominence": 0.1}).rows == ()
    flat = ANALYSIS.analyse(spectrum(X, np.full(X.size, 0.5)), options={})
    assert flat.rows == ()
    assert flat.summary == "No band stands out from the noise."


def test_small_bands_need_a_smaller_prominence():
    y = lorentzian(X, 1000.0, 10.0) + 0.005 * lorentzian(X, 2500.0, 10.0)
    assert len(ANALYSIS.analyse(spectrum(X, y), options={}).rows) == 1
    assert len(ANALYSIS.analyse(spectrum(X, y), options={"prominence": 0.2}).rows) == 2


@pytest.mark.parametrize("prominence", [0, -1, 101, "1", True, None])
def test_impossible_options_are_refused(prominence):
    with pytest.raises(InvalidSetting, match="prominence"):
        ANALYSIS.analyse(spectrum(X, simulated(0.0)), options={"prominence": prominence})


def test_infrared_spectra_over_wavelength_give_wavenumbers():
    micrometres = np.linspace(5.0, 7.0, 2001)
    y = lorentzian(micrometres, 5.8, 0.05)
    finding = ANALYSIS.analyse(spectrum(micrometres, y, axis_unit="um"), options={})
    assert finding.rows[0][1] == pytest.approx(5.8, abs=1e-3)
    assert finding.units[1] == "um"
    value = finding.properties[0].value
    assert value.unit == "1/cm"
    assert value.value == pytest.approx(1e4 / 5.8, abs=0.5)
    assert value.uncertainty is not None
    assert value.uncertainty.standard == pytest.approx(1e4 / 5.8**2 * finding.rows[0][2], rel=1e-3)


def test_uv_spectra_over_wavenumber_give_wavelengths():
    x = np.linspace(15_000.0, 30_000.0, 3001)
    finding = ANALYSIS.analyse(
        spectrum(x, lorentzian(x, 20_000.0, 800.0), technique="uv_vis", axis_unit="1/cm"), options={}
    )
    assert finding.properties[0].value.value == pytest.approx(500.0, abs=0.1)
    assert finding.properties[0].value.unit == "nm"


def test_raman_spectra_over_wavelength_need_the_laser():
    x = np.linspace(535.0, 600.0, 2001)
    y = lorentzian(x, 547.1, 0.4)
    without = ANALYSIS.analyse(spectrum(x, y, technique="raman", axis_unit="nm"), options={})
    assert without.properties == ()
    assert len(without.rows) == 1
    assert "laser" in without.doubts[0]
    with_laser = ANALYSIS.analyse(
        spectrum(x, y, technique="raman", axis_unit="nm", laser_wavelength=Measured(532.0, "nm")), options={}
    )
    # Silicon's line at 520.7 1/cm lies at 547.15 nm for a laser at 532 nm.
    assert with_laser.properties[0].term == "raman_shift"
    assert with_laser.properties[0].value.value == pytest.approx(1e7 / 532.0 - 1e7 / 547.1, abs=0.5)


def test_at_most_twenty_bands_become_properties():
    y = sum((0.2 + 0.01 * i) * lorentzian(X, 450.0 + 110.0 * i, 8.0) for i in range(30))
    finding = ANALYSIS.analyse(spectrum(X, y), options={})
    assert len(finding.rows) == 30
    assert [found.condition["peak"] for found in finding.properties] == list(range(11, 31))
    assert finding.properties[0].value.uncertainty is not None
    assert finding.properties[0].value.uncertainty.origin is Origin.FIT
    assert finding.properties[0].method == "spectrum_peaks/1"


def test_the_direction_of_the_axis_does_not_matter():
    y = simulated(0.001)
    forward = ANALYSIS.analyse(spectrum(X, y), options={})
    assert ANALYSIS.analyse(spectrum(X[::-1].copy(), y[::-1].copy()), options={}).rows == forward.rows


def test_it_applies_to_one_signal_over_one_axis_only():
    assert ANALYSIS.applies(spectrum(X, simulated(0.0)))
    assert not ANALYSIS.applies(spectrum(X, simulated(0.0), axis_unit="eV"))
    lines = Variable(name="signal", series=Series(np.ones((3, 4))), dimensions=("y", "raman_shift"))
    along = Variable(
        name="raman_shift", series=Series(np.arange(4.0), "1/cm"), dimensions=("raman_shift",), role=Role.AXIS
    )
    assert not ANALYSIS.applies(Reading(technique="raman", title="map", variables=(along, lines)))
    assert not ANALYSIS.applies(Reading(technique="raman", title="axis", variables=(along,)))


@given(st.lists(st.integers(0, 6), min_size=0, max_size=40), st.floats(0.5, 4))
def test_prominence_is_what_it_is_defined_to_be(values, least):
    """Against the definition worked out by brute force, on curves full of plateaus and ties."""
    y = np.array(values, dtype=float)
    top, prominence = prominent(y, least)
    for at, height in zip(top, prominence, strict=True):
        assert height >= least
        left, right = y[:at], y[at + 1 :]
        bases = []
        for side in (left[::-1], right):
            higher = np.flatnonzero(side > y[at])
            reached = side[: higher[0]] if higher.size else side
            bases.append(min([y[at], *reached]))
        assert height <= y[at] - max(bases) + 1e-12
    inner = [i for i in range(1, len(values) - 1) if values[i] == max(values, default=0)]
    if inner and y[0] < y[inner[0]] - least and y[-1] < y[inner[0]] - least:
        assert max(y[top], default=-1) == max(values)


any_number = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-10, 10) | st.integers(0, 3).map(float)


@settings(max_examples=200)
@given(st.data())
def test_any_numbers_give_a_finding(data):
    n = data.draw(st.integers(1, 50))
    x = data.draw(arrays(np.float64, n, elements=any_number))
    y = data.draw(arrays(np.float64, n, elements=any_number))
    technique = data.draw(st.sampled_from(sorted(AXES)))
    unit = data.draw(st.sampled_from(["absorbance", "transmittance", "count"]))
    axis_unit = data.draw(st.sampled_from(["1/cm", "nm", "um"]))
    laser = data.draw(st.sampled_from([{}, {"laser_wavelength": Measured(532.0, "nm")}]))
    finding = ANALYSIS.analyse(spectrum(x, y, technique=technique, unit=unit, axis_unit=axis_unit, **laser), options={})
    assert finding.summary


@settings(max_examples=100)
@given(
    n=st.sampled_from([1, 2, 3, 4, 5, 6, 9, 60, 300]),
    kind=st.sampled_from(["constant", "ramp", "step", "zigzag", "noise", "huge", "parabola"]),
    sign=st.sampled_from([-1.0, 1.0]),
    seed=st.integers(0, 1000),
)
def test_odd_spectra_give_a_finding(n, kind, sign, seed):
    chance = np.random.default_rng(seed)
    x = np.linspace(4000.0, 400.0, n)
    y = {
        "constant": np.full(n, 7.0),
        "ramp": np.arange(n, dtype=float),
        "step": np.where(np.arange(n) < n // 2, 0.0, 1e6),
        "zigzag": np.where(np.arange(n) % 2, 1.0, 0.0),
        "noise": chance.normal(0, 1, n),
        "huge": chance.random(n) * 1e90,
        "parabola": 1 - np.linspace(-1, 1, n) ** 2,
    }[kind]
    finding = ANALYSIS.analyse(spectrum(x, sign * y), options={})
    assert finding.summary


def read(path) -> Reading:
    from kiban.readers.jcamp_dx import READER

    return READER.read(Source(path.read_bytes(), name=path.name))[0]


def test_acetone_has_its_carbonyl_and_methyl_bands(shared):
    """Gas phase: C=O near 1739, CH3 deformation 1365, C-C 1217, CH3 stretching 2970 1/cm."""
    finding = analyse(read(shared("ftir/acetone.jdx")))[0]
    by_prominence = sorted(finding.rows, key=lambda row: -row[5])[:3]
    assert sorted(row[1] for row in by_prominence) == pytest.approx([1217.3, 1365.5, 1739.0], abs=1.0)
    assert min(abs(place - 2970.0) for place in places(finding)) < 0.5
    assert by_prominence[0][1] == pytest.approx(1739.0, abs=1.0)


INDENE = (551.7, 830.5, 861.3, 914.7, 1018.5, 1067.7, 1166.1, 1205.1, 1226.2, 1287.8, 1312.4, 1361.1, 1609.8, 1741.9,
          1797.7, 1826.8, 1885.1, 1915.3, 1943.1, 2049.1, 2172.8, 2305.1, 2598.4, 2770.9, 3926.5)  # fmt: skip
"""1/cm; bands of liquid indene that are used to calibrate spectrometers (IUPAC, Tables of Wavenumbers, 1961)."""


@pytest.mark.parametrize("name", ["ftir/dupinc2.jdx", "ftir/fixinc2.jdx"])
def test_indene_has_the_bands_that_spectrometers_are_calibrated_with(shared, name):
    finding = analyse(read(shared(name)), options={"spectrum_peaks": {"prominence": 0.1}})[0]
    found = np.array(places(finding))
    off = [float(np.min(np.abs(found - published))) for published in INDENE]
    assert np.median(off) < 0.4
    assert max(off) < 1.2


def test_ethanol_has_its_bands(shared):
    """Coblentz 8789, minima read off the table: C-O at 1066.25 and O-H at 3665.0 1/cm."""
    found = np.array(places(analyse(read(shared("ftir/ethanol.jdx")))[0]))
    for place in (1066.25, 3665.0):
        assert np.min(np.abs(found - place)) < 1.2


def test_toluene_has_its_uv_bands(shared):
    """Published maxima of toluene in cyclohexane: 261.8 and 268.8 nm; other solvents shift them by up to 1 nm."""
    finding = analyse(read(shared("uvvis/toluene.jdx")))[0]
    found = np.array(places(finding))
    assert np.min(np.abs(found - 268.8)) < 1.0
    assert np.min(np.abs(found - 261.8)) < 1.0
    assert finding.properties[0].term == "absorption_wavelength"


def test_the_raw_maximum_of_each_real_band_is_where_the_band_is(shared):
    for name in ("raman/tannic_acid.jdx", "uvvis/dupinc1.jdx", "ftir/pacdec1.jdx"):
        real = read(shared(name))
        finding = analyse(real)[0]
        assert finding.rows
        assert real.axis is not None
        x, y = real.axis.series.values, real.signals[0].series.values
        sign = -1.0 if "minima" in finding.summary else 1.0
        strongest = max(finding.rows, key=lambda row: row[5])
        near = np.abs(x - strongest[1]) < max(strongest[6], 3 * float(np.median(np.abs(np.diff(x)))))
        assert np.max(sign * y[near]) == pytest.approx(np.max(sign * y), abs=0.1 * float(np.ptp(y)))
