"""Branches of an adsorption isotherm as variables along one pressure."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.series import Series
from kiban.readers.tables.column_headers import ColumnHeader
from kiban.readers.tables.number_columns import read_numbers
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Role, Variable

MEND = "Export the isotherm again, or copy the file again; it is kept as it came."
BRANCHES = ("adsorption", "desorption")
"""What the numbers of the variable `branch` stand for."""
_STP = re.compile(r"\(?\s*S\.?T\.?P\.?\s*\)?", re.IGNORECASE)
_VOLUME = re.compile(r"(?:cm\^?3|cc|ml)(?=$|[\s/*])", re.IGNORECASE)
_SIGNALS = frozenset({"adsorbed_volume_stp", "amount_adsorbed", "adsorbed_mass", "enthalpy_of_adsorption"})


@dataclass(frozen=True, slots=True)
class Branch:
    """The rows of one branch."""

    name: str
    headers: tuple[ColumnHeader, ...]
    columns: tuple[tuple[str, ...], ...]


def loading(written: str) -> tuple[str, str | None]:
    """Name and unit of what was adsorbed: `ml(STP) g-1` is a volume at standard conditions for each gram.

    Returns
    -------
    (str, str or None)
        `adsorbed_volume_stp` or `amount_adsorbed`, and the unit; `None` where it is not understood.
    """
    plain = _VOLUME.sub("cm^3", _STP.sub(" ", written)).strip().replace(" /", "/")
    plain = re.sub(r"\s+", " ", re.sub(r"cm\^3\s*g\^?-1", "cm^3/g", plain))
    unit = read_unit(plain)
    is_volume = unit is not None and unit.startswith("cm**3")
    return "adsorbed_volume_stp" if is_volume else "amount_adsorbed", unit


def variables_of(branches: Sequence[Branch], *, axis: str, place: str) -> tuple[Variable, ...]:
    """Join the branches to variables along the pressure, with `branch` (0 adsorption, 1 desorption).

    Raises
    ------
    DamagedFile
        If a cell is no number, or a pressure is missing.
    NothingMeasured
        If no branch has a point.
    """
    filled = [branch for branch in branches if branch.columns and branch.columns[0]]
    if not filled:
        raise NothingMeasured(f"{place} has no points.", mend="If points were measured, export the isotherm again.")
    headers: dict[str, ColumnHeader] = {}
    for branch in filled:
        for header in branch.headers:
            headers.setdefault(header.name, header)
    found: list[Variable] = []
    for name, header in headers.items():
        values = np.concatenate([_values(branch, name, place) for branch in filled])
        if not bool(np.any(np.isfinite(values))):
            continue
        role = Role.SIGNAL if name in _SIGNALS else Role.AUXILIARY
        found.append(
            Variable(
                name=name,
                series=Series(values, header.unit),
                dimensions=(axis,),
                role=Role.AXIS if name == axis else role,
                label=header.label,
                unit_as_written=header.unit_as_written,
            )
        )
    pressure = next((v for v in found if v.name == axis), None)
    if pressure is None or not bool(np.all(np.isfinite(pressure.series.values))):
        raise DamagedFile(f"{place}: a pressure was expected in each row; there is a row without.", mend=MEND)
    numbers = np.concatenate([np.full(len(b.columns[0]), BRANCHES.index(b.name), dtype=np.int64) for b in filled])
    branch_of = Variable(name="branch", series=Series(numbers), dimensions=(axis,), role=Role.AUXILIARY)
    rank = {Role.AXIS: 0, Role.SIGNAL: 1, Role.AUXILIARY: 2}
    return tuple(sorted([*found, branch_of], key=lambda v: rank[v.role]))


def with_branches_told_apart(variables: tuple[Variable, ...], axis: str) -> tuple[Variable, ...]:
    """Number the branches of rows that the file does not part: desorption begins after the highest pressure."""
    pressure = next(v for v in variables if v.name == axis).series.values
    turn = int(np.argmax(pressure))
    numbers: NDArray[np.int64] = (np.arange(len(pressure)) > turn).astype(np.int64)
    return tuple(replace(v, series=Series(numbers)) if v.name == "branch" else v for v in variables)


def _values(branch: Branch, name: str, place: str) -> NDArray[np.float64]:
    for header, cells in zip(branch.headers, branch.columns, strict=True):
        if header.name == name:
            column = read_numbers(cells)
            if column.texts:
                row = next(i for i, cell in enumerate(cells, 1) if cell.strip() in column.texts)
                raise DamagedFile(
                    f"{place}: a number was expected in row {row} of column '{header.label}' ({branch.name}), "
                    f"'{cells[row - 1][:30]}' was found.",
                    mend=MEND,
                )
            return column.values
    return np.full(len(branch.columns[0]), math.nan)


def short_date(text: str) -> datetime | None:
    """Read `17/01/16`, which BELSORP's programs write year first; `None` for any other text."""
    match = re.fullmatch(r"(\d{2})/(\d{2})/(\d{2})", text.strip())
    if match is None:
        return None
    try:
        return datetime(2000 + int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
