"""EDF, the data format of the European Synchrotron.

Instrument
----------
Area detectors at the ESRF and other synchrotrons, and laboratory instruments whose software writes EDF (Xenocs, fit2d).

What is read
------------
Each picture gives a Reading with `intensity` of shape [y, x], and the axes `x` and `y` in mm from the first pixel where
the header states the size of a pixel, in pixels otherwise. Pictures of one file that are alike give one Reading of
shape [frame, y, x]; its header holds what all share once and what differs as lists, under `#each`. The technique is
`xrd_image` where the header places a detector behind a sample, otherwise `image`: EDF holds any picture. The unit is
counts where the header names a detector that counts photons.

Uncertainties
-------------
`intensity` in counts: standard uncertainty √n of the Poisson distribution, origin estimate (1 where nothing was
counted, none for negative numbers, which mark gaps), where all numbers are whole. Blocks of errors that the file holds
are Readings of their own.

What is left out
----------------
Pixels in another file (EDF_BinaryFileName) and compressions other than gzip, zlib and bzip2 are refused by name.
Positions of motors and counts of counters stay in the header.

File structure
--------------
Blocks of a header `{` entries `key = value ;` `}` and pixels: Dim_1 columns, Dim_2 rows, in the DataType and ByteOrder
that the header names, Size bytes in all. Version 2 has EDF_ keys and may have a first block that holds for all. As
"Keywords for SAXS Data in EDF Files" by P. Boesecke describes it; checked against fabio.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import NothingMeasured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.image import Picture, reading
from kiban.readers.diffraction.map import fold
from kiban.readers.edf.blocks import Block, blocks
from kiban.readers.edf.keys import MEND
from kiban.readers.edf.metadata import is_scattering, metadata, pixel_size_mm, started
from kiban.readers.edf.pixels import pixels
from kiban.readers.source import Source
from kiban.records.reading import Reading

_FIRST = re.compile(rb"\s*\{")
_OWN = re.compile(rb"\b(?:EDF_DataBlockID|EDF_DataFormatVersion|HeaderID)\s*=", re.IGNORECASE)
_NEEDED = [re.compile(rb"\b%s\s*=" % key, re.IGNORECASE) for key in (b"ByteOrder", b"DataType", b"Dim_1")]


class EsrfEdf:
    """Reads EDF."""

    name = "esrf_edf"
    version = 1
    title = "ESRF data format (EDF)"
    makers = ("ESRF", "Xenocs")
    techniques = ("xrd_image", "image")
    suffixes = (".edf", ".ehf", ".cor")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim files that begin with a brace and have the keys of EDF."""
        if not _FIRST.match(source.head):
            return None
        header = source.head[:8192].partition(b"}")[0]
        if _OWN.search(header):
            return Recognition(Confidence.CERTAIN, "it begins with a header in braces that has the keys of EDF")
        if all(key.search(header) for key in _NEEDED):
            return Recognition(Confidence.LIKELY, "it begins with a header in braces that says how pixels are stored")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all pictures. Raises as the contract says."""
        content = source.read()
        found, doubts = blocks(content, file=source.name)
        if not found:
            raise NothingMeasured(f"{source.name} holds no pictures.", mend=MEND)
        pictures = []
        left = source.limits.expanded_bytes
        for n, block in enumerate(found, 1):
            place = source.name if len(found) == 1 else f"{source.name}, picture {n}"
            values = pixels(content, block, most_bytes=left, place=place)
            left -= values.nbytes
            pictures.append(values if values.ndim > 1 else values[np.newaxis])
        if len(found) > 1 and _are_alike(found, pictures):
            return [_stack(found, np.stack(pictures), doubts)]
        return [
            _one(block, values, f" {n} of {len(found)}" if len(found) > 1 else "", doubts)
            for n, (block, values) in enumerate(zip(found, pictures, strict=True), 1)
        ]


def _are_alike(found: list[Block], pictures: list[NDArray[Any]]) -> bool:
    first = pictures[0]
    kinds = {_kind_of_block(block) for block in found}
    return (
        first.ndim == 2
        and len(kinds) == 1
        and all(values.shape == first.shape and values.dtype == first.dtype for values in pictures)
    )


def _kind_of_block(block: Block) -> str:
    """What a block holds, without its number: `Image.Psd` of `1.Image.Psd`, `Image.Error` of `1.Image.Error`."""
    return block.keys.text("EDF_DataBlockID").partition(".")[2]


def _picture(block: Block, values: NDArray[Any], place: str, doubts: tuple[str, ...]) -> Picture:
    keys = block.keys
    found = metadata(keys)
    started_at, time_doubts = started(keys)
    detector = found.get("detector")
    size = " × ".join(str(length) for length in reversed(values.shape))
    return Picture(
        values=values,
        title=f"{keys.text('Title') or f'Picture of {size} pixels'}{place}",
        technique="xrd_image" if is_scattering(keys) else "image",
        detector=detector if isinstance(detector, str) else "",
        pixel_size=pixel_size_mm(found),
        header=keys.header,
        metadata=found,
        started_at=started_at,
        doubts=(*doubts, *time_doubts),
    )


def _one(block: Block, values: NDArray[Any], place: str, doubts: tuple[str, ...]) -> Reading:
    if "error" in _kind_of_block(block).lower():
        doubts = (*doubts, "The block holds errors of another block's numbers.")
    return reading(_picture(block, values, place, doubts))


def _stack(found: list[Block], values: NDArray[Any], doubts: tuple[str, ...]) -> Reading:
    picture = _picture(found[0], values, "", doubts)
    others = [metadata(block.keys) for block in found[1:]]
    common = {
        name: value for name, value in picture.metadata.items() if all(other.get(name) == value for other in others)
    }
    return reading(replace(picture, header=fold([block.keys.header for block in found]), metadata=common))


READER = EsrfEdf()
