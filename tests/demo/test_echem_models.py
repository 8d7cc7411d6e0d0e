"""The models behind simulated electrochemical files, against published figures."""

from __future__ import annotations

import numpy as np
import pytest

from kiban.demo.echem_models import (
    Cycling,
    HalfCell,
    ReversibleCouple,
    cycle,
    randles_sevcik_ma,
    voltammogram,
)

CELL = HalfCell(capacity_mah=2.0, fade_per_cycle=0.02, coulombic_efficiency=0.99)


def ends_of_half_cycles(cycling: Cycling) -> np.ndarray:
    return np.append(np.flatnonzero(np.diff(cycling.half_cycle)), len(cycling.half_cycle) - 1)


def test_the_reversible_peak_is_where_nicholson_and_shain_put_it() -> None:
    # Table I of Anal. Chem. 36, 706 (1964): 0.4463 at n (E - E1/2) = 28.50 mV, at 25 °C.
    couple = ReversibleCouple()
    sweep = voltammogram(couple, step_v=1e-4)
    peak = int(np.argmax(sweep.current_ma))
    assert sweep.current_ma[peak] == pytest.approx(randles_sevcik_ma(couple, 0.05), rel=1e-3)
    assert 1e3 * (sweep.potential_v[peak] - couple.half_wave_v) == pytest.approx(28.5, abs=0.5)


def test_the_current_function_follows_the_published_series_and_table() -> None:
    # Below E1/2 exactly the series of W. H. Reinmuth, Anal. Chem. 33, 1793 (1961): sum of (-1)^(j+1) j^(1/2) e^(jx)
    # with x = n F (E - E1/2) / R T; at E1/2 itself its sum is eta(-1/2) = 0.38010. Above: Nicholson and Shain's table,
    # 0.421, 0.312 and 0.280 at 50, 100 and 120 mV.
    couple = ReversibleCouple(half_wave_v=0.5)
    sweep = voltammogram(couple, start_v=0.0, vertex_v=0.8, step_v=1e-4)
    function = sweep.current_ma / (randles_sevcik_ma(couple, 0.05) / 0.4463)
    j = np.arange(1, 200)
    for difference_mv in (-100, -50, -25):
        series = np.sum((-1.0) ** (j + 1) * np.sqrt(j) * np.exp(j * difference_mv / 1000 / couple.reduced_v))
        assert function[5000 + 10 * difference_mv] == pytest.approx(series, abs=2e-4), difference_mv
    for difference_mv, published in ((0, 0.3801), (50, 0.421), (100, 0.312), (120, 0.280)):
        assert function[5000 + 10 * difference_mv] == pytest.approx(published, abs=1e-3), difference_mv


def test_the_peak_current_of_ferrocyanide_by_hand() -> None:
    # 2.69e5 n^(3/2) A D^(1/2) c v^(1/2) at 25 °C: 2.69e5 x 0.0707 x 10^-2.5 x 1e-6 x 0.05^(1/2) A = 13.45 µA
    assert randles_sevcik_ma(ReversibleCouple(), 0.05) == pytest.approx(0.01345, rel=2e-3)


def test_peak_currents_grow_with_the_root_of_the_speed() -> None:
    couple = ReversibleCouple()
    peaks = [np.max(voltammogram(couple, scan_speed_v_per_s=v).current_ma) for v in (0.01, 0.04, 0.16)]
    assert peaks[1] / peaks[0] == pytest.approx(2, rel=1e-6)
    assert peaks[2] / peaks[1] == pytest.approx(2, rel=1e-6)


def test_the_double_layer_adds_its_charging_current() -> None:
    # 20 µF/cm² x 0.05 cm² x 0.1 V/s = 0.1 µA
    bare = ReversibleCouple(area_cm2=0.05)
    charged = ReversibleCouple(area_cm2=0.05, double_layer_uf_per_cm2=20)
    currents = [voltammogram(c, scan_speed_v_per_s=0.1).current_ma for c in (bare, charged)]
    difference = (currents[1] - currents[0])[1:]
    assert np.allclose(difference[:600], 1e-4)
    assert np.allclose(difference[-600:], -1e-4)


def test_a_sweep_must_begin_with_the_couple_reduced() -> None:
    with pytest.raises(ValueError, match="does not begin with the couple reduced"):
        voltammogram(ReversibleCouple(half_wave_v=0.1))


def test_the_half_full_lattice_stands_at_its_own_potential() -> None:
    # ln((1 - x)/x) vanishes at x = 1/2.
    assert HalfCell(potential_v=4.0, interaction_v=0.4).open_circuit_v(np.array(0.5)) == pytest.approx(3.8)


def test_half_cycles_end_on_the_limits_and_fade() -> None:
    cycling = cycle(CELL, current_ma=0.4, n_cycles=3)
    ends = ends_of_half_cycles(cycling)
    assert cycling.potential_v[ends] == pytest.approx([4.3, 3.4] * 3, abs=1e-9)
    charges = np.diff(np.concatenate([[0.0], cycling.charge_mah[ends]]))
    assert charges[2] / charges[0] == pytest.approx(0.98)
    assert -charges[1] / charges[0] == pytest.approx(0.99)
    assert np.all(np.diff(cycling.time_s) > 0)


def test_charge_and_discharge_stand_apart_by_twice_the_ohmic_drop() -> None:
    slow = HalfCell(resistance_ohm=100, coulombic_efficiency=1, fade_per_cycle=0)
    cycling = cycle(slow, current_ma=1.0, n_cycles=1, n_points=101)
    charge, discharge = cycling.potential_v[:101], cycling.potential_v[101:]
    # The middle of the charge and that of the discharge have the same occupation.
    assert charge[50] - discharge[49] == pytest.approx(0.2, abs=1e-9)


def test_a_drop_too_great_is_refused() -> None:
    with pytest.raises(ValueError, match="leaves nothing to cycle"):
        cycle(HalfCell(resistance_ohm=5000), current_ma=1.0, n_cycles=1)
