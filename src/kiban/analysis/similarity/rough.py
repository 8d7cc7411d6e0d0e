"""The short vectors by which candidates are chosen, which a database can compare by the thousand.

They hold whole numbers only, small enough for sums of their products and differences to be exact in single precision.
Whoever adds them up, in whatever order, comes to the same number: so a database and a model in memory choose the same
candidates.
"""

from __future__ import annotations

from kiban.analysis.similarity.compositions import rough_of
from kiban.records.likeness import COMPOSITION, Likeness

_TOGETHER = 8
"""Places of a curve that one number stands for."""
_LENGTH = 2000.0
"""Of the vector of a curve: the sum of its squares stays below 2^24."""


def rough(found: Likeness) -> tuple[int, ...]:
    """The vector; empty where there is nothing to be compared by.

    Of curves it is the direction that counts, and the greatest product is nearest; of compositions it is the place, and
    the smallest sum of differences is.
    """
    if not found.kind:
        return ()
    return rough_of(found) if found.kind == COMPOSITION else _of_curve(found)


def _of_curve(found: Likeness) -> tuple[int, ...]:
    import numpy as np

    from kiban.analysis.similarity.curves import places

    means = places(found).astype(np.float64).reshape(-1, _TOGETHER).mean(axis=1)
    padded = np.pad(means, 1, mode="edge")
    # A line that lies a little beside a border counts on both sides of it.
    spread = 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
    length = float(np.linalg.norm(spread))
    # A curve without any line is near none.
    return tuple(np.rint(_LENGTH * spread / max(length, 1.0)).astype(int).tolist())
