"""What was measured, told by the names and units of the columns.

Only words in the file count, never its suffix. What is inferred is said to be inferred: the reading carries a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from kiban.readers.words import quantity_words
from kiban.records.reading import Variable

_DIFFRACTION = re.compile(r"anode|k-?alpha|kα|2 ?-?theta|2θ|diffract|goniometer|回折", re.IGNORECASE)
_VOLTAMMETRY = re.compile(r"cyclic voltammetry|サイクリック・?ボルタンメトリー", re.IGNORECASE)
_OPTICAL = frozenset({"absorbance", "transmittance", "reflectance"})
_POTENTIAL = frozenset({"potential", "voltage", "cell_voltage", "cell_potential", "ewe", "ecell"})
_CURRENT = frozenset({"current", "current_density"})


class Columns:
    """The names and kinds of unit of a table's columns, and the words above it."""

    def __init__(self, variables: Sequence[Variable], words: str) -> None:
        self.names = [variable.name for variable in variables]
        self.kinds = [quantity_words.kind_of(variable.series.unit) for variable in variables]
        self.units = [variable.series.unit for variable in variables]
        self.words = words

    def has(self, *wanted: str) -> bool:
        """Say whether a column has one of the names, or one of them among its words."""
        return any(name in wanted or set(wanted) & set(name.split("_")) for name in self.names)

    def first_is(self, *wanted: str) -> bool:
        """Say whether the first column is called so, or measured in such a unit."""
        return bool(self.names) and (self.names[0] in wanted or self.kinds[0] in wanted)

    @property
    def has_intensity(self) -> bool:
        """Counts, a count rate or a column called intensity."""
        return self.has("intensity", "counts") or "intensity" in self.kinds[1:]

    @property
    def has_optical(self) -> bool:
        """Absorbance, transmittance or reflectance, as a name or as a unit."""
        return self.has(*_OPTICAL) or bool(_OPTICAL & set(self.kinds[1:]))


def _is_diffraction(columns: Columns) -> bool:
    if any("two_theta" in name for name in columns.names[:1]):
        return columns.has_intensity
    return columns.first_is("angle") and columns.has_intensity and _DIFFRACTION.search(columns.words) is not None


def _is_raman(columns: Columns) -> bool:
    return "raman_shift" in columns.names[:1] or (
        columns.first_is("wavenumber") and columns.has_intensity and "raman" in columns.words.lower()
    )


def _is_electrochemical(columns: Columns) -> bool:
    named = set(columns.names)
    measured = bool(named & _POTENTIAL) and bool(named & _CURRENT)
    return measured and columns.has("time", "cycle", "date")


def _is_voltammogram(columns: Columns) -> bool:
    named = set(columns.names)
    return bool(named & _POTENTIAL) and bool(named & _CURRENT) and _VOLTAMMETRY.search(columns.words) is not None


def _is_impedance(columns: Columns) -> bool:
    named = set(columns.names)
    imaginary = {"impedance_imaginary", "impedance_imaginary_negative"}
    return "frequency" in named and "impedance_real" in named and bool(named & imaginary)


def _is_thermogravimetry(columns: Columns) -> bool:
    """A loss of mass, in mg or percent, against temperature or time; a sample's mass in grams is something else."""
    lost = any(
        set(name.split("_")) & {"mass", "weight", "tg"} and unit in {"mg", "ug", "percent"}
        for name, unit in zip(columns.names, columns.units, strict=True)
    )
    heated = "temperature" in columns.kinds and (columns.first_is("temperature") or columns.has("time"))
    return lost and heated and len(columns.names) > 2


def _is_mechanical(columns: Columns) -> bool:
    """A force or a stress with a displacement or a strain of the machine, each called so in words."""
    forces = {"force", "load", "stress", "kraft", "standardkraft"}
    ways = {"extension", "displacement", "stroke", "strain", "elongation", "crosshead", "dehnung", "standardweg"}
    named = [(set(name.split("_")), kind) for name, kind in zip(columns.names, columns.kinds, strict=True)]
    pushed = any(words & forces and kind in {"force", "pressure"} for words, kind in named)
    return pushed and any(words & ways for words, _ in named) and not columns.has("shear", "modulus")


def _is_rheometry(columns: Columns) -> bool:
    named = set(columns.names)
    sheared = bool(named & {"shear_rate", "shear_strain", "shear_stress"})
    return sheared and bool(
        named & {"viscosity", "shear_stress", "storage_modulus", "complex_viscosity"} - {"shear_rate"}
    )


def _is_magnetometry(columns: Columns) -> bool:
    """A magnetic moment in emu or A·m² against a field in Oe, T or A/m."""
    moment = any(unit in {"emu", "A*m**2", "mA*m**2", "uA*m**2", "nA*m**2"} for unit in columns.units)
    field = any(
        "field" in name.split("_") and unit in {"oersted", "koersted", "T", "mT", "gauss", "kgauss", "A/m", "kA/m"}
        for name, unit in zip(columns.names, columns.units, strict=True)
    )
    return moment and field


_TESTS: tuple[tuple[str, Callable[[Columns], bool]], ...] = (
    ("xrd", _is_diffraction),
    ("raman", _is_raman),
    ("ir", lambda c: c.first_is("wavenumber") and c.has_optical),
    ("uv_vis", lambda c: c.first_is("wavelength") and c.has_optical),
    ("impedance", _is_impedance),
    ("cyclic_voltammetry", _is_voltammogram),
    ("electrochemistry", _is_electrochemical),
    ("thermogravimetry", _is_thermogravimetry),
    ("rheometry", _is_rheometry),
    ("mechanical_test", _is_mechanical),
    ("magnetometry", _is_magnetometry),
    (
        "spectrum",
        lambda c: (
            c.first_is("wavelength", "wavenumber", "binding_energy", "kinetic_energy", "photon_energy", "energy")
            and c.has_intensity
        ),
    ),
)


def infer(variables: Sequence[Variable], words: str) -> str:
    """Infer the technique from the columns.

    Parameters
    ----------
    variables : sequence of Variable
        In the order of the columns.
    words : str
        What stands above the table; it decides only where the columns leave two possibilities.

    Returns
    -------
    str
        A key of `kiban.records.technique`; `table` where the columns do not tell.
    """
    columns = Columns(variables, words)
    return next((key for key, holds in _TESTS if holds(columns)), "table")
