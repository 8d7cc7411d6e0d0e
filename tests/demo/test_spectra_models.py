"""Simulated spectra have their bands where they were published and change as annealing changes them."""

from __future__ import annotations

import numpy as np
import pytest

from kiban.demo.spectra_models import film_absorbance, infrared, raman

SHIFTS = np.arange(80.0, 1000.5, 1.0)
WAVENUMBERS = np.arange(4000.0, 399.0, -4.0)
WAVELENGTHS = np.arange(280.0, 800.5, 1.0)


def raman_of(**phases: float) -> np.ndarray:
    named = {name.replace("_", "-"): share for name, share in phases.items()}
    return raman(SHIFTS, named, broadening_per_cm=0.0, fluorescence=0.0, counts=1e5, seed=1)


def highest_between(x: np.ndarray, y: np.ndarray, low: float, high: float) -> float:
    inside = (x > low) & (x < high)
    return float(x[inside][np.argmax(y[inside])])


@pytest.mark.parametrize(
    ("phase", "bands"),
    [("anatase", (144, 399, 639)), ("rutile", (447, 612)), ("lithium_cobalt_oxide", (486, 596))],
)
def test_raman_bands_lie_where_they_were_published(phase: str, bands: tuple[int, ...]) -> None:
    spectrum = raman_of(**{phase: 1.0})
    for band in bands:
        assert highest_between(SHIFTS, spectrum, band - 25, band + 25) == pytest.approx(band, abs=3)


def test_raman_shows_the_turn_from_anatase_to_rutile() -> None:
    ratios = []
    for rutile in (0.1, 0.5, 0.9):
        spectrum = raman_of(anatase=1 - rutile, rutile=rutile)
        ratios.append(spectrum[SHIFTS == 447][0] / spectrum[SHIFTS == 399][0])
    assert ratios == sorted(ratios)
    assert ratios[0] < 0.5
    assert ratios[-1] > 2


def test_raman_counts_scatter_and_repeat_with_their_seed() -> None:
    one, again = raman_of(anatase=1.0), raman_of(anatase=1.0)
    assert np.array_equal(one, again)
    assert np.array_equal(one, np.floor(one))


def test_annealing_drives_water_out_of_the_infrared_spectrum() -> None:
    wet = infrared(WAVENUMBERS, hydroxyl=0.4, rutile=0.0, seed=1)
    dry = infrared(WAVENUMBERS, hydroxyl=0.02, rutile=0.0, seed=1)
    for band in (3400, 1632):
        at = band == WAVENUMBERS
        assert wet[at][0] > dry[at][0] + 0.1
    assert wet[WAVENUMBERS == 520][0] == pytest.approx(dry[WAVENUMBERS == 520][0], abs=0.02)


@pytest.mark.parametrize("gap_ev", [3.0, 3.2])
def test_the_gap_of_a_film_is_found_again_by_the_plot_of_tauc(gap_ev: float) -> None:
    absorbance = film_absorbance(WAVELENGTHS, gap_ev=gap_ev, urbach_mev=30, haze=0.0, seed=1) - 0.015
    energy = 1239.841984 / WAVELENGTHS
    straight = (energy > gap_ev + 0.2) & (energy < gap_ev + 0.8)
    slope, offset = np.polyfit(energy[straight], np.sqrt(absorbance[straight] * energy[straight]), 1)
    assert -offset / slope == pytest.approx(gap_ev, abs=0.01)


def test_below_the_gap_a_film_is_clear_but_for_its_haze() -> None:
    clear = film_absorbance(WAVELENGTHS, gap_ev=3.2, urbach_mev=30, haze=0.0, seed=1)
    hazy = film_absorbance(WAVELENGTHS, gap_ev=3.2, urbach_mev=30, haze=0.1, seed=1)
    assert np.all(np.abs(clear[WAVELENGTHS > 500] - 0.015) < 0.003)
    assert hazy[WAVELENGTHS == 400][0] - clear[WAVELENGTHS == 400][0] == pytest.approx(0.1)
    assert hazy[WAVELENGTHS == 800][0] - clear[WAVELENGTHS == 800][0] == pytest.approx(0.1 / 16)
