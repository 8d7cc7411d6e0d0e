"""The compression x-CBF_BYTE_OFFSET: each number as its difference from the one before, in one byte where it fits.

A difference takes 1 byte; the byte -128 says that 2 follow, the 16-bit number -32768 that 4 follow, the 32-bit number
-2147483648 that 8 follow, all with the least byte first. As in the description of imgCIF (International Tables for
Crystallography, volume G, chapter 5.6).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_ESCAPE = -0x80
_LENGTHS = (3, 7, 15)
"""Bytes of a difference that begins with an escape, by how often it does."""
_LATER_PARTS = ((3, "<i2", 1), (7, "<i4", 3), (15, "<i8", 7))
"""Of each length: the type of the number at its end, and where it begins."""


def differences(stored: bytes | memoryview, n: int, dtype: type[np.signedinteger[Any]]) -> NDArray[Any] | None:
    """Unpack the differences.

    Parameters
    ----------
    dtype : type
        Of the differences. What is too large for it wraps around, and so do sums, which comes to the same.

    Returns
    -------
    array, shape (n,)
        `None` where the bytes hold fewer than n.
    """
    numbers = np.frombuffer(stored, np.int8)
    escapes, lengths = _escapes(numbers)
    # Each longer difference puts those behind it back by the bytes that it takes beyond the first.
    further = lengths - 1
    n_whole = len(numbers) - int(np.minimum(further, len(numbers) - 1 - escapes).sum())
    if n_whole < n:
        return None
    places = escapes - (np.cumsum(further) - further)
    is_wanted = places < n
    escapes, lengths, places = escapes[is_wanted], lengths[is_wanted], places[is_wanted]
    if len(escapes) and int(escapes[-1] + lengths[-1]) > len(numbers):
        return None
    end = n + int((lengths - 1).sum())
    begins = np.ones(end, np.bool_)
    for length, _, _ in _LATER_PARTS:
        begins[escapes[lengths == length][:, np.newaxis] + np.arange(1, length)] = False
    unpacked = numbers[:end][begins].astype(dtype)
    for length, kind, skipped in _LATER_PARTS:
        of_length = lengths == length
        unpacked[places[of_length]] = _gathered(numbers, escapes[of_length] + skipped, kind).astype(dtype)
    return unpacked


def _escapes(numbers: NDArray[np.int8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where differences longer than a byte begin, and how many bytes they take."""
    candidates = np.flatnonzero(numbers == _ESCAPE)
    is_wider = _gathered(numbers, candidates + 1, "<i2") == -0x8000
    is_widest = is_wider & (_gathered(numbers, candidates + 3, "<i4") == -0x80000000)
    lengths = np.select([is_widest, is_wider], [_LENGTHS[2], _LENGTHS[1]], _LENGTHS[0])
    ends = candidates + lengths
    # Bytes inside a longer difference may look like an escape; only in order can one tell.
    is_kept = np.ones(len(candidates), np.bool_)
    doubtful = np.flatnonzero(candidates[1:] < ends[:-1])
    behind = np.searchsorted(candidates, ends[doubtful])
    for place, free in zip(doubtful.tolist(), behind.tolist(), strict=True):
        if is_kept[place]:
            is_kept[place + 1 : free] = False
    return candidates[is_kept], lengths[is_kept]


def _gathered(numbers: NDArray[np.int8], places: NDArray[np.int64], kind: str) -> NDArray[np.int64]:
    """Numbers of several bytes that begin at the places. Behind the end the last byte stands again and again; with it
    no difference is taken for a longer one, because its last byte would have to be -128 and all before it 0."""
    width = np.dtype(kind).itemsize
    together = numbers.take(places[:, np.newaxis] + np.arange(width), mode="clip")
    return np.ascontiguousarray(together).view(kind).ravel().astype(np.int64)
