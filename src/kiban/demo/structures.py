"""A few published crystal structures, as data.

Cells and coordinates are those of the works cited. The displacement parameters are round values that are usual at room
temperature; they are not from these works.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Site:
    """One atom of the asymmetric unit, fully occupied."""

    label: str
    element: str
    x: float
    y: float
    z: float
    b_iso_angstrom2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A crystal structure at room temperature."""

    key: str
    """Word for file names."""
    name: str
    formula: str
    """Elements in alphabetical order with blanks between, as CIF writes it."""
    space_group: str
    """Hermann-Mauguin symbol with the choice of origin or axes where there are several: `F d -3 m:1`."""
    cell: tuple[float, float, float, float, float, float]
    """a, b, c in Å, α, β, γ in degrees."""
    sites: tuple[Site, ...]
    reference: str


Key = Literal["silicon", "rutile", "anatase", "lithium-cobalt-oxide", "sodium-chloride", "ceria", "corundum"]

STRUCTURES: Mapping[Key, Structure] = {
    "silicon": Structure(
        key="silicon",
        name="Silicon",
        formula="Si",
        space_group="F d -3 m:1",
        cell=(5.431020511, 5.431020511, 5.431020511, 90, 90, 90),
        sites=(Site("Si1", "Si", 0, 0, 0, 0.46),),
        reference="CODATA 2018: E. Tiesinga, P. J. Mohr, D. B. Newell, B. N. Taylor, Rev. Mod. Phys. 93, 025010 (2021)",
    ),
    "rutile": Structure(
        key="rutile",
        name="Rutile",
        formula="O2 Ti",
        space_group="P 42/m n m",
        cell=(4.593659, 4.593659, 2.958682, 90, 90, 90),
        sites=(Site("Ti1", "Ti", 0, 0, 0, 0.5), Site("O1", "O", 0.30479, 0.30479, 0, 0.5)),
        reference="S. C. Abrahams, J. L. Bernstein, J. Chem. Phys. 55, 3206 (1971)",
    ),
    "anatase": Structure(
        key="anatase",
        name="Anatase",
        formula="O2 Ti",
        space_group="I 41/a m d:1",
        cell=(3.7842, 3.7842, 9.5146, 90, 90, 90),
        sites=(Site("Ti1", "Ti", 0, 0, 0, 0.5), Site("O1", "O", 0, 0, 0.2081, 0.6)),
        reference="M. Horn, C. F. Schwerdtfeger, E. P. Meagher, Z. Kristallogr. 136, 273 (1972)",
    ),
    "lithium-cobalt-oxide": Structure(
        key="lithium-cobalt-oxide",
        name="Lithium cobalt oxide",
        formula="Co Li O2",
        space_group="R -3 m:H",
        cell=(2.8161, 2.8161, 14.0536, 90, 90, 120),
        sites=(
            Site("Li1", "Li", 0, 0, 0, 1.0),
            Site("Co1", "Co", 0, 0, 0.5, 0.3),
            Site("O1", "O", 0, 0, 0.23951, 0.5),
        ),
        reference="J. Akimoto, Y. Gotoh, Y. Oosawa, J. Solid State Chem. 141, 298 (1998)",
    ),
    "sodium-chloride": Structure(
        key="sodium-chloride",
        name="Sodium chloride",
        formula="Cl Na",
        space_group="F m -3 m",
        cell=(5.6402, 5.6402, 5.6402, 90, 90, 90),
        sites=(Site("Na1", "Na", 0, 0, 0, 1.7), Site("Cl1", "Cl", 0.5, 0.5, 0.5, 1.4)),
        reference="H. E. Swanson, R. K. Fuyat, Natl. Bur. Stand. (U.S.) Circ. 539 II, 41 (1953)",
    ),
    "ceria": Structure(
        key="ceria",
        name="Cerium dioxide",
        formula="Ce O2",
        space_group="F m -3 m",
        cell=(5.40972, 5.40972, 5.40972, 90, 90, 90),
        sites=(Site("Ce1", "Ce", 0, 0, 0, 0.3), Site("O1", "O", 0.25, 0.25, 0.25, 0.5)),
        reference="C. Artini et al., Inorg. Chem. (2015), doi:10.1021/acs.inorgchem.5b00395",
    ),
    "corundum": Structure(
        key="corundum",
        name="Corundum",
        formula="Al2 O3",
        space_group="R -3 c:H",
        cell=(4.757, 4.757, 12.9877, 90, 90, 120),
        sites=(Site("Al1", "Al", 0, 0, 0.35218, 0.25), Site("O1", "O", 0.30625, 0, 0.25, 0.3)),
        reference="A. Kirfel, K. Eichhorn, Acta Cryst. A46, 271 (1990)",
    ),
}
