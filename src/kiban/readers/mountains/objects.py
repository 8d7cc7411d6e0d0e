"""Objects of a Digital Surf file: header of 512 bytes, comment, private zone, points as integers."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, LimitExceeded, NothingMeasured, UnsupportedVariant
from kiban.readers.source import Limits
from kiban.readers.text import decode
from kiban.records.reading import Json

MEND = "Save it again from its program; the file is kept as it came."
PLAIN, COMPRESSED = b"DIGITAL SURF", b"DSCOMPRESSED"
HEADER_BYTES = 512
_BIG_ENDIAN = 257
_SPECTRAL_MAP = 21
PROFILES = frozenset({1, 4, 7})
"""Types of objects that are lines of points."""
_NAMES = (
    *("format", "number of objects", "version", "object type", "object name", "operator name", "number of channels"),
    *("acquisition type", "range type", "special points", "absolute", "gauge resolution", "spectral size"),
    *("bits per point", "z minimum", "z maximum", "points per line", "lines", "points"),
    *("x spacing", "y spacing", "z spacing", "x axis", "y axis", "z axis"),
    *("x step unit", "y step unit", "z step unit", "x length unit", "y length unit", "z length unit"),
    *("x unit ratio", "y unit ratio", "z unit ratio", "imprint", "inversion", "levelling"),
    *("second", "minute", "hour", "day", "month", "year", "weekday", "measurement duration", "compressed size"),
    *("comment size", "private size", "client zone", "x offset", "y offset", "z offset"),
    *("t spacing", "t offset", "t axis", "t step unit"),
)
_LAYOUT = "hHhh30s30shhhhhfihiiiiifff16s16s16s16s16s16s16s16s16sfffhhh12xhhhhhhhfI6xHH128sfffff13s13s"
_LARGEST_EXPANSION = 1100
"""Deflate cannot squeeze harder than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfObject:
    """One object of a file.

    Parameters
    ----------
    fields : dict
        The header, texts trimmed.
    counts : array, shape (lines, points per line) or (lines, points per line, spectral size)
        The integers as stored.
    """

    fields: dict[str, Any]
    comment: str
    private: bytes
    counts: NDArray[Any]

    def text(self, name: str) -> str:
        """A text of the header."""
        return str(self.fields[name])

    def number(self, name: str) -> float:
        """A number of the header."""
        return float(self.fields[name])

    @property
    def values(self) -> NDArray[np.float64]:
        """Heights in the unit of the Z step, NaN where nothing was measured."""
        # The profile and the surface that the format's own program saved of one measurement agree only so: another
        # library counts from the Z minimum, and then they differ.
        values: NDArray[np.float64] = self.counts * self.number("z spacing") + self.number("z offset")
        if self.fields["special points"] == 1:
            values[self.counts == self._unmeasured] = np.nan
        return values

    @property
    def _unmeasured(self) -> int:
        return int(self.fields["z minimum"]) - 2

    @property
    def n_beyond(self) -> int:
        """How many points lie beyond the smallest and largest that the header states."""
        is_beyond = (self.counts < self.fields["z minimum"]) | (self.counts > self.fields["z maximum"])
        if self.fields["special points"] == 1:
            is_beyond &= self.counts != self._unmeasured
        return int(np.count_nonzero(is_beyond))

    @property
    def started_at(self) -> datetime | None:
        """Date and time of the header, without zone; `None` where they are none."""
        names = ("year", "month", "day", "hour", "minute", "second")
        try:
            return datetime(*(int(self.fields[name]) for name in names))  # type: ignore[arg-type]
        except ValueError:
            return None

    @property
    def header(self) -> dict[str, Json]:
        """The header as JSON values."""
        shown: dict[str, Json] = {}
        for name, value in self.fields.items():
            shown[name] = str(value) if isinstance(value, float) and not math.isfinite(value) else value
        if self.comment:
            shown["comment"] = self.comment
        if self.private:
            shown["private zone"] = self.private.hex()
        return shown


def read_objects(content: bytes, *, file: str, limits: Limits) -> tuple[list[SurfObject], int]:
    """Read all objects that the first one's header promises.

    Returns
    -------
    (list of SurfObject, int)
        The objects, and the number of bytes behind the last one.

    Raises
    ------
    DamagedFile
        If one is missing, cut, or its sizes contradict each other.
    UnsupportedVariant
        If points are neither of 16 nor of 32 bits.
    LimitExceeded
        If they unpack to more than allowed.
    NothingMeasured
        If an object has no points.
    """
    parser = _Parser(content, file, limits)
    first = parser.next_object()
    promised = max(1, first.fields["number of objects"]) * max(1, first.fields["number of channels"])
    if promised > 1 + (len(content) - parser.at) // (HEADER_BYTES + 2):
        raise DamagedFile(
            f"{file}: {promised} objects are promised; {len(content) - parser.at} bytes follow the first.", mend=MEND
        )
    objects = [first, *(parser.next_object() for _ in range(promised - 1))]
    return objects, len(content) - parser.at


class _Parser:
    def __init__(self, content: bytes, file: str, limits: Limits) -> None:
        self.content = content
        self.file = file
        self.at = 0
        self._left = limits.expanded_bytes

    def next_object(self) -> SurfObject:
        """Read the object that begins here, and go behind it."""
        signature = self._take(12, "signature")
        if signature not in {PLAIN, COMPRESSED}:
            raise DamagedFile(
                f"{self.file}: an object was expected at byte {self.at - 12}; {signature.hex(' ')} was found.",
                mend=MEND,
            )
        fields = self._fields()
        comment = decode(self._take(fields["comment size"], "comment").rstrip(b"\0 "))[0]
        private = self._take(fields["private size"], "private zone")
        shape = self._shape(fields)
        kind = self._kind(fields)
        n_bytes = math.prod(shape) * kind.itemsize
        raw = self._unpacked(n_bytes) if signature == COMPRESSED else self._take(n_bytes, "points")
        counts = np.frombuffer(raw, kind).reshape(shape)
        return SurfObject(fields=fields, comment=comment, private=private, counts=counts)

    def _take(self, n: int, what: str) -> bytes:
        left = len(self.content) - self.at
        if n > left:
            raise DamagedFile(
                f"{self.file}: {n} bytes of {what} are promised at byte {self.at}; {left} follow.",
                mend=MEND,
            )
        self.at += n
        return self.content[self.at - n : self.at]

    def _fields(self) -> dict[str, Any]:
        raw = self._take(HEADER_BYTES - 12, "header")
        order = ">" if int.from_bytes(raw[:2], "little") == _BIG_ENDIAN else "<"
        values = struct.unpack(order + _LAYOUT, raw)
        texts = (decode(v.split(b"\0")[0])[0].strip() if isinstance(v, bytes) else v for v in values)
        return dict(zip(_NAMES, texts, strict=True))

    def _shape(self, fields: dict[str, Any]) -> tuple[int, ...]:
        n, lines, spectral = fields["points per line"], fields["lines"], fields["spectral size"]
        if fields["object type"] in PROFILES and lines == 0:
            lines = 1
        if n < 1 or lines < 1:
            raise NothingMeasured(
                f"{self.file}: {lines} lines of {n} points are promised: nothing was measured.", mend=MEND
            )
        is_map = fields["object type"] == _SPECTRAL_MAP
        if is_map and spectral < 1:
            raise NothingMeasured(f"{self.file}: a spectral map with spectra of {spectral} points.", mend=MEND)
        if not is_map and spectral > 1:
            raise UnsupportedVariant(
                f"{self.file}: {spectral} numbers for each point are promised in an object of type "
                f"{fields['object type']}; only spectral maps (type {_SPECTRAL_MAP}) are known to have several.",
                mend=MEND,
            )
        if fields["points"] not in {0, n * lines, n * lines * max(1, spectral)}:
            raise DamagedFile(
                f"{self.file}: {lines} lines of {n} points make {n * lines}; the header counts {fields['points']}.",
                mend=MEND,
            )
        return (lines, n, spectral) if is_map else (lines, n)

    def _kind(self, fields: dict[str, Any]) -> np.dtype[Any]:
        bits = fields["bits per point"]
        if bits not in {16, 32}:
            raise UnsupportedVariant(
                f"{self.file}: points of 16 or 32 bits were expected; the header says {bits}.", mend=MEND
            )
        return np.dtype(f"{'>' if fields['format'] == _BIG_ENDIAN else '<'}i{bits // 8}")

    def _unpacked(self, n_bytes: int) -> bytes:
        (n_streams,) = struct.unpack("<I", self._take(4, "directory"))
        if 8 * n_streams > len(self.content) - self.at:
            raise DamagedFile(f"{self.file}: {n_streams} packed streams are promised; the file is shorter.", mend=MEND)
        sizes = list(struct.iter_unpack("<II", self._take(8 * n_streams, "directory")))
        if sum(size for size, _ in sizes) != n_bytes:
            raise DamagedFile(
                f"{self.file}: {n_bytes} bytes of points are promised; the packed streams hold "
                f"{sum(size for size, _ in sizes)}.",
                mend=MEND,
            )
        self._left -= n_bytes
        if self._left < 0:
            raise LimitExceeded(
                f"{self.file}: its points unpack to more than allowed.", mend="Save a smaller part of the measurement."
            )
        return b"".join(self._streams(sizes))

    def _streams(self, sizes: list[tuple[int, int]]) -> Iterator[bytes]:
        for size, packed in sizes:
            raw = self._take(packed, "packed points")
            if size > _LARGEST_EXPANSION * (packed + 1):
                raise DamagedFile(f"{self.file}: {packed} packed bytes cannot hold {size}.", mend=MEND)
            machine = zlib.decompressobj()
            try:
                unpacked = machine.decompress(raw, size + 1)
            except zlib.error as e:
                raise DamagedFile(f"{self.file}: packed points cannot be unpacked: {e}.", mend=MEND) from e
            if len(unpacked) != size or not machine.eof:
                raise DamagedFile(
                    f"{self.file}: a packed stream of {size} bytes was expected; {len(unpacked)} came out"
                    f"{'' if machine.eof else ' and it is not at its end'}.",
                    mend=MEND,
                )
            yield unpacked
