"""What the extended header of FEI's and Thermo Fisher's microscopes says (types FEI1 and FEI2).

One record for each section. Masks, each for the 32 fields behind it, say which of them were written; here are those
whose unit is certain. The places follow the public description of the record (as the mrcfile library lists its fields).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.measured import Measured
from kiban.records.reading import Json, MetadataValue

TYPES = frozenset({"FEI1", "FEI2"})
_SHORTEST = 768
_LONGEST = 1 << 16
# Name in the record, offset, letter of `struct`, which mask and bit.
_FIELDS: tuple[tuple[str, int, str, int, int], ...] = (
    ("Timestamp", 12, "d", 1, 0),
    ("Microscope type", 20, "16s", 1, 1),
    ("D-Number", 36, "16s", 1, 2),
    ("Application", 52, "16s", 1, 3),
    ("Application version", 68, "16s", 1, 4),
    ("HT", 84, "d", 1, 5),
    ("Dose", 92, "d", 1, 6),
    ("Alpha tilt", 100, "d", 1, 7),
    ("Beta tilt", 108, "d", 1, 8),
    ("X-Stage", 116, "d", 1, 9),
    ("Y-Stage", 124, "d", 1, 10),
    ("Z-Stage", 132, "d", 1, 11),
    ("Pixel size X", 156, "d", 1, 14),
    ("Pixel size Y", 164, "d", 1, 15),
    ("Defocus", 220, "d", 1, 22),
    ("Instrument mode", 244, "i", 1, 25),
    ("Projection mode", 248, "i", 1, 26),
    ("Magnification", 289, "d", 1, 31),
    ("Camera length", 301, "d", 2, 0),
    ("Integration time", 419, "d", 2, 16),
    ("Camera name", 435, "16s", 2, 19),
)
_MASKS = {1: 8, 2: 297}
_MEASURED = (
    ("acceleration_voltage", "HT", "V"),
    ("magnification", "Magnification", ""),
    ("camera_length", "Camera length", "m"),
    ("defocus", "Defocus", "m"),
    ("exposure_time", "Integration time", "s"),
    ("position_alpha", "Alpha tilt", "deg"),
)
_WORDS = (("model", "Microscope type"), ("serial_number", "D-Number"), ("detector", "Camera name"))


def record_length(extended: bytes, order: str) -> int | None:
    """The length of one record, which stands at its beginning; `None` where it cannot be."""
    if len(extended) < _SHORTEST:
        return None
    (length,) = struct.unpack_from(order + "i", extended)
    return length if _SHORTEST <= length <= min(_LONGEST, len(extended)) else None


def fields(record: bytes, order: str) -> dict[str, Json]:
    """The fields that the masks say were written."""
    masks = {n: struct.unpack_from(order + "I", record, at)[0] for n, at in _MASKS.items()}
    found: dict[str, Json] = {}
    for name, at, kind, mask, bit in _FIELDS:
        if not masks[mask] >> bit & 1:
            continue
        (value,) = struct.unpack_from(order + kind, record, at)
        if isinstance(value, bytes):
            text = value.split(b"\0")[0].decode("latin-1").strip()
            if text.isprintable() and text:
                found[name] = text
        elif math.isfinite(value):
            found[name] = value
    return found


def metadata_of(found: dict[str, Json]) -> dict[str, MetadataValue]:
    """The fields under their standard names."""
    metadata: dict[str, MetadataValue] = {"maker": "Thermo Fisher Scientific (FEI)"}
    for name, key, unit in _MEASURED:
        value = found.get(key)
        if isinstance(value, float) and (value or key == "Alpha tilt"):
            metadata[name] = Measured(value, unit)
    for name, key in _WORDS:
        if text := found.get(key):
            metadata[name] = str(text)
    if application := found.get("Application"):
        metadata["software"] = f"{application} {found.get('Application version', '')}".strip()
    return metadata


def is_diffraction(found: dict[str, Json]) -> bool:
    """The microscope's projector was in diffraction, and it did not scan."""
    return found.get("Projection mode") == 1 and found.get("Instrument mode") == 1


def tilts(extended: bytes, order: str, *, length: int, count: int) -> NDArray[np.float64] | None:
    """The tilt of the stage for each section in degrees, shape (count,); `None` where a record lacks it or it stands
    still."""
    values = list(_tilts(extended, order, length, count))
    if len(values) != count or not all(map(math.isfinite, values)) or len(set(values)) < 2:
        return None
    return np.array(values)


def _tilts(extended: bytes, order: str, length: int, count: int) -> Iterator[float]:
    for start in range(0, min(count, len(extended) // length) * length, length):
        (mask,) = struct.unpack_from(order + "I", extended, start + _MASKS[1])
        if mask >> 7 & 1:
            yield struct.unpack_from(order + "d", extended, start + 100)[0]
