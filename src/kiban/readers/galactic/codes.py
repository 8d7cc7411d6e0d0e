"""What the codes of an SPC file mean: axes, signals and kinds of experiment (Thermo Galactic's `spc.h`)."""

from __future__ import annotations

AXES = {
    0: ("x", "arbitrary_unit", "Arbitrary"), 1: ("wavenumber", "1/cm", "Wavenumber (cm-1)"),
    2: ("wavelength", "um", "Micrometers"), 3: ("wavelength", "nm", "Nanometers"), 4: ("time", "s", "Seconds"),
    5: ("time", "min", "Minutes"), 6: ("frequency", "Hz", "Hertz"), 7: ("frequency", "kHz", "Kilohertz"),
    8: ("frequency", "MHz", "Megahertz"), 9: ("mass_to_charge", "dalton/elementary_charge", "Mass (M/z)"),
    10: ("chemical_shift", "ppm", "Parts per million"), 11: ("time", "day", "Days"), 12: ("time", "year", "Years"),
    13: ("raman_shift", "1/cm", "Raman Shift (cm-1)"), 14: ("energy", "eV", "eV"), 16: ("diode", "", "Diode Number"),
    17: ("channel", "", "Channel"), 18: ("angle", "deg", "Degrees"), 19: ("temperature", "degF", "Temperature (F)"),
    20: ("temperature", "degC", "Temperature (C)"), 21: ("temperature", "K", "Temperature (K)"),
    22: ("point", "", "Data Points"), 23: ("time", "ms", "Milliseconds"), 24: ("time", "us", "Microseconds"),
    25: ("time", "ns", "Nanoseconds"), 26: ("frequency", "GHz", "Gigahertz"), 27: ("length", "cm", "Centimeters"),
    28: ("length", "m", "Meters"), 29: ("length", "mm", "Millimeters"), 30: ("time", "hour", "Hours"),
    255: ("retardation", "", "Double interferogram"),
}  # fmt: skip
"""Code of the x and z axes: our name, unit, and what the program calls it."""

SIGNALS = {
    0: ("intensity", "arbitrary_unit", "Arbitrary Intensity"), 1: ("interferogram", "arbitrary_unit", "Interferogram"),
    2: ("absorbance", "absorbance", "Absorbance"), 3: ("kubelka_munk", "kubelka_munk", "Kubelka-Munk"),
    4: ("intensity", "count", "Counts"), 5: ("potential", "V", "Volts"), 6: ("angle", "deg", "Degrees"),
    7: ("current", "mA", "Milliamps"), 8: ("length", "mm", "Millimeters"), 9: ("potential", "mV", "Millivolts"),
    10: ("log_reciprocal_reflectance", "", "Log(1/R)"), 11: ("fraction", "percent", "Percent"),
    12: ("intensity", "arbitrary_unit", "Intensity"), 13: ("intensity", "arbitrary_unit", "Relative Intensity"),
    14: ("energy", "arbitrary_unit", "Energy"), 16: ("intensity", "dB", "Decibel"),
    19: ("temperature", "degF", "Temperature (F)"), 20: ("temperature", "degC", "Temperature (C)"),
    21: ("temperature", "K", "Temperature (K)"), 22: ("refractive_index", "", "Index of Refraction [N]"),
    23: ("extinction_coefficient", "", "Extinction Coeff. [K]"), 24: ("real_part", "arbitrary_unit", "Real"),
    25: ("imaginary_part", "arbitrary_unit", "Imaginary"), 26: ("complex", "arbitrary_unit", "Complex"),
    128: ("transmittance", "transmittance", "Transmission"), 129: ("reflectance", "reflectance", "Reflectance"),
    130: ("intensity", "arbitrary_unit", "Arbitrary or Single Beam with Valley Peaks"),
    131: ("intensity", "arbitrary_unit", "Emission"),
}  # fmt: skip
"""Code of what was measured: our name, unit, and what the program calls it."""

_EXPERIMENTS = {
    1: "chromatography", 2: "chromatography", 3: "chromatography", 5: "ir", 7: "uv_vis", 8: "xrd",
    9: "mass_spectrometry", 11: "raman", 14: "chromatography",
}  # fmt: skip
_BY_AXIS = {
    "raman_shift": "raman", "chemical_shift": "nmr", "mass_to_charge": "mass_spectrometry",
}  # fmt: skip
_OPTICAL = {1, 2, 3, 10, 128, 129}
"""Signals that absorption spectrometers give."""
_VISIBLE_NM = 1100.0
"""Silicon detectors end there; beyond it is the near infrared."""


def technique(experiment: int, x_code: int, y_code: int, last_nm: float) -> str:
    """Find the technique: the kind of experiment, else what the axes are; `spectrum` where neither tells.

    Parameters
    ----------
    last_nm : float
        The larger end of the axis, which tells visible light from infrared where the axis is in nm.
    """
    axis = AXES.get(x_code, ("x", "", ""))[0]
    if axis in _BY_AXIS:
        return _BY_AXIS[axis]
    if experiment in _EXPERIMENTS:
        return _EXPERIMENTS[experiment]
    if axis == "wavenumber" and y_code in _OPTICAL:
        return "ir"
    if axis == "wavelength" and y_code in _OPTICAL:
        return "uv_vis" if last_nm <= _VISIBLE_NM else "ir"
    return "spectrum"
