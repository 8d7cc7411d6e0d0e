"""Uncertainties of count rates: where a rate times the time it was counted for is whole everywhere, it was counted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.series import Uncertainties
from kiban.quantity.uncertainty import Distribution, Kind, Origin

_TELLING = 0.1
"""A number of counts that its digits fix to no better than this could be whole by chance."""
_ENOUGH = 3


def rate_uncertainty(
    rates: NDArray[Any], counting_time_s: float | None, *, relative_precision: float
) -> Uncertainties | None:
    """Estimate the standard uncertainty of counts per second from the counts behind them.

    Parameters
    ----------
    rates : array of numbers, any shape
        Counts per second; NaN where nothing was measured.
    counting_time_s : float, optional
        For how long each of them was counted in all.
    relative_precision : float
        To how much of itself a rate is written: 6e-8 for 32-bit floats, 5e-6 for six digits.

    Returns
    -------
    Uncertainties, same shape
        √n divided by the time, 1 count where there was none. `None` where the time is not known, or rate times time
        is negative or not whole somewhere: then the rates were corrected after counting and n is not known. `None`
        also where too few numbers are written finely enough to tell.
    """
    if counting_time_s is None or not 0 < counting_time_s < np.inf:
        return None
    with np.errstate(over="ignore"):
        counts = np.asarray(rates, dtype=np.float64) * counting_time_s
    there = counts[~np.isnan(counts)]
    if bool(np.any(there < 0)) or bool(np.any(np.isinf(there))):
        return None
    # Rate and time are both rounded when they are written.
    coarse = 2 * relative_precision * there + 1e-4
    telling = coarse < _TELLING
    off = np.abs(there - np.rint(there))
    if bool(np.any(off[telling] > coarse[telling])) or int(np.count_nonzero(there[telling])) < _ENOUGH:
        return None
    return Uncertainties(
        values=np.sqrt(np.maximum(counts, 1)) / counting_time_s,
        kind=Kind.STANDARD,
        origin=Origin.ESTIMATE,
        distribution=Distribution.POISSON,
    )
