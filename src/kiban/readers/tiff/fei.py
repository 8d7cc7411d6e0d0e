"""What scanning electron microscopes of FEI and Thermo Fisher write into a TIFF: sections of lines, or XML."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from kiban.quantity.measured import Measured
from kiban.readers.number_list import optional_number
from kiban.readers.tables.date_columns import read_date
from kiban.readers.tiff.described import Described, Scale, from_xml
from kiban.readers.tiff.directories import Directory
from kiban.readers.xml_header import as_json, descend, text_at
from kiban.records.reading import MetadataValue

if TYPE_CHECKING:
    from lxml.etree import _Element

_CODES = (34680, 34682)
# Name, section and key, unit: FEI writes everything in SI units.
_NUMBERS = (
    ("acceleration_voltage", "Beam", "HV", "V"),
    ("acceleration_voltage", "EBeam", "HV", "V"),
    ("probe_current", "EBeam", "BeamCurrent", "A"),
    ("working_distance", "EBeam", "WD", "m"),
    ("working_distance", "Stage", "WorkingDistance", "m"),
    ("dwell_time", "Scan", "Dwelltime", "s"),
    ("dwell_time", "EScan", "Dwell", "s"),
    ("position_x", "Stage", "StageX", "m"),
    ("position_y", "Stage", "StageY", "m"),
    ("position_z", "Stage", "StageZ", "m"),
    ("pressure", "Vacuum", "ChPressure", "Pa"),
)
_WORDS = (
    ("detector", "Detectors", "Name"),
    ("model", "System", "SystemType"),
    ("serial_number", "System", "Dnumber"),
    ("software", "System", "Software"),
    ("comment", "User", "UserText"),
)


def describe(directory: Directory) -> Described | None:
    """Read the tag; `None` where the page has none of FEI."""
    for code in _CODES:
        if text := directory.text(code):
            if text.startswith("<"):
                return from_xml(text, lambda root: _from_root(root, code), code=code)  # noqa: B023  called at once
            return _from_sections(text, directory.whole(257, 0), code)
    return None


def _from_sections(text: str, n_rows: int, code: int) -> Described:
    fields = _sections(text)

    def number(section: str, key: str) -> float | None:
        return optional_number(fields.get(section, {}).get(key))

    def word(section: str, key: str) -> str:
        return fields.get(section, {}).get(key, "").strip()

    metadata: dict[str, MetadataValue] = {"maker": "Thermo Fisher Scientific (FEI)"}
    for name, section, key, unit in _NUMBERS:
        if name not in metadata and (value := number(section, key)) is not None:
            metadata[name] = Measured(value, unit)
    for name, section, key in _WORDS:
        if found := word(section, key):
            metadata[name] = found
    width, height = number("Scan", "PixelWidth"), number("Scan", "PixelHeight")
    if width is None:
        # Optical and ion pictures of the same instruments state the field of view instead.
        width = _quotient(number("IRBeam", "HFW"), number("Image", "ResolutionX"))
        height = _quotient(number("IRBeam", "VFW"), number("Image", "ResolutionY"))
    shown = number("Image", "ResolutionY")
    doubts: tuple[str, ...] = ()
    if shown and 0 < shown < n_rows:
        doubts = (f"The lowest {n_rows - int(shown)} rows show the microscope's data bar, not the sample.",)
    return Described(
        technique="electron_microscopy",
        x=Scale(width, "m") if width else None,
        y=Scale(height, "m") if height else None,
        operator=word("User", "User") or None,
        instrument=" ".join(filter(None, (word("System", "SystemType"), word("System", "Dnumber")))) or None,
        started_at=_time(word("User", "Date"), word("User", "Time") or word("User", "TimeOfCreation")),
        metadata=metadata,
        header={"FEI": {section: dict(values) for section, values in fields.items()}},
        own_tags=frozenset({code}),
        doubts=doubts,
    )


def _quotient(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None


def _sections(text: str) -> dict[str, dict[str, str]]:
    """`[section]` and lines `key=value`."""
    fields: dict[str, dict[str, str]] = {}
    section = fields.setdefault("", {})
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("[") and stripped.endswith("]"):
            section = fields.setdefault(stripped[1:-1], {})
        elif "=" in stripped:
            key, value = stripped.split("=", 1)
            section.setdefault(key.strip(), value.strip())
    return {name: values for name, values in fields.items() if values}


def _time(date: str, time: str) -> datetime | None:
    """The date in the habit of the computer's country: taken only where it can be no other."""
    return read_date(f"{date} {time}".strip()) or (read_date(date) if date else None)


def _from_root(root: _Element, code: int) -> Described:
    size = descend(root, "BinaryResult", "PixelSize")

    def scale(axis: str) -> Scale | None:
        element = descend(size, axis)
        step = optional_number(element.text) if element is not None else None
        unit = str(element.get("unit") or "") if element is not None else ""
        return Scale(step, unit) if step else None

    voltage = optional_number(text_at(root, "Optics", "AccelerationVoltage"))
    metadata: dict[str, MetadataValue] = {"maker": "Thermo Fisher Scientific (FEI)"}
    if voltage is not None:
        metadata["acceleration_voltage"] = Measured(voltage, "V")
    if detector := text_at(root, "BinaryResult", "Detector"):
        metadata["detector"] = detector
    instrument = " ".join(
        filter(None, (text_at(root, "Instrument", "InstrumentClass"), text_at(root, "Instrument", "InstrumentID")))
    )
    return Described(
        technique="electron_microscopy",
        x=scale("X"),
        y=scale("Y"),
        instrument=instrument or None,
        metadata=metadata,
        header={"FEI": as_json(root)},
        own_tags=frozenset({code}),
    )
