"""Points of a space: drawn by lot, all of them allowed."""

from __future__ import annotations

import numpy as np

from kiban.errors import NothingAllowed
from kiban.planning.space.block import blocks
from kiban.planning.space.coded import Coded
from kiban.planning.space.drawing import Drawn
from kiban.planning.space.moving import Moves
from kiban.planning.space.parameter import Floats
from kiban.planning.space.search_space import SearchSpace

_BATCHES = 40
_MOST_DRAWN = 100_000
_MOST_IN_VAIN = 10_000


def sample(space: SearchSpace, n: int, rng: np.random.Generator) -> Coded:
    """Draw points of a space; the same point may come more than once.

    Blocks are drawn to keep to their own constraints; what breaks others is drawn again. Where hardly anything is left
    that way, points walk from those that were found, or from one that linear programming finds, each step allowed.

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
        found = _corner(space, rng)
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


def _corner(space: SearchSpace, rng: np.random.Generator) -> Floats:
    """Points that linear constraints allow, by linear programming along random directions, countable values drawn."""
    from kiban.planning.space.programming import linear_points

    rows = linear_points(space, rng)
    return rows[space.allowed(Coded(space.parameters, rows))]


def _nothing(fault: str) -> NothingAllowed:
    return NothingAllowed(fault, mend="Loosen the constraints, or correct the one that contradicts the others.")
