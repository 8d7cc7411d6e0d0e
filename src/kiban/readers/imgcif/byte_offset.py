"""The compression x-CBF_BYTE_OFFSET: each number as its difference from the one before, in one byte where it fits.

A difference takes 1 byte; the byte -128 says that 2 follow, the 16-bit number -32768 that 4 follow, the 32-bit number
-2147483648 that 8 follow, all with the least byte first. As in the description of imgCIF (International Tables for
Crystallography, volume G, chapter 5.6).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_ESCAPE = -0x80
_LENGTHS = (3, 7, 15)
"""Bytes of a difference that begins with an escape, by how often it does."""


def differences(stored: bytes, n: int) -> NDArray[np.int64] | None:
    """Unpack the differences.

    Returns
    -------
    array, shape (n,)
        `None` where the bytes hold fewer than n.
    """
    # The longest difference may begin at the last byte; what follows is checked at the end.
    numbers = np.frombuffer(stored + bytes(_LENGTHS[-1]), np.int8)
    escapes, lengths = _escapes(numbers, len(stored))
    begins = np.ones(len(stored), np.bool_)
    for inside in range(1, _LENGTHS[-1]):
        covered = escapes[lengths > inside] + inside
        begins[covered[covered < len(stored)]] = False
    starts = np.flatnonzero(begins)[:n]
    if len(starts) < n:
        return None
    unpacked = numbers[starts].astype(np.int64)
    places = np.searchsorted(starts, escapes)
    is_wanted = places < n
    escapes, lengths, places = escapes[is_wanted], lengths[is_wanted], places[is_wanted]
    if len(escapes) and int(np.max(escapes + lengths)) > len(stored):
        return None
    for length, kind, skipped in ((3, "<i2", 1), (7, "<i4", 3), (15, "<i8", 7)):
        of_length = lengths == length
        unpacked[places[of_length]] = _gathered(numbers, escapes[of_length] + skipped, kind)
    return unpacked


def _escapes(numbers: NDArray[np.int8], n_bytes: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where differences longer than a byte begin, and how many bytes they take."""
    candidates = np.flatnonzero(numbers[:n_bytes] == _ESCAPE)
    is_wider = _gathered(numbers, candidates + 1, "<i2") == -0x8000
    is_widest = is_wider & (_gathered(numbers, candidates + 3, "<i4") == -0x80000000)
    lengths = np.select([is_widest, is_wider], [_LENGTHS[2], _LENGTHS[1]], _LENGTHS[0])
    # Bytes inside a longer difference may look like an escape; only in order can one tell.
    kept = []
    free = 0
    for n, (place, length) in enumerate(zip(candidates.tolist(), lengths.tolist(), strict=True)):
        if place >= free:
            kept.append(n)
            free = place + length
    return candidates[kept].astype(np.int64), lengths[kept].astype(np.int64)


def _gathered(numbers: NDArray[np.int8], places: NDArray[np.int64], kind: str) -> NDArray[np.int64]:
    """Numbers of several bytes that begin at the places."""
    width = np.dtype(kind).itemsize
    together = numbers[places[:, np.newaxis] + np.arange(width)]
    return np.ascontiguousarray(together).view(kind).ravel().astype(np.int64)
