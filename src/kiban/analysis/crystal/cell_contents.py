"""Applying symmetry: all places of each listed site in the unit cell, and sites that share a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.errors import InvalidValue
from kiban.records.matter.crystal import AtomSite, UnitCell

Array = NDArray[np.float64]

SAME_PLACE = 0.05
"""Angstrom. Images of a site on a symmetry element differ by rounding of its coordinates; split sites lie wider."""
_ROUNDING = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSite:
    """A site as the file lists it."""

    label: str
    element: str
    occupancy: float
    fraction: tuple[float, float, float]


def places(fraction: Array, rotations: Array, translations: Array, cell: UnitCell) -> Array:
    """Give the images of a site in the cell, each once.

    Parameters
    ----------
    fraction : array, shape (3,)
    rotations, translations : array, shape (n_operations, 3, 3) and (n_operations, 3)

    Returns
    -------
    array, shape (n_places, 3)
        Fractional coordinates in [0, 1), the listed one first.
    """
    images = _wrapped(rotations @ fraction + translations)
    vectors = np.array(cell.vectors)
    kept: list[Array] = []
    for image in images:
        if not kept or float(_distances(np.array(kept), image, vectors).min()) > SAME_PLACE:
            kept.append(image)
    return np.array(kept)


def fill_cell(sites: Sequence[ListedSite], operations: tuple[Array, Array], cell: UnitCell) -> tuple[AtomSite, ...]:
    """Place every site; those of different elements that lie on one place become one, which they share.

    Raises
    ------
    InvalidValue
        If the atoms on one place are more than one together.
    """
    vectors = np.array(cell.vectors)
    groups: list[tuple[list[ListedSite], Array]] = []
    for site in sites:
        first = _wrapped(np.array(site.fraction))
        near = (g for g in groups if float(_distances(g[1], first, vectors).min()) <= SAME_PLACE)
        if (group := next(near, None)) is not None:
            group[0].append(site)
        else:
            groups.append(([site], places(first, *operations, cell)))
    return tuple(
        AtomSite(label=label, occupancy=occupancy, fraction=(float(x), float(y), float(z)))
        for label, occupancy, images in ((*_together(members), images) for members, images in groups)
        for x, y, z in images
    )


def _together(members: list[ListedSite]) -> tuple[str, dict[str, float]]:
    occupancy: dict[str, float] = {}
    for site in members:
        occupancy[site.element] = occupancy.get(site.element, 0.0) + site.occupancy
    label = "/".join(dict.fromkeys(site.label for site in members))
    if sum(occupancy.values()) > 1 + _ROUNDING:
        raise InvalidValue(
            f"{label} lie on one place and are {sum(occupancy.values()):g} atoms together.",
            mend="Look at the occupancies in the file.",
        )
    return label, occupancy


def _wrapped(fractions: Array) -> Array:
    # -1e-17 % 1 is 1.0 in floats, and 0.99999999 lies at 0 as well.
    inside = fractions % 1.0
    return np.where(inside > 1.0 - 1e-7, 0.0, inside)


def _distances(many: Array, one: Array, vectors: Array) -> Array:
    """Distances in angstrom to the nearest image in a neighbouring cell; right for all that are short."""
    apart = many - one
    return np.asarray(np.linalg.norm((apart - np.round(apart)) @ vectors, axis=-1), dtype=np.float64)
