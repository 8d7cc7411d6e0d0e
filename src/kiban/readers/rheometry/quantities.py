"""The quantities of rheometers: what their columns are called, and along which of them a measurement ran."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from kiban.readers.tables.column_headers import ColumnHeader, read_label
from kiban.readers.words.unit_words import read_unit

_WORDS = {
    "time": ("time", "tempo", "zeit", "temps", "時間"),
    "interval_time": ("interval time", "tempo do intervalo", "abschnittszeit"),
    "shear_rate": ("shear rate", "taxa de cisalhamento", "scherrate", "せん断速度"),
    "shear_stress": ("shear stress", "tensão de cisalhamento", "schubspannung", "せん断応力"),
    "shear_strain": ("shear strain", "strain", "deformação", "deformation", "せん断ひずみ"),
    "viscosity": ("viscosity", "viscosidade", "viskosität", "粘度"),
    "temperature": ("temperature", "temperatura", "temperatur", "温度"),
    "torque": ("torque", "drehmoment", "トルク"),
    "storage_modulus": ("storage modulus", "g'", "módulo de armazenamento", "speichermodul", "貯蔵弾性率"),
    "loss_modulus": ("loss modulus", "g''", 'g"', "módulo de perda", "verlustmodul", "損失弾性率"),
    "loss_factor": ("loss factor", "damping factor", "fator de perda", "verlustfaktor", "tan(δ)", "tan(delta)"),
    "angular_frequency": ("angular frequency", "frequência angular", "kreisfrequenz", "角周波数"),
    "frequency": ("frequency", "frequência", "frequenz", "周波数"),
    "complex_viscosity": ("complex viscosity", "viscosidade complexa", "komplexe viskosität", "複素粘度"),
    "complex_modulus": ("complex modulus", "complex shear modulus", "|g*|", "módulo complexo"),
    "normal_force": ("normal force", "força normal", "normalkraft"),
}
_BY_WORD = {word: name for name, words in _WORDS.items() for word in words}
_PART = re.compile(r"(?P<part>Re|Im)\((?P<words>.+)\)", re.IGNORECASE)
SIGNALS = (
    *("shear_stress", "viscosity", "storage_modulus", "loss_modulus", "complex_viscosity", "complex_modulus"),
    *("relaxation_modulus", "creep_compliance", "shear_rate", "shear_strain"),
)
"""What is measured and drawn first."""
_STEPPED = ("time", "angular_frequency", "frequency", "shear_strain", "shear_rate", "shear_stress", "temperature")
_STEADY = 0.01
"""A quantity that stays within this part of its largest value was held, not stepped."""


def header_of(label: str, unit_text: str) -> ColumnHeader:
    """Name a column by its words and the unit below them; words not known here become the name as they stand."""
    words = " ".join(label.split())
    part = _PART.fullmatch(words)
    name = _BY_WORD.get((part["words"] if part else words).lower())
    found = read_label(words, unit_text=unit_text)
    if name is None:
        return found
    if part:
        name += "_real" if part["part"].lower() == "re" else "_imaginary"
    written = unit_text.strip().strip("[]").strip()
    unit = "" if written in {"", "1"} else read_unit(written)
    return ColumnHeader(name=name, label=found.label, unit=unit or "", unit_as_written=written if unit else "")


def axis_of(columns: Mapping[str, NDArray[np.float64]]) -> str | None:
    """Say along which quantity the measurement ran: time, else the first of those that were stepped.

    Returns
    -------
    str or None
        None where every candidate has gaps, or none is there.
    """
    finite = [name for name in _STEPPED if name in columns and bool(np.all(np.isfinite(columns[name])))]
    for name in finite:
        values = columns[name]
        if name == "time" or float(np.ptp(values)) > _STEADY * float(np.max(np.abs(values))):
            return name
    return finite[0] if finite else None
