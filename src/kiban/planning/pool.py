"""The points that one question may be answered with: what is allowed, and neither tried nor pending."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.errors import NothingAllowed, SpaceTooLarge
from kiban.planning.space.coded import Coded
from kiban.planning.space.grid import all_points, grid
from kiban.planning.space.moving import Moves
from kiban.planning.space.parameter import Categorical, Continuous, Floats, Parameter, Point, Truths
from kiban.planning.space.rounding import as_it_can_be_set, rounded
from kiban.planning.space.sampling import sample
from kiban.planning.space.search_space import SearchSpace

Places = NDArray[np.intp]

_N_DRAWN = 1500
_MOST_LISTED = 5000
_TOGETHER = 65_536
_SAME = 1e-9
_TOO_NEAR = 0.002
"""Of the range of a parameter without a resolution: nearer points are one experiment to whoever has to do them."""


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Points to choose from.

    Parameters
    ----------
    points : Coded
        All of them; with a list, all candidates, so that a place is a row of the list.
    free : array of int
        Places of those that may be suggested, in ascending order.
    is_list : bool
        Whether somebody listed them.
    is_all : bool
        Whether the space has no other points.
    """

    points: Coded
    free: Places
    is_list: bool
    is_all: bool

    def without(self, row: Floats) -> Pool:
        """The pool without a point, and without those that are too near to it unless no others are left."""
        free = Coded(self.points.parameters, self.points.rows[self.free])
        kept = _apart(free, row[np.newaxis], is_all=self.is_all)
        return Pool(self.points, self.free[kept], is_list=self.is_list, is_all=self.is_all)


def pool(space: SearchSpace, used: Floats, rng: np.random.Generator) -> Pool:
    """Gather the points to choose from.

    Parameters
    ----------
    space : SearchSpace
    used : array, shape (n_used, n_parameters)
        Points that were tried or are pending.
    rng : Generator

    Raises
    ------
    NothingAllowed
        If no point keeps to the constraints.
    """
    if space.candidates is not None:
        points = Coded(space.parameters, space.candidates.rows)
        free = space.allowed(points) if space.constraints else np.ones(len(points), dtype=np.bool_)
        if not free.any():
            sample(space, 1, rng)
        return Pool(points, _places(points, free, used), is_list=True, is_all=True)
    stepped = as_it_can_be_set(space)
    rows = _listed(stepped)
    if rows is not None:
        if len(rows) == 0:
            sample(stepped, 1, rng)
        listed = Coded(space.parameters, rows)
        return Pool(listed, _places(listed, np.ones(len(listed), np.bool_), used), is_list=False, is_all=True)
    rows = rounded(stepped, sample(stepped, _N_DRAWN, rng).rows, rng)
    if len(rows) == 0:
        raise NothingAllowed(
            "No point that keeps to all constraints is one that the equipment can be set to.",
            mend="Give finer resolutions, or loosen the constraints.",
        )
    drawn = Coded(space.parameters, np.unique(rows, axis=0))
    return Pool(drawn, np.flatnonzero(_apart(drawn, used, is_all=False)), is_list=False, is_all=False)


def around(space: SearchSpace, rows: Floats, used: Floats, n: int, rng: np.random.Generator) -> Coded:
    """Draw points near some allowed points of a space that has no list, none used, and none too near to one that is."""
    stepped = as_it_can_be_set(space)
    moves = Moves(stepped)
    found = []
    for size in (0.2, 0.05, 0.01):
        starts = rows[rng.integers(0, len(rows), max(1, n // 3))]
        found.append(rounded(stepped, moves.neighbours(starts, size, rng), rng))
    near = Coded(space.parameters, np.unique(np.concatenate(found), axis=0))
    return Coded(space.parameters, near.rows[~is_among(near, used, share=_TOO_NEAR)])


def used_rows(space: SearchSpace, tried: Floats, pending: tuple[Point, ...]) -> Floats:
    """Points that must not be suggested again. Raises InvalidValue for a pending point that is none of the space."""
    return np.concatenate([tried, space.coded(pending).rows])


def is_among(points: Coded, others: Floats, *, share: float = _SAME) -> Truths:
    """Say which points are the same as one of some others.

    Parameters
    ----------
    share : float
        So much of its range may a parameter without a resolution differ by; others by a billionth of theirs.
    """
    same = np.zeros(len(points), dtype=np.bool_)
    slack = np.array([_slack(parameter, share) for parameter in points.parameters])
    if len(others) == 0:
        return same
    rows, n_together = points.rows, max(1, _TOGETHER // len(others))
    for start in range(0, len(points), n_together):
        some = rows[start : start + n_together]
        # Most points differ in the first parameter already, or in one of the next few.
        mine, theirs = np.nonzero(np.abs(some[:, :1] - others[:, 0]) <= slack[0])
        for column in range(1, len(slack)):
            if len(mine) == 0:
                break
            near = np.abs(some[mine, column] - others[theirs, column]) <= slack[column]
            mine, theirs = mine[near], theirs[near]
        same[start + mine] = True
    return same


def _slack(parameter: Parameter, share: float) -> float:
    if isinstance(parameter, Categorical):
        return 0.0
    if not isinstance(parameter, Continuous) or parameter.resolution is not None:
        share = _SAME
    return share * max(parameter.high - parameter.low, abs(parameter.high) * 1e-3)


def _apart(points: Coded, used: Floats, *, is_all: bool) -> Truths:
    """Which points may be suggested: what somebody listed, or can be counted, is told apart as it is."""
    if not is_all:
        apart: Truths = ~is_among(points, used, share=_TOO_NEAR)
        if apart.any():
            return apart
    return ~is_among(points, used)


def _places(points: Coded, free: Truths, used: Floats) -> Places:
    return np.flatnonzero(free & ~is_among(points, used))


def _listed(space: SearchSpace) -> Floats | None:
    """All points of a short countable space."""
    try:
        numbered = grid(space)
    except SpaceTooLarge:
        return None
    return all_points(space).rows if numbered is not None and numbered.n <= _MOST_LISTED else None
