"""Finding current, potential, time and charge in a Reading, whatever the cycler calls them."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.unit import is_compatible
from kiban.records.reading import Reading

Array = NDArray[np.float64]

_NAMES = {
    "time": ("time", "test_time", "elapsed_time", "total_time"),
    "current": ("current",),
    "potential": ("potential", "voltage", "cell_potential"),
    "control_potential": ("control_potential",),
    "charge": ("charge",),
    "charge_capacity": ("charge_capacity", "charging_capacity"),
    "discharge_capacity": ("discharge_capacity", "discharging_capacity"),
}
_LARGEST = 1e100
_UNITS = {"time": "s", "current": "mA", "potential": "V", "control_potential": "V"}
_KNOWN = {"s": {"s", "min", "h"}, "mA": {"A", "mA", "uA"}, "V": {"V", "mV"}, "mA*h": {"mA*h", "A*h", "coulomb"}}
"""Units recognised without asking the unit library, which takes long to load."""


def column(reading: Reading, quantity: str) -> Array | None:
    """The numbers of a quantity in s, mA, V or mA*h; `None` where the Reading has none with a fitting unit.

    Parameters
    ----------
    quantity : str
        One of `time`, `current`, `potential`, `control_potential`, `charge`, `charge_capacity`, `discharge_capacity`.
        Spreadsheets may have a column twice, once without a unit; then the numbered one (`current_2`) is taken.
    """
    unit = _UNITS.get(quantity, "mA*h")
    for name in _NAMES[quantity]:
        for variable in reading.variables:
            series = variable.series
            if re.sub(r"_\d+$", "", variable.name) != name or len(series.shape) != 1:
                continue
            if series.values.dtype.kind in "iuf" and _fits(series.unit, unit):
                values = series.in_unit(unit)
                # Beyond 1e100 products overflow; such a number is a mark for "no value".
                return np.where(np.abs(values) < _LARGEST, values, np.nan)
    return None


def _fits(given: str, wanted: str) -> bool:
    return given in _KNOWN[wanted] or (bool(given) and _is_other_spelling(given, wanted))


def _is_other_spelling(given: str, wanted: str) -> bool:
    from kiban.errors import UnknownUnit

    try:
        return is_compatible(given, wanted)
    except UnknownUnit:
        return False
