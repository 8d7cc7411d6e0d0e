"""How sure it is that a quantity lies beyond a bound, given its value and standard uncertainty.

The quantity X is distributed around its value v with standard deviation u. P(X >= b) >= p holds just where
v - Q(p) u >= b, with Q the quantile of the distribution of that shape with mean 0 and standard deviation 1; for
P(X <= b) >= p it is v + Q(p) u <= b. All shapes here are symmetric.

The shape is normal, also where nobody has stated it: of all distributions with that mean and standard deviation it
assumes least (JCGM 101:2008, 6.4.7). Rectangular, triangular and arcsine are as in JCGM 101:2008, 6.4.2 to 6.4.6.
Where degrees of freedom are stated it is Student's t, scaled by u (6.4.9), by its expansion for large degrees of
freedom (M. Abramowitz, I. A. Stegun, Handbook of Mathematical Functions (1964), 26.7.5).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution
from kiban.query.condition import Interval

FEWEST_FREEDOM = 3.0
"""A value with fewer degrees of freedom does not answer: the expansion is not good enough there."""
LARGEST, SMALLEST = 1e290, 1e-290
"""Beyond these, and below where it is not 0, products overflow or vanish, which PostgreSQL makes an error of."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What counts of the uncertainty of a number in SI."""

    standard: float
    distribution: Distribution
    freedom: float | None


@dataclass(frozen=True, slots=True)
class Quantiles:
    """How many standard uncertainties there must be between a value and the bound, by shape."""

    normal: float
    rectangular: float
    triangular: float
    arcsine: float
    student: tuple[float, float, float, float]
    """What is added to the normal one: each over the next power of the degrees of freedom."""

    def of(self, doubt: Doubt) -> float | None:
        """The quantile for a number; `None` where it is not known well enough."""
        match doubt.distribution:
            case Distribution.RECTANGULAR:
                return self.rectangular
            case Distribution.TRIANGULAR:
                return self.triangular
            case Distribution.ARCSINE:
                return self.arcsine
        if (n := doubt.freedom) is None:
            return self.normal
        if not FEWEST_FREEDOM <= n <= LARGEST:
            return None
        a, b, c, d = self.student
        return self.normal + (a + (b + (c + d / n) / n) / n) / n


@lru_cache(maxsize=64)
def quantiles(confidence: float) -> Quantiles:
    """Of the distributions of unit standard deviation, at a probability above 0 and below 1."""
    z = NormalDist().inv_cdf(confidence)
    tail = min(confidence, 1.0 - confidence)
    triangular = math.sqrt(6.0) * (1.0 - math.sqrt(2.0 * tail))
    return Quantiles(
        normal=z,
        rectangular=math.sqrt(3.0) * (2.0 * confidence - 1.0),
        triangular=math.copysign(triangular, confidence - 0.5),
        arcsine=math.sqrt(2.0) * math.sin(math.pi * (confidence - 0.5)),
        student=(
            (z**3 + z) / 4.0,
            (5.0 * z**5 + 16.0 * z**3 + 3.0 * z) / 96.0,
            (3.0 * z**7 + 19.0 * z**5 + 17.0 * z**3 - 15.0 * z) / 384.0,
            (79.0 * z**9 + 776.0 * z**7 + 1482.0 * z**5 - 1920.0 * z**3 - 945.0 * z) / 92160.0,
        ),
    )


def lies_in(si: float, doubt: Doubt, interval: Interval, confidence: float) -> bool:
    """Say whether the number lies in the interval, which is open on one side, with that probability."""
    quantile = quantiles(confidence).of(doubt)
    u = doubt.standard if doubt.standard >= SMALLEST else 0.0
    if quantile is None or not (abs(si) <= LARGEST and u <= LARGEST):
        return False
    return interval.holds(si - quantile * u if interval.low is not None else si + quantile * u)


def doubt_of(value: Measured) -> Doubt | None:
    """The uncertainty of a value, its standard deviation in SI; `None` where it is not known."""
    from kiban.errors import OutOfRange, UnknownUnit

    stated = value.uncertainty
    if stated is None:
        return None
    try:
        standard = stated.standard
        if value.unit:
            from kiban.quantity.unit import to_si

            standard *= abs(to_si(value.unit).factor)
    except (OutOfRange, UnknownUnit):
        return None  # a resolution whose distribution nobody has stated; a unit that nobody knows
    return Doubt(standard, stated.distribution, stated.degrees_of_freedom)
