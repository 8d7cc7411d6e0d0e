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
import struct
from collections.abc import Mapping
from itertools import accumulate
from operator import sub

from kiban.records.likeness import COMPOSITION, Likeness, Nearness

_ROW = (
    "He Ne Ar Kr Xe Rn Fr Cs Rb K Na Li Ra Ba Sr Ca Eu Yb Lu Tm Y Er Ho Dy Tb Gd Sm Pm Nd Pr Ce La Ac Th Pa U Np Pu Am "
    "Cm Bk Cf Es Fm Md No Lr Sc Zr Hf Ti Ta Nb V Cr Mo W Re Tc Os Ru Ir Rh Pt Pd Au Ag Cu Ni Co Fe Mn Mg Zn Cd Hg Be "
    "Al Ga In Tl Pb Sn Ge Si B C N P As Sb Bi Po Te Se S O At I Br Cl F H"
)
SCALE = tuple(_ROW.split())
"""The elements in the order of the scale."""
VERSION = 2
"""Raised by one whenever the same composition would give another curve than before."""
FALL = 10.0
"""At this distance, in steps, the score has fallen to 1/e: about the length of one block of the row."""
_SUM = 10_000.0
_TOGETHER = 4
_AMOUNT = struct.Struct("<Bd")
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
    places = sorted((_PLACE[element], amount / total) for element, amount in amounts.items())
    curve = b"".join(_AMOUNT.pack(place, amount) for place, amount in places)
    return Likeness(kind=COMPOSITION, version=VERSION, low=0, high=len(SCALE), curve=curve)


def rough_of(found: Likeness) -> tuple[int, ...]:
    """The sums along the scale, four added up, in whole ten-thousandths: differences of them are exact in single
    precision, and add up to no more than the distance.
    """
    sums = _sums(found)
    return tuple(round(_SUM * math.fsum(sums[i : i + _TOGETHER])) for i in range(0, len(sums), _TOGETHER))


def _sums(found: Likeness) -> list[float]:
    along = [0.0] * len(SCALE)
    for place, amount in _AMOUNT.iter_unpack(found.curve):
        along[place] = amount
    return list(accumulate(along))


def nearness_of(one: Likeness, other: Likeness) -> Nearness:
    """Compare two compositions of one version."""
    distance = math.fsum(map(abs, map(sub, _sums(one), _sums(other))))
    return Nearness(score=math.exp(-distance / FALL), distance=distance)
