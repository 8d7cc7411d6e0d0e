"""From EC-Lab's columns to named variables, alike for the binary file and its text export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.quantity.series import Series
from kiban.readers.biologic.labels import CONTROL, name_for, role_of, spell, split
from kiban.records.reading import Role, Variable

POTENTIOSTATIC, GALVANOSTATIC = 2, 1
"""Values of `mode`; 3 is rest."""

_STAND_INS = {
    "potential": ("potential_average", "cell_potential", "cell_potential_average"),
    "current": ("current_average",),
    "counter_potential": ("counter_potential_average",),
}
"""EC-Lab records a quantity either at an instant or averaged. Where only the average is there, it takes the plain name,
so that nobody has to look for the potential under two names; its label keeps the brackets `<Ewe>`."""

_FIRST = {
    "impedance": ("frequency", "impedance_real", "impedance_imaginary_negative"),
    "cyclic_voltammetry": ("time", "current", "potential"),
    "linear_sweep_voltammetry": ("time", "current", "potential"),
    "chronoamperometry": ("time", "current", "potential"),
    "galvanostatic_cycling": ("time", "potential", "current", "charge"),
}
"""The axis and what is drawn first, by technique; otherwise potential and current over time."""

_ANALOG_LIMIT_V = 20.0
"""No analog input of these instruments takes more."""


@dataclass(frozen=True, slots=True)
class RawColumn:
    """One column of the file: its label as written and its values, shape (n_points,)."""

    label: str
    values: NDArray[Any]
    name: str = ""
    """Ours, where the label does not tell it."""
    unit: str | None = None
    """As written, where it is not the one in the label."""


def variables_from(
    columns: Sequence[RawColumn], technique: str, *, name: str
) -> tuple[tuple[Variable, ...], tuple[str, ...]]:
    """Name the columns, say what is axis and what is signal, and put the most important first.

    Parameters
    ----------
    columns : sequence of RawColumn
        In the file's order, all of one length.
    technique : str
        A key of `kiban.records.technique`.
    name : str
        Of the file, for errors.

    Returns
    -------
    (tuple of Variable, tuple of str)
        The variables and the doubts that their values raise.

    Raises
    ------
    DamagedFile
        If time or frequency, against which all else is drawn, has gaps.
    """
    variables = _with_plain_names([_variable(column) for column in columns])
    variables = _numbered(variables + _controls(variables))
    leading = _FIRST.get(technique, ("time", "potential", "current"))
    there = {variable.name for variable in variables}
    # Some text exports leave the time out: then the first of the leading variables that is there carries the axis.
    axis = next((wanted for wanted in (leading[0], "time", "frequency") if wanted in there), None)
    if axis is not None:
        _require_finite(next(v for v in variables if v.name == axis), name)
    first = (axis, *leading)
    ordered = sorted(variables, key=lambda v: first.index(v.name) if v.name in first else len(first))
    dimension = axis or "point"
    shaped = tuple(replace(v, dimensions=(dimension,), role=_role(v, axis, technique)) for v in ordered)
    return shaped, _analog_doubts(shaped)


def current_from_charge(columns: Sequence[RawColumn]) -> RawColumn | None:
    """Work out the mean current of each step where the file has only the charge that passed in it.

    EC-Lab stores no current with galvanostatic cycling; its text export has `<I>`, which is the charge of a step over
    its duration. The first point has no duration: there the current is 0 if no charge had passed, otherwise unknown.
    """
    by_quantity = {split(column.label)[0]: column for column in columns}
    if {"I", "<I>"} & set(by_quantity) or not {"time", "dq"} <= set(by_quantity):
        return None
    charge, time = by_quantity["dq"], by_quantity["time"]
    if split(charge.label)[1] != "mA*h" or split(time.label)[1] != "s":
        return None
    duration = np.diff(time.values, prepend=np.nan)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        current = charge.values * 3600.0 / duration
    # Points at the same time (a step that ends at once) have no rate either.
    current[~np.isfinite(current)] = np.nan
    current[(charge.values == 0) & ~(duration > 0)] = 0.0
    return RawColumn("<I>/mA", current)


def _variable(column: RawColumn) -> Variable:
    quantity, unit, written = split(column.label)
    if column.unit is not None:
        unit, written = spell(column.unit), column.unit
    label = column.label
    if label == CONTROL:
        label = f"{CONTROL} (V where mode is {POTENTIOSTATIC}, mA where it is {GALVANOSTATIC})"
    name = column.name or name_for(quantity, unit)
    series = Series(column.values, unit)
    return Variable(name=name, series=series, dimensions=("point",), label=label, unit_as_written=written)


def _with_plain_names(variables: list[Variable]) -> list[Variable]:
    there = {variable.name for variable in variables}
    renamed: dict[str, str] = {}
    for plain, others in _STAND_INS.items():
        other = next((o for o in others if o in there), None)
        if plain not in there and other is not None:
            renamed[other] = plain
    # Only the first of several columns of one name takes the plain one.
    return [replace(v, name=renamed.pop(v.name)) if v.name in renamed else v for v in variables]


def _controls(variables: list[Variable]) -> list[Variable]:
    """Split `control/V/mA` into set potential and set current by the mode of each point; NaN elsewhere."""
    by_name = {variable.name: variable for variable in variables}
    if "control" not in by_name or "mode" not in by_name:
        return []
    if "control_potential" in by_name or "control_current" in by_name:
        return []
    control, mode = by_name["control"].series.values, by_name["mode"].series.values
    found = []
    for name, unit, wanted in (("control_potential", "V", POTENTIOSTATIC), ("control_current", "mA", GALVANOSTATIC)):
        if np.any(mode == wanted):
            values = np.where(mode == wanted, control, np.float32(np.nan))
            label = f"{CONTROL} where mode is {wanted}"
            found.append(Variable(name=name, series=Series(values, unit), dimensions=("point",), label=label))
    return found


def _numbered(variables: list[Variable]) -> list[Variable]:
    used: set[str] = set()
    unique = []
    for variable in variables:
        name, count = variable.name, 1
        while name in used:
            count += 1
            name = f"{variable.name}_{count}"
        used.add(name)
        unique.append(replace(variable, name=name))
    return unique


def _role(variable: Variable, axis: str | None, technique: str) -> Role:
    if variable.name == axis:
        return Role.AXIS
    if variable.name == "time" or (technique == "impedance" and variable.name in {"potential", "current"}):
        return Role.AUXILIARY
    return role_of(variable.name)


def _require_finite(axis: Variable, name: str) -> None:
    wrong = np.flatnonzero(~np.isfinite(axis.series.values))
    if wrong.size:
        raise DamagedFile(
            f"{name}: {axis.label} is not a number at point {wrong[0] + 1} of {len(axis.series)}.",
            mend="Export the measurement again from EC-Lab; the file is kept as it came.",
        )


def _analog_doubts(variables: Sequence[Variable]) -> tuple[str, ...]:
    doubts = []
    for variable in variables:
        if variable.name.startswith("analog_input") and variable.series.unit == "V":
            values = variable.series.values[np.isfinite(variable.series.values)]
            largest = float(np.max(np.abs(values))) if values.size else 0.0
            if largest > _ANALOG_LIMIT_V:
                doubts.append(
                    f"{variable.label} reaches {largest:.4g}, more than an analog input takes: EC-Lab scaled it to "
                    "another quantity, which this file does not name."
                )
    return tuple(doubts)


def loop_column(ranges: Sequence[tuple[int, int]], n_points: int) -> tuple[RawColumn | None, tuple[str, ...]]:
    """Number the loop of each point, from 0.

    Parameters
    ----------
    ranges : sequence of (int, int)
        First and last point of each loop, counted from 0.
    n_points : int

    Returns
    -------
    (RawColumn or None, tuple of str)
        None where there are no loops, or where they do not cover the points exactly once; then a doubt says so.
    """
    if not ranges:
        return None, ()
    expected = 0
    for first, last in ranges:
        if first != expected or last < first:
            break
        expected = last + 1
    if expected != n_points or ranges[-1][1] + 1 != n_points:
        return None, (f"The list of loops does not fit the {n_points} points, so no loop is given for them.",)
    sizes = [last - first + 1 for first, last in ranges]
    return RawColumn("loop", np.repeat(np.arange(len(ranges), dtype=np.uint32), sizes)), ()
