"""Simulated records of processes as CSV: the log of a furnace, and tables of what was done to which sample."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np

SIMULATED = "SIMULATED for demonstration by Kiban; not a measurement."

_ROOM_DEGC = 25.0
_COOLING_TIME_MIN = 95.0
"""In which the furnace loses all but 1/e of its excess over the room when it is switched off."""


def furnace_log(
    *, sample_name: str, plateau_degc: float, hold_h: float, ramp_k_per_min: float, started_at: datetime, seed: int
) -> bytes:
    """Write the log of one heat treatment: set point and temperature every 5 minutes, until it is below 100 °C.

    The furnace follows its set point with a lag of 4 minutes and drifts by about a kelvin; it cools by itself, as the
    exponential law has it.
    """
    ramp_min = (plateau_degc - _ROOM_DEGC) / ramp_k_per_min
    heated_min = ramp_min + 60 * hold_h
    cooling_min = _COOLING_TIME_MIN * np.log((plateau_degc - _ROOM_DEGC) / (99 - _ROOM_DEGC))
    minutes = np.arange(0.0, heated_min + cooling_min + 5, 5.0)
    setpoint = np.where(
        minutes <= heated_min, np.minimum(_ROOM_DEGC + ramp_k_per_min * minutes, plateau_degc), _ROOM_DEGC
    )
    lag_k = 4 * ramp_k_per_min * np.exp(-np.maximum(minutes - ramp_min, 0) / 4)
    hot = setpoint - np.minimum(lag_k, setpoint - _ROOM_DEGC)
    cold = _ROOM_DEGC + (plateau_degc - _ROOM_DEGC) * np.exp(-(minutes - heated_min) / _COOLING_TIME_MIN)
    drift_k = np.random.default_rng(seed).normal(0.0, 0.6, minutes.shape)
    temperature = np.where(minutes <= heated_min, hot, cold) + drift_k
    rows = [[f"{t:.0f}", f"{s:.1f}", f"{m:.1f}"] for t, s, m in zip(minutes, setpoint, temperature, strict=True)]
    remarks = {
        "Comment": SIMULATED,
        "Sample": sample_name,
        "Operator": "Kiban simulation",
        "Started at": f"{started_at:%Y-%m-%d %H:%M:%S}",
    }
    return _csv(remarks, ("Time (min)", "Setpoint (°C)", "Temperature (°C)"), rows)


def conditions_table(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write a table with one row for each sample; units stand in brackets behind the names of the columns."""
    return _csv({"Title": title, "Comment": SIMULATED}, header, rows)


def _csv(remarks: dict[str, str], header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    for key, value in remarks.items():
        text.write(f"# {key}: {value}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()
