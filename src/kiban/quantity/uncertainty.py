"""What is known of the doubt about a number: its kind, where it comes from and how it is distributed.

Words as in the GUM (JCGM 100:2008). No uncertainty known is `None`, never 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from kiban.errors import OutOfRange


class Kind(StrEnum):
    """What the number beside the value is."""

    STANDARD = "standard"
    """One standard deviation."""
    EXPANDED = "expanded"
    """A standard deviation times a coverage factor k."""
    RESOLUTION = "resolution"
    """The smallest step that is shown or recorded: the full width of an interval, not a standard deviation."""


class Origin(StrEnum):
    """Who says so."""

    CERTIFICATE = "certificate"
    FILE = "file"
    REPEAT = "repeat"
    ESTIMATE = "estimate"
    FIT = "fit"
    PROPAGATED = "propagated"


class Distribution(StrEnum):
    """The shape assumed for the quantity's values."""

    NORMAL = "normal"
    RECTANGULAR = "rectangular"
    TRIANGULAR = "triangular"
    ARCSINE = "arcsine"
    POISSON = "poisson"
    UNKNOWN = "unknown"


_FULL_WIDTH_DIVISOR = {
    Distribution.RECTANGULAR: math.sqrt(12.0),
    Distribution.TRIANGULAR: math.sqrt(24.0),
    Distribution.ARCSINE: math.sqrt(8.0),
}
"""Full width of the interval over its standard deviation: JCGM 100:2008, 4.3.7 and 4.3.9; JCGM 101:2008, 6.4.6."""


def standard_divisor(kind: Kind, coverage_factor: float | None, distribution: Distribution) -> float:
    """Say by what the given number is divided to get a standard uncertainty.

    Raises
    ------
    OutOfRange
        If an expanded uncertainty has no coverage factor, or a resolution a distribution without a width.
    """
    if kind is Kind.STANDARD:
        return 1.0
    if kind is Kind.EXPANDED:
        if coverage_factor is None:
            raise OutOfRange(
                "An expanded uncertainty came without its coverage factor k.",
                mend="Give the coverage factor that stands in the certificate, often 2.",
            )
        return coverage_factor
    if distribution not in _FULL_WIDTH_DIVISOR:
        raise OutOfRange(
            f"A resolution with a {distribution} distribution has no definite standard uncertainty.",
            mend="State a rectangular, triangular or arcsine distribution.",
        )
    return _FULL_WIDTH_DIVISOR[distribution]


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertainty:
    """The uncertainty of one number, in that number's unit (for temperatures in degC or degF: of a difference)."""

    value: float
    kind: Kind = Kind.STANDARD
    origin: Origin
    distribution: Distribution = Distribution.NORMAL
    coverage_factor: float | None = None
    degrees_of_freedom: float | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.value) or self.value < 0:
            raise OutOfRange(
                f"An uncertainty of {self.value} was given; it must be a finite number, not negative.",
                mend="Leave the uncertainty out where it is not known.",
            )
        if self.kind is Kind.EXPANDED and not (self.coverage_factor and self.coverage_factor > 0):
            raise OutOfRange(
                f"An expanded uncertainty came with the coverage factor {self.coverage_factor}.",
                mend="Give the coverage factor that stands in the certificate, often 2.",
            )

    @property
    def standard(self) -> float:
        """The standard uncertainty that follows from it. Raises OutOfRange where none does."""
        return self.value / standard_divisor(self.kind, self.coverage_factor, self.distribution)
