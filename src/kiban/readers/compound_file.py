"""Compound files (OLE structured storage): a file system in a file, in which some instruments' programs keep a run.

Layout after Microsoft's [MS-CFB]. All bounds are checked: no chain is longer than the file has sectors, no stream
larger than the file.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.readers.source import Source

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MEND = "Copy the file again from where it was made; it is kept as it came."
_HEADER = struct.Struct("<HHHHH6xIIIIIIIII")
"""From byte 24 on: minor and major version, byte order, shifts of sectors and small sectors; then counts and places."""
_ENTRY_BYTES = 128
_STORAGES, _STREAM = frozenset({1, 5}), 2
_LAST = 0xFFFFFFFA
"""Sector numbers above it mean that there is none."""
_NO_ENTRY = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One entry of the directory."""

    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class CompoundFile:
    """The streams of a compound file, by their paths.

    Raises
    ------
    DamagedFile
        If a part of it is missing, or its parts contradict one another.
    UnsupportedVariant
        If it is of another version than 3 and 4.
    """

    def __init__(self, source: Source) -> None:
        self._file = source.name
        self._content = source.read()
        if not self._content.startswith(SIGNATURE) or len(self._content) < 512:
            raise self._damaged("the header of a compound file was expected")
        (_, major, order, shift, small_shift, _, n_fat, directory, _, cutoff, small_fat, _, difat, _) = (
            _HEADER.unpack_from(self._content, 24)
        )
        if (major, order, shift, small_shift) not in {(3, 0xFFFE, 9, 6), (4, 0xFFFE, 12, 6)}:
            raise UnsupportedVariant(f"{self._file} is a compound file of version {major}.", mend=MEND)
        self._sector, self._small, self._cutoff = 1 << shift, 1 << small_shift, cutoff
        self._fat = self._read_fat(n_fat, difat)
        entries = _entries(self._chained(directory), is_long=major == 4)
        if not entries or entries[0].kind != 5:
            raise self._damaged("its directory has no root")
        self._small_fat = np.frombuffer(self._chained(small_fat) if small_fat < _LAST else b"", dtype="<u4")
        self._small_content = self._chained(entries[0].start) if entries[0].start < _LAST else b""
        self._streams = self._walked(entries)

    @property
    def paths(self) -> tuple[tuple[str, ...], ...]:
        """Paths of the streams: names of folders, and of the stream."""
        return tuple(self._streams)

    def stream(self, *path: str) -> bytes:
        """Give the bytes of a stream. Raises DamagedFile where there is none of that path."""
        entry = self._streams.get(path)
        if entry is None:
            raise self._damaged(f"it has no stream {'/'.join(path)[:80]}")
        if entry.size > len(self._content):
            raise self._damaged(f"the stream {entry.name[:40]} should be longer than the file")
        if entry.size == 0:
            return b""
        whole = self._small_chained(entry.start) if entry.size < self._cutoff else self._chained(entry.start)
        if len(whole) < entry.size:
            raise self._damaged(f"the stream {entry.name[:40]} has {len(whole)} bytes, {entry.size} are promised")
        return whole[: entry.size]

    def _damaged(self, fault: str) -> DamagedFile:
        return DamagedFile(f"{self._file}: {fault}.", mend=MEND)

    def _read_fat(self, n_fat: int, difat: int) -> NDArray[np.uint32]:
        """Read the table that says which sector follows which; its own sectors are listed in the header and beyond."""
        places = list(struct.unpack_from("<109I", self._content, 76))
        seen: set[int] = set()
        while difat < _LAST:
            if difat in seen:
                raise self._damaged("the list of its tables runs in a circle")
            seen.add(difat)
            *more, difat = struct.unpack(f"<{self._sector // 4}I", self._one_sector(difat))
            places.extend(more)
        used = [place for place in places if place < _LAST]
        if len(used) != n_fat or len(used) * self._sector > len(self._content):
            raise self._damaged(f"{n_fat} sectors of its table are promised, {len(used)} are listed")
        return np.frombuffer(b"".join(self._one_sector(place) for place in used), dtype="<u4")

    def _one_sector(self, number: int) -> bytes:
        at = (number + 1) * self._sector
        sector = self._content[at : at + self._sector]
        if len(sector) < self._sector:
            raise self._damaged(f"sector {number} lies beyond its end")
        return sector

    def _chain(self, first: int, table: NDArray[np.uint32], *, most: int) -> list[int]:
        numbers: list[int] = []
        number = first
        while number < _LAST:
            if number >= table.size or len(numbers) > most:
                raise self._damaged(f"the chain of sectors from {first} on leads nowhere")
            numbers.append(number)
            number = int(table[number])
        return numbers

    def _chained(self, first: int) -> bytes:
        """Join the sectors of a chain; the last one of a file may be cut short."""
        parts = []
        for number in self._chain(first, self._fat, most=len(self._content) // self._sector):
            at = (number + 1) * self._sector
            parts.append(self._content[at : at + self._sector])
        return b"".join(parts)

    def _small_chained(self, first: int) -> bytes:
        numbers = self._chain(first, self._small_fat, most=len(self._small_content) // self._small)
        return b"".join(self._small_content[n * self._small : (n + 1) * self._small] for n in numbers)

    def _walked(self, entries: list[_Entry]) -> dict[tuple[str, ...], _Entry]:
        """Walk the folders; entries of one folder hang on one another as a tree."""
        found: dict[tuple[str, ...], _Entry] = {}
        seen: set[int] = set()
        ahead: list[tuple[int, tuple[str, ...]]] = [(entries[0].child, ())]
        while ahead:
            number, folder = ahead.pop()
            if number == _NO_ENTRY:
                continue
            if number >= len(entries) or number in seen:
                raise self._damaged("its directory leads nowhere or runs in a circle")
            seen.add(number)
            entry = entries[number]
            ahead += [(entry.left, folder), (entry.right, folder)]
            if entry.kind in _STORAGES and len(folder) < 64:
                ahead.append((entry.child, (*folder, entry.name)))
            elif entry.kind == _STREAM:
                found[*folder, entry.name] = entry
        return dict(sorted(found.items()))


def _entries(directory: bytes, *, is_long: bool) -> list[_Entry]:
    """Read the entries; in files of version 3 the upper half of a size means nothing."""
    found = []
    for at in range(0, len(directory) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        length, kind, left, right, child = struct.unpack_from("<HBxIII", directory, at + 64)
        start, size = struct.unpack_from("<IQ", directory, at + 116)
        size = size if is_long else size & 0xFFFFFFFF
        name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        found.append(_Entry(name=name, kind=kind, left=left, right=right, child=child, start=start, size=size))
    return found
