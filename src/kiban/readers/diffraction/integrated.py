"""Patterns that a program integrated from an image: their axes by the words of those programs, and their Reading."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Distribution, Origin
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_SMALL_ANGLE_PER_NM = 10.0
"""A scattering vector below it sees distances beyond 0.6 nm: more than between neighbouring atoms."""
_TWO_THETA = r"(?:2-?\s?theta|2th|two[- _]?theta|2θ|tth)(?: angle)?[ _]*"
_KNOWN = (
    (re.compile(_TWO_THETA + r"(?:deg|\(deg(?:rees)?\))?"), "two_theta", "deg"),
    (re.compile(_TWO_THETA + r"(?:rad|\(rad(?:ians)?\))"), "two_theta", "rad"),
    (re.compile(r"q[ _(]*(?:inverse nanomet(?:re|er)s?|nm\^?-1|1/nm)\)?"), "scattering_vector", "1/nm"),
    (re.compile(r"q[ _(]*(?:inverse [aå]ngstroms?|[aå]\^?-1|1/[aå])\)?"), "scattering_vector", "1/angstrom"),
    (re.compile(r"(?:radial distance|radius|r)[ _(]*mm\)?"), "radius", "mm"),
    (re.compile(r"d-spacings? ?\([aå]ngstroms?\)"), "d_spacing", "angstrom"),
    (re.compile(r"(?:azimuth|azimuthal angle|chi)[ _(]*deg(?:rees)?\)?"), "azimuth", "deg"),
)


@dataclass(frozen=True, slots=True)
class PatternAxis:
    """An axis: our name, its unit, and the file's words."""

    name: str
    unit: str
    written: str


def axis_of(written: str) -> PatternAxis | None:
    """Name an axis: `2-Theta Angle (Degrees)`, `Q (Inverse Nanometres)`, `q_nm^-1`; `None` for other words."""
    text = written.strip().lower()
    for words, name, unit in _KNOWN:
        if words.fullmatch(text):
            return PatternAxis(name, unit, written.strip())
    return None


def pattern(
    axis: PatternAxis,
    x: NDArray[np.float64],
    intensity: NDArray[np.float64],
    sigma: NDArray[np.float64] | None,
    *,
    title: str,
    header: Mapping[str, Json],
    metadata: Mapping[str, MetadataValue],
    label: str,
) -> Reading:
    """Make the Reading; an uncertainty that is not positive is not known."""
    per_nm = {"1/nm": 1.0, "1/angstrom": 10.0}.get(axis.unit)
    is_small = per_nm is not None and float(np.max(x)) * per_nm < _SMALL_ANGLE_PER_NM
    known = (
        None
        if sigma is None
        else Uncertainties(
            values=np.where(sigma > 0, sigma, np.nan), origin=Origin.FILE, distribution=Distribution.UNKNOWN
        )
    )
    doubts = ("Small-angle scattering was told from the range of q; the file does not name the technique.",)
    return Reading(
        technique="small_angle_scattering" if is_small else "xrd",
        title=title or "Integrated pattern",
        variables=(
            Variable(
                name=axis.name,
                series=Series(x, axis.unit),
                dimensions=(axis.name,),
                role=Role.AXIS,
                label=axis.written,
                unit_as_written=axis.unit,
            ),
            Variable(
                name="intensity",
                series=Series(intensity, "arbitrary_unit", known),
                dimensions=(axis.name,),
                label=label,
            ),
        ),
        header=header,
        metadata=metadata,
        doubts=doubts if is_small else (),
    )
