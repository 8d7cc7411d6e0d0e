"""The numbers of one page of a TIFF file: its strips or tiles, unpacked and put in their places."""

from __future__ import annotations

import math
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.readers.tiff.codecs import CODECS, NAMES, undo_differences, undo_float_differences
from kiban.readers.tiff.directories import MEND
from kiban.readers.tiff.pages import EXPORT, Page

_REVERSE = bytes(int(f"{n:08b}"[::-1], 2) for n in range(256))


def read_numbers(page: Page, content: bytes, *, file: str) -> NDArray[Any]:
    """The numbers of a page, a view on the file's bytes where they lie in one piece as they are.

    Raises
    ------
    DamagedFile
        If a segment is shorter than it must be or cannot be unpacked.
    UnsupportedVariant
        If the numbers are predicted in a way that is not known.
    """
    native = page.dtype.newbyteorder("=")
    whole = _in_one_piece(page, content)
    if whole is not None:
        return whole.astype(native, copy=False)
    planes, together = (page.samples, 1) if page.is_separate else (1, page.samples)
    values = np.empty((planes, page.height, page.width, together), native)
    across = -(-page.width // page.segment_width)
    down = -(-page.height // page.segment_height)
    for n in range(len(page.offsets)):
        plane, place = divmod(n, across * down)
        row, column = place // across * page.segment_height, place % across * page.segment_width
        segment = _segment(page, content, n, row, file)
        segment = segment[: page.height - row, : page.width - column]
        values[plane, row : row + segment.shape[0], column : column + segment.shape[1]] = segment
    if page.is_separate:
        return np.moveaxis(values[..., 0], 0, -1)
    return values.reshape(page.shape)


def _in_one_piece(page: Page, content: bytes) -> NDArray[Any] | None:
    is_plain = page.compression == 1 and page.bits == page.dtype.itemsize * 8 and not page.is_reversed
    if not is_plain or page.is_tiled or page.is_separate or page.predictor != 1:
        return None
    offsets, counts = page.offsets.astype(np.int64), page.counts.astype(np.int64)
    if len(offsets) > 1 and not np.array_equal(offsets[:-1] + counts[:-1], offsets[1:]):
        return None
    start, length = int(offsets[0]), int(counts.sum())
    if length != page.n_bytes:
        return None
    return np.frombuffer(content, page.dtype, math.prod(page.shape), start).reshape(page.shape)


def _segment(page: Page, content: bytes, n: int, row: int, file: str) -> NDArray[Any]:
    """Unpack one strip or tile: shape (rows, columns, samples)."""
    samples = 1 if page.is_separate else page.samples
    rows = page.segment_height if page.is_tiled else min(page.segment_height, page.height - row)
    row_bytes = (page.segment_width * samples * page.bits + 7) // 8
    at, count = int(page.offsets[n]), int(page.counts[n])
    packed = content[at : at + count]
    if page.is_reversed:
        packed = packed.translate(_REVERSE)
    try:
        unpacked = CODECS[page.compression](packed, rows * row_bytes)
    except (zlib.error, ValueError) as e:
        raise DamagedFile(
            f"{file}, page {page.number}: part {n + 1} cannot be unpacked ({NAMES[page.compression]}): {e}.", mend=MEND
        ) from e
    if len(unpacked) != rows * row_bytes:
        raise DamagedFile(
            f"{file}, page {page.number}: part {n + 1} must have {rows * row_bytes} bytes; it has {len(unpacked)}.",
            mend=MEND,
        )
    raw = np.frombuffer(unpacked, np.uint8).reshape(rows, row_bytes)
    return _unpredicted(page, raw, samples, file)


def _unpredicted(page: Page, raw: NDArray[np.uint8], samples: int, file: str) -> NDArray[Any]:
    if page.bits != page.dtype.itemsize * 8:
        return _spread(raw, page, samples)
    if page.predictor == 3 and page.dtype.kind == "f":
        return undo_float_differences(raw, samples=samples, itemsize=page.dtype.itemsize)
    numbers = raw.view(page.dtype).reshape(len(raw), page.segment_width, samples)
    if page.predictor == 2 and page.dtype.kind in "iu":
        return undo_differences(numbers.astype(page.dtype.newbyteorder("=")))
    if page.predictor != 1:
        raise UnsupportedVariant(
            f"{file}, page {page.number}: its numbers are predicted by method {page.predictor}, which is not read.",
            mend=EXPORT,
        )
    return numbers


def _spread(raw: NDArray[np.uint8], page: Page, samples: int) -> NDArray[Any]:
    """Numbers of fewer bits than their type, packed without gaps within a row, the highest bit first."""
    n = page.segment_width * samples
    bits = np.unpackbits(raw, axis=1)[:, : n * page.bits].reshape(len(raw), n, page.bits)
    values = np.zeros((len(raw), n), page.dtype)
    for each in range(page.bits):
        values = (values << 1) | bits[..., each]
    return values.astype(page.dtype).reshape(len(raw), page.segment_width, samples)
