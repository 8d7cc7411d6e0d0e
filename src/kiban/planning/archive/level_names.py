"""How alike the names of levels are written: chemists' names say what a thing is made of.

`COc1ccc(Br)cc1` of one study and `CCc1ccc(Br)cc1` of another share most pieces of one to three characters. Whether that
means anything for an outcome is not assumed: it is tried on the studies (`kiban.planning.archive.agreement`).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from kiban.planning.space.parameter import Floats

_LONGEST_PIECE = 3
_LONGEST_NAME = 400


def likeness(names: Sequence[str]) -> Floats:
    """Cosines between names as sets of pieces, rare pieces counting more (log of the inverse of their frequency).

    Returns
    -------
    array, shape (n_names, n_names)
        From 0 to 1; 1 on the diagonal.
    """
    pieces = [_pieces(name) for name in names]
    known = sorted(set().union(*pieces))
    there = np.array([[piece in own for piece in known] for own in pieces], dtype=np.float64)
    there = there.reshape(len(names), len(known))
    weighed = there * np.log(len(names) / np.maximum(there.sum(axis=0), 1.0))
    lengths = np.linalg.norm(weighed, axis=1, keepdims=True)
    weighed /= np.where(lengths > 0, lengths, 1.0)
    alike = weighed @ weighed.T
    np.fill_diagonal(alike, 1.0)
    return np.asarray(np.clip(alike, 0.0, 1.0))


def counterparts(alike: Floats, groups: Sequence[Sequence[int]]) -> Floats:
    """Which levels stand for each other, one to one: of two studies each level that the other does not have takes one
    that is written like it, so that all of them together are as alike as can be.

    Parameters
    ----------
    alike : array, shape (n_names, n_names)
        As `likeness` gives it.
    groups : sequence of sequences of int
        The levels of each study.

    Returns
    -------
    array, shape (n_names, n_names)
        1 where two levels stand for each other, and on the diagonal; else 0.
    """
    from scipy.optimize import linear_sum_assignment

    stands = np.eye(len(alike))
    for one, other in itertools.combinations([frozenset(group) for group in groups], 2):
        left, right = sorted(one - other), sorted(other - one)
        if left and right:
            taken = linear_sum_assignment(alike[np.ix_(left, right)], maximize=True)
            for i, j in zip(*taken, strict=True):
                stands[left[i], right[j]] = stands[right[j], left[i]] = 1.0
    return stands


def _pieces(name: str) -> set[str]:
    ended = f"\x02{name[:_LONGEST_NAME]}\x03"
    return {
        ended[start : start + length]
        for length in range(1, _LONGEST_PIECE + 1)
        for start in range(len(ended) - length + 1)
    }
