"""Uncertainties of counted numbers, which follow from the numbers and need not be made before somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import InvalidValue
from kiban.quantity.series import Uncertainties
from kiban.quantity.uncertainty import Distribution, Kind, Origin


class CountingUncertainties(Uncertainties):
    """The standard uncertainty √n of the Poisson distribution for each of many counts.

    A picture's uncertainties take four times the room of the picture and longer than reading it. Whoever only looks at
    the picture does without them.

    Parameters
    ----------
    counts : array of whole numbers, any shape
        Negative ones mark gaps: their uncertainty is NaN. Where nothing was counted it is 1. The array is kept, not
        copied; it must not be changed afterwards.
    """

    __slots__ = ("_counts", "_made")
    _counts: NDArray[Any]
    _made: NDArray[np.float64] | None

    def __init__(self, counts: NDArray[Any]) -> None:
        if counts.dtype.kind not in "iu" or not counts.ndim:
            raise InvalidValue(
                f"An array of whole numbers was expected as counts; {counts.dtype} was found.",
                mend="Give the numbers as they were counted.",
            )
        for name, value in (
            ("_counts", counts),
            ("_made", None),
            ("kind", Kind.STANDARD),
            ("origin", Origin.ESTIMATE),
            ("distribution", Distribution.POISSON),
            ("coverage_factor", None),
        ):
            object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return CountingUncertainties, (self._counts,)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array of uncertainties, which need not be made for it."""
        return self._counts.shape

    @property
    def values(self) -> NDArray[np.float64]:
        """One for each count; worked out at the first call."""
        if self._made is not None:
            return self._made
        made = _root(self._counts)
        object.__setattr__(self, "_made", made)
        return made


def _root(counts: NDArray[Any]) -> NDArray[np.float64]:
    doubt: NDArray[np.float64] = np.sqrt(np.maximum(counts, 1), dtype=np.float64)
    if counts.dtype.kind == "i":
        doubt[counts < 0] = np.nan
    return doubt
