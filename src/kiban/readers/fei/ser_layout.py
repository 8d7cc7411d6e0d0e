"""The layout of a TIA series file (`.ser`): its header, and where its elements and their tags lie."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, LimitExceeded, NothingMeasured, UnsupportedVariant
from kiban.readers.text import decode

MEND = "Copy the file again from the microscope's computer; it is kept as it came."
SIGNATURE = b"II\x97\x01"
SPECTRA, PICTURES = 0x4120, 0x4122
_TIME, _TIME_AND_PLACE = 0x4152, 0x4142
_OLD, _NEW = 0x0210, 0x0220
_TYPES = {1: "u1", 2: "u2", 3: "u4", 4: "i1", 5: "i2", 6: "i4", 7: "f4", 8: "f8", 9: "c8", 10: "c16"}
_MOST_DIMENSIONS = 8
_LONGEST_TEXT = 4_096


@dataclass(frozen=True, slots=True)
class Calibration:
    """The value `offset` holds at point `element`; the next one is `delta` further."""

    offset: float
    delta: float
    element: int

    @property
    def first(self) -> float:
        """The value at point 0."""
        return self.offset - self.element * self.delta


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension of the scan or series."""

    length: int
    calibration: Calibration
    description: str
    unit: str


@dataclass(frozen=True, slots=True)
class Element:
    """What stands before the numbers of one element: the same for all elements of an even series."""

    shape: tuple[int, ...]
    """(n,) of a spectrum, (rows, columns) of a picture."""
    calibrations: tuple[Calibration, ...]
    """In the order of the shape."""
    dtype: np.dtype[Any]
    header_bytes: int

    @property
    def data_bytes(self) -> int:
        """The bytes of its numbers."""
        return math.prod(self.shape) * self.dtype.itemsize


@dataclass(frozen=True, slots=True)
class Tag:
    """When and, in scans, where an element was recorded."""

    time: int
    """Seconds since 1970."""
    place: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The header of a file."""

    version: int
    kind: int
    tag_kind: int
    total: int
    valid: int
    dimensions: tuple[Dimension, ...]
    offsets: NDArray[np.int64]
    """Of the valid elements."""
    tag_offsets: NDArray[np.int64]
    """Of their tags; empty where there are none."""


class _Cursor:
    """Unpacks one field after the other."""

    def __init__(self, content: bytes, file: str, at: int = 0) -> None:
        self.content, self.file, self.at = content, file, at

    def take(self, layout: str) -> tuple[Any, ...]:
        size = struct.calcsize("<" + layout)
        if not 0 <= self.at <= len(self.content) - size:
            raise DamagedFile(
                f"{self.file}: {size} bytes were expected at byte {self.at}; the file has {len(self.content)}.",
                mend=MEND,
            )
        values = struct.unpack_from("<" + layout, self.content, self.at)
        self.at += size
        return values

    def text(self) -> str:
        (length,) = self.take("I")
        if length > _LONGEST_TEXT:
            raise DamagedFile(f"{self.file}: a text of {length} letters is promised before byte {self.at}.", mend=MEND)
        (raw,) = self.take(f"{length}s")
        return decode(raw)[0].strip("\0 ")


def read_series(content: bytes, *, file: str) -> Series:
    """Read the header and the lists of offsets.

    Raises
    ------
    DamagedFile, UnsupportedVariant, NothingMeasured
    """
    cursor = _Cursor(content, file)
    _, _, version, kind, tag_kind, total, valid = cursor.take("HHHIIII")
    if version not in {_OLD, _NEW} or kind not in {SPECTRA, PICTURES}:
        raise UnsupportedVariant(
            f"{file} is a series of version {version:#06x} and type {kind:#06x}; versions 0x0210 and 0x0220 with "
            "spectra (0x4120) and pictures (0x4122) are read.",
            mend="Export it from TIA in another format. The file is kept as it came.",
        )
    (array_at,) = cursor.take("I" if version == _OLD else "Q")
    (n_dimensions,) = cursor.take("I")
    if n_dimensions > _MOST_DIMENSIONS:
        raise DamagedFile(f"{file}: {n_dimensions} dimensions are promised; a scan has one or two.", mend=MEND)
    dimensions = tuple(_dimension(cursor) for _ in range(n_dimensions))
    if math.prod(each.length for each in dimensions) != total and dimensions:
        lengths = " × ".join(str(each.length) for each in dimensions)
        raise DamagedFile(f"{file}: {total} elements are promised in a scan of {lengths}.", mend=MEND)
    if valid == 0:
        raise NothingMeasured(f"{file} holds no elements; {total} were planned.", mend=MEND)
    if valid > total:
        raise DamagedFile(f"{file}: {valid} of {total} elements are said to be valid.", mend=MEND)
    offsets, tags = _offsets(content, array_at, version, total, valid, file)
    if bool(np.any(offsets < cursor.at)):
        n = int(np.argmax(offsets < cursor.at))
        raise DamagedFile(
            f"{file}: element {n + 1} was expected behind the header of {cursor.at} bytes; its place is {offsets[n]}.",
            mend=MEND,
        )
    return Series(
        version=version,
        kind=kind,
        tag_kind=tag_kind,
        total=total,
        valid=valid,
        dimensions=dimensions,
        offsets=offsets,
        tag_offsets=tags,
    )


def _dimension(cursor: _Cursor) -> Dimension:
    length, offset, delta, element = cursor.take("IddI")
    description, unit = cursor.text(), cursor.text()
    return Dimension(length, Calibration(offset, delta, element), description, unit)


def _offsets(
    content: bytes, start: int, version: int, total: int, valid: int, file: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    dtype = np.dtype("<u4" if version == _OLD else "<u8")
    promised = start + valid * dtype.itemsize
    if promised > len(content):
        raise DamagedFile(
            f"{file}: the places of {valid} elements were expected up to byte {promised}; the file has {len(content)}.",
            mend=MEND,
        )
    offsets = np.frombuffer(content, dtype, valid, start)
    # The places of the tags follow those of all elements, written or not.
    tags_at = start + total * dtype.itemsize
    has_tags = tags_at + valid * dtype.itemsize <= len(content)
    tags = np.frombuffer(content, dtype, valid, tags_at) if has_tags else offsets[:0]
    return _inside(offsets, content), _inside(tags, content)


def _inside(offsets: NDArray[Any], content: bytes) -> NDArray[np.int64]:
    """Places beyond the end of the file all become its end, where nothing can be read."""
    inside: NDArray[np.int64] = np.minimum(offsets, np.asarray(len(content), offsets.dtype)).astype(np.int64)
    return inside


def read_element(content: bytes, at: int, kind: int, *, file: str) -> Element:
    """Read what stands before the numbers of an element.

    Raises
    ------
    DamagedFile
        If it is cut, or promises more numbers than the rest of the file has.
    UnsupportedVariant
        If the type of its numbers is not known.
    NothingMeasured
        If it has no numbers.
    """
    cursor = _Cursor(content, file, at)
    n_axes = 1 if kind == SPECTRA else 2
    calibrations = tuple(Calibration(*cursor.take("ddI")) for _ in range(n_axes))
    (code,) = cursor.take("H")
    shape = tuple(reversed(cursor.take(f"{n_axes}I")))
    if code not in _TYPES:
        raise UnsupportedVariant(
            f"{file}: the element at byte {at} has numbers of the type {code}; 1 to 10 are read.", mend=MEND
        )
    element = Element(shape, tuple(reversed(calibrations)), np.dtype("<" + _TYPES[code]), cursor.at - at)
    if 0 in shape:
        raise NothingMeasured(f"{file}: the element at byte {at} holds no points.", mend=MEND)
    if cursor.at + element.data_bytes > len(content):
        raise DamagedFile(
            f"{file}: the element at byte {at} promises {' × '.join(map(str, shape))} points; "
            f"{len(content) - cursor.at} bytes follow.",
            mend=MEND,
        )
    return element


def read_tag(content: bytes, series: Series, n: int) -> Tag | None:
    """The tag of an element; `None` where there is none (TIA writes wrong places for tags now and then)."""
    if n >= len(series.tag_offsets) or series.tag_offsets[n] + 8 > len(content):
        return None
    at = int(series.tag_offsets[n])
    kind, time = struct.unpack_from("<II", content, at)
    if kind & 0xFFFF != series.tag_kind or kind & 0xFFFF not in {_TIME, _TIME_AND_PLACE}:
        return None
    has_place = series.tag_kind == _TIME_AND_PLACE and at + 24 <= len(content)
    return Tag(time, struct.unpack_from("<dd", content, at + 8) if has_place else None)


def is_even(content: bytes, series: Series, element: Element) -> bool:
    """All elements have the header of the first: the same size, type and calibration."""
    first = content[series.offsets[0] : series.offsets[0] + element.header_bytes]
    length = element.header_bytes
    return all(content[at : at + length] == first for at in series.offsets.tolist())


def read_all(content: bytes, series: Series, element: Element, *, file: str) -> NDArray[Any]:
    """The numbers of all elements of an even series, shape (valid, *shape).

    Raises
    ------
    DamagedFile
        If they promise more than the file holds: then several share the same bytes.
    """
    promised = series.valid * (element.data_bytes + element.header_bytes)
    last = int(series.offsets.max()) + element.header_bytes + element.data_bytes
    if promised > len(content) or last > len(content):
        raise DamagedFile(
            f"{file}: {series.valid} elements of {element.data_bytes} bytes are promised; the file has {len(content)}.",
            mend=MEND,
        )
    values = np.empty((series.valid, math.prod(element.shape)), element.dtype.newbyteorder("="))
    for n, at in enumerate(series.offsets.tolist()):
        values[n] = np.frombuffer(content, element.dtype, values.shape[1], at + element.header_bytes)
    return values.reshape(series.valid, *element.shape)


def check_count(series: Series, *, file: str, most: int) -> None:
    """Refuse more separate elements than anybody could look at."""
    if series.valid > most:
        raise LimitExceeded(
            f"{file} holds {series.valid} elements that differ in size or calibration; at most {most} are read.",
            mend="Export a part of the series. The file is kept as it came.",
        )
