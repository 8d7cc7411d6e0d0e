"""A powder pattern in a CIF as a Reading: measured, processed and calculated intensities against an axis.

Source: the powder dictionary cif_pow.dic of the IUCr (names, units and meaning of the tags).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Distribution, Origin
from kiban.readers.cif_parts.block import Block, Loop, spelled
from kiban.readers.cif_parts.metadata import read_metadata, title
from kiban.readers.cif_parts.numbers import is_numeric, read_number, read_series
from kiban.records.reading import Reading, Role, Variable

_AXES: dict[str, tuple[str, str]] = {
    "_pd_meas_2theta_scan": ("two_theta", "deg"),
    "_pd_meas_2theta_corrected": ("two_theta", "deg"),
    "_pd_proc_2theta_corrected": ("two_theta_corrected", "deg"),
    "_pd_meas_time_of_flight": ("time_of_flight", "us"),
    "_pd_meas_position": ("position", "mm"),
    "_pd_proc_d_spacing": ("d_spacing", "angstrom"),
    "_pd_proc_recip_len_q": ("q", "1/angstrom"),
    "_pd_proc_energy_incident": ("energy_incident", "eV"),
    "_pd_proc_energy_detection": ("energy_detected", "eV"),
    "_pd_proc_wavelength": ("wavelength", "angstrom"),
}
_INTENSITIES: dict[str, tuple[str, str]] = {
    "_pd_meas_counts_total": ("intensity", "count"),
    "_pd_meas_intensity_total": ("intensity", "arbitrary_unit"),
    "_pd_meas_counts_background": ("counts_background", "count"),
    "_pd_meas_counts_monitor": ("counts_monitor", "count"),
    "_pd_meas_intensity_background": ("intensity_background", "arbitrary_unit"),
    "_pd_meas_step_count_time": ("count_time", "s"),
    "_pd_proc_intensity_total": ("intensity_processed", "arbitrary_unit"),
    "_pd_proc_intensity_net": ("intensity_net", "arbitrary_unit"),
    "_pd_proc_intensity_norm": ("intensity_norm", "arbitrary_unit"),
    "_pd_proc_intensity_bkg_calc": ("background_calculated", "arbitrary_unit"),
    "_pd_proc_intensity_bkg_fix": ("background_fixed", "arbitrary_unit"),
    "_pd_proc_ls_weight": ("weight", ""),
    "_pd_calc_intensity_total": ("intensity_calculated", "arbitrary_unit"),
    "_pd_calc_intensity_net": ("intensity_calculated_net", "arbitrary_unit"),
}
_MEASURED = ("intensity", "intensity_processed", "intensity_net")


def powder_loops(block: Block) -> list[Loop]:
    """The loops that hold a pattern: some intensity, at two points or more."""
    return [
        loop
        for loop in block.loops
        if loop.n_rows > 1 and any(spelled(tag) in _INTENSITIES for tag in loop.tags) and _numeric(loop)
    ]


def _numeric(loop: Loop) -> bool:
    return any(
        is_numeric(column) for tag, column in zip(loop.tags, loop.columns, strict=True) if spelled(tag) in _INTENSITIES
    )


def read_pattern(block: Block, loop: Loop, *, name: str) -> Reading:
    """Make the Reading of one loop.

    Raises
    ------
    DamagedFile
        If the block gives the range and step of the axis, and they do not fit the number of points.
    """
    header, doubts = block.header()
    axes = {**_axes_of_loop(loop), **_axes_of_ranges(block, loop.n_rows, name)}
    signals = _signals(block, loop)
    variables = _arranged(axes, signals)
    if not any(v.name in _MEASURED for v in variables):
        doubts.append("The intensities are calculated; none was measured.")
    neutrons = (block.text("_diffrn_radiation_probe") or "").lower() == "neutron"
    if neutrons:
        doubts.append("The pattern was measured with neutrons, for which the list of techniques has no word yet.")
    return Reading(
        technique="table" if neutrons else "xrd",
        title=f"{title(block)}, powder pattern",
        variables=tuple(variables),
        header=header,
        metadata=read_metadata(block),
        doubts=tuple(doubts),
    )


def _axes_of_loop(loop: Loop) -> dict[str, Variable]:
    axes: dict[str, Variable] = {}
    for tag, (name, unit) in _AXES.items():
        texts = loop.column(tag)
        if texts is not None and is_numeric(texts) and name not in axes:
            axes[name] = Variable(name=name, series=read_series(texts, unit), dimensions=("point",), label=tag)
    return axes


def _axes_of_ranges(block: Block, n_points: int, name: str) -> dict[str, Variable]:
    """The axis of a scan in equal steps, of which a CIF gives only the first and last angle and the step."""
    axes: dict[str, Variable] = {}
    for kind, axis in (("meas", "two_theta"), ("proc", "two_theta_corrected")):
        texts = [block.text(f"_pd_{kind}_2theta_range_{end}") for end in ("min", "max", "inc")]
        numbers = [read_number(text) for text in texts if text is not None]
        known = [number.value for number in numbers if number is not None]
        if len(known) < 3 or known[2] <= 0:
            continue
        first, last, step = known
        if abs(first + step * (n_points - 1) - last) > 0.5 * step:
            raise DamagedFile(
                f"{name}: from {first:g}° to {last:g}° in steps of {step:g}° is not {n_points} points, which follow.",
                mend="Export the pattern again; the file is kept as it came.",
            )
        angles = np.linspace(first, last, n_points)
        label = f"_pd_{kind}_2theta_range_"
        axes[axis] = Variable(name=axis, series=Series(angles, "deg"), dimensions=("point",), label=label)
    return axes


def _signals(block: Block, loop: Loop) -> dict[str, Variable]:
    signals: dict[str, Variable] = {}
    for tag, (name, unit) in _INTENSITIES.items():
        texts = loop.column(tag)
        if texts is None or not is_numeric(texts) or name in signals:
            continue
        series = read_series(texts, unit, uncertainties=block.uncertainties(tag))
        if unit == "count" and series.uncertainty is None:
            series = _counted(series.values)
        role = Role.SIGNAL if "intensity" in name else Role.AUXILIARY
        signals[name] = Variable(name=name, series=series, dimensions=("point",), role=role, label=tag)
    return signals


def _counted(values: NDArray[np.float64]) -> Series:
    """Counts without an uncertainty: the dictionary has their standard uncertainty be the square root."""
    doubt = Uncertainties(
        values=np.sqrt(np.maximum(values, 0.0)), origin=Origin.ESTIMATE, distribution=Distribution.POISSON
    )
    return Series(values, "count", doubt)


def _arranged(axes: dict[str, Variable], signals: dict[str, Variable]) -> list[Variable]:
    """The axis first (the measured one, if it has no gaps), then what was measured, then all else."""
    ordered = [*axes.values(), *sorted(signals.values(), key=lambda v: v.name != "intensity")]
    axis = next((v for v in axes.values() if bool(np.all(np.isfinite(v.series.values)))), None)
    if axis is None:
        return [replace(v, role=Role.AUXILIARY) if v.name in axes else v for v in ordered]
    out = []
    for variable in ordered:
        role = Role.AXIS if variable is axis else Role.AUXILIARY if variable.name in axes else variable.role
        out.append(replace(variable, dimensions=(axis.name,), role=role))
    return sorted(out, key=lambda v: v.role is not Role.AXIS)
