"""What is true in a virtual laboratory: formulas of what is set, or a data set that was measured."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kiban.errors import InvalidSetting, InvalidValue
from kiban.laboratory.contract import Submission
from kiban.planning.space.formula import Formula, compiled
from kiban.quantity.measured import Measured

_HEADER = re.compile(r"(?P<name>.*?)\s*[\[(](?P<unit>[^\[\]()]*)[\])]\s*")


class Truth(Protocol):
    """Says what comes out where nothing disturbs."""

    def __call__(self, submission: Submission) -> dict[str, float]:
        """Each outcome in the unit that it is asked for in; without those that have no value at this point.

        Raises InvalidSetting if it knows nothing of an outcome, or not what is set.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaTruth:
    """Formulas of the parameters, in their units; levels in words stand for numbers."""

    formulas: Mapping[str, Formula]
    levels: Mapping[str, Mapping[str, float]]

    def __call__(self, submission: Submission) -> dict[str, float]:
        """See `Truth`."""
        missing = [name for name in submission.outcomes if name not in self.formulas]
        if missing:
            raise InvalidSetting(
                f"The virtual laboratory has no formula of {missing[0]}, which is asked for.",
                mend="Add it to its settings, under formulas.",
            )
        found = {name: value_of(self.formulas[name], submission, self.levels) for name in submission.outcomes}
        return {name: value for name, value in found.items() if math.isfinite(value)}


def formulas_in(texts: Mapping[str, object]) -> dict[str, Formula]:
    """Understand formulas. Raises InvalidSetting."""
    found = {}
    for name, text in texts.items():
        try:
            found[name] = compiled(str(text))
        except InvalidValue as e:
            raise InvalidSetting(f"Of {name}: {e.fault}", mend=e.mend) from e
    return found


def value_of(formula: Formula, submission: Submission, levels: Mapping[str, Mapping[str, float]]) -> float:
    """What a formula gives at the point of a submission. Raises InvalidSetting."""
    columns: dict[str, NDArray[np.float64]] = {}
    for name in formula.names:
        value = submission.point.get(name)
        number = levels.get(name, {}).get(value) if isinstance(value, str) else value
        if number is None:
            told = f"no number for {name} = {value!r}" if value is not None else f"'{name}', which is not set"
            raise InvalidSetting(
                f"The formula {formula.text!r} needs {told}.",
                mend="Name parameters of the campaign, and give numbers for words under levels.",
            )
        columns[name] = np.asarray([number], dtype=np.float64)
    return float(formula(columns, 1)[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolTruth:
    """A data set that was measured: what comes out is that of the nearest row."""

    source: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __call__(self, submission: Submission) -> dict[str, float]:
        """See `Truth`."""
        distance = np.zeros(len(self.rows))
        for name, value in submission.point.items():
            cells, unit = self._column(name)
            if isinstance(value, str):
                distance += np.array([0.0 if cell == value else 1.0 for cell in cells])
                continue
            numbers = self._numbers(name, cells, unit, submission.units.get(name, ""))
            span = float(np.ptp(numbers)) or 1.0
            distance += ((numbers - value) / span) ** 2
        nearest = int(np.argmin(distance))
        found = {}
        for name, unit in submission.outcomes.items():
            cells, own = self._column(name)
            if cells[nearest].strip():
                found[name] = float(self._numbers(name, cells[nearest : nearest + 1], own, unit)[0])
        return found

    def _column(self, name: str) -> tuple[list[str], str]:
        for place, header in enumerate(self.headers):
            match = _HEADER.fullmatch(header)
            if header == name or (match is not None and match["name"] == name):
                unit = match["unit"].strip() if header != name and match is not None else ""
                return [row[place].strip() for row in self.rows], unit
        raise InvalidSetting(
            f"{self.source} has no column {name}.",
            mend="Call its columns as parameters and outcomes of the campaign are called, with the unit in brackets "
            "where it is another one.",
        )

    def _numbers(self, name: str, cells: Sequence[str], own: str, wanted: str) -> NDArray[np.float64]:
        try:
            # A Measured is finite: beside a nan every row would be the nearest.
            return np.array([Measured(float(cell), own or wanted).in_unit(wanted).value for cell in cells])
        except (ValueError, InvalidValue) as e:
            raise InvalidSetting(
                f"{self.source}, column {name}: {e}", mend=f"Give numbers in '{wanted}', or name their unit."
            ) from e


def pool_in(path: Path) -> PoolTruth:
    """Read a data set from CSV: a row of headers, then one row for each experiment. Raises InvalidSetting."""
    try:
        table = [row for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()) if any(row)]
    except (OSError, UnicodeDecodeError) as e:
        raise InvalidSetting(f"The pool {path} cannot be read: {e}.", mend="Name a CSV file in UTF-8.") from e
    if len(table) < 2:
        raise InvalidSetting(f"The pool {path.name} has no rows.", mend="Give headers, and a row for each experiment.")
    headers = tuple(cell.strip() for cell in table[0])
    if odd := [number for number, row in enumerate(table, start=1) if len(row) != len(headers)]:
        raise InvalidSetting(
            f"Row {odd[0]} of {path.name} has another number of cells than its headers.", mend="Mend the row."
        )
    return PoolTruth(source=path.name, headers=headers, rows=tuple(tuple(row) for row in table[1:]))
