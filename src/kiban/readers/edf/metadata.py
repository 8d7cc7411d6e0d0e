"""What an EDF header says of the measurement, under the keys of the SAXS package and of ESRF's beamlines.

Peter Boesecke's "Keywords for SAXS Data in EDF Files" states lengths in metres and times in seconds unless a unit
follows the number.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kiban.quantity.measured import Measured
from kiban.readers.edf.keys import Keys
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import MetadataValue

_NUMBERS = (
    ("wavelength", ("WaveLength",), "m"),
    ("detector_distance", ("SampleDistance",), "m"),
    ("x_pixel_size", ("PSize_1",), "m"),
    ("y_pixel_size", ("PSize_2",), "m"),
    ("count_time", ("ExposureTime", "count_time", "acq_expo_time"), "s"),
)
_CENTRES = (("beam_center_x", "Center_1"), ("beam_center_y", "Center_2"))
_TEXTS = (
    ("comment", ("Comment", "SubTitle")),
    ("detector", ("DetectorName", "DetectorInfo", "detector", "acq_camera_name", "det_name", "camera")),
)
_SCATTERING = ("SAMPLEDISTANCE", "CENTER_1", "WAVELENGTH", "PSIZE_1")


def metadata(keys: Keys) -> dict[str, MetadataValue]:
    """The part of the header that has standard names."""
    return dict([*_texts(keys), *_numbers(keys)])


def _texts(keys: Keys) -> Iterator[tuple[str, MetadataValue]]:
    for name, words in _TEXTS:
        if text := keys.text(*words):
            yield name, text


def _numbers(keys: Keys) -> Iterator[tuple[str, MetadataValue]]:
    for name, words, unit in _NUMBERS:
        value = keys.number(*words)
        if value is not None and value > 0:
            yield name, Measured(value, _unit(keys.text(*words)) or unit)
    for name, word in _CENTRES:
        if (value := keys.number(word)) is not None:
            yield name, Measured(value, "pixel")


def _unit(text: str) -> str:
    written = text.replace("_", " ").split()
    return (read_unit(written[1]) or "") if len(written) == 2 else ""


def pixel_size_mm(found: dict[str, MetadataValue]) -> tuple[float, float] | None:
    """Width and height of a pixel in mm, where both are stated in metres."""
    sizes = [found.get(name) for name in ("x_pixel_size", "y_pixel_size")]
    metres = [size.value for size in sizes if isinstance(size, Measured) and size.unit == "m"]
    return (round(metres[0] * 1e3, 12), round(metres[1] * 1e3, 12)) if len(metres) == 2 else None


def is_scattering(keys: Keys) -> bool:
    """Say whether the header places a detector behind a sample: two of the keys that only scattering needs."""
    return sum(key in keys.upper for key in _SCATTERING) >= 2


def started(keys: Keys) -> tuple[datetime | None, tuple[str, ...]]:
    """The time that the header states, if it is one in ISO 8601, and a doubt if it is none."""
    text = keys.text("Time", "Date")
    if not text:
        return None, ()
    for form in (text, text.replace("/", "-")):
        try:
            return datetime.fromisoformat(form), ()
        except ValueError:
            continue
    for pattern in ("%a %b %d %H:%M:%S %Y", "%d-%b-%Y %H:%M:%S"):
        try:
            return datetime.strptime(" ".join(text.split()), pattern), ()
        except ValueError:
            continue
    return None, (f"The time '{text[:40]}' cannot be told.",)
