"""Gatan DigitalMicrograph files, DM3 and DM4.

Instrument
----------
Electron microscopes with cameras, spectrometers and scan units that are driven by Gatan's DigitalMicrograph (GMS).

What is read
------------
Each image of the file that is not its thumbnail gives a Reading:

- pictures: `intensity`, shape (y, x), with `x` and `y` (a length), or `k_x`, `k_y` (a reciprocal length), `angle_x`,
  `angle_y`; in pixels where nobody calibrated them; stacks have a first axis `frame`, `time` or `z`;
- spectra: `intensity`, shape (n,), along `energy_loss` or `energy`; spectrum images with the energy as last axis;
- pictures in colour: a last dimension `colour` of red, green and blue;
- complex images: `complex_amplitude`, complex numbers.

Numbers are as stored. Where the file calibrates the intensity with a step or an origin, these stand in the metadata
(`intensity_step`, `intensity_origin`, `intensity_unit`): the calibrated value is step * (number - origin).
The technique is that of the tags: `electron_energy_loss`, `energy_dispersive_x_ray`, `cathodoluminescence`,
`electron_diffraction`, `electron_microscopy`, else `spectrum` or `image`. Voltage, magnification, camera length,
exposure, angles, detector, software, operator, specimen and time where the tags have them.

Uncertainties
-------------
Spectra whose unit is counts: standard uncertainty √n of the Poisson distribution, origin estimate (1 where nothing was
counted). Spectrum images get none: with a few counts in a channel √n says little, and would take more room than
the data. The file states none.

What is left out
----------------
The thumbnail, annotations and how the image is shown (kept in the header); the fourth byte of colours. Arrays of more
than 256 numbers in tags (gain and dark references, colour tables): the header names their type and length. Packed
complex numbers, and points, rectangles and colours in other types than 32-bit integers, are refused by name. A date
such as 7/9/2014 that can mean two days is left out unless a time in UTC beside it tells.

File structure
--------------
A tag tree, see `kiban.readers.gatan.tags`; `ImageList` in it has the images, `Thumbnails` the places of those that
only show others. As Gatan's users have described it since 2003; checked on 5 files and against ncempy.
"""

from __future__ import annotations

from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.scan import counting_uncertainty
from kiban.readers.gatan.header import as_json
from kiban.readers.gatan.images import Image, is_count, measured, read_image
from kiban.readers.gatan.metadata import instrument, metadata_of, named, started, technique
from kiban.readers.gatan.tags import Directory, Header, parse
from kiban.readers.sampled_axes import checked, sampled_variables, spectrum_last
from kiban.readers.sampled_axes import named as named_axes
from kiban.readers.source import Source
from kiban.records.reading import Json, Reading

_OVERHEAD = {3: 16, 4: 24}
"""What the length in the header leaves out of the file's."""


class GatanDm:
    """Reads DM3 and DM4."""

    name = "gatan_dm"
    version = 1
    title = "Gatan DigitalMicrograph (DM3, DM4)"
    makers = ("Gatan",)
    techniques = (
        "electron_microscopy",
        "electron_diffraction",
        "electron_energy_loss",
        "energy_dispersive_x_ray",
        "cathodoluminescence",
        "image",
        "spectrum",
    )
    suffixes = (".dm3", ".dm4")

    def recognise(self, source: Source) -> Recognition | None:
        """By version, byte order and the first tag; certain where the length in the header is the file's."""
        header = Header.of(source.head)
        if header is None or not _begins_with_tag(source.head, header):
            return None
        if abs(source.size - header.root_bytes - _OVERHEAD[header.version]) <= 16:
            return Recognition(Confidence.CERTAIN, f"it begins as DM{header.version} and has the length it states")
        return Recognition(Confidence.LIKELY, f"it begins as DM{header.version}")

    def read(self, source: Source) -> list[Reading]:
        """Read all images but the thumbnail. Raises as the contract says."""
        header, root = parse(source.read(), file=source.name)
        entries = measured(root)
        common = _common_header(header, root)
        readings = []
        for n, entry in entries:
            place = f"{source.name}, image {n + 1}" if len(entries) > 1 else source.name
            image = read_image(entry, place=place)
            readings.append(_reading(image, _header(common, entry), place))
        return readings


def _begins_with_tag(head: bytes, header: Header) -> bool:
    """The root has entries, and the first is a tag with a name."""
    size = 8 if header.version == 4 else 4
    at = header.length + 2
    count = int.from_bytes(head[at : at + size], "big")
    kind = head[at + size : at + size + 1]
    length = int.from_bytes(head[at + size + 1 : at + size + 3], "big")
    name = head[at + size + 3 : at + size + 3 + length]
    return 0 < count < 1 << 16 and kind in {b"\x14", b"\x15"} and 0 < length < 256 and name.isascii() and len(name) > 0


def _reading(image: Image, header: dict[str, Json], place: str) -> Reading:
    key = technique(image)
    axes, calibration_doubts = checked(image.axes)
    energy = "energy_loss" if key == "electron_energy_loss" else "energy"
    axes = tuple(reversed(named_axes(axes, energy=energy)))
    values, axes = spectrum_last(image.values, axes) if not image.has_colours else (image.values, axes)
    is_spectrum = len(axes) == 1 and is_count(image)
    started_at, date_doubts = started(image.tags)
    return Reading(
        technique=key,
        title=image.name or place,
        variables=sampled_variables(
            "complex_amplitude" if values.dtype.kind == "c" else "intensity",
            values,
            axes,
            unit=image.unit,
            uncertainty=counting_uncertainty(values) if is_spectrum else None,
            further=("colour",) if image.has_colours else (),
        ),
        header=header,
        metadata=metadata_of(image),
        sample_name=named(image.tags, "Specimen"),
        operator=named(image.tags, "Operator"),
        instrument=instrument(image.tags),
        started_at=started_at,
        doubts=(*image.doubts, *calibration_doubts, *date_doubts),
    )


def _common_header(header: Header, root: Directory) -> dict[str, Json]:
    """All tags outside the images."""
    others = Directory([entry for entry in root.entries if entry[0] != "ImageList"])
    as_object = as_json(others)
    return {"version": header.version, **(as_object if isinstance(as_object, dict) else {"root": as_object})}


def _header(common: dict[str, Json], entry: Directory) -> dict[str, Json]:
    data = Directory([tag for tag in entry.directory("ImageData").entries if tag[0] != "Data"])
    tags = Directory([(name, data if name == "ImageData" else value) for name, value in entry.entries])
    return common | {"Image": as_json(tags)}


READER = GatanDm()
