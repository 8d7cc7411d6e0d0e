"""How far two compositions are from each other: the Earth Mover's distance along the modified Pettifor scale.

The scale puts the elements in a row in which neighbours replace each other in crystals. The distance is the work of
carrying the amounts of one composition to the places of the other, in steps of that row: SrTiO3 is 0.2 from CaTiO3,
because a fifth of the atoms goes one step. Half the sum of the differences of single amounts, which is plainer, does
not know that elements are related: it says 0.2 for SrTiO3 and AuTiO3 alike. On a row, the work is the area between both
sums of amounts along it, so a database can compare it like any other vector.

Scale: H. Glawe, A. Sanna, E. K. U. Gross and M. A. L. Marques, New J. Phys. 18, 093011 (2016). Distance: C. J.
Hargreaves, M. S. Dyer, M. W. Gaultois, V. A. Kurlin and M. J. Rosseinsky, Chem. Mater. 32, 10610 (2020).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from kiban.records.likeness import COMPOSITION, Likeness

_ROW = (
    "He Ne Ar Kr Xe Rn Fr Cs Rb K Na Li Ra Ba Sr Ca Eu Yb Lu Tm Y Er Ho Dy Tb Gd Sm Pm Nd Pr Ce La Ac Th Pa U Np Pu Am "
    "Cm Bk Cf Es Fm Md No Lr Sc Zr Hf Ti Ta Nb V Cr Mo W Re Tc Os Ru Ir Rh Pt Pd Au Ag Cu Ni Co Fe Mn Mg Zn Cd Hg Be "
    "Al Ga In Tl Pb Sn Ge Si B C N P As Sb Bi Po Te Se S O At I Br Cl F H"
)
SCALE = tuple(_ROW.split())
"""The elements in the order of the scale."""
VERSION = 1
"""Raised by one whenever the same composition would give another curve than before."""
TENFOLD = 10.0
"""At this distance, in steps, the score has fallen to 1/e: about the length of one block of the row."""
_PLACE = {element: place for place, element in enumerate(SCALE)}


def likeness_of(fractions: Mapping[str, float]) -> Likeness:
    """Derive what a composition is compared by: the sum of its amounts along the scale.

    Parameters
    ----------
    fractions : mapping of str to float
        Amount fractions of elements, in any proportion to what they should add up to.

    Returns
    -------
    Likeness
        Of kind "" where there is nothing, or an element that has no place on the scale (beyond lawrencium).
    """
    amounts = {element: amount for element, amount in fractions.items() if amount > 0.0}
    total = math.fsum(amounts.values())
    if not amounts or not math.isfinite(total) or not amounts.keys() <= _PLACE.keys():
        return Likeness(kind="", version=VERSION)
    along = np.zeros(len(SCALE))
    for element, amount in amounts.items():
        along[_PLACE[element]] = amount / total
    return Likeness(
        kind=COMPOSITION, version=VERSION, low=0, high=len(SCALE), curve=np.cumsum(along).astype("<f8").tobytes()
    )


def sums(found: Likeness) -> NDArray[np.float64]:
    """The sums along the scale, as numbers."""
    return np.frombuffer(found.curve, dtype="<f8").astype(np.float64)


def score_of(distance: float) -> float:
    """The score from 0 to 1 of a distance in steps."""
    return math.exp(-distance / TENFOLD)
