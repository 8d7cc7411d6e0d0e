"""Simulated electrochemical files, through our own reader."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from kiban.demo.echem_files import SIMULATED, galvanostatic_mpt, voltammogram_mpt
from kiban.demo.echem_models import (
    Cycling,
    HalfCell,
    ReversibleCouple,
    cycle,
    voltammogram,
)
from kiban.quantity.measured import Measured
from kiban.readers import recognise
from kiban.readers.source import Source
from kiban.records.reading import Reading

START = datetime(2026, 4, 1, 9, 0, 0, 500_000)
CELL = HalfCell(capacity_mah=2.0, fade_per_cycle=0.02, coulombic_efficiency=0.99)


def read(content: bytes) -> Reading:
    choice, (reading,) = recognise.read(Source(content, name="simulated.mpt"))
    assert choice.reader.name == "biologic_mpt"
    assert reading.doubts == ()
    return reading


def ends_of_half_cycles(cycling: Cycling) -> np.ndarray:
    return np.append(np.flatnonzero(np.diff(cycling.half_cycle)), len(cycling.half_cycle) - 1)


def test_cycling_survives_the_file() -> None:
    cycling = cycle(CELL, current_ma=0.4, n_cycles=3, noise_v=1e-4, seed=7)
    reading = read(
        galvanostatic_mpt(cycling, sample_name="NMC-03", started_at=START, comment="C/5", active_mass_mg=11.2)
    )
    assert reading.technique == "galvanostatic_cycling"
    assert reading.sample_name == "NMC-03"
    assert reading.started_at == START
    assert reading.metadata["active_mass"] == Measured(11.2, "mg")
    assert str(reading.metadata["comment"]).splitlines() == [SIMULATED, "Sample: NMC-03", "C/5"]
    assert reading.instrument == "BioLogic SIMULATED (SN none)"
    assert np.allclose(reading["time"].values, cycling.time_s, rtol=1e-14)
    assert np.allclose(reading["potential"].values, cycling.potential_v, rtol=1e-7)
    assert np.allclose(reading["current"].values, cycling.current_ma)
    assert np.allclose(reading["charge"].values, cycling.charge_mah)
    assert np.array_equal(reading["half_cycle"].values, cycling.half_cycle)


def test_capacities_in_the_file_are_those_of_the_half_cycles() -> None:
    cycling = cycle(CELL, current_ma=0.4, n_cycles=2)
    ends = ends_of_half_cycles(cycling)
    reading = read(galvanostatic_mpt(cycling, sample_name="NMC-03", started_at=START))
    expected = np.diff(np.concatenate([[0.0], cycling.charge_mah[ends]]))
    assert reading["half_cycle_charge"].values[ends] == pytest.approx(expected)
    assert reading["capacity"].values[ends] == pytest.approx(np.abs(expected))
    assert reading["discharge_capacity"].values[ends[1]] == pytest.approx(-expected[1])
    assert np.sum(reading["charge_increment"].values) == pytest.approx(cycling.charge_mah[-1])


def test_a_voltammogram_survives_the_file() -> None:
    couple = ReversibleCouple(area_cm2=0.0707)
    sweep = voltammogram(couple, n_cycles=2, noise_ma=1e-5, seed=3)
    reading = read(voltammogram_mpt(sweep, couple, sample_name="Fc-01", started_at=START))
    assert reading.technique == "cyclic_voltammetry"
    assert reading.sample_name == "Fc-01"
    assert reading.metadata["scan_speed"] == Measured(50.0, "mV/s")
    assert reading.metadata["electrode_area"] == Measured(0.0707, "cm**2")
    assert reading.metadata["reference_electrode"] == "Ag/AgCl / KCl (3.5M) (0.205 V)"
    assert np.allclose(reading["potential"].values, sweep.potential_v, atol=1e-8)
    assert np.allclose(reading["current"].values, sweep.current_ma, rtol=1e-14)
    assert np.array_equal(reading["cycle_number"].values, sweep.cycle_number)
    assert set(sweep.cycle_number) == {1, 2}


def test_the_same_arguments_give_the_same_bytes() -> None:
    one, other = (
        galvanostatic_mpt(
            cycle(CELL, current_ma=0.4, n_cycles=1, noise_v=1e-3, seed=1), sample_name="a", started_at=START
        )
        for _ in range(2)
    )
    assert one == other


def test_a_japanese_sample_name_survives() -> None:
    cycling = cycle(CELL, current_ma=0.4, n_cycles=1)
    assert read(galvanostatic_mpt(cycling, sample_name="正極-7", started_at=START)).sample_name == "正極-7"
