"""The elements of a sample, from whatever was stated of its composition."""

from __future__ import annotations

from dataclasses import replace

from kiban.errors import InvalidValue
from kiban.records.matter.composition import Composition
from kiban.records.matter.composition_mixing import element_amounts
from kiban.records.matter.composition_text import composition_of
from kiban.records.sample import Sample


def with_elements(sample: Sample) -> Sample:
    """Work out the nominal composition from the formula, and the elements from what is stated.

    The nominal composition decides where its elements can be counted, else the last measured one in which they can.

    Raises
    ------
    InvalidValue
        If the formula cannot be read, or means two things.
    """
    nominal = sample.nominal
    if nominal is None and sample.formula:
        nominal = composition_of(sample.formula)
    stated = [each for each in (nominal, *reversed(sample.measured)) if each is not None]
    counted = (elements for each in stated if (elements := _counted(each)))
    return replace(sample, nominal=nominal, composition=next(counted, {}))


def _counted(composition: Composition) -> dict[str, float]:
    """Empty where a component has no formula (a polymer by its name), or a density would be needed."""
    try:
        return element_amounts(composition)
    except InvalidValue:
        return {}
