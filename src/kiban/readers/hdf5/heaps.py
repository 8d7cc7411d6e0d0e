"""The global heaps of an HDF5 file, where texts of variable length stand: looked through before HDF5 reads them.

HDF5 protects its other structures with checksums or bounds, but a piece of free space in a global heap that claims to
have no length sends it round in circles for ever. So the heaps are found by their mark and walked through here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from kiban.errors import DamagedFile, LimitExceeded

_MEND = "Copy the file again from where it was made; it is kept as it came."
_MARK = b"GCOL"
_BLOCK = 1 << 22
_SMALLEST = 4_096
_MOST_OBJECTS = 3_000_000
_ONE_VERSION = b"\x01\0\0\0"


def check_heaps(stream: BinaryIO, size: int, *, file: str) -> None:
    """Look through all global heaps of a file.

    Parameters
    ----------
    stream : binary file
        Read from its beginning to its end.

    Raises
    ------
    DamagedFile
        If one would send HDF5 round in circles.
    LimitExceeded
        If they hold more objects than anybody can want.
    """
    width = _width_of_lengths(stream)
    left = _MOST_OBJECTS
    for place in _places(stream):
        length = _heap_length(stream, place, width, size)
        if length:
            left -= _walk(stream, place, length, width, left, file)
            if left <= 0:
                raise LimitExceeded(
                    f"{file} has more than {_MOST_OBJECTS} texts of variable length.",
                    mend="Export a smaller part of the measurement. The file is kept as it came.",
                )


def _width_of_lengths(stream: BinaryIO) -> int:
    """How many bytes a length takes, which the superblock says; almost always 8."""
    stream.seek(0)
    head = stream.read(32)
    place = 14 if head[8:9] in {b"\0", b"\1"} else 10
    width = head[place] if len(head) > place else 8
    return width if width in {2, 4, 8} else 8


def _places(stream: BinaryIO) -> Iterator[int]:
    """Where the mark stands."""
    at, before = 0, b""
    while True:
        stream.seek(at)
        block = stream.read(_BLOCK)
        if not block:
            return
        joined = before + block
        found = joined.find(_MARK)
        while found >= 0:
            yield at - len(before) + found
            found = joined.find(_MARK, found + 1)
        before = joined[-len(_MARK) + 1 :]
        at += len(block)


def _heap_length(stream: BinaryIO, place: int, width: int, size: int) -> int:
    """The length of the heap at a place; 0 where the mark is only part of the data."""
    stream.seek(place)
    head = stream.read(8 + width)
    if len(head) < 8 + width or head[4:8] != _ONE_VERSION:
        return 0
    length = int.from_bytes(head[8:], "little")
    return length if _SMALLEST <= length <= size - place else 0


def _walk(stream: BinaryIO, place: int, length: int, width: int, most: int, file: str) -> int:
    """Step from object to object as HDF5 does; give how many there are."""
    stream.seek(place)
    heap = stream.read(length)
    header = 8 + width
    at, n = 8 + width, 0
    # The header of a heap is padded to a multiple of 8.
    at += -at % 8
    while len(heap) - at >= header and n < most:
        (index,) = struct.unpack_from("<H", heap, at)
        size = int.from_bytes(heap[at + 8 : at + header], "little")
        step = header + (size + 7) // 8 * 8 if index else size
        # HDF5 computes with 64 bits, in which a length close to their end becomes 0.
        if step % (1 << 64) == 0:
            raise DamagedFile(f"{file}: the heap of texts at byte {place} has a piece without length.", mend=_MEND)
        if at + step > len(heap):
            # HDF5 finds that itself.
            break
        at += step
        n += 1
    return n
