"""The search space: parameters, constraints, and a list of candidates where only those can be made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from kiban.errors import InvalidValue
from kiban.planning.space.candidates import Candidates
from kiban.planning.space.coded import Coded, coded, level_number
from kiban.planning.space.constraint import AtMost, Constraint, Forbidden, Mixture
from kiban.planning.space.parameter import Categorical, Parameter, Point, Truths, holds


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSpace:
    """All that can be asked for. It holds its parts only: the product of its parameters is never built.

    Parameters
    ----------
    parameters : tuple of Parameter
        One or more, of different names.
    constraints : tuple of Constraint
        A point keeps to all of them.
    candidates : Candidates, optional
        Where given, nothing else is ever suggested; those that break a constraint are passed over.
    """

    parameters: tuple[Parameter, ...]
    constraints: tuple[Constraint, ...] = ()
    candidates: Candidates | None = None

    def __post_init__(self) -> None:
        names = [parameter.name for parameter in self.parameters]
        if not names or len(set(names)) != len(names):
            raise InvalidValue(
                f"A search space has the parameters {', '.join(names) or '(none)'}; different ones were expected.",
                mend="Name one or more parameters, each once.",
            )
        for constraint in self.constraints:
            self._check(constraint)
        if self.candidates is not None:
            self.candidates.check(self.parameters)

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names, in the order of columns."""
        return tuple(parameter.name for parameter in self.parameters)

    def parameter(self, name: str) -> Parameter:
        """The parameter of that name. Raises InvalidValue where there is none."""
        return self.parameters[self._empty().place(name)]

    def coded(self, points: Iterable[Point]) -> Coded:
        """Write points as rows of numbers. Raises InvalidValue for what is none of the parameters' values."""
        return coded(self.parameters, points)

    def allowed(self, points: Coded) -> Truths:
        """Say for each point whether its values are the parameters' and it keeps to all constraints."""
        inside = np.ones(len(points), dtype=np.bool_)
        for column, parameter in zip(points.rows.T, self.parameters, strict=True):
            inside &= holds(parameter, column)
        for constraint in self.constraints:
            inside &= constraint.holds(points)
        return inside

    def _empty(self) -> Coded:
        return Coded(self.parameters, np.empty((0, len(self.parameters))))

    def _check(self, constraint: Constraint) -> None:
        empty = self._empty()
        for name in constraint.names:
            parameter = self.parameters[empty.place(name)]
            if isinstance(constraint, Forbidden):
                continue
            if isinstance(parameter, Categorical):
                raise InvalidValue(
                    f"A constraint calculates with {name}, which has levels and no numbers.",
                    mend="Forbid combinations of its levels instead.",
                )
            if isinstance(constraint, Mixture | AtMost) and parameter.low < 0:
                raise InvalidValue(
                    f"{name} is a component, but goes down to {parameter.low:g}.", mend="Let it start from 0 or above."
                )
        if isinstance(constraint, Mixture) and len({self.parameter(n).unit for n in constraint.names}) > 1:  # type: ignore[union-attr]
            raise InvalidValue(
                f"The components {', '.join(constraint.names)} of a mixture are in different units.",
                mend="Give all of them, and the total, in one unit.",
            )
        for where in constraint.combination if isinstance(constraint, Forbidden) else ():
            parameter = self.parameter(where.name)
            for level in where.levels:
                level_number(parameter, level)
            if not where.levels and isinstance(parameter, Categorical):
                raise InvalidValue(
                    f"A forbidden combination gives limits to {where.name}, which has levels.",
                    mend="Name the levels that it forbids.",
                )
