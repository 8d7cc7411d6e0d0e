"""The header that Dectris' detectors write as comments (`# Exposure_time 0.097 s`), which is called miniCBF."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from kiban.quantity.measured import Measured
from kiban.readers.number_list import optional_number
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import MetadataValue

_TIME = re.compile(r"(\d{4})[-/](\d{2}|[A-Z][a-z]{2})[-/](\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LINE = re.compile(r"([A-Za-z][\w.]*)[ \t]*[:=]?[ \t]*(.*)")
_NUMBER = re.compile(r"[-+]?\d+\.?\d*(?:[eE][-+]?\d+)?")
_AXES = (("omega", "Omega"), ("chi", "Chi"), ("phi", "Phi"), ("kappa", "Kappa"), ("two_theta", "Detector_2theta"))


class DectrisHeader:
    """The lines of the header by their first word.

    Parameters
    ----------
    text : str
        The CIF text; lines that begin with `#` are the header's.
    """

    def __init__(self, text: str) -> None:
        self.lines: dict[str, str] = {}
        self.started_at: datetime | None = None
        for line in text.splitlines():
            if not line.startswith("# "):
                continue
            content = line[2:].strip()
            if (time := _TIME.match(content)) is not None and self.started_at is None:
                self.started_at = _time(time)
            elif (entry := _LINE.match(content)) is not None:
                self.lines.setdefault(entry[1], entry[2].strip())

    @property
    def detector(self) -> str:
        """The detector's name, without its serial number."""
        return self.lines.get("Detector", "").partition(",")[0].strip()

    def _numbers(self, key: str) -> list[float]:
        found = [optional_number(text) for text in _NUMBER.findall(self.lines.get(key, "")[:200])]
        return [number for number in found if number is not None]

    def _measured(self, key: str) -> Measured | None:
        """The number under a key with the unit behind it."""
        words = self.lines.get(key, "").replace(",", " ").split()
        value = optional_number(words[0]) if words else None
        unit = read_unit(words[1].rstrip(".")) if len(words) > 1 else None
        if value is None or not unit:
            return None
        # An A stands for an ångström here; nothing in this header is a current.
        return Measured(value, "angstrom" if key == "Wavelength" and words[1] == "A" else unit)

    @property
    def saturated_at(self) -> float | None:
        """From this number on counts are cut off."""
        return next(iter(self._numbers("Count_cutoff")), None)

    @property
    def pixel_size_mm(self) -> tuple[float, float] | None:
        """Width and height of a pixel."""
        sizes = self._numbers("Pixel_size")
        if len(sizes) != 2 or min(sizes) <= 0 or self.lines.get("Pixel_size", "").count(" m") < 2:
            return None
        return round(sizes[0] * 1e3, 9), round(sizes[1] * 1e3, 9)

    def metadata(self) -> dict[str, MetadataValue]:
        """The part of the header that has standard names."""
        found = dict(self._measurements())
        serial = self.lines.get("Detector", "").partition("S/N")[2].strip(" ,")
        if serial:
            found["detector_serial_number"] = serial
        beam = self._numbers("Beam_xy")
        if len(beam) == 2:
            found["beam_center_x"], found["beam_center_y"] = (Measured(place, "pixel") for place in beam)
        if (size := self.pixel_size_mm) is not None:
            found["x_pixel_size"], found["y_pixel_size"] = (Measured(length, "mm") for length in size)
        return found

    def _measurements(self) -> Iterator[tuple[str, MetadataValue]]:
        for name, key in (
            ("wavelength", "Wavelength"),
            ("detector_distance", "Detector_distance"),
            ("count_time", "Exposure_time"),
        ):
            if (value := self._measured(key)) is not None and value.value > 0:
                yield name, value
        turned = self._turned()
        for name, key in _AXES:
            if (value := self._measured(key)) is not None and value.unit == "deg" and name not in turned:
                yield f"position_{name}", value

    def _turned(self) -> set[str]:
        """Axes that turned during the exposure."""
        turned = {name for name, key in _AXES if any(self._numbers(f"{key}_increment"))}
        oscillation = self.lines.get("Oscillation_axis", "").lower()
        if any(self._numbers("Angle_increment")):
            turned |= {name for name, _ in _AXES if name in oscillation}
        return turned


def _time(match: re.Match[str]) -> datetime | None:
    month = match[2] if match[2].isdecimal() else f"{_MONTHS.index(match[2]) + 1:02}" if match[2] in _MONTHS else "00"
    try:
        return datetime.fromisoformat(f"{match[1]}-{month}-{match[3]}T{match[4]}")
    except ValueError:
        return None
