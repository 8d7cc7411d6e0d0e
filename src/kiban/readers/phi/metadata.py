"""What the header of PHI's files says, under the standard names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kiban.quantity.measured import Measured
from kiban.readers.number_list import optional_number
from kiban.readers.phi.header import Header, Region
from kiban.records.reading import MetadataValue

_TECHNIQUES = {"XPS": "xps", "UPS": "photoemission", "AES": "auger", "REELS": "electron_energy_loss"}
_TEXTS = (
    ("model", "InstrumentModel"),
    ("software", "SoftwareVersion"),
    ("institution", "Institution"),
    ("experiment_id", "ExperimentID"),
    ("comment", "FileDesc"),
    ("source", "XraySource"),
    ("analyser_mode", "AnalyserMode"),
    ("charge_neutraliser", "EgunNeutMode"),
)
_MEASURED = (
    ("source_power", "XrayPower"),
    ("beam_diameter", "XrayBeamDiameter"),
    ("work_function", "AnalyserWorkFcn"),
    ("source_analyser_angle", "SourceAnalyserAngle"),
    ("beam_current", "EBeamCurrent"),
)
_ENERGY = re.compile(r"(?<![\w.])(\d{2,5}(?:\.\d+)?)(?![\w.])")


def technique(header: Header) -> str:
    """Name the technique by the header's word for it, the more exact one first."""
    words = (header.text("TechniqueEx"), header.text("Technique"))
    return next((_TECHNIQUES[word.upper()] for word in words if word.upper() in _TECHNIQUES), "spectrum")


def axis(header: Header, region: Region) -> tuple[str, bool]:
    """Name the energy of a region.

    Returns
    -------
    (str, bool)
        The variable, and whether the file leaves no doubt: XPS is drawn from high to low binding energy, AES from low
        to high kinetic energy, and the header has no word for either.
    """
    kind = technique(header)
    if kind in {"xps", "photoemission"} and region.step < 0:
        return "binding_energy", True
    if kind == "auger" and region.step > 0:
        return "kinetic_energy", True
    return "energy", False


def metadata(header: Header, region: Region, *, is_profile: bool) -> dict[str, MetadataValue]:
    """Collect what the header states of one region."""
    found: dict[str, MetadataValue] = {"maker": "ULVAC-PHI"}
    if word := header.text("TechniqueEx") or header.text("Technique"):
        found["technique_name"] = word
    found |= {name: text for name, key in _TEXTS if (text := header.text(key)) and text.lower() != "none"}
    for name, key in _MEASURED:
        value = header.measured(key, positive=name not in {"work_function", "source_analyser_angle"})
        if value is not None:
            found[name] = value
    energy = _ENERGY.search(header.text("XraySource"))
    beam = header.measured("EBeamEnergy", positive=True)
    if energy is not None:
        found["incident_energy"] = Measured(float(energy.group(1)), "eV")
    elif beam is not None:
        found["acceleration_voltage" if beam.unit.endswith("V") and "eV" not in beam.unit else "incident_energy"] = beam
    found["species"] = "survey" if region.is_survey else region.name
    if region.pass_energy_ev is not None:
        found["pass_energy"] = Measured(region.pass_energy_ev, "eV")
    if region.time_s is not None:
        found["count_time"] = Measured(region.time_s, "s")
    found["step"] = Measured(abs(region.step), "eV")
    sweeps = header.numbered("SpectralRegDef2", region.number).split()
    n_scans = optional_number(sweeps[1]) if len(sweeps) > 1 else None
    if n_scans is not None and n_scans >= 1 and n_scans % 1 == 0:
        found["n_scans"] = int(n_scans)
    if header.text("EnergyRecal").lower() not in {"no", ""}:
        reference = header.text("EnergyReference")
        found["energy_calibration"] = f"EnergyRecal: {header.text('EnergyRecal')}; EnergyReference: {reference}"
    if is_profile:
        found.update(_sputtering(header))
    return found


def _sputtering(header: Header) -> Iterator[tuple[str, MetadataValue]]:
    if ion := header.text("SputterIon"):
        yield "sputter_ion", ion
    if mode := header.text("SputterMode"):
        yield "sputter_mode", mode
    energy = header.measured("SputterEnergy", positive=True)
    if energy is not None:
        yield ("sputter_energy" if energy.unit.endswith("eV") else "sputter_voltage"), energy
    raster = header.text("SputterRaster").split()
    if len(raster) == 3:
        for name, text in (("sputter_width_x", raster[0]), ("sputter_width_y", raster[1])):
            width = optional_number(text)
            if width is not None and width > 0 and raster[2] in {"mm", "um"}:
                yield name, Measured(width, raster[2])
