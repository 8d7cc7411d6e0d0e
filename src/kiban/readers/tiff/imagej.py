"""ImageJ's TIFF: a description of lines `key=value` says how pages are ordered and what unit the resolution has."""

from __future__ import annotations

import math

from kiban.readers.number_list import optional_number
from kiban.readers.tiff.described import Described, Scale
from kiban.readers.tiff.directories import Directory
from kiban.records.reading import Json, MetadataValue

_PIXELS = frozenset({"", "pixel", "pixels", "inch", "null"})
"""Units that ImageJ has where nobody set one; inches come from the resolution of printers."""
_TIMES = {"": "s", "sec": "s", "seconds": "s"}


def describe(directory: Directory, n_pages: int) -> Described | None:
    """Read the description; `None` where the page has none of ImageJ."""
    text = directory.text(270)
    if not text.startswith("ImageJ="):
        return None
    pairs = [line.split("=", 1) for line in text.splitlines() if "=" in line]
    fields = {key.strip(): value.strip() for key, value in pairs}
    unit = _unescaped(fields.get("unit", ""))
    y_unit = _unescaped(fields.get("yunit", "")) or unit
    x, y = _resolution(directory, 282, unit), _resolution(directory, 283, y_unit)
    spacing = optional_number(fields.get("spacing"))
    z = Scale(spacing, _unescaped(fields.get("zunit", "")) or unit) if spacing and unit not in _PIXELS else None
    interval = optional_number(fields.get("finterval"))
    time_unit = _TIMES.get(fields.get("tunit", ""), fields.get("tunit", ""))
    n_images = _whole(fields.get("images"), 1)
    dimensions, doubts = _dimensions(fields, n_images)
    if n_images != n_pages and n_pages != 1:
        doubts = (*doubts, f"ImageJ's description speaks of {n_images} images; the file has {n_pages}.")
        dimensions = ()
    metadata: dict[str, MetadataValue] = {"software": f"ImageJ {fields['ImageJ']}"}
    header: dict[str, Json] = dict(fields)
    return Described(
        x=_shifted(x, fields.get("xorigin")),
        y=_shifted(y, fields.get("yorigin")),
        z=z,
        time=Scale(interval, time_unit) if interval else None,
        dimensions=dimensions,
        n_images=n_images,
        metadata=metadata | _calibration(fields),
        header={"ImageJ": header},
        own_tags=frozenset({270}),
        doubts=doubts,
    )


def _unescaped(unit: str) -> str:
    """ImageJ writes a µ as backslash, u, 00B5."""
    return unit.replace("\\u00B5", "µ").replace("\\u00b5", "µ").strip()


def _resolution(directory: Directory, code: int, unit: str) -> Scale | None:
    pixels_per_unit = directory.number(code)
    if unit in _PIXELS or not pixels_per_unit or pixels_per_unit <= 0:
        return None
    # The file has the ratio with nine digits, of which the quotient shows more.
    return Scale(float(f"{1.0 / pixels_per_unit:.9g}"), unit)


def _shifted(scale: Scale | None, origin: str | None) -> Scale | None:
    """The origin is given in pixels."""
    pixels = optional_number(origin)
    if scale is None or not pixels:
        return scale
    return Scale(scale.step, scale.unit, -pixels * scale.step)


def _dimensions(fields: dict[str, str], n_images: int) -> tuple[tuple[tuple[str, int], ...], tuple[str, ...]]:
    """Channels run fastest, then slices, then frames."""
    lengths = [
        (name, _whole(fields.get(key), 1))
        for name, key in (("time", "frames"), ("z", "slices"), ("channel", "channels"))
    ]
    if math.prod(length for _, length in lengths) != n_images:
        if n_images > 1 and any(length > 1 for _, length in lengths):
            stated = ", ".join(f"{length} along {name}" for name, length in lengths)
            return (), (f"ImageJ's description has {n_images} images but {stated}; they are given as frames.",)
        return (), ()
    return tuple((name, length) for name, length in lengths if length > 1), ()


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _calibration(fields: dict[str, str]) -> dict[str, MetadataValue]:
    """A straight line (function 0) from stored numbers to calibrated ones: c0 + c1 · number."""
    c0, c1 = optional_number(fields.get("c0")), optional_number(fields.get("c1"))
    if fields.get("cf") != "0" or c0 is None or not c1:
        return {}
    metadata: dict[str, MetadataValue] = {"intensity_step": c1, "intensity_origin": -c0 / c1}
    if unit := _unescaped(fields.get("vunit", "")):
        metadata["intensity_unit"] = unit
    return metadata
