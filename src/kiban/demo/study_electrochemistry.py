"""The voltammograms and the charge and discharge curves of the simulated study, as EC-Lab writes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from kiban.demo.echem_files import galvanostatic_mpt, voltammogram_mpt
from kiban.demo.echem_models import HalfCell, ReversibleCouple, cycle, voltammogram
from kiban.demo.study_samples import COBALTATES, TITANIA, Cobaltate, Titania

_SCAN_RATES_V_PER_S = {"TiO2-A500": (0.02, 0.05, 0.1, 0.2)}
"""The others at 0.05 V/s only."""
_RATES = {"C10": 0.1, "1C": 1.0}
"""Charge of the whole capacity, as a part of it per hour."""
_PROBE = "1 mM K4[Fe(CN)6] in 0.1 M KCl"


def files(beginning: datetime) -> Iterator[tuple[str, bytes]]:
    """Make all files: path within the study, and bytes."""
    at = beginning
    for number, it in enumerate(TITANIA):
        for speed in _SCAN_RATES_V_PER_S.get(it.name, (0.05,)):
            yield f"voltammetry/{it.name}_{1000 * speed:.0f}mVs.mpt", _voltammogram(it, speed, at, 400 + number)
            at += timedelta(minutes=25)
    for number, powder in enumerate(COBALTATES):
        for channel, (name, rate) in enumerate(_RATES.items()):
            started_at = beginning + timedelta(days=1, hours=12 * channel)
            content = _cycling(powder, rate, started_at, channel=2 * number + channel + 1)
            yield f"battery/{powder.name}_{name}.mpt", content


def _voltammogram(it: Titania, speed_v_per_s: float, started_at: datetime, seed: int) -> bytes:
    couple = ReversibleCouple(
        half_wave_v=0.25, diffusion_cm2_per_s=6.5e-6, area_cm2=it.area_cm2, double_layer_uf_per_cm2=15.0
    )
    sweep = voltammogram(
        couple,
        start_v=0.0,
        vertex_v=0.5,
        scan_speed_v_per_s=speed_v_per_s,
        n_cycles=2,
        step_v=5e-3,
        noise_ma=3e-6,
        seed=seed,
    )
    return voltammogram_mpt(
        sweep,
        couple,
        sample_name=it.name,
        started_at=started_at.replace(tzinfo=None),
        comment="Film on conducting glass as working electrode; the area follows from the current.",
        electrolyte=_PROBE,
    )


def _cycling(it: Cobaltate, rate_per_h: float, started_at: datetime, *, channel: int) -> bytes:
    capacity_mah = it.capacity_mah_per_g * it.active_mass_mg * 1e-3
    cell = HalfCell(capacity_mah=capacity_mah, resistance_ohm=it.resistance_ohm, fade_per_cycle=it.fade_per_cycle)
    cycling = cycle(
        cell, current_ma=rate_per_h * capacity_mah, n_cycles=4, n_points=30, noise_v=2e-4, seed=420 + channel
    )
    return galvanostatic_mpt(
        cycling,
        sample_name=it.name,
        started_at=started_at.replace(tzinfo=None),
        comment=f"Coin cell against lithium, charged and discharged in {1 / rate_per_h:g} h.",
        active_mass_mg=it.active_mass_mg,
        channel=channel,
    )
