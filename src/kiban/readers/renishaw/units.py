"""What the codes of a WDF file mean."""

from __future__ import annotations

UNITS = {
    1: ("1/cm", "1/cm"), 2: ("1/cm", "1/cm"), 3: ("nm", "nm"), 4: ("eV", "eV"), 5: ("um", "µm"), 6: ("count", "counts"),
    7: ("count", "electrons"), 8: ("mm", "mm"), 9: ("m", "m"), 10: ("K", "K"), 11: ("Pa", "Pa"), 12: ("s", "s"),
    13: ("ms", "ms"), 14: ("hour", "h"), 15: ("day", "d"), 16: ("pixel", "px"), 19: ("deg", "°"), 20: ("rad", "rad"),
    21: ("degC", "°C"), 22: ("degF", "°F"), 23: ("K/minute", "K/min"), 25: ("us", "µs"),
}  # fmt: skip
"""Code of a unit: ours, and as people write it; codes that are missing here are arbitrary or none."""

SPECTRAL = {1: "raman_shift", 2: "wavenumber", 3: "wavelength", 4: "photon_energy"}
"""Code of the unit of a spectrum's axis: what the axis is."""

ORIGINS = {
    3: "position_x", 4: "position_y", 5: "position_z", 6: "position_r", 7: "position_theta", 8: "position_phi",
    9: "temperature", 10: "pressure", 11: "time", 13: "polarization_angle", 14: "focus_track", 15: "ramp_rate",
    17: "flags", 18: "elapsed_time", 27: "exposure_time",
}  # fmt: skip
"""Code of what is known of each spectrum: its name here; a checksum (16) is left out."""

SCAN_TYPES = {
    1: "static", 2: "continuous", 3: "step repeat", 4: "filter scan", 5: "filter image", 6: "StreamLine",
    7: "StreamLine HR", 8: "point detector",
}  # fmt: skip

MEASUREMENTS = {1: "single", 2: "series", 3: "mapping"}
