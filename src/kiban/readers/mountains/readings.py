"""What objects of a Digital Surf file become: axes, signals, metadata."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, LimitExceeded, UnsupportedVariant
from kiban.quantity.series import Series
from kiban.quantity.spelling import respell
from kiban.readers.mountains.objects import MEND, PROFILES, SurfObject
from kiban.readers.sampled_axes import Axis, Kind, axis_variables, checked, kind_of, named
from kiban.readers.tables.column_headers import slug
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json, MetadataValue, Reading, Variable

_SPECTRUM, _SPECTRAL_MAP, _RGB_IMAGE, _BINARY, _INTENSITY_IMAGE = 20, 21, 12, 3, 10
_SERIES = frozenset({4, 5})
_TYPES = {
    1: "profile", 2: "surface", _BINARY: "binary image", 4: "series of profiles", 5: "series of surfaces",
    7: "multilayer profile", 8: "multilayer surface", _INTENSITY_IMAGE: "intensity image", 11: "intensity surface",
    _RGB_IMAGE: "colour image", 13: "colour surface", 16: "colour and intensity surface", _SPECTRUM: "spectra",
    _SPECTRAL_MAP: "spectral map",
}  # fmt: skip
_LAYERS = {
    11: ("", "intensity"),
    13: ("", "red", "green", "blue"),
    16: ("", "red", "green", "blue", "intensity"),
}
"""Signals of objects that a surface has beside it; the first is named by its Z axis."""
_MOST_DOUBTS, _MOST_READINGS = 20, 2000
_IMAGES = frozenset({_BINARY, _INTENSITY_IMAGE, _RGB_IMAGE})
_INSTRUMENTS = {
    1: "contact stylus", 2: "scanning optical gauge", 3: "thermocouple", 5: "contact stylus with skid", 6: "AFM",
    7: "STM", 8: "video", 9: "interferometer", 10: "structured light projection",
}  # fmt: skip


def readings(objects: Sequence[SurfObject], n_behind: int, *, file: str) -> list[Reading]:
    """Make one Reading of objects that lie on the same points, else one of each.

    Raises
    ------
    UnsupportedVariant
        If the first is of a type that is not read.
    DamagedFile
        If there are not as many as the type needs.
    LimitExceeded
        If more Readings would come of it than can be kept.
    """
    kind = int(objects[0].fields["object type"])
    if kind not in _TYPES:
        raise UnsupportedVariant(
            f"{file}: a profile, surface, image or spectra were expected; the object is of type {kind}.",
            mend="Export it from its program as a surface or as text; the file is kept as it came.",
        )
    needed = 3 if kind == _RGB_IMAGE else len(_LAYERS.get(kind, ())) or len(objects)
    if len(objects) != needed:
        raise DamagedFile(
            f"{file}: {needed} objects were expected for a {_TYPES[kind]}; {len(objects)} follow.", mend=MEND
        )
    if all(_points(one) == _points(objects[0]) for one in objects):
        return [_reading(objects, kind, n_behind, file)]
    if kind in _LAYERS or kind == _RGB_IMAGE:
        raise DamagedFile(f"{file}: the objects of a {_TYPES[kind]} are of different sizes.", mend=MEND)
    if len(objects) > _MOST_READINGS:
        raise LimitExceeded(
            f"{file}: {len(objects)} objects on different points; at most {_MOST_READINGS} are read.",
            mend="Save fewer of them in one file; it is kept as it came.",
        )
    single = 1 if kind in PROFILES else 2
    return [_reading([one], single, n_behind, file, number=n) for n, one in enumerate(objects, 1)]


def _points(one: SurfObject) -> tuple[object, ...]:
    names = ("x spacing", "y spacing", "x offset", "y offset")
    return (one.counts.shape, *(one.fields[name] for name in names))


def _reading(objects: Sequence[SurfObject], kind: int, n_behind: int, file: str, number: int = 0) -> Reading:
    first = objects[0]
    stacked = _is_stacked(objects, kind)
    axes, axis_doubts = _axes(objects, kind, stacked=stacked)
    signals = _stack(objects, axes, kind) if stacked else _signals(objects, axes, kind)
    header: dict[str, Json] = dict(first.header)
    if len(objects) > 1:
        header["further objects"] = [one.header for one in objects[1:]]
    name = first.text("object name")
    return Reading(
        technique=_technique(first, kind),
        title=(name or file or _TYPES[kind].capitalize()) + (f" {number}" if number else ""),
        variables=(*axis_variables(axes), *signals),
        header=header,
        metadata=_metadata(first),
        operator=first.text("operator name") or None,
        started_at=first.started_at,
        doubts=(*axis_doubts, *_doubts(objects, kind, n_behind)),
    )


def _is_stacked(objects: Sequence[SurfObject], kind: int) -> bool:
    """Objects of one quantity are layers of one array, others signals beside each other."""
    if kind in _LAYERS or len(objects) == 1:
        return False
    quantities = {(one.text("z axis"), one.text("z step unit")) for one in objects}
    return len(quantities) == 1 or kind in _SERIES or kind == _RGB_IMAGE


def _axes(objects: Sequence[SurfObject], kind: int, *, stacked: bool) -> tuple[tuple[Axis, ...], tuple[str, ...]]:
    """The axes in the order of the array, without that of the colours."""
    first = objects[0]
    x, y = _axis(first, "x", first.counts.shape[1]), _axis(first, "y", first.counts.shape[0])
    found = [x] if (kind in PROFILES or kind == _SPECTRUM) and first.counts.shape[0] == 1 else [x, y]
    if kind == _SPECTRAL_MAP:
        found = [_spectral(_axis(first, "t", first.counts.shape[2])), *found]
    if kind == _SPECTRUM:
        found[0] = _spectral(found[0])
    if stacked and kind != _RGB_IMAGE:
        layers = _axis(first, "t", len(objects))
        if layers.step == 0 or not math.isfinite(layers.step):
            layers = Axis(length=len(objects), name="layer")
        elif kind_of(layers.unit) is Kind.PIXELS:
            layers = replace(layers, name=slug(layers.label) or "layer")
        found.append(layers)
    sound, doubts = checked(found)
    return tuple(reversed(named(sound))), doubts


def _axis(one: SurfObject, letter: str, length: int) -> Axis:
    step, unit = one.number(f"{letter} spacing"), one.text(f"{letter} step unit")
    is_place = letter != "t" and kind_of(unit) in {Kind.LENGTH, Kind.PIXELS}
    return Axis(
        length=length,
        name=letter if is_place else "",
        first=one.number(f"{letter} offset"),
        # A single point needs no step.
        step=step if length > 1 else step or 1.0,
        unit=unit if read_unit(unit) is not None else "",
        label=one.text(f"{letter} axis"),
    )


def _spectral(axis: Axis) -> Axis:
    """The axis along which spectra run: a length is a wavelength."""
    name = "wavelength" if axis.kind is Kind.LENGTH else "" if axis.kind is Kind.ENERGY else slug(axis.label)
    return replace(axis, name=name or ("" if axis.kind is Kind.ENERGY else "channel"))


def _stack(objects: Sequence[SurfObject], axes: Sequence[Axis], kind: int) -> tuple[Variable, ...]:
    place = -1 if kind == _RGB_IMAGE else 0
    values = np.stack([_numbers(one, kind) for one in objects], axis=place)
    names = [axis.name for axis in axes] + (["colour"] if kind == _RGB_IMAGE else [])
    shape = tuple(axis.length for axis in axes) + ((len(objects),) if kind == _RGB_IMAGE else ())
    variable = _signal(objects[0], values.reshape(shape), tuple(names), kind, "")
    return (_distinct(variable, set(names)),)


def _signals(objects: Sequence[SurfObject], axes: Sequence[Axis], kind: int) -> tuple[Variable, ...]:
    shape, dimensions = tuple(axis.length for axis in axes), tuple(axis.name for axis in axes)
    given = _LAYERS.get(kind, ("",) * len(objects))
    taken, made = set(dimensions), []
    for one, wanted in zip(objects, given, strict=True):
        variable = _signal(one, _numbers(one, kind).reshape(shape), dimensions, kind, wanted)
        made.append(_distinct(variable, taken))
        taken.add(made[-1].name)
    return tuple(made)


def _distinct(variable: Variable, taken: set[str]) -> Variable:
    number, name = 2, variable.name
    while name in taken:
        name, number = f"{variable.name}_{number}", number + 1
    return replace(variable, name=name)


def _numbers(one: SurfObject, kind: int) -> NDArray[Any]:
    """Binary images are numbers without scale."""
    return one.counts.astype(one.counts.dtype.newbyteorder("=")) if kind == _BINARY else one.values


def _signal(
    one: SurfObject,
    values: NDArray[Any],
    dimensions: tuple[str, ...],
    kind: int,
    wanted: str,
) -> Variable:
    label, written = one.text("z axis"), one.text("z step unit")
    if kind in _IMAGES or wanted:
        name = wanted or "intensity"
    elif kind_of(written) is Kind.LENGTH:
        name = "height"
    else:
        name = "intensity" if "intensity" in label.lower() else slug(label) or "intensity"
    return Variable(
        name=name,
        series=Series(values, read_unit(written) or ""),
        dimensions=dimensions,
        label=label,
        unit_as_written=written,
    )


def _technique(one: SurfObject, kind: int) -> str:
    is_spectral = kind in {_SPECTRUM, _SPECTRAL_MAP}
    if re.match(r"CL\b|cathodolum", one.text("z axis"), re.IGNORECASE):
        return "cathodoluminescence"
    if is_spectral:
        return "spectrum"
    if kind in _IMAGES or kind_of(one.text("z step unit")) is not Kind.LENGTH:
        return "image" if one.counts.shape[0] > 1 else "spectrum"
    return "surface_topography"


def _metadata(one: SurfObject) -> dict[str, MetadataValue]:
    found: dict[str, MetadataValue] = {"format_version": str(one.fields["version"])}
    if (method := _INSTRUMENTS.get(one.fields["acquisition type"])) is not None:
        found["method"] = method
    if one.comment and not one.comment.lstrip().startswith(("$", "@@")):
        found["comment"] = one.comment
    if one.fields["object type"] == _RGB_IMAGE:
        found["colours"] = "red, green, blue"
    return found


def _doubts(objects: Sequence[SurfObject], kind: int, n_behind: int) -> Iterator[str]:
    if n_behind:
        yield f"{n_behind} bytes follow the last object that the header promises; they are not read."
    if kind == 1 and objects[0].counts.shape[0] > 1:
        yield f"The header calls it a profile, but it has {objects[0].counts.shape[0]} lines: given as a surface."
    said: dict[str, int] = {}
    for one in objects:
        for doubt in _object_doubts(one):
            said[doubt] = said.get(doubt, 0) + 1
    for doubt, times in list(said.items())[:_MOST_DOUBTS]:
        yield f"{doubt} (In {times} of {len(objects)} objects.)" if len(objects) > 1 else doubt


def _object_doubts(one: SurfObject) -> Iterator[str]:
    if one.n_beyond:
        yield f"{one.n_beyond} points lie beyond the Z minimum and maximum that the header states."
    if one.fields["inversion"]:
        yield (
            f"The header says that the heights were inverted (inversion {one.fields['inversion']}); they are given as "
            "they are stored."
        )
    for letter in "xyz":
        written = one.text(f"{letter} step unit")
        if _is_scaled_otherwise(one, letter):
            yield (
                f"The header has a ratio of {one.number(f'{letter} unit ratio'):g} between the units of "
                f"{letter.upper()} that does not fit '{written}' and '{one.text(f'{letter} length unit')}'; it is not "
                "applied."
            )
        if written and read_unit(written) is None:
            yield f"The unit '{written}' of {letter.upper()} is not known; it is given without."


_METRES = {"nm": 1e-9, "um": 1e-6, "mm": 1e-3, "cm": 1e-2, "m": 1.0, "angstrom": 1e-10, "pm": 1e-12}


def _is_scaled_otherwise(one: SurfObject, letter: str) -> bool:
    """The ratio is that of the unit of steps to the one in which lengths are shown; writers have it either way."""
    ratio = one.number(f"{letter} unit ratio")
    if not math.isfinite(ratio) or ratio in {0.0, 1.0}:
        return False
    step = _METRES.get(respell(one.text(f"{letter} step unit")))
    shown = _METRES.get(respell(one.text(f"{letter} length unit")))
    if step is None or shown is None:
        return True
    return not any(math.isclose(ratio, wanted, rel_tol=1e-4) for wanted in (step / shown, shown / step))
