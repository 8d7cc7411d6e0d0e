"""Peak currents and potentials of cyclic voltammograms.

*What it needs*: a Reading of technique `cyclic_voltammetry` with `current` and `potential` of one length, with units.

*What it does*: divides the measurement at the turning points of the potential (of `control_potential` where there is
one), finds in each sweep the maxima of the current in the sweep's direction that stand out by 2 % of the sweep's range
and eight times its noise, and puts each at the highest point of a cubic curve through its top. Of a sweep towards
higher potential the most prominent is the anodic peak, of one towards lower potential the cathodic peak. Two sweeps are
a cycle, numbered from 1. Both together give the peak separation and the half-wave potential, their mean.

Baseline: peak currents are counted from zero current. Charging current and the tail of the sweep before are in them.

*Uncertainties*: of that point, from the scatter of the points about the curve or the noise of the sweep. Those of
current range, reference electrode and uncompensated resistance are not included.

*Left out*: peaks without a maximum of their own (shoulders, waves with a plateau); more than five peaks of a sweep;
cycles beyond the thousandth.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.analysis.contract import Cell, Finding, check_options
from kiban.analysis.electrochemistry.columns import column
from kiban.analysis.electrochemistry.sweeps import Sweep, sweeps
from kiban.analysis.peaks.bands import bands
from kiban.analysis.peaks.curve import curve, white_noise
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin, Uncertainty
from kiban.records.property import Property
from kiban.records.reading import Reading

Array = NDArray[np.float64]

_LEAST = 0.02
_NOISE_TIMES = 8.0
_SURE = 0.25
_MOST_PEAKS = 5
_MOST_CYCLES = 1000
_FEWEST_POINTS = 7
_COLUMNS = (
    ("sweep", ""), ("cycle", ""), ("direction", ""), ("potential", "V"), ("u_potential", "V"), ("current", "mA"),
    ("u_current", "mA"), ("prominence", "mA"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Peak:
    sweep: int
    """Counted from 0."""
    direction: int
    potential_v: float
    u_potential_v: float
    current_ma: float
    u_current_ma: float
    prominence_ma: float

    @property
    def cycle(self) -> int:
        return self.sweep // 2 + 1

    @property
    def word(self) -> str:
        return "anodic" if self.direction > 0 else "cathodic"

    @property
    def potential(self) -> Measured:
        return _measured(self.potential_v, "V", self.u_potential_v)

    @property
    def current(self) -> Measured:
        return _measured(self.current_ma, "mA", self.u_current_ma)


class CyclicVoltammetry:
    """Finds the peaks of cyclic voltammograms."""

    name = "cyclic_voltammetry"
    version = 1
    title = "Peaks of cyclic voltammograms"
    techniques = ("cyclic_voltammetry",)
    options: tuple[str, ...] = ()

    def applies(self, reading: Reading) -> bool:
        """Say whether there are current and potential of one length."""
        if reading.technique not in self.techniques:
            return False
        current, potential = column(reading, "current"), column(reading, "potential")
        return current is not None and potential is not None and current.shape == potential.shape

    def analyse(self, reading: Reading, *, options: Mapping[str, object]) -> Finding:
        """Find the peaks. Raises InvalidSetting for any option; it has none."""
        check_options(self.name, self.options, options)
        current, potential = column(reading, "current"), column(reading, "potential")
        if current is None or potential is None:
            return Finding(analysis=self.name, version=self.version, summary="There is no current over potential.")
        set_potential = column(reading, "control_potential")
        has_set = set_potential is not None and set_potential.shape == potential.shape
        steering = set_potential if has_set and set_potential is not None else potential
        known = np.isfinite(current) & np.isfinite(potential) & np.isfinite(steering)
        with np.errstate(all="ignore"):
            found = sweeps(np.clip(steering[known], -1e6, 1e6))
            peaks = [
                _peaks(n, each, potential[known], current[known]) for n, each in enumerate(found[: 2 * _MOST_CYCLES])
            ]
        return self._finding(peaks, len(found))

    def _finding(self, peaks: list[tuple[_Peak, ...]], n_sweeps: int) -> Finding:
        method = f"{self.name}/{self.version}"
        main = [max(of_sweep, key=lambda peak: peak.prominence_ma) for of_sweep in peaks if of_sweep]
        doubts: tuple[str, ...] = ()
        if n_sweeps > 2 * _MOST_CYCLES:
            doubts = (f"There are {n_sweeps} sweeps; only those of the first {_MOST_CYCLES} cycles were looked at.",)
        return Finding(
            analysis=self.name,
            version=self.version,
            summary=_summary(main, n_sweeps),
            properties=(*_properties(main, method), *_pairs(main, method)),
            columns=tuple(name for name, _ in _COLUMNS),
            units=tuple(unit for _, unit in _COLUMNS),
            rows=tuple(_row(peak) for of_sweep in peaks for peak in of_sweep),
            doubts=doubts,
        )


def _peaks(number: int, sweep: Sweep, potential: Array, current: Array) -> tuple[_Peak, ...]:
    """The peaks of one sweep, in order of potential."""
    part = slice(sweep.first, sweep.end)
    noise = white_noise(current[part])
    points = curve(potential[part], sweep.direction * current[part])
    if len(points) < _FEWEST_POINTS:
        return ()
    span = float(np.ptp(points.y))
    least = max(_NOISE_TIMES * noise, _LEAST * span, 1e-300)
    found = bands(points.x, points.y, noise=noise, least=least, most=_MOST_PEAKS)
    # A jump of the current has a top, but no curve goes through it.
    is_peak = (found.u_height < _SURE * found.prominence) & np.isfinite(found.place) & np.isfinite(found.u_place)
    numbers = np.stack(
        (found.place, found.u_place, sweep.direction * found.height, found.u_height, found.prominence), 1
    )
    return tuple(
        _Peak(
            sweep=number, direction=sweep.direction, potential_v=place, u_potential_v=u_place, current_ma=height,
            u_current_ma=u_height, prominence_ma=prominence,
        )
        for place, u_place, height, u_height, prominence in numbers[is_peak].tolist()
    )  # fmt: skip


def _measured(value: float, unit: str, u: float, origin: Origin = Origin.FIT) -> Measured:
    return Measured(value, unit, Uncertainty(value=u, origin=origin))


def _properties(main: list[_Peak], method: str) -> list[Property]:
    return [
        Property(term=f"{peak.word}_peak_{what}", value=value, condition={"cycle": peak.cycle}, method=method)
        for peak in main
        for what, value in (("current", peak.current), ("potential", peak.potential))
    ]


def _pairs(main: list[_Peak], method: str) -> list[Property]:
    """Separation and mean of the two peaks of each cycle that has both."""
    by_cycle: dict[int, dict[int, _Peak]] = {}
    for peak in main:
        by_cycle.setdefault(peak.cycle, {})[peak.direction] = peak
    properties = []
    for cycle, pair in by_cycle.items():
        if len(pair) < 2:
            continue
        anodic, cathodic = pair[1], pair[-1]
        u = math.hypot(anodic.u_potential_v, cathodic.u_potential_v)
        claims = {
            "peak_separation": (anodic.potential_v - cathodic.potential_v, u),
            "half_wave_potential": (0.5 * (anodic.potential_v + cathodic.potential_v), 0.5 * u),
        }
        properties += [
            Property(
                term=term,
                value=_measured(value, "V", of, Origin.PROPAGATED),
                condition={"cycle": cycle},
                method=method,
            )
            for term, (value, of) in claims.items()
        ]
    return properties


def _row(peak: _Peak) -> tuple[Cell, ...]:
    return (
        peak.sweep + 1,
        peak.cycle,
        peak.word,
        peak.potential_v,
        peak.u_potential_v,
        peak.current_ma,
        peak.u_current_ma,
        peak.prominence_ma,
    )


def _summary(main: list[_Peak], n_sweeps: int) -> str:
    n_cycles = (n_sweeps + 1) // 2
    cycles = f"{n_cycles} cycle{'s' if n_cycles != 1 else ''}"
    if not main:
        return f"{cycles} without a peak of the current." if n_sweeps else "The potential was not swept."
    first = main[0].cycle
    shown = " and ".join(f"{peak.word} {peak.current} at {peak.potential}" for peak in main if peak.cycle == first)
    return f"{cycles}; cycle {first}: {shown}; currents from zero."


ANALYSIS = CyclicVoltammetry()
