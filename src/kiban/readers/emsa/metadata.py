"""What the keywords of an MSA file say, under the standard names."""

from __future__ import annotations

from collections.abc import Iterator

from kiban.readers.emsa.keywords import Head
from kiban.records.reading import MetadataValue

_TECHNIQUES = {
    "EDS": "energy_dispersive_x_ray",
    "EDX": "energy_dispersive_x_ray",
    "ELS": "electron_energy_loss",
    "EELS": "electron_energy_loss",
    "AES": "auger",
    "PES": "photoemission",
    "XRF": "x_ray_fluorescence",
    "CLS": "cathodoluminescence",
    "CL": "cathodoluminescence",
}
_TEXTS = (
    ("owner", "OWNER"),
    ("comment", "COMMENT"),
    ("operation_mode", "OPERMODE"),
    ("technique_name", "SIGNALTYPE"),
)
# Names, keywords and the units that the standard prescribes where none stands behind the keyword.
_NUMBERS = (
    ("acceleration_voltage", "BEAMKV", "kV"),
    ("emission_current", "EMISSION", "uA"),
    ("probe_current", "PROBECUR", "nA"),
    ("probe_size", "BEAMDIAM", "nm"),
    ("semi_convergence_angle", "CONVANGLE", "mrad"),
    ("semi_collection_angle", "COLLANGLE", "mrad"),
    ("sample_thickness", "THICKNESS", "nm"),
    ("stage_tilt_x", "XTILTSTGE", "deg"),
    ("stage_tilt_y", "YTILTSTGE", "deg"),
    # The standard has no unit for positions.
    ("position_x", "XPOSITION", ""),
    ("position_y", "YPOSITION", ""),
    ("position_z", "ZPOSITION", ""),
    ("count_time", "DWELLTIME", "ms"),
    ("integration_time", "INTEGTIME", "ms"),
    ("elevation_angle", "ELEVANGLE", "deg"),
    ("azimuth_angle", "AZIMANGLE", "deg"),
    ("solid_angle", "SOLIDANGL", "sr"),
    ("live_time", "LIVETIME", "s"),
    ("real_time", "REALTIME", "s"),
)


def technique(head: Head) -> str:
    """Name the technique by the type of the signal, or by the kind of detector where only that is stated."""
    found = _TECHNIQUES.get(head.text("SIGNALTYPE").upper())
    if found is None and not head.text("SIGNALTYPE"):
        if head.text("EDSDET"):
            return "energy_dispersive_x_ray"
        if head.text("ELSDET"):
            return "electron_energy_loss"
    return found or "spectrum"


def metadata(head: Head) -> dict[str, MetadataValue]:
    """Collect what is stated."""
    found: dict[str, MetadataValue] = {}
    for name, key in _TEXTS:
        if text := "\n".join(value for value in head.values.get(key, []) if value):
            found[name] = text
    if detector := head.text("EDSDET") or head.text("ELSDET"):
        found["detector"] = detector
    for name, key, unit in _NUMBERS:
        value = head.measured(key, unit)
        if value is not None:
            found[name] = value
    found.update(_magnification(head))
    return found


def _magnification(head: Head) -> Iterator[tuple[str, MetadataValue]]:
    """MAGCAM is the magnification of images and the camera length, in millimetres, of diffraction."""
    mode = head.text("OPERMODE").upper()
    if mode.startswith(("IMAG", "SCIMG")):
        value = head.number("MAGCAM")
        if value is not None:
            yield "magnification", value
    elif mode.startswith(("DIFF", "SCDIF")):
        length = head.measured("MAGCAM", "mm")
        if length is not None:
            yield "camera_length", length
