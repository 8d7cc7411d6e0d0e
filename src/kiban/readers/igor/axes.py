"""Axes of a wave: from scaling, units and labels of its dimensions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kiban.readers.column_headers import read_label
from kiban.readers.energy_axis import axis_name
from kiban.readers.igor.wave import Dimension
from kiban.readers.sampled_axes import Axis, checked, named
from kiban.readers.unit_words import read_unit

_BRACKET = re.compile(r"\s*[\[(]\s*(?P<unit>[^\[\]()]*)[\])]\s*$")


def unit_and_words(text: str) -> tuple[str, str]:
    """Take apart what stands as a unit: `eV` is one, `Binding Energy [eV]` has words before it.

    Returns
    -------
    (str, str)
        The unit in our spelling, empty where there is none that is known, and the words.
    """
    unit = read_unit(text)
    if unit is not None:
        return unit, ""
    bracket = _BRACKET.search(text)
    if bracket is not None:
        return read_unit(bracket["unit"]) or "", text[: bracket.start()].strip()
    label = read_label(text)
    return label.unit, text.strip()


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
