"""What the header of a d*TREK image says of source, goniometer, detector and exposure.

Rigaku's keys are those of its description of the format; ADSC's headers have keys of their own, in mm, degrees and
seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from kiban.quantity.measured import Measured
from kiban.readers.dtrek.header import Header
from kiban.readers.number_list import optional_number
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import MetadataValue

_WITH_UNIT = re.compile(r"([-+.\deE]+)\s*(\S+)")
_LENGTHS = {"mm", "cm", "m", "um"}
_PLACES = {"omega": "omega", "chi": "chi", "phi": "phi", "kappa": "kappa", "2theta": "two_theta"}


class Details:
    """The header read as a description of the measurement."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self.prefix = (header.words("DETECTOR_NAMES") or [""])[0]

    def _own(self, key: str) -> str:
        """The name of a key of the first detector."""
        return f"{self.prefix}{key}"

    @property
    def detector(self) -> str:
        """The detector's name."""
        header = self._header
        return header.text(self._own("DETECTOR_DESCRIPTION")) or header.text(self._own("DETECTOR_IDENTIFICATION"))

    @property
    def instrument(self) -> str:
        """The goniometer's name, which for Rigaku is the instrument's."""
        return self._header.text("CRYSTAL_GONIO_DESCRIPTION") or self._header.text("BEAMLINE")

    @property
    def title(self) -> str:
        """What the file says that it shows: a title, else its own name when it was written."""
        name = re.split(r"[\\/]", self._header.text("FILENAME"))[-1]
        return self._header.text("SCAN_TITLE") or re.sub(r"\.(?:img|osc)$", "", name, flags=re.IGNORECASE)

    def pixel_size(self, shape: tuple[int, ...]) -> tuple[float, float] | None:
        """Width and height of a pixel in mm, where size and number of pixels agree with the image."""
        header = self._header
        sizes = header.numbers(self._own("DETECTOR_SIZE"))
        dimensions = header.numbers(self._own("DETECTOR_DIMENSIONS"))
        height, width = shape[-2:]
        if len(sizes) == 2 and dimensions == [width, height] and min(sizes) > 0:
            # The size is written with few decimals: 77.5 mm for 775 pixels.
            return round(sizes[0] / width, 9), round(sizes[1] / height, 9)
        old = header.number("PIXEL_SIZE")
        return (old, old) if old is not None and old > 0 and not self.prefix else None

    def metadata(self, pixel_size: tuple[float, float] | None) -> dict[str, MetadataValue]:
        """The part of the header that has standard names."""
        header = self._header
        found: dict[str, MetadataValue] = {}
        if self.prefix:
            found["maker"] = "Rigaku"
        for name, text in (
            ("model", header.text("CRYSTAL_GONIO_DESCRIPTION")),
            ("comment", header.text("COMMENT")),
            ("detector_serial_number", header.text("DETECTOR_SN")),
        ):
            if text:
                found[name] = text
        found |= self._source()
        found |= self._beam_center()
        if pixel_size is not None:
            found["x_pixel_size"], found["y_pixel_size"] = (Measured(size, "mm") for size in pixel_size)
        found |= self._places()
        time = (header.numbers("ROTATION")[3:4] or header.numbers("TIME") or [0.0])[0]
        if time > 0:
            found["count_time"] = Measured(time, "s")
        created = _date(header.text(self._own("CREATE_DATETIME")) or header.text("DATE"))
        if created is not None:
            found["created_at"] = created
        return found

    def _source(self) -> Iterator[tuple[str, MetadataValue]]:
        header = self._header
        wavelengths = header.numbers("SOURCE_WAVELENGTH")
        # Their number comes first.
        if len(wavelengths) == 2 and wavelengths[0] == 1 and wavelengths[1] > 0:
            yield "wavelength", Measured(wavelengths[1], "angstrom")
        elif (old := header.number("WAVELENGTH")) is not None and old > 0:
            yield "wavelength", Measured(old, "angstrom")
        for name, key in (("tube_voltage", "SOURCE_VOLTAGE"), ("tube_current", "SOURCE_AMPERAGE")):
            written = _WITH_UNIT.fullmatch(header.text(key)[:40].strip())
            value = optional_number(written[1]) if written else None
            unit = read_unit(written[2]) if written else None
            if value is not None and unit:
                yield name, Measured(value, unit)

    def _beam_center(self) -> Iterator[tuple[str, MetadataValue]]:
        centre = self._header.numbers(self._own("SPATIAL_BEAM_POSITION"))
        if self.prefix and len(centre) == 2:
            yield "beam_center_x", Measured(centre[0], "pixel")
            yield "beam_center_y", Measured(centre[1], "pixel")
            return
        for name, key in (("beam_center_x", "BEAM_CENTER_X"), ("beam_center_y", "BEAM_CENTER_Y")):
            if (value := self._header.number(key)) is not None:
                yield name, Measured(value, "mm")

    def _places(self) -> Iterator[tuple[str, MetadataValue]]:
        """Where goniometer and detector stood; not the axis that turned during the exposure."""
        header = self._header
        rotation = header.numbers("ROTATION")
        turned = header.text("ROTATION_AXIS_NAME").lower() if len(rotation) > 1 and rotation[0] != rotation[1] else ""
        for prefix in ("CRYSTAL_", self.prefix) if self.prefix else ("CRYSTAL_",):
            names = header.words(f"{prefix}GONIO_NAMES")
            values = header.numbers(f"{prefix}GONIO_VALUES")
            units = header.words(f"{prefix}GONIO_UNITS")
            if not len(names) == len(values) == len(units):
                continue
            for name, value, written in zip(names, values, units, strict=True):
                unit = read_unit(written) or ""
                if name.lower() == "distance" and unit in _LENGTHS:
                    yield "detector_distance", Measured(value, unit)
                elif name.lower() in _PLACES and name.lower() != turned and unit == "deg":
                    yield f"position_{_PLACES[name.lower()]}", Measured(value, unit)
        if self.prefix:
            return
        for name, key, unit in (
            ("detector_distance", "DISTANCE", "mm"),
            ("position_two_theta", "TWOTHETA", "deg"),
        ):
            if (old := header.number(key)) is not None:
                yield name, Measured(old, unit)


def _date(text: str) -> datetime | None:
    """Read `2016/03/15 12:05:02.075`, or `Sat Jun 01 12:00:00 2002` as the language C writes it."""
    if not text.strip():
        return None
    for form in ("%Y/%m/%d %H:%M:%S.%f", "%Y/%m/%d %H:%M:%S", "%a %b %d %H:%M:%S %Y"):
        try:
            return datetime.strptime(" ".join(text.split()), form)
        except ValueError:
            continue
    return None
