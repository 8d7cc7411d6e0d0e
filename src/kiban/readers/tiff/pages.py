"""One page of a TIFF file: what its tags promise of its numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, HostileFile, LimitExceeded, NothingMeasured, UnsupportedVariant
from kiban.readers.source import Limits
from kiban.readers.tiff.codecs import CODECS, NAMES
from kiban.readers.tiff.directories import MEND, Directory

_KINDS = {1: "u", 2: "i", 3: "f", 4: "u", 6: "c"}
_SIZES = {"u": (8, 16, 32, 64), "i": (8, 16, 32, 64), "f": (16, 32, 64), "c": (64, 128)}
_PACKED_BITS = (1, 2, 4, 6, 10, 12, 14)
_SEPARATE, _REVERSED = 2, 2
_NEVER_PREDICTED = frozenset({1, 32773})
EXPORT = "Save it without compression, with 8, 16 or 32 bits for a number. The file is kept as it came."


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the tags of a page promise of its numbers."""

    width: int
    height: int
    samples: int
    bits: int
    dtype: np.dtype[Any]
    """Of the numbers, in the file's byte order."""
    compression: int
    predictor: int
    photometric: int
    is_separate: bool
    """The samples (colours) of a pixel lie in planes of their own."""
    is_reversed: bool
    """The lowest bit of each byte comes first."""
    segment_width: int
    segment_height: int
    is_tiled: bool
    offsets: NDArray[Any]
    counts: NDArray[Any]
    is_reduced: bool
    """It is a smaller picture of another page, or a mask."""
    number: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Of its numbers: (height, width), with a last axis of samples where there are several."""
        return (self.height, self.width) if self.samples == 1 else (self.height, self.width, self.samples)

    @property
    def signature(self) -> tuple[object, ...]:
        """Pages that agree in this are frames of one stack."""
        return (self.shape, self.dtype.newbyteorder("="), self.photometric)

    @property
    def n_bytes(self) -> int:
        """The bytes that its numbers take when unpacked."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_page(directory: Directory, number: int, *, file: str) -> Page:
    """Read what the tags promise and check that it can be.

    Raises
    ------
    DamagedFile, UnsupportedVariant, NothingMeasured
    """
    place = f"{file}, page {number}"
    width, height = directory.whole(256, -1), directory.whole(257, -1)
    if width < 0 or height < 0:
        raise DamagedFile(f"{place}: a width and a height were expected; one is missing.", mend=MEND)
    if width == 0 or height == 0:
        raise NothingMeasured(f"{place} holds no points: {width} × {height}.", mend=MEND)
    samples = directory.whole(277, 1)
    if not 1 <= samples <= 1024:
        raise DamagedFile(f"{place}: {samples} numbers for each point are promised.", mend=MEND)
    bits, dtype = _type(directory, samples, place)
    compression = directory.whole(259, 1)
    if compression not in CODECS:
        name = NAMES.get(compression, "unknown")
        raise UnsupportedVariant(
            f"{place} is compressed by method {compression} ({name}), which is not read.", mend=EXPORT
        )
    is_tiled = 322 in directory.tags
    segment_width = directory.whole(322, 0) if is_tiled else width
    segment_height = directory.whole(323, 0) if is_tiled else min(directory.whole(278, height), height)
    if segment_width <= 0 or segment_height <= 0:
        raise DamagedFile(f"{place}: strips or tiles of {segment_width} × {segment_height} are promised.", mend=MEND)
    if directory.whole(32997, 1) != 1 or directory.whole(32998, 1) != 1:
        raise UnsupportedVariant(f"{place} has a depth of its own, which is not read.", mend=EXPORT)
    page = Page(
        width=width,
        height=height,
        samples=samples,
        bits=bits,
        dtype=dtype,
        compression=compression,
        predictor=_predictor(directory, compression, place),
        photometric=directory.whole(262, 1),
        is_separate=samples > 1 and directory.whole(284, 1) == _SEPARATE,
        is_reversed=directory.whole(266, 1) == _REVERSED,
        segment_width=segment_width,
        segment_height=segment_height,
        is_tiled=is_tiled,
        offsets=_places(directory, 324 if is_tiled else 273, place),
        counts=_counts(directory, 325 if is_tiled else 279, compression, (width * samples * bits + 7) // 8 * height),
        is_reduced=bool(directory.whole(254, 0) & 5) or directory.whole(255, 1) == 2,
        number=number,
    )
    _check_segments(page, place)
    return page


def _type(directory: Directory, samples: int, place: str) -> tuple[int, np.dtype[Any]]:
    bits = directory.numbers(258)
    formats = directory.numbers(339)
    widths = {1} if bits is None else set(bits[:samples].tolist())
    codes = {1} if formats is None else set(formats[:samples].tolist())
    if len(widths) == 1 and len(codes) == 1:
        (width,), (code,) = widths, codes
        kind = _KINDS.get(code, "")
        if width in _SIZES.get(kind, ()):
            order = "<" if directory.tags[256].order == "<" else ">"
            return width, np.dtype(f"{order}{kind}{width // 8}")
        if kind == "u" and width in _PACKED_BITS:
            return width, np.dtype("u1" if width <= 8 else "u2")
    raise UnsupportedVariant(
        f"{place} has numbers of {sorted(widths)} bits and format {sorted(codes)}, which are not read.", mend=EXPORT
    )


def _predictor(directory: Directory, compression: int, place: str) -> int:
    """How numbers were turned into differences before they were squeezed."""
    predictor = directory.whole(317, 1)
    if predictor != 1 and compression in _NEVER_PREDICTED:
        # The standard has predictors for LZW and deflate; elsewhere some programs undo them and others do not.
        raise UnsupportedVariant(
            f"{place} names predictor {predictor} with the compression {NAMES[compression]}, where there is none.",
            mend=EXPORT,
        )
    return predictor


def _places(directory: Directory, code: int, place: str) -> NDArray[Any]:
    places = directory.numbers(code)
    if places is None or places.size == 0 or places.dtype.kind not in "u":
        raise DamagedFile(f"{place}: the places of its numbers (tag {code}) were expected; there are none.", mend=MEND)
    return places


def _counts(directory: Directory, code: int, compression: int, n_bytes: int) -> NDArray[Any]:
    counts = directory.numbers(code)
    if counts is None or counts.dtype.kind != "u":
        # Old programs leave the length of a single uncompressed strip out.
        return np.array([n_bytes if compression == 1 else 0], np.uint64)
    return counts


def _check_segments(page: Page, place: str) -> None:
    across = -(-page.width // page.segment_width)
    down = -(-page.height // page.segment_height)
    promised = across * down * (page.samples if page.is_separate else 1)
    if len(page.offsets) != promised or len(page.counts) != promised:
        raise DamagedFile(
            f"{place}: {page.width} × {page.height} points in parts of {page.segment_width} × {page.segment_height} "
            f"make {promised} parts; {len(page.offsets)} places and {len(page.counts)} lengths are stated.",
            mend=MEND,
        )


def check_size(pages: list[Page], content: bytes, *, limits: Limits, file: str) -> None:
    """Refuse pictures whose promises the file cannot hold.

    Raises
    ------
    LimitExceeded
        If the numbers take more than `limits.whole_bytes`.
    HostileFile
        If they would unpack to far more than measured data can be squeezed from.
    DamagedFile
        If a segment lies outside the file.
    """
    total = sum(page.n_bytes for page in pages)
    if total > limits.whole_bytes:
        raise LimitExceeded(
            f"{file}: its pictures take {total} bytes; at most {limits.whole_bytes} are read at once.",
            mend="Export a part of the stack. The file is kept as it came.",
        )
    if total > limits.suspicious_bytes and total > len(content) * limits.expansion_ratio:
        raise HostileFile(
            f"{file}: {len(content)} bytes unpack to over {limits.expansion_ratio} times as much ({total}).",
            mend="No instrument packs like this. If it is meant, save it without compression.",
        )
    for page in pages:
        # As floats, because offsets of 64 bits and lengths may sum up to more than 64 bits.
        last = float((page.offsets.astype(float) + page.counts.astype(float)).max())
        if last > len(content):
            raise DamagedFile(
                f"{file}, page {page.number}: its numbers were expected up to byte {last:.0f}; the file has "
                f"{len(content)}.",
                mend=MEND,
            )
