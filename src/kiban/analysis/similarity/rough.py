"""The short forms by which candidates are chosen, which a database can compare by the thousand.

Of a composition it is a vector. Of a curve it is first its outline: where it stands how high, as bits, by which all of
a kind are looked at; then a finer vector, by which those are looked at that came nearest. Both are compared where both
curves were measured, as the curves are: a pattern of a narrow range would else have all before it that share the rest.

They hold whole numbers only, small enough for sums of their products and differences to be exact in single precision.
Whoever adds them up, in whatever order, comes to the same number: so a database and a model in memory choose the same
candidates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiban.analysis.similarity.compositions import rough_of
from kiban.records.likeness import COMPOSITION, Likeness

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BROAD, FINE = 16, 8
"""So many places of a curve one bit of its outline, and one number of its vector, stands for."""
_HEIGHTS = (0.15, 0.35, 0.6)
"""A bit of the outline says that the curve stands higher than this part of its greatest height."""
_LENGTH = 2000
"""Of the vector of a curve: the sum of its squares stays below 2^24."""
SHARE = 8
"""One in so many of the bits, or of the sum of squares, must lie in common. An exact comparison demands a quarter of
the curve, and the short forms are smoother."""
LEAST_SQUARES = _LENGTH**2 // SHARE


def rough(found: Likeness) -> tuple[int, ...]:
    """The vector of a composition, by which the smallest sum of differences is nearest; empty of all else."""
    return rough_of(found) if found.kind == COMPOSITION else ()


def is_curve(found: Likeness) -> bool:
    """Whether it is compared by a curve."""
    return bool(found.kind) and found.kind != COMPOSITION


@dataclass(frozen=True, slots=True)
class Outline:
    """Where a curve stands high: for each height the bits of its stretches, from the first place on."""

    bits: str
    """As 0 and 1."""
    low: int
    high: int
    """Where it was measured."""

    def number(self) -> int:
        """All of them."""
        return int(self.bits or "0", 2)

    def within(self) -> str:
        """The bits that lie where it was measured."""
        n = len(self.bits) // len(_HEIGHTS)
        first, last = self.low // BROAD, -(-self.high // BROAD)
        return ("0" * first + "1" * (last - first) + "0" * (n - last)) * len(_HEIGHTS)

    def sums(self) -> list[int]:
        """How many are set up to each stretch, from none to all."""
        n = len(self.bits) // len(_HEIGHTS)
        sums = [0]
        for i in range(n):
            sums.append(sums[-1] + self.bits[i::n].count("1"))
        return sums

    def closeness(self, other: Outline) -> float | None:
        """The square of the cosine with another one, where both were measured; `None` where little lies there."""
        mine, theirs = self.number(), other.number()
        common = (mine & theirs).bit_count()
        here, there = (mine & int(other.within(), 2)).bit_count(), (theirs & int(self.within(), 2)).bit_count()
        if not common or SHARE * here < mine.bit_count() or SHARE * there < theirs.bit_count():
            return None
        return float(common * common) / float(here * there)


def outline(found: Likeness) -> Outline:
    """The outline of a curve; of all else it is empty."""
    if not is_curve(found):
        return Outline("", 0, 0)
    spread = _spread(found, BROAD)
    rows = (spread > height * max(float(spread.max()), 1.0) for height in _HEIGHTS)
    return Outline("".join("01"[bool(each)] for row in rows for each in row), found.low, found.high)


@dataclass(frozen=True, slots=True)
class Finer:
    """A vector of a curve, of which the direction counts."""

    vector: tuple[int, ...]

    def sums(self) -> list[int]:
        """The sums of the squares up to each number, from none to all."""
        sums = [0]
        for each in self.vector:
            sums.append(sums[-1] + each * each)
        return sums

    def closeness(self, other: Finer, low: int, high: int) -> float | None:
        """The square of the cosine with another one, from place `low` up to `high`; `None` where little lies there."""
        part = slice(low // FINE, -(-high // FINE))
        product = sum(a * b for a, b in zip(self.vector, other.vector, strict=True))
        here, there = (sum(each * each for each in finer.vector[part]) for finer in (self, other))
        if product <= 0 or min(here, there) < LEAST_SQUARES:
            return None
        return float(product * product) / float(here * there)


def finer(found: Likeness) -> Finer:
    """The vector of a curve; of all else it is empty."""
    import numpy as np

    if not is_curve(found):
        return Finer(())
    spread = _spread(found, FINE)
    length = float(np.linalg.norm(spread))
    # A curve without any line is near none.
    return Finer(tuple(np.rint(_LENGTH * spread / max(length, 1.0)).astype(int).tolist()))


def _spread(found: Likeness, together: int) -> NDArray[np.float64]:
    """The means of so many places. A line that lies a little beside a border counts on both sides of it."""
    import numpy as np

    from kiban.analysis.similarity.curves import places

    means = places(found).astype(np.float64).reshape(-1, together).mean(axis=1)
    padded = np.pad(means, 1, mode="edge")
    spread: NDArray[np.float64] = 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
    return spread
