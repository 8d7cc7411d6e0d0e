"""Units of detectors' signals, among them multiples: `25 µV` counts in steps of 25 µV."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.series import Series
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Variable

_UNITS = {"mau": "mAU", "au": "AU", "nriu": "nRIU"}
_MULTIPLE = re.compile(r"(?P<factor>\d{1,3}) ?(?P<unit>[munpµμ]?V)")


def signal_in_unit(values: NDArray[np.float64], written: str, *, label: str = "") -> tuple[Variable, tuple[str, ...]]:
    """Make the variable of the signal, in the unit that the file writes, and say what is doubtful about it."""
    doubts: tuple[str, ...] = ()
    shown, match = written, _MULTIPLE.fullmatch(written)
    if match is not None:
        doubts = (f"The file gives the signal in steps of {written}; it was multiplied by {match['factor']}.",)
        values, shown = values * float(match["factor"]), match["unit"]
    unit = _UNITS.get(shown.lower()) or read_unit(shown) or ""
    if written and not unit:
        doubts = (f"The unit of the signal, {written}, is not known: the numbers are as stored.",)
    signal = Variable(
        name="detector_signal",
        series=Series(values, unit),
        dimensions=("time",),
        label=label,
        unit_as_written=shown,
    )
    return signal, doubts
