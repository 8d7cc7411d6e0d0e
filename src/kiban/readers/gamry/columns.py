"""What Gamry's Framework calls its columns, and what we call them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kiban.readers.tables.column_headers import ColumnHeader, slug, unique
from kiban.readers.words.unit_words import read_unit

_NAMES = {
    "Pt": "data_point",
    "T": "time",
    "Time": "time",
    "Vf": "potential",
    "Vm": "measured_voltage",
    "Im": "current",
    "V": "potential",
    "I": "current",
    "Voltage": "potential",
    "Current": "current",
    "Vu": "uncompensated_voltage",
    "Pwr": "power",
    "Sig": "control_signal",
    "Ach": "auxiliary_voltage",
    "Temp": "temperature",
    "IERange": "current_range",
    "Cycle": "cycle_number",
    "Over": "overload",
    "Overload": "overload",
    "OlCtrl": "control_overload",
    "StopTest": "stop_test",
    "Q": "charge",
    "Freq": "frequency",
    "Zreal": "impedance_real",
    "Zimag": "impedance_imaginary",
    "Zsig": "control_amplitude",
    "Zmod": "impedance_modulus",
    "Zphz": "phase",
    "ZrealDrCor": "impedance_real_drift_corrected",
    "ZimagDrCor": "impedance_imaginary_drift_corrected",
    "ZmodDrCor": "impedance_modulus_drift_corrected",
    "ZphzDrCor": "phase_drift_corrected",
    "Idc": "dc_current",
    "Vdc": "dc_potential",
    "Vfwd": "potential_forward",
    "Vrev": "potential_reverse",
    "Vstep": "potential",
    "Ifwd": "current_forward",
    "Irev": "current_reverse",
    "Idif": "current",
}
_PHASES = {"phase", "phase_drift_corrected"}
TEXTS = frozenset({"overload", "control_overload"})
AUXILIARY = frozenset(
    {"data_point", "measured_voltage", "uncompensated_voltage", "control_signal", "auxiliary_voltage", "temperature"}
    | {"current_range", "cycle_number", "control_amplitude", "dc_current", "dc_potential", "stop_test", "time"}
)
FIRST = ("impedance_real", "impedance_imaginary", "potential", "current")
_NONE = frozenset({"", "#", "##", "bits", "-"})


def read_columns(labels: Sequence[str], units: Sequence[str]) -> tuple[list[ColumnHeader], list[str], list[str]]:
    """Name the columns.

    Returns
    -------
    (list of ColumnHeader, list of str, list of str)
        One for each column; the names of those that hold flags; units that are not understood.
    """
    unknown: list[str] = []
    headers, flags = [], []
    for label, written in zip(labels, units, strict=True):
        name = _NAMES.get(label) or slug(label)
        unit = _unit(written, name)
        if unit is None:
            unknown.append(written)
        flags.append(written == "bits")
        headers.append(ColumnHeader(name=name, label=label, unit=unit or "", unit_as_written=written))
    named = unique(headers)
    return named, [h.name for h, flag in zip(named, flags, strict=True) if flag], unknown


def _unit(written: str, name: str) -> str | None:
    if written in _NONE:
        return ""
    if name in _PHASES and len(written) == 1:
        return "deg"  # the degree sign, which copies often lose
    against = re.fullmatch(r"(\S+) vs\.? .*", written)
    return read_unit({"S": "s"}.get(written, against[1] if against else written))
