"""Lists of candidates: experiments that can be made, one row each. What was measured is kept elsewhere, as trials."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from kiban.errors import InvalidValue
from kiban.planning.space.coded import Coded, coded
from kiban.planning.space.parameter import Floats, Parameter, Point, holds


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Rows of numbers as in `Coded`; the array is made read-only, not copied, so that a million rows are held once.

    Parameters
    ----------
    rows : array, shape (n_candidates, n_parameters)
    """

    rows: Floats

    def __post_init__(self) -> None:
        rows = np.ascontiguousarray(self.rows, dtype=np.float64)
        if rows.ndim != 2 or len(rows) == 0 or not np.isfinite(rows).all():
            raise InvalidValue(
                f"A list of candidates has the shape {rows.shape}, or holds a number that is not finite.",
                mend="Give one or more rows with a number or level for each parameter.",
            )
        rows = rows.view()
        rows.flags.writeable = False
        object.__setattr__(self, "rows", rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Candidates) and np.array_equal(self.rows, other.rows)

    def __hash__(self) -> int:
        return hash((self.rows.shape, self.rows[:10].tobytes()))

    def check(self, parameters: tuple[Parameter, ...]) -> None:
        """Refuse a list that has values which are none of the parameters'. Raises InvalidValue that names the row."""
        if self.rows.shape[1] != len(parameters):
            raise InvalidValue(
                f"The candidates have {self.rows.shape[1]} columns, the space has {len(parameters)} parameters.",
                mend="Give one column for each parameter, in the same order.",
            )
        for column, parameter in zip(self.rows.T, parameters, strict=True):
            odd = np.flatnonzero(~holds(parameter, column))
            if len(odd):
                raise InvalidValue(
                    f"Candidate {odd[0] + 1} has {column[odd[0]]:g} for {parameter.name}, which is none of its values.",
                    mend="Correct the row, or widen the parameter.",
                )


def listed(parameters: tuple[Parameter, ...], points: Iterable[Point]) -> Candidates:
    """Make a list of candidates of points. Raises as `coded`."""
    return Candidates(coded(parameters, points).rows)


def as_coded(parameters: tuple[Parameter, ...], candidates: Candidates) -> Coded:
    """See the candidates as points of the space."""
    return Coded(parameters, candidates.rows)
