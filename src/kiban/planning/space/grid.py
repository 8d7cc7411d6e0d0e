"""Spaces whose points can be counted: their size, points by number, and the list of all of them where it is short.

A point's number is made of the numbers of its blocks as a date is made of day, month and year: nothing is built to know
how many points there are, or which one has a given number.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kiban.errors import InvalidValue, SpaceTooLarge
from kiban.planning.space.block import Block, Numbered, blocks, is_countable
from kiban.planning.space.coded import Coded
from kiban.planning.space.search_space import SearchSpace

_CHUNK = 65_536
MOST_BYTES = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Grid:
    """The points of a countable space before those constraints that do not make blocks.

    Parameters
    ----------
    space : SearchSpace
    parts : tuple of (Block, Numbered)
    n : int
        How many points; exact where `is_exact`.
    is_exact : bool
        False where other constraints leave fewer of them.
    """

    space: SearchSpace
    parts: tuple[tuple[Block, Numbered], ...]
    n: int
    is_exact: bool

    def points(self, numbers: Sequence[int]) -> Coded:
        """The points with those numbers, from 0. They keep to the constraints of blocks, and perhaps not to others."""
        rows = np.empty((len(numbers), len(self.space.parameters)))
        left = list(numbers)
        for block, numbered in self.parts:
            inside = [number % numbered.n for number in left]
            left = [number // numbered.n for number in left]
            rows[:, block.columns] = numbered.settings(inside)
        return Coded(self.space.parameters, rows)


def grid(space: SearchSpace) -> Grid | None:
    """See a space as a grid; `None` where a parameter has values that cannot be counted.

    Raises
    ------
    SpaceTooLarge
        If a mixture has too many different partial sums.
    """
    divided = blocks(space)
    if not all(is_countable(block, space.parameters) for block in divided):
        return None
    parts = tuple((block, Numbered(block, space.parameters)) for block in divided)
    used = {id(each) for block in divided for each in (block.mixture, block.at_most)}
    exact = all(id(constraint) in used for constraint in space.constraints)
    return Grid(space, parts, math.prod(numbered.n for _, numbered in parts), exact)


def estimated_bytes(space: SearchSpace, n: int) -> int:
    """The memory that a list of so many points of a space takes, with what is needed to test them."""
    return n * len(space.parameters) * 8 + min(n, _CHUNK) * (len(space.parameters) * 8 * 3 + 64)


def all_points(space: SearchSpace, *, most_bytes: int = MOST_BYTES) -> Coded:
    """List all points of a countable space, or all candidates that keep to the constraints.

    Raises
    ------
    InvalidValue
        If a parameter has values that cannot be counted.
    SpaceTooLarge
        If the list would take more memory than allowed; this is known before anything is built.
    """
    if space.candidates is not None:
        listed = Coded(space.parameters, space.candidates.rows)
        return Coded(space.parameters, listed.rows[space.allowed(listed)])
    numbered = grid(space)
    if numbered is None:
        raise InvalidValue(
            "The points of a space with a continuous parameter cannot be listed.", mend="Draw some of them."
        )
    needed = estimated_bytes(space, numbered.n)
    if needed > most_bytes:
        raise SpaceTooLarge(
            f"The space has {numbered.n:,} points, whose list would take {needed / 2**20:,.0f} MiB; "
            f"{most_bytes / 2**20:,.0f} MiB are allowed.",
            mend="Draw some of its points instead, take wider steps, or tighten the constraints.",
        )
    kept = [chunk.rows for chunk in _chunks(numbered)]
    return Coded(space.parameters, np.concatenate(kept) if kept else np.empty((0, len(space.parameters))))


def _chunks(numbered: Grid) -> Iterator[Coded]:
    for start in range(0, numbered.n, _CHUNK):
        points = numbered.points(range(start, min(start + _CHUNK, numbered.n)))
        yield points if numbered.is_exact else Coded(points.parameters, points.rows[numbered.space.allowed(points)])
