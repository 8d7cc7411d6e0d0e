"""Columns of thermal analyses, whatever the maker, as a Reading: names, axis, technique."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.quantity.series import Series
from kiban.readers.tables.column_headers import ColumnHeader, slug, unique
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_WORDS = {
    "temp": "temperature", "temp.": "temperature", "temperature": "temperature", "ts": "temperature",
    "sample temperature": "temperature", "tr": "reference_temperature", "t": "time", "time": "time",
    "program temperature": "program_temperature", "dsc": "heat_flow", "heat flow": "heat_flow", "dta": "dta",
    "delta t": "dta", "temperature difference": "dta", "heat flow (normalized)": "heat_flow", "mass": "mass",
    "weight": "mass", "sample weight": "mass", "tg": "mass", "tga": "mass", "mass change": "mass",
    "weight change": "weight_change", "mass loss": "mass_loss", "weight loss": "mass_loss", "dtg": "mass_rate",
    "deriv. weight": "mass_rate", "deriv. weight change": "mass_rate", "sensit.": "sensitivity",
    "heat capacity": "heat_capacity", "rev cp": "reversing_heat_capacity",
    "segment": "segment",
    "rev heat flow": "reversing_heat_flow", "reversing heat flow": "reversing_heat_flow",
    "nonrev heat flow": "nonreversing_heat_flow", "nonreversing heat flow": "nonreversing_heat_flow",
    "sample purge flow": "purge_flow", "balance purge flow": "balance_purge_flow", "dl/lo": "relative_length_change",
}  # fmt: skip
_MASSES = frozenset({"mass", "mass_loss", "weight_change"})
_HEATS = frozenset({"heat_flow", "dta", "reversing_heat_flow", "nonreversing_heat_flow", "specific_heat_capacity"})
_SIGNALS = (
    "mass",
    "mass_loss",
    "weight_change",
    "heat_flow",
    "dta",
    "reversing_heat_flow",
    "nonreversing_heat_flow",
    "specific_heat_capacity",
    "heat_capacity",
    "mass_rate",
    "relative_length_change",
)
_DEGREE = re.compile(r"^[^\w\s/(]{0,2}C$|^\?C$")
_GAS = re.compile(r"gas flow\s*\((?P<which>.*)\)", re.IGNORECASE)
_CP = re.compile(r"cp(?:\s*\(\d+\))?", re.IGNORECASE)
"""Proteus counts the curves of a specific heat: `Cp(5)`."""
_ION = re.compile(r"QMID\s*\(s:\s*\d+\s*\|\s*m:\s*(?P<mass>\d+(?:[.,]\d+)?)\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run or curve as a reader hands it over."""

    columns: Sequence[ColumnHeader]
    values: NDArray[np.float64]
    """Shape (n_points, n_columns)."""
    title: str
    header: Mapping[str, Json]
    metadata: Mapping[str, MetadataValue]
    sample_name: str | None = None
    operator: str | None = None
    instrument: str | None = None
    started_at: datetime | None = None
    doubts: tuple[str, ...] = ()


def column(words: str, unit_text: str, label: str) -> ColumnHeader:
    """Name a column by its words and its unit as written; a degree sign may have lost its code page on the way."""
    bare = unit_text.strip()
    unit = "degC" if _DEGREE.match(bare.strip("()[]")) else (read_unit(bare) if bare else "")
    gas, ion = _GAS.fullmatch(words.strip()), _ION.match(words.strip())
    folded = " ".join(words.lower().split())
    if gas is not None:
        name = f"gas_flow_{slug(gas['which'])}".rstrip("_")
    elif ion is not None:
        name = f"ion_current_{re.sub('[.,]', '_', ion['mass'])}"
    elif _CP.fullmatch(folded):
        name = "specific_heat_capacity"
    else:
        name = _WORDS.get(folded) or slug(words)
    return ColumnHeader(name=name, label=label, unit=unit or "", unit_as_written=bare.strip("()[]") if unit else "")


def reading(run: Run, *, place: str) -> Reading:
    """Make the Reading of a run.

    Parameters
    ----------
    place : str
        File and run, for messages.

    Raises
    ------
    DamagedFile
        If the time, or without a time the temperature, has gaps.
    """
    columns = unique(run.columns)
    names = [header.name for header in columns]
    axis = next((name for name in ("time", "temperature") if name in names), None)
    doubts = list(run.doubts)
    if axis is not None:
        values = run.values[:, names.index(axis)]
        _check_axis(values, axis, place)
        if axis == "time" and bool(np.any(values[1:] < values[:-1])):
            doubts.append("The time runs backwards in places: runs may have been joined.")
    variables = [_variable(h, run.values[:, i], axis) for i, h in enumerate(columns) if not _is_empty(run.values[:, i])]
    order = [axis, *(name for name in _SIGNALS), "temperature"]
    variables.sort(key=lambda v: order.index(v.name) if v.name in order else len(order))
    return Reading(
        technique=_technique(names),
        title=run.title,
        variables=tuple(variables),
        header=run.header,
        metadata=run.metadata,
        sample_name=run.sample_name,
        operator=run.operator,
        instrument=run.instrument,
        started_at=run.started_at,
        doubts=tuple(doubts),
    )


def _is_empty(values: NDArray[Any]) -> bool:
    return values.size > 0 and bool(np.all(np.isnan(values)))


def _check_axis(values: NDArray[np.float64], axis: str, place: str) -> None:
    wrong = np.flatnonzero(~np.isfinite(values))
    if wrong.size:
        raise DamagedFile(
            f"{place}: the {axis} is missing in row {wrong[0] + 1} of {values.size}.",
            mend="Export the measurement again; the file is kept as it came.",
        )


def _variable(header: ColumnHeader, values: NDArray[np.float64], axis: str | None) -> Variable:
    role = Role.AXIS if header.name == axis else Role.SIGNAL if header.name in _SIGNALS else Role.AUXILIARY
    if header.name.startswith("ion_current"):
        role = Role.SIGNAL
    return Variable(
        name=header.name,
        series=Series(np.ascontiguousarray(values), header.unit),
        dimensions=(axis or "point",),
        role=role,
        label=header.label,
        unit_as_written=header.unit_as_written,
    )


def _technique(names: Sequence[str]) -> str:
    """Thermogravimetry where a mass was recorded, with or without a heat flow; calorimetry where only that was."""
    if _MASSES & set(names):
        return "thermogravimetry"
    return "differential_scanning_calorimetry" if _HEATS & set(names) else "table"
