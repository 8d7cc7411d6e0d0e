"""Numbers that remember which inputs their uncertainty comes from.

`propagate` gives one result and its uncertainty. Results that are used further need more: the fractions of a
composition depend on one another, and an atomic weight that went in on the way to mole fractions goes out again on
the way back. A `Traced` keeps, for each independent input k, its contribution c_k = (∂f/∂x_k) u(x_k), so that u² = Σ
c_k² (GUM equation 10), and the covariance of two results is Σ c_k c'_k (JCGM 102:2011, 6.2), whatever was reckoned in
between.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kiban.errors import OutOfRange
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin, Uncertainty


@dataclass(frozen=True, slots=True)
class Traced:
    """A number, with what each independent input contributes to its uncertainty."""

    value: float
    contributions: Mapping[str, float] = field(default_factory=dict)
    """Sensitivity times standard uncertainty, by the input's label; nothing for an exact number."""
    is_known: bool = True
    """False as soon as one of the inputs has no uncertainty: what is not known does not become 0."""

    def __add__(self, other: Traced | float) -> Traced:
        other = _traced(other)
        return _combined(self.value + other.value, (1.0, self), (1.0, other))

    __radd__ = __add__

    def __neg__(self) -> Traced:
        return _combined(-self.value, (-1.0, self))

    def __sub__(self, other: Traced | float) -> Traced:
        return self + -_traced(other)

    def __rsub__(self, other: Traced | float) -> Traced:
        return -self + other

    def __mul__(self, other: Traced | float) -> Traced:
        other = _traced(other)
        return _combined(self.value * other.value, (other.value, self), (self.value, other))

    __rmul__ = __mul__

    def __truediv__(self, other: Traced | float) -> Traced:
        other = _traced(other)
        if other.value == 0.0:
            raise OutOfRange("A number is divided by 0.", mend="Check that the divisor is stated, and above 0.")
        ratio = self.value / other.value
        return _combined(ratio, (1.0 / other.value, self), (-ratio / other.value, other))

    @property
    def standard_uncertainty(self) -> float | None:
        """Combined standard uncertainty; `None` where it is not known, or the number is exact."""
        if not self.is_known or not self.contributions:
            return None
        return math.sqrt(sum(part * part for part in self.contributions.values()))

    def measured(self, unit: str = "") -> Measured:
        """Give the number with its uncertainty, without its past."""
        standard = self.standard_uncertainty
        doubt = None if standard is None else Uncertainty(value=standard, origin=Origin.PROPAGATED)
        return Measured(self.value, unit, doubt)


def trace(measured: Measured, label: str) -> Traced:
    """Take in an input; equal labels are the same input, other ones are independent."""
    if measured.uncertainty is None:
        return Traced(measured.value, is_known=False)
    return Traced(measured.value, {label: measured.uncertainty.standard})


def total(numbers: Iterable[Traced]) -> Traced:
    """Add numbers up."""
    added = list(numbers)
    return _combined(math.fsum(n.value for n in added), *((1.0, n) for n in added))


def covariance(one: Traced, other: Traced) -> float | None:
    """Covariance of two results; `None` where the uncertainty of one is not known."""
    if not (one.is_known and other.is_known):
        return None
    return math.fsum(part * other.contributions.get(label, 0.0) for label, part in one.contributions.items())


def _traced(number: Traced | float) -> Traced:
    return number if isinstance(number, Traced) else Traced(float(number))


def _combined(value: float, *terms: tuple[float, Traced]) -> Traced:
    contributions: dict[str, float] = {}
    for sensitivity, number in terms:
        for label, part in number.contributions.items():
            contributions[label] = contributions.get(label, 0.0) + sensitivity * part
    return Traced(value, contributions, all(number.is_known for _, number in terms))
