"""Axes of LabSpec: what their types and units are called here, and the fold of a list of places into a map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.quantity.series import Series
from kiban.quantity.spelling import respell
from kiban.readers.tables.column_headers import slug
from kiban.records.reading import Role, Variable

MEND = "Save it again from LabSpec; the file is kept as it came."

Array = NDArray[np.float64]

_OF_UNIT = {"1/cm": "raman_shift", "nm": "wavelength", "um": "wavelength", "eV": "photon_energy", "THz": "frequency"}
_PLACES = {"X": "position_x", "XA": "position_x", "Y": "position_y", "YA": "position_y"}
_TYPES = {
    **_PLACES,
    "Z": "position_z",
    "ZA": "position_z",
    "Time": "time",
    "T": "time",
    "Temp": "temperature",
    "Temperature": "temperature",
    "Intens": "intensity",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """An axis as the file describes it; both texts are empty where it says nothing."""

    number: int
    kind: str
    unit: str

    @property
    def is_spectral(self) -> bool:
        """It is the axis of the spectra."""
        return self.kind.lower().startswith("spectr")

    @property
    def is_place(self) -> bool:
        """It lies in the plane of the sample."""
        return self.kind in _PLACES

    @property
    def name(self) -> str:
        """Our name of it."""
        if self.is_spectral:
            return _OF_UNIT.get(respell(self.unit), "spectral_axis")
        return _TYPES.get(self.kind) or slug(self.kind) or f"axis_{self.number}"

    def variable(self, values: Array, dimensions: tuple[str, ...], role: Role) -> Variable:
        """Make a variable of it."""
        return Variable(
            name=self.name,
            series=Series(values, respell(self.unit) if self.unit else "arbitrary_unit"),
            dimensions=dimensions,
            role=role,
            label=self.kind,
            unit_as_written=self.unit,
        )


def axes_of(stated: Mapping[int, tuple[str, str]], count: int, spectral_unit: str) -> list[Axis]:
    """Describe axes 0 to `count` - 1.

    Parameters
    ----------
    stated : mapping
        Type and unit by the axis' number, as far as the file states them: 0 is the intensity, 1 the innermost axis.
    spectral_unit : str
        That of the spectra where older files state it elsewhere.
    """
    usual = {0: ("Intens", ""), 1: ("Spectr", spectral_unit)} if not stated else {}
    axes = [(usual | dict(stated)).get(number, ("", "")) for number in range(count)]
    return [Axis(number=number, kind=kind, unit=unit) for number, (kind, unit) in enumerate(axes)]


def check_distinct(axes: list[Axis], file: str) -> None:
    """Refuse two axes of one name. Raises DamagedFile."""
    names = [axis.name for axis in axes]
    if len(set(names)) < len(names):
        raise DamagedFile(f"{file}: axes of different kinds were expected; they are {', '.join(names)}.", mend=MEND)


def technique(axes: list[Axis]) -> str:
    """A Raman shift can only be of Raman scattering; a wavelength can be of luminescence too."""
    if axes[1].is_place and any(axis.is_place for axis in axes[2:]):
        return "image"
    return "raman" if axes[1].name == "raman_shift" else "spectrum"


def is_monotone(values: Array) -> bool:
    """Each value lies further than the one before, or each less far."""
    steps = np.diff(values)
    return bool(np.all(steps > 0) or np.all(steps < 0))


def folded(slow: Array, fast: Array) -> tuple[Array, Array] | None:
    """Find the grid in a list of places that runs through it.

    Parameters
    ----------
    slow, fast : array, shape (n,)
        The coordinates of each place; `fast` changes from one to the next.

    Returns
    -------
    (array, array) or None
        The rows and the columns in their order; `None` where the places fill no grid row by row.
    """
    columns = fast[: int(np.argmax(slow != slow[0])) or slow.size]
    if slow.size % columns.size:
        return None
    rows = slow[:: columns.size]
    is_grid = bool(np.all(slow == np.repeat(rows, columns.size)) and np.all(fast == np.tile(columns, rows.size)))
    return (rows, columns) if is_grid and is_monotone(rows) and is_monotone(columns) else None


def empty_spectra(values: Array) -> tuple[str, ...]:
    """Doubt spectra that hold nothing but zeros: that is how LabSpec fills the part of a map that it did not reach."""
    spectra = values.reshape(-1, values.shape[-1])
    n_empty = int((~spectra.any(axis=1)).sum())
    if not n_empty:
        return ()
    return (f"{n_empty} of {len(spectra)} spectra hold nothing but zeros: the measurement was perhaps interrupted.",)
