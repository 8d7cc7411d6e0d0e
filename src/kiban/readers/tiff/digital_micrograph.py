"""What DigitalMicrograph writes into a TIFF: calibration in tags of its own, and the image's tags as a DM4 tree."""

from __future__ import annotations

import numpy as np

from kiban.errors import KibanError
from kiban.readers.gatan.header import as_json
from kiban.readers.gatan.images import Image
from kiban.readers.gatan.metadata import instrument, metadata_of, named, started, technique
from kiban.readers.gatan.tags import Directory as Tags
from kiban.readers.gatan.tags import parse
from kiban.readers.sampled_axes import Axis
from kiban.readers.tiff.described import Described, Scale
from kiban.readers.tiff.directories import Directory
from kiban.records.reading import Json

_UNITS, _FIRSTS, _STEPS = (65003, 65004, 65005), (65006, 65007, 65008), (65009, 65010, 65011)
_INTENSITY_UNIT, _INTENSITY_ORIGIN, _INTENSITY_STEP = 65022, 65024, 65025
_TREE = 65027
_OWN = frozenset({*_UNITS, *_FIRSTS, *_STEPS, _INTENSITY_UNIT, _INTENSITY_ORIGIN, _INTENSITY_STEP, _TREE})


def describe(directory: Directory) -> Described | None:
    """Read the tags; `None` where the page has none of DigitalMicrograph."""
    if not {_STEPS[0], _STEPS[1]} <= directory.tags.keys():
        return None
    scales = [_scale(directory, axis) for axis in range(3)]
    tags, doubts = _tree(directory)
    step, origin = directory.number(_INTENSITY_STEP), directory.number(_INTENSITY_ORIGIN) or 0.0
    unit = directory.text(_INTENSITY_UNIT)
    is_plain = step in {None, 0.0, 1.0} and not origin
    image = Image(
        values=np.empty(0),
        axes=tuple(Axis(length=1, step=scale.step, unit=scale.unit) for scale in scales[:2] if scale is not None),
        tags=tags,
        name="",
        unit=unit if is_plain else "",
        scale=None if is_plain else (step or 1.0, origin, unit),
    )
    started_at, date_doubts = started(tags)
    header: dict[str, Json] = {"DigitalMicrograph": as_json(tags)} if tags.entries else {}
    # Two axes make it a picture; tags alone never make one a spectrum.
    found = technique(image) if len(image.axes) == 2 else "electron_microscopy"
    return Described(
        technique="electron_microscopy" if found == "image" else found,
        x=scales[0],
        y=scales[1],
        z=scales[2],
        unit=image.unit,
        metadata=metadata_of(image),
        header=header | _own(directory),
        own_tags=_OWN,
        sample_name=named(tags, "Specimen"),
        operator=named(tags, "Operator"),
        instrument=instrument(tags),
        started_at=started_at,
        doubts=(*doubts, *date_doubts),
    )


def _scale(directory: Directory, axis: int) -> Scale | None:
    step, unit = directory.number(_STEPS[axis]), directory.text(_UNITS[axis])
    if step is None or (step == 1.0 and not unit):
        return None
    return Scale(step, unit, directory.number(_FIRSTS[axis]) or 0.0)


def _tree(directory: Directory) -> tuple[Tags, tuple[str, ...]]:
    tag = directory.tags.get(_TREE)
    if tag is None:
        return Tags(), ()
    try:
        return parse(tag.raw, file="tag 65027")[1], ()
    except KibanError as e:
        return Tags(), (f"The tags of DigitalMicrograph inside the file cannot be read: {e.fault}",)


def _own(directory: Directory) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for code in sorted(_OWN - {_TREE}):
        if text := directory.text(code):
            found[str(code)] = text
        elif (number := directory.number(code)) is not None:
            found[str(code)] = number
    return found
