"""Points as rows of numbers: what constraints look at and engines calculate with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from kiban.errors import InvalidValue
from kiban.planning.space.parameter import Categorical, Floats, Parameter, Point, code, decode


@dataclass(frozen=True, slots=True)
class Coded:
    """Points of a space.

    Parameters
    ----------
    parameters : tuple of Parameter
    rows : array, shape (n_points, n_parameters)
        Numbers in the parameters' units; for a categorical parameter the number of the level, counted from 0.
    """

    parameters: tuple[Parameter, ...]
    rows: Floats

    def __len__(self) -> int:
        return len(self.rows)

    def place(self, name: str) -> int:
        """The column of a parameter. Raises InvalidValue where there is none of that name."""
        for i, parameter in enumerate(self.parameters):
            if parameter.name == name:
                return i
        raise InvalidValue(
            f"There is no parameter '{name}'.",
            mend=f"The parameters are: {', '.join(parameter.name for parameter in self.parameters)}.",
        )

    def numbers(self, name: str) -> Floats:
        """The values of one parameter, shape (n_points,)."""
        return self.rows[:, self.place(name)]

    def points(self) -> list[Point]:
        """Say the points in words of the laboratory."""
        return [
            {parameter.name: decode(parameter, number) for parameter, number in zip(self.parameters, row, strict=True)}
            for row in self.rows
        ]


def coded(parameters: tuple[Parameter, ...], points: Iterable[Point]) -> Coded:
    """Write points as rows of numbers.

    Raises
    ------
    InvalidValue
        If a point lacks a parameter or has one that is not of the space, or a value is none of the parameter's.
    """
    names = [parameter.name for parameter in parameters]
    rows = []
    for point in points:
        if set(point) != set(names):
            odd = sorted(set(point) ^ set(names))
            raise InvalidValue(
                f"A point differs from the space in: {', '.join(odd)}.",
                mend=f"Give each of these once: {', '.join(names)}.",
            )
        rows.append([code(parameter, point[parameter.name]) for parameter in parameters])
    return Coded(parameters, np.asarray(rows, dtype=np.float64).reshape(len(rows), len(names)))


def level_number(parameter: Parameter, level: str) -> float:
    """The number of a level. Raises InvalidValue where the parameter has none of that name."""
    if not isinstance(parameter, Categorical):
        raise InvalidValue(
            f"{parameter.name} has no levels, but the level {level!r} is asked for.", mend="Give numbers."
        )
    return code(parameter, level)
