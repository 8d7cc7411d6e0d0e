"""What BRML says of the sample, the instrument and the drives that stood still."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from kiban.quantity.measured import Measured
from kiban.readers.bruker.brml_views import unit_of
from kiban.readers.bruker.drives import drive, is_known
from kiban.readers.diffraction.scan import Track
from kiban.readers.number_list import optional_number
from kiban.readers.xml_header import children, descend, text_at
from kiban.records.reading import MetadataValue

if TYPE_CHECKING:
    from lxml.etree import _Element

_WAVELENGTHS = (
    ("wavelength", "WaveLengthAlpha1"),
    ("wavelength_kalpha2", "WaveLengthAlpha2"),
    ("wavelength_kbeta", "WaveLengthBeta"),
)


def metadata(container: _Element | None, raw: _Element, information: _Element | None) -> dict[str, MetadataValue]:
    """Collect the part of the header that has standard names."""
    found: dict[str, MetadataValue] = {"maker": "Bruker"}
    instrument = descend(container, "ExperimentInfo", "InstrumentDescription")
    version = text_at(container, "CreatingVersion")
    serial = text_at(instrument, "SerialNo")
    detector = descend(raw, "FixedInformation", "Detectors", "InfoData")
    mode = text_at(information, "ScanMode")
    modes = f"{mode} {text_at(information, 'ScanModeVisibleName')}".lower()
    texts = (
        ("model", text_at(instrument, "DeviceTypeDesc")),
        ("serial_number", serial if serial.strip("0") else ""),
        ("software", f"DIFFRAC.SUITE {version}" if version else ""),
        ("comment", measurement(container, "Comment")),
        ("detector", detector.get("VisibleName") or "" if detector is not None else ""),
        ("scan_mode", "step" if "step" in modes else "continuous" if "contin" in modes else mode),
    )
    found |= {name: text for name, text in texts if text}
    found |= _source(raw)
    ended_at = time(text_at(raw, "TimeStampFinished"))
    if ended_at is not None:
        found["ended_at"] = ended_at
    return found


def _source(raw: _Element) -> Iterator[tuple[str, MetadataValue]]:
    tube = next(raw.iter("{*}Tube"), None)
    for name, tag in _WAVELENGTHS:
        if (value := _value(descend(tube, tag))) is not None and value > 0:
            yield name, Measured(value, unit_of(descend(tube, tag)) or "angstrom")
    if (ratio := _value(descend(tube, "WaveLengthRatio"))) is not None and ratio > 0:
        yield "kalpha2_to_kalpha1", ratio
    if anode := text_at(tube, "TubeMaterial"):
        yield "anode", anode
    generator = descend(tube, "Generator")
    for name, tag, unit in (("tube_voltage", "Voltage", "kV"), ("tube_current", "Current", "mA")):
        if (value := _value(descend(generator, tag))) is not None:
            yield name, Measured(value, unit_of(descend(generator, tag)) or unit)
    radius = descend(raw, "FixedInformation", "Instrument", "PrimaryTracks", "TrackInfoData", "Radius")
    if (value := _value(radius)) is not None and value > 0:
        yield "goniometer_radius", Measured(value, unit_of(radius) or "mm")


def _value(element: _Element | None) -> float | None:
    return optional_number(element.get("Value")) if element is not None else None


def measurement(container: _Element | None, attribute: str) -> str:
    """What the operator entered: SampleName, UserName, Comment, Site."""
    element = descend(container, "MeasurementInfo")
    return (element.get(attribute) or "").strip() if element is not None else ""


def fixed_drives(raw: _Element) -> Iterator[Track]:
    """Drives that stood still; those that turned or swung during the measurement have no position."""
    turning = {
        plugged.get("AxisId")
        for rotation in raw.iter("{*}InfoData")
        if _value(descend(rotation, "RotationSpeed"))
        for plugged in rotation.iter("{*}DriveInfo")
    }
    drives = descend(raw, "FixedInformation", "Drives")
    for info in children(drives, "InfoData") if drives is not None else ():
        label = info.get("AxisId") or info.get("LogicName") or ""
        position = descend(info, "Position")
        value = _value(position)
        is_moving = label in turning or bool(_value(descend(info, "OscillationSpeed")))
        if value is not None and is_known(label) and not is_moving:
            known = drive(label)
            yield Track(
                name=known.name,
                label=info.get("VisibleName") or label,
                values=np.asarray(value),
                unit=unit_of(position) or known.unit,
            )


def time(text: str) -> datetime | None:
    """Read a time in ISO 8601; `None` where there is none, which .NET writes as the first day of the first year."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year > 1 else None
