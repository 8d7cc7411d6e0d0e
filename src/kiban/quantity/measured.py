"""One number with its unit and, where it is known, its uncertainty."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kiban.errors import IncompatibleUnit, OutOfRange
from kiban.quantity.uncertainty import Uncertainty


@dataclass(frozen=True, slots=True)
class Measured:
    """A value as somebody stated it; `in_unit` and `in_si` say it in other units.

    Parameters
    ----------
    value : float
        Finite.
    unit : str
        Text that `kiban.quantity.unit` understands; empty for the number one.
    uncertainty : Uncertainty, optional
        In the same unit. Left out where it is not known.
    """

    value: float
    unit: str = ""
    uncertainty: Uncertainty | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise OutOfRange(
                f"A value of {self.value} {self.unit} was given; it must be a finite number.",
                mend="Leave the value out where it is not known.",
            )

    def require(self, unit: str) -> None:
        """Refuse a value of another dimension than that of the given unit.

        Raises
        ------
        IncompatibleUnit
        """
        from kiban.quantity.unit import is_compatible

        if not is_compatible(self.unit, unit):
            raise IncompatibleUnit(
                f"A value in '{self.unit}' was given where one in '{unit}' is needed.",
                mend=f"Give it in '{unit}' or a unit that can be converted to it.",
            )

    def in_unit(self, unit: str) -> Measured:
        """Say the same value in another unit; its uncertainty goes along.

        Raises
        ------
        UnknownUnit, IncompatibleUnit
        """
        from kiban.quantity.unit import conversion

        change = conversion(self.unit, unit)
        doubt = self.uncertainty
        if doubt is not None:
            doubt = Uncertainty(
                value=abs(change.factor) * doubt.value,
                kind=doubt.kind,
                origin=doubt.origin,
                distribution=doubt.distribution,
                coverage_factor=doubt.coverage_factor,
                degrees_of_freedom=doubt.degrees_of_freedom,
            )
        return Measured(float(change(self.value)), unit, doubt)

    def in_si(self) -> Measured:
        """Say the same value in the coherent SI unit of its dimension."""
        from kiban.quantity.unit import si_unit

        return self.in_unit(si_unit(self.unit))

    def __str__(self) -> str:
        """With its uncertainty to two digits, and no more digits than that leaves meaning to (GUM, 7.2.6)."""
        if self.uncertainty is None:
            return f"{self.value:.6g} {self.unit}".strip()
        doubt = f"{self.uncertainty.value:.1e}"
        last_place = int(doubt.partition("e")[2]) - 1
        first_place = int(f"{self.value:e}".partition("e")[2])
        n_digits = min(max(first_place - last_place + 1, 1), 15)
        return f"{self.value:.{n_digits}g} ± {float(doubt):g} {self.unit}".strip()
