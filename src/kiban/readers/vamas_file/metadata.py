"""What the head of a VAMAS block says, under the standard names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone

from kiban.quantity.measured import Measured
from kiban.readers.spectra.energy_axis import axis_name
from kiban.readers.vamas_file.experiment import Experiment
from kiban.readers.vamas_file.lines import known, words
from kiban.readers.vamas_file.spectrum import scans, unit_of
from kiban.records.reading import Json, MetadataValue

_TECHNIQUES = {
    "xps": "xps",
    "ups": "photoemission",
    "aes diff": "auger",
    "aes dir": "auger",
    "edx": "energy_dispersive_x_ray",
    "els": "electron_energy_loss",
    "xrf": "x_ray_fluorescence",
    "sims": "secondary_ion_mass_spectrometry",
    "sims energy spec": "secondary_ion_mass_spectrometry",
    "snms": "mass_spectrometry",
    "fabms": "mass_spectrometry",
}
_NUMBERS = (
    ("incident_energy", "analysis source characteristic energy", "eV"),
    ("beam_width_x", "analysis source beam width x", "um"),
    ("beam_width_y", "analysis source beam width y", "um"),
    ("field_of_view_x", "field of view x", "um"),
    ("field_of_view_y", "field of view y", "um"),
    ("incidence_angle", "analysis source polar angle of incidence", "deg"),
    ("incidence_azimuth", "analysis source azimuth", "deg"),
    ("target_bias", "target bias", "V"),
    ("analysis_width_x", "analysis width x", "um"),
    ("analysis_width_y", "analysis width y", "um"),
    ("take_off_angle", "analyser axis take off polar angle", "deg"),
    ("take_off_azimuth", "analyser axis take off azimuth", "deg"),
    ("count_time", "signal collection time", "s"),
    ("sputter_energy", "sputtering source energy", "eV"),
    ("sputter_current", "sputtering source beam current", "nA"),
    ("sputter_width_x", "sputtering source width x", "um"),
    ("sputter_width_y", "sputtering source width y", "um"),
    ("sputter_incidence_angle", "sputtering source polar angle of incidence", "deg"),
    ("sample_tilt", "sample normal polar angle of tilt", "deg"),
    ("sample_tilt_azimuth", "sample normal tilt azimuth", "deg"),
    ("sample_rotation", "sample rotation angle", "deg"),
)
# Programs write 0 for these where they do not know.
_NEVER_ZERO = frozenset(
    {"incident_energy", "count_time", "sputter_energy", "sputter_current"}
    | {name for name, _, _ in _NUMBERS if "width" in name or "field" in name}
)
_TEXTS = (
    ("technique_name", "technique"),
    ("source", "analysis source label"),
    ("analyser_mode", "analyser mode"),
    ("species", "species label"),
    ("transition", "transition or charge state label"),
    ("signal_mode", "signal mode"),
    ("sputter_mode", "sputtering mode"),
)
_OF_ELECTRONS = frozenset({"xps", "photoemission", "auger", "electron_energy_loss"})
_CASA = re.compile(r"(?i)casa ?info follows")
_WRITTEN_BY = re.compile(r"(?i)(?:casa ?info follows|created by)\s+(?P<name>\S.*)")
_CALIBRATION = re.compile(r"(?i)^calib\b.*=")


def technique(header: Mapping[str, Json], experiment: Experiment) -> str:
    """Name the technique by the block's own word for it."""
    if experiment.mode == "SEM":
        return "electron_microscopy"
    return _TECHNIQUES.get(str(header.get("technique", "")).lower(), "spectrum")


def metadata(header: Mapping[str, Json], experiment: Experiment) -> dict[str, MetadataValue]:
    """Collect what a block states and does not mark as unknown."""
    found: dict[str, MetadataValue] = {}
    for name, key in (("institution", "institution identifier"), ("model", "instrument model identifier")):
        if text := words(experiment.header.get(key)):
            found[name] = text
    if text := words(experiment.header.get("experiment identifier")):
        found["experiment_id"] = text
    if text := _software(experiment.header.get("comment")):
        found["software"] = text
    found |= {name: text for name, key in _TEXTS if (text := words(header.get(key)))}
    for name, key, unit in _NUMBERS:
        value = known(header.get(key))
        if value is not None and (value > 0 or name not in _NEVER_ZERO):
            found[name] = Measured(value, unit)
    found.update(_by_technique(header, technique(header, experiment)))
    n_scans = scans(header)
    if n_scans is not None:
        found["n_scans"] = n_scans
    for name, _, _, measured in experimental(header, experiment):
        if measured is not None:
            found.setdefault(name, measured)
    lines = _comment(header.get("block comment"))
    if comment := "\n".join(line for line in lines if not _CALIBRATION.match(line)):
        found["comment"] = comment
    if calibration := "\n".join(line for line in lines if _CALIBRATION.match(line)):
        found["energy_calibration"] = calibration
    return found


def _by_technique(header: Mapping[str, Json], kind: str) -> Iterator[tuple[str, MetadataValue]]:
    """Entries whose meaning, and unit, depends on technique and mode of the analyser."""
    strength = known(header.get("analysis source strength")) or None
    if strength is not None and kind in {"xps", "x_ray_fluorescence"}:
        yield "source_power", Measured(strength, "W")
    elif strength is not None and kind != "photoemission":
        yield "beam_current", Measured(strength, "nA")
    setting = known(header.get("analyser pass energy or retard ratio or mass resolution")) or None
    mode = str(header.get("analyser mode", "")).upper()
    if setting is not None and mode == "FAT":
        yield "pass_energy", Measured(setting, "eV")
    elif setting is not None and mode == "FRR":
        yield "retard_ratio", setting
    work = known(header.get("analyser work function or acceptance energy of atom or ion"))
    if work is not None and kind in _OF_ELECTRONS:
        yield "work_function", Measured(work, "eV")
    width = known(header.get("differential width"))
    if width is not None:
        yield "differential_width", Measured(width, "eV")
    number, atoms, charge = (known(header.get(key)) for key in _SPUTTERED)
    if number is not None and number >= 1:
        yield "sputter_ion", f"Z = {number:g}, {atoms or 1:g} atoms, charge {charge or 0:+g}"


_SPUTTERED = (
    "sputtering ion or atom atomic number",
    "number of atoms in sputtering ion or atom particle",
    "sputtering ion or atom charge sign and number",
)


def experimental(header: Mapping[str, Json], experiment: Experiment) -> Iterator[tuple[str, str, str, Measured | None]]:
    """Name, label, unit as written and value of each experimental variable; the nameless one of CasaXPS is left out."""
    values = header.get("values of experimental variables")
    texts = values if isinstance(values, list) else []
    for (label, written), text in zip(experiment.variables, texts, strict=False):
        if words(label).lower() in {"exp variable", "value", ""}:
            continue
        value = known(text)
        measured = None if value is None else Measured(value, unit_of(written))
        yield axis_name(label, otherwise="experimental_variable"), label, written, measured


def _software(lines: Json) -> str:
    """The programs that the comment of the experiment names as those that wrote it."""
    texts = [str(line).strip() for line in lines] if isinstance(lines, list) else []
    return ", then ".join(match["name"].strip() for text in texts[::-1] if (match := _WRITTEN_BY.match(text)))


def _comment(lines: Json) -> list[str]:
    """Lines of the block's comment that say something: without the marks and bare counts of CasaXPS."""
    texts = [str(line).strip() for line in lines] if isinstance(lines, list) else []
    kept, in_marks = [], False
    for text in texts:
        if _CASA.match(text):
            in_marks = True
        elif not (in_marks and text.isdigit()):
            in_marks = False
            kept.append(text)
    return [text for text in kept if text]


def started_at(header: Mapping[str, Json]) -> datetime | None:
    """When measuring began, in the zone that the block states.

    An offset of 0 is not taken for a statement: programs write it where they do not know.
    """
    parts = [known(header.get(key)) for key in ("year", "month", "day", "hours", "minutes", "seconds")]
    offset = known(header.get("number of hours in advance of Greenwich Mean Time"))
    try:
        year, month, day, hours, minutes = (int(part) for part in parts[:5] if part is not None)
        seconds = parts[5] or 0.0
        zone = timezone(timedelta(hours=offset)) if offset else None
        return datetime(year, month, day, hours, minutes, tzinfo=zone) + timedelta(seconds=max(seconds, 0.0))
    except (ValueError, OverflowError):
        return None
