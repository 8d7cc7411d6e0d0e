"""The JSON that Velox writes beside each array: axes, detector, microscope and time."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from kiban.quantity.measured import Measured
from kiban.readers.number_list import optional_number
from kiban.readers.sampled_axes import Axis
from kiban.readers.text import decode
from kiban.records.reading import Json, MetadataValue

_NUMBERS = (
    ("acceleration_voltage", "Optics/AccelerationVoltage", "V"),
    ("magnification", "Optics/NominalMagnification", ""),
    ("camera_length", "Optics/CameraLength", "m"),
    ("defocus", "Optics/Defocus", "m"),
    ("probe_current", "Optics/LastMeasuredScreenCurrent", "A"),
    ("semi_convergence_angle", "Optics/BeamConvergence", "rad"),
    ("dwell_time", "Scan/DwellTime", "s"),
    ("position_x", "Stage/Position/x", "m"),
    ("position_y", "Stage/Position/y", "m"),
    ("position_z", "Stage/Position/z", "m"),
    ("position_alpha", "Stage/AlphaTilt", "rad"),
    ("position_beta", "Stage/BetaTilt", "rad"),
)
_DETECTOR_NUMBERS = (
    ("exposure_time", "ExposureTime", "s"),
    ("elevation_angle", "ElevationAngle", "rad"),
    ("azimuth_angle", "AzimuthAngle", "rad"),
    ("live_time", "LiveTime", "s"),
    ("real_time", "RealTime", "s"),
)
_MAY_BE_ZERO = frozenset({"position_x", "position_y", "position_z", "position_alpha", "position_beta", "defocus"})
_WORDS = (
    ("imaging_mode", "Optics/TemOperatingSubMode"),
    ("illumination_mode", "Optics/IlluminationMode"),
    ("serial_number", "Instrument/InstrumentId"),
)


class Conditions:
    """One JSON document; values are texts, whatever they mean."""

    def __init__(self, tree: Mapping[str, Any]) -> None:
        self.tree = tree

    @classmethod
    def of(cls, raw: bytes) -> Conditions:
        """Read the bytes up to the first zero; what is no JSON object gives an empty document."""
        try:
            tree = json.loads(decode(raw.split(b"\0", 1)[0])[0])
        except (ValueError, RecursionError):
            tree = None
        return cls(tree if isinstance(tree, dict) else {})

    def get(self, path: str) -> Any:
        """What stands at a path of keys with slashes between; `None` where nothing does."""
        found: Any = self.tree
        for key in path.split("/"):
            if not isinstance(found, Mapping):
                return None
            found = found.get(key)
        return found

    def number(self, path: str) -> float | None:
        """The finite number at a path."""
        found = self.get(path)
        if isinstance(found, bool) or not isinstance(found, str | int | float):
            return None
        return optional_number(str(found))

    def text(self, path: str) -> str:
        """The text at a path; empty where there is none."""
        found = self.get(path)
        return found.strip() if isinstance(found, str) else ""

    @property
    def detector(self) -> Conditions:
        """The detector that the array comes from: by its name, else by its number."""
        detectors = self.get("Detectors")
        listed = [each for each in detectors.values() if isinstance(each, dict)] if isinstance(detectors, dict) else []
        name = self.text("BinaryResult/Detector")
        for each in listed:
            if name and str(each.get("DetectorName", "")) == name:
                return Conditions(each)
        if isinstance(detectors, dict) and isinstance(by_number := detectors.get(self._key), dict):
            return Conditions(by_number)
        return Conditions({})

    @property
    def _key(self) -> str:
        return f"Detector-{self.text('BinaryResult/DetectorIndex')}"

    @property
    def detector_name(self) -> str:
        """What the detector is called."""
        return self.text("BinaryResult/Detector") or self.detector.text("DetectorName")

    @property
    def is_x_ray(self) -> bool:
        """The detector counts X-rays."""
        return self.detector.text("DetectorType") == "AnalyticalDetector"

    def place_axis(self, length: int, *, is_x: bool) -> Axis:
        """The axis of a picture's columns or rows."""
        step = self.number(f"BinaryResult/PixelSize/{'width' if is_x else 'height'}")
        unit = self.text(f"BinaryResult/PixelUnit{'X' if is_x else 'Y'}")
        if step is None or not step or not unit:
            return Axis(length=length)
        first = self.number(f"BinaryResult/Offset/{'x' if is_x else 'y'}") or 0.0
        return Axis(length=length, first=first, step=step, unit=unit)

    def energy_axis(self, length: int) -> Axis:
        """The axis of a spectrum, in eV where the detector is calibrated."""
        step = self.detector.number("Dispersion")
        if step is None or not step:
            return Axis(length=length, name="channel")
        return Axis(
            length=length, first=self.detector.number("OffsetEnergy") or 0.0, step=step, unit="eV", name="energy"
        )

    def started_at(self) -> datetime | None:
        """When acquisition began: seconds since 1970 in UTC."""
        seconds = self.number("Acquisition/AcquisitionStartDatetime/DateTime")
        if seconds is None or not 0 < seconds < 1e11:
            return None
        return datetime.fromtimestamp(math.floor(seconds), UTC)

    def metadata(self) -> dict[str, MetadataValue]:
        """The conditions under their standard names; 0 says for most that it was not set."""
        metadata: dict[str, MetadataValue] = {
            "maker": self.text("Instrument/Manufacturer") or "Thermo Fisher Scientific"
        }
        found = [(name, self.number(path), unit) for name, path, unit in _NUMBERS]
        detector = self.detector
        found += [(name, detector.number(key), unit) for name, key, unit in _DETECTOR_NUMBERS]
        for name, value, unit in found:
            if value is not None and (value or name in _MAY_BE_ZERO):
                metadata[name] = Measured(value, unit)
        for name, path in _WORDS:
            if text := self.text(path):
                metadata[name] = text
        if self.detector_name:
            metadata["detector"] = self.detector_name
        if version := self.text("Instrument/ControlSoftwareVersion"):
            metadata["software"] = f"Velox {version}"
        return metadata

    def instrument(self) -> str | None:
        """The microscope: its class and number."""
        parts = (self.text("Instrument/InstrumentClass"), self.text("Instrument/InstrumentId"))
        return " ".join(filter(None, parts)) or None

    def as_json(self) -> Json:
        """The whole document."""
        return _plain(self.tree)


def _plain(value: Any) -> Json:
    match value:
        case dict():
            return {str(key): _plain(each) for key, each in _items(value)}
        case list():
            return [_plain(each) for each in value]
        case float():
            return value if math.isfinite(value) else str(value)
        case bool() | int() | str() | None:
            return value
    return str(value)


def _items(tree: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return iter(tree.items())
