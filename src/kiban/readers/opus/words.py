"""What the codes of OPUS are called here: axes, signals and metadata."""

from __future__ import annotations

from collections.abc import Mapping

from kiban.quantity.measured import Measured
from kiban.readers.opus.blocks import Kind
from kiban.readers.opus.parameters import Value, number, text
from kiban.records.reading import MetadataValue

AXES = {
    "WN": ("wavenumber", "1/cm"),
    "MI": ("wavelength", "um"),
    "NM": ("wavelength", "nm"),
    "LGW": ("log_wavenumber", ""),
    "MIN": ("time", "min"),
    "SEC": ("time", "s"),
    "PNT": ("point", ""),
}
"""DXU: name and unit of the axis."""

SIGNALS = {
    1: ("intensity", "arbitrary_unit"),
    2: ("intensity", "arbitrary_unit"),
    3: ("phase", "arbitrary_unit"),
    4: ("absorbance", "absorbance"),
    5: ("transmittance", "transmittance"),
    6: ("kubelka_munk", "kubelka_munk"),
    7: ("intensity", "arbitrary_unit"),
    8: ("intensity", "arbitrary_unit"),
    9: ("intensity", "arbitrary_unit"),
    10: ("intensity", "arbitrary_unit"),
    11: ("emission", "arbitrary_unit"),
    12: ("reflectance", "reflectance"),
    14: ("power", "arbitrary_unit"),
    15: ("log_reflectance", ""),
    16: ("attenuated_total_reflection", "arbitrary_unit"),
    17: ("photoacoustic_signal", "arbitrary_unit"),
}
"""Kind of data: name and unit of the signal."""

RAMAN = 10
_PARTS = {1: "_real", 2: "_imaginary"}
_LARGEST_SHIFT = 5000.0
_WORDS = (
    ("serial_number", "SRN"),
    ("source", "SRC"),
    ("detector", "DTC"),
    ("beam_splitter", "BMS"),
    ("aperture", "APT"),
    ("optical_filter", "OPF"),
    ("accessory", "ACC"),
    ("apodization", "APF"),
    ("phase_correction", "PHZ"),
    ("scan_mode", "AQM"),
    ("method", "EXP"),
    ("sample_form", "SFM"),
    ("institution", "CPY"),
)


def axis_name(unit: str, kind: Kind, largest: float) -> tuple[str, str, bool]:
    """Name an axis.

    Parameters
    ----------
    unit : str
        DXU as the file has it.
    largest : float
        The largest abscissa: Raman spectra are stored over their shift, but a scale that goes far beyond any shift
        counts from zero wavenumbers.

    Returns
    -------
    (str, str, bool)
        Name, unit, and whether the code is known.
    """
    found = AXES.get(unit.strip().upper())
    if found is None:
        return "x", "arbitrary_unit", False
    if kind.data == RAMAN and found[0] == "wavenumber" and largest <= _LARGEST_SHIFT:
        return "raman_shift", found[1], True
    return (*found, True)


def signal_name(kind: Kind) -> tuple[str, str]:
    """Name a signal and its unit; derivatives are in no unit that the file states."""
    name, unit = SIGNALS.get(kind.data, ("intensity", "arbitrary_unit"))
    if kind.derivative:
        name, unit = f"{name}_derivative", "arbitrary_unit"
    return name + _PARTS.get(kind.part, ""), unit


def metadata(found: Mapping[str, Value], *, is_raman: bool, is_reference: bool) -> dict[str, MetadataValue]:
    """Collect what the parameters of a measurement say, under the standard names."""
    result: dict[str, MetadataValue] = {"maker": "Bruker"}
    if instrument := text(found, "INS"):
        result["model"] = instrument
    result |= {name: value for name, key in _WORDS if (value := text(found, key))}
    resolution = number(found, "RES")
    if resolution:
        result["resolution"] = Measured(resolution, "1/cm")
    n_scans = _count(found, *(("ARS", "ASS", "NSR", "NSS") if is_reference else ("ASS", "NSS")))
    if n_scans:
        result["n_scans"] = n_scans
    zero_filling = number(found, "ZFF")
    if zero_filling:
        result["zero_filling_factor"] = zero_filling
    laser = number(found, "RLW")
    if is_raman and laser and laser > 0:
        result["laser_wavelength"] = Measured(1e7 / laser, "nm")
    power = number(found, "RLP")
    if is_raman and power is not None and power > 0:
        result["laser_power"] = Measured(power, "mW")
    return result


def _count(found: Mapping[str, Value], *keys: str) -> int | None:
    for key in keys:
        value = number(found, key)
        if value is not None and value > 0 and value == int(value):
            return int(value)
    return None
