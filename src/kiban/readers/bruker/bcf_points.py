"""The spectra of a BCF map, point by point, as its `SpectrumData` holds them.

Rows and columns, then from byte 416 on each row: the number of its points, and each point with its column, the number
of its channels, how it is written, and that. Points are written as the channels of their events in 16 bits, or in 12
bits, or as runs of counts with events after them. The layout is as RosettaSciIO describes it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, LimitExceeded
from kiban.readers.bruker.sfs_container import MEND

_FIRST_ROW = 0x1A0
_POINT = struct.Struct("<IHHIHHHI")
"""Column, channels, channels in runs, (unknown), way of writing, (unknown), events, bytes that follow."""
_IN_16_BITS, _IN_12_BITS = 0, 1
_RUN_SIZES = frozenset({1, 2, 4, 8})
_WIDER = {np.dtype(np.uint8): np.uint16, np.dtype(np.uint16): np.uint32}


def shape(content: bytes, *, file: str) -> tuple[int, int]:
    """Rows and columns. Raises DamagedFile."""
    if len(content) < _FIRST_ROW:
        raise DamagedFile(f"{file}: the spectra of its points end within their head.", mend=MEND)
    rows, columns = struct.unpack_from("<ii", content)
    if rows <= 0 or columns <= 0 or rows * 4 > len(content) - _FIRST_ROW:
        raise DamagedFile(f"{file}: {rows} × {columns} points are promised in {len(content)} bytes.", mend=MEND)
    return rows, columns


@dataclass(slots=True)
class Points:
    """What the points hold.

    Raises
    ------
    DamagedFile
        If a point is not as its head says.
    LimitExceeded
        If the counts take more bytes than allowed.
    """

    content: bytes
    n_channels: int
    file: str
    largest: int
    """Bytes."""
    counts: NDArray[Any] = field(init=False)
    """Shape (rows, columns, channels)."""
    n_found: int = field(default=0, init=False)
    """Points that are in the file; those that are not hold zeros."""

    def __post_init__(self) -> None:
        rows, columns = shape(self.content, file=self.file)
        self._allow(rows * columns * self.n_channels)
        self.counts = np.zeros((rows, columns * self.n_channels), np.uint8)
        at = _FIRST_ROW
        for row in range(rows):
            at = self._row(row, at, columns)
        self.counts = self.counts.reshape(rows, columns, self.n_channels)

    def _row(self, row: int, at: int, columns: int) -> int:
        (n_points,) = struct.unpack("<i", self._taken(at, 4))
        at += 4
        if not 0 <= n_points <= columns:
            self._damaged(at, f"row {row + 1} promises {n_points} of {columns} points")
        seen: set[int] = set()
        packed = _Packed()
        for _ in range(n_points):
            column, n_channels, n_in_runs, _, way, _, n_events, n_bytes = _POINT.unpack(self._taken(at, _POINT.size))
            at += _POINT.size
            if column >= columns or column in seen or n_channels > self.n_channels:
                self._damaged(at, f"row {row + 1}, column {column + 1} with {n_channels} channels cannot be")
            seen.add(column)
            written = self._taken(at, n_bytes)
            if way == _IN_12_BITS:
                self._expect(at, n_bytes, 2 * -(-3 * n_events // 4))
                packed.add(column, n_channels, at, n_events)
            elif way == _IN_16_BITS:
                self._expect(at, n_bytes, 2 * n_events)
                self._events(row, column, n_channels, np.frombuffer(written, "<u2"), at)
            else:
                self._runs(row, column, (n_channels, n_in_runs, n_events), written, at)
            at += n_bytes
        self._unpack(row, packed)
        self.n_found += n_points
        return at

    def _events(self, row: int, column: int, n_channels: int, events: NDArray[Any], at: int) -> None:
        if len(events) and int(events.max()) >= n_channels:
            self._damaged(at, f"an event in channel {events.max()} of {n_channels}")
        found, counts = np.unique(events, return_counts=True)
        self._put(row, column * self.n_channels + found.astype(np.int64), counts)

    def _unpack(self, row: int, packed: _Packed) -> None:
        if not packed.columns:
            return
        n_events = np.array(packed.n_events)
        channels = _in_12_bits(np.frombuffer(self.content, np.uint8), np.array(packed.places), n_events)
        beyond = channels >= np.repeat(packed.n_channels, n_events)
        if bool(beyond.any()):
            self._damaged(packed.places[0], f"row {row + 1} has an event in channel {channels[beyond][0]}")
        keys = np.repeat(packed.columns, n_events) * self.n_channels + channels
        self._put(row, *np.unique(keys, return_counts=True))

    def _runs(self, row: int, column: int, numbers: tuple[int, int, int], written: memoryview, at: int) -> None:
        """Runs of counts up to a channel, then the number of bytes of further events, and these."""
        n_channels, n_in_runs, n_events = numbers
        counts: list[NDArray[Any]] = []
        n = place = 0
        while n < n_in_runs:
            if place + 2 > len(written):
                self._damaged(at + place, f"a run was expected after channel {n} of {n_in_runs}")
            size, length = written[place], written[place + 1]
            run, place = self._run(size, length, written, place + 2, at)
            counts.append(run)
            n += length
            if not length:
                self._damaged(at + place, "an empty run")
        self._expect(at, len(written) - place, 4 + 2 * n_events)
        (stated,) = struct.unpack_from("<I", written, place)
        self._expect(at + place, stated, 2 * n_events)
        if n != n_in_runs or n_in_runs > n_channels:
            self._damaged(at, f"{n_in_runs} of {n_channels} channels in runs are promised; they have {n}")
        if counts:
            whole = np.concatenate(counts)
            (filled,) = np.nonzero(whole)
            self._put(row, column * self.n_channels + filled, whole[filled])
        self._further(row, column, n_channels, np.frombuffer(written, "<u2", n_events, place + 4), at)

    def _run(self, size: int, length: int, written: memoryview, place: int, at: int) -> tuple[NDArray[Any], int]:
        """Counts of one run: a number that is added to each, then each in half as many bytes as that takes."""
        if size == 0:
            return np.zeros(length, np.int64), place
        end = place + size + (-(-length // 2) if size == 1 else length * size // 2)
        if size not in _RUN_SIZES or end > len(written):
            self._damaged(at + place, f"a run of {length} counts with size {size}")
        base = int.from_bytes(written[place : place + size], "little")
        rest = written[place + size : end]
        if size == 1:
            halves = np.frombuffer(rest, np.uint8)
            values = np.stack([halves & 15, halves >> 4], axis=1).reshape(-1)[:length].astype(np.int64)
        else:
            values = np.frombuffer(rest, f"<u{size // 2}").astype(np.int64)
        if base > 0xFFFFFFFF or (len(values) and base + int(values.max()) > 0xFFFFFFFF):
            self._damaged(at + place, "a count that no detector can have")
        return values + base, end

    def _further(self, row: int, column: int, n_channels: int, events: NDArray[Any], at: int) -> None:
        """Events on top of what the runs have counted."""
        if not len(events):
            return
        if int(events.max()) >= n_channels:
            self._damaged(at, f"an event in channel {events.max()} of {n_channels}")
        found, counts = np.unique(events, return_counts=True)
        keys = column * self.n_channels + found.astype(np.int64)
        self._put(row, keys, counts + self.counts[row, keys])

    def _put(self, row: int, keys: NDArray[Any], counts: NDArray[Any]) -> None:
        largest = int(counts.max()) if len(counts) else 0
        while largest > np.iinfo(self.counts.dtype).max:
            wider = _WIDER.get(self.counts.dtype)
            if wider is None:
                self._damaged(_FIRST_ROW, "a count that no detector can have")
            self._allow(self.counts.size * np.dtype(wider).itemsize)
            self.counts = self.counts.astype(wider)
        self.counts[row, keys] = counts

    def _taken(self, at: int, length: int) -> memoryview:
        if at + length > len(self.content):
            self._damaged(at, f"{length} bytes were expected; {max(0, len(self.content) - at)} are left")
        return memoryview(self.content)[at : at + length]

    def _expect(self, at: int, found: int, expected: int) -> None:
        if found != expected:
            self._damaged(at, f"{expected} bytes were expected; {found} were found")

    def _allow(self, n_bytes: int) -> None:
        if n_bytes > self.largest:
            raise LimitExceeded(
                f"{self.file}: the spectra of all points take {n_bytes} bytes; at most {self.largest} are allowed.",
                mend="Bin the map, or cut a part out of it, in its program. The file is kept as it came.",
            )

    def _damaged(self, at: int, found: str) -> NoReturn:
        raise DamagedFile(f"{self.file}, spectra of the points, byte {at}: {found}.", mend=MEND)


@dataclass(slots=True)
class _Packed:
    """The points of a row whose events are written in 12 bits."""

    columns: list[int] = field(default_factory=list)
    n_channels: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    n_events: list[int] = field(default_factory=list)

    def add(self, column: int, n_channels: int, place: int, n_events: int) -> None:
        self.columns.append(column)
        self.n_channels.append(n_channels)
        self.places.append(place)
        self.n_events.append(n_events)


def _in_12_bits(content: NDArray[np.uint8], places: NDArray[Any], n_events: NDArray[Any]) -> NDArray[np.int64]:
    """Channels of events of several points: 12 bits each, higher bits first, in 16-bit words, lower byte first."""
    first = np.cumsum(n_events) - n_events
    within = np.arange(int(n_events.sum())) - np.repeat(first, n_events)
    start = np.repeat(places, n_events)
    byte = 3 * within // 2
    high = content[start + (byte ^ 1)].astype(np.int64)
    low = content[start + ((byte + 1) ^ 1)].astype(np.int64)
    is_odd = within % 2 == 1
    channels: NDArray[np.int64] = np.where(is_odd, (high & 15) << 8 | low, high << 4 | low >> 4)
    return channels
