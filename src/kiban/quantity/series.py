"""Many numbers of one kind: an array with its unit and, where it is known, its uncertainty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import IncompatibleUnit, InvalidValue, OutOfRange
from kiban.quantity.uncertainty import Distribution, Kind, Origin, standard_divisor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Uncertainties:
    """The uncertainty of each number of a series, in the series' unit."""

    values: NDArray[np.float64]
    """As many as the series has, or exactly one where all are alike."""
    kind: Kind = Kind.STANDARD
    origin: Origin
    distribution: Distribution = Distribution.NORMAL
    coverage_factor: float | None = None

    def __post_init__(self) -> None:
        values = np.atleast_1d(np.asarray(self.values, dtype=np.float64))
        # Two extremes tell without a copy; where numbers are missing they are NaN themselves and tell nothing.
        lowest, highest = values.min(initial=0.0), values.max(initial=0.0)
        is_wrong = lowest < 0 or highest == np.inf
        if np.isnan(lowest):
            is_wrong = bool(np.any(values < 0)) or bool(np.any(np.isinf(values)))
        if is_wrong:
            raise OutOfRange(
                "A negative or infinite uncertainty was found.", mend="Leave it out (NaN) where it is not known."
            )
        object.__setattr__(self, "values", values)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array of uncertainties."""
        return self.values.shape

    @property
    def standard(self) -> NDArray[np.float64]:
        """The standard uncertainties that follow, same shape. Raises OutOfRange where none do."""
        return self.values / standard_divisor(self.kind, self.coverage_factor, self.distribution)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Numbers of one kind in one unit.

    Parameters
    ----------
    values : array of numbers, any shape
        Integers and floats keep the type they come with; missing values are NaN.
    unit : str
        Text that `kiban.quantity.unit` understands; empty for the number one.
    uncertainty : Uncertainties, optional
        Same shape as the values, or one for all.
    """

    values: NDArray[Any]
    unit: str = ""
    uncertainty: Uncertainties | None = None

    def __init__(
        self, values: NDArray[Any] | Sequence[float], unit: str = "", uncertainty: Uncertainties | None = None
    ) -> None:
        array = np.asarray(values)
        if array.dtype.kind not in "iufbc":
            raise InvalidValue(
                f"A series of numbers was expected; {array.dtype} was found.",
                mend="Give numbers; NaN where one is missing.",
            )
        if uncertainty is not None and uncertainty.shape != array.shape and math.prod(uncertainty.shape) != 1:
            raise InvalidValue(
                f"{array.shape} values came with {uncertainty.shape} uncertainties.",
                mend="Give one uncertainty for each value, or one for all.",
            )
        object.__setattr__(self, "values", array)
        object.__setattr__(self, "unit", unit)
        object.__setattr__(self, "uncertainty", uncertainty)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array of values."""
        return self.values.shape

    def __len__(self) -> int:
        return len(self.values)

    def require(self, unit: str) -> None:
        """Refuse a series of another dimension. Raises IncompatibleUnit."""
        from kiban.quantity.unit import is_compatible

        if not is_compatible(self.unit, unit):
            raise IncompatibleUnit(
                f"A series in '{self.unit}' was given where one in '{unit}' is needed.",
                mend=f"Give it in '{unit}' or a unit that can be converted to it.",
            )

    def in_unit(self, unit: str) -> NDArray[np.float64]:
        """Give the bare numbers in a unit of the same dimension, same shape. Raises UnknownUnit, IncompatibleUnit."""
        from kiban.quantity.unit import conversion

        converted: NDArray[np.float64] = conversion(self.unit, unit)(self.values.astype(np.float64))
        return converted

    def to(self, unit: str) -> Series:
        """Say the same series in another unit; its uncertainty goes along. Raises as `in_unit`."""
        from kiban.quantity.unit import conversion

        doubt = self.uncertainty
        if doubt is not None:
            doubt = Uncertainties(
                values=abs(conversion(self.unit, unit).factor) * doubt.values,
                kind=doubt.kind,
                origin=doubt.origin,
                distribution=doubt.distribution,
                coverage_factor=doubt.coverage_factor,
            )
        return Series(self.in_unit(unit), unit, doubt)
