"""A crystal: its unit cell and every atom in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from kiban.errors import InvalidValue
from kiban.records.matter.elements import ATOMIC_NUMBERS

Vector = tuple[float, float, float]

_ROUNDING = 1e-3
"""Occupancies of a site that are refined one by one may add up to a little more than 1."""


def cell_volume(lengths: Vector, angles: Vector) -> float:
    """Volume of a unit cell, angles in degrees, in the cube of the unit of the lengths; NaN where no such cell exists.

    References
    ----------
    International Tables for Crystallography, Volume D (2013), equation 1.1.2.9 (the metric tensor's determinant).
    """
    x, y, z = (math.cos(math.radians(angle)) for angle in angles)
    square = 1.0 - x * x - y * y - z * z + 2.0 * x * y * z
    return math.prod(lengths) * math.sqrt(square) if square > 0 else math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCell:
    """Lengths of the edges in angstrom, and the angles between them in degrees."""

    lengths: Vector
    angles: Vector

    def __post_init__(self) -> None:
        if not all(math.isfinite(each) and each > 0 for each in (*self.lengths, *self.angles)) or not self.volume > 0:
            raise InvalidValue(
                f"There is no cell with the edges {self.lengths} Å and the angles {self.angles}°.",
                mend="Look at the cell in the file.",
            )

    @property
    def volume(self) -> float:
        """In angstrom³."""
        return cell_volume(self.lengths, self.angles)

    @property
    def vectors(self) -> tuple[Vector, Vector, Vector]:
        """The edges in Cartesian coordinates, angstrom: a along x, b in the plane of x and y."""
        a, b, c = self.lengths
        cos_alpha, cos_beta, cos_gamma = (_cos(angle) for angle in self.angles)
        sin_gamma = math.sqrt(1.0 - cos_gamma * cos_gamma)
        y = c * (cos_alpha - cos_beta * cos_gamma) / sin_gamma
        return (a, 0.0, 0.0), (b * cos_gamma, b * sin_gamma, 0.0), (c * cos_beta, y, self.volume / (a * b * sin_gamma))

    def cartesian(self, fraction: Vector) -> Vector:
        """Bring fractional coordinates to Cartesian ones, angstrom."""
        x, y, z = (sum(f * vector[i] for f, vector in zip(fraction, self.vectors, strict=True)) for i in range(3))
        return x, y, z


def _cos(degrees: float) -> float:
    # cos(90°) in floats is 6e-17, which would put a tail on every cubic cell.
    return 0.0 if degrees == 90.0 else math.cos(math.radians(degrees))


@dataclass(frozen=True, slots=True, kw_only=True)
class AtomSite:
    """One place in the cell, and what sits there.

    Parameters
    ----------
    label : str
        As the file names the site it is, or is an image of; two labels with a `/` where two share a place.
    occupancy : mapping of element symbol to float
        Above 0; adds up to 1 at most, and to less where part of the places are empty.
    fraction : tuple of float
        Coordinates as fractions of the edges, in [0, 1).
    """

    label: str
    occupancy: Mapping[str, float]
    fraction: Vector

    def __post_init__(self) -> None:
        unknown = [symbol for symbol in self.occupancy if symbol not in ATOMIC_NUMBERS]
        if unknown or not self.occupancy:
            raise InvalidValue(
                f"The site {self.label} holds '{', '.join(unknown)}', which is no element.", mend="Name an element."
            )
        if min(self.occupancy.values()) <= 0 or sum(self.occupancy.values()) > 1 + _ROUNDING:
            raise InvalidValue(
                f"The site {self.label} is occupied to {sum(self.occupancy.values()):g}.",
                mend="Occupancies lie above 0 and add up to 1 at most.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Crystal:
    """A unit cell with all its atoms, symmetry applied.

    Parameters
    ----------
    has_unplaced_atoms : bool
        The formula has atoms that have no place here: hydrogen that was not located, solvent.
    formula : str
        As the file states it; it counts where atoms have no place.
    """

    cell: UnitCell
    sites: tuple[AtomSite, ...]
    formula: str = ""
    has_unplaced_atoms: bool = False

    @property
    def contents(self) -> dict[str, float]:
        """Atoms of each element in the cell that have a place."""
        found: dict[str, float] = {}
        for site in self.sites:
            for element, occupancy in site.occupancy.items():
                found[element] = found.get(element, 0.0) + occupancy
        return found

    @property
    def is_disordered(self) -> bool:
        """Whether a site is shared, or partly empty."""
        return any(len(s.occupancy) > 1 or sum(s.occupancy.values()) < 1 - _ROUNDING for s in self.sites)
