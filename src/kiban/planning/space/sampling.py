"""Points of a space: drawn by lot, all of them allowed."""

from __future__ import annotations

import numpy as np

from kiban.errors import NothingAllowed, SpaceTooLarge
from kiban.planning.space.block import blocks
from kiban.planning.space.coded import Coded
from kiban.planning.space.drawing import Drawn
from kiban.planning.space.grid import all_points, grid
from kiban.planning.space.moving import Moves
from kiban.planning.space.parameter import Floats
from kiban.planning.space.search_space import SearchSpace

_BATCHES = 40
_MOST_DRAWN = 100_000
_MOST_IN_VAIN = 10_000
_MOST_LISTED = 2_000_000
"""Looked at in a second or two."""


def sample(space: SearchSpace, n: int, rng: np.random.Generator) -> Coded:
    """Draw points of a space; the same point may come more than once.

    Blocks are drawn to keep to their own constraints; what breaks others is drawn again. Where nothing is found that
    way, all points are looked at if they can be counted and are few. Where hardly anything is left, points walk from
    those that were found, or from one that linear programming finds, each step allowed.

    Parameters
    ----------
    space : SearchSpace
        One with candidates gives candidates only.
    n : int
        From 1.
    rng : Generator

    Returns
    -------
    Coded, n points, each allowed

    Raises
    ------
    NothingAllowed
        If no allowed point was found.
    """
    if space.candidates is not None:
        allowed = np.flatnonzero(space.allowed(Coded(space.parameters, space.candidates.rows)))
        if len(allowed) == 0:
            raise _nothing("None of the candidates keeps to the constraints.")
        return Coded(space.parameters, space.candidates.rows[rng.choice(allowed, n)])
    found = _drawn(space, n, rng)
    if len(found) == 0:
        # Where all points can be looked at, whether there is one is no matter of luck.
        listed = _listed(space)
        if listed is not None and len(listed):
            return Coded(space.parameters, listed[rng.choice(len(listed), n)])
        found = _corner(space, rng) if listed is None else listed
    if len(found) == 0:
        raise _nothing("No point that keeps to all constraints was found.")
    while len(found) < n:
        # Walkers start from all that is there and take many small steps, so that they lie apart.
        starts = found[rng.integers(0, len(found), min(n - len(found), max(16, len(found))))]
        walked = Moves(space).walk(starts, 25, rng)
        found = np.concatenate([found, walked])
    return Coded(space.parameters, found[:n])


def _drawn(space: SearchSpace, n: int, rng: np.random.Generator) -> Floats:
    drawers = [Drawn(block, space.parameters) for block in blocks(space)]
    kept: list[Floats] = []
    have, drawn, size = 0, 0, max(64, min(n, 4096))
    for _ in range(_BATCHES):
        parts = [drawer.draw(size, rng) for drawer in drawers]
        n_rows = min(len(part) for part in parts)
        rows = np.empty((n_rows, len(space.parameters)))
        for drawer, part in zip(drawers, parts, strict=True):
            rows[:, drawer.block.columns] = part[:n_rows]
        rows = rows[space.allowed(Coded(space.parameters, rows))]
        kept.append(rows)
        have, drawn = have + len(rows), drawn + size
        if have >= n or drawn >= _MOST_DRAWN:
            break
        if n_rows == 0 or (have == 0 and drawn >= _MOST_IN_VAIN):
            break
        size = min(4096, size * 2)
    return np.concatenate(kept)[:n]


def _listed(space: SearchSpace) -> Floats | None:
    """All allowed points of a countable space; `None` where there may be too many to look at each."""
    try:
        numbered = grid(space)
        if numbered is None or numbered.n > _MOST_LISTED:
            return None
        return all_points(space).rows
    except SpaceTooLarge:
        return None


def _corner(space: SearchSpace, rng: np.random.Generator) -> Floats:
    """Points that linear constraints allow, by linear programming along random directions, countable values drawn."""
    from kiban.planning.space.programming import linear_points

    rows = linear_points(space, rng)
    return rows[space.allowed(Coded(space.parameters, rows))]


def _nothing(fault: str) -> NothingAllowed:
    return NothingAllowed(fault, mend="Loosen the constraints, or correct the one that contradicts the others.")
