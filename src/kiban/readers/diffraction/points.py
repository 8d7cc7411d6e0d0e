"""Points of a range: evenly stepped axes, and intensities that must look like intensities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.readers.diffraction.scan import Track

_MEND = "Copy the file again from the instrument's computer, or export it again; it is kept as it came."
_FARTHEST = 1e6
"""No drive stands beyond that, in degrees or millimetres."""
_BRIGHTEST = 1e15
_FAINTEST = 1e-30
"""Numbers below that are no intensities but whole numbers, or other bytes, taken for floats."""
_NOT_MEASURED = -9999.0


def evenly_stepped(start: float, step: float, n_points: int, *, place: str) -> NDArray[np.float64] | None:
    """Positions from start and step; `None` where the step is 0, so that they are no axis.

    Raises
    ------
    DamagedFile
        If they are not finite or run off.
    """
    last = start + step * (n_points - 1)
    if not (abs(start) < _FARTHEST and abs(last) < _FARTHEST):
        raise DamagedFile(
            f"{place}: an axis within ±{_FARTHEST:g} was expected; one from {start:g} in {n_points} steps of {step:g} "
            "was found.",
            mend=_MEND,
        )
    if n_points > 1 and start + step == start:
        return None
    return start + step * np.arange(n_points, dtype=np.float64)


def point_numbers(n_points: int) -> Track:
    """Numbers from 1 on, the axis where the file's own is not known."""
    return Track(name="point_number", label="", values=np.arange(1, n_points + 1), unit="")


def check_positions(values: NDArray[np.float64], *, what: str, place: str) -> None:
    """Refuse measured positions that are none. Raises DamagedFile."""
    if not bool(np.all(np.abs(values) < _FARTHEST)):  # NaN compares as false
        raise DamagedFile(f"{place}: finite positions of {what} were expected; others were found.", mend=_MEND)


def intensities(stored: NDArray[np.float32], *, place: str) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Check the stored numbers and mark those that stand for "not measured".

    Returns
    -------
    (array of floats, tuple of str)
        The numbers, -9999 replaced by NaN, and doubts.

    Raises
    ------
    DamagedFile
        If numbers are infinite, absurdly large or so small that they cannot be intensities: then the records have
        another layout than was read.
    """
    size = np.abs(stored)
    strange = ~(size < _BRIGHTEST) | ((size > 0) & (size < _FAINTEST))
    if bool(np.any(strange)):
        first = int(np.argmax(strange))
        raise DamagedFile(
            f"{place}: an intensity was expected as point {first + 1}; {float(stored[first]):g} was found.", mend=_MEND
        )
    values = stored.astype(np.float64)
    missing = values == _NOT_MEASURED
    n_missing = int(np.count_nonzero(missing))
    if not n_missing:
        return values, ()
    values[missing] = np.nan
    return values, (f"{n_missing} of the {len(values)} points were not measured: the file has -9999 there.",)
