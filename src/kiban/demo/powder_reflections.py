"""The lines of a powder pattern that follow from a crystal structure: spacings, multiplicities, structure factors.

Symmetry and form factors come from gemmi: those of International Tables for Crystallography C (1992), table 6.1.1.4,
for neutral atoms, and the anomalous part by Cromer and Liberman, J. Chem. Phys. 53, 1891 (1970).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kiban.demo.structures import Structure

_SAME_PLACE = 1e-4
_ABSENT = 1e-6
"""Reflections with less of the strongest |F|² are left out."""
_EV_NM = 1239.841984
"""Photon energy times wavelength, eV nm (CODATA 2018)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reflection:
    """All lattice planes that are equivalent by symmetry."""

    hkl: tuple[int, int, int]
    multiplicity: int
    spacing_angstrom: float
    structure_factor_squared: float
    """|F|² of the unit cell, electrons squared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCell:
    """What the cell holds, as the intensities need it."""

    volume_angstrom3: float
    mass_dalton: float


@cache
def unit_cell(structure: Structure) -> UnitCell:
    """Volume and mass of the unit cell."""
    import gemmi

    mass = sum(
        gemmi.Element(site.element).weight * len(_places(structure, i)) for i, site in enumerate(structure.sites)
    )
    return UnitCell(volume_angstrom3=gemmi.UnitCell(*structure.cell).volume, mass_dalton=mass)


@cache
def reflections(structure: Structure, *, wavelength_nm: float, two_theta_max_deg: float) -> tuple[Reflection, ...]:
    """Work out all reflections up to an angle.

    Parameters
    ----------
    wavelength_nm : float
        Fixes with the angle which spacings are reached, and the anomalous scattering.
    two_theta_max_deg : float
        Below 180.

    Returns
    -------
    tuple of Reflection
        In order of falling spacing, without those that symmetry or chance extinguishes.
    """
    import gemmi

    cell = gemmi.UnitCell(*structure.cell)
    group = gemmi.find_spacegroup_by_name(structure.space_group)
    operations = group.operations()
    unique = gemmi.ReciprocalAsu(group)
    least = 10 * wavelength_nm / (2 * math.sin(math.radians(two_theta_max_deg / 2)))
    h_max, k_max, l_max = (int(length / least) for length in structure.cell[:3])
    found = []
    for hkl in itertools.product(range(-h_max, h_max + 1), range(-k_max, k_max + 1), range(-l_max, l_max + 1)):
        spacing = cell.calculate_d(hkl) if any(hkl) else 0.0
        if spacing >= least and unique.is_in(hkl) and not operations.is_systematically_absent(hkl):
            equivalents = {tuple(operation.apply_to_hkl(hkl)) for operation in operations.sym_ops}
            equivalents |= {tuple(-index for index in other) for other in equivalents}
            found.append(
                Reflection(
                    hkl=hkl,
                    multiplicity=len(equivalents),
                    spacing_angstrom=spacing,
                    structure_factor_squared=abs(_structure_factor(structure, hkl, spacing, wavelength_nm)) ** 2,
                )
            )
    strongest = max((r.structure_factor_squared for r in found), default=0.0)
    kept = [r for r in found if r.structure_factor_squared > _ABSENT * strongest]
    return tuple(sorted(kept, key=lambda r: -r.spacing_angstrom))


@cache
def _places(structure: Structure, site: int) -> NDArray[np.float64]:
    """All places of one site in the unit cell, shape (n_atoms, 3)."""
    import gemmi

    it = structure.sites[site]
    places: list[NDArray[np.float64]] = []
    for operation in gemmi.find_spacegroup_by_name(structure.space_group).operations():
        place = np.array(operation.apply_to_xyz([it.x, it.y, it.z]))
        apart = [place - other for other in places]
        if all(np.max(np.abs(d - np.round(d))) > _SAME_PLACE for d in apart):
            places.append(place)
    return np.array(places)


def _structure_factor(
    structure: Structure, hkl: tuple[int, int, int], spacing_angstrom: float, wavelength_nm: float
) -> complex:
    """F(hkl) = Σ f exp(-B s²) exp(2πi h·r) with s = sin θ/λ = 1/2d."""
    import gemmi

    s2 = 0.25 / spacing_angstrom**2
    total = 0j
    for i, site in enumerate(structure.sites):
        element = gemmi.Element(site.element)
        real, imaginary = gemmi.cromer_liberman(element.atomic_number, _EV_NM / wavelength_nm)
        scattering = element.it92.calculate_sf(s2) + complex(real, imaginary)
        phases = np.exp(2j * np.pi * (_places(structure, i) @ np.array(hkl)))
        total += scattering * math.exp(-site.b_iso_angstrom2 * s2) * complex(np.sum(phases))
    return total
