"""Voltammograms: reversible ones against theory, others against what was put in."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kiban.analysis.cyclic_voltammetry import ANALYSIS
from kiban.analysis.electrochemistry.sweeps import sweeps
from kiban.analysis.run import analyse
from kiban.errors import InvalidSetting
from kiban.quantity.series import Series
from kiban.quantity.uncertainty import Origin
from kiban.readers.source import Source
from kiban.records.reading import Reading, Variable

F, R, T = 96485.33212, 8.314462618, 298.15
"""C/mol, J/mol/K (CODATA 2018), K."""
AREA_CM2, DIFFUSION_CM2_S, CONCENTRATION_MOL_CM3, RATE_V_S = 1.0, 1e-5, 1e-6, 0.1


def reading(
    potential: np.ndarray, current: np.ndarray, *, technique: str = "cyclic_voltammetry", **more: np.ndarray
) -> Reading:
    columns = {"potential": (potential, "V"), "current": (current, "mA")} | {
        name: (values, "V") for name, values in more.items()
    }
    return Reading(
        technique=technique,
        title="simulated",
        variables=tuple(
            Variable(name=name, series=Series(values, unit), dimensions=("point",))
            for name, (values, unit) in columns.items()
        ),
    )


def reversible(n_cycles: int = 1, step: float = 0.0002, span: float = 0.4) -> tuple[np.ndarray, np.ndarray]:
    """A fast one-electron couple with E1/2 = 0: potential in V, current in mA.

    The semi-integral of the current is fixed by the potential alone (K. B. Oldham, Anal. Chem. 44, 196 (1972)), so
    the current is its semi-derivative, here by Grünwald's sum.
    """
    up = np.arange(-span, span, step)
    potential = np.tile(np.concatenate((up, -up)), n_cycles)
    charge = F * AREA_CM2 * CONCENTRATION_MOL_CM3 * math.sqrt(DIFFUSION_CM2_S)
    semi_integral = charge / (1 + np.exp(-F / R / T * potential))
    n, duration = potential.size, step / RATE_V_S
    weights = np.cumprod(np.concatenate(([1.0], (np.arange(1, n) - 1.5) / np.arange(1, n))))
    size = 2 ** math.ceil(math.log2(2 * n))
    convolved = np.fft.irfft(np.fft.rfft(semi_integral - semi_integral[0], size) * np.fft.rfft(weights, size), size)[:n]
    return potential, 1e3 * convolved / math.sqrt(duration)


def values(finding, term: str) -> list[float]:
    return [found.value.value for found in finding.properties if found.term == term]


def test_a_reversible_couple_has_the_peak_of_randles_and_sevcik():
    """i_p = 0.4463 F A c √(D F v / RT) at 1.109 RT/F = 28.5 mV past E1/2.

    R. S. Nicholson, I. Shain, Anal. Chem. 36, 706 (1964).
    """
    finding = ANALYSIS.analyse(reading(*reversible()), options={})
    scale = 1e3 * F * AREA_CM2 * CONCENTRATION_MOL_CM3 * math.sqrt(DIFFUSION_CM2_S * F * RATE_V_S / R / T)
    assert values(finding, "anodic_peak_current")[0] == pytest.approx(0.4463 * scale, rel=0.001)
    assert values(finding, "anodic_peak_current")[0] == pytest.approx(0.2687, abs=0.0005)  # Randles-Ševčík at 25 °C
    assert values(finding, "anodic_peak_potential")[0] == pytest.approx(0.0285, abs=0.0003)


def test_its_peaks_lie_57_millivolts_apart_about_the_half_wave_potential():
    """2.218 RT/F = 57.0 mV for a sweep reversed far behind the peak, half a millivolt more at 0.4 V."""
    finding = ANALYSIS.analyse(reading(*reversible()), options={})
    assert values(finding, "peak_separation")[0] == pytest.approx(0.0573, abs=0.0008)
    assert values(finding, "half_wave_potential")[0] == pytest.approx(0.0, abs=0.0005)
    separation = next(found for found in finding.properties if found.term == "peak_separation")
    assert separation.value.uncertainty is not None
    assert separation.value.uncertainty.origin is Origin.PROPAGATED
    assert separation.condition == {"cycle": 1}


def test_each_cycle_has_its_peaks():
    finding = ANALYSIS.analyse(reading(*reversible(3, step=0.0005)), options={})
    assert [found.condition["cycle"] for found in finding.properties if found.term == "anodic_peak_current"] == [
        1,
        2,
        3,
    ]
    anodic, cathodic = values(finding, "anodic_peak_current"), values(finding, "cathodic_peak_current")
    assert all(current > 0 for current in anodic)
    assert all(current < 0 for current in cathodic)
    assert anodic[0] > anodic[1] > anodic[2]
    assert [row[:3] for row in finding.rows] == [
        (n, (n + 1) // 2, "anodic" if n % 2 else "cathodic") for n in range(1, 7)
    ]
    assert finding.summary.startswith("3 cycles; cycle 1: anodic 0.26")
    assert "currents from zero" in finding.summary


def test_noise_does_not_move_the_peaks_by_more_than_their_uncertainty():
    potential, current = reversible(step=0.001)
    pulls = []
    for seed in range(30):
        noisy = current + np.random.default_rng(seed).normal(0, 0.002, current.size)
        finding = ANALYSIS.analyse(reading(potential, noisy), options={})
        peak = next(found.value for found in finding.properties if found.term == "anodic_peak_potential")
        assert peak.uncertainty is not None
        pulls.append((peak.value - 0.0288) / peak.uncertainty.standard)
    assert np.std(pulls) < 2.0
    assert np.mean(pulls) == pytest.approx(0.0, abs=0.7)


def test_a_capacitor_has_no_peaks():
    up = np.linspace(-0.5, 0.5, 500)
    potential = np.concatenate((up, up[::-1]))
    current = np.where(np.arange(1000) < 500, 1.0, -1.0) + np.random.default_rng(0).normal(0, 0.01, 1000)
    finding = ANALYSIS.analyse(reading(potential, current), options={})
    assert finding.rows == ()
    assert finding.summary == "1 cycle without a peak of the current."


def test_several_waves_are_listed_and_the_largest_is_the_peak():
    up = np.linspace(-0.5, 0.5, 1001)
    waves = np.exp(-(((up + 0.2) / 0.05) ** 2)) + 0.4 * np.exp(-(((up - 0.25) / 0.05) ** 2))
    finding = ANALYSIS.analyse(
        reading(np.concatenate((up, up[::-1])), np.concatenate((waves, -waves[::-1]))), options={}
    )
    assert [row[3] for row in finding.rows] == pytest.approx([-0.2, 0.25, -0.2, 0.25], abs=1e-3)
    assert values(finding, "anodic_peak_potential") == pytest.approx([-0.2], abs=1e-3)
    assert values(finding, "peak_separation") == pytest.approx([0.0], abs=1e-3)


def test_turning_points_are_taken_from_the_set_potential():
    potential, current = reversible(2, step=0.001)
    noisy = potential + np.random.default_rng(0).normal(0, 0.03, potential.size)
    finding = ANALYSIS.analyse(reading(noisy, current, control_potential=potential), options={})
    assert finding.summary.startswith("2 cycles")


def test_sweeps_begin_and_end_at_the_turning_points():
    potential = np.concatenate((np.linspace(0, 0.6, 61), np.linspace(0.59, -0.4, 100), np.linspace(-0.39, 0.0, 40)))
    found = sweeps(potential)
    assert [(each.first, each.end, each.direction) for each in found] == [(0, 61, 1), (61, 161, -1), (161, 201, 1)]
    assert sweeps(np.zeros(10)) == ()
    assert sweeps(np.array([0.0, 1.0])) == ()


@given(arrays(np.float64, st.integers(0, 60), elements=st.floats(-5, 5)))
def test_sweeps_cover_the_points_in_order_and_alternate(potential):
    found = sweeps(potential)
    for one, other in pairwise(found):
        assert one.end <= other.first
    assert all(0 <= each.first < each.end <= potential.size for each in found)


any_number = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-10, 10) | st.integers(0, 3).map(float)


@settings(max_examples=200)
@given(st.data())
def test_any_numbers_give_a_finding(data):
    n = data.draw(st.integers(1, 60))
    potential = data.draw(arrays(np.float64, n, elements=any_number))
    current = data.draw(arrays(np.float64, n, elements=any_number))
    assert ANALYSIS.analyse(reading(potential, current), options={}).summary


@settings(max_examples=60)
@given(
    n=st.sampled_from([1, 2, 3, 8, 100]),
    kind=st.sampled_from(["constant", "ramp", "noise", "huge", "staircase"]),
    seed=st.integers(0, 100),
)
def test_odd_voltammograms_give_a_finding(n, kind, seed):
    chance = np.random.default_rng(seed)
    potential = {
        "constant": np.full(n, 0.3),
        "ramp": np.linspace(0, 1, n),
        "noise": chance.normal(0, 1, n),
        "huge": chance.random(n) * 1e90,
        "staircase": np.repeat(np.abs(np.linspace(-1, 1, n // 4 + 1)), 4)[:n],
    }[kind]
    assert ANALYSIS.analyse(reading(potential, chance.normal(0, 1, n) * 10.0**seed), options={}).summary


def test_it_applies_to_current_and_potential_of_one_length():
    assert ANALYSIS.applies(reading(*reversible(step=0.01)))
    assert not ANALYSIS.applies(reading(*reversible(step=0.01), technique="linear_sweep_voltammetry"))
    one = Variable(name="potential", series=Series([1.0, 2.0], "V"), dimensions=("a",))
    other = Variable(name="current", series=Series([1.0, 2.0, 3.0], "mA"), dimensions=("b",))
    unitless = Variable(name="current", series=Series([1.0, 2.0]), dimensions=("a",))
    assert not ANALYSIS.applies(Reading(technique="cyclic_voltammetry", title="x", variables=(one, other)))
    assert not ANALYSIS.applies(Reading(technique="cyclic_voltammetry", title="x", variables=(one, unitless)))
    assert not ANALYSIS.applies(Reading(technique="cyclic_voltammetry", title="x", variables=(one,)))


def test_it_has_no_options():
    with pytest.raises(InvalidSetting, match="Its options are: none"):
        ANALYSIS.analyse(reading(*reversible(step=0.01)), options={"baseline": "foot"})


def test_other_units_are_converted():
    potential, current = reversible(step=0.0005)
    base = ANALYSIS.analyse(reading(potential, current), options={})
    columns = (
        Variable(name="voltage", series=Series(potential * 1e3, "mV"), dimensions=("point",)),
        Variable(name="current", series=Series(current * 1e3, "uA"), dimensions=("point",)),
    )
    other = ANALYSIS.analyse(Reading(technique="cyclic_voltammetry", title="x", variables=columns), options={})
    np.testing.assert_allclose([row[3:6] for row in other.rows], [row[3:6] for row in base.rows], rtol=1e-6, atol=1e-12)


def test_a_real_file_whose_current_was_cut_off_gives_what_it_can(shared):
    """EC-Lab's cva.issue_202: one cycle from 2.87 V to -1.25 V and back, current limited to 2.5 mA."""
    from kiban.readers.biologic_mpr import READER

    path = shared("echem/cva.issue_202.mpr")
    finding = analyse(READER.read(Source(path.read_bytes(), name=path.name))[0])[0]
    assert finding.analysis == "cyclic_voltammetry"
    assert finding.summary.startswith("1 cycle")
    assert {row[2] for row in finding.rows} <= {"anodic", "cathodic"}
    assert all(-3.0 < row[5] < 3.0 for row in finding.rows)
