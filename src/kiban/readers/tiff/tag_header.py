"""The tags of a page as JSON, for the header of a Reading."""

from __future__ import annotations

import math

from kiban.readers.tiff.directories import Directory, Tag
from kiban.records.reading import Json

_NAMES = {
    254: "NewSubfileType",
    256: "ImageWidth",
    257: "ImageLength",
    258: "BitsPerSample",
    259: "Compression",
    262: "PhotometricInterpretation",
    266: "FillOrder",
    269: "DocumentName",
    270: "ImageDescription",
    271: "Make",
    272: "Model",
    274: "Orientation",
    277: "SamplesPerPixel",
    278: "RowsPerStrip",
    282: "XResolution",
    283: "YResolution",
    284: "PlanarConfiguration",
    285: "PageName",
    296: "ResolutionUnit",
    305: "Software",
    306: "DateTime",
    315: "Artist",
    316: "HostComputer",
    317: "Predictor",
    320: "ColorMap",
    322: "TileWidth",
    323: "TileLength",
    338: "ExtraSamples",
    339: "SampleFormat",
    33432: "Copyright",
}
_PLACES = frozenset({273, 279, 324, 325})
"""Where the numbers lie in the file: of no use without it."""
_LONGEST_LIST = 64


def as_json(directory: Directory, *, without: frozenset[int]) -> dict[str, Json]:
    """Turn the tags into JSON values, under their names where these are known, else under their codes."""
    return {
        _NAMES.get(code, str(code)): _value(tag)
        for code, tag in sorted(directory.tags.items())
        if code not in _PLACES | without
    }


def _value(tag: Tag) -> Json:
    if tag.kind == 2:
        return tag.text()
    numbers = tag.numbers()
    if numbers.size > _LONGEST_LIST:
        return {"#count": int(numbers.size), "#bytes": len(tag.raw)}
    values: list[Json] = [_finite(number) for number in numbers.tolist()]
    return values[0] if len(values) == 1 else values


def _finite(number: int | float) -> Json:
    return number if math.isfinite(number) else str(number)
