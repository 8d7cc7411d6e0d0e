"""JCAMP-DX, from columns of numbers to variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Distribution, Kind, Origin
from kiban.records.reading import Role, Variable


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """The numbers of one symbol of a table, multiplied by its factor."""

    symbol: str
    values: NDArray[np.float64]
    quantum: float | None = None
    """The step between two possible values, where they were written as integers with a stated factor."""


def axis_variable(name: str, column: Column, unit: str, label: str, written: str) -> Variable:
    """Make the variable that others are drawn against."""
    series = Series(column.values, unit)
    return Variable(
        name=name, series=series, dimensions=(name,), role=Role.AXIS, label=label, unit_as_written=written.strip()
    )


def signal_variable(
    name: str, column: Column, unit: str, dimensions: tuple[str, ...], *, label: str, written: str, role: Role
) -> Variable:
    """Make a measured variable; where its steps are known they are its uncertainty."""
    doubt = None
    if column.quantum:
        doubt = Uncertainties(
            values=np.array([column.quantum]),
            kind=Kind.RESOLUTION,
            origin=Origin.FILE,
            distribution=Distribution.RECTANGULAR,
        )
    series = Series(column.values, unit, doubt)
    return Variable(
        name=name, series=series, dimensions=dimensions, role=role, label=label, unit_as_written=written.strip()
    )


def unique(name: str, others: Sequence[Variable]) -> str:
    """Number a name that is taken."""
    taken = {variable.name for variable in others}
    if name not in taken:
        return name
    return next(f"{name}_{i}" for i in range(2, len(taken) + 3) if f"{name}_{i}" not in taken)


def doubt_percent(made: Sequence[Variable]) -> list[str]:
    """Doubt fractions that are far above 1: many programs write percent under the label of the fraction."""
    doubts = []
    for variable in made:
        values = variable.series.values
        if variable.series.unit in {"transmittance", "reflectance"} and np.any(np.isfinite(values)):
            highest = float(np.nanmax(values))
            if highest > 2.0:
                doubts.append(
                    f"The unit {variable.unit_as_written} is a fraction of 1, but {variable.name} reaches "
                    f"{highest:.6g}: it looks like percent."
                )
    return doubts
