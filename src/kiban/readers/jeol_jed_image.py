"""JEOL Analysis Station pictures and element maps (`.img`, `.map`).

Instrument
----------
X-ray analysers of JEOL (JED-2200, JED-2300) on scanning and transmission electron microscopes.

What is read
------------
One Reading with `intensity`, numbers as stored, shape (y, x), along `x` and `y` (um): `ScanSize`, the width on the
screen in mm, over the magnification; in pixels where one of them is missing. A picture has the technique
`electron_microscopy`, the map of an element `energy_dispersive_x_ray`. Title, time, microscope, voltage, magnification
and working distance; of maps the number of sweeps.

Uncertainties
-------------
None: the file does not say whether the numbers of a map are counts.

What is left out
----------------
The palette and the histogram (in the header), and the icon.

File structure
--------------
A number 52, the name of the format, places, an icon, and from the place of the data a tree of named values, see
`kiban.readers.jed.tree`. `Image/Bits` are the numbers, `Image/Size` columns and rows. Worked out from 2 files; names
and units as RosettaSciIO has them.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.jed.dates import days_since_1899
from kiban.readers.jed.tree import MEND, Node, read_tree
from kiban.readers.sampled_axes import Axis, checked, named, sampled_variables
from kiban.readers.source import Source
from kiban.records.reading import MetadataValue, Reading

_MARK = b"JED-2200"
_MAGIC = b"\x34\0\0\0"
_PLACE_OF_DATA = 44
_BEFORE_TREE = 12
_NUMBERS = (
    ("acceleration_voltage", ("Instrument", "AccV"), "kV"),
    ("magnification", ("Instrument", "Mag"), ""),
    ("working_distance", ("Instrument", "WorkD"), "mm"),
)


class JeolJedImage:
    """Reads JEOL's pictures and element maps."""

    name = "jeol_jed_image"
    version = 1
    title = "JEOL Analysis Station picture and map"
    makers = ("JEOL",)
    techniques = ("electron_microscopy", "energy_dispersive_x_ray")
    suffixes = (".img", ".map")

    def recognise(self, source: Source) -> Recognition | None:
        """By the number 52 and the name JED-2200 behind it."""
        if source.head.startswith(_MAGIC + _MARK):
            return Recognition(Confidence.CERTAIN, "it begins with 52 and JED-2200")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one picture. Raises as the contract says."""
        content = source.read()
        if not content.startswith(_MAGIC + _MARK) or len(content) < _PLACE_OF_DATA + 4:
            raise DamagedFile(f"{source.name} does not begin as a picture of JEOL's Analysis Station.", mend=MEND)
        (place,) = struct.unpack_from("<I", content, _PLACE_OF_DATA)
        tree = read_tree(content, place + _BEFORE_TREE, file=source.name)
        values = _values(tree, source.name)
        is_map = "MAP" in tree.text("FileType").upper()
        height, width = values.shape
        field_um = _field_um(tree)
        axes = (_axis(width, field_um, width), _axis(height, field_um, height))
        sound, doubts = checked(reversed(named(axes)))
        created = tree.number("Image", "Created")
        return [
            Reading(
                technique="energy_dispersive_x_ray" if is_map else "electron_microscopy",
                title=tree.text("Image", "Title") or source.name or "Picture",
                variables=sampled_variables("intensity", values, sound, label=tree.text("Image", "Title")),
                header={"values": tree.as_json(without=frozenset({"Bits"}))},
                metadata=_metadata(tree),
                instrument=tree.text("Instrument", "Name") or None,
                started_at=days_since_1899(created) if created is not None else None,
                doubts=doubts,
            )
        ]


def _values(tree: Node, file: str) -> NDArray[Any]:
    size, bits = tree.array("Image", "Size"), tree.array("Image", "Bits")
    if size is None or bits is None or size.size != 2 or bool(np.any(size < 0)):
        raise DamagedFile(f"{file}: a size and the numbers of a picture were expected; one is missing.", mend=MEND)
    width, height = (int(length) for length in size)
    if width * height == 0:
        raise NothingMeasured(f"{file} holds no points: {width} × {height}.", mend=MEND)
    if width * height != bits.size:
        raise DamagedFile(f"{file}: {width} × {height} points are promised; {bits.size} follow.", mend=MEND)
    return bits.reshape(height, width)


def _field_um(tree: Node) -> float | None:
    """The width of what was scanned: `ScanSize` is its width on the screen in mm."""
    screen_mm, magnification = tree.number("Instrument", "ScanSize"), tree.number("Instrument", "Mag")
    if screen_mm is None or magnification is None or screen_mm <= 0 or magnification <= 0:
        return None
    return screen_mm * 1000.0 / magnification


def _axis(length: int, field_um: float | None, n_points: int) -> Axis:
    if field_um is None:
        return Axis(length=length)
    return Axis(length=length, step=field_um / n_points, unit="µm")


def _metadata(tree: Node) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"maker": "JEOL"}
    for name, path, unit in _NUMBERS:
        value = tree.number(*path)
        if value is not None and value > 0:
            metadata[name] = Measured(value, unit)
    if memo := tree.text("Image", "Memo"):
        metadata["comment"] = memo
    if (sweeps := tree.number("Map", "SweepCount")) is not None:
        metadata["n_scans"] = int(sweeps)
    return metadata


READER = JeolJedImage()
