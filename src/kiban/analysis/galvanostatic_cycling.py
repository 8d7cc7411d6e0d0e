"""Capacity of each half cycle of a battery or other cell, and coulombic efficiency of each cycle.

*What it needs*: a Reading of technique `galvanostatic_cycling`, or of `electrochemistry` with counters of capacity,
that has `current`, `time` or a charge, of one length, with units.

*What it does*: takes stretches of one direction of current as half cycles, rests excluded. Positive current is charge
(oxidation at the working electrode, as IUPAC and EC-Lab count it), negative is discharge; for a half cell with a
negative electrode the words are the other way round. The charge comes from the file's own count where it has one
(`charge`, or the pair `charge_capacity` and `discharge_capacity`), else from the current by the trapezoidal rule; the
summary says which. Cycles are numbered from 1, each beginning with the direction in which the measurement began. The
coulombic efficiency of a cycle is its discharge over the charge just before. Per gram where the metadata have
`active_mass`.

*Uncertainties*: none are given, because no file states that of the current.

*Left out*: stretches that move less than a thousandth of the largest half cycle; cycles beyond the thousandth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.analysis.contract import Cell, Finding, check_options, finite
from kiban.analysis.electrochemistry.columns import column
from kiban.analysis.electrochemistry.half_cycles import (
    HalfCycles,
    cycle_numbers,
    efficiencies,
    from_counter,
    half_cycles,
    integrated,
)
from kiban.quantity.measured import Measured
from kiban.records.property import Property
from kiban.records.reading import Reading

Array = NDArray[np.float64]

_MOST_CYCLES = 1000
_SAME_LIMIT_V = 0.02
_COLUMNS = (
    ("half_cycle", ""), ("cycle", ""), ("kind", ""), ("start", "s"), ("duration", "s"), ("n_points", ""),
    ("capacity", "mA*h"), ("specific_capacity", "mA*h/g"), ("mean_potential", "V"), ("end_potential", "V"),
    ("coulombic_efficiency", "percent"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Record:
    """What the cycler recorded, all of one length."""

    current: Array
    potential: Array
    time: Array
    step_charge: Array
    """In mA*h, with the sign of the current."""
    source: str
    """Where the charge is from, in words."""


class GalvanostaticCycling:
    """Works out capacities and efficiencies."""

    name = "galvanostatic_cycling"
    version = 1
    title = "Capacities and coulombic efficiency"
    techniques = ("galvanostatic_cycling", "electrochemistry")
    options: tuple[str, ...] = ()

    def applies(self, reading: Reading) -> bool:
        """Say whether there is a current and a way to its charge."""
        if reading.technique not in self.techniques:
            return False
        if reading.technique != "galvanostatic_cycling" and column(reading, "discharge_capacity") is None:
            return False
        return _record(reading) is not None

    def analyse(self, reading: Reading, *, options: Mapping[str, object]) -> Finding:
        """Work out capacities. Raises InvalidSetting for any option; it has none."""
        check_options(self.name, self.options, options)
        record = _record(reading)
        if record is None:
            return Finding(analysis=self.name, version=self.version, summary="There is no current over time.")
        found = half_cycles(record.current, record.step_charge, record.potential)
        cycle, efficiency = cycle_numbers(found.direction), 100.0 * efficiencies(found.direction, found.charge)
        mass_g = _mass_g(reading)
        n = int(np.searchsorted(cycle, _MOST_CYCLES, "right"))
        return Finding(
            analysis=self.name,
            version=self.version,
            summary=_summary(found, cycle, efficiency, record.source),
            properties=_properties(found, cycle, efficiency, mass_g, n, f"{self.name}/{self.version}"),
            columns=tuple(name for name, _ in _COLUMNS),
            units=tuple(unit for _, unit in _COLUMNS),
            rows=_rows(found, cycle, efficiency, mass_g, record, n),
            doubts=_doubts(found, cycle, record, n),
        )


def _record(reading: Reading) -> _Record | None:
    current, time = column(reading, "current"), column(reading, "time")
    potential = column(reading, "potential")
    if current is None or current.size == 0:
        return None
    charge = column(reading, "charge")
    pair = column(reading, "charge_capacity"), column(reading, "discharge_capacity")
    if charge is not None and charge.shape == current.shape and bool(np.all(np.isfinite(charge))):
        step, source = np.diff(charge, prepend=charge[:1]), "the file's own charge"
    elif all(part is not None and part.shape == current.shape and bool(np.all(np.isfinite(part))) for part in pair):
        charged, discharged = (from_counter(part) for part in pair if part is not None)
        step, source = charged - discharged, "the file's own capacities"
    elif time is not None and time.shape == current.shape:
        step, source = integrated(time, current) / 3600.0, "the current over time"
    else:
        return None
    unknown = np.full(current.shape, np.nan)
    return _Record(
        current=current,
        potential=potential if potential is not None and potential.shape == current.shape else unknown,
        time=time if time is not None and time.shape == current.shape else unknown,
        step_charge=step,
        source=source,
    )


def _mass_g(reading: Reading) -> float | None:
    mass = reading.metadata.get("active_mass")
    if not isinstance(mass, Measured) or not mass.value > 0.0:
        return None
    return mass.in_unit("g").value


def _kind(direction: int) -> str:
    return "charge" if direction > 0 else "discharge"


def _properties(
    found: HalfCycles, cycle: NDArray[np.intp], efficiency: Array, mass_g: float | None, n: int, method: str
) -> tuple[Property, ...]:
    properties = []
    for i in range(n):
        condition = {"cycle": int(cycle[i])}
        kind, charge = _kind(found.direction[i]), float(found.charge[i])
        claims = [(f"{kind}_capacity", charge, "mA*h")]
        if mass_g is not None:
            claims.append((f"specific_{kind}_capacity", charge / mass_g, "mA*h/g"))
        claims.append(("coulombic_efficiency", float(efficiency[i]), "percent"))
        properties += [
            Property(term=term, value=Measured(value, unit), condition=condition, method=method)
            for term, value, unit in claims
            if np.isfinite(value)
        ]
    return tuple(properties)


def _rows(
    found: HalfCycles, cycle: NDArray[np.intp], efficiency: Array, mass_g: float | None, record: _Record, n: int
) -> tuple[tuple[Cell, ...], ...]:
    start, end = record.time[found.first], record.time[found.last]
    return tuple(
        (
            i + 1,
            int(cycle[i]),
            _kind(found.direction[i]),
            finite(start[i]),
            finite(end[i] - start[i]),
            int(found.n_points[i]),
            finite(found.charge[i]),
            finite(found.charge[i] / mass_g) if mass_g is not None else None,
            finite(found.mean_potential[i]),
            finite(record.potential[found.last[i]]),
            finite(efficiency[i]),
        )
        for i in range(n)
    )


def _doubts(found: HalfCycles, cycle: NDArray[np.intp], record: _Record, n: int) -> tuple[str, ...]:
    doubts = []
    if n < cycle.size:
        doubts.append(f"There are {int(cycle[-1])} cycles; only the first {_MOST_CYCLES} are listed.")
    if bool(np.any(np.diff(record.time) < 0)):
        doubts.append("The time runs backwards in places; charge integrated over them counts as 0.")
    if _is_cut_off(found, record):
        kind = _kind(found.direction[-1])
        doubts.append(
            f"The last {kind} ends with the file, short of the potential of earlier ones: it is not complete."
        )
    return tuple(doubts)


def _is_cut_off(found: HalfCycles, record: _Record) -> bool:
    """Say whether the last half cycle ends with the file, before the potential at which others of its kind ended."""
    if found.last.size < 3 or found.last[-1] < record.current.size - 2:
        return False
    ends = record.potential[found.last] * found.direction
    earlier = ends[:-1][found.direction[:-1] == found.direction[-1]]
    return bool(ends[-1] < np.median(earlier) - _SAME_LIMIT_V)


def _summary(found: HalfCycles, cycle: NDArray[np.intp], efficiency: Array, source: str) -> str:
    if cycle.size == 0:
        return "No current flowed."
    n = int(cycle[-1])
    first = f"{_kind(found.direction[0])} {found.charge[0]:.4g} mA*h"
    known = efficiency[np.isfinite(efficiency)]
    mean = f", coulombic efficiency {np.median(known):.4g} % in the median" if known.size else ""
    return (
        f"{n} cycle{'s' if n > 1 else ''}, the first {first}{mean}; charge from {source}, positive current is charge."
    )


ANALYSIS = GalvanostaticCycling()
