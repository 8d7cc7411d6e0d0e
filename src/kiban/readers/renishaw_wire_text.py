"""Renishaw WiRE text: spectra and maps that WiRE exports as `.txt`.

Instrument
----------
Raman microscopes of Renishaw (inVia, Virsa, ...) with the program WiRE.

What is read
------------
One Reading of technique `raman` with

- `raman_shift` in 1/cm, shape (n_points,), in the order of the file, which is usually descending. The file does not
  name the unit: it is that of WiRE's usual scale, with a doubt;
- `intensity` in arbitrary units: shape (n_points,) for a single spectrum; (y, x, n_points) for a map whose places fill
  a grid row by row, with `position_x` and `position_y` (µm) as axes; (n_spectra, n_points) for lines and series along
  `position_z` (µm), `time` (s), `temperature` or what else was stepped, and for places that fit no grid.

Uncertainties
-------------
None: counts of a CCD are in units of its converter, and cosmic rays and backgrounds may have been taken away.

What is left out
----------------
Nothing. Settings are not in the file; the binary WDF has them.

File structure
--------------
Text, CR LF. A first line of column names, each with a hash, between two tabs: `#Wave`, `#Intensity`, for maps and
series the places before them (`#X`, `#Y`, `#Z`, `#Time`, ...). Then rows of numbers between tabs, the whole spectrum of
a place before that of the next. Worked out from 1 real file and what 4 open programs say of maps.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.labspec.axes import folded, is_monotone
from kiban.readers.number_list import rows
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import slug
from kiban.readers.text import decode
from kiban.records.reading import Reading, Role, Variable

_MEND = "Export it again from WiRE, or bring the WDF file; the file is kept as it came."
_HEAD = re.compile(r"(?P<places>(?:#[A-Za-z][A-Za-z ]*\t+)*)#Wave\t+#Intensity[ \t]*")
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?(?:#[A-Za-z][A-Za-z ]*\t+){0,4}#Wave\t+#Intensity[ \t]*\r?\n")
_PLACES = {
    "x": ("position_x", "um"),
    "y": ("position_y", "um"),
    "z": ("position_z", "um"),
    "time": ("time", "s"),
}
_UNIT_DOUBT = "The file does not name the unit of '#Wave'; it is taken for the Raman shift in 1/cm, WiRE's usual scale."


class RenishawWireText:
    """Reads text of WiRE."""

    name = "renishaw_wire_text"
    version = 1
    title = "Renishaw WiRE text"
    makers = ("Renishaw",)
    techniques = ("raman",)
    suffixes = (".txt",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose first line names the columns #Wave and #Intensity as WiRE does."""
        if _FIRST.match(source.head):
            return Recognition(Confidence.CERTAIN, "its first line is '#Wave #Intensity' with the tabs of WiRE")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the spectrum, map or series. Raises as the contract says."""
        text, _ = decode(source.read())
        first, *lines = text.lstrip("\ufeff").splitlines() or [""]
        match = _HEAD.fullmatch(first)
        if match is None:
            raise DamagedFile(f"{source.name}: a first line '#Wave #Intensity' was expected.", mend=_MEND)
        labels = [name.strip() for name in match["places"].replace("\t", "").split("#")[1:]]
        table = rows(lines, what="data", file=source.name, first_line=2)
        if len(table) == 0:
            raise NothingMeasured(f"{source.name} has no row of numbers.", mend=_MEND)
        if table.shape[1] != len(labels) + 2:
            raise DamagedFile(
                f"{source.name}: rows of {len(labels) + 2} numbers were expected; they have {table.shape[1]}.",
                mend=_MEND,
            )
        variables, doubts = _variables(table, labels, source.name)
        return [
            Reading(
                technique="raman",
                title=source.name or "Raman spectrum",
                variables=variables,
                header={"columns": [*labels, "Wave", "Intensity"]},
                metadata={"maker": "Renishaw"},
                doubts=(_UNIT_DOUBT, *doubts),
            )
        ]


def _variables(
    table: NDArray[np.float64], labels: list[str], file: str
) -> tuple[tuple[Variable, ...], tuple[str, ...]]:
    along = "raman_shift"
    if not labels:
        return (_axis(along, "1/cm", table[:, 0], "Wave"), _intensity(table[:, 1], along)), _order(table[:, 0])
    names = [_PLACES.get(label.lower(), (slug(label) or f"place_{n}", "")) for n, label in enumerate(labels)]
    if len({name for name, _ in names}) < len(names):
        raise DamagedFile(f"{file}: columns of different names were expected; {', '.join(labels)} are not.", mend=_MEND)
    n_points = _n_points(table, len(labels), file)
    cube = table.reshape(-1, n_points, table.shape[1])
    wave, values = cube[0, :, -2], np.ascontiguousarray(cube[:, :, -1])
    places = cube[:, 0, : len(labels)]
    axis = _axis(along, "1/cm", wave, "Wave")
    by_name = {name: places[:, n] for n, (name, _) in enumerate(names)}
    if set(by_name) == {"position_x", "position_y"}:
        return _map(axis, by_name["position_x"], by_name["position_y"], values)
    if len(names) == 1 and len(values) > 1 and is_monotone(places[:, 0]):
        name, unit = names[0]
        return (axis, _axis(name, unit, places[:, 0], labels[0]), _intensity(values, name, along)), _order(wave)
    known = [
        Variable(name=name, series=Series(column, unit), dimensions=("spectrum",), role=Role.AUXILIARY, label=label)
        for (name, unit), column, label in zip(names, places.T, labels, strict=True)
    ]
    return (axis, *known, _intensity(values, "spectrum", along)), _order(wave)


def _n_points(table: NDArray[np.float64], n_places: int, file: str) -> int:
    """The points of each spectrum: as long as the place stays the same. Raises where spectra differ in their axis."""
    moved = np.flatnonzero(np.any(table[1:, :n_places] != table[:-1, :n_places], axis=1))
    n_points = int(moved[0]) + 1 if moved.size else len(table)
    if len(table) % n_points:
        raise DamagedFile(
            f"{file}: whole spectra of {n_points} points were expected; {len(table)} rows are no multiple of it.",
            mend=_MEND,
        )
    cube = table.reshape(-1, n_points, table.shape[1])
    if bool(np.any(cube[:, :, : n_places + 1] != np.concatenate(
        [np.repeat(cube[:, :1, :n_places], n_points, axis=1), np.repeat(cube[:1, :, n_places:-1], len(cube), axis=0)],
        axis=2,
    ))):  # fmt: skip
        raise DamagedFile(f"{file}: spectra at the same {n_points} points were expected; they differ.", mend=_MEND)
    return n_points


def _map(
    axis: Variable, x: NDArray[np.float64], y: NDArray[np.float64], values: NDArray[np.float64]
) -> tuple[tuple[Variable, ...], tuple[str, ...]]:
    """Fold the places into rows and columns, whichever of both moves first; else keep them as they are."""
    for slow, fast, slow_name, _fast_name in ((y, x, "position_y", "position_x"), (x, y, "position_x", "position_y")):
        grid = folded(slow, fast) if len(values) > 1 else None
        if grid is None or min(grid[0].size, grid[1].size) < 2:
            continue
        cube = values.reshape(grid[0].size, grid[1].size, -1)
        if slow_name == "position_x":
            grid, cube = (grid[1], grid[0]), np.ascontiguousarray(cube.transpose(1, 0, 2))
        return (
            axis,
            _axis("position_y", "um", grid[0], "Y"),
            _axis("position_x", "um", grid[1], "X"),
            _intensity(cube, "position_y", "position_x", axis.name),
        ), _order(axis.series.values)
    known = [
        Variable(name=name, series=Series(column, "um"), dimensions=("spectrum",), role=Role.AUXILIARY, label=label)
        for name, column, label in (("position_x", x, "X"), ("position_y", y, "Y"))
    ]
    return (axis, *known, _intensity(values, "spectrum", axis.name)), _order(axis.series.values)


def _axis(name: str, unit: str, values: NDArray[np.float64], label: str) -> Variable:
    return Variable(name=name, series=Series(values, unit), dimensions=(name,), role=Role.AXIS, label=label)


def _intensity(values: NDArray[np.float64], *dimensions: str) -> Variable:
    return Variable(name="intensity", series=Series(values, "arbitrary_unit"), dimensions=dimensions, label="Intensity")


def _order(wave: NDArray[np.float64]) -> tuple[str, ...]:
    if is_monotone(wave):
        return ()
    return ("The axis neither ascends nor descends throughout: ranges of the spectrum overlap.",)


READER = RenishawWireText()
