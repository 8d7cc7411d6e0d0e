"""The images of a DigitalMicrograph file: which ones were measured, their numbers, axes and calibration."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.spelling import respell
from kiban.readers.gatan.tags import MEND, SIMPLE, Array, Directory
from kiban.readers.sampled_axes import Axis

_TYPES = {
    1: "i2",
    2: "f4",
    3: "c8",
    6: "u1",
    7: "i4",
    9: "i1",
    10: "u2",
    11: "u4",
    12: "f8",
    13: "c16",
    14: "u1",
    39: "i8",
    40: "u8",
}
"""DigitalMicrograph's data types that are numbers."""
_COLOURS = frozenset({8, 23})
"""Red, green and blue with 8 bits each in a 32-bit number."""
_REFUSED = {
    0: "no data",
    4: "an obsolete type",
    5: "packed complex numbers (half of a Fourier transform)",
    15: "colours of type 15",
    16: "colours of type 16",
    17: "colours with 16 bits",
    18: "colours as floating-point numbers",
    19: "colours as floating-point numbers",
    **dict.fromkeys((20, 21, 22, 24, 25, 26), "colours with transparency"),
    **dict.fromkeys(range(27, 39), "points or rectangles"),
}
_TRUTH = 14
_MOST_AXES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One image, spectrum or stack as the file has it.

    Parameters
    ----------
    values : array
        Shape: the lengths of the axes, the slowest first; pictures in colour have a last axis of three colours.
    axes : tuple of Axis
        The fastest first, not yet named.
    unit : str
        Of the numbers; empty where the file states none, or states it for scaled numbers only.
    scale : (float, float, str), optional
        Step, origin and unit: the calibrated intensity is step * (number - origin). `None` where it is the number.
    """

    values: NDArray[Any]
    axes: tuple[Axis, ...]
    tags: Directory
    name: str
    unit: str = ""
    scale: tuple[float, float, str] | None = None
    has_colours: bool = False
    doubts: tuple[str, ...] = ()


def measured(root: Directory) -> list[tuple[int, Directory]]:
    """The entries of the image list that are not thumbnails, with their places in it.

    Raises
    ------
    DamagedFile, NothingMeasured
        If there is no list of images, or nothing in it but thumbnails.
    """
    listed = root.get("ImageList")
    if not isinstance(listed, Directory):
        raise DamagedFile("The file has no list of images (ImageList).", mend=MEND)
    images = list(listed.directories())
    thumbnails = set(_references(root.directory("Thumbnails"), "ImageIndex"))
    shown = set(_references(root.directory("ImageSourceList"), "ImageRef"))
    # A thumbnail that is also shown as a source of the document would be an image of its own right.
    found = [(n, image) for n, image in enumerate(images) if n not in thumbnails or n in shown]
    if not found:
        raise NothingMeasured("The file holds no image but its thumbnail.", mend=MEND)
    return found


def _references(listed: Directory, key: str) -> Iterator[int]:
    for entry in listed.directories():
        number = entry.number(key)
        if number is not None:
            yield int(number)


def read_image(entry: Directory, *, place: str) -> Image:
    """Read one entry of the image list.

    Parameters
    ----------
    place : str
        File and image, for messages.

    Raises
    ------
    DamagedFile
        If its numbers are not as many, or not of the type, that its tags promise.
    UnsupportedVariant
        If its data type is not read.
    NothingMeasured
        If one of its axes has no points.
    """
    data = entry.directory("ImageData")
    array = data.get("Data")
    lengths = _lengths(data, place)
    code = data.number("DataType")
    if not isinstance(array, Array) or code is None:
        raise DamagedFile(f"{place}: a data type and an array were expected; one is missing.", mend=MEND)
    values = _numbers(array, int(code), lengths, place)
    doubts = []
    depth = data.number("PixelDepth")
    size = values.itemsize if code not in _COLOURS else 4
    if depth is not None and depth != size:
        doubts.append(f"PixelDepth says {depth:g} bytes for each point; by its type and length it has {size}.")
    unit, scale = _intensity(data.directory("Calibrations", "Brightness"))
    return Image(
        values=values,
        axes=tuple(_axes(data, lengths)),
        tags=entry.directory("ImageTags"),
        name=entry.text("Name"),
        unit=unit,
        scale=scale,
        has_colours=code in _COLOURS,
        doubts=tuple(doubts),
    )


def _lengths(data: Directory, place: str) -> tuple[int, ...]:
    lengths = [value for _, value in data.directory("Dimensions").entries]
    if not 0 < len(lengths) <= _MOST_AXES or not all(type(length) is int and length >= 0 for length in lengths):
        raise DamagedFile(f"{place}: the lengths of its axes were expected; {lengths[:9]} was found.", mend=MEND)
    if 0 in lengths:
        raise NothingMeasured(f"{place} holds no data points: its axes have {lengths} points.", mend=MEND)
    return tuple(lengths)  # type: ignore[arg-type]


def _numbers(array: Array, code: int, lengths: tuple[int, ...], place: str) -> NDArray[Any]:
    if code in _REFUSED or code not in _TYPES.keys() | _COLOURS:
        raise UnsupportedVariant(
            f"{place} holds {_REFUSED.get(code, f'data of the type {code}')}, which is not read.",
            mend="Convert it to real or complex numbers in DigitalMicrograph. The file is kept as it came.",
        )
    dtype = np.dtype(array.order + _TYPES.get(code, "u4"))
    promised = math.prod(lengths)
    found, rest = divmod(len(array.raw), dtype.itemsize)
    if rest or found != promised:
        raise DamagedFile(
            f"{place}: its axes promise {promised} points of {dtype.itemsize} bytes; {len(array.raw)} bytes follow.",
            mend=MEND,
        )
    _check_type(array, dtype, place)
    if code in _COLOURS:
        colours: NDArray[Any] = np.frombuffer(array.raw, dtype=np.uint8).reshape(*reversed(lengths), 4)
        # In the 32-bit number blue is lowest and red third, whichever byte comes first in the file.
        return colours[..., 2::-1] if array.order == "<" else colours[..., 1:]
    values: NDArray[Any] = np.frombuffer(array.raw, dtype=dtype).reshape(tuple(reversed(lengths)))
    if code == _TRUTH:
        return values.astype(np.bool_)
    native: NDArray[Any] = values.astype(dtype.newbyteorder("="), copy=False)
    return native


def _check_type(array: Array, dtype: np.dtype[Any], place: str) -> None:
    """Floating-point numbers under the data type of integers would give a picture of noise, and none would notice."""
    stored = [np.dtype(SIMPLE[code][1]) for code in array.types]
    is_float = {each.kind == "f" for each in stored}
    size = sum(each.itemsize for each in stored)
    if is_float != {dtype.kind in "fc"} or size != dtype.itemsize:
        kinds = ", ".join(str(each) for each in stored[:4])
        raise DamagedFile(f"{place}: its data type says {dtype}, the array holds {kinds}.", mend=MEND)


def _axes(data: Directory, lengths: tuple[int, ...]) -> Iterator[Axis]:
    calibrations = list(data.directory("Calibrations", "Dimension").directories())
    for n, length in enumerate(lengths):
        calibration = calibrations[n] if n < len(calibrations) else Directory()
        scale, origin = calibration.number("Scale"), calibration.number("Origin")
        unit = calibration.text("Units")
        step = 1.0 if scale is None else scale
        yield Axis(length=length, first=0.0 - (origin or 0.0) * step, step=step, unit=unit)


def _intensity(calibration: Directory) -> tuple[str, tuple[float, float, str] | None]:
    unit = calibration.text("Units")
    scale, origin = calibration.number("Scale"), calibration.number("Origin")
    step = 1.0 if scale is None else scale
    if step == 1.0 and not origin:
        return unit, None
    if step == 0.0:
        return "", None
    return "", (step, origin or 0.0, unit)


def is_count(image: Image) -> bool:
    """The numbers are counts, as the file says."""
    return respell(image.unit) == "count"
