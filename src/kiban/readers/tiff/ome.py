"""OME-TIFF: an XML description says how pages are ordered, and how large a pixel is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.readers.number_list import optional_number
from kiban.readers.tiff.described import Described, Scale
from kiban.readers.tiff.directories import MEND, Directory
from kiban.readers.xml import parse
from kiban.readers.xml_header import as_json, children, descend, text_at
from kiban.records.reading import Json, MetadataValue

if TYPE_CHECKING:
    from lxml.etree import _Element

_NAMES = {"Z": "z", "C": "channel", "T": "time"}
_LARGEST = 1 << 24


@dataclass(frozen=True, slots=True)
class Part:
    """One image of the XML: which pages are its planes, in the order of its dimensions."""

    described: Described
    pages: tuple[int, ...]
    """Places of its planes among the pages, from 0."""


def is_ome(directory: Directory) -> bool:
    """The description is OME-XML."""
    text = directory.text(270)
    return text.startswith("<") and "<OME" in text[:4000]


def read_parts(directory: Directory, n_pages: int, samples: int, *, file: str) -> list[Part]:
    """Read the XML.

    Parameters
    ----------
    samples : int
        Numbers for each point of a page: colours that lie in one plane are counted as channels by the XML.

    Raises
    ------
    DamagedFile
        If it speaks of planes that the file does not have.
    UnsupportedVariant
        If the planes lie in other files.
    HostileFile
        If the XML declares a document type.
    """
    root = parse(directory.text(270).encode(), name=file)
    parts: list[Part] = []
    taken = 0
    for image in children(root, "Image"):
        pixels = descend(image, "Pixels")
        if pixels is None:
            continue
        part = _part(image, pixels, root, samples=samples, first=taken, n_pages=n_pages, file=file)
        taken += len(part.pages)
        parts.append(part)
    if not parts:
        raise DamagedFile(f"{file}: an image was expected in its OME-XML; there is none.", mend=MEND)
    return parts


def _part(
    image: _Element, pixels: _Element, root: _Element, *, samples: int, first: int, n_pages: int, file: str
) -> Part:
    order = str(pixels.get("DimensionOrder") or "XYCZT")
    if sorted(order) != sorted("XYCZT"):
        raise DamagedFile(f"{file}: an order of X, Y, C, Z, T was expected; '{order[:20]}' was found.", mend=MEND)
    lengths = {letter: _size(pixels, letter, file) for letter in "CZT"}
    if samples > 1:
        lengths["C"], rest = divmod(lengths["C"], samples)
        if rest or not lengths["C"]:
            raise DamagedFile(f"{file}: {samples} colours in a page do not fit into its channels.", mend=MEND)
    n_planes = lengths["C"] * lengths["Z"] * lengths["T"]
    slowest_first = [letter for letter in reversed(order) if letter in lengths]
    pages = _pages(pixels, order, lengths, first, n_planes, file)
    if max(pages) >= n_pages:
        if any(True for _ in pixels.iter("{*}UUID")):
            raise UnsupportedVariant(
                f"{file} is a part of a series of files: {n_planes} planes are described, {n_pages} pages are here.",
                mend="Save the series as one OME-TIFF. The file is kept as it came.",
            )
        raise DamagedFile(f"{file}: page {max(pages) + 1} was expected; the file has {n_pages}.", mend=MEND)
    dimensions = tuple((_NAMES[letter], lengths[letter]) for letter in slowest_first if lengths[letter] > 1)
    return Part(_described(image, pixels, root, dimensions, n_planes), pages)


def _size(pixels: _Element, letter: str, file: str) -> int:
    text = str(pixels.get(f"Size{letter}") or "1")
    if not (text.isascii() and text.isdigit() and 0 < int(text[:12]) <= _LARGEST):
        raise DamagedFile(f"{file}: a length was expected as Size{letter}; '{text[:20]}' was found.", mend=MEND)
    return int(text)


def _pages(
    pixels: _Element, order: str, lengths: dict[str, int], first: int, n_planes: int, file: str
) -> tuple[int, ...]:
    """Which page each plane is: one after the other, unless elements TiffData say otherwise."""
    if n_planes > _LARGEST:
        raise DamagedFile(f"{file}: {n_planes} planes are described.", mend=MEND)
    places = [first + n for n in range(n_planes)]
    fastest_first = [letter for letter in order if letter in lengths]
    for data in children(pixels, "TiffData"):
        if data.get("IFD") is None:
            continue
        start = [_number(data, f"First{letter}") for letter in fastest_first]
        at, step = 0, 1
        for letter, n in zip(fastest_first, start, strict=True):
            at += n * step
            step *= lengths[letter]
        count = _number(data, "PlaneCount", 1)
        for n in range(min(count, max(0, n_planes - at))):
            places[at + n] = _number(data, "IFD") + n
    return tuple(places)


def _number(element: _Element, name: str, otherwise: int = 0) -> int:
    text = str(element.get(name) or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _scale(pixels: _Element, size: str, unit: str, usual: str) -> Scale | None:
    step = optional_number(pixels.get(size))
    spelled = str(pixels.get(unit) or usual)
    if not step or step <= 0 or spelled.lower() in {"pixel", "reference frame"}:
        return None
    return Scale(step, spelled)


def _described(
    image: _Element, pixels: _Element, root: _Element, dimensions: tuple[tuple[str, int], ...], n_planes: int
) -> Described:
    date = text_at(image, "AcquisitionDate")
    channels = [str(channel.get("Name") or "") for channel in children(pixels, "Channel")]
    metadata: dict[str, MetadataValue] = {}
    if any(channels):
        metadata["channel_names"] = ", ".join(channels)
    if creator := root.get("Creator"):
        metadata["software"] = str(creator)
    header: dict[str, Json] = {"OME": as_json(root, without=frozenset({"BinData", "Plane"}))}
    instrument = descend(root, "Instrument", "Microscope")
    keys = ("Manufacturer", "Model")
    names = [str(instrument.get(key) or "") for key in keys] if instrument is not None else []
    is_optical = descend(root, "Instrument", "Objective") is not None
    return Described(
        technique="optical_microscopy" if is_optical else "image",
        x=_scale(pixels, "PhysicalSizeX", "PhysicalSizeXUnit", "µm"),
        y=_scale(pixels, "PhysicalSizeY", "PhysicalSizeYUnit", "µm"),
        z=_scale(pixels, "PhysicalSizeZ", "PhysicalSizeZUnit", "µm"),
        time=_scale(pixels, "TimeIncrement", "TimeIncrementUnit", "s"),
        dimensions=dimensions,
        n_images=n_planes,
        title=str(image.get("Name") or ""),
        instrument=" ".join(filter(None, names)) or None,
        started_at=_time(date),
        metadata=metadata,
        header=header,
        own_tags=frozenset({270}),
    )


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
