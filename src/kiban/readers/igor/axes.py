"""Axes of a wave: from scaling, units and labels of its dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kiban.readers.igor.wave import Dimension
from kiban.readers.sampled_axes import Axis, checked, named
from kiban.readers.spectra.energy_axis import axis_name, unit_and_words


def axes_of(dimensions: Sequence[Dimension], names: Mapping[str, str]) -> tuple[tuple[Axis, ...], tuple[str, ...]]:
    """Make axes of dimensions, rows first.

    Parameters
    ----------
    names : mapping of str to str
        What an axis in that unit is called here, where no words say so: `{"eV": "kinetic_energy"}`.

    Returns
    -------
    (tuple of Axis, tuple of str)
        The axes, each with a name of its own, and doubts over scalings that are none.
    """
    made = []
    for dimension in dimensions:
        unit, words = unit_and_words(dimension.unit)
        label = dimension.label or words
        name = axis_name(label, otherwise="") if label else names.get(unit, "")
        # A single point needs no step.
        step = dimension.step if dimension.size > 1 else 1.0
        made.append(Axis(length=dimension.size, first=dimension.first, step=step, unit=unit, name=name, label=label))
    axes, doubts = checked(made)
    return named(axes), doubts
