"""Comparing two of a kind exactly, on the whole curve, where both were measured."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from kiban.analysis.similarity.compositions import VERSION as _COMPOSITIONS
from kiban.analysis.similarity.compositions import nearness_of
from kiban.analysis.similarity.curves import VERSION as _CURVES
from kiban.analysis.similarity.curves import places
from kiban.analysis.similarity.rulers import PLACES, least_common
from kiban.records.likeness import COMPOSITION, Likeness, Nearness

_LEAST_SHARE = 0.25
"""Of what stands out in a curve so much must lie where both were measured: a region of one line is like any survey."""


def version_of(kind: str) -> int:
    """The version of the way that likenesses of a kind are derived today."""
    return _COMPOSITIONS if kind == COMPOSITION else _CURVES


def compare(one: Likeness, others: Sequence[Likeness]) -> list[Nearness | None]:
    """Compare one with others of its kind and version, exactly.

    Returns
    -------
    list of Nearness or None
        One for each of the others, in their order; `None` where nothing can be said: another kind; less than half of
        the shorter range in common, or too little for the technique; or less than a quarter of what stands out.
    """
    if one.kind == COMPOSITION:
        return [nearness_of(one, other) if _is_of_kind(one, other) else None for other in others]
    return _along_axis(one, others)


def _is_of_kind(one: Likeness, other: Likeness) -> bool:
    return bool(one.kind) and (one.kind, one.version) == (other.kind, other.version)


def _along_axis(one: Likeness, others: Sequence[Likeness]) -> list[Nearness | None]:
    answer: list[Nearness | None] = [None] * len(others)
    comparable = [i for i, other in enumerate(others) if _is_of_kind(one, other)]
    if not comparable:
        return answer
    least = least_common(one.kind)
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
        if high - low < least or 2 * (high - low) < shorter:
            continue
        common = drawn[row, low:high]
        here, there = float(my_squares[high] - my_squares[low]), float(common @ common)
        if here < _LEAST_SHARE * my_squares[-1] or there < _LEAST_SHARE * squares[row] or not here * there > 0.0:
            continue
        score = min(1.0, float(products[row]) / math.sqrt(here * there))
        answer[i] = Nearness(score=score, overlap=(high - low) / shorter)
    return answer
