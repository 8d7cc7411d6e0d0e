"""Points that people give: checked against the space and the safety limits, and written in one way."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from kiban.errors import InvalidValue, OutOfRange
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Categorical, Parameter, Point, Value, code, decode
from kiban.planning.space.search_space import SearchSpace
from kiban.quantity.measured import Measured
from kiban.records.written_quantity import quantity_of

_LARGEST = 10**300
"""Larger whole numbers are no floats."""


def settled(space: SearchSpace, point: Mapping[str, object]) -> Point:
    """Write a point as numbers in the parameters' units and levels, in the order of the space.

    A number may come as a text with another unit: `126.85 degC`.

    Raises
    ------
    InvalidValue
        If a parameter is missing or unknown, a level is none, a number is not finite, or a unit is another one
        (IncompatibleUnit).
    """
    if odd := sorted(set(point) ^ set(space.names)):
        raise InvalidValue(
            f"A point differs from the space in: {', '.join(odd)}.",
            mend=f"Give each of these once: {', '.join(space.names)}.",
        )
    return {parameter.name: _value(parameter, point[parameter.name]) for parameter in space.parameters}


def check_inside(campaign: Campaign, point: Point) -> None:
    """Refuse a point that is none of the space, or breaks a constraint of it. Raises InvalidValue, OutOfRange."""
    space = campaign.space
    coded = space.coded([point])
    for constraint in space.constraints:
        if not constraint.holds(coded).all():
            raise InvalidValue(
                f"The point breaks a constraint of the space on {', '.join(dict.fromkeys(constraint.names))}.",
                mend="Correct it, or say that it may lie beyond the space.",
            )
    if not SearchSpace(parameters=space.parameters).allowed(coded).all():
        raise InvalidValue(
            "The point has a value that is none of its parameter's.",
            mend="Take one of the listed values, or say that it may lie beyond the space.",
        )


def check_safe(campaign: Campaign, point: Point) -> None:
    """Refuse a point that breaks a safety limit. Raises OutOfRange."""
    coded = _coded(campaign.space, point)
    for constraint in campaign.limits.safety:
        if not constraint.holds(coded).all():
            raise OutOfRange(
                f"The point breaks a safety limit on {', '.join(dict.fromkeys(constraint.names))}.",
                mend="Keep to the limit, or have the limits of the campaign changed first.",
            )


def _coded(space: SearchSpace, point: Point) -> Coded:
    """As `SearchSpace.coded`, also for numbers beyond the ranges."""
    row = [
        code(parameter, point[parameter.name]) if isinstance(parameter, Categorical) else float(point[parameter.name])
        for parameter in space.parameters
    ]
    return Coded(space.parameters, np.asarray([row], dtype=np.float64))


def _value(parameter: Parameter, value: object) -> Value:
    if isinstance(parameter, Categorical):
        return decode(parameter, code(parameter, value))
    if isinstance(value, str):
        value = quantity_of(value, parameter.unit)
    if isinstance(value, Measured):
        value = value.in_unit(parameter.unit).value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _LARGEST:
        value = math.inf
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not math.isfinite(value):
        raise InvalidValue(
            f"{parameter.name} was given as {value!r}; a finite number was expected.",
            mend=f"Give a number in '{parameter.unit}'." if parameter.unit else "Give a number.",
        )
    return float(value)
