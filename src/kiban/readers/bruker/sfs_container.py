"""Bruker's file system in a file (`AAMVHFSS`): its tree of names, and the contents of its files.

The container is a row of chunks of one size. Each begins with 32 bytes that name the chunk which follows it, where it
is part of a list longer than one chunk: of the tree, or of the numbers of the chunks that a file lies in. A file may be
packed (`AACS`): blocks of zlib. The layout is as RosettaSciIO describes it; packed files were not at hand.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

import numpy as np

from kiban.errors import DamagedFile, HostileFile, LimitExceeded
from kiban.readers.source import Source
from kiban.readers.text import decode

MEND = "Copy the file again from the analyser's computer; it is kept as it came."
SIGNATURE = b"AAMVHFSS"
_INNER_SIGNATURE = b"AASFSSGN"
_FIRST = 0x118
_CHUNK_HEADER = 32
_VERSION = 0x124
_TREE = 0x140
_ITEM_BYTES = 0x200
_ITEM = struct.Struct("<iQ24x4xi")
_IS_FOLDER = 0xDC
_NAME = 0xE0
_MOST_ITEMS = 10_000
_DEEPEST = 32
_PACKED = b"AACS"
_FIRST_BLOCK = 0x80
_BLOCK_HEADER = 16


def version(head: bytes) -> float | None:
    """The version of a container, from the first bytes of a file; `None` where it is none."""
    if not head.startswith(SIGNATURE) or head[_FIRST : _FIRST + 8] != _INNER_SIGNATURE or len(head) < _TREE + 12:
        return None
    (found,) = struct.unpack_from("<f", head, _VERSION)
    return float(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One name of the tree."""

    name: str
    parent: int
    is_folder: bool
    table: int
    size: int


class SfsContainer:
    """An open container.

    Parameters
    ----------
    file : binary file
        Open for as long as contents are asked for.

    Raises
    ------
    DamagedFile
        If it is cut, or its tree points outside of it.
    """

    def __init__(self, file: BinaryIO, source: Source) -> None:
        self._file, self._source = file, source
        head = source.head
        if version(head) is None:
            self._damaged("the head of a container was expected")
        (self._chunk,) = struct.unpack_from("<I", head, _VERSION + 4)
        first, n_items, self._n_chunks = struct.unpack_from("<III", head, _TREE)
        self._usable = self._chunk - _CHUNK_HEADER
        if self._usable <= 0 or self._chunk > 1 << 24 or not 0 < n_items <= _MOST_ITEMS:
            self._damaged(f"chunks of {self._chunk} bytes and {n_items} names are promised")
        present = -(-(source.size - _FIRST) // self._chunk)
        if present < self._n_chunks:
            self._damaged(f"{self._n_chunks} chunks are promised; {present} are there")
        self._items = self._tree(self._listed(first, n_items * _ITEM_BYTES), n_items)
        self._paths = {
            path: item for n, item in enumerate(self._items) if not item.is_folder and (path := self._path(n))
        }

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of the files, such as `EDSDatabase/HeaderData`."""
        return tuple(self._paths)

    def content(self, path: str) -> bytes:
        """The content of a file, unpacked. Raises KeyError, DamagedFile, HostileFile, LimitExceeded."""
        item = self._paths[path]
        if item.size > self._source.size:
            self._damaged(f"{path} promises {item.size} bytes")
        n_parts = -(-item.size // self._usable)
        table = np.frombuffer(self._listed(item.table, 4 * n_parts), "<u4")
        # One buffer, filled in place: files can be hundreds of megabytes.
        buffer = bytearray(item.size)
        view = memoryview(buffer)
        for n, place in enumerate(table.tolist()):
            part = view[n * self._usable : (n + 1) * self._usable]
            part[:] = self._part(place, len(part))
        if buffer.startswith(_PACKED):
            return self._unpacked(view, path)
        view.release()
        return bytes(buffer)

    def _tree(self, listed: bytes, n_items: int) -> list[_Item]:
        items = []
        for at in range(0, n_items * _ITEM_BYTES, _ITEM_BYTES):
            table, size, parent = _ITEM.unpack_from(listed, at)
            name = decode(listed[at + _NAME : at + _NAME + 256].split(b"\0", 1)[0])[0]
            is_folder = listed[at + _IS_FOLDER] != 0
            items.append(_Item(name=name, parent=parent, is_folder=is_folder, table=table, size=size))
        return items

    def _path(self, n: int) -> str:
        """Empty where the folders above it go round in a circle or are missing."""
        names: list[str] = []
        while n != -1:
            if not 0 <= n < len(self._items) or len(names) > _DEEPEST:
                return ""
            names.append(self._items[n].name)
            n = self._items[n].parent
        return "/".join(reversed(names))

    def _listed(self, place: int, size: int) -> bytes:
        """A list that begins in a chunk and goes on in those that each names as its next."""
        parts: list[bytes] = []
        for left in range(size, 0, -self._usable):
            parts.append(self._part(place, min(left, self._usable)))
            if left > self._usable:
                (place,) = struct.unpack("<I", self._bytes(_FIRST + place * self._chunk, 4))
        return b"".join(parts)

    def _part(self, place: int, length: int) -> bytes:
        if not 0 <= place < self._n_chunks:
            self._damaged(f"chunk {place} is pointed to; {self._n_chunks} are promised")
        return self._bytes(_FIRST + place * self._chunk + _CHUNK_HEADER, length)

    def _bytes(self, at: int, length: int) -> bytes:
        self._file.seek(at)
        found = self._file.read(length)
        if len(found) != length:
            self._damaged(f"{length} bytes were expected at byte {at}; {len(found)} were found")
        return found

    def _unpacked(self, packed: memoryview, path: str) -> bytes:
        if len(packed) < _FIRST_BLOCK:
            self._damaged(f"{path} ends within its head")
        _, block, _, n_blocks = struct.unpack_from("<4I", packed)
        self._bound(block * n_blocks, len(packed), path)
        parts: list[bytes] = []
        at = _FIRST_BLOCK
        for n in range(n_blocks):
            if at + _BLOCK_HEADER > len(packed):
                self._damaged(f"{path} promises {n_blocks} blocks; {n} are there")
            (size,) = struct.unpack_from("<I", packed, at)
            at += _BLOCK_HEADER
            parts.append(self._block(packed[at : at + size], block, f"block {n + 1} of {path}"))
            at += size
        return b"".join(parts)

    def _block(self, packed: memoryview, largest: int, what: str) -> bytes:
        unpacker = zlib.decompressobj()
        try:
            # One byte more than allowed shows what is too long.
            found = unpacker.decompress(packed, largest + 1)
        except zlib.error as e:
            self._damaged(f"{what} cannot be unpacked ({e})")
        if not unpacker.eof or len(found) > largest:
            self._damaged(f"{what} is cut, or longer than the {largest} bytes that are promised")
        return found

    def _bound(self, promised: int, packed: int, path: str) -> None:
        limits = self._source.limits
        if promised > limits.expanded_bytes:
            raise LimitExceeded(f"{self._source.name}: {path} unpacks to up to {promised} bytes.", mend=MEND)
        if promised > limits.suspicious_bytes and promised > packed * limits.expansion_ratio:
            raise HostileFile(f"{self._source.name}: {packed} bytes of {path} promise {promised}.", mend=MEND)

    def _damaged(self, found: str) -> NoReturn:
        raise DamagedFile(f"{self._source.name}, a container of Bruker's: {found}.", mend=MEND)
