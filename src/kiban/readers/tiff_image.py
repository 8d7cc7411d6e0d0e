"""TIFF pictures and stacks, plain or with the tags of microscopes and programs.

Instrument
----------
Any camera or microscope. Known beyond plain TIFF are ImageJ, OME-TIFF, Gatan DigitalMicrograph, scanning electron
microscopes of FEI / Thermo Fisher and Zeiss, and JEOL's TEMs (SightX).

What is read
------------
`intensity`, numbers as stored, shape (y, x) for a picture, (frame, y, x) for pages that agree in size and type, with
dimensions `time`, `z` and `channel` where ImageJ or OME state them, and a last dimension `colour` for pictures in
colour (red, green, blue, ...). Row 0 is the upper one. Pages that differ give a Reading each; pages that only show
others in small are passed over. `x` and `y` are lengths (or `k_x`, `k_y`, spatial frequencies) where tags state the
size of a pixel on the sample, else pixels. Uncompressed, LZW, deflate and PackBits; strips and tiles; 1 to 64 bits;
both byte orders; BigTIFF. Technique: `electron_microscopy` or `electron_diffraction` by the maker's tags,
`optical_microscopy` where OME names an objective, else `image`. Voltage, magnification, working distance, detector,
time and so on where the tags have them.

Uncertainties
-------------
None: no file states any, and pictures are seldom counts.

What is left out
----------------
The resolution tags of plain TIFF: they say how large to print, not how large a pixel is on the sample; they stand in
the header. Colour tables. What other files say: Hitachi's and JEOL's SEMs write it into a `.txt` beside the picture.
The camera length of JEOL's diffraction patterns stands in the metadata, from which an axis would have to be worked out.
JPEG and other compressions are refused by name, and OME series that lie in several files.

File structure
--------------
TIFF 6.0 (Adobe, 1992), its Technical Note 3 for floating-point predictors, and BigTIFF, in `kiban.readers.tiff`.
Makers' tags as tifffile and others describe them: ImageJ 270, DigitalMicrograph 65003 to 65027, FEI 34680 and 34682,
Zeiss 34118. Checked on 2 files and compared with tifffile, which goes on silently where pages or parts are missing; so
the pages are read here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.readers.contract import Confidence, Recognition
from kiban.readers.sampled_axes import Axis, checked, named, sampled_variables
from kiban.readers.source import Source
from kiban.readers.tiff import digital_micrograph, fei, imagej, jeol, ome, tag_header, zeiss
from kiban.readers.tiff.described import Described, Scale
from kiban.readers.tiff.directories import Directory, is_tiff, read_directories
from kiban.readers.tiff.pages import Page, check_size, read_page
from kiban.readers.tiff.segments import read_numbers
from kiban.records.reading import Json, MetadataValue, Reading

_MAKERS = (digital_micrograph.describe, fei.describe, zeiss.describe, jeol.describe)
_COLOURS = {2: ("red", "green", "blue", "alpha"), 5: ("cyan", "magenta", "yellow", "black")}
_PALETTE = 3


class TiffImage:
    """Reads TIFF pictures."""

    name = "tiff_image"
    version = 1
    title = "TIFF pictures (plain, ImageJ, OME, DigitalMicrograph, SEM)"
    makers = ("ImageJ", "OME", "Gatan", "Thermo Fisher Scientific (FEI)", "Zeiss", "JEOL", "Hitachi")
    techniques = ("image", "electron_microscopy", "electron_diffraction", "optical_microscopy")
    suffixes = (".tif", ".tiff", ".btf", ".tf8")
    library = "lxml"

    def recognise(self, source: Source) -> Recognition | None:
        """By the mark of TIFF, which formats that build upon it share: their readers come first."""
        if is_tiff(source.head):
            return Recognition(Confidence.LIKELY, "it begins as TIFF")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all pages. Raises as the contract says."""
        content = source.read()
        directories = read_directories(content, file=source.name)
        pages = [read_page(each, n, file=source.name) for n, each in enumerate(directories, 1)]
        check_size(pages, content, limits=source.limits, file=source.name)
        if ome.is_ome(directories[0]):
            parts = ome.read_parts(directories[0], len(pages), pages[0].samples, file=source.name)
            stacks = [(part.described, [pages[n] for n in part.pages]) for part in parts]
        else:
            stacks = list(_stacks(directories, pages))
        readings = []
        for n, (described, stack) in enumerate(stacks, 1):
            place = f" {n} of {len(stacks)}" if len(stacks) > 1 else ""
            for group in _alike(stack):
                readings.append(_reading(content, directories[group[0].number - 1], described, group, source, place))
        return readings


def _stacks(directories: list[Directory], pages: list[Page]) -> Iterator[tuple[Described, list[Page]]]:
    """Pages that follow each other and agree, each group with what its first page says."""
    shown = [page for page in pages if not page.is_reduced] or pages
    for _, group in groupby(shown, key=lambda page: page.signature):
        stack = list(group)
        directory = directories[stack[0].number - 1]
        found = (describe(directory) for describe in _MAKERS)
        described = imagej.describe(directory, len(stack)) or next((each for each in found if each is not None), None)
        yield described or Described(), stack


def _alike(stack: list[Page]) -> list[list[Page]]:
    return [list(group) for _, group in groupby(stack, key=lambda page: page.signature)]


def _reading(
    content: bytes, directory: Directory, described: Described, stack: list[Page], source: Source, place: str
) -> Reading:
    page = stack[0]
    values, stack_doubts = _values(content, described, stack, file=source.name)
    frames = _frame_axes(described, values)
    named_axes = named((_axis(page.width, described.x), _axis(page.height, described.y), *reversed(frames)))
    axes, calibration_doubts = checked(reversed(named_axes))
    colours = _colours(page)
    return Reading(
        technique=described.technique,
        title=described.title or f"{source.name}{place}" or "Picture",
        variables=sampled_variables(
            "complex_amplitude" if page.dtype.kind == "c" else "intensity",
            values.reshape(*(axis.length for axis in axes), *page.shape[2:]),
            axes,
            unit=described.unit,
            further=() if page.samples == 1 else ("colour",) if colours else ("sample",),
        ),
        header=_header(directory, described, len(stack)),
        metadata=dict(described.metadata) | colours,
        sample_name=described.sample_name,
        operator=described.operator,
        instrument=described.instrument,
        started_at=described.started_at,
        doubts=(*described.doubts, *stack_doubts, *calibration_doubts, *_tag_doubts(directory, page)),
    )


def _values(
    content: bytes, described: Described, stack: list[Page], *, file: str
) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The numbers of all pages, shape (pages, height, width, ...)."""
    page = stack[0]
    n = described.n_images or 1
    if len(stack) == 1 and n > 1:
        # ImageJ describes one page of a large stack only; the others follow its numbers without a gap.
        start, length = int(page.offsets[0]), n * page.n_bytes
        if page.compression == 1 and page.predictor == 1 and start + length <= len(content):
            values = np.frombuffer(content, page.dtype, length // page.dtype.itemsize, start)
            return values.reshape(n, *page.shape).astype(page.dtype.newbyteorder("="), copy=False), ()
        doubts = (f"ImageJ's description speaks of {n} images; the file has one.",)
        return read_numbers(page, content, file=file)[None], doubts
    if len(stack) == 1:
        return read_numbers(page, content, file=file)[None], ()
    values = np.empty((len(stack), *page.shape), page.dtype.newbyteorder("="))
    for place, each in enumerate(stack):
        values[place] = read_numbers(each, content, file=file)
    return values, ()


def _frame_axes(described: Described, values: NDArray[Any]) -> list[Axis]:
    """The axes before the rows, the slowest first."""
    n = len(values)
    if n == 1:
        return []
    lengths = [length for _, length in described.dimensions]
    if not lengths or int(np.prod(lengths)) != n:
        return [_axis(n, described.z, name="z") if described.z else Axis(length=n, name="frame")]
    scales = {"z": described.z, "time": described.time}
    return [
        _axis(length, scales.get(name), name=name if name != "time" or described.time else "frame")
        for name, length in described.dimensions
    ]


def _axis(length: int, scale: Scale | None, *, name: str = "") -> Axis:
    if scale is None:
        return Axis(length=length, name=name)
    return Axis(length=length, first=scale.first, step=scale.step, unit=scale.unit, name=name)


def _colours(page: Page) -> dict[str, MetadataValue]:
    names = _COLOURS.get(page.photometric, ())
    if page.samples == 1 or page.samples > len(names):
        return {}
    return {"colours": ", ".join(names[: page.samples])}


def _tag_doubts(directory: Directory, page: Page) -> tuple[str, ...]:
    doubts = [f"Tag {code} points outside the file and is left out." for code in directory.broken]
    if page.photometric == _PALETTE:
        doubts.append("The numbers are places in a table of colours, not intensities.")
    return tuple(doubts)


def _header(directory: Directory, described: Described, n_pages: int) -> dict[str, Json]:
    tags = tag_header.as_json(directory, without=described.own_tags)
    return {"tags": tags, "n_pages": n_pages, **described.header}


READER = TiffImage()
