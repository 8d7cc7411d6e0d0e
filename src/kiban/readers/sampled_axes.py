"""Regularly sampled arrays (images, stacks, spectra, spectrum images): what their axes are called, and their values.

Microscopes' files give each axis of an array an origin, a step and a unit. What an axis is follows from its unit: a
length is a place (`x`, `y`, `z`), its reciprocal a spatial frequency (`k_x`, ...), an angle a direction, an energy the
axis of a spectrum. An axis that nobody calibrated counts its points in pixels from 0.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.spelling import respell
from kiban.records.reading import Role, Variable

PIXEL = "pixel"
_LETTERS = "xyz"
_LENGTH = re.compile(r"(?:[pnumkc]|f)?m|angstrom|inch|in")
_ENERGY = re.compile(r"[mkM]?eV")
_TIME = re.compile(r"(?:[fpnum])?s|min|h|hr")
_ANGLE = re.compile(r"[mu]?rad|deg")
_RECIPROCAL = re.compile(r"1 ?/ ?(?P<under>.+)|\(?(?P<raised>[^()/*]+?)\)?(?:\*\*|\^)?\s*(?:\(-1\)|-1|⁻¹|−1)")


class Kind(StrEnum):
    """What an axis measures, as far as its unit tells."""

    LENGTH = "length"
    RECIPROCAL = "reciprocal length"
    ANGLE = "angle"
    ENERGY = "energy"
    TIME = "time"
    PIXELS = "pixels"
    OTHER = "other"


def kind_of(unit: str) -> Kind:
    """Say what an axis in that unit measures; the spelling may be the file's."""
    spelled = respell(unit)
    # A text as long as a file must not be remembered.
    return _remembered(spelled) if len(spelled) <= _LONGEST_REMEMBERED else _kind_of(spelled)


def _kind_of(spelled: str) -> Kind:
    if spelled in {"", PIXEL}:
        return Kind.PIXELS
    if (reciprocal := _RECIPROCAL.fullmatch(spelled)) is not None:
        under = respell(reciprocal["under"] or reciprocal["raised"])
        return Kind.RECIPROCAL if _LENGTH.fullmatch(under) else Kind.OTHER
    for kind, pattern in (
        (Kind.LENGTH, _LENGTH),
        (Kind.ENERGY, _ENERGY),
        (Kind.TIME, _TIME),
        (Kind.ANGLE, _ANGLE),
    ):
        if pattern.fullmatch(spelled):
            return kind
    return Kind.OTHER


_LONGEST_REMEMBERED = 40
_remembered = lru_cache(maxsize=1 << 10)(_kind_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis of an array: the value at point i is `first + i * step`.

    Parameters
    ----------
    name : str
        Ours; empty where the unit shall decide.
    length : int
        Number of points.
    unit : str
        As the file spells it; empty where the axis is not calibrated.
    """

    length: int
    first: float = 0.0
    step: float = 1.0
    unit: str = ""
    name: str = ""
    label: str = ""
    points: NDArray[Any] | None = field(default=None, compare=False)
    """The value at each point, where these are not equally far apart."""

    @property
    def kind(self) -> Kind:
        """What it measures."""
        return kind_of(self.unit)

    @property
    def spelled_unit(self) -> str:
        """Our spelling of the unit: points that are merely numbered are pixels."""
        return respell(self.unit) or (PIXEL if self.step == 1.0 and self.points is None else "")

    @property
    def is_sound(self) -> bool:
        """Its values are finite and, where they are equally far apart, each differs from the next."""
        if self.points is not None:
            return len(self.points) == self.length and bool(np.isfinite(self.points).all())
        last = self.first + self.step * (self.length - 1)
        if not (math.isfinite(self.first) and math.isfinite(self.step) and math.isfinite(last) and self.step):
            return False
        # Far from zero a small step is lost in rounding, and points would coincide.
        return abs(self.step) > 1e-12 * max(abs(self.first), abs(last))

    def values(self) -> NDArray[Any]:
        """The place of each point, shape (length,)."""
        if self.points is not None:
            return self.points
        return self.first + self.step * np.arange(self.length, dtype=np.float64)


def named(axes: Sequence[Axis], *, energy: str = "energy", third: str = "frame") -> tuple[Axis, ...]:
    """Name axes by what they measure.

    Parameters
    ----------
    axes : sequence of Axis
        The one that runs fastest first, as x, y, z. Axes that have a name keep it.
    energy : str
        The name of an axis of energies.
    third : str
        The name of an axis in pixels that comes after two others.
    """
    letters: dict[Kind, int] = {}
    names: list[str] = []
    for place, axis in enumerate(axes):
        kind = axis.kind
        n = letters[kind] = letters.get(kind, -1) + 1
        letter = _LETTERS[n] if n < len(_LETTERS) else f"x{n + 1}"
        match kind:
            case _ if axis.name:
                name = axis.name
            case Kind.LENGTH:
                name = letter
            case Kind.RECIPROCAL:
                name = f"k_{letter}"
            case Kind.ANGLE:
                name = f"angle_{letter}"
            case Kind.ENERGY:
                name = energy
            case Kind.TIME:
                name = "time"
            case Kind.PIXELS if len(axes) > 1:
                name = _LETTERS[place] if place < 2 else third
            case _:
                name = "channel" if kind is Kind.PIXELS else f"axis_{place + 1}"
        names.append(_distinct(name, names))
    return tuple(
        axis if axis.name == name else replace(axis, name=name) for axis, name in zip(axes, names, strict=True)
    )


def _distinct(name: str, taken: Iterable[str]) -> str:
    number, free = 2, name
    while free in set(taken):
        free, number = f"{name}_{number}", number + 1
    return free


def checked(axes: Iterable[Axis]) -> tuple[tuple[Axis, ...], tuple[str, ...]]:
    """Number the points of axes whose calibration cannot be, and say so.

    Returns
    -------
    (tuple of Axis, tuple of str)
        The axes, and one doubt for each that lost its calibration.
    """
    sound: list[Axis] = []
    doubts: list[str] = []
    for place, axis in enumerate(axes, 1):
        if axis.is_sound:
            sound.append(axis)
            continue
        sound.append(Axis(length=axis.length, name=axis.name, label=axis.label))
        doubts.append(
            f"The calibration of axis {place} ({axis.first:g} and steps of {axis.step:g} {axis.unit}".rstrip()
            + ") is no calibration; its points are numbered instead."
        )
    return tuple(sound), tuple(doubts)


def axis_variables(axes: Iterable[Axis]) -> tuple[Variable, ...]:
    """The axes as variables, each along its own dimension."""
    return tuple(
        Variable(
            name=axis.name,
            series=Series(axis.values(), axis.spelled_unit),
            dimensions=(axis.name,),
            role=Role.AXIS,
            label=axis.label,
            unit_as_written=axis.unit,
        )
        for axis in axes
    )


def spectrum_last(values: NDArray[Any], axes: Sequence[Axis]) -> tuple[NDArray[Any], tuple[Axis, ...]]:
    """Turn a spectrum image so that the energy runs along its last axis: a view, nothing is copied.

    Parameters
    ----------
    values : array
    axes : sequence of Axis
        In the order of the array's axes. Where not exactly one of them is an energy nothing is turned.
    """
    energies = [n for n, axis in enumerate(axes) if axis.kind is Kind.ENERGY]
    if len(energies) != 1:
        return values, tuple(axes)
    (n,) = energies
    order = [*(place for place in range(len(axes)) if place != n), n]
    return np.moveaxis(values, n, -1), tuple(axes[place] for place in order)


def sampled_variables(
    name: str,
    values: NDArray[Any],
    axes: Sequence[Axis],
    *,
    unit: str = "",
    label: str = "",
    uncertainty: Uncertainties | None = None,
    further: Sequence[str] = (),
) -> tuple[Variable, ...]:
    """An array with its axes as variables, the axes first.

    Parameters
    ----------
    values : array, shape (*lengths of the axes, ...)
        Numbers as the file has them; axes of it beyond `axes` are named by `further`.
    axes : sequence of Axis
        In the order of the array's axes, named.
    unit : str
        Of the values, as the file spells it.
    further : sequence of str
        Dimensions without values of their own, such as the colours of a picture.
    """
    signal = Variable(
        name=name,
        series=Series(values, respell(unit), uncertainty),
        dimensions=(*(axis.name for axis in axes), *further),
        role=Role.SIGNAL,
        label=label,
        unit_as_written=unit,
    )
    return (*axis_variables(axes), signal)
