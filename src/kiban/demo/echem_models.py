"""Small physical models of a lithium cell and of a reversible couple, for simulated electrochemical files.

They are simple on purpose: each can be checked against a published figure or by hand. The same arguments give the same
numbers, noise included.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FARADAY_C_PER_MOL = 96485.33212
GAS_CONSTANT_J_PER_MOL_K = 8.314462618
"""CODATA 2018; both are exact since the SI of 2019, to the digits given."""

REVERSIBLE_PEAK = 0.4463
"""Greatest value of the current function of a reversible charge transfer, pi^(1/2) chi: R. S. Nicholson and I. Shain,
Anal. Chem. 36, 706 (1964), table I."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfCell:
    """An insertion electrode against lithium that loses capacity with each cycle.

    Parameters
    ----------
    capacity_mah : float
        Charge of the whole range of x, from 0 to 1, in the first cycle.
    resistance_ohm : float
        All losses together; they are ohmic.
    fade_per_cycle : float
        Fraction of the capacity that each cycle takes.
    coulombic_efficiency : float
        Fraction of the charge passed in charging that is stored.
    potential_v, interaction_v : float
        E0 and U/e of the lattice gas (see `open_circuit_v`).
    """

    capacity_mah: float = 2.0
    resistance_ohm: float = 30.0
    fade_per_cycle: float = 0.01
    coulombic_efficiency: float = 0.995
    potential_v: float = 4.35
    interaction_v: float = 0.75
    temperature_k: float = 298.15

    def open_circuit_v(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Potential against lithium of the electrode at rest.

        A lattice gas in the mean field: E(x) = E0 - (U/e) x + (kT/e) ln((1 - x)/x).

        Parameters
        ----------
        x : array, any shape
            Occupied fraction of the sites, inside (0, 1).

        References
        ----------
        W. R. McKinnon and R. R. Haering, in Modern Aspects of Electrochemistry 15 (1983), 235.
        """
        thermal_v = GAS_CONSTANT_J_PER_MOL_K * self.temperature_k / FARADAY_C_PER_MOL
        potential: NDArray[np.float64] = self.potential_v - self.interaction_v * x + thermal_v * np.log((1 - x) / x)
        return potential


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycling:
    """Galvanostatic cycling, each array of shape (n_points,)."""

    time_s: NDArray[np.float64]
    current_ma: NDArray[np.float64]
    """Positive in charge."""
    potential_v: NDArray[np.float64]
    charge_mah: NDArray[np.float64]
    """Passed since the start, counted with its sign."""
    half_cycle: NDArray[np.int64]
    """0 for the first charge, 1 for the first discharge, and so on."""


def cycle(
    cell: HalfCell,
    *,
    current_ma: float,
    n_cycles: int,
    lower_v: float = 3.4,
    upper_v: float = 4.3,
    n_points: int = 120,
    noise_v: float = 0.0,
    seed: int = 0,
) -> Cycling:
    """Charge and discharge a cell between two potentials, beginning with a charge of the full lattice.

    Parameters
    ----------
    current_ma : float
        Its amount; the sign follows the half cycle.
    n_points : int
        Of each half cycle, evenly spaced in time; the last lies on the limit.
    noise_v : float
        Standard deviation of the noise of the potential.

    Raises
    ------
    ValueError
        If the losses leave no range between the limits.
    """
    chance = np.random.default_rng(seed)
    drop_v = current_ma * 1e-3 * cell.resistance_ohm
    # At the end of a half cycle the potential at rest is the limit without the ohmic drop.
    empty, full = _occupation_at(cell, upper_v - drop_v), _occupation_at(cell, lower_v + drop_v)
    if not 0 < empty < full < 1:
        raise ValueError(f"A drop of {drop_v} V leaves nothing to cycle between {lower_v} and {upper_v} V.")
    parts: list[tuple[NDArray[np.float64], ...]] = []
    time_s, charge_mah = 0.0, 0.0
    for half in range(2 * n_cycles):
        charging = half % 2 == 0
        capacity = cell.capacity_mah * (1.0 - cell.fade_per_cycle) ** (half // 2)
        x = np.linspace(full, empty, n_points) if charging else np.linspace(empty, full, n_points)
        stored_mah = np.abs(x - x[0]) * capacity
        passed_mah = stored_mah / cell.coulombic_efficiency if charging else stored_mah
        sign = 1.0 if charging else -1.0
        seconds = time_s + passed_mah / current_ma * 3600.0
        potential = cell.open_circuit_v(x) + sign * drop_v + chance.normal(0.0, noise_v, n_points)
        total = charge_mah + sign * passed_mah
        # Two half cycles do not share a point: the next one begins with its first step.
        keep = slice(0 if half == 0 else 1, None)
        columns = (seconds, np.full(n_points, sign * current_ma), potential, total, np.full(n_points, float(half)))
        parts.append(tuple(column[keep] for column in columns))
        time_s, charge_mah = float(seconds[-1]), float(total[-1])
    joined = [np.concatenate([part[i] for part in parts]) for i in range(5)]
    return Cycling(
        time_s=joined[0],
        current_ma=joined[1],
        potential_v=joined[2],
        charge_mah=joined[3],
        half_cycle=joined[4].astype(np.int64),
    )


def _occupation_at(cell: HalfCell, potential_v: float) -> float:
    """Solve E(x) for x by halving; E falls with x throughout."""
    low, high = 1e-9, 1.0 - 1e-9
    for _ in range(60):
        middle = (low + high) / 2
        if float(cell.open_circuit_v(np.array(middle))) > potential_v:
            low = middle
        else:
            high = middle
    return (low + high) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversibleCouple:
    """A couple R = O + n e-, at first all R, at a planar electrode in a still solution; O and R diffuse alike."""

    n_electrons: int = 1
    half_wave_v: float = 0.35
    concentration_mol_per_cm3: float = 1e-6
    diffusion_cm2_per_s: float = 1e-5
    area_cm2: float = 0.0707
    double_layer_uf_per_cm2: float = 0.0
    temperature_k: float = 298.15

    @property
    def reduced_v(self) -> float:
        """RT/nF."""
        return GAS_CONSTANT_J_PER_MOL_K * self.temperature_k / (self.n_electrons * FARADAY_C_PER_MOL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voltammogram:
    """Cyclic voltammetry, each array of shape (n_points,)."""

    time_s: NDArray[np.float64]
    potential_v: NDArray[np.float64]
    current_ma: NDArray[np.float64]
    """Positive for oxidation."""
    cycle_number: NDArray[np.int64]
    """From 1."""
    scan_speed_v_per_s: float


def randles_sevcik_ma(couple: ReversibleCouple, scan_speed_v_per_s: float) -> float:
    """Peak current of the first reversible sweep, by Randles and Ševčík.

    i_p = 0.4463 n F A c (n F v D / R T)^(1/2)

    References
    ----------
    J. E. B. Randles, Trans. Faraday Soc. 44, 327 (1948); A. Ševčík, Collect. Czech. Chem. Commun. 13, 349 (1948). The
    factor: Nicholson and Shain (1964), as above.
    """
    return REVERSIBLE_PEAK * _scale_ma(couple) * math.sqrt(scan_speed_v_per_s / couple.reduced_v)


def _scale_ma(couple: ReversibleCouple) -> float:
    """n F A c D^(1/2), in mA s^(1/2)."""
    amount = couple.n_electrons * FARADAY_C_PER_MOL * couple.area_cm2 * couple.concentration_mol_per_cm3
    return 1e3 * amount * math.sqrt(couple.diffusion_cm2_per_s)


def voltammogram(
    couple: ReversibleCouple,
    *,
    start_v: float = 0.0,
    vertex_v: float = 0.7,
    scan_speed_v_per_s: float = 0.05,
    n_cycles: int = 1,
    step_v: float = 1e-3,
    noise_ma: float = 0.0,
    seed: int = 0,
) -> Voltammogram:
    """Sweep the potential from start to vertex and back.

    The semi-integral of the current of a reversible couple follows the potential alone,
    m(t) = n F A c D^(1/2) / (1 + exp(-nF (E - E1/2) / RT)), whatever the sweep; the current is its semi-derivative,
    taken here with m linear between the points. That is the integral equation of Nicholson and Shain, solved.

    Raises
    ------
    ValueError
        If the sweep begins where part of the couple is oxidised already, or does not rise.

    References
    ----------
    J. C. Imbeaux and J. M. Savéant, J. Electroanal. Chem. 44, 169 (1973); K. B. Oldham and J. Spanier, The Fractional
    Calculus (1974), chapter 8.
    """
    if start_v > couple.half_wave_v - 7 * couple.reduced_v or vertex_v <= start_v:
        raise ValueError(f"A sweep from {start_v} to {vertex_v} V does not begin with the couple reduced.")
    n_up = round((vertex_v - start_v) / step_v)
    triangle = start_v + step_v * np.concatenate([np.arange(n_up), np.arange(n_up, 0, -1)])
    potential = np.append(np.tile(triangle, n_cycles), start_v)
    interval_s = step_v / scan_speed_v_per_s
    m = _scale_ma(couple) / (1.0 + np.exp(-(potential - couple.half_wave_v) / couple.reduced_v))
    current = _semi_derivative(m, interval_s)
    charging_ma = (
        couple.double_layer_uf_per_cm2 * 1e-3 * couple.area_cm2 * np.diff(potential, prepend=np.nan) / interval_s
    )
    current[1:] += charging_ma[1:]
    current += np.random.default_rng(seed).normal(0.0, noise_ma, len(current))
    return Voltammogram(
        time_s=np.arange(len(potential), dtype=np.float64) * interval_s,
        potential_v=potential,
        current_ma=current,
        cycle_number=np.minimum(np.arange(len(potential)) // (2 * n_up), n_cycles - 1) + 1,
        scan_speed_v_per_s=scan_speed_v_per_s,
    )


def _semi_derivative(m: NDArray[np.float64], interval_s: float) -> NDArray[np.float64]:
    """Take the derivative of order 1/2 of evenly spaced values that begin at (almost) zero, shape (n_points,)."""
    k = np.arange(len(m))
    weights = np.sqrt(k + 1) - np.sqrt(k)
    steps = np.diff(m, prepend=m[0])
    # A step that ends at point j acts on point k with sqrt(k-j+1) - sqrt(k-j).
    convolved: NDArray[np.float64] = np.convolve(steps, weights)[: len(m)]
    return 2.0 / math.sqrt(math.pi * interval_s) * convolved
