"""Comparing: first roughly, by a short vector that a database can compare by the thousand; then exactly, on the curve.

The rough vector of a curve holds whole numbers only, small enough for sums of their products to be exact in single
precision. Whoever adds them up, in whatever order, comes to the same number: so a database and a model in memory choose
the same candidates.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kiban.analysis.similarity.compositions import VERSION as _COMPOSITIONS
from kiban.analysis.similarity.compositions import score_of, sums
from kiban.analysis.similarity.curves import VERSION as _CURVES
from kiban.analysis.similarity.curves import places
from kiban.analysis.similarity.rulers import PLACES, ruler_of
from kiban.records.likeness import COMPOSITION, Likeness, Nearness

CANDIDATES = 500
"""So many of those that come nearest by the rough vector are compared exactly."""
DEFAULT = 0.8
"""What is at least as like as this counts as similar, where nothing else is asked for."""
_TOGETHER = 8
"""Places of a curve that one number of the rough vector stands for."""
_LENGTH = 2000.0
"""Length of a rough vector: the sum of its squares stays below 2^24."""
_SUM = 10_000.0
_LEAST_OVERLAP = 0.5
_LEAST_SHARE = 0.25
"""Of what stands out in a curve so much must lie where both were measured: a region of one line is like any survey."""


def version_of(kind: str) -> int:
    """The version of the way that likenesses of a kind are derived today."""
    return _COMPOSITIONS if kind == COMPOSITION else _CURVES


def rough(found: Likeness) -> NDArray[np.int64]:
    """The vector by which candidates are chosen; empty where there is nothing to be compared by.

    Of curves it is the direction that counts, and the greatest product is nearest; of compositions it is the place, and
    the smallest sum of differences is.
    """
    if not found.kind:
        return np.zeros(0, dtype=np.int64)
    if found.kind == COMPOSITION:
        return np.rint(_SUM * sums(found)).astype(np.int64)
    means = places(found).astype(np.float64).reshape(-1, _TOGETHER).mean(axis=1)
    padded = np.pad(means, 1, mode="edge")
    # A line that lies a little beside a border counts on both sides of it.
    spread = 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
    length = float(np.linalg.norm(spread))
    return np.rint(_LENGTH * spread / length).astype(np.int64) if length > 0.0 else np.zeros(0, dtype=np.int64)


def compare(one: Likeness, others: Sequence[Likeness]) -> list[Nearness | None]:
    """Compare one with others of its kind and version, exactly.

    Returns
    -------
    list of Nearness or None
        One for each of the others, in their order; `None` where nothing can be said: another kind; less than half of
        the shorter range in common, or too little for the technique; or less than a quarter of what stands out.
    """
    if one.kind == COMPOSITION:
        return [_distance(one, other) for other in others]
    return _along_axis(one, others)


def _is_of_kind(one: Likeness, other: Likeness) -> bool:
    return bool(one.kind) and (one.kind, one.version) == (other.kind, other.version)


def _distance(one: Likeness, other: Likeness) -> Nearness | None:
    if not _is_of_kind(one, other):
        return None
    # Added up exactly: whoever compares comes to the same number.
    distance = math.fsum(np.abs(sums(one) - sums(other)).tolist())
    return Nearness(score=score_of(distance), distance=distance)


def _along_axis(one: Likeness, others: Sequence[Likeness]) -> list[Nearness | None]:
    answer: list[Nearness | None] = [None] * len(others)
    comparable = [i for i, other in enumerate(others) if _is_of_kind(one, other)]
    if not comparable:
        return answer
    ruler = ruler_of(one.kind)
    # Whole numbers below 2^53: their sums are exact in double precision, in every order.
    mine = places(one).astype(np.float64)
    theirs = np.frombuffer(b"".join(others[i].curve for i in comparable), dtype=np.uint8).reshape(-1, PLACES)
    drawn = theirs.astype(np.float64)
    # Outside of what was measured a curve is zero, so the product is that of the common range.
    products, squares = drawn @ mine, np.einsum("ij,ij->i", drawn, drawn)
    my_squares = np.concatenate(([0.0], np.cumsum(mine**2)))
    for row, i in enumerate(comparable):
        low, high = max(one.low, others[i].low), min(one.high, others[i].high)
        shorter = min(one.high - one.low, others[i].high - others[i].low)
        if high <= low or (high - low) * ruler.step < ruler.least or high - low < _LEAST_OVERLAP * shorter:
            continue
        common = drawn[row, low:high]
        here, there = float(my_squares[high] - my_squares[low]), float(common @ common)
        if here < _LEAST_SHARE * my_squares[-1] or there < _LEAST_SHARE * squares[row] or not here * there > 0.0:
            continue
        score = min(1.0, float(products[row]) / math.sqrt(here * there))
        answer[i] = Nearness(score=score, overlap=(high - low) / shorter)
    return answer
